/**
 * What a deployment would change, in words, and what it must not do without being told so by name.
 *
 * Resources are followed by what they are (type and AWS name), not by where they stand in a template: a profile
 * that moves to another stack is deleted and made again, and says so.
 */

import { REPLACING } from "./generated/replacement.ts";
import type { DeployedStack, TemplateResource } from "./output.ts";

export type ChangeKind = "add" | "change" | "replace" | "remove";

export interface Change {
  readonly kind: ChangeKind;
  readonly stack: string;
  readonly logicalId: string;
  /** CloudFormation type. */
  readonly type: string;
  /** What it is, for people: ``user profile `ana` ``. */
  readonly subject: string;
  /** One line: ``change role `bank-team-a-mlops`: ManagedPolicyArns, Tags``. */
  readonly words: string;
  /** Properties that differ, for `change` and `replace`. */
  readonly properties: readonly string[];
}

/** A change that would lose a home directory or data. */
export interface Refusal {
  /** The name by which it is confirmed. */
  readonly name: string;
  readonly change: Change;
  readonly loses: string;
  readonly help: string;
}

export interface PlatformChanges {
  readonly changes: readonly Change[];
  /** Changes that wait for their name to be confirmed. */
  readonly refusals: readonly Refusal[];
  /** Stacks that the platform no longer has. */
  readonly removedStacks: readonly string[];
  /** "2 to add, 1 to change, 0 to replace, 0 to remove". */
  readonly summary: string;
}

interface Found {
  readonly stack: string;
  readonly logicalId: string;
  readonly resource: TemplateResource;
}

/**
 * Compares what is deployed with what would be.
 * @param confirmed names of users, spaces, domains and data sets whose loss is accepted
 */
export function comparePlatforms(
  before: readonly DeployedStack[],
  after: readonly DeployedStack[],
  confirmed: readonly string[] = [],
): PlatformChanges {
  const old = index(before);
  const next = index(after);
  const changes: Change[] = [];
  for (const [key, found] of next) {
    const previous = old.get(key);
    if (previous === undefined) changes.push(change("add", found));
    else changes.push(...differences(previous, found));
  }
  for (const [key, found] of old) if (!next.has(key)) changes.push(change("remove", found));
  const names = new Set(after.map((stack) => stack.name));
  return {
    changes,
    refusals: changes
      .flatMap((one) => refusalOf(one, old, next))
      .filter((one) => !confirmed.includes(one.name)),
    removedStacks: before.map((stack) => stack.name).filter((name) => !names.has(name)),
    summary: summaryOf(changes),
  };
}

function summaryOf(changes: readonly Change[]): string {
  const count = (kind: ChangeKind) => changes.filter((one) => one.kind === kind).length;
  return `${count("add")} to add, ${count("change")} to change, ${count("replace")} to replace, ${count("remove")} to remove`;
}

function index(stacks: readonly DeployedStack[]): Map<string, Found> {
  const all = new Map<string, Found>();
  for (const stack of stacks)
    for (const [logicalId, resource] of Object.entries(stack.template.Resources))
      all.set(identity(stack.name, logicalId, resource), { stack: stack.name, logicalId, resource });
  return all;
}

/** The property that names a resource to AWS, by type, and what people call the type. */
const NAMED: Readonly<Record<string, { readonly property: string; readonly noun: string }>> = {
  "AWS::IAM::Role": { property: "RoleName", noun: "role" },
  "AWS::IAM::ManagedPolicy": { property: "ManagedPolicyName", noun: "policy" },
  "AWS::S3::Bucket": { property: "BucketName", noun: "bucket" },
  "AWS::S3::BucketPolicy": { property: "Bucket", noun: "policy of bucket" },
  "AWS::S3::AccessPoint": { property: "Name", noun: "access point" },
  "AWS::SageMaker::Domain": { property: "DomainName", noun: "domain" },
  "AWS::SageMaker::UserProfile": { property: "UserProfileName", noun: "user profile" },
  "AWS::SageMaker::Space": { property: "SpaceName", noun: "space" },
  "AWS::SageMaker::Image": { property: "ImageName", noun: "image" },
  "AWS::SageMaker::AppImageConfig": { property: "AppImageConfigName", noun: "image configuration" },
  "AWS::SageMaker::StudioLifecycleConfig": {
    property: "StudioLifecycleConfigName",
    noun: "lifecycle configuration",
  },
  "AWS::SSM::Parameter": { property: "Name", noun: "parameter" },
  "AWS::KMS::Alias": { property: "AliasName", noun: "key alias" },
  "AWS::Logs::LogGroup": { property: "LogGroupName", noun: "log group" },
  "AWS::EC2::SecurityGroup": { property: "GroupName", noun: "security group" },
  "AWS::EC2::VPCEndpoint": { property: "ServiceName", noun: "endpoint" },
  "AWS::Organizations::Policy": { property: "Name", noun: "guardrail" },
};

function nameOf(resource: TemplateResource): string | undefined {
  const property = NAMED[resource.Type]?.property;
  const value = property === undefined ? undefined : resource.Properties?.[property];
  return typeof value === "string" ? value : undefined;
}

function identity(stack: string, logicalId: string, resource: TemplateResource): string {
  const name = nameOf(resource);
  if (name === undefined) return `${resource.Type} ${stack} ${logicalId}`;
  // Names of profiles and spaces are unique in their domain only.
  return `${resource.Type} ${name} ${JSON.stringify(resource.Properties?.DomainId ?? "")}`;
}

function subjectOf(found: Found): string {
  const noun = NAMED[found.resource.Type]?.noun ?? found.resource.Type.split("::").slice(1).join(" ");
  return `${noun} \`${nameOf(found.resource) ?? found.logicalId}\``;
}

function change(kind: ChangeKind, found: Found, properties: readonly string[] = [], why?: string): Change {
  const subject = subjectOf(found);
  const detail = why ?? (properties.length > 0 ? properties.join(", ") : undefined);
  return {
    kind,
    stack: found.stack,
    logicalId: found.logicalId,
    type: found.resource.Type,
    subject,
    words: `${kind} ${subject}${detail === undefined ? "" : `: ${detail}`}`,
    properties,
  };
}

function differences(before: Found, after: Found): Change[] {
  if (before.stack !== after.stack || before.logicalId !== after.logicalId) {
    const why =
      before.stack === after.stack
        ? `from ${before.logicalId}`
        : `from stack ${before.stack} to ${after.stack}`;
    return [change("replace", after, [], why)];
  }
  const old = before.resource.Properties ?? {};
  const next = after.resource.Properties ?? {};
  const names = [...new Set([...Object.keys(old), ...Object.keys(next)])];
  const properties = names.filter((name) => canonical(old[name]) !== canonical(next[name]));
  if (properties.length === 0) return [];
  const replacing = (REPLACING[after.resource.Type] ?? "").split(" ");
  const kind = properties.some((name) => replacing.includes(name)) ? "replace" : "change";
  return [change(kind, after, properties)];
}

/** JSON with sorted keys, so that the order of keys does not look like a change. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
        : inner,
    ) ?? "undefined"
  );
}

/** What is lost with a resource of a type, when it is removed or replaced. */
const LOSSES: Readonly<Record<string, (name: string) => string>> = {
  "AWS::SageMaker::Domain": () => "every home directory, space and app of the domain",
  "AWS::SageMaker::UserProfile": (name) => `the home directory and private spaces of ${name}`,
  "AWS::SageMaker::Space": (name) => `the volume of space ${name}`,
  "AWS::S3::Bucket": () =>
    "the way to its data: the old bucket stays, no longer managed, and a new one is empty",
  "AWS::KMS::Key": () => "the way to what it encrypts: the old key stays, no longer managed",
  "AWS::EC2::VPC": () => "the network that domains and jobs are in",
};

function refusalOf(
  one: Change,
  before: ReadonlyMap<string, Found>,
  after: ReadonlyMap<string, Found>,
): Refusal[] {
  if (one.kind !== "remove" && one.kind !== "replace") return [];
  const loses = LOSSES[one.type];
  const found = [...(one.kind === "remove" ? before : after).values()].find(
    (candidate) => candidate.stack === one.stack && candidate.logicalId === one.logicalId,
  );
  // Only volumes of running jobs hang on the job key: CloudFormation deletes it after its waiting period.
  if (
    loses === undefined ||
    found === undefined ||
    (one.type === "AWS::KMS::Key" && found.resource.DeletionPolicy !== "Retain")
  )
    return [];
  const name = nameOf(found.resource) ?? `${one.stack}/${one.logicalId}`;
  return [
    {
      name,
      change: one,
      loses: loses(name),
      help: `keep it in the file, or confirm the loss by name: \`--confirm ${name}\``,
    },
  ];
}
