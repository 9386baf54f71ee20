/** The type of a part of EFS's handlers. */
import type * as Efs from "@aws-sdk/client-efs";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof Efs, CallContext>;

/** True inside another service's work. */
export const isInternal = (context: CallContext): boolean =>
  Boolean((context as { internal?: boolean }).internal);
