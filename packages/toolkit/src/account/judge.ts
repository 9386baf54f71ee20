/** Puts a question about an account to the engine: who, what, on which resource, from where. */
import {
  authorize,
  type CompiledPolicy,
  compilePolicy,
  type Decision,
  type Explanation,
  explain,
  type PolicySet,
  type Principal,
  type Request,
} from "@sagekeep/engine";
import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import type {
  AccountSnapshot,
  EndpointRecord,
  PolicyText,
  PrincipalRecord,
  ProfileRecord,
  ResourceRecord,
} from "./snapshot.ts";

/** Where a request comes from. */
export type Position =
  | { kind: "internet"; sourceIp?: string }
  | { kind: "vpc"; vpcId: string }
  | { kind: "endpoint"; id: string };

export interface Question {
  principal: PrincipalRecord;
  /** The Studio profile whose session this is, if any. */
  profile?: ProfileRecord;
  action: string;
  /** ARN or `*`. */
  resource: string;
  from: Position;
  /** Further condition keys; they win over derived ones. */
  context?: Record<string, string | string[]>;
}

export class Judge {
  readonly snapshot: AccountSnapshot;
  readonly #compiled = new Map<string, CompiledPolicy>();
  readonly #resources: Map<string, ResourceRecord>;

  constructor(snapshot: AccountSnapshot) {
    this.snapshot = snapshot;
    this.#resources = new Map(snapshot.resources.map((one) => [one.arn, one]));
  }

  decide(question: Question): Decision {
    const { request, policies } = this.ask(question);
    return authorize(request, policies);
  }

  explain(question: Question): Explanation {
    const { request, policies } = this.ask(question);
    return explain(request, policies);
  }

  /** The engine's request and policies for a question. */
  ask(question: Question): { request: Request; policies: PolicySet } {
    const { principal, action, resource, context } = question;
    const { account, scps } = this.snapshot;
    const record = this.#resourceOf(resource);
    const endpoint = this.#endpointFor(question);
    const owner = record?.account ?? (resource.split(":")[4] || account);
    const trust = this.snapshot.principals.find((one) => one.kind === "role" && one.arn === resource)?.trust;
    const policy = record?.policy ?? trust;
    return {
      request: {
        principal: enginePrincipal(question, account),
        action,
        resource: { arn: resource, account: owner, ...(record?.tags && { tags: record.tags }) },
        context: { ...positionKeys(question, endpoint, this.snapshot), ...studioKeys(question), ...context },
      },
      policies: {
        identity: principal.identity.map((one) => this.#compile(one, "identity")),
        boundary: principal.boundary && [this.#compile(principal.boundary, "boundary")],
        resource: policy && this.#compile(policy, policy === trust ? "trust" : "resource"),
        endpoint: endpoint?.policy && [this.#compile(endpoint.policy, "endpoint")],
        scps: scps?.map(({ level, policies }) => ({
          level,
          policies: policies.map((one) => this.#compile(one, "scp")),
        })),
        keyGrants: record?.grants,
      },
    };
  }

  #resourceOf(arn: string): ResourceRecord | undefined {
    // an object is guarded by its bucket's policy
    return (
      this.#resources.get(arn) ??
      (arn.startsWith("arn:aws:s3:::") ? this.#resources.get(arn.split("/", 1)[0] as string) : undefined)
    );
  }

  #endpointFor({ from, action }: Question): EndpointRecord | undefined {
    const { endpoints } = this.snapshot;
    if (from.kind === "endpoint") return endpoints.find((one) => one.id === from.id);
    if (from.kind !== "vpc") return undefined;
    const names = endpointNames(action.split(":", 1)[0] as string);
    return endpoints.find(
      (one) => one.vpcId === from.vpcId && names.includes(one.serviceName.split(".").slice(3).join(".")),
    );
  }

  #compile(policy: PolicyText, kind: PolicyKind): CompiledPolicy {
    const id = `${kind}\0${policy.name}\0${policy.document}`;
    let one = this.#compiled.get(id);
    if (!one) {
      one = compilePolicy(JSON.parse(policy.document) as PolicyDocument, {
        name: policy.name,
        kind,
        ...(policy.arn && { id: policy.arn }),
      });
      this.#compiled.set(id, one);
    }
    return one;
  }
}

/** Endpoint service names (without region) that serve the actions of a prefix. */
export function endpointNames(prefix: string): string[] {
  return (
    {
      sagemaker: ["sagemaker.api", "sagemaker.runtime"],
      ecr: ["ecr.api", "ecr.dkr"],
      cloudwatch: ["monitoring"],
    }[prefix] ?? [prefix]
  );
}

function enginePrincipal({ principal, profile }: Question, account: string): Principal {
  const { arn, name, uniqueId, tags } = principal;
  if (principal.kind === "user") return { kind: "user", arn, account, uniqueId, tags };
  return {
    kind: "session",
    arn: `arn:aws:sts::${account}:assumed-role/${name}/${profile ? "SageMaker" : "session"}`,
    roleArn: arn,
    account,
    uniqueId,
    tags,
    ...(profile?.sourceIdentity && { sourceIdentity: profile.name }),
  };
}

function studioKeys({ profile }: Question): Record<string, string> {
  return profile ? { "sagemaker:DomainId": profile.domainId, "sagemaker:UserProfileName": profile.name } : {};
}

function positionKeys(
  { from }: Question,
  endpoint: EndpointRecord | undefined,
  snapshot: AccountSnapshot,
): Record<string, string> {
  const keys: Record<string, string> = {
    "aws:SecureTransport": "true",
    "aws:RequestedRegion": snapshot.region,
    "aws:CurrentTime": new Date().toISOString(),
  };
  if (endpoint) {
    keys["aws:SourceVpce"] = endpoint.id;
    keys["aws:SourceVpc"] = endpoint.vpcId;
    keys["aws:SourceVpcArn"] = `arn:aws:ec2:${snapshot.region}:${snapshot.account}:vpc/${endpoint.vpcId}`;
  } else if (from.kind === "internet") keys["aws:SourceIp"] = from.sourceIp ?? "203.0.113.10";
  return keys;
}
