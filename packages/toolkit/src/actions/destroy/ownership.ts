/** Whether a thing of SageMaker is the platform's: what its tags, its maker and its roles show. */
import type { Belongings } from "./belongings.ts";
import { ask, type Fields, ifThere, isGone, names } from "./calls.ts";
import type { Ground } from "./item.ts";
import type { WorkKind } from "./sagemaker-kinds.ts";

export interface Found {
  kind: WorkKind;
  name: string;
  arn: string;
  /** What Describe, Stop and Delete identify it by. */
  key: Fields;
  status: string;
  description: Fields;
  /** Why it is the platform's; `undefined` when nothing shows it. */
  why: string | undefined;
}

/**
 * Tags decide first: a domain's tag names its owner, whoever that is. Then who made it, and under which role it
 * runs: only people of the platform may pass its roles. What a stack holds is the stack's, not found here.
 */
export function evidence(
  own: Belongings,
  tags: Readonly<Record<string, string>>,
  description: Fields,
): string | undefined {
  const domainArn = tags["sagemaker:domain-arn"];
  if (domainArn !== undefined) {
    const id = own.domainIn(domainArn);
    return id && `made in Studio of domain ${id}`;
  }
  if (own.tagged(tags) === "other") return undefined;
  if (tags.team !== undefined && own.teams.size > 0 && !own.teams.has(tags.team)) return undefined;
  const maker = (description.CreatedBy ?? {}) as { DomainId?: string; IamIdentity?: { Arn?: string } };
  if (maker.DomainId !== undefined) {
    return own.of("AWS::SageMaker::Domain", maker.DomainId) && `made in Studio of domain ${maker.DomainId}`;
  }
  const made = own.roleIn(maker.IamIdentity?.Arn ?? "");
  if (made) return `made by role ${made}`;
  const { CreatedBy, LastModifiedBy, ...rest } = description;
  for (const arn of roleArns(rest)) {
    const role = own.roleIn(arn);
    if (role) return `runs under role ${role}`;
  }
  if (own.tagged(tags) === "own") return `tagged platform=${own.name}`;
  return undefined;
}

/** ARNs of roles anywhere in an answer. */
function* roleArns(value: unknown): Generator<string> {
  if (typeof value === "string") {
    if (/^arn:[^:]+:iam::\d{12}:role\//.test(value)) yield value;
  } else if (Array.isArray(value)) {
    for (const one of value) yield* roleArns(one);
  } else if (typeof value === "object" && value !== null && !(value instanceof Date)) {
    for (const one of Object.values(value)) yield* roleArns(one);
  }
}

/** Values of a member anywhere in an answer. */
export function valuesOf(value: unknown, member: string): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesOf(one, member));
  if (typeof value !== "object" || value === null || value instanceof Date) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === member && typeof inner === "string" ? [inner] : valuesOf(inner, member),
  );
}

/** One item of a list with what describes and what shows it; `undefined` when it has gone meanwhile. */
export async function inspect(ground: Ground, kind: WorkKind, item: Fields): Promise<Found | undefined> {
  const { clients, own } = ground;
  const name = String(item[kind.nameField]);
  const arn = String(item[kind.arnField ?? `${kind.name}Arn`] ?? "");
  const key = { [kind.key ?? kind.nameField]: String(item[kind.keyFrom ?? kind.nameField]) };
  const description = await ifThere(() =>
    ask(clients, "sagemaker", kind.describe ?? `Describe${kind.name}`, key),
  );
  if (description === undefined) return undefined;
  const tags = arn === "" ? {} : await tagsOf(ground, arn);
  const status = String(description[kind.statusField ?? ""] ?? item[kind.statusField ?? ""] ?? "");
  return { kind, name, arn, key, status, description, why: evidence(own, tags, description) };
}

async function tagsOf({ clients }: Ground, ResourceArn: string): Promise<Record<string, string>> {
  try {
    const { Tags } = await ask(clients, "sagemaker", "ListTags", { ResourceArn });
    return names(Tags);
  } catch (error) {
    // some kinds take no tags
    if (isGone(error) || (error as Error).name === "ValidationException") return {};
    throw error;
  }
}
