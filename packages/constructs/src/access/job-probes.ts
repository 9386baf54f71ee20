/** Processing jobs: as the platform asks for them, and otherwise. */

import type { Platform } from "@sagekeep/spec";
import type { UserReadout } from "../output.ts";
import { readout } from "../readout.ts";
import { exportName } from "../scope.ts";
import { type Attempt, placeholder } from "./attempt.ts";
import { because, type Can, type Probe } from "./probe.ts";

export function jobProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
  const request = (tag: string | undefined, inVpc: boolean): Attempt => ({
    service: "sagemaker",
    operation: "CreateProcessingJob",
    input: processingJob(platform, user, tag, inVpc),
  });
  const undo: Attempt = {
    service: "sagemaker",
    operation: "StopProcessingJob",
    input: { ProcessingJobName: jobName(user) },
  };
  const { jobs, isolation } = platform.controls;
  const exempt = platform.exceptions.some(
    (one) =>
      one.control === "vpc" && one.team === user.team && (one.persona ?? user.persona) === user.persona,
  );
  const other = platform.teams.find((one) => one.name !== user.team)?.name ?? "another-team";
  const probes: Probe[] = [
    {
      action: "sagemaker:CreateProcessingJob",
      describe: "start a processing job as the platform asks for it",
      request: request(user.team, true),
      undo,
      allowed: can("jobs"),
      why: because(can, "jobs"),
    },
  ];
  if (jobs.vpc === "required")
    probes.push({
      action: "sagemaker:CreateProcessingJob",
      describe: "start a processing job outside the VPC",
      request: request(user.team, false),
      undo,
      allowed: can("jobs") && exempt && jobs.trafficEncryption !== "required",
      why: can("jobs") ? "jobs run in the platform's VPC" : because(can, "jobs"),
    });
  if (isolation.teams)
    probes.push(
      {
        action: "sagemaker:CreateProcessingJob",
        describe: "start a processing job without a team tag",
        request: request(undefined, true),
        undo,
        allowed: false,
        why: "what is made carries the team's tag",
      },
      {
        action: "sagemaker:CreateProcessingJob",
        describe: `start a processing job in the name of ${other}`,
        request: request(other, true),
        undo,
        allowed: false,
        why: "nobody tags with another team",
      },
    );
  return probes;
}

function jobName(user: UserReadout): string {
  return `${user.team}-sagekeep-check-${user.name}`.slice(0, 63).replace(/-+$/, "");
}

/** A small job that does what every control of the platform asks for. */
function processingJob(
  platform: Platform,
  user: UserReadout,
  tag: string | undefined,
  inVpc: boolean,
): Record<string, unknown> {
  const { network, controls, account, region, dnsSuffix } = platform;
  const name = (value: string) => placeholder(exportName(platform, value));
  const key = (purpose: string) =>
    controls.keys === "customer"
      ? name(`keys:${purpose}`)
      : `arn:${platform.partition}:kms:${region}:${account}:key/00000000-0000-4000-8000-000000000000`;
  const instance =
    controls.instanceTypes === "any"
      ? "ml.m5.large"
      : (controls.instanceTypes.find((one) => one.startsWith("ml.m5")) ?? controls.instanceTypes[0]);
  const subnets =
    network.existing?.subnets.map((subnet) => subnet.id) ??
    network.zones.map((zone) => name(`network:PrivateSubnet${zone.index + 1}`));
  return {
    ProcessingJobName: jobName(user),
    RoleArn: `arn:${platform.partition}:iam::${account}:role/${platform.name}-${user.team}-processing-job`,
    AppSpecification: {
      ImageUri: `${account}.dkr.ecr.${region}.${dnsSuffix}/sagekeep-check:latest`,
      ContainerEntrypoint: ["true"],
    },
    ProcessingResources: {
      ClusterConfig: {
        InstanceCount: 1,
        InstanceType: instance,
        VolumeSizeInGB: 1,
        VolumeKmsKeyId: key("jobs"),
      },
    },
    ...(inVpc
      ? {
          NetworkConfig: {
            EnableInterContainerTrafficEncryption: true,
            EnableNetworkIsolation: controls.jobs.networkIsolation === "required",
            VpcConfig: { SecurityGroupIds: [name("network:JobGroup")], Subnets: subnets },
          },
        }
      : { NetworkConfig: { EnableInterContainerTrafficEncryption: true } }),
    ...(controls.jobs.outputKey === "required"
      ? { ProcessingOutputConfig: { KmsKeyId: key("data"), Outputs: [output(platform, user)] } }
      : {}),
    Tags: tag === undefined ? [] : [{ Key: "team", Value: tag }],
  };
}

/** Where the job would write: the team's folder of the default bucket, or the first data set of the team. */
function output(platform: Platform, user: UserReadout): Record<string, unknown> {
  const { defaultBucket, data } = readout(platform);
  const own = data.find((one) => one.writers.includes(user.team));
  const uri =
    platform.defaultBucket || own === undefined
      ? `s3://${defaultBucket}/${user.team}/sagekeep-check`
      : `s3://${own.bucket}/sagekeep-check`;
  const S3Output = { S3Uri: uri, LocalPath: "/opt/ml/processing/output", S3UploadMode: "EndOfJob" };
  return { OutputName: "check", S3Output };
}
