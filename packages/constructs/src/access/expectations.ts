/**
 * Who should be able to do what: real requests with the answer the platform's design gives.
 *
 * Derived from personas, teams and data sets, never from the templates, so that trying them finds what the
 * templates get wrong. `sagekeep check` makes each attempt over the wire.
 */

import { type Capability, type Platform, parameterName, readersOf } from "@sagekeep/spec";
import type { UserReadout } from "../output.ts";
import { readout } from "../readout.ts";
import { exportName } from "../scope.ts";

export interface Attempt {
  /** SDK client name in lower case with hyphens: `sagemaker`, `s3`, `ssm`. */
  readonly service: string;
  /** API operation, `DescribeDomain`. */
  readonly operation: string;
  /** Its input. Texts may hold `{{export:NAME}}` for a value another stack exports: see `fillAttempt`. */
  readonly input: Readonly<Record<string, unknown>>;
}

export interface Expectation {
  readonly user: string;
  readonly persona: string;
  readonly team: string;
  /** IAM action, `sagemaker:DescribeDomain`. */
  readonly action: string;
  /** What is attempted, for people. */
  readonly describe: string;
  readonly request: Attempt;
  /**
   * Whether authorization lets it through. Any answer that is not a refusal counts as allowed: probes that
   * would destroy something name resources that do not exist. `timed-out`: there is no network path to the service.
   */
  readonly expect: "allowed" | "denied" | "timed-out";
  readonly why: string;
  /** Network position to attempt it from. */
  readonly from: "studio";
  /** Undoes what the attempt made, when it was allowed. */
  readonly undo?: Attempt;
}

interface Probe {
  readonly action: string;
  readonly describe: string;
  readonly request: Attempt;
  readonly undo?: Attempt;
  readonly allowed: boolean;
  /** Nothing leads from Studio to the service. */
  readonly unreachable?: boolean;
  readonly why: string;
}

/** A name no resource has: destructive probes are judged on it. */
const NOBODY = "d-sagekeepcheck";

/** All expectations of a platform: a dozen or more a user. */
export function accessExpectations(platform: Platform): Expectation[] {
  return readout(platform).users.flatMap((user) =>
    probesOf(platform, user).map(
      ({ allowed, unreachable, ...probe }): Expectation => ({
        user: user.name,
        persona: user.persona,
        team: user.team,
        expect: unreachable ? "timed-out" : allowed ? "allowed" : "denied",
        from: "studio",
        ...probe,
      }),
    ),
  );
}

function probesOf(platform: Platform, user: UserReadout): Probe[] {
  const can = (capability: Capability) => user.capabilities.includes(capability);
  return [
    ...identityProbes(platform),
    ...domainProbes(platform, user, can),
    ...settingsProbes(platform, can),
    ...dataProbes(platform, user, can),
    ...jobProbes(platform, user, can),
  ];
}

type Can = (capability: Capability) => boolean;

const because = (can: Can, capability: Capability) =>
  can(capability) ? `the persona has \`${capability}\`` : `the persona does not have \`${capability}\``;

function identityProbes({ network }: Platform): Probe[] {
  // IAM has no endpoint inside VPCs: without a way out its requests go nowhere
  const passes = network.allow.some((name) =>
    name.startsWith(".") ? "iam.amazonaws.com".endsWith(name) : name === "iam.amazonaws.com",
  );
  const unreachable =
    network.internet === "firewall" ? !passes : network.internet === "none" && network.existing === undefined;
  return [
    {
      action: "sts:GetCallerIdentity",
      describe: "ask who one is",
      request: { service: "sts", operation: "GetCallerIdentity", input: {} },
      allowed: true,
      why: "always allowed by AWS",
    },
    {
      action: "iam:CreateUser",
      describe: "create an IAM user",
      request: { service: "iam", operation: "CreateUser", input: { UserName: "sagekeep-check" } },
      allowed: false,
      ...(unreachable && { unreachable }),
      why: unreachable ? "IAM has no VPC endpoint and no way out leads there" : "no persona changes IAM",
    },
  ];
}

function domainProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
  const id = placeholder(user.domainIdExport);
  const colleague = platform.users.find((one) => one.name !== user.name && one.domain === user.domain);
  const administers = can("domain-administration");
  return [
    {
      action: "sagemaker:DescribeDomain",
      describe: "describe the own domain",
      request: { service: "sagemaker", operation: "DescribeDomain", input: { DomainId: id } },
      allowed: can("read"),
      why: because(can, "read"),
    },
    {
      action: "sagemaker:ListUserProfiles",
      describe: "list user profiles",
      request: { service: "sagemaker", operation: "ListUserProfiles", input: { MaxResults: 10 } },
      allowed: can("read"),
      why: because(can, "read"),
    },
    {
      action: "sagemaker:CreateUserProfile",
      describe: "create a user profile without the team's tag",
      request: {
        service: "sagemaker",
        operation: "CreateUserProfile",
        input: { DomainId: id, UserProfileName: "sagekeep-check" },
      },
      undo: {
        service: "sagemaker",
        operation: "DeleteUserProfile",
        input: { DomainId: id, UserProfileName: "sagekeep-check" },
      },
      allowed: false,
      why: administers
        ? "an administrator must tag a profile with the own team"
        : "explicitly denied to this persona",
    },
    {
      action: "sagemaker:DeleteDomain",
      describe: "delete a domain",
      request: { service: "sagemaker", operation: "DeleteDomain", input: { DomainId: NOBODY } },
      allowed: false,
      why: "explicitly denied to every persona",
    },
    {
      action: "sagemaker:CreateNotebookInstance",
      describe: "create a notebook instance",
      request: {
        service: "sagemaker",
        operation: "CreateNotebookInstance",
        input: {
          NotebookInstanceName: "sagekeep-check",
          InstanceType: "ml.t3.medium",
          RoleArn: user.roleArn,
        },
      },
      undo: {
        service: "sagemaker",
        operation: "DeleteNotebookInstance",
        input: { NotebookInstanceName: "sagekeep-check" },
      },
      allowed: false,
      why: "explicitly denied to every persona",
    },
    {
      action: "sagemaker:CreatePresignedDomainUrl",
      describe: colleague ? `open Studio as ${colleague.name}` : "open Studio as somebody else",
      request: {
        service: "sagemaker",
        operation: "CreatePresignedDomainUrl",
        input: { DomainId: id, UserProfileName: colleague?.name ?? "sagekeep-check" },
      },
      allowed: false,
      why: "explicitly denied: only the sign-in role opens Studio",
    },
  ];
}

function settingsProbes(platform: Platform, can: Can): Probe[] {
  return [
    {
      action: "ssm:GetParameter",
      describe: "read a parameter of the platform",
      request: {
        service: "ssm",
        operation: "GetParameter",
        input: { Name: parameterName(platform.name, "vpc-id") },
      },
      allowed: can("settings"),
      why: because(can, "settings"),
    },
    {
      action: "ssm:DescribeParameters",
      describe: "list the account's parameters",
      request: { service: "ssm", operation: "DescribeParameters", input: {} },
      allowed: false,
      why: "parameters are read by name, not listed",
    },
  ];
}

function dataProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
  const { defaultBucket, data } = readout(platform);
  const team = user.team;
  const probes: Probe[] = [
    {
      action: "s3:ListAllMyBuckets",
      describe: "list all buckets of the account",
      request: { service: "s3", operation: "ListBuckets", input: {} },
      allowed: false,
      why: "buckets are used by name, not listed",
    },
    {
      action: "s3:CreateBucket",
      describe: "create a bucket",
      request: {
        service: "s3",
        operation: "CreateBucket",
        input: { Bucket: `${platform.name}-sagekeep-check-${platform.account}` },
      },
      undo: {
        service: "s3",
        operation: "DeleteBucket",
        input: { Bucket: `${platform.name}-sagekeep-check-${platform.account}` },
      },
      allowed: false,
      why: "data stays in the platform's buckets",
    },
    {
      action: "s3:PutObject",
      describe: "write to the team's folder of the default bucket",
      request: {
        service: "s3",
        operation: "PutObject",
        input: { Bucket: defaultBucket, Key: `${team}/sagekeep-check`, Body: "check" },
      },
      undo: {
        service: "s3",
        operation: "DeleteObject",
        input: { Bucket: defaultBucket, Key: `${team}/sagekeep-check` },
      },
      allowed: can("data"),
      why: because(can, "data"),
    },
    {
      action: "s3:PutObject",
      describe: "write to another folder of the default bucket",
      request: {
        service: "s3",
        operation: "PutObject",
        input: { Bucket: defaultBucket, Key: "sagekeep-check-nobody/x", Body: "check" },
      },
      undo: {
        service: "s3",
        operation: "DeleteObject",
        input: { Bucket: defaultBucket, Key: "sagekeep-check-nobody/x" },
      },
      allowed: false,
      why: "a team writes to its own folder only",
    },
  ];
  const own = platform.data.filter((one) => readersOf(one).includes(team));
  const others = platform.data.filter((one) => !readersOf(one).includes(team));
  for (const one of [...own.slice(0, 1), ...others.slice(0, 1)]) {
    const bucket = data.find((read) => read.name === one.name)!.bucket;
    const shared = readersOf(one).includes(team);
    probes.push({
      action: "s3:ListBucket",
      describe: `list data set ${one.name}`,
      request: { service: "s3", operation: "ListObjectsV2", input: { Bucket: bucket, MaxKeys: 1 } },
      allowed: shared && can("data"),
      why: shared
        ? `${team} may read it and ${because(can, "data")}`
        : `${one.name} is not shared with ${team}`,
    });
  }
  return probes;
}

function jobProbes(platform: Platform, user: UserReadout, can: Can): Probe[] {
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

function placeholder(name: string): string {
  return `{{export:${name}}}`;
}

/**
 * An attempt with its placeholders filled in.
 * @param exports export name → value, as `ListExports` or the stacks' outputs give them
 * @throws when an export is missing
 */
export function fillAttempt(attempt: Attempt, exports: Readonly<Record<string, string>>): Attempt {
  return { ...attempt, input: fill(attempt.input, exports) as Record<string, unknown> };
}

function fill(value: unknown, exports: Readonly<Record<string, string>>): unknown {
  if (typeof value === "string")
    return value.replace(/\{\{export:([^}]+)\}\}/g, (_, name: string) => {
      const found = Object.hasOwn(exports, name) ? exports[name] : undefined;
      if (found === undefined) throw new Error(`no stack exports \`${name}\``);
      return found;
    });
  if (Array.isArray(value)) return value.map((one) => fill(one, exports));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fill(one, exports)]));
  return value;
}
