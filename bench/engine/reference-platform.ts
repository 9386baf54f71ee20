/**
 * The policies of the reference platform (`examples/bank-marketing`), as its templates deploy them: read from the
 * synthesized templates, with what other stacks export filled in.
 */
import type { PolicyDocument } from "@sagekeep/policy";
import { synthesize } from "../../packages/constructs/src/index.ts";
import { openPlatform } from "../../packages/toolkit/src/index.ts";
import type { NamedPolicy } from "./platform.ts";

type Properties = Record<string, unknown>;
interface Found {
  readonly stack: string;
  readonly id: string;
  readonly type: string;
  readonly properties: Properties;
}

function imported(name: string): string {
  if (name.includes(":domain:")) return "d-1";
  if (name.endsWith(":Vpc")) return "vpc-1";
  return name.includes(":keys:") ? `arn:aws:kms:us-east-1:111122223333:key/${name.split(":").at(-1)}` : name;
}

/** The values of intrinsic functions: names that look like what AWS would give. */
function resolve(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  const [[name, of] = ["", undefined]] = Object.entries(value);
  if (name === "Fn::ImportValue") return imported(String(of));
  if (name === "Fn::GetAtt") return `@${(of as string[])[0]}`;
  if (name === "Ref") return `@${of as string}`;
  if (name === "Fn::Join") {
    const [glue, parts] = of as [string, unknown[]];
    return parts.map((part) => String(resolve(part))).join(glue);
  }
  if (name === "Fn::Sub") return String(Array.isArray(of) ? of[0] : of);
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolve(entry)]));
}

/** The platform's policies, filed as the engine wants them. */
export interface ReferencePlatform {
  /** Identity policies and tags by role name. */
  readonly roles: ReadonlyMap<
    string,
    {
      readonly identity: NamedPolicy[];
      readonly boundary: NamedPolicy[];
      readonly tags: Record<string, string>;
      readonly trust: NamedPolicy;
    }
  >;
  /** Endpoint policies by service name's end: `s3`, `sagemaker.api`. */
  readonly endpoints: ReadonlyMap<string, NamedPolicy[]>;
  /** Bucket policies by bucket name. */
  readonly buckets: ReadonlyMap<string, NamedPolicy>;
  /** Key policies by logical name: `DataKey`. */
  readonly keys: ReadonlyMap<string, NamedPolicy>;
}

/** Compiles the example to templates and reads its policies. */
export async function readReferencePlatform(folder: string): Promise<ReferencePlatform> {
  const { stacks } = await synthesize(openPlatform(folder).platform);
  const all: Found[] = stacks.flatMap((stack) =>
    Object.entries(stack.template.Resources).map(([id, resource]) => ({
      stack: stack.name,
      id,
      type: resource.Type,
      properties: resolve(resource.Properties ?? {}) as Properties,
    })),
  );
  const of = (type: string): Found[] => all.filter((one) => one.type === type);
  const managed = of("AWS::IAM::ManagedPolicy").map((one) => ({
    ...one,
    policy: {
      name: String(one.properties.ManagedPolicyName),
      kind: "identity",
      document: one.properties.PolicyDocument as PolicyDocument,
    } as NamedPolicy,
  }));
  const named = (reference: string, stack: string): NamedPolicy[] =>
    managed
      .filter(
        ({ policy, id, stack: own }) =>
          reference.endsWith(`:policy/${policy.name}`) || (reference === `@${id}` && own === stack),
      )
      .map(({ policy }) => policy);
  const roles = new Map(
    of("AWS::IAM::Role").map(({ properties, stack }) => {
      const name = String(properties.RoleName);
      const boundary = properties.PermissionsBoundary as string | undefined;
      return [
        name,
        {
          identity: ((properties.ManagedPolicyArns ?? []) as string[]).flatMap((arn) => named(arn, stack)),
          boundary:
            boundary === undefined
              ? []
              : named(boundary, stack).map((policy) => ({ ...policy, kind: "boundary" as const })),
          tags: Object.fromEntries(
            ((properties.Tags ?? []) as { Key: string; Value: string }[]).map((tag) => [tag.Key, tag.Value]),
          ),
          trust: {
            name: `${name} trust`,
            kind: "trust" as const,
            document: properties.AssumeRolePolicyDocument as PolicyDocument,
          },
        },
      ];
    }),
  );
  const endpoints = new Map(
    of("AWS::EC2::VPCEndpoint")
      .filter(({ properties }) => properties.PolicyDocument !== undefined)
      .map(({ id, properties }) => [
        String(properties.ServiceName).split(".").slice(3).join("."),
        [{ name: id, kind: "endpoint" as const, document: properties.PolicyDocument as PolicyDocument }],
      ]),
  );
  const buckets = new Map(
    of("AWS::S3::BucketPolicy").map(({ properties, stack }) => {
      const reference = String(properties.Bucket);
      const bucket = reference.startsWith("@")
        ? String(all.find((one) => one.stack === stack && `@${one.id}` === reference)?.properties.BucketName)
        : reference;
      return [
        bucket,
        { name: bucket, kind: "bucket" as const, document: properties.PolicyDocument as PolicyDocument },
      ];
    }),
  );
  const keys = new Map(
    of("AWS::KMS::Key").map(({ id, properties }) => [
      id,
      { name: id, kind: "key" as const, document: properties.KeyPolicy as PolicyDocument },
    ]),
  );
  return { roles, endpoints, buckets, keys };
}
