/** Every case of `corpus/`, answered by the engine, by the reference twin and by `sagekeep simulate`. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { authorize, type Outcome, type PolicySet, type Request, referenceAuthorize } from "@sagekeep/engine";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { readQuestion } from "./question.ts";
import { simulate } from "./simulate.ts";

const folder = fileURLToPath(new URL("../../../../../corpus", import.meta.url));
const now = new Date("2026-11-23T10:00:00Z");

const resource = z.strictObject({
  arn: z.string(),
  account: z.string().optional(),
  bucketArn: z.string().optional(),
  bucketAccount: z.string().optional(),
});
const caseSchema = z.strictObject({
  name: z.string().min(5),
  source: z.url({ protocol: /^https$/ }),
  label: z.enum(["recorded", "documented", "assumed"]),
  request: z.strictObject({
    principal: z.record(z.string(), z.unknown()),
    action: z.string().regex(/^[^:]+:[^:]+$/),
    resource: resource.optional(),
    resources: z.array(resource).optional(),
    context: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  }),
  policies: z.record(z.string(), z.unknown()),
  expected: z.strictObject({
    decision: z.enum(["Allowed", "ExplicitlyDenied", "ImplicitlyDenied"]),
    by: z.string().optional(),
  }),
});
type Case = z.infer<typeof caseSchema>;

const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".json"))
  .map((name) => join(folder, name));
const cases: [string, Case][] = files.flatMap((file) =>
  (JSON.parse(readFileSync(file, "utf8")) as unknown[]).map((one): [string, Case] => {
    const checked = caseSchema.parse(one);
    return [`${relative(folder, file).replace(/\.json$/, "")}: ${checked.name}`, checked];
  }),
);

test("the corpus has at least 400 cases, each with a name of its own", () => {
  expect(cases.length).toBeGreaterThanOrEqual(400);
  expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
});

type Decide = (request: Request, policies: PolicySet) => { outcome: Outcome; by: string };
const engines: [string, Decide][] = [
  ["engine", authorize],
  ["reference", referenceAuthorize],
];

describe.each(engines)("%s", (_, decide) => {
  test.each(cases)("%s", (_name, { request, policies, expected }) => {
    const question = readQuestion({ ...request, policies }, now);
    const rank = { Allowed: 0, ImplicitlyDenied: 1, ExplicitlyDenied: 2 };
    const [worst] = question.requests
      .map((one) => decide(one, question.policies))
      .sort((one, other) => rank[other.outcome] - rank[one.outcome]);
    const by = expected.by === undefined ? {} : { by: worst?.by };
    expect({ decision: worst?.outcome, ...by }).toEqual(expected);
  });
});

test("sagekeep simulate gives the same answers", () => {
  for (const [name, { request, policies, expected }] of cases) {
    const result = simulate(JSON.stringify({ ...request, policies }), { now });
    if ("error" in result) throw new Error(`${name}: ${result.error.message}`);
    expect(`${name}: ${result.decision}`).toBe(`${name}: ${expected.decision}`);
  }
});
