/**
 * The rules of single services that differ from the general evaluation, in one place.
 */
import type { RequestedAction } from "./action-index.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Principal } from "./request.ts";

const trustActions = new Set([
  "assumerole",
  "assumerolewithsaml",
  "assumerolewithwebidentity",
  "tagsession",
  "setsourceidentity",
  "setcontext",
]);

/**
 * Whether no policy governs the action for this principal: `GetCallerIdentity` answers every signed request, and
 * `GetSessionToken` every user. https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export function isAlwaysAllowed(action: RequestedAction, principal: Principal): boolean {
  if (action.service !== "sts") return false;
  if (action.name === "getcalleridentity")
    return principal.kind !== "anonymous" && principal.kind !== "federated";
  return action.name === "getsessiontoken" && (principal.kind === "user" || principal.kind === "root");
}

/**
 * Whether the resource's own policy must take part even in the same account: role trust policies and KMS key policies.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
export function needsResourcePolicy(evaluation: Evaluation): boolean {
  const { action, requestArn } = evaluation;
  if (action.service === "sts") return trustActions.has(action.name) && requestArn.includes(":role/");
  return action.service === "kms" && requestArn.includes(":key/");
}

/** Root users cannot assume roles. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function isForbiddenToRoot(action: RequestedAction): boolean {
  return action.service === "sts" && action.name === "assumerole";
}

/** Whether resource control policies bind the action. */
export function rcpBinds(action: RequestedAction): boolean {
  return action.supportsRcp && action.lower !== "kms:retiregrant";
}

/** Services whose usual endpoint is a gateway. https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html */
export function hasGatewayEndpoint(action: RequestedAction): boolean {
  return action.service === "s3" || action.service === "dynamodb";
}

const bucketPolicyActions = new Set(["s3:getbucketpolicy", "s3:putbucketpolicy", "s3:deletebucketpolicy"]);

/**
 * Whether a deny in the bucket's own policy does not count: its owner's root user can always mend the policy.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
 */
export function ownerCannotBeLockedOut(evaluation: Evaluation): boolean {
  const { principal, resourceAccount } = evaluation;
  return (
    principal.kind === "root" &&
    principal.account === resourceAccount &&
    bucketPolicyActions.has(evaluation.action.lower)
  );
}
