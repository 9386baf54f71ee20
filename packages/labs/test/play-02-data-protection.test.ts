/** Plays lab 2 whole: unsolved files fail, solutions pass, everything is undone. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/02-data-protection/index.ts";
import { playLab } from "../src/proof/play-lab.ts";
import { expectSound, openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

test("lab 2 plays from unsolved to undone", async () => {
  const report = await playLab(bench, lab, { thorough: true });
  expectSound(report);
  const played = report.steps.filter((one) => !one.needsAws);
  expect(played.length).toBeGreaterThan(0);
  for (const one of lab.steps.filter((step) => step.task && !step.needsAws))
    expect(
      report.steps.find(({ step }) => step === one.id)?.unsolved?.some(({ ok }) => !ok),
      `${one.id}: the start must fail`,
    ).toBe(true);
}, 180_000);
