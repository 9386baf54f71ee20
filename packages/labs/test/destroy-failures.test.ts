/** What stays is told with its reason, what can go goes all the same, and the next run finishes. */
import { Clients, destroyPlatform, rootCredentials, silent } from "@sagekeep/toolkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { processingJob } from "../src/content/02-data-protection/requests.ts";
import { openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

const run = () => {
  const { name, account, region, partition, teams } = bench.file.platform;
  return destroyPlatform(
    bench.admin,
    { name, account, region, partition, teams: teams.map((one) => one.name) },
    silent,
  );
};

test("a protected stack, a shut bucket and a stranger in the VPC stay with their reasons; the rest goes", async () => {
  const { admin, platform, account, region } = bench;
  const vpc = await bench.exported("network:Vpc");
  const subnet = await bench.exported("network:PrivateSubnet1");
  const data = `${platform}-marketing-${account}-${region}`;
  const StackName = `${platform}-domain-research`;

  await admin.call("cloudformation", "UpdateTerminationProtection", {
    StackName,
    EnableTerminationProtection: true,
  });
  // a learner's policy that shuts out everybody but the root user, who wrote none of this
  await admin.call("s3", "PutBucketPolicy", {
    Bucket: data,
    ConfirmRemoveSelfBucketAccess: true,
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${data}`, `arn:aws:s3:::${data}/*`],
        },
      ],
    }),
  });
  const trust = {
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  };
  const { Role } = await admin.call("iam", "CreateRole", {
    RoleName: "stranger",
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  const { DomainArn = "" } = await admin.call("sagemaker", "CreateDomain", {
    DomainName: "stranger",
    AuthMode: "IAM",
    VpcId: vpc,
    SubnetIds: [subnet],
    DefaultUserSettings: { ExecutionRole: Role?.Arn ?? "" },
  });
  const DomainId = DomainArn.split("/").pop() ?? "";
  // a job in flight
  const studio = await bench.clients({ user: "user1-data-scientist" });
  const volumeKey = await bench.exported("keys:jobs");
  const job = await processingJob(bench, { name: "in-flight", volumeKey, tags: { team: "team-a" } });
  (job.input.AppSpecification as Record<string, unknown>).ContainerEntrypoint = ["sleep", "600"];
  await studio.call("sagemaker", "CreateProcessingJob", job.input as never);

  const first = await run();
  expect(first.clean).toBe(false);
  const why = Object.fromEntries(first.failed.map((one) => [`${one.kind} ${one.id}`, one.why]));
  expect(why[`stack ${StackName}`]).toMatch(/termination protection/);
  expect(Object.keys(why)).toContain(`stack ${platform}-network`);
  expect(why[`bucket ${data}`]).toMatch(/data-marketing, which holds it, is still there/);
  expect(first.failed.find((one) => one.id === `${platform}-data-marketing`)?.help).toMatch(/root user/);
  const { ProcessingJobStatus } = await admin.call("sagemaker", "DescribeProcessingJob", {
    ProcessingJobName: "in-flight",
  });
  expect(ProcessingJobStatus).toBe("Stopped");
  // a domain that stays keeps its homes, and what encrypted them its keys
  const { HomeEfsFileSystemId } = await admin.call("sagemaker", "DescribeDomain", {
    DomainId: await bench.domainId("research"),
  });
  const { MountTargets } = await admin.call("efs", "DescribeMountTargets", {
    FileSystemId: HomeEfsFileSystemId,
  });
  expect(MountTargets).toHaveLength(2);
  const { KeyMetadata } = await admin.call("kms", "DescribeKey", { KeyId: volumeKey });
  expect(KeyMetadata?.KeyState).toBe("Enabled");
  // what depends on nothing that stays is gone
  expect(first.removed.map((one) => one.id)).toEqual(
    expect.arrayContaining([`${platform}-team-team-a`, `${platform}-domain-bank`]),
  );

  await admin.call("cloudformation", "UpdateTerminationProtection", {
    StackName,
    EnableTerminationProtection: false,
  });
  const root = new Clients({ ...admin.target, credentials: rootCredentials(bench.state) });
  await root.call("s3", "DeleteBucketPolicy", { Bucket: data });
  root.close();
  const second = await run();
  // only the network stays, for the stranger's sake, who has everything still
  expect(second.failed.map((one) => one.id)).toEqual([`${platform}-network`]);
  expect(second.clean).toBe(false);
  expect(second.remaining.free.map((one) => one.kind).sort()).toEqual(["VPC", "stack"]);
  expect((await admin.call("sagemaker", "DescribeDomain", { DomainId })).Status).toBe("InService");
  const { SecurityGroups = [] } = await admin.call("ec2", "DescribeSecurityGroups", {
    Filters: [{ Name: "group-name", Values: [`security-group-for-*bound-nfs-${DomainId}`] }],
  });
  expect(
    SecurityGroups.map((one) => (one.IpPermissions?.length ?? 0) + (one.IpPermissionsEgress?.length ?? 0)),
  ).toEqual([1, 1]);

  await admin.call("sagemaker", "DeleteDomain", {
    DomainId,
    RetentionPolicy: { HomeEfsFileSystem: "Delete" },
  });
  const third = await run();
  expect(third.failed).toEqual([]);
  expect(third.clean).toBe(true);
}, 120_000);
