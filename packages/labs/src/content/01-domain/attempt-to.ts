/** Attempts that are more than one call: what they throw is judged as an operation's own error is. */
import { outcomeOf } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import type { Attempt } from "../../model.ts";

/**
 * @param command what a learner types for it
 * @param run throws when it does not succeed; may answer a sentence about what was seen
 */
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

/** Fails an attempt that was let through and then showed something else than it must. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
