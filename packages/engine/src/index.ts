/** authorize(request): a decision with its reasons, for every layer of IAM. */
export { authorize } from "./authorize.ts";
export { isPublicPolicy, isPublicStatement } from "./block-public-access.ts";
export { type CompiledPolicy, type CompileOptions, compilePolicy } from "./compile/policy.ts";
export type { Decision, Layer, Outcome } from "./decision.ts";
export { denialReason, policyTypeName } from "./denial-reason.ts";
export { PolicyShapeError } from "./errors.ts";
export { explain } from "./explain.ts";
export type {
  ConditionReport,
  Explanation,
  LayerOutcome,
  LayerReport,
  StatementReport,
} from "./explanation.ts";
export type {
  BlockPublicAccess,
  KeyGrant,
  Organization,
  OrganizationLevel,
  PolicySet,
} from "./policy-set.ts";
export { type ReferenceDecision, referenceAuthorize } from "./reference/reference.ts";
export type {
  AnonymousPrincipal,
  FederatedPrincipal,
  FederatedUserPrincipal,
  Principal,
  Request,
  RequestContext,
  Resource,
  RootPrincipal,
  ServicePrincipal,
  SessionPrincipal,
  Tags,
  UserPrincipal,
} from "./request.ts";
