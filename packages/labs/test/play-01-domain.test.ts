/** Lab 1, played from end to end: unsolved it fails, solved it passes, and nothing is left of it. */
import { capacityOf } from "@sagekeep/toolkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/01-domain/index.ts";
import { PLANNED } from "../src/content/01-domain/steps/capacity.ts";
import { playLab } from "../src/proof/play-lab.ts";
import { expectSound, openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const only = process.env.ONLY?.split(",");

test("the content is whole", () => {
  const ids = new Set(lab.steps.map((one) => one.id));
  expect(ids.size).toBe(lab.steps.length);
  // every row of the workshop; 1.3 and 1.2 share a policy
  for (let row = 1; row <= 23; row++) expect([...ids]).toContain(`1.${row}`);
  for (const step of lab.steps) {
    expect(step.hint.length, step.id).toBeGreaterThan(20);
    expect(step.text.length, step.id).toBeGreaterThan(200);
  }
  expect(lab.quiz.length).toBeGreaterThanOrEqual(8);
  for (const { question, choices, answer, step, explanation } of lab.quiz) {
    expect(choices[answer], question).toBeDefined();
    expect(explanation.length).toBeGreaterThan(40);
    expect([...ids]).toContain(step);
  }
});

test("the address plan in the text is the report's", () => {
  const { platform } = bench.file;
  const report = capacityOf(platform, { users: PLANNED.users });
  expect({
    endpoints: report.uses[0]?.count,
    fileSystems: report.uses[1]?.count,
    perUser: (report.needed - PLANNED.endpoints - PLANNED.fileSystems) / PLANNED.users,
    usable: report.usable,
    most: report.most,
    users: report.users,
  }).toEqual(PLANNED);
});

test("every step passes solved, fails unsolved, is undone", async () => {
  const report = await playLab(bench, lab, { ...(only && { only, thorough: true }) });
  if (only)
    for (const step of report.steps)
      for (const { experiment, actual, ok } of step.results)
        console.log(step.step, ok ? "ok" : "NO", experiment.what, JSON.stringify(actual).slice(0, 300));
  expectSound(report);
  expect(report.steps.filter((one) => one.needsAws).map((one) => one.step)).toEqual([]);
}, 180_000);
