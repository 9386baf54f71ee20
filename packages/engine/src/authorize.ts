/**
 * The decision: any explicit deny wins; then organisation and endpoint must not stand in the way; then the policies of
 * principal and resource grant, in one account together and across accounts each on its own side.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { restrictsToOwner } from "./block-public-access.ts";
import { ACCOUNT, DIRECT, LIMITED, NOBODY, type Strength } from "./compile/principal.ts";
import { allowedBy, type Decision, explicitlyDeniedBy, implicitlyDeniedBy } from "./decision.ts";
import { Evaluation } from "./evaluation.ts";
import { grantStrength } from "./key-grants.ts";
import type { PolicySet } from "./policy-set.ts";
import type { Request } from "./request.ts";
import {
  hasGatewayEndpoint,
  isAlwaysAllowed,
  isForbiddenToRoot,
  needsResourcePolicy,
  ownerCannotBeLockedOut,
  rcpBinds,
} from "./service-rules.ts";
import {
  ABSENT,
  ALLOWS,
  DENIES,
  layerVerdict,
  levelsVerdict,
  REFUSES,
  resourceVerdict,
  SILENT,
  type Verdict,
} from "./tally.ts";

/** Whether SCPs bind the principal: those of a member account, except service-linked roles. */
export function scpsBind(evaluation: Evaluation, policies: PolicySet): boolean {
  if (evaluation.principalAccount === "" || evaluation.serviceLinked) return false;
  return policies.organization?.managementAccount !== evaluation.principalAccount;
}

/** Whether RCPs bind the request: on resources of member accounts, for services that support them. */
export function rcpsBind(evaluation: Evaluation, policies: PolicySet): boolean {
  if (!rcpBinds(evaluation.action) || evaluation.serviceLinked) return false;
  return policies.organization?.managementAccount !== evaluation.resourceAccount;
}

/** Whether the endpoint of the request is a gateway, where an account in `Principal` means its root user. */
export function isGateway(evaluation: Evaluation, policies: PolicySet): boolean {
  if (policies.endpointType !== undefined) return policies.endpointType === "gateway";
  return hasGatewayEndpoint(evaluation.action);
}

/** Begins an evaluation: a permissions boundary must be known before any statement is looked at. */
export function beginEvaluation(evaluation: Evaluation, request: Request, policies: PolicySet): void {
  const bounded = policies.boundary !== undefined && policies.boundary.length > 0;
  evaluation.begin(request, bounded);
}

/** The account whose resource policy decides: behind an access point, the bucket's. */
function owningAccount(evaluation: Evaluation, request: Request): string {
  return request.resource.bucketAccount ?? evaluation.resourceAccount;
}

const shared = new Evaluation();

/**
 * Decides one request. Allocates nothing of its own; the decision is a shared, frozen object.
 *
 * @example authorize({ principal, action: "s3:GetObject", resource: { arn: "arn:aws:s3:::b/k", account } }, { identity }).allowed
 */
export function authorize(request: Request, policies: PolicySet): Decision {
  beginEvaluation(shared, request, policies);
  return decide(shared, request, policies);
}

/** Decides the request an evaluation was begun for. */
export function decide(evaluation: Evaluation, request: Request, policies: PolicySet): Decision {
  const { principal } = evaluation;
  if (isAlwaysAllowed(evaluation.action, principal)) return allowedBy.always;
  const { kind } = principal;
  const hasIdentity = kind === "user" || kind === "session" || kind === "federated-user";

  const rcp =
    policies.rcps !== undefined && rcpsBind(evaluation, policies)
      ? levelsVerdict(policies.rcps, evaluation, true)
      : ABSENT;
  if (rcp === DENIES) return explicitlyDeniedBy.rcp;
  const scp =
    policies.scps !== undefined && scpsBind(evaluation, policies)
      ? levelsVerdict(policies.scps, evaluation, false)
      : ABSENT;
  if (scp === DENIES) return explicitlyDeniedBy.scp;

  const { throughPoint } = evaluation;
  let point: Strength = NOBODY;
  if (throughPoint) {
    const verdict = resourceVerdict(policies.accessPoint, evaluation);
    if (verdict === REFUSES) return explicitlyDeniedBy.accessPoint;
    point = verdict;
  }
  const { arn } = evaluation;
  const bucketArn = throughPoint && !evaluation.action.wildcardOnly ? request.resource.bucketArn : undefined;
  if (bucketArn !== undefined) evaluation.pointAt(bucketArn);
  let resource = resourceVerdict(policies.resource, evaluation);
  if (bucketArn !== undefined) evaluation.pointAt(arn);
  if (resource === REFUSES) {
    if (ownerCannotBeLockedOut(evaluation)) resource = NOBODY;
    else return explicitlyDeniedBy.resource;
  }

  const identity = hasIdentity ? layerVerdict(policies.identity, evaluation) : ABSENT;
  if (identity === DENIES) return explicitlyDeniedBy.identity;
  const boundary = hasIdentity ? layerVerdict(policies.boundary, evaluation) : ABSENT;
  if (boundary === DENIES) return explicitlyDeniedBy.boundary;
  // A root session (`sts:AssumeRoot`) is limited by its task policy.
  let session: Verdict = hasIdentity || kind === "root" ? layerVerdict(policies.session, evaluation) : ABSENT;
  if (session === DENIES) return explicitlyDeniedBy.session;
  if (session === ABSENT && kind === "federated-user") session = SILENT;
  const endpoint =
    policies.endpoint === undefined
      ? ABSENT
      : layerVerdict(policies.endpoint, evaluation, isGateway(evaluation, policies));
  if (endpoint === DENIES) return explicitlyDeniedBy.endpoint;

  // No layer denies explicitly: from here on the question is who allows.
  if (scp === SILENT) return implicitlyDeniedBy.scp;
  if (endpoint === SILENT) return implicitlyDeniedBy.endpoint;
  if (kind === "root" && isForbiddenToRoot(evaluation.action)) return implicitlyDeniedBy.service;

  const owner = owningAccount(evaluation, request);
  const sameAccount = evaluation.principalAccount !== "" && evaluation.principalAccount === owner;
  if (
    !sameAccount &&
    kind !== "service" &&
    restrictsToOwner(policies.blockPublicAccess, policies.resource, policies.accessPoint)
  ) {
    return implicitlyDeniedBy.blockPublicAccess;
  }

  let grant: Strength = NOBODY;
  if (policies.keyGrants !== undefined) {
    for (const candidate of policies.keyGrants) {
      const strength = grantStrength(candidate, evaluation);
      if (strength > grant) grant = strength;
    }
  }

  if (!("account" in principal)) {
    if (throughPoint && point === NOBODY) return implicitlyDeniedBy.accessPoint;
    if (resource !== NOBODY) return allowedBy.resource;
    return grant === NOBODY ? implicitlyDeniedBy.resource : allowedBy.keyGrant;
  }

  const identityAllows = identity === ALLOWS;
  if (!sameAccount) {
    if (grant === DIRECT || grant === LIMITED) {
      if (boundary === SILENT) return implicitlyDeniedBy.boundary;
      if (session === SILENT) return implicitlyDeniedBy.session;
      return allowedBy.keyGrant;
    }
    if (kind !== "root" && !identityAllows) return implicitlyDeniedBy.identity;
    if (boundary === SILENT) return implicitlyDeniedBy.boundary;
    if (session === SILENT) return implicitlyDeniedBy.session;
    if (throughPoint && point === NOBODY) return implicitlyDeniedBy.accessPoint;
    if (resource !== NOBODY || grant !== NOBODY) return allowedBy.resource;
    return implicitlyDeniedBy.resource;
  }

  // Same account. Through an access point, a grant of its policy counts as far as the bucket's policy grants too.
  const pointOrResource: Strength = throughPoint ? (point < resource ? point : resource) : resource;
  const granted: Strength = grant > pointOrResource ? grant : pointOrResource;
  const grantor = grant > pointOrResource ? "keyGrant" : "resource";
  const policyNeeded = needsResourcePolicy(evaluation);
  if (kind === "root") {
    if (policyNeeded && granted === NOBODY) return implicitlyDeniedBy.resource;
    return session === SILENT ? implicitlyDeniedBy.session : allowedBy.root;
  }
  if (granted === DIRECT) return allowedBy[grantor];
  const throughIdentity = identityAllows && (!policyNeeded || granted >= ACCOUNT);
  if (!throughIdentity && granted !== LIMITED) {
    return policyNeeded && identityAllows ? implicitlyDeniedBy.resource : implicitlyDeniedBy.identity;
  }
  if (boundary === SILENT) return implicitlyDeniedBy.boundary;
  if (session === SILENT) return implicitlyDeniedBy.session;
  return throughIdentity ? allowedBy.identity : allowedBy[grantor];
}
