/**
 * An account as the templates would make it, for tests: intrinsics resolved with made-up ids, policies compiled
 * with the engine. Only policies and tags are modelled; the local cloud deploys the same templates for real.
 */

import { authorize, type CompiledPolicy, compilePolicy, type Decision, type Tags } from "@sagekeep/engine";
import type { PolicyDocument, PolicyKind } from "@sagekeep/policy";
import type { Platform } from "@sagekeep/spec";
import type { Synthesized, TemplateResource } from "../src/index.ts";

interface Role {
  readonly name: string;
  readonly tags: Tags;
  readonly policies: readonly CompiledPolicy[];
  readonly documents: readonly { name: string; document: PolicyDocument }[];
}

export interface Ask {
  /** Role name. */
  readonly as: string;
  readonly action: string;
  readonly resource?: string;
  readonly resourceTags?: Tags;
  readonly requestTags?: Tags;
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
  readonly sessionTags?: Tags;
  /** `studio`: inside the VPC, through the service's endpoint. @default "studio" */
  readonly from?: "studio" | "outside";
  readonly now?: string;
}

type Json = Readonly<Record<string, unknown>>;

export class SyntheticAccount {
  readonly platform: Platform;
  readonly exports: Record<string, string> = {};
  readonly roles = new Map<string, Role>();
  readonly #policies = new Map<string, PolicyDocument>();
  readonly #buckets = new Map<string, CompiledPolicy>();
  readonly #keys = new Map<string, CompiledPolicy>();
  readonly #endpoints = new Map<string, { id: string; policy: CompiledPolicy | undefined }>();
  readonly #accessPoints = new Map<string, { bucket: string; policy: CompiledPolicy }>();

  constructor(platform: Platform, out: Synthesized) {
    this.platform = platform;
    const resources: {
      stack: string;
      id: string;
      resource: TemplateResource;
      resolve: (value: unknown) => unknown;
    }[] = [];
    for (const stack of out.stacks) {
      const resolve = (value: unknown) => this.#resolve(value, stack.name, stack.template.Resources);
      for (const [id, resource] of Object.entries(stack.template.Resources))
        resources.push({ stack: stack.name, id, resource, resolve });
      for (const output of Object.values(stack.template.Outputs ?? {}))
        this.exports[String(output.Export?.Name)] = String(resolve(output.Value));
    }
    for (const { resource, resolve, stack, id } of resources)
      if (resource.Type !== "AWS::IAM::Role")
        this.#add(stack, id, resource.Type, resolve(resource.Properties) as Json);
    for (const { resource, resolve } of resources)
      if (resource.Type === "AWS::IAM::Role") this.#addRole(resolve(resource.Properties) as Json);
  }

  #add(stack: string, id: string, type: string, properties: Json): void {
    switch (type) {
      case "AWS::IAM::ManagedPolicy":
        this.#policies.set(
          this.#iam(`policy/${properties.ManagedPolicyName}`),
          properties.PolicyDocument as PolicyDocument,
        );
        break;
      case "AWS::S3::BucketPolicy":
        this.#buckets.set(
          String(properties.Bucket),
          compiled(properties.PolicyDocument, "bucket", String(properties.Bucket)),
        );
        break;
      case "AWS::KMS::Key":
        this.#keys.set(
          this.#physical(stack, id, "AWS::KMS::Key", "Arn"),
          compiled(properties.KeyPolicy, "key", id),
        );
        break;
      case "AWS::S3::AccessPoint":
        this.#accessPoints.set(String(properties.Name), {
          bucket: String(properties.Bucket),
          policy: compiled(properties.Policy, "accessPoint", String(properties.Name)),
        });
        break;
      case "AWS::EC2::VPCEndpoint":
        this.#endpoints.set(String(properties.ServiceName).split(".").slice(3).join("."), {
          id: this.#physical(stack, id, type, "Id"),
          policy:
            properties.PolicyDocument === undefined
              ? undefined
              : compiled(properties.PolicyDocument, "endpoint", id),
        });
    }
  }

  #addRole(properties: Json): void {
    const name = String(properties.RoleName);
    const documents = ((properties.ManagedPolicyArns ?? []) as string[]).map((arn) => {
      const document = this.#policies.get(arn);
      if (document === undefined) throw new Error(`role ${name} attaches ${arn}, which no stack makes`);
      return { name: arn.split("/").at(-1)!, document };
    });
    const tags = Object.fromEntries(
      ((properties.Tags ?? []) as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
    );
    const policies = documents.map((one) => compiled(one.document, "identity", one.name));
    this.roles.set(name, { name, tags, policies, documents });
  }

  /** The engine's decision on one request. */
  decide(ask: Ask): Decision {
    const role = this.roles.get(ask.as);
    if (role === undefined) throw new Error(`no role ${ask.as}`);
    const { account } = this.platform;
    const resource = ask.resource ?? "*";
    const service = ask.action.split(":")[0]!;
    const inside = (ask.from ?? "studio") === "studio";
    const endpoint = inside ? this.#endpointOf(service, ask.action) : undefined;
    const point = /:accesspoint\/([^/]+)(?:\/object\/(.*))?$/.exec(resource);
    const access = point ? this.#accessPoints.get(point[1]!) : undefined;
    const bucketArn =
      access && `arn:aws:s3:::${access.bucket}${point?.[2] === undefined ? "" : `/${point[2]}`}`;
    const bucket =
      access?.bucket ??
      (resource.startsWith("arn:aws:s3:::") ? resource.slice(13).split("/")[0]! : undefined);
    return authorize(
      {
        principal: {
          kind: "session",
          arn: `arn:${this.platform.partition}:sts::${account}:assumed-role/${ask.as}/SageMaker`,
          roleArn: this.#iam(`role/${ask.as}`),
          account,
          tags: role.tags,
          ...(ask.sessionTags ? { sessionTags: ask.sessionTags } : {}),
        },
        action: ask.action,
        resource: {
          arn: resource,
          account,
          ...(ask.resourceTags ? { tags: ask.resourceTags } : {}),
          ...(bucketArn === undefined ? {} : { bucketArn }),
        },
        context: {
          "aws:SecureTransport": "true",
          "aws:ViaAWSService": "false",
          "aws:PrincipalIsAWSService": "false",
          "aws:CurrentTime": ask.now ?? "2026-06-01T00:00:00Z",
          ...(inside
            ? {
                "aws:SourceVpc": this.exports[`${this.platform.name}:network:Vpc`] ?? "vpc-x",
                ...(endpoint ? { "aws:SourceVpce": endpoint.id } : {}),
              }
            : { "aws:SourceIp": "203.0.113.7" }),
          ...requestTags(ask.requestTags),
          ...ask.context,
        },
      },
      {
        identity: role.policies,
        resource:
          bucket !== undefined
            ? this.#buckets.get(bucket)
            : service === "kms"
              ? this.#keys.get(resource)
              : undefined,
        ...(access ? { accessPoint: access.policy } : {}),
        ...(endpoint?.policy ? { endpoint: [endpoint.policy] } : {}),
      },
    );
  }

  #endpointOf(service: string, action: string) {
    const names: Record<string, string> = {
      sagemaker: "sagemaker.api",
      ecr: "ecr.api",
      cloudwatch: "monitoring",
    };
    const name = action.startsWith("sagemaker:InvokeEndpoint")
      ? "sagemaker.runtime"
      : (names[service] ?? service);
    return this.#endpoints.get(name);
  }

  #iam(path: string): string {
    return `arn:${this.platform.partition}:iam::${this.platform.account}:${path}`;
  }

  #resolve(value: unknown, stack: string, resources: Readonly<Record<string, TemplateResource>>): unknown {
    const again = (one: unknown) => this.#resolve(one, stack, resources);
    if (Array.isArray(value)) return value.map(again);
    if (typeof value !== "object" || value === null) return value;
    const [[key, inner] = ["", undefined], ...rest] = Object.entries(value) as [string, unknown][];
    if (rest.length === 0)
      switch (key) {
        case "Ref":
          return this.#reference(stack, String(inner), resources);
        case "Fn::GetAtt": {
          const [id, attribute] = inner as [string, string];
          return this.#attribute(stack, id, attribute, resources);
        }
        case "Fn::ImportValue": {
          const found = this.exports[String(again(inner))];
          if (found === undefined)
            throw new Error(`${stack} imports ${String(inner)}, which is not exported before`);
          return found;
        }
        case "Fn::Join":
          return ((inner as [string, unknown[]])[1].map(again) as string[]).join((inner as [string])[0]);
        case "Fn::GetAZs":
          return ["a", "b", "c"].map((zone) => `${this.platform.region}${zone}`);
        case "Fn::Split":
          return String(again((inner as unknown[])[1])).split(String((inner as unknown[])[0]));
        case "Fn::Select": {
          const list = again((inner as unknown[])[1]);
          return Array.isArray(list)
            ? list[Number((inner as unknown[])[0])]
            : `${String(list)}-${String((inner as unknown[])[0])}`;
        }
      }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, again(one)]));
  }

  #reference(stack: string, id: string, resources: Readonly<Record<string, TemplateResource>>): string {
    const resource = resources[id];
    const properties = (resource?.Properties ?? {}) as Record<string, unknown>;
    if (resource?.Type === "AWS::S3::Bucket") return String(properties.BucketName);
    if (resource?.Type === "AWS::IAM::Role") return String(properties.RoleName);
    return this.#physical(stack, id, resource?.Type ?? "", "Id");
  }

  #attribute(
    stack: string,
    id: string,
    attribute: string,
    resources: Readonly<Record<string, TemplateResource>>,
  ): string {
    const resource = resources[id];
    const properties = (resource?.Properties ?? {}) as Record<string, unknown>;
    if (resource?.Type === "AWS::IAM::Role") return this.#iam(`role/${properties.RoleName}`);
    if (resource?.Type === "AWS::IAM::ManagedPolicy")
      return this.#iam(`policy/${properties.ManagedPolicyName}`);
    return this.#physical(stack, id, resource?.Type ?? "", attribute);
  }

  #physical(stack: string, id: string, type: string, attribute: string): string {
    const number = [...`${stack}/${id}`]
      .reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7)
      .toString(16)
      .padStart(8, "0");
    if (attribute === "Arn" && type === "AWS::KMS::Key")
      return `arn:${this.platform.partition}:kms:${this.platform.region}:${this.platform.account}:key/${number}-0000-4000-8000-000000000000`;
    const prefixes: Record<string, string> = {
      "AWS::EC2::VPC": "vpc-",
      "AWS::EC2::Subnet": "subnet-",
      "AWS::EC2::SecurityGroup": "sg-",
      "AWS::EC2::VPCEndpoint": "vpce-",
      "AWS::SageMaker::Domain": "d-",
    };
    return `${prefixes[type] ?? ""}${number}`;
  }
}

function compiled(document: unknown, kind: PolicyKind, name: string): CompiledPolicy {
  return compilePolicy(document as PolicyDocument, { name, kind });
}

function requestTags(tags: Tags | undefined): Record<string, string | readonly string[]> {
  if (tags === undefined || Object.keys(tags).length === 0) return {};
  return {
    ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
    "aws:TagKeys": Object.keys(tags),
  };
}
