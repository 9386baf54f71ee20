/**
 * Plays a whole lab as its authors mean it: every task's start must fail, its solution must pass, everything must be
 * undone afterwards. What the labs promise is proved with the learner's own machinery, not beside it.
 */
import type { Bench } from "../bench.ts";
import { type ExperimentResult, play } from "../judge.ts";
import type { Lab, Step, TaskDocument } from "../model.ts";
import { accountState, compareStates } from "./account-state.ts";

export interface StepReport {
  step: string;
  title: string;
  /** Why it was not played here. */
  needsAws?: string;
  /** Experiments with the task's starting document, when there is a task. */
  unsolved?: ExperimentResult[];
  /** Experiments as they must end. */
  results: ExperimentResult[];
  /** Everything wrong with the step, in words; empty when it is sound. */
  problems: string[];
  seconds: number;
}

export interface LabReport {
  lab: string;
  steps: StepReport[];
  /** What differs in the account after the lab. */
  leftovers: string[];
  ok: boolean;
  seconds: number;
}

export interface PlayOptions {
  /** Only these steps. @default all */
  only?: readonly string[];
  /** Compares the account after each step, not only at the end: slower, says which step left something. */
  thorough?: boolean;
}

export async function playLab(bench: Bench, lab: Lab, options: PlayOptions = {}): Promise<LabReport> {
  const began = performance.now();
  const before = await accountState(bench);
  let last = before;
  const steps: StepReport[] = [];
  for (const step of lab.steps) {
    if (options.only && !options.only.includes(step.id)) continue;
    const report = await playStep(bench, step);
    if (options.thorough && !step.needsAws) {
      const now = await accountState(bench);
      report.problems.push(...compareStates(last, now).map((one) => `after undo: ${one}`));
      last = now;
    }
    steps.push(report);
  }
  const leftovers = compareStates(before, options.thorough ? last : await accountState(bench));
  return {
    lab: lab.slug,
    steps,
    leftovers,
    ok: leftovers.length === 0 && steps.every((one) => one.problems.length === 0),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Prepares a step, plays it unsolved and solved, undoes it. Never throws for what the step does wrong. */
export async function playStep(bench: Bench, step: Step): Promise<StepReport> {
  const began = performance.now();
  const { id, title, needsAws, task } = step;
  const report: StepReport = { step: id, title, results: [], problems: [], seconds: 0 };
  if (needsAws) return { ...report, needsAws };
  const trying = async (what: string, work: () => Promise<void> | undefined) => {
    try {
      await work();
      return true;
    } catch (error) {
      report.problems.push(`${what}: ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
      return false;
    }
  };
  if (await trying("prepare", () => step.prepare?.(bench))) {
    if (task) {
      await trying("unsolved", async () => {
        await task.apply(bench, await document(task.start, bench));
        report.unsolved = await playAll(bench, step);
        if (report.unsolved.every((one) => one.ok))
          report.problems.push("the task's start passes every experiment: there is nothing to solve");
      });
      await trying("remove", () => task.remove(bench));
    }
    await trying(task ? "solution" : "experiments", async () => {
      if (task) await task.apply(bench, await document(task.solution, bench));
      report.results = await playAll(bench, step);
      for (const { experiment, problems } of report.results)
        report.problems.push(...problems.map((one) => `${experiment.what}: ${one}`));
      if (report.results.length === 0) report.problems.push("it has no experiment");
    });
    if (task) await trying("remove", () => task.remove(bench));
  }
  await trying("undo", () => step.undo?.(bench));
  report.seconds = (performance.now() - began) / 1000;
  return report;
}

/** Plays a step's experiments in order: later ones may build on earlier ones. */
export async function playAll(bench: Bench, step: Step): Promise<ExperimentResult[]> {
  const results: ExperimentResult[] = [];
  for (const experiment of await step.experiments(bench)) results.push(await play(bench, experiment));
  return results;
}

/** A task's document as its file holds it. */
export async function document(value: TaskDocument, bench: Bench): Promise<string> {
  return `${JSON.stringify(typeof value === "function" ? await value(bench) : value, null, 2)}\n`;
}
