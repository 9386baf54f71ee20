/** The `userIdentity` of an event: see "CloudTrail userIdentity element" in the CloudTrail User Guide. */
import type { Caller } from "../identity/caller.ts";

/** Who called, as the event recorded in account `recipient` shows it. */
export function userIdentity(
  caller: Caller,
  recipient: string,
  invokedBy: string | undefined,
): Record<string, unknown> {
  const { principal, credential } = caller;
  const by = invokedBy ? { invokedBy } : {};
  switch (principal.kind) {
    case "service":
      return { type: "AWSService", invokedBy: principal.service };
    case "anonymous":
      return anonymousIdentity();
    default:
      break;
  }
  // the owner of a resource does not see another account's names
  if (caller.account !== recipient) {
    return { type: "AWSAccount", principalId: caller.userId, accountId: caller.account, ...by };
  }
  const keyed = {
    principalId: caller.userId,
    arn: caller.arn,
    accountId: caller.account,
    ...(credential && { accessKeyId: credential.accessKeyId }),
  };
  switch (principal.kind) {
    case "root":
      return { type: "Root", ...keyed, ...session(caller), ...by };
    case "user":
      return { type: "IAMUser", ...keyed, userName: lastPart(caller.arn), ...session(caller), ...by };
    case "session": {
      const federated = caller.arn.includes(":federated-user/");
      return { type: federated ? "FederatedUser" : "AssumedRole", ...keyed, ...session(caller), ...by };
    }
    default:
      return { type: "Unknown", ...keyed, ...by };
  }
}

/** Those who show a token or an assertion are named by the handler (`context.note`). */
function anonymousIdentity(): Record<string, unknown> {
  return {
    type: "AWSAccount",
    principalId: "",
    accountId: "ANONYMOUS_PRINCIPAL",
  };
}

function session({ principal, credential }: Caller): Record<string, unknown> {
  if (!credential?.temporary && principal.kind !== "session") return {};
  const issuer = credential?.issuer;
  const federated = credential?.context?.["aws:FederatedProvider"];
  const provider =
    typeof federated === "string" && /:oidc-provider\//.test(federated) ? federated : undefined;
  const sourceIdentity = "sourceIdentity" in principal ? principal.sourceIdentity : undefined;
  return {
    sessionContext: {
      ...(issuer && {
        sessionIssuer: {
          type: issuer.type === "User" ? "IAMUser" : "Role",
          principalId: issuer.id,
          arn: issuer.arn,
          accountId: "account" in principal ? principal.account : "",
          userName: issuer.name,
        },
      }),
      ...(provider && { webIdFederationData: { federatedProvider: provider, attributes: {} } }),
      attributes: {
        ...(credential?.issuedAt !== undefined && {
          creationDate: `${new Date(credential.issuedAt).toISOString().slice(0, 19)}Z`,
        }),
        mfaAuthenticated: String(credential?.mfa !== undefined),
      },
      ...(sourceIdentity && { sourceIdentity }),
    },
  };
}

function lastPart(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}
