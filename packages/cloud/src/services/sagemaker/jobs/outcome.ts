/** What a job that ended well tells of its results. */
import type { Kind } from "../engine/kind.ts";
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";

export function finished(
  kind: Kind,
  job: Readonly<Resource>,
  written: Record<string, string[]>,
  message: string | undefined,
): Fields {
  const [model] = written.model ?? [];
  switch (kind.name) {
    case "TrainingJob":
      return { ...(model !== undefined && { ModelArtifacts: { S3ModelArtifacts: model } }) };
    case "ProcessingJob":
      return { ...(message !== undefined && { ExitMessage: message }) };
    case "CompilationJob":
      return { ...(model !== undefined && { ModelArtifacts: { S3ModelArtifacts: model } }) };
    case "AutoMLJob":
      return { AutoMLJobSecondaryStatus: "Completed", candidate: candidate(job, model) };
    default:
      return {};
  }
}

/** The one candidate that the stand-in of AutoML finds. Its metric is what it is worth: nothing. */
function candidate(job: Readonly<Resource>, model: string | undefined): Fields {
  const metric = (job.input.AutoMLJobObjective as Fields | undefined)?.MetricName ?? "F1";
  return {
    CandidateName: `${job.name}-stand-in`,
    FinalAutoMLJobObjectiveMetric: { Type: "Maximize", MetricName: metric, Value: 0 },
    ObjectiveStatus: "Succeeded",
    CandidateStatus: "Completed",
    CandidateSteps: [],
    ...(model !== undefined && { InferenceContainers: [{ Image: "sagemaker-automl", ModelDataUrl: model }] }),
  };
}
