/** Sessions of users and of the root user: GetSessionToken and GetFederationToken. */

import type * as Sts from "@aws-sdk/client-sts";
import type { CallContext, ReadContext } from "../../context.ts";
import type { InputOf, ResultOf } from "../../wire/types.ts";
import { checkSessionName, sessionPolicies, sessionTags, startOf, validationError } from "./assume-role.ts";
import { accessDenied } from "./errors.ts";
import { checkMfa } from "./mfa.ts";
import { issue, type Session } from "./session.ts";

/** 12 hours where nothing is asked for; root gets an hour at most. */
function duration(seconds: number | undefined, context: ReadContext): number {
  const root = context.caller.principal.kind === "root";
  const wanted = seconds ?? (root ? 3600 : 43200);
  if (wanted < 900 || wanted > 129600) {
    throw validationError(
      `1 validation error detected: Value '${wanted}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${wanted < 900 ? "greater than or equal to 900" : "less than or equal to 129600"}`,
    );
  }
  return root ? Math.min(wanted, 3600) : wanted;
}

type Issuer = Pick<Session, "account" | "issuerArn" | "issuerId">;

/** The user or root user behind long-term credentials. @throws AccessDenied for a session */
function issuerOf(operation: string, context: ReadContext): Issuer & { kind: "user" | "root" } {
  const { principal, credential } = context.caller;
  if (credential?.temporary || (principal.kind !== "user" && principal.kind !== "root")) {
    throw accessDenied(`Cannot call ${operation} with session credentials`);
  }
  if (principal.kind === "root") return { kind: "root", account: principal.account };
  return {
    kind: "user",
    account: principal.account,
    issuerArn: principal.arn,
    ...(principal.uniqueId !== undefined && { issuerId: principal.uniqueId }),
  };
}

export function getSessionToken(
  input: InputOf<typeof Sts.GetSessionTokenCommand>,
  context: CallContext,
): ResultOf<typeof Sts.GetSessionTokenCommand> {
  const issuer = issuerOf("GetSessionToken", context);
  const seconds = duration(input.DurationSeconds, context);
  const mfa = checkMfa(input.SerialNumber, input.TokenCode, context);
  const issued = startOf(context);
  return {
    Credentials: issue(
      { ...issuer, issued, expires: issued + seconds * 1000, ...(mfa !== undefined && { mfa }) },
      context,
    ),
  };
}

export function getFederationToken(
  input: InputOf<typeof Sts.GetFederationTokenCommand>,
  context: CallContext,
): ResultOf<typeof Sts.GetFederationTokenCommand> {
  const issuer = issuerOf("GetFederationToken", context);
  checkSessionName(input.Name, "name");
  if (input.Name.length > 32) {
    throw validationError(
      `1 validation error detected: Value '${input.Name}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 32`,
    );
  }
  const seconds = duration(input.DurationSeconds, context);
  const tags = sessionTags(input.Tags);
  const { packed, ...policies } = sessionPolicies(
    input.Policy,
    input.PolicyArns,
    tags,
    issuer.account,
    context,
  );
  const issued = startOf(context);
  const Credentials = issue(
    {
      ...issuer,
      kind: "federated",
      name: input.Name,
      issued,
      expires: issued + seconds * 1000,
      ...policies,
      ...(Object.keys(tags).length > 0 && { tags }),
    },
    context,
  );
  return {
    Credentials,
    FederatedUser: {
      FederatedUserId: `${issuer.account}:${input.Name}`,
      Arn: `arn:aws:sts::${issuer.account}:federated-user/${input.Name}`,
    },
    PackedPolicySize: packed ?? 0,
  };
}
