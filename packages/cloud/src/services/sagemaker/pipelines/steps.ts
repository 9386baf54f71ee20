/** What each type of step does: the operation it calls under the pipeline's role, and where to look for its end. */
import type { Fields } from "../engine/model.ts";

export interface StepType {
  operation: string;
  /** Member that names what is made, and the prefix where it is not given. */
  name?: string;
  /** Kind whose Describe gives the step's properties, with its ARN member. */
  kind: string;
  arn: string;
  /** Key in the step's metadata. */
  metadata: string;
}

export const stepTypes: Record<string, StepType> = {
  Processing: {
    operation: "CreateProcessingJob",
    name: "ProcessingJobName",
    kind: "ProcessingJob",
    arn: "ProcessingJobArn",
    metadata: "ProcessingJob",
  },
  Training: {
    operation: "CreateTrainingJob",
    name: "TrainingJobName",
    kind: "TrainingJob",
    arn: "TrainingJobArn",
    metadata: "TrainingJob",
  },
  Transform: {
    operation: "CreateTransformJob",
    name: "TransformJobName",
    kind: "TransformJob",
    arn: "TransformJobArn",
    metadata: "TransformJob",
  },
  Tuning: {
    operation: "CreateHyperParameterTuningJob",
    name: "HyperParameterTuningJobName",
    kind: "HyperParameterTuningJob",
    arn: "HyperParameterTuningJobArn",
    metadata: "TuningJob",
  },
  AutoML: {
    operation: "CreateAutoMLJobV2",
    name: "AutoMLJobName",
    kind: "AutoMLJob",
    arn: "AutoMLJobArn",
    metadata: "AutoMLJob",
  },
  Model: { operation: "CreateModel", name: "ModelName", kind: "Model", arn: "ModelArn", metadata: "Model" },
  RegisterModel: {
    operation: "CreateModelPackage",
    kind: "ModelPackage",
    arn: "ModelPackageArn",
    metadata: "RegisterModel",
  },
  EndpointConfig: {
    operation: "CreateEndpointConfig",
    name: "EndpointConfigName",
    kind: "EndpointConfig",
    arn: "EndpointConfigArn",
    metadata: "EndpointConfig",
  },
  Endpoint: {
    operation: "CreateEndpoint",
    name: "EndpointName",
    kind: "Endpoint",
    arn: "EndpointArn",
    metadata: "Endpoint",
  },
};

/** States that end a step, and how. */
export function outcomeOf(status: string | undefined): "Succeeded" | "Failed" | "Stopped" | undefined {
  switch (status) {
    case undefined:
    case "Completed":
    case "InService":
      return "Succeeded";
    case "Failed":
      return "Failed";
    case "Stopped":
      return "Stopped";
    default:
      return undefined;
  }
}

/** A name that is free, made of the pipeline's, the execution's and the step's. */
export function stepResourceName(execution: string, step: string, attempt: number): string {
  const base = `pipelines-${execution}-${step}`.slice(0, 52);
  return `${base}-${attempt.toString(36)}${Buffer.from(`${execution}${step}`).toString("hex").slice(-8)}`.slice(
    0,
    63,
  );
}

/** Arguments of a step's call: what SageMaker adds to those in the definition. */
export function withName(type: StepType, resolved: Fields, name: string): Fields {
  return type.name === undefined || resolved[type.name] !== undefined
    ? resolved
    : { ...resolved, [type.name]: name };
}
