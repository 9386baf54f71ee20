/** The clean-up, played from end to end: every attempt ends as it says, and the platform is as it was. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/04-clean-up/index.ts";
import { playLab } from "../src/proof/play-lab.ts";
import { expectSound, openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

test("every step passes and is undone", async () => {
  expectSound(await playLab(bench, lab, { thorough: true }));
  expect(lab.quiz.length).toBeGreaterThanOrEqual(5);
}, 120_000);
