/** Errors of this package: one class, which carries every problem that was found. */

import { formatProblems, type Problem } from "./problem.ts";

/** The platform file is not valid. `problems` holds all findings; the message is their printed form. */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  /** The user's file is at fault, not the tool. */
  readonly side = "user";
  readonly code: string;
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(formatProblems(problems));
    this.problems = problems;
    this.code = problems[0]?.code ?? "SPEC0000";
  }
}
