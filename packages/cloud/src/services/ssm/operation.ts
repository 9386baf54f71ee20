/** The type of a part of Systems Manager's handlers. */
import type * as Ssm from "@aws-sdk/client-ssm";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof Ssm, CallContext>;
