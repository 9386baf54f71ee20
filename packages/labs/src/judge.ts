/** Plays an experiment and compares what happened with what must happen. */
import type { Bench } from "./bench.ts";
import { isAttempt } from "./command-text.ts";
import type { AttemptResult, Experiment } from "./model.ts";

export interface ExperimentResult {
  experiment: Experiment;
  actual: AttemptResult;
  ok: boolean;
  /** What differs, in words; empty when it is as expected. */
  problems: string[];
}

export async function play(bench: Bench, experiment: Experiment): Promise<ExperimentResult> {
  const { attempt, as, from, expect, code, by, statement } = experiment;
  const actual = isAttempt(attempt) ? await attempt.run(bench) : await bench.attempt(as, from, attempt);
  const problems: string[] = [];
  if (actual.outcome !== expect)
    problems.push(`expected ${expect}, got ${actual.outcome}${actual.message ? `: ${actual.message}` : ""}`);
  else {
    if (code && actual.code !== code)
      problems.push(`expected the error ${code}, got ${actual.code ?? "none"}`);
    if (by || statement) problems.push(...(await compareReasons(bench, actual, by, statement)));
  }
  return { experiment, actual, ok: problems.length === 0, problems };
}

async function compareReasons(
  bench: Bench,
  { requestId }: AttemptResult,
  by: Experiment["by"],
  statement: string | undefined,
): Promise<string[]> {
  if (!bench.isLocal) return [];
  const reasons = requestId ? await bench.reasons(requestId) : undefined;
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
