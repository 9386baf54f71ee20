/** @packageDocumentation The workshop: its content, experiments, who attempts them from where, and their judgement. */
export { Bench, type BenchOptions } from "./bench.ts";
export { awsCommand, commandsOf, sagekeepCommand } from "./command-text.ts";
export { type LabEntry, labs } from "./content/index.ts";
export { type ExperimentResult, play } from "./judge.ts";
export { labAdminName, makeLabAdmin, removeLabAdmin } from "./lab-admin.ts";
export { labImage, labImages } from "./lab-images.ts";
export { labPlatformName, labPlatformYaml } from "./lab-platform.ts";
export {
  type Actor,
  type Attempt,
  type Call,
  call,
  type Experiment,
  type From,
  type Lab,
  type Outcome,
  type Question,
  type Step,
  type Task,
  type TaskDocument,
} from "./model.ts";
export { fillIn } from "./placeholders.ts";
export { type LabReport, playLab, playStep, type StepReport } from "./proof/play-lab.ts";
