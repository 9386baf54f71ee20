/** Lab 1's tasks, answered otherwise than the authors do: what is right passes, what is too wide or too narrow fails. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/01-domain/index.ts";
import { accountState, compareStates } from "../src/proof/account-state.ts";
import { playAll } from "../src/proof/play-lab.ts";
import { openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const stepOf = (id: string) => {
  const step = lab.steps.find((one) => one.id === id);
  if (!step?.task) throw new Error(`${id} is no task`);
  return { ...step, task: step.task };
};

/** Experiments that fail with an answer. */
async function failing(id: string, statements: unknown): Promise<string[]> {
  const step = stepOf(id);
  const document = Array.isArray(statements)
    ? { Version: "2012-10-17", Statement: statements }
    : (statements as object);
  await step.prepare?.(bench);
  try {
    await step.task.apply(bench, JSON.stringify(document));
    const results = await playAll(bench, step);
    return results.filter((one) => !one.ok).map((one) => one.experiment.what);
  } finally {
    await step.task.remove(bench);
    await step.undo?.(bench);
  }
}

const allow = (Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const PRESIGN = "sagemaker:CreatePresignedDomainUrl";
const bank = "arn:aws:sagemaker:{{region}}:{{account}}:user-profile/{{domain:bank:Id}}/*";
const anybody = (statement: object) => ({ ...statement, Principal: "*" });
const report = "arn:aws:iam::{{account}}:role/workshop-lab-report-job";

describe("right answers of other kinds", () => {
  const vpc = { StringEquals: { "aws:SourceVpc": "{{network:Vpc}}" } };
  test.each([
    [
      "1.2",
      "an Allow and a Deny",
      [
        allow(PRESIGN, bank),
        { Effect: "Deny", Action: PRESIGN, Resource: "*", Condition: { StringNotEquals: vpc.StringEquals } },
      ],
    ],
    [
      "1.2",
      "profile by profile",
      [allow(PRESIGN, [bank.replace("*", "user1-data-scientist"), bank.replace("*", "user2-mlops")], vpc)],
    ],
    [
      "1.4",
      "an address without a prefix",
      [allow(PRESIGN, bank, { IpAddress: { "aws:SourceIp": ["127.0.0.1"] } })],
    ],
    [
      "1.16",
      "the role as principal",
      [
        {
          ...allow("ssm:GetParameter", "*"),
          Principal: { AWS: "arn:aws:iam::{{account}}:role/workshop-team-b-mlops" },
        },
      ],
    ],
    [
      "1.17",
      "two Allows, one with NotAction",
      [anybody({ Effect: "Allow", NotAction: PRESIGN, Resource: "*" }), anybody(allow(PRESIGN, bank))],
    ],
    [
      "1.21",
      "with a list of one",
      [
        allow(["iam:PassRole"], [report], {
          StringLike: { "iam:PassedToService": ["sagemaker.amazonaws.com"] },
        }),
      ],
    ],
  ])("%s %s", async (id, _, statements) => {
    expect(await failing(id, statements)).toEqual([]);
  });
});

describe("wrong answers", () => {
  const vpc = { StringEquals: { "aws:SourceVpc": "{{network:Vpc}}" } };
  const role = { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::{{account}}:role/workshop-team-b-mlops" } };
  test.each([
    [
      "1.2",
      "IfExists lets the internet in",
      [allow(PRESIGN, bank, { StringEqualsIfExists: vpc.StringEquals })],
      "from outside the VPC",
    ],
    ["1.2", "every domain", [allow(PRESIGN, "*", vpc)], "other domain"],
    [
      "1.2",
      "another VPC",
      [allow(PRESIGN, bank, { StringEquals: { "aws:SourceVpc": "vpc-0" } })],
      "through the VPC's",
    ],
    [
      "1.4",
      "a whole network",
      [allow(PRESIGN, bank, { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } })],
      "another address",
    ],
    [
      "1.4",
      "a private address",
      [allow(PRESIGN, bank, { IpAddress: { "aws:VpcSourceIp": "127.0.0.1" } })],
      "own address",
    ],
    ["1.16", "nobody", [anybody({ ...allow("ssm:*", "*"), Effect: "Deny" })], "as the MLOps engineer"],
    [
      "1.16",
      "every action",
      [anybody(allow("ssm:*", "*", role)), anybody(allow("ssm:Delete*", "*"))],
      "delete a parameter",
    ],
    ["1.17", "presigned URLs alone", [anybody(allow(PRESIGN, bank))], "describe the own domain"],
    [
      "1.17",
      "one profile",
      [
        anybody({ Effect: "Allow", NotAction: PRESIGN, Resource: "*" }),
        anybody(allow(PRESIGN, bank.replace("*", "user1-data-scientist"))),
      ],
      "another of its profiles",
    ],
    ["1.21", "to every service", [allow("iam:PassRole", report)], "ec2.amazonaws.com"],
    [
      "1.21",
      "every role of the lab",
      [
        allow("iam:PassRole", report.replace("report", "*"), {
          StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" },
        }),
      ],
      "under the migration role",
    ],
    ["1.21", "no role", [], "under the report role"],
    [
      "1.14",
      "every AWS host",
      {
        Targets: [".amazonaws.com", "pypi.org", "files.pythonhosted.org"],
        TargetTypes: ["TLS_SNI", "HTTP_HOST"],
        GeneratedRulesType: "ALLOWLIST",
      },
      "anybodys-bucket",
    ],
    [
      "1.14",
      "the index without its files",
      {
        Targets: ["checkip.amazonaws.com", "pypi.org"],
        TargetTypes: ["TLS_SNI", "HTTP_HOST"],
        GeneratedRulesType: "ALLOWLIST",
      },
      "download its file",
    ],
  ])("%s %s", async (id, _, statements, finds) => {
    const found = await failing(
      id,
      Array.isArray(statements) && statements.length === 0
        ? [allow("sts:GetCallerIdentity", "*")]
        : statements,
    );
    expect(found.join("\n")).toContain(finds);
  });
});

test("what is checked twice in a row passes twice", async () => {
  const stateful = ["1.3", "1.5", "1.6", "1.18", "1.19", "1.20", "1.22", "1.23", "1.25"];
  const problems: string[] = [];
  for (const step of lab.steps.filter((one) => stateful.includes(one.id))) {
    await step.prepare?.(bench);
    await playAll(bench, step);
    for (const { experiment, ok, actual } of await playAll(bench, step))
      if (!ok) problems.push(`${step.id} ${experiment.what}: ${actual.outcome} ${actual.message}`);
    await step.undo?.(bench);
  }
  expect(problems).toEqual([]);
}, 120_000);

test("preparing and undoing twice, as after an interruption, leaves nothing", async () => {
  const before = await accountState(bench);
  for (const step of lab.steps) {
    await step.prepare?.(bench);
    await step.prepare?.(bench);
    // another process undoes: it remembers nothing
    bench.kept.delete("01-domain endpoint policy ssm");
    await step.undo?.(bench);
    await step.undo?.(bench);
  }
  expect(compareStates(before, await accountState(bench))).toEqual([]);
}, 120_000);
