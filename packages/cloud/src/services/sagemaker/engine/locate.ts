/** Finds resources: by the members of an input, and by ARN. */
import type { ReadContext } from "../../../context.ts";
import { arnOf, type Kind, keyOf } from "./kind.ts";
import type { Fields } from "./model.ts";
import type { Resource } from "./resource.ts";
import { shelf } from "./shelf.ts";
import { missingError } from "./words.ts";

export interface Located {
  kind: Kind;
  resource: Readonly<Resource>;
  /** The context of the account and region that the resource is in. */
  context: ReadContext;
}

/** All kinds by the first part of their ARNs. Filled by kinds/index.ts. */
const byPrefix = new Map<string, Kind[]>();
const byType = new Map<string, Kind>();
const byName = new Map<string, Kind>();

export function registerKinds(kinds: readonly Kind[]): void {
  for (const kind of kinds) {
    const prefix = kind.arnPrefix ?? kind.type;
    byPrefix.set(prefix, [...(byPrefix.get(prefix) ?? []).filter((one) => one.name !== kind.name), kind]);
    if (!byType.has(kind.type)) byType.set(kind.type, kind);
    byName.set(kind.name, kind);
  }
}

export const kindOfType = (type: string): Kind | undefined => byType.get(type);

/** @throws Error when there is no such kind: a mistake of ours */
export function kindNamed(name: string): Kind {
  const kind = byName.get(name);
  if (!kind) throw new Error(`no SageMaker kind \`${name}\``);
  return kind;
}

/** The resource with this ARN, in its own account and region. */
export function locate(arn: string, context: ReadContext): Located | undefined {
  const [, , service, region, account, ...tail] = arn.split(":");
  if (service !== "sagemaker" || !region || !account) return undefined;
  const path = tail.join(":");
  const slash = path.indexOf("/");
  if (slash < 0) return undefined;
  const home = context.in(account, region);
  const rest = path.slice(slash + 1).toLowerCase();
  for (const kind of byPrefix.get(path.slice(0, slash)) ?? []) {
    for (const key of keysOfPath(kind, rest)) {
      const resource = shelf(kind, home).byKey(key, home.now);
      if (resource?.arn.endsWith(`/${rest}`)) return { kind, resource, context: home };
    }
  }
  return undefined;
}

/** Keys that an ARN's path may stand for: the ids without the fixed words between them. */
function keysOfPath(kind: Kind, path: string): string[] {
  if (!kind.path) return [path];
  const parts = path.split("/");
  const fixed = new Set(
    kind
      .path(kind.id.map(() => "\0"))
      .split("/")
      .filter((part) => part !== "\0"),
  );
  return [path, parts.filter((part) => !fixed.has(part)).join("/")];
}

/** Ids of the resource that `input` names, or `undefined` where it does not. */
export function idsIn(kind: Kind, input: Fields): string[] | undefined {
  const ids: string[] = [];
  for (const member of kind.id) {
    const value = input[member];
    if (value === undefined || value === null || value === "") return undefined;
    ids.push(String(value));
  }
  return ids;
}

/** The resource that `input` names. @throws the kind's own error when there is none */
export function require(
  kind: Kind,
  input: Fields,
  context: ReadContext,
  operation: string,
): Readonly<Resource> {
  const reference = kind.byArn === undefined ? undefined : input[kind.byArn];
  if (typeof reference === "string" && reference.startsWith("arn:")) {
    const found = locate(reference, context);
    if (found?.kind === kind) return found.resource;
    throw missingError(kind, reference, reference.slice(reference.lastIndexOf("/") + 1), operation);
  }
  const ids = idsIn(kind, input) ?? (typeof reference === "string" ? [reference] : []);
  const found = shelf(kind, context).get(ids, context.now);
  if (found) return found;
  throw missingError(kind, arnOf(kind, ids, context), ids[ids.length - 1] ?? "", operation);
}

/** The resource with these ids, if there. */
export function find(kind: Kind, ids: string[], context: ReadContext): Readonly<Resource> | undefined {
  return shelf(kind, context).byKey(keyOf(ids), context.now);
}
