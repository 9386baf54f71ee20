/**
 * Requests that start work in SageMaker, one for each kind that the controls are about, all from the same settings.
 * The container images are AWS's public ones; nothing is read or written that a job would need a data set for.
 */
import type { Bench } from "../../bench.ts";
import { type Call, call } from "../../model.ts";

/** What the controls look at. Everything left out is left out of the request. */
export interface Settings {
  subnets?: readonly string[];
  groups?: readonly string[];
  /** @default ml.t3.medium for processing, ml.m5.large for others */
  instance?: string;
  /** Two kinds of machines in one training job. */
  mixed?: readonly string[];
  encrypt?: boolean;
  isolate?: boolean;
}

export const WORK_KINDS = [
  "processing",
  "training",
  "tuning",
  "model",
  "automl",
  "data-quality",
  "model-bias",
  "explainability",
  "model-quality",
  "schedule",
] as const;
export type WorkKind = (typeof WORK_KINDS)[number];

/** How the kinds are called in sentences. */
export const spoken: Readonly<Record<WorkKind, string>> = {
  processing: "a processing job",
  training: "a training job",
  tuning: "a tuning job",
  model: "a model",
  automl: "an AutoML job",
  "data-quality": "a data quality definition",
  "model-bias": "a model bias definition",
  explainability: "an explainability definition",
  "model-quality": "a model quality definition",
  schedule: "a monitoring schedule",
};

/** Operation of each kind, without its prefix. */
export const createActions: Readonly<Record<WorkKind, string>> = {
  processing: "CreateProcessingJob",
  training: "CreateTrainingJob",
  tuning: "CreateHyperParameterTuningJob",
  model: "CreateModel",
  automl: "CreateAutoMLJobV2",
  "data-quality": "CreateDataQualityJobDefinition",
  "model-bias": "CreateModelBiasJobDefinition",
  explainability: "CreateModelExplainabilityJobDefinition",
  "model-quality": "CreateModelQualityJobDefinition",
  schedule: "CreateMonitoringSchedule",
};

/** Starts the names of everything that lab 3's experiments make in SageMaker. */
export const PREFIX = "sagekeep-lab3";
let made = 0;
/** Jobs keep their names for ever: every attempt has its own. */
export const freshName = (kind: string) =>
  `${PREFIX}-${kind}-${Date.now().toString(36)}${(made++).toString(36)}`;

/** AWS's accounts of the built-in images of us-east-1; elsewhere an image is never pulled before the control decides. */
const SKLEARN = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";
const MONITOR = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer";
const CLARIFY = "205585389593.dkr.ecr.us-east-1.amazonaws.com/sagemaker-clarify-processing:1.0";

export function request(bench: Bench, kind: WorkKind, settings: Settings, name = freshName(kind)): Call {
  return makers[kind](new Parts(bench, settings), name);
}

/** A schedule that runs a definition made before. */
export function scheduleOf(definition: string): Call {
  return call("sagemaker", "CreateMonitoringSchedule", {
    MonitoringScheduleName: freshName("schedule"),
    MonitoringScheduleConfig: {
      ScheduleConfig: { ScheduleExpression: "cron(0 0 ? * * *)" },
      MonitoringJobDefinitionName: definition,
      MonitoringType: "DataQuality",
    },
  });
}

/** The pieces that requests have in common. */
class Parts {
  readonly role: string;
  readonly folder: string;
  readonly vpc: { VpcConfig?: { Subnets: string[]; SecurityGroupIds: string[] } };
  readonly settings: Settings;

  constructor({ account, region, platform }: Bench, settings: Settings) {
    this.role = `arn:aws:iam::${account}:role/${platform}-team-a-processing-job`;
    this.folder = `s3://sagemaker-${region}-${account}/team-a/lab3`;
    this.settings = settings;
    const { subnets, groups } = settings;
    this.vpc =
      subnets || groups
        ? {
            VpcConfig: {
              ...(subnets && { Subnets: [...subnets] }),
              ...(groups && { SecurityGroupIds: [...groups] }),
            } as { Subnets: string[]; SecurityGroupIds: string[] },
          }
        : {};
  }

  get encryption() {
    const { encrypt } = this.settings;
    return encrypt === undefined ? {} : { EnableInterContainerTrafficEncryption: encrypt };
  }
  get isolation() {
    const { isolate } = this.settings;
    return isolate === undefined ? {} : { EnableNetworkIsolation: isolate };
  }
  /** Where processing and monitoring keep the three. */
  get network() {
    const all = { ...this.encryption, ...this.isolation, ...this.vpc };
    return Object.keys(all).length > 0 ? { NetworkConfig: all } : {};
  }
  cluster<T extends string>(type: T) {
    return {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: (this.settings.instance ?? type) as T,
        VolumeSizeInGB: 5,
      },
    };
  }
  get training() {
    const { mixed, instance = "ml.m5.large" } = this.settings;
    const machines = mixed
      ? {
          InstanceGroups: mixed.map((type, index) => ({
            InstanceType: type as "ml.m5.large",
            InstanceCount: 1,
            InstanceGroupName: `group-${index + 1}`,
          })),
        }
      : { InstanceType: instance as "ml.m5.large", InstanceCount: 1 };
    return {
      AlgorithmSpecification: { TrainingImage: SKLEARN, TrainingInputMode: "File" as const },
      RoleArn: this.role,
      OutputDataConfig: { S3OutputPath: `${this.folder}/models` },
      ResourceConfig: { ...machines, VolumeSizeInGB: 5 },
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
      ...this.encryption,
      ...this.isolation,
      ...this.vpc,
    };
  }
  /** Monitoring looks at captured data. */
  get batch() {
    return {
      BatchTransformInput: {
        DataCapturedDestinationS3Uri: `${this.folder}/captured`,
        DatasetFormat: { Csv: { Header: true } },
        LocalPath: "/opt/ml/processing/input",
      },
    };
  }
  get report() {
    return {
      MonitoringOutputs: [
        { S3Output: { S3Uri: `${this.folder}/reports`, LocalPath: "/opt/ml/processing/output" } },
      ],
    };
  }
  get truth() {
    return { GroundTruthS3Input: { S3Uri: `${this.folder}/truth` } };
  }
  definition(name: string) {
    return {
      JobDefinitionName: name,
      JobResources: this.cluster("ml.m5.large" as const),
      RoleArn: this.role,
      ...this.network,
    };
  }
  get clarify() {
    return { ImageUri: CLARIFY, ConfigUri: `${this.folder}/analysis.json` };
  }
}

const makers: Readonly<Record<WorkKind, (parts: Parts, name: string) => Call>> = {
  processing: (parts, name) =>
    call("sagemaker", "CreateProcessingJob", {
      ProcessingJobName: name,
      RoleArn: parts.role,
      AppSpecification: { ImageUri: SKLEARN, ContainerEntrypoint: ["python3", "--version"] },
      ProcessingResources: parts.cluster("ml.t3.medium" as const),
      StoppingCondition: { MaxRuntimeInSeconds: 600 },
      ...parts.network,
    }),
  training: (parts, name) =>
    call("sagemaker", "CreateTrainingJob", { TrainingJobName: name, ...parts.training }),
  tuning: (parts, name) =>
    call("sagemaker", "CreateHyperParameterTuningJob", {
      HyperParameterTuningJobName: name.slice(0, 32),
      HyperParameterTuningJobConfig: {
        Strategy: "Random",
        ResourceLimits: { MaxNumberOfTrainingJobs: 1, MaxParallelTrainingJobs: 1 },
        HyperParameterTuningJobObjective: { Type: "Maximize", MetricName: "accuracy" },
        ParameterRanges: {
          IntegerParameterRanges: [{ Name: "depth", MinValue: "2", MaxValue: "4" }],
        },
      },
      TrainingJobDefinition: {
        ...parts.training,
        AlgorithmSpecification: {
          TrainingImage: SKLEARN,
          TrainingInputMode: "File",
          MetricDefinitions: [{ Name: "accuracy", Regex: "accuracy=([0-9.]+)" }],
        },
      },
    }),
  model: (parts, name) =>
    call("sagemaker", "CreateModel", {
      ModelName: name,
      ExecutionRoleArn: parts.role,
      PrimaryContainer: { Image: SKLEARN },
      ...parts.isolation,
      ...parts.vpc,
    }),
  automl: (parts, name) =>
    call("sagemaker", "CreateAutoMLJobV2", {
      AutoMLJobName: name.slice(0, 32),
      AutoMLJobInputDataConfig: [
        {
          ChannelType: "training",
          ContentType: "text/csv;header=present",
          DataSource: {
            S3DataSource: { S3DataType: "S3Prefix", S3Uri: `${parts.folder}/bank.csv` },
          },
        },
      ],
      OutputDataConfig: { S3OutputPath: `${parts.folder}/automl` },
      AutoMLProblemTypeConfig: { TabularJobConfig: { TargetAttributeName: "y" } },
      RoleArn: parts.role,
      SecurityConfig: { ...parts.encryption, ...parts.vpc },
    }),
  "data-quality": (parts, name) =>
    call("sagemaker", "CreateDataQualityJobDefinition", {
      ...parts.definition(name),
      DataQualityAppSpecification: { ImageUri: MONITOR },
      DataQualityJobInput: parts.batch,
      DataQualityJobOutputConfig: parts.report,
    }),
  "model-bias": (parts, name) =>
    call("sagemaker", "CreateModelBiasJobDefinition", {
      ...parts.definition(name),
      ModelBiasAppSpecification: parts.clarify,
      ModelBiasJobInput: { ...parts.batch, ...parts.truth },
      ModelBiasJobOutputConfig: parts.report,
    }),
  explainability: (parts, name) =>
    call("sagemaker", "CreateModelExplainabilityJobDefinition", {
      ...parts.definition(name),
      ModelExplainabilityAppSpecification: parts.clarify,
      ModelExplainabilityJobInput: parts.batch,
      ModelExplainabilityJobOutputConfig: parts.report,
    }),
  "model-quality": (parts, name) =>
    call("sagemaker", "CreateModelQualityJobDefinition", {
      ...parts.definition(name),
      ModelQualityAppSpecification: { ImageUri: MONITOR, ProblemType: "BinaryClassification" },
      ModelQualityJobInput: { ...parts.batch, ...parts.truth },
      ModelQualityJobOutputConfig: parts.report,
    }),
  schedule: (parts, name) =>
    call("sagemaker", "CreateMonitoringSchedule", {
      MonitoringScheduleName: name,
      MonitoringScheduleConfig: {
        ScheduleConfig: { ScheduleExpression: "cron(0 0 ? * * *)" },
        MonitoringJobDefinition: {
          MonitoringInputs: [parts.batch],
          MonitoringOutputConfig: parts.report,
          MonitoringResources: parts.cluster("ml.m5.large" as const),
          MonitoringAppSpecification: { ImageUri: MONITOR },
          RoleArn: parts.role,
          ...parts.network,
        },
      },
    }),
};

/** Stops and removes what the experiments made; jobs stay as history, stopped. */
export async function removeWork({ admin }: Bench): Promise<void> {
  const NameContains = PREFIX;
  const quiet = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      // ended or removed meanwhile
      if (!/ValidationException|ResourceNotFound/.test((error as Error).name)) throw error;
    });
  const running = { NameContains, StatusEquals: "InProgress" as const };
  const { MonitoringScheduleSummaries } = await admin.call("sagemaker", "ListMonitoringSchedules", {
    NameContains,
  });
  for (const { MonitoringScheduleName } of MonitoringScheduleSummaries ?? [])
    await quiet(admin.call("sagemaker", "DeleteMonitoringSchedule", { MonitoringScheduleName }));
  const [processing, training, tuning, automl, models, configs] = await Promise.all([
    admin.call("sagemaker", "ListProcessingJobs", running),
    admin.call("sagemaker", "ListTrainingJobs", running),
    admin.call("sagemaker", "ListHyperParameterTuningJobs", running),
    admin.call("sagemaker", "ListAutoMLJobs", running),
    admin.call("sagemaker", "ListModels", { NameContains }),
    admin.call("sagemaker", "ListEndpointConfigs", { NameContains }),
  ]);
  for (const { EndpointConfigName } of configs.EndpointConfigs ?? [])
    await quiet(admin.call("sagemaker", "DeleteEndpointConfig", { EndpointConfigName }));
  for (const { ProcessingJobName } of processing.ProcessingJobSummaries ?? [])
    await quiet(admin.call("sagemaker", "StopProcessingJob", { ProcessingJobName }));
  for (const { HyperParameterTuningJobName } of tuning.HyperParameterTuningJobSummaries ?? [])
    await quiet(admin.call("sagemaker", "StopHyperParameterTuningJob", { HyperParameterTuningJobName }));
  for (const { TrainingJobName } of training.TrainingJobSummaries ?? [])
    await quiet(admin.call("sagemaker", "StopTrainingJob", { TrainingJobName }));
  for (const { AutoMLJobName } of automl.AutoMLJobSummaries ?? [])
    await quiet(admin.call("sagemaker", "StopAutoMLJob", { AutoMLJobName }));
  for (const { ModelName } of models.Models ?? [])
    await quiet(admin.call("sagemaker", "DeleteModel", { ModelName }));
  await removeDefinitions(admin);
}

async function removeDefinitions(admin: Bench["admin"]): Promise<void> {
  const NameContains = PREFIX;
  const kinds = ["DataQuality", "ModelBias", "ModelExplainability", "ModelQuality"] as const;
  for (const kind of kinds) {
    const { JobDefinitionSummaries } = await admin.call("sagemaker", `List${kind}JobDefinitions`, {
      NameContains,
    });
    for (const { MonitoringJobDefinitionName: JobDefinitionName } of JobDefinitionSummaries ?? [])
      await admin.call("sagemaker", `Delete${kind}JobDefinition`, { JobDefinitionName });
  }
}
