/** Lab 1 has every row of the workshop, and its figures are the reports'. */
import { parsePlatform } from "@sagekeep/spec";
import { capacityOf } from "@sagekeep/toolkit";
import { expect, test } from "vitest";
import { lab } from "../src/content/01-domain/index.ts";
import { PLANNED } from "../src/content/01-domain/steps/capacity.ts";
import { labPlatformYaml } from "../src/lab-platform.ts";

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
  const platform = parsePlatform(labPlatformYaml);
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
