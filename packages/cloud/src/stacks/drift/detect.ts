/** Drift of one resource: its live properties against those it was last given. */

import { isGone } from "../engine/failure.ts";
import type { ResourceRecord } from "../engine/records.ts";
import { list, map } from "../resources/declared.ts";
import { text } from "../resources/handler.ts";
import { holdsSecret } from "../secret-references.ts";
import { isMap, type Value, type ValueMap } from "../template/value.ts";
import { type Difference, driftOf } from "./compare.ts";
import { LIVE, type Read } from "./live.ts";

export interface Drift {
  status: "IN_SYNC" | "MODIFIED" | "DELETED" | "NOT_CHECKED";
  expected: ValueMap;
  actual?: ValueMap;
  differences: Difference[];
  /** Epoch milliseconds. */
  at: number;
}

/** Whether drift of this type can be detected. */
export function detectsDrift(type: string): boolean {
  return Object.hasOwn(LIVE, type);
}

export async function detectDrift(
  record: Readonly<ResourceRecord>,
  siblings: readonly Readonly<ResourceRecord>[],
  read: Read,
  at: number,
): Promise<Drift> {
  const expected = structuredClone(record.properties) as ValueMap;
  const live = LIVE[record.type];
  if (!live || record.physicalId === undefined)
    return { status: "NOT_CHECKED", expected, differences: [], at };
  let found: ValueMap | undefined;
  try {
    found = await live(
      { physicalId: record.physicalId, properties: record.properties, attributes: record.attributes },
      read,
    );
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  if (!found) return { status: "DELETED", expected, differences: [], at };
  const actual = ownPart(record, siblings, found);
  const differences = driftOf(expected, actual);
  const shown = Object.fromEntries(
    Object.keys(expected).map((name) => [name, (actual[name] ?? expected[name]) as Value]),
  );
  return {
    status: differences.length > 0 ? "MODIFIED" : "IN_SYNC",
    expected,
    actual: shown,
    differences,
    at,
  };
}

const TAGS = ["Tags", "FileSystemTags"];
const RULES = [
  ["SecurityGroupIngress", "AWS::EC2::SecurityGroupIngress"],
  ["SecurityGroupEgress", "AWS::EC2::SecurityGroupEgress"],
] as const;

const EVERYWHERE = { IpProtocol: "-1", CidrIp: "0.0.0.0/0" };
/** Where a managed policy names those it is attached to. */
const MEMBERS: Readonly<Record<string, string>> = {
  "AWS::IAM::Group": "Groups",
  "AWS::IAM::Role": "Roles",
  "AWS::IAM::User": "Users",
};

/** Without what the stack itself, or another resource of it, has put there. */
function ownPart(
  record: Readonly<ResourceRecord>,
  siblings: readonly Readonly<ResourceRecord>[],
  found: ValueMap,
): ValueMap {
  const actual = { ...found };
  // a reference to a secret is not compared with the value
  for (const [name, value] of Object.entries(record.properties)) if (holdsSecret(value)) delete actual[name];
  for (const name of TAGS) {
    if (!Array.isArray(actual[name])) continue;
    const asked = new Set(list(record.properties[name]).map((one) => text(map(one).Key)));
    actual[name] = list(actual[name]).filter((one) => {
      const tag = text(map(one).Key);
      return asked.has(tag) || !(tag.startsWith("aws:") || Object.hasOwn(record.tags, tag));
    });
  }
  for (const [property, type] of RULES) {
    if (!Array.isArray(actual[property])) continue;
    const others = siblings.filter(
      (one) => one.type === type && text(one.properties.GroupId) === record.physicalId,
    );
    actual[property] = list(actual[property]).filter(
      (rule) => !others.some((one) => isMap(rule) && coveredBy(rule, one.properties)),
    );
  }
  // no rules of its own asked for: the one that every group is made with stays
  if (list(record.properties.SecurityGroupEgress).length === 0) {
    const rules = actual.SecurityGroupEgress;
    if (Array.isArray(rules))
      actual.SecurityGroupEgress = rules.filter((one) => !coveredBy(map(one), EVERYWHERE));
  }
  const members = MEMBERS[record.type];
  if (members && Array.isArray(actual.ManagedPolicyArns)) {
    const asked = new Set(list(record.properties.ManagedPolicyArns).map(text));
    const attached = new Set(
      siblings
        .filter(
          (one) =>
            one.type === "AWS::IAM::ManagedPolicy" &&
            list(one.properties[members]).map(text).includes(text(record.physicalId)),
        )
        .map((one) => text(one.physicalId)),
    );
    actual.ManagedPolicyArns = list(actual.ManagedPolicyArns).filter(
      (one) => asked.has(text(one)) || !attached.has(text(one)),
    );
  }
  return actual;
}

function coveredBy(rule: ValueMap, properties: ValueMap): boolean {
  return Object.entries(rule).every(
    ([name, value]) => name === "Description" || text(properties[name]) === text(value),
  );
}
