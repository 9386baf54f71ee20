/**
 * Sets the stage of a step and strikes it. INVARIANT (known): whatever a step makes, `progress.json` said so before,
 * so that the next command after a crash can undo it.
 */
import { existsSync } from "node:fs";
import { ToolkitError } from "@sagekeep/toolkit";
import type { Bench } from "../bench.ts";
import type { Lab, Step } from "../model.ts";
import { document } from "../proof/play-lab.ts";
import { labOf } from "./find.ts";
import { learnerPath } from "./learner-file.ts";
import { writeWhole } from "./progress.ts";
import type { Course } from "./workbench.ts";

/** Undoes the step that is open, writes the new one's file when there is none, and prepares it. */
export async function setStage(course: Course, bench: Bench, lab: Lab, step: Step): Promise<void> {
  await strikeStage(course, bench);
  const { progress } = course;
  progress.data.lab = lab.slug;
  progress.data.step = step.id;
  progress.data.open = {
    lab: lab.slug,
    step: step.id,
    phase: "preparing",
    applied: false,
    played: false,
    kept: {},
  };
  bench.kept.clear();
  if (!progress.of(lab.slug, step.id)) progress.note(lab.slug, step.id, { state: "started" });
  progress.save();
  if (step.needsAws && bench.isLocal) return;
  await step.prepare?.(bench);
  progress.data.open.phase = "prepared";
  progress.save();
  if (step.task && !existsSync(learnerPath(course.folder, step.task)))
    writeWhole(learnerPath(course.folder, step.task), await document(step.task.start, bench));
}

/** Takes the learner's document away and undoes the step that is open. Nothing happens when none is. */
export async function strikeStage(course: Course, bench: Bench): Promise<void> {
  const { progress } = course;
  const { open } = progress.data;
  if (!open) return;
  const lab = await labOf(open.lab);
  const step = lab.steps.find((one) => one.id === open.step);
  if (step && !(step.needsAws && bench.isLocal)) {
    const problems: unknown[] = [];
    const trying = async (work: () => Promise<void> | undefined) => {
      try {
        await work();
      } catch (error) {
        // not there, not attached: what was to be removed never came to be, or is gone
        if (!/NoSuch|NotFound|DoesNotExist|ResourceNotFound/.test((error as Error).name))
          problems.push(error);
      }
    };
    if (open.applied) await trying(() => step.task?.remove(bench));
    await trying(() => step.undo?.(bench));
    if (problems.length > 0) {
      const [error] = problems as Error[];
      throw new ToolkitError(
        "LAB0005",
        `step ${open.step} could not be undone: ${error?.name}: ${error?.message}`,
        {
          help: "run the command again; `sagekeep lab reset --force` forgets the step without undoing it",
          cause: error,
        },
      );
    }
  }
  bench.forgetAll();
  delete progress.data.open;
  progress.save();
}
