/** The type of a part of Secrets Manager's handlers. */
import type * as SecretsManager from "@aws-sdk/client-secrets-manager";
import type { CallContext } from "../../context.ts";
import type { Handlers } from "../../wire/types.ts";

export type Operations = Handlers<typeof SecretsManager, CallContext>;
