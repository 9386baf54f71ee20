/** The type of a part of ECR's handlers. */
import type * as Ecr from "@aws-sdk/client-ecr";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof Ecr, CallContext>;
