/** Lab 2 grades other answers than its own, and has every row of the workshop. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/02-data-protection/index.ts";
import { accountState, compareStates } from "../src/proof/account-state.ts";
import { document, playAll } from "../src/proof/play-lab.ts";
import { answers } from "./answers-02.ts";
import { openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

test("other right answers pass, wrong ones are found, whoever they shut out", async () => {
  const before = await accountState(bench);
  const surprises: string[] = [];
  for (const step of lab.steps) {
    const mine = answers.filter((one) => one.step === step.id);
    if (mine.length === 0 || !step.task) continue;
    await step.prepare?.(bench);
    for (const { what, right, from } of mine) {
      const solution = JSON.parse(await document(step.task.solution, bench));
      await step.task.apply(bench, JSON.stringify(from(solution)));
      const failed = (await playAll(bench, step)).filter(({ ok }) => !ok);
      if (right !== (failed.length === 0))
        surprises.push(
          `${step.id}, ${what}: ${failed.map(({ experiment, problems }) => `${experiment.what} (${problems})`)}`,
        );
      await step.task.remove(bench);
    }
    await step.undo?.(bench);
  }
  expect(surprises).toEqual([]);
  expect(compareStates(before, await accountState(bench))).toEqual([]);
}, 180_000);

test("every row has its step, every step its hint, every question its step", () => {
  const ids = lab.steps.map((step) => step.id);
  for (let row = 1; row <= 17; row++) expect(ids).toContain(`2.${row}`);
  expect(new Set(ids).size).toBe(ids.length);
  for (const step of lab.steps) {
    expect(step.hint.length, step.id).toBeGreaterThan(20);
    expect(step.text, step.id).toContain("## What to do");
  }
  expect(answers.every((one) => ids.includes(one.step))).toBe(true);
  expect(lab.quiz.length).toBeGreaterThanOrEqual(8);
  for (const { question, choices, answer, step } of lab.quiz) {
    expect(ids, question).toContain(step);
    expect(choices[answer], question).toBeDefined();
    expect(new Set(choices).size, question).toBe(choices.length);
  }
});
