/** What the commands answer: plain data, the same for people and for `--json`. */
import { join, relative } from "node:path";
import type { Bench } from "../bench.ts";
import { commandsOf, wantsFile } from "../command-text.ts";
import type { ExperimentResult } from "../judge.ts";
import type { Actor, Call, Experiment, From, Lab, Outcome, Step } from "../model.ts";
import { stepText } from "../page/step-text.ts";
import { learnerPath } from "./learner-file.ts";
import { type StepProgress, writeWhole } from "./progress.ts";
import type { Course } from "./workbench.ts";

export interface ExperimentView {
  what: string;
  /** `user1-data-scientist`, `role x`, `administrator` */
  who: string;
  from: string;
  expect: Outcome;
  why: string;
  /** With the AWS CLI, and without it; an attempt of several calls has one form. */
  commands: string[];
}

export interface StepView {
  lab: string;
  id: string;
  title: string;
  /** Markdown. */
  text: string;
  state: StepProgress["state"] | "new";
  /** Place among the lab's steps, from one. */
  number: number;
  of: number;
  task?: { goal: string; file: string };
  experiments: ExperimentView[];
  /** Why it is shown only. */
  needsAws?: string;
}

export interface Row extends ExperimentView {
  got: Outcome | "by hand";
  ok: boolean;
  code?: string;
  message?: string;
  /** Layer that denied, and the statement. */
  layer?: string;
  policy?: string;
  statement?: string;
  problems: string[];
  byHand?: { why: string; how: string };
}

/** The step with its commands; long inputs are written to files below `try/`, for the learner to use and to change. */
export async function viewStep(course: Course, bench: Bench, lab: Lab, step: Step): Promise<StepView> {
  const playable = !(step.needsAws && bench.isLocal);
  const experiments = playable ? await step.experiments(bench) : [];
  return {
    lab: lab.slug,
    id: step.id,
    title: step.title,
    text: await stepText(step, bench.file.platform),
    state: course.progress.of(lab.slug, step.id)?.state ?? "new",
    number: lab.steps.indexOf(step) + 1,
    of: lab.steps.length,
    ...(step.task && {
      task: {
        goal: step.task.goal,
        file: relative(course.folder.path, learnerPath(course.folder, step.task)),
      },
    }),
    experiments: experiments.map((one, index) => {
      const file = wantsFile(one.attempt) ? `try/${step.id}-${index + 1}.json` : undefined;
      if (file)
        writeWhole(
          join(course.folder.path, file),
          `${JSON.stringify((one.attempt as Call).input, null, 2)}\n`,
        );
      const view = viewExperiment(one, file);
      return bench.isLocal ? view : { ...view, commands: onAws(view.commands) };
    }),
    ...(step.needsAws && bench.isLocal && { needsAws: step.needsAws }),
  };
}

function viewExperiment(experiment: Experiment, file?: string): ExperimentView {
  const { what, as, from, expect, why } = experiment;
  return {
    what,
    who: nameOf(as),
    from: placeOf(as, from),
    expect,
    why,
    commands: commandsOf(experiment, file),
  };
}

/** On AWS nobody's place is taken for the learner: the plain command is run in it. */
function onAws([first = ""]: readonly string[]): string[] {
  return [first.replace(/^sagekeep (studio|lab run)\b.*? -- /, "")];
}

export function viewResult({ experiment, actual, ok, problems, reasons, byHand }: ExperimentResult): Row {
  const decided = reasons?.explanation;
  return {
    ...viewExperiment(experiment),
    got: byHand ? "by hand" : actual.outcome,
    ok,
    ...(actual.code && { code: actual.code }),
    ...(actual.message && { message: actual.message }),
    ...(decided && { layer: decided.by }),
    ...(decided?.blockedBy && {
      policy: decided.blockedBy.policy,
      statement: decided.blockedBy.sid ?? `${decided.blockedBy.index + 1}`,
    }),
    problems,
    ...(byHand && { byHand }),
  };
}

function nameOf(as: Actor): string {
  if (as === "admin") return "administrator";
  return "user" in as ? as.user : `role ${as.role.split("/").at(-1)}`;
}

function placeOf(as: Actor, from: From | undefined): string {
  if (typeof from === "object") return from.address;
  if (from) return from === "vpc" && typeof as === "object" && "user" in as ? "Studio" : from;
  return typeof as === "object" && "user" in as ? "Studio" : "internet";
}
