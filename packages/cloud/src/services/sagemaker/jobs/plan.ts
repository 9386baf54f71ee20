/**
 * What a job will do, read from the input of its Create operation: under which role and in which network, what it
 * reads and where to, what runs, what it writes and under which key. The runner knows plans, not kinds of jobs.
 */
import type { Fields } from "../engine/model.ts";
import type { Resource } from "../engine/resource.ts";

export interface JobPlan {
  role: string;
  image: string;
  instances: number;
  vpc?: { subnets: string[]; securityGroups: string[] };
  /** No credentials and no network for the container. */
  isolated: boolean;
  /** Seconds. */
  maxRuntime: number;
  inputs: DataInput[];
  outputs: DataOutput[];
  environment: Record<string, string>;
  /** Command and arguments of the container. */
  command: string[];
  /** Files that SageMaker puts under /opt/ml/input/config. */
  config: Record<string, unknown>;
  logGroup: string;
  /** Start of FailureReason when an input cannot be read. */
  downloadFailure: string;
  /** Folder under the root where the container starts. */
  layout: "processing" | "training" | "transform";
}

export interface DataInput {
  name: string;
  uri: string;
  /** Path in the container. */
  path: string;
  kind: "prefix" | "object" | "manifest";
}

export interface DataOutput {
  name: string;
  /** Folder or object that it is written to. */
  uri: string;
  path: string;
  kmsKey?: string;
  /** One compressed object of the whole folder, with this name. */
  archive?: string;
}

const DAY = 86_400;

const records = (value: unknown) => (Array.isArray(value) ? (value as Fields[]) : []);
const record = (value: unknown) => (value ?? {}) as Fields;
const text = (value: unknown) => (value === undefined ? "" : String(value));

function vpcOf(value: unknown): JobPlan["vpc"] {
  const config = record(value);
  const subnets = config.Subnets as string[] | undefined;
  if (!subnets?.length) return undefined;
  return { subnets, securityGroups: (config.SecurityGroupIds as string[] | undefined) ?? [] };
}

const withVpc = (value: unknown) => {
  const vpc = vpcOf(value);
  return vpc ? { vpc } : {};
};

const key = (value: unknown) => (typeof value === "string" && value !== "" ? { kmsKey: value } : {});
const under = (uri: unknown, ...parts: string[]) => [text(uri).replace(/\/+$/, ""), ...parts].join("/");
const inputKind = (type: unknown): DataInput["kind"] =>
  type === "S3Object"
    ? "object"
    : type === "ManifestFile" || type === "AugmentedManifestFile"
      ? "manifest"
      : "prefix";

export function processingPlan({ input }: Readonly<Resource>): JobPlan {
  const network = record(input.NetworkConfig);
  const cluster = record(record(input.ProcessingResources).ClusterConfig);
  const app = record(input.AppSpecification);
  const output = record(input.ProcessingOutputConfig);
  return {
    role: text(input.RoleArn),
    image: text(app.ImageUri),
    instances: Number(cluster.InstanceCount ?? 1),
    ...withVpc(network.VpcConfig),
    isolated: network.EnableNetworkIsolation === true,
    maxRuntime: Number(record(input.StoppingCondition).MaxRuntimeInSeconds ?? DAY),
    inputs: records(input.ProcessingInputs)
      .map((one) => ({ name: text(one.InputName), ...record(one.S3Input) }) as Fields)
      .filter(({ S3Uri }) => S3Uri !== undefined)
      .map((one) => ({
        name: text(one.name),
        uri: text(one.S3Uri),
        path: text(one.LocalPath) || `/opt/ml/processing/${text(one.name)}`,
        kind: inputKind(one.S3DataType),
      })),
    outputs: records(output.Outputs)
      .map((one) => ({ name: text(one.OutputName), ...record(one.S3Output) }) as Fields)
      .filter(({ S3Uri }) => S3Uri !== undefined)
      .map((one) => ({
        name: text(one.name),
        uri: text(one.S3Uri),
        path: text(one.LocalPath) || `/opt/ml/processing/${text(one.name)}`,
        ...key(output.KmsKeyId),
      })),
    environment: record(input.Environment) as Record<string, string>,
    command: [
      ...((app.ContainerEntrypoint as string[] | undefined) ?? []),
      ...((app.ContainerArguments as string[] | undefined) ?? []),
    ],
    config: {
      "processingjobconfig.json": input,
      "resourceconfig.json": hosts(Number(cluster.InstanceCount ?? 1)),
    },
    logGroup: "/aws/sagemaker/ProcessingJobs",
    downloadFailure: "ClientError: Failed to download data.",
    layout: "processing",
  };
}

const hosts = (count: number) => ({
  current_host: "algo-1",
  hosts: Array.from({ length: count }, (_, index) => `algo-${index + 1}`),
});

export function trainingPlan({ input, name }: Readonly<Resource>): JobPlan {
  const resources = record(input.ResourceConfig);
  const algorithm = record(input.AlgorithmSpecification);
  const output = record(input.OutputDataConfig);
  const channels = records(input.InputDataConfig);
  return {
    role: text(input.RoleArn),
    image: text(algorithm.TrainingImage ?? algorithm.AlgorithmName),
    instances: Number(resources.InstanceCount ?? 1),
    ...withVpc(input.VpcConfig),
    isolated: input.EnableNetworkIsolation === true,
    maxRuntime: Number(record(input.StoppingCondition).MaxRuntimeInSeconds ?? DAY),
    inputs: channels
      .map((channel) => ({ channel, source: record(record(channel.DataSource).S3DataSource) }))
      .filter(({ source }) => source.S3Uri !== undefined)
      .map(({ channel, source }) => ({
        name: text(channel.ChannelName),
        uri: text(source.S3Uri),
        path: `/opt/ml/input/data/${text(channel.ChannelName)}`,
        kind: inputKind(source.S3DataType),
      })),
    outputs:
      output.S3OutputPath === undefined
        ? []
        : [
            {
              name: "model",
              path: "/opt/ml/model",
              archive: "model.tar.gz",
              uri: under(output.S3OutputPath, name, "output", "model.tar.gz"),
              ...key(output.KmsKeyId),
            },
            {
              name: "output",
              path: "/opt/ml/output/data",
              archive: "output.tar.gz",
              uri: under(output.S3OutputPath, name, "output", "output.tar.gz"),
              ...key(output.KmsKeyId),
            },
          ],
    environment: record(input.Environment) as Record<string, string>,
    command: [
      ...((algorithm.ContainerEntrypoint as string[] | undefined) ?? []),
      ...((algorithm.ContainerArguments as string[] | undefined) ?? []),
    ],
    config: {
      "hyperparameters.json": record(input.HyperParameters),
      "inputdataconfig.json": Object.fromEntries(
        channels.map((channel) => [
          text(channel.ChannelName),
          {
            TrainingInputMode: text(channel.InputMode ?? algorithm.TrainingInputMode) || "File",
            ContentType: channel.ContentType,
          },
        ]),
      ),
      "resourceconfig.json": hosts(Number(resources.InstanceCount ?? 1)),
    },
    logGroup: "/aws/sagemaker/TrainingJobs",
    downloadFailure: "ClientError: Data download failed:Failed to download data.",
    layout: "training",
  };
}

export function transformPlan({ input }: Readonly<Resource>, model: Readonly<Resource> | undefined): JobPlan {
  const resources = record(input.TransformResources);
  const source = record(record(record(input.TransformInput).DataSource).S3DataSource);
  const output = record(input.TransformOutput);
  const container = record(model?.input.PrimaryContainer ?? records(model?.input.Containers)[0]);
  return {
    role: text(model?.input.ExecutionRoleArn),
    image: text(container.Image),
    instances: Number(resources.InstanceCount ?? 1),
    ...withVpc(model?.input.VpcConfig),
    isolated: model?.input.EnableNetworkIsolation === true,
    maxRuntime: DAY,
    inputs: [
      ...modelData(container),
      {
        name: "input",
        uri: text(source.S3Uri),
        path: "/opt/ml/processing/input",
        kind: inputKind(source.S3DataType),
      },
    ],
    outputs: [
      {
        name: "output",
        uri: text(output.S3OutputPath),
        path: "/opt/ml/processing/output",
        ...key(output.KmsKeyId),
      },
    ],
    environment: {
      ...(record(container.Environment) as Record<string, string>),
      ...(record(input.Environment) as Record<string, string>),
    },
    command: [],
    config: {},
    logGroup: "/aws/sagemaker/TransformJobs",
    downloadFailure: "ClientError: Failed to download data.",
    layout: "transform",
  };
}

function modelData(container: Fields): DataInput[] {
  const uri = container.ModelDataUrl;
  return typeof uri === "string" ? [{ name: "model", uri, path: "/opt/ml/model", kind: "object" }] : [];
}

/** AutoML reads its channels and writes candidates; locally one stand-in candidate. */
export function autoMlPlan({ input, name }: Readonly<Resource>): JobPlan {
  const security = record(record(input.AutoMLJobConfig).SecurityConfig ?? input.SecurityConfig);
  const channels = records(input.InputDataConfig ?? input.AutoMLJobInputDataConfig);
  const output = record(input.OutputDataConfig);
  return {
    role: text(input.RoleArn),
    image: "sagemaker-automl",
    instances: 1,
    ...withVpc(security.VpcConfig),
    isolated: false,
    maxRuntime: Number(
      record(record(input.AutoMLJobConfig).CompletionCriteria).MaxAutoMLJobRuntimeInSeconds ?? DAY,
    ),
    inputs: channels.map((channel, index) => ({
      name: text(channel.ChannelType) || `channel-${index}`,
      uri: text(record(record(channel.DataSource).S3DataSource).S3Uri),
      path: `/opt/ml/input/data/channel-${index}`,
      kind: inputKind(record(record(channel.DataSource).S3DataSource).S3DataType),
    })),
    outputs: [
      {
        name: "model",
        path: "/opt/ml/model",
        archive: "model.tar.gz",
        uri: under(output.S3OutputPath, name, "tuning", "model.tar.gz"),
        ...key(output.KmsKeyId),
      },
    ],
    environment: {},
    command: [],
    config: {},
    logGroup: "/aws/sagemaker/AutoMLJobs",
    downloadFailure: "ClientError: Data download failed:Failed to download data.",
    layout: "training",
  };
}

export function compilationPlan({ input, name }: Readonly<Resource>): JobPlan {
  const source = record(input.InputConfig);
  const output = record(input.OutputConfig);
  return {
    role: text(input.RoleArn),
    image: "sagemaker-neo",
    instances: 1,
    ...withVpc(input.VpcConfig),
    isolated: false,
    maxRuntime: Number(record(input.StoppingCondition).MaxRuntimeInSeconds ?? DAY),
    inputs:
      source.S3Uri === undefined
        ? []
        : [{ name: "model", uri: text(source.S3Uri), path: "/opt/ml/input/data/model", kind: "object" }],
    outputs: [
      {
        name: "model",
        path: "/opt/ml/model",
        archive: "model.tar.gz",
        uri: under(output.S3OutputLocation ?? output.S3OutputPath, `${name}.tar.gz`),
        ...key(output.KmsKeyId),
      },
    ],
    environment: {},
    command: [],
    config: {},
    logGroup: "/aws/sagemaker/CompilationJobs",
    downloadFailure: "ClientError: InputConfiguration: Unable to download the model.",
    layout: "training",
  };
}
