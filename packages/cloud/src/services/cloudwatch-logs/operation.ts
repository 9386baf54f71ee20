/** The type of a part of CloudWatch Logs' handlers. */
import type * as Logs from "@aws-sdk/client-cloudwatch-logs";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof Logs, CallContext>;
