/**
 * A bench for tests: a local cloud in a folder of its own with the lab platform on it, as a learner has it.
 *
 *     const { bench, close } = await openLabBench();
 *     expectSound(await playLab(bench, lab, { thorough: true }));
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Clients,
  compilePlatform,
  deployPlatform,
  openPlatform,
  serveCloud,
  silent,
  targetOf,
} from "@sagekeep/toolkit";
import { expect } from "vitest";
import { Bench } from "../src/bench.ts";
import { makeLabAdmin } from "../src/lab-admin.ts";
import { labImages } from "../src/lab-images.ts";
import { labPlatformYaml } from "../src/lab-platform.ts";
import type { LabReport } from "../src/proof/play-lab.ts";

/** Takes a few seconds: call it in `beforeAll` with a timeout of two minutes or more. */
export async function openLabBench(): Promise<{ bench: Bench; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-labs-"));
  mkdirSync(join(folder, "policies"));
  writeFileSync(join(folder, "platform.yaml"), labPlatformYaml);
  const file = openPlatform(folder);
  const state = join(folder, ".sagekeep/cloud");
  const { account, region } = file.platform;
  const served = await serveCloud(
    { state, port: 0, account, region, sageMaker: { localImages: labImages(region) } },
    "test",
  );
  const root = targetOf(served.announced, state);
  const clients = new Clients(root);
  try {
    await deployPlatform(await compilePlatform(file, silent), clients, silent);
    const credentials = await makeLabAdmin(clients);
    const bench = new Bench({ admin: { ...root, credentials }, file, state, io: silent });
    return {
      bench,
      async close() {
        await bench.close();
        await served.close();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await served.close();
    throw error;
  } finally {
    clients.close();
  }
}

/** Fails with every problem of every step, readable. */
export function expectSound(report: LabReport): void {
  const problems = report.steps.flatMap((one) =>
    one.problems.map((problem) => `${one.step} ${one.title}: ${problem}`),
  );
  expect([...problems, ...report.leftovers.map((one) => `after the lab: ${one}`)]).toEqual([]);
}
