/** The plan of a job of any kind. */
import type { CallContext } from "../../../context.ts";
import type { Kind } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Resource } from "../engine/resource.ts";
import {
  autoMlPlan,
  compilationPlan,
  type JobPlan,
  processingPlan,
  trainingPlan,
  transformPlan,
} from "./plan.ts";

export type { JobPlan } from "./plan.ts";

export function planOf(kind: Kind, job: Readonly<Resource>, context: CallContext): JobPlan {
  switch (kind.name) {
    case "ProcessingJob":
      return processingPlan(job);
    case "TrainingJob":
      return trainingPlan(job);
    case "TransformJob":
      return transformPlan(job, find(kindNamed("Model"), [String(job.input.ModelName)], context));
    case "AutoMLJob":
      return autoMlPlan(job);
    default:
      return compilationPlan(job);
  }
}
