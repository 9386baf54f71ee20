/**
 * A bench for tests: a local cloud in a folder of its own with the lab platform on it, as a learner has it.
 *
 *     const { bench, close } = await openLabBench();
 *     expectSound(await playLab(bench, lab, { thorough: true }));
 */
import { expect } from "vitest";
import type { LabReport } from "../src/proof/play-lab.ts";
import { openProofBench } from "../src/proof/proof-bench.ts";

/** Takes a few seconds: call it in `beforeAll` with a timeout of two minutes or more. */
export const openLabBench = openProofBench;

/** Fails with every problem of every step, readable. */
export function expectSound(report: LabReport): void {
  const problems = report.steps.flatMap((one) =>
    one.problems.map((problem) => `${one.step} ${one.title}: ${problem}`),
  );
  expect([...problems, ...report.leftovers.map((one) => `after the lab: ${one}`)]).toEqual([]);
}
