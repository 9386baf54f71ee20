/**
 * Principals of trust policies. AWS keeps users and roles by their unique ids, so that a role that is deleted and
 * made again is not trusted: see "AWS JSON policy elements: Principal" in the IAM User Guide.
 */
import type { ReadContext } from "../../context.ts";
import { malformedPolicy } from "./errors.ts";
import { parseIamArn } from "./names.ts";
import { keyOf, principalIds, type Role, roles, users } from "./state.ts";

type Json = Record<string, unknown>;

/** Unique ids of the users and roles that a trust policy names, by ARN. @throws MalformedPolicyDocument for one that does not exist */
export function trustedIds(document: string, context: ReadContext): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const statement of statements(document)) {
    for (const arn of awsPrincipals(statement)) {
      const parsed = parseIamArn(arn);
      if (parsed && (parsed.kind === "user" || parsed.kind === "role")) {
        const id = idOf(arn, context);
        if (id) ids[arn] = id;
        else if (isKnownAccount(parsed.account, context)) throw invalidPrincipal(arn);
      } else if (/^A(IDA|ROA)[A-Z0-9]{12,}$/.test(arn) && !principalIds(context).has(arn)) {
        throw invalidPrincipal(arn);
      }
    }
  }
  return ids;
}

/** The policy as AWS shows it and as decisions use it: ids stand where the user or role they named is gone. */
export function currentTrust(role: Role, context: ReadContext): string {
  const named = Object.entries(role.trustIds ?? {});
  let changed = false;
  const now = new Map<string, string>();
  for (const [arn, id] of named) {
    const is = principalIds(context).get(id)?.arn ?? id;
    now.set(arn, is);
    if (is !== arn) changed = true;
  }
  if (!changed) return role.trust;
  const policy = JSON.parse(role.trust) as Json;
  for (const statement of listOf(policy.Statement) as Json[]) {
    const principal = statement.Principal as Json | undefined;
    if (typeof principal !== "object" || principal === null) continue;
    const aws = principal.AWS;
    if (typeof aws === "string") principal.AWS = now.get(aws) ?? aws;
    else if (Array.isArray(aws)) principal.AWS = aws.map((one) => now.get(one as string) ?? one);
  }
  return JSON.stringify(policy);
}

/** Unique id of the user or role with exactly this ARN. */
function idOf(arn: string, context: ReadContext): string | undefined {
  const parsed = parseIamArn(arn);
  if (!parsed) return undefined;
  const there = context.in(parsed.account);
  const entity =
    parsed.kind === "user" ? users(there).get(keyOf(parsed.name)) : roles(there).get(keyOf(parsed.name));
  return entity?.arn === arn ? entity.id : undefined;
}

/** Only of accounts that live in this cloud can we say that a principal does not exist. */
function isKnownAccount(account: string, context: ReadContext): boolean {
  if (account === context.account) return true;
  const there = context.in(account);
  return roles(there).count() > 0 || users(there).count() > 0;
}

function invalidPrincipal(arn: string) {
  return malformedPolicy(`Invalid principal in policy: "AWS":"${arn}"`);
}

function statements(document: string): Json[] {
  return listOf((JSON.parse(document) as Json).Statement) as Json[];
}

function awsPrincipals(statement: Json): string[] {
  const principal = statement.Principal as Json | string | undefined;
  if (typeof principal !== "object" || principal === null) return [];
  return listOf(principal.AWS).filter((one): one is string => typeof one === "string");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}
