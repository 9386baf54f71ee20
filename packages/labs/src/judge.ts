/** Plays an experiment and compares what happened with what must happen. */
import type { DenialReasons } from "@sagekeep/toolkit";
import type { Bench } from "./bench.ts";
import { isAttempt } from "./command-text.ts";
import { NotOnAws } from "./errors.ts";
import type { AttemptResult, Experiment } from "./model.ts";

export interface ExperimentResult {
  experiment: Experiment;
  actual: AttemptResult;
  ok: boolean;
  /** What differs, in words; empty when it is as expected. */
  problems: string[];
  /** Which layer and statement decided a denial, where the local cloud remembers it. */
  reasons?: DenialReasons;
  /** Why and how it has to be tried by hand: nothing was attempted. */
  byHand?: { why: string; how: string };
}

export async function play(bench: Bench, experiment: Experiment): Promise<ExperimentResult> {
  const { attempt, as, from, expect, code, by, statement } = experiment;
  let actual: AttemptResult;
  try {
    actual = isAttempt(attempt) ? await attempt.run(bench) : await bench.attempt(as, from, attempt);
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof NotOnAws)
      return {
        experiment,
        actual: { outcome: "failed" },
        ok: false,
        problems: [],
        byHand: { why: message, how: error.byHand },
      };
    // the attempt was not reached: this says nothing of what it was to show
    actual = { outcome: "failed", code: name, message };
  }
  const denied = actual.outcome === "denied" && actual.requestId !== undefined;
  const reasons = denied ? await bench.reasons(actual.requestId as string) : undefined;
  const problems: string[] = [];
  if (actual.outcome !== expect)
    problems.push(`expected ${expect}, got ${actual.outcome}${actual.message ? `: ${actual.message}` : ""}`);
  else {
    if (code && actual.code !== code)
      problems.push(`expected the error ${code}, got ${actual.code ?? "none"}`);
    if ((by || statement) && bench.isLocal) problems.push(...compareReasons(reasons, by, statement));
  }
  return { experiment, actual, ok: problems.length === 0, problems, ...(reasons && { reasons }) };
}

function compareReasons(
  reasons: DenialReasons | undefined,
  by: Experiment["by"],
  statement: string | undefined,
): string[] {
  if (!reasons) return ["the local cloud does not say why it was denied"];
  const { explanation } = reasons;
  const problems: string[] = [];
  if (by && explanation.by !== by)
    problems.push(`expected the ${by} layer to decide, it was ${explanation.by}`);
  if (statement && explanation.blockedBy?.sid !== statement)
    problems.push(
      `expected statement \`${statement}\` to deny, it was \`${explanation.blockedBy?.sid ?? "none"}\``,
    );
  return problems;
}
