/** Attempts that are more than one call: what they throw is judged as an operation's own error is. */
import { outcomeOf } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { commandsOf } from "../../command-text.ts";
import type { Actor, Attempt, Call, From } from "../../model.ts";

/**
 * @param shown what a learner types for it: a command, or calls of the administrator whose commands are made of them
 * @param run throws when it does not succeed; may answer a sentence about what was seen
 */
export function attemptTo(
  shown: string | Call | Call[],
  run: (bench: Bench) => Promise<string | undefined>,
): Attempt {
  return {
    command:
      typeof shown === "string"
        ? shown
        : [shown]
            .flat()
            .map((one) => commandOf(one))
            .join(" && "),
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

/** How somebody makes a call from somewhere, at a terminal. */
export function commandOf(attempt: Call, as: Actor = "admin", from?: From): string {
  return commandsOf({ what: "", why: "", expect: "allowed", as, attempt, ...(from && { from }) })[0] ?? "";
}

/** Fails an attempt that was let through and then showed something else than it must. */
export function demand(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}
