/**
 * Reference twin: the whole decision in plain slow code, to be held against the AWS pages. It shares no code with
 * `authorize`, only the types of question and answer, and must always give the same answer.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import { statementsOf, supportsRcp } from "@sagekeep/policy";
import type { CompiledPolicy } from "../compile/policy.ts";
import type { Layer, Outcome } from "../decision.ts";
import type { KeyGrant, PolicySet } from "../policy-set.ts";
import type { Request } from "../request.ts";
import { grantsToPublic } from "./block-public-access.ts";
import { keyReader, ownerOf } from "./context.ts";
import { type Capacity, capacities, capacityOf } from "./statement.ts";

/** What the reference answers: the same as `Decision`. */
export interface ReferenceDecision {
  readonly outcome: Outcome;
  readonly by: Layer;
}

interface LayerFinding {
  readonly denies: boolean;
  readonly allows: Capacity;
}

function stronger(a: Capacity, b: Capacity): Capacity {
  return capacities.indexOf(a) > capacities.indexOf(b) ? a : b;
}

/** Decides a request by the book. */
export function referenceAuthorize(request: Request, policies: PolicySet): ReferenceDecision {
  const { principal } = request;
  const action = request.action.toLowerCase();
  const service = action.split(":")[0] as string;
  const account = "account" in principal ? principal.account : undefined;
  const signed = principal.kind !== "anonymous" && principal.kind !== "federated";
  const isRoot = principal.kind === "root";
  const serviceLinked =
    principal.kind === "session" &&
    (principal.serviceLinked ?? /:role\/aws-service-role\//.test(principal.roleArn));

  // Actions no policy governs.
  if (action === "sts:getcalleridentity" && signed) return { outcome: "Allowed", by: "always" };
  if (action === "sts:getsessiontoken" && (isRoot || principal.kind === "user"))
    return { outcome: "Allowed", by: "always" };

  const bounded = (policies.boundary?.length ?? 0) > 0;
  const isGateway =
    (policies.endpointType ?? (["s3", "dynamodb"].includes(service) ? "gateway" : "interface")) === "gateway";
  const find = (list: readonly CompiledPolicy[], on: Request = request, gateway = false): LayerFinding => {
    let denies = false;
    let allows: Capacity = "nobody";
    for (const policy of list) {
      for (const statement of statementsOf(policy.document)) {
        const version = policy.document.Version;
        const capacity = capacityOf(statement, { request: on, kind: policy.kind, version, bounded, gateway });
        if (capacity === "nobody") continue;
        if (statement.Effect === "Deny") denies = true;
        else allows = stronger(allows, capacity);
      }
    }
    return { denies, allows };
  };

  // Every layer that applies.
  const management = policies.organization?.managementAccount;
  const rcpApplies =
    supportsRcp(service) && action !== "kms:retiregrant" && !serviceLinked && management !== ownerOf(request);
  const scpApplies = account !== undefined && !serviceLinked && management !== account;
  const rcps = rcpApplies ? (policies.rcps ?? []).map((level) => find(level.policies)) : [];
  const scps = scpApplies ? (policies.scps ?? []).map((level) => find(level.policies)) : [];
  const isPoint = /^arn:[^:]*:s3:[^:]*:[^:]*:accesspoint\//.test(request.resource.arn);
  const point = find(isPoint && policies.accessPoint ? [policies.accessPoint] : []);
  const mendsPolicy =
    isRoot && account === ownerOf(request) && /^s3:(get|put|delete)bucketpolicy$/.test(action);
  const bucket = find(policies.resource ? [policies.resource] : [], behindAccessPoint(request, isPoint));
  const resource: LayerFinding = mendsPolicy && bucket.denies ? { denies: false, allows: "nobody" } : bucket;
  const hasIdentity =
    principal.kind === "user" || principal.kind === "session" || principal.kind === "federated-user";
  const layer = (list: readonly CompiledPolicy[] | undefined): LayerFinding | undefined =>
    hasIdentity && list !== undefined && list.length > 0 ? find(list) : undefined;
  const identity = layer(policies.identity);
  const boundary = layer(policies.boundary);
  const session = isRoot && policies.session?.length ? find(policies.session) : layer(policies.session);
  const endpoint = policies.endpoint?.length ? find(policies.endpoint, request, isGateway) : undefined;

  // 1. An explicit deny anywhere wins.
  const denials: [Layer, boolean | undefined][] = [
    ["rcp", rcps.some((level) => level.denies)],
    ["scp", scps.some((level) => level.denies)],
    ["accessPoint", point.denies],
    ["resource", resource.denies],
    ["identity", identity?.denies],
    ["boundary", boundary?.denies],
    ["session", session?.denies],
    ["endpoint", endpoint?.denies],
  ];
  const denied = denials.find(([, denies]) => denies);
  if (denied !== undefined) return { outcome: "ExplicitlyDenied", by: denied[0] };
  const implicit = (by: Layer): ReferenceDecision => ({ outcome: "ImplicitlyDenied", by });
  const allowed = (by: Layer): ReferenceDecision => ({ outcome: "Allowed", by });

  // 2. Every organisation level and the endpoint must allow.
  if (scps.some((level) => level.allows === "nobody")) return implicit("scp");
  if (endpoint?.allows === "nobody") return implicit("endpoint");
  if (isRoot && action === "sts:assumerole") return implicit("service");

  // 3. RestrictPublicBuckets leaves the owner's account and AWS services.
  const owner = request.resource.bucketAccount ?? ownerOf(request);
  const sameAccount = account === owner && account !== undefined && account !== "";
  if (!sameAccount && principal.kind !== "service" && publicIsRestricted(policies))
    return implicit("blockPublicAccess");

  // 4. Who grants, in which capacity?
  const grant = (policies.keyGrants ?? []).reduce<Capacity>(
    (best, one) => stronger(best, grantCapacity(one, request)),
    "nobody",
  );
  const limits: Layer[] = [];
  if (boundary !== undefined && boundary.allows === "nobody") limits.push("boundary");
  if (session !== undefined ? session.allows === "nobody" : principal.kind === "federated-user")
    limits.push("session");
  const identityAllows = identity !== undefined && identity.allows !== "nobody";

  if (account === undefined) {
    if (isPoint && point.allows === "nobody") return implicit("accessPoint");
    if (resource.allows !== "nobody") return allowed("resource");
    return grant !== "nobody" ? allowed("keyGrant") : implicit("resource");
  }

  if (!sameAccount) {
    if (grant === "role" || grant === "principal")
      return limits[0] ? implicit(limits[0]) : allowed("keyGrant");
    if (!isRoot && !identityAllows) return implicit("identity");
    if (limits[0]) return implicit(limits[0]);
    if (isPoint && point.allows === "nobody") return implicit("accessPoint");
    return resource.allows === "nobody" && grant === "nobody" ? implicit("resource") : allowed("resource");
  }

  const throughPoint =
    capacities.indexOf(point.allows) < capacities.indexOf(resource.allows) ? point.allows : resource.allows;
  const byPolicy = isPoint ? throughPoint : resource.allows;
  const best = stronger(byPolicy, grant);
  const grantor: Layer = best !== byPolicy ? "keyGrant" : "resource";
  const isTrust =
    /^sts:(assumerole|assumerolewithsaml|assumerolewithwebidentity|tagsession|setsourceidentity|setcontext)$/.test(
      action,
    );
  const needsPolicy =
    (isTrust && request.resource.arn.includes(":role/")) ||
    (service === "kms" && request.resource.arn.includes(":key/"));
  if (isRoot && needsPolicy && best === "nobody") return implicit("resource");
  if (isRoot) return limits[0] ? implicit(limits[0]) : allowed("root");
  if (best === "principal") return allowed(grantor);
  const identitySuffices = identityAllows && (!needsPolicy || best !== "nobody");
  if (!identitySuffices && best !== "role")
    return implicit(needsPolicy && identityAllows ? "resource" : "identity");
  if (limits[0]) return implicit(limits[0]);
  return allowed(identitySuffices ? "identity" : grantor);
}

/** The bucket's policy speaks of the bucket, also when the request came through an access point. */
function behindAccessPoint(request: Request, isPoint: boolean): Request {
  const arn = request.resource.bucketArn;
  if (!isPoint || arn === undefined) return request;
  const read = keyReader(request);
  const keys = [
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
    "aws:ResourceAccount",
    "s3:ResourceAccount",
  ];
  const known = Object.fromEntries(
    keys.map((key) => [key, read(key)] as const).filter(([, values]) => values.length > 0),
  );
  return { ...request, resource: { ...request.resource, arn }, context: { ...known, ...request.context } };
}

function publicIsRestricted({ blockPublicAccess: settings, resource, accessPoint }: PolicySet): boolean {
  const bucket = settings?.account || settings?.bucket;
  const point = settings?.account || settings?.accessPoint;
  return Boolean(
    (bucket && resource && grantsToPublic(resource.document)) ||
      (point && accessPoint && grantsToPublic(accessPoint.document)),
  );
}

function grantCapacity(grant: KeyGrant, request: Request): Capacity {
  const [service, operation] = request.action.toLowerCase().split(":");
  if (service !== "kms" || !grant.operations.some((name) => name.toLowerCase() === operation))
    return "nobody";
  const read = keyReader(request);
  const prefix = "kms:encryptioncontext:";
  const names = Object.keys(request.context ?? {}).filter((key) => key.toLowerCase().startsWith(prefix));
  const holds = (wanted: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([key, value]) => read(`${prefix}${key}`).join("\n") === value);
  const { encryptionContextEquals: equals, encryptionContextSubset: subset } = grant.constraints ?? {};
  if (subset !== undefined && !holds(subset)) return "nobody";
  if (equals !== undefined && (names.length !== Object.keys(equals).length || !holds(equals)))
    return "nobody";
  const grantee = grant.granteePrincipal;
  const element = grantee.endsWith(".amazonaws.com") ? { Service: grantee } : { AWS: grantee };
  const statement = { Effect: "Allow", Principal: element, Action: "*", Resource: "*" } as const;
  return capacityOf(statement, { request, kind: "key", version: undefined, bounded: false, gateway: false });
}
