/**
 * Condition keys that do not depend on the service: the path, the time, the session, who forwarded the call.
 * Keys that follow from the principal itself (aws:PrincipalArn, aws:PrincipalTag/… …) are the engine's.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
import { isoSecond } from "../clock/iso-second.ts";
import type { RequestContext } from "../runtime/request-context.ts";
import type { Check, ResourceFacts } from "../service.ts";

type Keys = Record<string, string | readonly string[]>;

/** Keys of the request, whatever it asks for. */
export function requestConditions(context: RequestContext): Keys {
  const { caller, path, http, now, runtime } = context;
  const { credential, calledVia } = caller;
  const keys: Keys = {
    "aws:SecureTransport": String(path.secure),
    "aws:CurrentTime": isoSecond(now),
    "aws:EpochTime": String(Math.floor(now / 1000)),
    "aws:RequestedRegion": context.region,
    "aws:ViaAWSService": String(calledVia !== undefined),
    ...path.context,
  };
  if (calledVia?.length) {
    keys["aws:CalledVia"] = calledVia;
    keys["aws:CalledViaFirst"] = calledVia[0] as string;
    keys["aws:CalledViaLast"] = calledVia[calledVia.length - 1] as string;
  }
  const agent = http?.headers["user-agent"];
  if (agent) keys["aws:UserAgent"] = agent;
  const referer = http?.headers.referer;
  if (referer) keys["aws:Referer"] = referer;
  if (credential?.temporary) {
    if (credential.issuedAt !== undefined)
      keys["aws:TokenIssueTime"] = new Date(credential.issuedAt).toISOString();
    keys["aws:MultiFactorAuthPresent"] = String(credential.mfa !== undefined);
  }
  if (credential?.mfa) {
    keys["aws:MultiFactorAuthAge"] = String(Math.floor((now - credential.mfa.authenticatedAt) / 1000));
  }
  if (path.endpoint) {
    const owner = runtime.directory.organizationOf(path.endpoint.account, context);
    if (owner) {
      keys["aws:VpceOrgID"] = owner.id;
      keys["aws:VpceOrgPaths"] = owner.paths;
    }
  }
  const organization = runtime.directory.organizationOf(caller.account, context);
  if (organization && caller.principal.kind !== "anonymous" && caller.principal.kind !== "service") {
    keys["aws:PrincipalOrgID"] = organization.id;
    keys["aws:PrincipalOrgPaths"] = organization.paths;
  }
  return credential?.context ? Object.assign(keys, credential.context) : keys;
}

/** Keys of one check: the service's own, and the resource's tags and organisation. */
export function checkConditions(
  context: RequestContext,
  check: Check,
  facts: ResourceFacts | undefined,
  keys: Keys,
): Keys {
  if (!facts && !check.context) return keys;
  // not by a spread: an object that begins with one takes microseconds to add to
  const all: Keys = {};
  for (const key in keys) all[key] = keys[key] as string;
  if (facts) {
    const prefix = check.action.slice(0, check.action.indexOf(":"));
    for (const [key, value] of Object.entries(facts.tags ?? {})) {
      all[`aws:ResourceTag/${key}`] = value;
      all[`${prefix}:ResourceTag/${key}`] = value;
    }
    const organization = context.runtime.directory.organizationOf(facts.account, context);
    if (organization) {
      all["aws:ResourceOrgID"] = organization.id;
      all["aws:ResourceOrgPaths"] = organization.paths;
    }
  }
  for (const [key, value] of Object.entries(check.context ?? {})) if (value !== undefined) all[key] = value;
  return all;
}
