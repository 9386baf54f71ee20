/** Processing jobs of this lab: as the platform asks for them, and followed to their end. */
import type { Bench } from "../../bench.ts";
import { labImage } from "../../lab-images.ts";
import { type Call, call } from "../../model.ts";
import { arnOfRole } from "./people.ts";

export interface JobWish {
  name: string;
  /** Ends the role's name. @default `team-a-processing-job` */
  role?: string;
  /** @default the platform's subnets and job group */
  network?: "platform" | "none";
  isolated?: boolean;
  input?: string;
  output?: string;
  entrypoint: string[];
}

/** A name that no job had before: jobs are never deleted. */
export const jobName = (what: string) => `team-a-lab-${what}-${Date.now().toString(36)}`;

/** `CreateProcessingJob` with everything the platform's controls ask for, but for what is wished otherwise. */
export async function processingJob(bench: Bench, wish: JobWish): Promise<Call> {
  const { name, role = "team-a-processing-job", network = "platform", isolated = false } = wish;
  const [first, second, group, key] = await Promise.all(
    ["network:PrivateSubnet1", "network:PrivateSubnet2", "network:JobGroup", "keys:jobs"].map((one) =>
      bench.exported(one),
    ),
  );
  return call("sagemaker", "CreateProcessingJob", {
    ProcessingJobName: name,
    RoleArn: arnOfRole(bench, `${bench.platform}-${role}`),
    AppSpecification: { ImageUri: labImage(bench.region), ContainerEntrypoint: wish.entrypoint },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: "ml.m5.large",
        VolumeSizeInGB: 5,
        VolumeKmsKeyId: key,
      },
    },
    ...(network === "platform" && {
      NetworkConfig: {
        EnableNetworkIsolation: isolated,
        EnableInterContainerTrafficEncryption: true,
        VpcConfig: { Subnets: [first ?? "", second ?? ""], SecurityGroupIds: [group ?? ""] },
      },
    }),
    ...(wish.input && {
      ProcessingInputs: [
        {
          InputName: "input",
          S3Input: {
            S3Uri: wish.input,
            LocalPath: "/opt/ml/processing/input",
            S3DataType: "S3Prefix",
            S3InputMode: "File",
          },
        },
      ],
    }),
    ...(wish.output && {
      ProcessingOutputConfig: {
        Outputs: [
          {
            OutputName: "output",
            S3Output: {
              S3Uri: wish.output,
              LocalPath: "/opt/ml/processing/output",
              S3UploadMode: "EndOfJob",
            },
          },
        ],
      },
    }),
    StoppingCondition: { MaxRuntimeInSeconds: 600 },
    Tags: [{ Key: "team", Value: "team-a" }],
  });
}

/** Waits for a job's end. @returns its status and what it left as message, or why it failed */
export async function follow(bench: Bench, ProcessingJobName: string) {
  const pause = bench.isLocal ? 100 : 10_000;
  for (let tries = 0; tries < 300; tries++) {
    const job = await bench.admin.call("sagemaker", "DescribeProcessingJob", { ProcessingJobName });
    const { ProcessingJobStatus: status = "", ExitMessage: message = "", FailureReason: reason = "" } = job;
    if (["Completed", "Failed", "Stopped"].includes(status)) return { status, message, reason };
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`the job ${ProcessingJobName} does not end`);
}
