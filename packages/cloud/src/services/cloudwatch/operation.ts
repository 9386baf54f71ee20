/** The type of a part of CloudWatch's handlers. */
import type * as CloudWatch from "@aws-sdk/client-cloudwatch";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof CloudWatch, CallContext>;
