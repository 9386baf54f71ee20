/** @packageDocumentation The workshop's machinery: experiments, who attempts them from where, and their judgement. */
export { Bench, type BenchOptions } from "./bench.ts";
export { awsCommand, commandsOf, sagekeepCommand } from "./command-text.ts";
export { type ExperimentResult, play } from "./judge.ts";
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
