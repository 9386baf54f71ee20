/** Requests that several steps make: jobs as the platform wants them, and jobs that lack something. */
import type { Bench } from "../../bench.ts";
import { type Call, call } from "../../model.ts";

let made = 0;
/** Jobs keep their names for ever: every attempt has its own. */
export const freshName = (start: string) => `${start}-${Date.now().toString(36)}${(made++).toString(36)}`;

export type Tags = Readonly<Record<string, string>>;
export const tagList = (tags: Tags) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export interface JobSettings {
  name?: string;
  /** ARN of the key for the machine's disk. */
  volumeKey?: string;
  tags?: Tags;
  /** Team whose job role the job runs as. @default team-a */
  team?: string;
}

const IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3";

export const jobRoleArn = (bench: Bench, team: string, workload: string) =>
  `arn:aws:iam::${bench.account}:role/${bench.platform}-${team}-${workload}-job`;

async function network(bench: Bench) {
  return {
    Subnets: [await bench.exported("network:PrivateSubnet1"), await bench.exported("network:PrivateSubnet2")],
    SecurityGroupIds: [await bench.exported("network:JobGroup")],
  };
}

/** A processing job in the platform's network, with its traffic encrypted. */
export async function processingJob(bench: Bench, settings: JobSettings = {}): Promise<Call> {
  const { team = "team-a", name = freshName(`${team}-lab2`), volumeKey, tags } = settings;
  return call("sagemaker", "CreateProcessingJob", {
    ProcessingJobName: name,
    RoleArn: jobRoleArn(bench, team, "processing"),
    AppSpecification: { ImageUri: IMAGE },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: "ml.t3.medium",
        VolumeSizeInGB: 5,
        ...(volumeKey && { VolumeKmsKeyId: volumeKey }),
      },
    },
    NetworkConfig: {
      EnableInterContainerTrafficEncryption: true,
      VpcConfig: await network(bench),
    },
    ...(tags && { Tags: tagList(tags) }),
  });
}

/** A training job likewise. */
export async function trainingJob(bench: Bench, settings: JobSettings = {}): Promise<Call> {
  const { team = "team-a", name = freshName(`${team}-lab2`), volumeKey, tags } = settings;
  return call("sagemaker", "CreateTrainingJob", {
    TrainingJobName: name,
    RoleArn: jobRoleArn(bench, team, "training"),
    AlgorithmSpecification: { TrainingImage: IMAGE, TrainingInputMode: "File" },
    OutputDataConfig: { S3OutputPath: `s3://sagemaker-${bench.region}-${bench.account}/${team}/lab2` },
    ResourceConfig: {
      InstanceCount: 1,
      InstanceType: "ml.m5.large",
      VolumeSizeInGB: 5,
      ...(volumeKey && { VolumeKmsKeyId: volumeKey }),
    },
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    EnableInterContainerTrafficEncryption: true,
    VpcConfig: await network(bench),
    ...(tags && { Tags: tagList(tags) }),
  });
}

/** A compilation job: a kind that has no disk of its own to encrypt, and no condition key for one. */
export function compilationJob(bench: Bench): Call {
  const bucket = `sagemaker-${bench.region}-${bench.account}`;
  return call("sagemaker", "CreateCompilationJob", {
    CompilationJobName: freshName("team-a-lab2"),
    RoleArn: jobRoleArn(bench, "team-a", "processing"),
    InputConfig: {
      S3Uri: `s3://${bucket}/team-a/lab2/model.tar.gz`,
      DataInputConfig: '{"data":[1,20]}',
      Framework: "XGBOOST",
    },
    OutputConfig: { S3OutputLocation: `s3://${bucket}/team-a/lab2`, TargetDevice: "ml_m5" },
    StoppingCondition: { MaxRuntimeInSeconds: 900 },
  });
}

/** Stops what the steps have started and is still running, so that a job costs seconds. */
export async function stopJobs({ admin }: Bench): Promise<void> {
  const running = { NameContains: "-lab2-", StatusEquals: "InProgress" as const };
  const processing = await admin.call("sagemaker", "ListProcessingJobs", running);
  for (const { ProcessingJobName } of processing.ProcessingJobSummaries ?? [])
    await admin.call("sagemaker", "StopProcessingJob", { ProcessingJobName }).catch(ended);
  const training = await admin.call("sagemaker", "ListTrainingJobs", running);
  for (const { TrainingJobName } of training.TrainingJobSummaries ?? [])
    await admin.call("sagemaker", "StopTrainingJob", { TrainingJobName }).catch(ended);
  const compilation = await admin.call("sagemaker", "ListCompilationJobs", {
    NameContains: "-lab2-",
    StatusEquals: "INPROGRESS",
  });
  for (const { CompilationJobName } of compilation.CompilationJobSummaries ?? [])
    await admin.call("sagemaker", "StopCompilationJob", { CompilationJobName }).catch(ended);
}

/** A job that has ended meanwhile cannot be stopped. */
function ended(error: unknown): void {
  if ((error as Error).name !== "ValidationException") throw error;
}
