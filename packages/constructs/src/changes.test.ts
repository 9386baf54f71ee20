/** A change of a few lines is a change of a few resources, and losing files needs a name. */

import { readFileSync } from "node:fs";
import { parsePlatform } from "@sagekeep/spec";
import { describe, expect, test } from "vitest";
import { comparePlatforms, type SynthesizedStack, synthesize } from "./index.ts";

const text = readFileSync(new URL("../../../examples/bank-marketing/platform.yaml", import.meta.url), "utf8");

async function stacksOf(
  yaml: string,
  deployed?: readonly SynthesizedStack[],
): Promise<readonly SynthesizedStack[]> {
  return (await synthesize(parsePlatform(yaml), deployed ? { deployed } : {})).stacks;
}

async function planned(from: string, to: string, confirmed: string[] = []) {
  const before = await stacksOf(from);
  return comparePlatforms(before, await stacksOf(to, before), confirmed);
}

const users = (count: number, prefix = "u") =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}: data-scientist`);
const withUsers = (list: string[]) =>
  text.replace("{ user1-data-scientist: data-scientist }", `{ ${list.join(", ")} }`);

describe("plan", () => {
  test("of the same file is empty", async () => {
    const same = await planned(text, text);
    expect(same.changes).toEqual([]);
    expect(same.summary).toBe("0 to add, 0 to change, 0 to replace, 0 to remove");
  });

  test("of a new user is one profile", async () => {
    const { changes, refusals } = await planned(
      text,
      withUsers(["user1-data-scientist: data-scientist", "ana: data-scientist"]),
    );
    expect(changes.map((one) => one.words)).toEqual(["add user profile `ana`"]);
    expect(refusals).toEqual([]);
  });

  test("of a new user in front of many moves nobody, as long as it knows what is deployed", async () => {
    const { changes } = await planned(withUsers(users(45)), withUsers(["new: data-scientist", ...users(45)]));
    expect(changes.map((one) => one.words)).toEqual(["add user profile `new`"]);
  });

  test("of a new team adds a stack and tells the key policies", async () => {
    const more = text.replace(
      "data:\n",
      "  team-c: { domain: bank, users: { cleo: data-scientist } }\ndata:\n",
    );
    const { changes } = await planned(text, more);
    expect(new Set(changes.filter((one) => one.kind === "add").map((one) => one.stack))).toEqual(
      new Set(["bank-marketing-team-team-c"]),
    );
    expect(changes.filter((one) => one.kind !== "add").map((one) => one.words)).toEqual([
      "change KMS Key `StudioKey`: KeyPolicy",
      "change KMS Key `JobsKey`: KeyPolicy",
      "change KMS Key `DataKey`: KeyPolicy",
    ]);
  });

  test("of a renamed user is refused until the old name is confirmed", async () => {
    const renamed = text.replace("user1-data-scientist: data", "ana: data");
    const refused = await planned(text, renamed);
    expect(refused.refusals.map((one) => [one.name, one.loses])).toEqual([
      ["user1-data-scientist", "the home directory and private spaces of user1-data-scientist"],
    ]);
    expect((await planned(text, renamed, ["user1-data-scientist"])).refusals).toEqual([]);
  });

  test("of a user who changes domains, a renamed data set and a domain with another auth is refused", async () => {
    const twice = text
      .replace("domains:\n", "domains:\n  other: {}\n")
      .replace("team-b: { domain: bank", "team-b: { domain: other");
    expect((await planned(text, twice)).refusals.map((one) => one.name)).toContain("user2-mlops");
    const data = text.replace("  marketing: {", "  campaigns: {");
    expect((await planned(text, data)).refusals.map((one) => one.name)).toEqual([
      "bank-marketing-marketing-111122223333-us-east-1",
    ]);
    const sso = text.replace("auth: IAM", "auth: SSO");
    const refused = (await planned(text, sso)).refusals.map((one) => one.name);
    expect(refused).toEqual(["bank", "user1-data-scientist", "user2-mlops"]);
  });

  test("of a removed team names its stack", async () => {
    const without = text.replace(/ {2}team-b:.*\n/, "");
    const { removedStacks, refusals } = await planned(text, without);
    expect(removedStacks).toContain("bank-marketing-team-team-b");
    expect(refusals.map((one) => one.name)).toEqual(["user2-mlops"]);
  });
});
