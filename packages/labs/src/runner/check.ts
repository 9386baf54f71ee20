/** Plays the experiments of a step with the learner's own file in force, and says what they show. */
import { ToolkitError } from "@sagekeep/toolkit";
import type { Bench } from "../bench.ts";
import type { Lab, Step } from "../model.ts";
import { fillIn } from "../placeholders.ts";
import { playAll } from "../proof/play-lab.ts";
import { taskKind } from "../task-kind.ts";
import { checkGrammar, readLearnerFile } from "./learner-file.ts";
import { setStage } from "./stage.ts";
import { type Row, viewResult, viewStep } from "./views.ts";
import type { Course } from "./workbench.ts";

export interface CheckReport {
  lab: string;
  step: string;
  title: string;
  passed: boolean;
  /** Shown, not played: why. */
  needsAws?: string;
  file?: string;
  warnings: string[];
  rows: Row[];
  /** The first experiment that shows what is wrong with the learner's file. */
  hole?: { says: string; row: Row };
  last: boolean;
}

/** @throws ToolkitError for a file that is no legal policy, with the place */
export async function checkStep(course: Course, bench: Bench, lab: Lab, step: Step): Promise<CheckReport> {
  const { progress, folder } = course;
  const head = {
    lab: lab.slug,
    step: step.id,
    title: step.title,
    last: lab.steps.at(-1) === step,
    warnings: [] as string[],
  };
  const { task } = step;
  const before = progress.of(lab.slug, step.id);
  if (step.needsAws && bench.isLocal) {
    await setStage(course, bench, lab, step);
    progress.note(lab.slug, step.id, { state: "read" });
    return { ...head, passed: true, needsAws: step.needsAws, rows: [] };
  }
  // the file first: nothing is made in the account for one that AWS would refuse
  const isOpen = progress.data.open?.lab === lab.slug && progress.data.open.step === step.id;
  if (!isOpen) await setStage(course, bench, lab, step);
  const file = task && readLearnerFile(folder, task);
  if (task && file)
    head.warnings = checkGrammar(file, await fillIn(bench, file.text), await taskKind(task, bench));
  const { open } = progress.data;
  // what an earlier check made must not be in this one's way, nor what a crash left half made
  if (isOpen && open && (open.played || open.applied || open.phase === "preparing"))
    await setStage(course, bench, lab, step);
  const stage = progress.data.open;
  if (!stage) throw new ToolkitError("LAB0008", `step ${step.id} is not open`);
  if (task && file) {
    stage.applied = true;
    progress.save();
    await applyFile(bench, task, file.text);
  }
  stage.played = true;
  progress.save();
  const rows = (await playAll(bench, step)).map((one) => viewResult(one));
  // names are used up: the commands that are shown have new ones
  const fresh = await viewStep(course, bench, lab, step);
  for (const [index, row] of rows.entries())
    row.commands = fresh.experiments[index]?.commands ?? row.commands;
  const wrong = rows.filter((row) => !row.ok && !row.byHand);
  const passed = wrong.length === 0;
  progress.note(lab.slug, step.id, {
    // what was not attempted has not passed
    state: !passed ? "failed" : rows.every((row) => row.byHand) ? "read" : "passed",
    checks: (before?.checks ?? 0) + 1,
  });
  const [first] = wrong;
  return {
    ...head,
    passed,
    ...(file && { file: file.path }),
    rows,
    ...(first && { hole: { says: explain(first, task !== undefined), row: first } }),
  };
}

async function applyFile(bench: Bench, task: NonNullable<Step["task"]>, text: string): Promise<void> {
  try {
    await task.apply(bench, text);
  } catch (error) {
    const { name, message } = error as Error;
    throw new ToolkitError("LAB0013", `\`${task.file}\` could not be put in force: ${name}: ${message}`, {
      help: "mend the file, then `sagekeep lab check` again; `sagekeep lab reset` brings its first form back",
      exit: "invalid",
      cause: error,
    });
  }
}

/** What a wrong outcome means for the policy at hand, in a sentence. */
function explain(
  { what, who, from, expect, got, problems, layer, statement, policy }: Row,
  task: boolean,
): string {
  const subject = `${who}, from ${from}: ${what}`;
  const yours = task ? "your policy" : "the platform";
  const decided = layer
    ? ` by the ${layer} layer${policy ? ` (\`${policy}\`, statement \`${statement}\`)` : ", because nothing there allows it"}`
    : "";
  if (expect === "denied" && got === "allowed")
    return `${subject} must be denied and got through: ${yours} is too wide`;
  if (expect === "allowed" && got === "denied")
    return `${subject} must work and was denied${decided}: ${yours} is too narrow`;
  if (expect === "timed-out" && got === "allowed") return `${subject} must find no way and found one`;
  if (got === "timed-out")
    return `${subject} found no network path: a route, an endpoint or a security group is missing`;
  if (got === "denied")
    return `${subject} was denied${decided}, but not as it must be: ${problems.join("; ")}`;
  return `${subject}: ${problems.join("; ")}`;
}
