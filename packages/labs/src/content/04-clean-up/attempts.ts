/** Attempts of this lab: more than one call, judged as an operation's own error is; and what destroying would remove. */
import { type DestroyPlan, outcomeOf, planDestroy, silent } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import type { Attempt } from "../../model.ts";

/** @param run throws when it does not succeed; may answer a sentence about what was seen */
export function attemptTo(command: string, run: (bench: Bench) => Promise<string | undefined>): Attempt {
  return {
    command,
    async run(bench) {
      try {
        const message = await run(bench);
        return { outcome: "allowed", ...(message !== undefined && { message }) };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** What `sagekeep destroy --dry-run` shows. */
export function dryRun(bench: Bench): Promise<DestroyPlan> {
  const { name, account, region, partition, teams } = bench.file.platform;
  const target = { name, account, region, partition, teams: teams.map((one) => one.name) };
  return planDestroy(bench.admin, target, silent);
}

export const DRY_RUN = "sagekeep destroy --dry-run";

/** Waits until `done`; SageMaker and EFS take minutes on AWS, milliseconds here. */
export async function waitFor(bench: Bench, what: string, done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, bench.isLocal ? 20 : 5000));
  }
  throw new Error(`${what}: still waiting`);
}

/** Runs `work`; what is gone already is no matter. */
export async function ifThere<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (/NotFound|NoSuch|DoesNotExist/.test((error as Error).name)) return undefined;
    throw error;
  }
}
