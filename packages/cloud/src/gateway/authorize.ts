/** Decides a request: gathers every policy that applies to each of its checks and asks the engine. */
import {
  authorize,
  type Decision,
  type Explanation,
  explain,
  type PolicySet,
  type Request,
} from "@sagekeep/engine";
import type { Caller } from "../identity/caller.ts";
import type { StoredPolicy } from "../identity/directory.ts";
import type { RequestContext } from "../runtime/request-context.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Check, ResourceFacts, Service } from "../service.ts";
import { compiled } from "./compiled.ts";
import { checkConditions, requestConditions } from "./conditions.ts";
import { denial, denierOf } from "./denial.ts";

/** Denials whose reasons can be asked for afterwards. */
const REMEMBERED = 512;

interface Denied {
  requestId: string;
  request: Request;
  policies: PolicySet;
}

/** A denial with its reasons, by the request's id. */
export interface DeniedRequest {
  requestId: string;
  action: string;
  resource: string;
  explanation: Explanation;
}

export class Authorizer {
  readonly #runtime: Runtime;
  readonly #denied: Denied[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Runs the operation's rule and demands every check of it. @throws AwsError in the service's own words */
  decide(context: RequestContext, service: Service, input: object): void {
    const rule = service.authorization[context.operation];
    const checks = rule
      ? rule(input as never, context)
      : [{ action: `${service.actionPrefix}:${context.operation}`, resource: "*" }];
    if (checks.length === 0) return;
    const conditions = requestConditions(context);
    for (const check of checks) this.#demand(context, service, check, conditions);
  }

  /** @throws AwsError unless the caller is allowed */
  demand(context: RequestContext, check: Check): void {
    this.#demand(context, this.#runtime.registry.find(context.service), check, requestConditions(context));
  }

  allows(context: RequestContext, check: Check): boolean {
    const { request, policies } = this.#question(context, check, requestConditions(context));
    return authorize(request, policies).allowed;
  }

  /** Whether the role's trust policy lets this service assume it. */
  trusts(context: RequestContext, roleArn: string, service: string): boolean {
    const facts = context.facts(roleArn);
    if (!facts?.policy) return false;
    const organization = this.#runtime.directory.organizationOf(context.account, context);
    const request: Request = {
      principal: { kind: "service", service },
      action: "sts:AssumeRole",
      resource: { arn: roleArn, account: facts.account },
      context: {
        "aws:SourceAccount": context.account,
        ...(organization && {
          "aws:SourceOrgID": organization.id,
          "aws:SourceOrgPaths": organization.paths,
        }),
        "aws:CurrentTime": new Date(context.now).toISOString(),
      },
    };
    return authorize(request, { resource: compiled(facts.policy, "trust") }).allowed;
  }

  /** Why a recent request was denied; `undefined` when it was not, or too long ago. */
  denied(requestId: string): DeniedRequest | undefined {
    const found = this.#denied.findLast((one) => one.requestId === requestId);
    if (!found) return undefined;
    const { action, resource } = found.request;
    return { requestId, action, resource: resource.arn, explanation: explain(found.request, found.policies) };
  }

  #demand(
    context: RequestContext,
    service: Service | undefined,
    check: Check,
    conditions: ReturnType<typeof requestConditions>,
  ): void {
    const { request, policies } = this.#question(context, check, conditions);
    const decision: Decision = authorize(request, policies);
    if (decision.allowed) return;
    this.#denied.push({ requestId: context.requestId, request, policies });
    if (this.#denied.length > REMEMBERED) this.#denied.shift();
    const caller = check.caller ?? context.caller;
    const related = this.#related(caller, request, context);
    const denier = denierOf(() => explain(request, policies), decision, related);
    throw denial(service, { caller, check, decision, related, denier }, context);
  }

  /** Whether the caller is of the resource's account or organisation. */
  #related(caller: Caller, request: Request, context: RequestContext): boolean {
    const { account } = request.resource;
    if (account === undefined) return false;
    if (account === caller.account) return true;
    const own = this.#runtime.directory.organizationOf(caller.account, context)?.id;
    return own !== undefined && own === this.#runtime.directory.organizationOf(account, context)?.id;
  }

  /**
   * Whether the check is about the API that is called. An endpoint's policy speaks of that alone: permissions that
   * go with it (iam:PassRole) are no calls through the endpoint.
   */
  #isOfTheCall(context: RequestContext, { action }: Check): boolean {
    const prefix = this.#runtime.registry.find(context.service)?.actionPrefix;
    return prefix === undefined || action.startsWith(`${prefix}:`);
  }

  #question(
    context: RequestContext,
    check: Check,
    conditions: ReturnType<typeof requestConditions>,
  ): { request: Request; policies: PolicySet } {
    const { path } = context;
    const caller = check.caller ?? context.caller;
    const facts = check.facts ?? (check.resource === "*" ? undefined : context.facts(check.resource));
    const account = facts?.account ?? (check.resource.split(":")[4] || context.account);
    const extra: ResourceExtra = facts?.extra ?? nothing;
    const request: Request = {
      principal: caller.principal,
      action: check.action,
      resource: {
        arn: check.resource,
        account,
        ...(extra.bucketArn && { bucketArn: extra.bucketArn, bucketAccount: extra.bucketAccount ?? account }),
      },
      context: checkConditions(context, check, facts, conditions),
    };
    const policies: Gathered = {};
    this.#addPrincipalPolicies(policies, context, caller);
    this.#addResourcePolicies(policies, context, facts, account, extra);
    const endpoint = path.endpoint?.policy;
    if (endpoint && this.#isOfTheCall(context, check)) policies.endpoint = [compiled(endpoint, "endpoint")];
    return { request, policies };
  }

  #addPrincipalPolicies(policies: Gathered, context: RequestContext, caller: Caller): void {
    const { directory } = this.#runtime;
    const { kind } = caller.principal;
    if (kind === "anonymous" || kind === "service" || kind === "federated") return;
    const scps = directory.organizationPolicies(caller.account, context)?.scps;
    if (scps) policies.scps = levels(scps, "scp");
    if (kind === "root") return;
    const { identity, boundary } = directory.policiesOf(caller, context);
    policies.identity = all(identity, "identity");
    if (boundary) policies.boundary = [compiled(boundary, "boundary")];
    const session = caller.credential?.sessionPolicies;
    if (session?.length) policies.session = all(session, "session");
  }

  #addResourcePolicies(
    policies: Gathered,
    context: RequestContext,
    facts: ResourceFacts | undefined,
    account: string,
    extra: ResourceExtra,
  ): void {
    if (facts?.policy) policies.resource = compiled(facts.policy, extra.trust ? "trust" : "resource");
    if (extra.accessPoint) policies.accessPoint = compiled(extra.accessPoint, "resource");
    if (extra.keyGrants) policies.keyGrants = extra.keyGrants;
    if (extra.blockPublicAccess) policies.blockPublicAccess = extra.blockPublicAccess;
    const rcps = this.#runtime.directory.organizationPolicies(account, context)?.rcps;
    if (rcps) policies.rcps = levels(rcps, "rcp");
  }
}

const nothing: ResourceExtra = {};

/** What services put into `ResourceFacts.extra`. */
interface ResourceExtra {
  /** The policy is a role's trust policy. */
  trust?: boolean;
  accessPoint?: StoredPolicy;
  bucketArn?: string;
  bucketAccount?: string;
  keyGrants?: PolicySet["keyGrants"];
  blockPublicAccess?: PolicySet["blockPublicAccess"];
}

/** The policies of a decision while they are gathered. */
type Gathered = { -readonly [K in keyof PolicySet]: PolicySet[K] };

/** An organisation's policies, root first. */
function levels(units: readonly (readonly StoredPolicy[])[], kind: "scp" | "rcp") {
  return units.map((policies, index) => ({ level: String(index), policies: all(policies, kind) }));
}

function all(policies: readonly StoredPolicy[], kind: Parameters<typeof compiled>[1]) {
  return policies.map((policy) => compiled(policy, kind));
}
