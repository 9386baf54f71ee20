/** What a learner does with a lab once it is started: check, next, hint, solve, reset, status. */
import { copyFileSync, existsSync } from "node:fs";
import { relative } from "node:path";
import { type Io, runningCloud, ToolkitError } from "@sagekeep/toolkit";
import type { Bench } from "../bench.ts";
import { labs } from "../content/index.ts";
import type { Lab, Step } from "../model.ts";
import { document } from "../proof/play-lab.ts";
import { type CheckReport, checkStep } from "./check.ts";
import { labAfter, labOf, stepOf } from "./find.ts";
import type { LabFolder } from "./folder.ts";
import { learnerPath } from "./learner-file.ts";
import { alone } from "./lock.ts";
import { Progress, type StepProgress, writeWhole } from "./progress.ts";
import { setStage, strikeStage } from "./stage.ts";
import { type StepView, viewStep } from "./views.ts";
import { type Course, openWorkbench } from "./workbench.ts";

export interface JourneyOptions {
  folder: LabFolder;
  io: Io;
  self: readonly string[];
}

interface Current {
  course: Course;
  lab: Lab;
  step: Step;
}

/** @throws ToolkitError when no lab was started in the folder */
async function current({ folder, io, self }: JourneyOptions, stepName?: string): Promise<Current> {
  const progress = Progress.read(folder.progress);
  if (!progress?.data.lab)
    throw new ToolkitError(
      "LAB0009",
      `no lab was started in \`${relative(process.cwd(), folder.path) || "."}\``,
      {
        help: "begin with `sagekeep lab start`, or go to the folder you started in",
        exit: "invalid",
      },
    );
  const lab = await labOf(progress.data.lab);
  const step = stepOf(lab, stepName ?? progress.data.step ?? lab.steps[0]?.id ?? "");
  return { course: { folder, progress, io, self }, lab, step };
}

async function withBench<T>(course: Course, work: (bench: Bench) => Promise<T>): Promise<T> {
  const bench = await openWorkbench(course);
  try {
    return await work(bench);
  } finally {
    await bench.close();
  }
}

export function check(options: JourneyOptions, stepName?: string): Promise<CheckReport> {
  return alone(options.folder, async () => {
    const { course, lab, step } = await current(options, stepName);
    return withBench(course, (bench) => checkStep(course, bench, lab, step));
  });
}

export interface NextReport {
  /** The step that begins; absent when the lab is done. */
  step?: StepView;
  done:
    | { lab: string; title: string; passed: number; of: number; quiz: boolean; nextLab?: string }
    | undefined;
}

/** Undoes the step and prepares the next one. @throws ToolkitError when the step has not passed, unless `skip` */
export function next(options: JourneyOptions, skip = false): Promise<NextReport> {
  return alone(options.folder, async () => {
    const { course, lab, step } = await current(options);
    const state = course.progress.of(lab.slug, step.id)?.state;
    if (
      !skip &&
      state !== "passed" &&
      state !== "read" &&
      !(step.needsAws && course.progress.data.target.kind === "local")
    )
      throw new ToolkitError(
        "LAB0015",
        `step ${step.id} ${state === "failed" ? "has not passed" : "was not checked"} yet`,
        {
          help: "`sagekeep lab check`, or leave it out with `sagekeep lab next --skip`",
          exit: "invalid",
        },
      );
    if (step.needsAws && state !== "passed") course.progress.note(lab.slug, step.id, { state: "read" });
    const following = lab.steps[lab.steps.indexOf(step) + 1];
    return withBench(course, async (bench) => {
      if (following) {
        await setStage(course, bench, lab, following);
        return { step: await viewStep(course, bench, lab, following), done: undefined };
      }
      await strikeStage(course, bench);
      const passed = lab.steps.filter(
        ({ id }) => course.progress.of(lab.slug, id)?.state === "passed",
      ).length;
      const nextLab = labAfter(lab.slug);
      return {
        done: {
          lab: lab.slug,
          title: lab.title,
          passed,
          of: lab.steps.length,
          quiz: lab.quiz.length > 0,
          ...(nextLab && { nextLab }),
        },
      };
    });
  });
}

/** The step at hand once more. */
export function show(options: JourneyOptions, stepName?: string): Promise<StepView> {
  return alone(options.folder, async () => {
    const { course, lab, step } = await current(options, stepName);
    return withBench(course, async (bench) => {
      const { open } = course.progress.data;
      if (!(open?.lab === lab.slug && open.step === step.id && open.phase === "prepared"))
        await setStage(course, bench, lab, step);
      return viewStep(course, bench, lab, step);
    });
  });
}

export async function hint(
  options: JourneyOptions,
  stepName?: string,
): Promise<{ step: string; hint: string }> {
  const { course, lab, step } = await current(options, stepName);
  await alone(options.folder, async () => course.progress.note(lab.slug, step.id, { hinted: true }));
  return { step: step.id, hint: step.hint };
}

export interface SolveReport {
  step: string;
  file: string;
  /** Where the learner's own file was kept; absent when there was none. */
  kept?: string;
}

/** Writes the solution into the learner's file, keeping theirs. @throws ToolkitError when there is nothing to write */
export function solve(options: JourneyOptions, stepName?: string): Promise<SolveReport> {
  return alone(options.folder, async () => {
    const { course, lab, step } = await current(options, stepName);
    const { task } = step;
    if (!task)
      throw new ToolkitError("LAB0016", `step ${step.id} has no file to write`, {
        help: "play it with `sagekeep lab check`",
        exit: "invalid",
      });
    const path = learnerPath(course.folder, task);
    return withBench(course, async (bench) => {
      const { open } = course.progress.data;
      if (!(open?.lab === lab.slug && open.step === step.id && open.phase === "prepared"))
        await setStage(course, bench, lab, step);
      const solution = await document(task.solution, bench);
      const kept = keepTheirs(path);
      writeWhole(path, solution);
      course.progress.note(lab.slug, step.id, { solved: true });
      return {
        step: step.id,
        file: relative(process.cwd(), path),
        ...(kept && { kept: relative(process.cwd(), kept) }),
      };
    });
  });
}

export interface ResetReport {
  lab: string;
  steps: string[];
  /** Files that hold their first form again, and where the learner's own were kept. */
  files: { file: string; kept?: string }[];
}

/**
 * Undoes the step (or the whole lab) and brings the files' first form back.
 * @param scope.force forgets an open step without undoing it, when undoing fails
 */
export function reset(
  options: JourneyOptions,
  scope: { step?: string; lab?: boolean; force?: boolean } = {},
): Promise<ResetReport> {
  return alone(options.folder, async () => {
    const { course, lab, step } = await current(options, scope.step);
    const { progress } = course;
    if (scope.force) {
      delete progress.data.open;
      progress.save();
    }
    return withBench(course, async (bench) => {
      await strikeStage(course, bench);
      const steps = scope.lab ? lab.steps : [step];
      const files: ResetReport["files"] = [];
      for (const one of steps) {
        delete progress.data.steps[`${lab.slug}/${one.id}`];
        if (!one.task || !existsSync(learnerPath(course.folder, one.task))) continue;
        const path = learnerPath(course.folder, one.task);
        const kept = keepTheirs(path);
        // a start that depends on what `prepare` makes is written when the step is set again
        const first = await document(one.task.start, bench).catch(() => undefined);
        if (first !== undefined) writeWhole(path, first);
        files.push({
          file: relative(process.cwd(), path),
          ...(kept && { kept: relative(process.cwd(), kept) }),
        });
      }
      const first = steps[0];
      if (first) progress.data.step = first.id;
      progress.save();
      return { lab: lab.slug, steps: steps.map(({ id }) => id), files };
    });
  });
}

function keepTheirs(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  for (let n = 1; ; n++) {
    const kept = path.replace(/(\.json)?$/, `.mine-${n}.json`);
    if (existsSync(kept)) continue;
    copyFileSync(path, kept);
    return kept;
  }
}

export interface StatusReport {
  folder: string;
  started: boolean;
  target?: Progress["data"]["target"];
  cloud?: { endpoint: string; pid: number };
  lab?: string;
  step?: string;
  labs: {
    slug: string;
    title: string;
    minutes: number;
    passed: number;
    read: number;
    of: number;
    quiz?: { right: number; of: number };
    questions: number;
    steps: {
      id: string;
      title: string;
      state: StepProgress["state"] | "new";
      hinted?: true;
      solved?: true;
    }[];
  }[];
}

/** Nothing is started, prepared or changed. */
export async function status(folder: LabFolder): Promise<StatusReport> {
  const progress = Progress.read(folder.progress);
  const cloud = runningCloud(folder.state);
  const all = await Promise.all(labs.map((one) => one.load()));
  return {
    folder: relative(process.cwd(), folder.path) || ".",
    started: progress !== undefined,
    ...(progress && { target: progress.data.target }),
    ...(cloud && { cloud: { endpoint: cloud.endpoint, pid: cloud.pid } }),
    ...(progress?.data.lab && { lab: progress.data.lab }),
    ...(progress?.data.step && { step: progress.data.step }),
    labs: all.map(({ slug, title, minutes, steps, quiz }) => {
      const states = steps.map(({ id }) => progress?.of(slug, id));
      const score = progress?.data.quizzes[slug];
      return {
        slug,
        title,
        minutes,
        passed: states.filter((one) => one?.state === "passed").length,
        read: states.filter((one) => one?.state === "read").length,
        of: steps.length,
        questions: quiz.length,
        ...(score && { quiz: { right: score.right, of: score.of } }),
        steps: steps.map(({ id, title: name }, index) => {
          const one = states[index];
          return {
            id,
            title: name,
            state: one?.state ?? "new",
            ...(one?.hinted && { hinted: one.hinted }),
            ...(one?.solved && { solved: one.solved }),
          };
        }),
      };
    }),
  };
}
