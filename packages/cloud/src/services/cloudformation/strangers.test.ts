/** Large templates of the kind that people publish: deployed, changed and deleted as they are. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const errors: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud({ onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await cloud.close();
  expect(errors).toEqual([]);
});

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/strangers/${name}`, import.meta.url), "utf8");
const parameters = (values: Record<string, string>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const outputs = async (StackName: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    ((await stackOf(StackName)).Outputs ?? []).map((one: { OutputKey: string; OutputValue: string }) => [
      one.OutputKey,
      one.OutputValue,
    ]),
  );

/** As `aws cloudformation deploy`: a change set, executed. Gives what its changes do to resources. */
async function deploy(StackName: string, TemplateBody: string, values: Record<string, string>) {
  const exists = await stackOf(StackName).catch(() => undefined);
  const ChangeSetName = `c${Math.random().toString(36).slice(2)}`;
  await cfn("CreateChangeSet", {
    StackName,
    ChangeSetName,
    TemplateBody,
    ChangeSetType: exists ? "UPDATE" : "CREATE",
    Capabilities: ["CAPABILITY_NAMED_IAM"],
    Parameters: parameters(values),
  });
  const set = await cfn("DescribeChangeSet", { StackName, ChangeSetName });
  expect(set.Status, set.StatusReason).toBe("CREATE_COMPLETE");
  await cfn("ExecuteChangeSet", { StackName, ChangeSetName });
  for (;;) {
    const { StackStatus } = await stackOf(StackName);
    if (!StackStatus.endsWith("_IN_PROGRESS")) {
      const { StackEvents } = await cfn("DescribeStackEvents", { StackName });
      const failures = StackEvents.filter((one: { ResourceStatus: string }) =>
        one.ResourceStatus.endsWith("_FAILED"),
      ).map((one: { LogicalResourceId: string; ResourceStatusReason?: string }) => [
        one.LogicalResourceId,
        one.ResourceStatusReason,
      ]);
      expect(failures).toEqual([]);
      expect(StackStatus).toMatch(/^(CREATE|UPDATE)_COMPLETE$/);
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const changes: Record<string, string> = {};
  for (const { ResourceChange: one } of set.Changes)
    changes[one.LogicalResourceId] = one.Action + (one.Replacement === "True" ? " (replaced)" : "");
  return changes;
}

async function remove(StackName: string): Promise<void> {
  const { StackId } = await stackOf(StackName);
  await cfn("DeleteStack", { StackName });
  for (;;) {
    const { StackStatus, StackStatusReason } = await stackOf(StackId);
    if (!StackStatus.endsWith("_IN_PROGRESS")) {
      expect(StackStatus, StackStatusReason).toBe("DELETE_COMPLETE");
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("templates of strangers", () => {
  it("make a network of three zones and thirty endpoints, and a Studio in it", {
    timeout: 60_000,
  }, async () => {
    const network = fixture("network.yaml");
    const studio = fixture("studio.yaml");
    await deploy("net", network, {});
    const { VpcId = "", PrivateSubnets = "" } = await outputs("net");
    await deploy("studio", studio, { VpcId, SubnetIds: PrivateSubnets });
    for (const StackName of ["net", "studio"]) {
      const { StackDriftDetectionId } = await cfn("DetectStackDrift", { StackName });
      const found = await cfn("DescribeStackDriftDetectionStatus", { StackDriftDetectionId });
      const { StackResourceDrifts } = await cfn("DescribeStackResourceDrifts", { StackName });
      expect(
        StackResourceDrifts.filter(
          (one: { StackResourceDriftStatus: string }) => one.StackResourceDriftStatus !== "IN_SYNC",
        ),
      ).toEqual([]);
      expect(found).toMatchObject({ DetectionStatus: "DETECTION_COMPLETE", StackDriftStatus: "IN_SYNC" });
      expect(StackResourceDrifts.length).toBeGreaterThan(12);
    }
    const before = await cloud.call("ec2", "DescribeVpcEndpoints", {});
    expect(before.VpcEndpoints).toHaveLength(22);

    const production = await deploy("net", network, {
      Environment: "prod",
      NatGateways: "per-zone",
      FlowLogDestination: "s3",
      CorporateCidrs: "192.168.0.0/16",
    });
    expect(production).toMatchObject({
      Vpc: "Modify",
      NatB: "Add",
      FlowLog: "Modify (replaced)",
      FlowLogGroup: "Remove",
      SqsEndpoint: "Modify",
      DynamoEndpoint: "Add",
    });
    const after = await cloud.call("ec2", "DescribeVpcEndpoints", {});
    expect(after.VpcEndpoints).toHaveLength(33);
    const { Domain, Notebook } = await deploy("studio", studio, {
      VpcId,
      SubnetIds: PrivateSubnets,
      EnableNotebook: "no",
      AdminArn: "arn:aws:iam::111122223333:root",
    });
    expect([Domain, Notebook]).toEqual([undefined, "Remove"]);
    await deploy("net", network, {
      NatGateways: "none",
      CreateEndpoints: "false",
      FlowLogDestination: "none",
    });
    expect((await cloud.call("ec2", "DescribeVpcEndpoints", {})).VpcEndpoints).toEqual([]);

    await remove("studio");
    // what SageMaker leaves of a domain keeps the network, as on AWS: its file system and groups
    const { FileSystems } = await cloud.call("efs", "DescribeFileSystems", {});
    expect(FileSystems).toHaveLength(1);
    const [{ FileSystemId }] = FileSystems;
    const { MountTargets } = await cloud.call("efs", "DescribeMountTargets", { FileSystemId });
    for (const { MountTargetId } of MountTargets)
      await cloud.call("efs", "DeleteMountTarget", { MountTargetId });
    await cloud.call("efs", "DeleteFileSystem", { FileSystemId });
    const { SecurityGroups } = await cloud.call("ec2", "DescribeSecurityGroups", {});
    const left = SecurityGroups.filter((one: { GroupName: string }) => one.GroupName.includes("nfs-d-"));
    for (const { GroupId, IpPermissions, IpPermissionsEgress } of left) {
      if (IpPermissions.length)
        await cloud.call("ec2", "RevokeSecurityGroupIngress", { GroupId, IpPermissions });
      if (IpPermissionsEgress.length)
        await cloud.call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: IpPermissionsEgress });
    }
    for (const { GroupId } of left) await cloud.call("ec2", "DeleteSecurityGroup", { GroupId });
    await remove("net");
    const { Vpcs } = await cloud.call("ec2", "DescribeVpcs", {});
    expect(Vpcs.filter((one: { VpcId: string }) => one.VpcId === VpcId)).toEqual([]);
  });

  it("are refused where a custom resource needs a function that cannot run here, by name", async () => {
    const TemplateBody = JSON.stringify({
      Parameters: { VpcId: { Type: "String", Default: "" } },
      Conditions: { NoVpc: { "Fn::Equals": [{ Ref: "VpcId" }, ""] } },
      Resources: {
        Role: {
          Type: "AWS::IAM::Role",
          Properties: {
            AssumeRolePolicyDocument: {
              Statement: {
                Effect: "Allow",
                Principal: { Service: "lambda.amazonaws.com" },
                Action: "sts:AssumeRole",
              },
            },
          },
        },
        Finder: {
          Type: "AWS::Lambda::Function",
          Properties: {
            Runtime: "python3.12",
            Handler: "index.handler",
            Role: { "Fn::GetAtt": ["Role", "Arn"] },
            Code: { ZipFile: "import boto3" },
          },
        },
        DefaultVpc: {
          Type: "Custom::DefaultVpc",
          Condition: "NoVpc",
          Properties: { ServiceToken: { "Fn::GetAtt": ["Finder", "Arn"] } },
        },
      },
      Outputs: { Vpc: { Value: { "Fn::If": ["NoVpc", { "Fn::GetAtt": ["DefaultVpc", "VpcId"] }, "x"] } } },
    });
    await cfn("CreateStack", { StackName: "custom", TemplateBody, Capabilities: ["CAPABILITY_IAM"] });
    expect((await stackOf("custom")).StackStatus).toBe("ROLLBACK_COMPLETE");
    const { StackEvents } = await cfn("DescribeStackEvents", { StackName: "custom" });
    const failed = StackEvents.filter(
      (one: { ResourceStatus: string }) => one.ResourceStatus === "CREATE_FAILED",
    );
    expect(failed.map((one: { ResourceStatusReason: string }) => one.ResourceStatusReason).sort()).toEqual([
      "Resource type AWS::Lambda::Function is not supported by the Sagekeep local cloud (it exists on AWS)",
      "Resource type Custom::DefaultVpc is not supported by the Sagekeep local cloud (it exists on AWS)",
    ]);
    expect(
      (await cloud.call("iam", "ListRoles", {})).Roles.map((one: { RoleName: string }) => one.RoleName),
    ).toEqual(expect.not.arrayContaining([expect.stringContaining("custom-Role")]));
  });
});
