/**
 * Which SageMaker kinds a capability works with. The actions follow from AWS's own list, so that a kind is
 * covered whole: a new action on it is either in the catalogue and isolated, or not allowed at all.
 */

import type { Capability } from "@sagekeep/spec";

export const KINDS: Readonly<Partial<Record<Capability, readonly string[]>>> = {
  jobs: ["processing-job", "training-job", "hyper-parameter-tuning-job", "transform-job", "automl-job"],
  experiments: [
    "experiment",
    "experiment-trial",
    "experiment-trial-component",
    "action",
    "artifact",
    "context",
  ],
  models: ["model", "model-card"],
  registry: ["model-package-group", "model-package"],
  "feature-store": ["feature-group"],
  pipelines: ["pipeline", "pipeline-execution"],
  endpoints: ["endpoint", "endpoint-config", "inference-component"],
  monitoring: [
    "data-quality-job-definition",
    "model-quality-job-definition",
    "model-bias-job-definition",
    "model-explainability-job-definition",
    "monitoring-schedule",
  ],
  images: ["app-image-config"],
};

/** Words that make a Sid of a capability: `feature-store` → `FeatureStore`. */
export function pascal(name: string): string {
  return name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
