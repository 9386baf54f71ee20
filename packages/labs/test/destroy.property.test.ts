/**
 * Destroying the lab platform with everything learners leave in it, beside whatever other people have in the account,
 * interrupted at any point and run again: in the end all of it is gone, and all of theirs is there.
 */
import {
  compilePlatform,
  type DestroyOutcome,
  deployPlatform,
  destroyPlatform,
  type Io,
  planDestroy,
  silent,
} from "@sagekeep/toolkit";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { foreigners } from "./destroy/foreign.ts";
import { populate } from "./destroy/populate.ts";
import { openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;

beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const target = () => {
  const { name, account, region, partition, teams } = bench.file.platform;
  return { name, account, region, partition, teams: teams.map((one) => one.name) };
};

/** Aborts before the n-th removal begins. */
function interruptedAt(n: number): Io {
  const cancel = new AbortController();
  let seen = 0;
  return {
    signal: cancel.signal,
    emit(message) {
      if (message.type === "progress" && /^\d+\/\d+ /.test(message.text) && seen++ === n) cancel.abort();
    },
  };
}

let round = 0;

test("own things go, however often it is interrupted; foreign ones stay", async () => {
  const kinds = Object.keys(foreigners);
  let known: (() => Promise<unknown>)[] = [];
  await fc.assert(
    fc.asyncProperty(
      fc.subarray(kinds, { minLength: 3 }),
      fc.array(fc.nat(25), { maxLength: 3 }),
      async (chosen, interruptions) => {
        const mark = `r${round++}`;
        if (round > 1) {
          await deployPlatform(await compilePlatform(bench.file, silent), bench.admin, silent);
          bench.forgetAll();
        }
        for (const [index, kind] of chosen.entries())
          known.push(
            await (foreigners[kind] as (typeof foreigners)[string])(bench.admin, `${mark}-${index}`),
          );
        await populate(bench, mark);

        const plan = await planDestroy(bench.admin, target(), silent);
        expect(plan.gaps).toEqual([]);
        for (const n of interruptions) {
          const outcome = await destroyPlatform(bench.admin, target(), interruptedAt(n)).catch(
            (error: Error) => error,
          );
          if (!(outcome instanceof Error)) break;
          expect(outcome.name).toBe("AbortError");
        }
        const outcome: DestroyOutcome = await destroyPlatform(bench.admin, target(), silent);
        expect(outcome.failed).toEqual([]);
        expect(outcome.gaps).toEqual([]);
        expect(outcome.remaining.own).toEqual([]);
        expect(outcome.remaining.free).toEqual([]);
        expect(outcome.clean).toBe(true);
        expect((await planDestroy(bench.admin, target(), silent)).phases).toEqual([]);
        await expectNothingLeft();
        for (const isThere of known) await isThere();
      },
    ),
    {
      numRuns: 2,
      examples: [[kinds, [3, 14]]],
      endOnFailure: true,
      verbose: true,
      interruptAfterTimeLimit: 150_000,
    },
  );
  known = [];
}, 240_000);

/** Looks by other ways than the action does. */
async function expectNothingLeft(): Promise<void> {
  const { admin, platform } = bench;
  const stacks = (await admin.call("cloudformation", "DescribeStacks", {})).Stacks ?? [];
  const own = (tags: { Key?: string; Value?: string }[] = []) =>
    tags.some((one) => one.Key === "platform" && one.Value === platform);
  expect(stacks.filter((one) => own(one.Tags)).map((one) => one.StackName)).toEqual([]);
  const filter = { Filters: [{ Name: "tag:platform", Values: [platform] }] };
  expect((await admin.call("ec2", "DescribeVpcs", filter)).Vpcs).toEqual([]);
  expect((await admin.call("ec2", "DescribeAddresses", filter)).Addresses).toEqual([]);
  const { Roles = [] } = await admin.call("iam", "ListRoles", {});
  const tagged = await Promise.all(
    Roles.map(async ({ RoleName }) => own((await admin.call("iam", "ListRoleTags", { RoleName })).Tags)),
  );
  expect(tagged).not.toContain(true);
  const { ParametersByPath = [] } = {
    ParametersByPath: (
      await admin.call("ssm", "GetParametersByPath", { Path: `/sagekeep/${platform}`, Recursive: true })
    ).Parameters,
  };
  expect(ParametersByPath).toEqual([]);
  const { Domains = [] } = await admin.call("sagemaker", "ListDomains", {});
  expect(Domains.filter((one) => ["bank", "research"].includes(one.DomainName ?? ""))).toEqual([]);
  const { FileSystems = [] } = await admin.call("efs", "DescribeFileSystems", {});
  const alive = new Set(Domains.map((one) => one.DomainArn));
  const homes = FileSystems.flatMap((one) =>
    (one.Tags ?? []).filter((tag) => tag.Key === "ManagedByAmazonSageMakerResource"),
  );
  expect(homes.filter((tag) => !alive.has(tag.Value))).toEqual([]);
}
