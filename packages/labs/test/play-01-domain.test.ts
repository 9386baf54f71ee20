/** Lab 1, played from end to end: unsolved it fails, solved it passes, and nothing is left of it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/01-domain/index.ts";
import { playLab } from "../src/proof/play-lab.ts";
import { expectSound, openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const only = process.env.ONLY?.split(",");

test("every step passes solved, fails unsolved, is undone", async () => {
  const report = await playLab(bench, lab, { ...(only && { only, thorough: true }) });
  if (only)
    for (const step of report.steps)
      for (const { experiment, actual, ok } of step.results)
        console.log(step.step, ok ? "ok" : "NO", experiment.what, JSON.stringify(actual).slice(0, 300));
  for (const step of report.steps) console.log(step.step, step.seconds.toFixed(2));
  expectSound(report);
  expect(report.steps.filter((one) => one.needsAws).map((one) => one.step)).toEqual([]);
}, 180_000);
