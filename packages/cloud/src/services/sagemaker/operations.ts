/** All operations: those the generic engine makes of the kinds, and those that are written out. */
import { type Operations, operationsOf } from "./engine/operations.ts";
import { kinds } from "./kinds/index.ts";
import { appOperations } from "./studio/app.ts";
import { presignedOperations } from "./studio/presigned.ts";
import { tagOperations } from "./tag-operations.ts";

export const operations: Operations = {
  ...Object.assign({}, ...kinds.map(operationsOf)),
  ...appOperations,
  ...presignedOperations,
  ...tagOperations,
};
