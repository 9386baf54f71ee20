/**
 * What in the account differs from the file, by direct comparison of both as read: policies attached by hand,
 * trust widened, tags removed, endpoint and bucket policies changed, rules and routes opened; and which decisions differ because of it.
 */
import { expandActions, matchWildcard, type PolicyDocument, statementsOf } from "@sagekeep/policy";
import type { Expected } from "../../account/expected.ts";
import { Judge } from "../../account/judge.ts";
import type { AccountSnapshot, Gap, PolicyText, PrincipalRecord } from "../../account/snapshot.ts";

export interface Difference {
  /** `role bank-marketing-…`, `bucket …`, `endpoint …` */
  where: string;
  what: string;
  /** `added`: by hand; `removed`, `changed`: against the file. */
  kind: "added" | "removed" | "changed";
}

export interface AccessEffect {
  who: string;
  action: string;
  resource: string;
  file: "allowed" | "denied";
  account: "allowed" | "denied";
}

export interface DriftReport {
  differences: Difference[];
  effects: AccessEffect[];
  gaps: Gap[];
}

/** @param ids values of the expected account → values of the real one */
export function findDrift(
  expected: Expected["snapshot"],
  actual: AccountSnapshot,
  ids: ReadonlyMap<string, string>,
): DriftReport {
  const differences: Difference[] = [];
  const changed: { from: PrincipalRecord; to: PrincipalRecord }[] = [];
  const real = new Map(actual.principals.map((one) => [`${one.kind} ${one.name}`, one]));
  for (const want of expected.principals) {
    const where = `${want.kind} ${want.name}`;
    const have = real.get(where);
    if (!have) {
      differences.push({ where, what: "is not in the account", kind: "removed" });
      continue;
    }
    const found = comparePrincipal(where, want, have, ids);
    differences.push(...found);
    if (found.length) changed.push({ from: want, to: have });
  }
  compareResources(differences, expected, actual, ids);
  compareEndpoints(differences, expected, actual, ids);
  comparePaths(differences, expected, actual, ids);
  return { differences, effects: effectsOf(changed, expected, actual, ids), gaps: actual.gaps };
}

function comparePrincipal(
  where: string,
  want: PrincipalRecord,
  have: PrincipalRecord,
  ids: ReadonlyMap<string, string>,
): Difference[] {
  const found: Difference[] = [];
  const wanted = new Map(want.identity.map((one) => [one.name, one]));
  const there = new Map(have.identity.map((one) => [one.name, one]));
  for (const [name, policy] of there) {
    const own = wanted.get(name);
    if (!own)
      found.push({ where, what: `policy \`${name}\` is attached and not in the file`, kind: "added" });
    else if (!same(own, policy, ids))
      found.push({ where, what: `policy \`${name}\` is not what the file makes`, kind: "changed" });
  }
  for (const name of wanted.keys())
    if (!there.has(name))
      found.push({ where, what: `policy \`${name}\` is not attached any more`, kind: "removed" });
  if (want.trust && have.trust && !same(want.trust, have.trust, ids))
    found.push({ where, what: "the trust policy is not what the file makes", kind: "changed" });
  if ((want.boundary?.name ?? "") !== (have.boundary?.name ?? ""))
    found.push({
      where,
      what: `the permissions boundary is \`${have.boundary?.name ?? "none"}\`, the file makes \`${want.boundary?.name ?? "none"}\``,
      kind: "changed",
    });
  found.push(...compareTags(where, want.tags, have.tags, ids));
  return found;
}

function compareTags(
  where: string,
  want: Readonly<Record<string, string>> = {},
  have: Readonly<Record<string, string>> = {},
  ids: ReadonlyMap<string, string> = new Map(),
): Difference[] {
  const found: Difference[] = [];
  for (const [key, made] of Object.entries(want)) {
    const value = swapIds(made, ids);
    if (key.startsWith("aws:")) continue;
    if (have[key] === undefined) found.push({ where, what: `tag \`${key}\` is gone`, kind: "removed" });
    else if (have[key] !== value)
      found.push({
        where,
        what: `tag \`${key}\` is \`${have[key]}\`, the file makes \`${value}\``,
        kind: "changed",
      });
  }
  for (const key of Object.keys(have))
    if (want[key] === undefined && !key.startsWith("aws:"))
      found.push({ where, what: `tag \`${key}\` was added`, kind: "added" });
  return found;
}

function compareResources(
  differences: Difference[],
  expected: AccountSnapshot,
  actual: AccountSnapshot,
  ids: ReadonlyMap<string, string>,
): void {
  const real = new Map(actual.resources.map((one) => [one.arn, one]));
  for (const want of expected.resources) {
    const arn = swapIds(want.arn, ids);
    const have = real.get(arn);
    const where = arn.startsWith("arn:aws:s3:::") ? `bucket ${arn.slice(13)}` : `key ${arn.split("/").pop()}`;
    if (!have) {
      // keys that no stack exports cannot be told apart by id
      if (arn.startsWith("arn:aws:s3:::"))
        differences.push({ where, what: "is not in the account", kind: "removed" });
      continue;
    }
    comparePolicy(differences, where, want.policy, have.policy, ids);
    differences.push(...compareTags(where, want.tags, have.tags, ids));
  }
}

function compareEndpoints(
  differences: Difference[],
  expected: AccountSnapshot,
  actual: AccountSnapshot,
  ids: ReadonlyMap<string, string>,
): void {
  for (const want of expected.endpoints) {
    const have = actual.endpoints.find(
      (one) => one.serviceName === want.serviceName && one.vpcId === swapIds(want.vpcId, ids),
    );
    const where = `endpoint ${want.serviceName}`;
    if (!have) differences.push({ where, what: "is not in the account", kind: "removed" });
    else comparePolicy(differences, where, want.policy, have.policy, ids);
  }
}

/** Rules and routes opened or closed by hand. */
function comparePaths(
  differences: Difference[],
  expected: AccountSnapshot,
  actual: AccountSnapshot,
  ids: ReadonlyMap<string, string>,
): void {
  for (const want of expected.paths) {
    const where = swapIds(want.where, ids);
    const have = actual.paths.find((one) => one.where === where);
    if (!have) {
      differences.push({ where, what: "is not in the account", kind: "removed" });
      continue;
    }
    const wanted = new Set(want.lines.map((line) => swapIds(line, ids)));
    const there = new Set(have.lines);
    for (const line of there)
      if (!wanted.has(line)) differences.push({ where, what: `${line} was opened`, kind: "added" });
    for (const line of wanted)
      if (!there.has(line)) differences.push({ where, what: `${line} was closed`, kind: "removed" });
  }
}

function comparePolicy(
  differences: Difference[],
  where: string,
  want: PolicyText | undefined,
  have: PolicyText | undefined,
  ids: ReadonlyMap<string, string>,
): void {
  if (!want && !have) return;
  if (!want) differences.push({ where, what: "has a policy that is not in the file", kind: "added" });
  else if (!have) differences.push({ where, what: "has lost its policy", kind: "removed" });
  else if (!same(want, have, ids))
    differences.push({ where, what: "its policy is not what the file makes", kind: "changed" });
}

/** Which decisions differ: asked for every action that a changed principal's policies name, on the resources they name. */
function effectsOf(
  changed: readonly { from: PrincipalRecord; to: PrincipalRecord }[],
  expected: AccountSnapshot,
  actual: AccountSnapshot,
  ids: ReadonlyMap<string, string>,
): AccessEffect[] {
  const [file, account] = [new Judge(expected), new Judge(actual)];
  const back = new Map([...ids].map(([one, other]) => [other, one]));
  const effects: AccessEffect[] = [];
  for (const { from, to } of changed) {
    const seen = new Set<string>();
    for (const policy of [
      ...from.identity.map((one) => swapIds(one.document, ids)),
      ...to.identity.map((one) => one.document),
    ]) {
      for (const statement of statementsOf(JSON.parse(policy) as PolicyDocument)) {
        const { Action = [], Resource = "*" } = statement as {
          Action?: string | string[];
          Resource?: string | string[];
        };
        for (const action of [Action].flat().flatMap(sampleActions)) {
          for (const on of [Resource].flat()) {
            const resource = on.replaceAll("*", "x").replace(/^x$/, "*");
            if (on.includes("${") || seen.has(`${action}\0${resource}`)) continue;
            seen.add(`${action}\0${resource}`);
            const ask = { action, from: { kind: "internet" as const } };
            const before = file.decide({
              ...ask,
              principal: from,
              resource: swapIds(resource, back),
            }).allowed;
            const after = account.decide({ ...ask, principal: to, resource }).allowed;
            if (before !== after)
              effects.push({ who: to.name, action, resource, file: word(before), account: word(after) });
          }
        }
      }
    }
  }
  return effects;
}

/** Actions that readers know, asked first where a pattern covers them. */
const landmarks = [
  "iam:CreateUser",
  "iam:PassRole",
  "s3:GetObject",
  "s3:ListBucket",
  "s3:PutObject",
  "s3:DeleteObject",
  "kms:Decrypt",
  "sagemaker:CreateTrainingJob",
  "sagemaker:CreatePresignedDomainUrl",
  "sts:AssumeRole",
];

/** A few actions that stand for all that a pattern covers. */
function sampleActions(pattern: string): readonly string[] {
  if (!/[*?]/.test(pattern)) return [pattern];
  const known = landmarks.filter((action) => matchWildcard(pattern.toLowerCase(), action.toLowerCase()));
  return known.length > 0 ? known.slice(0, 4) : expandActions(pattern).slice(0, 2);
}

const word = (allowed: boolean) => (allowed ? "allowed" : "denied");

/** Documents are the same when they say the same, whatever the order of keys and lists. */
function same(want: PolicyText, have: PolicyText, ids: ReadonlyMap<string, string>): boolean {
  return canonical(swapIds(want.document, ids)) === canonical(have.document);
}

function canonical(document: string): string {
  const order = (value: unknown): unknown => {
    if (Array.isArray(value))
      return value.length === 1
        ? order(value[0])
        : value.map(order).sort((one, other) => JSON.stringify(one).localeCompare(JSON.stringify(other)));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(
        Object.entries(value)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([key, one]) => [key, order(one)]),
      );
    return value;
  };
  return JSON.stringify(order(JSON.parse(document)));
}

function swapIds(text: string, ids: ReadonlyMap<string, string>): string {
  let swapped = text;
  for (const [one, other] of ids)
    if (one.length > 6 && swapped.includes(one)) swapped = swapped.replaceAll(one, other);
  return swapped;
}
