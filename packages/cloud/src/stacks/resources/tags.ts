/** Tags of resources: the template's own, over those of the stack; and each service's calls to change them. */
import { isMap, type Value, type ValueMap } from "../template/value.ts";
import type { Work } from "./declared.ts";
import { type ResourceRequest, text } from "./handler.ts";

/** How a service changes tags of an existing resource. */
export interface TagStyle {
  /** Property that holds them. @default "Tags" */
  readonly property?: string;
  readonly put: (work: Work, tags: Record<string, string>) => Promise<unknown>;
  readonly remove?: (work: Work, keys: string[]) => Promise<unknown>;
  /** Puts CloudFormation's own tags on a new resource, where that is not what `put` does. */
  readonly system?: (work: Work, tags: Record<string, string>) => Promise<unknown>;
}

/** Types outside EC2 that get CloudFormation's own tags: `cloudFormationSystemTags` of AWS's resource schemas. */
const SYSTEM_TAGGED = new Set([
  "AWS::CloudWatch::Alarm",
  "AWS::ECR::Repository",
  "AWS::EFS::AccessPoint",
  "AWS::EFS::FileSystem",
  "AWS::Logs::LogGroup",
  "AWS::NetworkFirewall::Firewall",
  "AWS::NetworkFirewall::FirewallPolicy",
  "AWS::NetworkFirewall::RuleGroup",
  "AWS::S3::AccessPoint",
  "AWS::S3::Bucket",
  "AWS::SSM::Parameter",
  "AWS::SSO::Application",
  "AWS::SSO::Instance",
  "AWS::SSO::PermissionSet",
  "AWS::SecretsManager::Secret",
]);

/** Tags a new resource as the stack's own. Only a service of AWS may give such tags, so it is no call of the user's. */
export async function putSystemTags(style: TagStyle, work: Work): Promise<void> {
  const { r } = work;
  if (style.system) await style.system(work, systemTags(r));
  else if (SYSTEM_TAGGED.has(r.type)) await style.put({ ...work, r: { ...r, call: r.read } }, systemTags(r));
}

/** The tags by which a resource tells the stack that made it. */
export function systemTags(r: ResourceRequest): Record<string, string> {
  return {
    "aws:cloudformation:logical-id": r.logicalId,
    "aws:cloudformation:stack-id": r.stackId,
    "aws:cloudformation:stack-name": r.stackName,
  };
}

/** The resource's tags by key. */
export function tagMap(
  value: Value | undefined,
  stackTags: Readonly<Record<string, string>>,
): Record<string, string> {
  const tags: Record<string, string> = { ...stackTags };
  if (isMap(value)) for (const [key, one] of Object.entries(value)) tags[key] = text(one);
  else if (Array.isArray(value)) {
    for (const one of value) if (isMap(one)) tags[text(one.Key)] = text(one.Value);
  }
  return tags;
}

/** The same as a list of `Key` and `Value`; `undefined` when there are none. */
export function tagList(
  properties: ValueMap,
  r: ResourceRequest,
  property = "Tags",
): { Key: string; Value: string }[] | undefined {
  const tags = tagMap(properties[property], r.stackTags);
  const list = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return list.length > 0 ? list : undefined;
}

/** Brings the tags of an existing resource to what is wanted now. */
export async function changedTags(style: TagStyle, work: Work): Promise<void> {
  const name = style.property ?? "Tags";
  const before = tagMap(work.old?.[name], work.r.previousStackTags);
  const after = tagMap(work.p[name], work.r.stackTags);
  const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  const put = Object.fromEntries(Object.entries(after).filter(([key, one]) => before[key] !== one));
  if (!style.remove) {
    if (gone.length > 0 || Object.keys(put).length > 0) await style.put(work, after);
    return;
  }
  if (gone.length > 0) await style.remove(work, gone);
  if (Object.keys(put).length > 0) await style.put(work, put);
}

export function keyValues(tags: Record<string, string>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
