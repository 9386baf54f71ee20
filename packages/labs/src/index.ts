/** @packageDocumentation The workshop: its content, experiments, who attempts them from where, and their judgement. */
export { Bench, type BenchOptions } from "./bench.ts";
export { awsCommand, commandsOf, sagekeepCommand } from "./command-text.ts";
export { type LabEntry, labs } from "./content/index.ts";
export { type FetchedData, type FetchOptions, fetchBank } from "./data/fetch-bank.ts";
export { NotOnAws } from "./errors.ts";
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
} from "./model.ts";
export { type ReadReport, readLab } from "./page/read.ts";
export { type CheckedLab, type CheckLabsOptions, checkLabs, type LabsReport } from "./proof/check-labs.ts";
export type { KnownCommand } from "./proof/commands.ts";
export { type LabReport, playLab, playStep, type StepReport } from "./proof/play-lab.ts";
export type { CheckReport } from "./runner/check.ts";
export { labOf } from "./runner/find.ts";
export { defaultFolder, type LabFolder, labFolder } from "./runner/folder.ts";
export {
  check,
  hint,
  type JourneyOptions,
  type NextReport,
  next,
  type ResetReport,
  reset,
  type SolveReport,
  type StatusReport,
  show,
  solve,
  status,
} from "./runner/journey.ts";
export { checkPrerequisites, type Prerequisite } from "./runner/prerequisites.ts";
export { Progress } from "./runner/progress.ts";
export { type Answered, finishQuiz, judgeAnswer, type QuizReport, readAnswers } from "./runner/quiz.ts";
export { type StartOptions, type StartReport, startLab } from "./runner/start.ts";
export type { ExperimentView, Row, StepView } from "./runner/views.ts";
