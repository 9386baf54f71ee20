/** Jobs: what runs under a role, from interfaces in a VPC, reads its inputs and writes its outputs. */
import type { CallContext } from "../../../context.ts";
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import type { Hooks, Kind, Life } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { spoken } from "../engine/words.ts";
import { inUse, notFound, validation } from "../errors.ts";
import { checkVpc } from "../jobs/check.ts";
import { startJob, stopJob } from "../jobs/runner.ts";
import { startTuning, tuningHooks } from "../jobs/tuning.ts";
import { processingUsage, trainingUsage, transformUsage } from "./usage.ts";

/** Seconds that a training job may run where its request does not say. */
const DAY = 86_400;

const ended = ["Completed", "Failed", "Stopped"];

const life: Life = {
  job: true,
  create: [["InProgress", 0]],
  stop: [["Stopping", 0]],
  when: { delete: ended },
};

const shouting: Life = {
  job: true,
  create: [["INPROGRESS", 0]],
  stop: [["STOPPING", 0]],
  when: { stop: ["STARTING", "INPROGRESS"], delete: ["COMPLETED", "FAILED", "STOPPED"] },
};

/** Hooks of a job that the runner runs. */
function ran(name: string, more: Hooks = {}): Hooks {
  return {
    ...more,
    create(resource, input, context) {
      for (const { arn } of rolesIn(input)) demandTrust(arn, context);
      checkVpc(input, context);
      more.create?.(resource, input, context);
    },
    created(resource, _, context) {
      startJob(kindNamed(name), resource, context);
    },
    stop(resource, _, context) {
      stopJob(resource, context);
    },
  };
}

/** A stop of what has ended already is refused; one that is under way is no error. */
function demandRunning(name: string): (input: Fields, context: CallContext) => void {
  return (input, context) => {
    const job = find(kindNamed(name), [String(input[`${name}Name`])], context);
    if (!job || job.status === "InProgress" || job.status === "Stopping") return;
    throw validation(`The request was rejected because the ${spoken(name)} is in status ${job.status}.`);
  };
}

export const stopGuards: Record<string, (input: Fields, context: CallContext) => void> = Object.fromEntries(
  ["ProcessingJob", "TrainingJob", "TransformJob", "HyperParameterTuningJob", "AutoMLJob"].map((name) => [
    `Stop${name}`,
    demandRunning(name),
  ]),
);

export const jobKinds: Kind[] = [
  {
    name: "ProcessingJob",
    type: "processing-job",
    usage: processingUsage,
    id: ["ProcessingJobName"],
    order: "Ascending",
    life,
    missing: (_, name) => validation(`Could not find requested job with name: ${name}`),
    exists: (arn) =>
      inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      ),
    hooks: ran("ProcessingJob"),
  },
  {
    name: "TrainingJob",
    type: "training-job",
    usage: trainingUsage,
    id: ["TrainingJobName"],
    order: "Ascending",
    life,
    missing: () => validation("Requested resource not found."),
    exists: (arn) =>
      inUse(
        `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${arn})`,
      ),
    hooks: ran("TrainingJob", {
      create(resource, input) {
        const algorithm = input.AlgorithmSpecification as Fields | undefined;
        if (
          algorithm &&
          (algorithm.TrainingImage === undefined) === (algorithm.AlgorithmName === undefined)
        ) {
          throw validation("Exactly one of TrainingImage and AlgorithmName must be specified.");
        }
        resource.fields.SecondaryStatus = "Starting";
        resource.fields.ModelArtifacts = { S3ModelArtifacts: "" };
        resource.input.StoppingCondition ??= { MaxRuntimeInSeconds: DAY };
      },
      update(resource, input) {
        const { ResourceConfig, ...rest } = input;
        delete rest.TrainingJobName;
        Object.assign(resource.input, rest);
        resource.input.ResourceConfig = {
          ...(resource.input.ResourceConfig as Fields),
          ...(ResourceConfig as Fields),
        };
      },
      filters: {
        TrainingPlanArnEquals: (job, wanted) =>
          (job.input.ResourceConfig as Fields | undefined)?.TrainingPlanArn === wanted,
        WarmPoolStatusEquals: (job, wanted) =>
          (job.fields.WarmPoolStatus as Fields | undefined)?.Status === wanted,
      },
    }),
  },
  {
    name: "TransformJob",
    type: "transform-job",
    usage: transformUsage,
    id: ["TransformJobName"],
    life,
    missing: (_, name) => validation(`Could not find requested job with name: ${name}`),
    exists: (arn) =>
      inUse(
        `Job name must be unique within an AWS account and region, and a job with this name already exists (${arn})`,
      ),
    hooks: ran("TransformJob", {
      create(_, input, context) {
        if (find(kindNamed("Model"), [String(input.ModelName)], context)) return;
        throw validation(
          `Could not find model "${context.arn("sagemaker", `model/${String(input.ModelName).toLowerCase()}`)}".`,
        );
      },
    }),
  },
  {
    name: "HyperParameterTuningJob",
    type: "hyper-parameter-tuning-job",
    id: ["HyperParameterTuningJobName"],
    sortBy: "Name",
    order: "Ascending",
    life,
    missing: (_, name) =>
      notFound(
        `Amazon SageMaker can't find a tuning job with the name ${name}. Provide the name of an existing tuning job or check the region.`,
      ),
    exists: (_, name) =>
      inUse(
        `Amazon SageMaker can't create a tuning job with the name ${name}. The name is already in use. Specify a different name.`,
      ),
    hooks: {
      ...tuningHooks,
      create(resource, input, context) {
        for (const { arn } of rolesIn(input)) demandTrust(arn, context);
        checkVpc(input, context);
        tuningHooks.create?.(resource, input, context);
      },
      created: (resource, _, context) => startTuning(resource, context),
    },
  },
  {
    name: "AutoMLJob",
    type: "automl-job",
    id: ["AutoMLJobName"],
    sortBy: "Name",
    life: { ...life, when: { delete: ended } },
    without: ["Describe"],
    missing: (_, name) => notFound(`Could not find AutoML job with name ${name}.`),
    exists: (_, name) =>
      inUse(`AutoML job name must be unique, and a job with the name ${name} already exists.`),
    hooks: ran("AutoMLJob", {
      create(resource) {
        resource.fields.AutoMLJobSecondaryStatus = "Starting";
      },
      describe: ({ fields, created, modified }) => {
        const best = fields.candidate as Fields | undefined;
        return best
          ? {
              BestCandidate: {
                ...best,
                CreationTime: new Date(created),
                LastModifiedTime: new Date(modified),
              },
            }
          : {};
      },
    }),
  },
  {
    name: "CompilationJob",
    type: "compilation-job",
    id: ["CompilationJobName"],
    order: "Ascending",
    life: shouting,
    missing: (arn) => notFound(`Could not find compilation job ${arn}.`),
    exists: (arn) => inUse(`Compilation job names must be unique, and ${arn} already exists.`),
    hooks: ran("CompilationJob", {
      create(_, input) {
        if ((input.InputConfig === undefined) === (input.ModelPackageVersionArn === undefined)) {
          throw validation("Exactly one of InputConfig and ModelPackageVersionArn must be specified.");
        }
      },
      describe({ input, fields, status, created, since }) {
        const output = input.OutputConfig as Fields | undefined;
        return {
          FailureReason: fields.FailureReason ?? "",
          ModelArtifacts: fields.ModelArtifacts ?? { S3ModelArtifacts: "" },
          CompilationStartTime: new Date(created),
          ...(status !== "INPROGRESS" && { CompilationEndTime: new Date(since) }),
          CompilationTargetDevice: output?.TargetDevice,
        };
      },
    }),
  },
  {
    name: "OptimizationJob",
    type: "optimization-job",
    id: ["OptimizationJobName"],
    order: "Ascending",
    life: shouting,
    missing: (arn) => notFound(`Could not find optimization job ${arn}.`),
    exists: (arn) => inUse(`Optimization job names must be unique, and ${arn} already exists.`),
    hooks: ran("OptimizationJob", {
      describe: ({ input }) => ({
        OptimizationTypes: ((input.OptimizationConfigs as Fields[] | undefined) ?? []).flatMap((config) =>
          Object.keys(config).map((name) => name.replace(/^Model(.+)Config$/, "$1")),
        ),
      }),
    }),
  },
];
