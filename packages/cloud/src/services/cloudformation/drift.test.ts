/** Drift: what was changed behind a stack's back is found, property by property. */
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
const trust = {
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
};
const template = {
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Properties: {
        RoleName: "drifting",
        AssumeRolePolicyDocument: trust,
        MaxSessionDuration: 3600,
        ManagedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      },
    },
    // attachments that other resources of the stack make are theirs
    Attached: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: {
        Roles: [{ Ref: "Role" }],
        PolicyDocument: {
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Action: "s3:ListBucket", Resource: "*" },
        },
      },
    },
    Vpc: {
      Type: "AWS::EC2::VPC",
      Properties: { CidrBlock: "10.0.0.0/16", Tags: [{ Key: "Name", Value: "one" }] },
    },
    Group: {
      Type: "AWS::EC2::SecurityGroup",
      Properties: {
        GroupDescription: "g",
        VpcId: { Ref: "Vpc" },
        SecurityGroupEgress: [],
        SecurityGroupIngress: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, CidrIp: "10.0.0.0/16" }],
      },
    },
    Self: {
      Type: "AWS::EC2::SecurityGroupIngress",
      Properties: {
        GroupId: { "Fn::GetAtt": ["Group", "GroupId"] },
        IpProtocol: "tcp",
        FromPort: 80,
        ToPort: 80,
        SourceSecurityGroupId: { Ref: "Group" },
      },
    },
    Value: { Type: "AWS::SSM::Parameter", Properties: { Name: "p", Type: "String", Value: "v" } },
    Key: {
      Type: "AWS::KMS::Key",
      Properties: {
        EnableKeyRotation: true,
        KeyPolicy: {
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Root",
              Effect: "Allow",
              Principal: { AWS: "arn:aws:iam::111122223333:root" },
              Action: "kms:*",
              Resource: "*",
            },
          ],
        },
      },
    },
    Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
  },
};

async function detect(): Promise<{
  status: string;
  drifts: Record<string, { status: string; paths: string[] }>;
}> {
  const { StackDriftDetectionId } = await cfn("DetectStackDrift", { StackName: "drift" });
  const { StackDriftStatus } = await cfn("DescribeStackDriftDetectionStatus", { StackDriftDetectionId });
  const { StackResourceDrifts } = await cfn("DescribeStackResourceDrifts", { StackName: "drift" });
  const drifts = Object.fromEntries(
    StackResourceDrifts.map(
      (one: {
        LogicalResourceId: string;
        StackResourceDriftStatus: string;
        PropertyDifferences: {
          PropertyPath: string;
          DifferenceType: string;
          ExpectedValue: string;
          ActualValue: string;
        }[];
      }) => [
        one.LogicalResourceId,
        {
          status: one.StackResourceDriftStatus,
          paths: one.PropertyDifferences.map(
            (each) =>
              `${each.DifferenceType} ${each.PropertyPath} ${each.ExpectedValue} -> ${each.ActualValue}`,
          ),
        },
      ],
    ),
  );
  return { status: StackDriftStatus, drifts };
}

describe("drift", () => {
  it("is not there after creation, is found after changes, and gone once they are taken back", async () => {
    await cfn("CreateStack", {
      StackName: "drift",
      TemplateBody: JSON.stringify(template),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Tags: [{ Key: "team", Value: "a" }],
    });
    const clean = await detect();
    expect(clean.status).toBe("IN_SYNC");
    expect(Object.keys(clean.drifts).sort()).toEqual(["Attached", "Group", "Key", "Role", "Value", "Vpc"]);
    expect(Object.values(clean.drifts).flatMap((one) => one.paths)).toEqual([]);

    const id = async (LogicalResourceId: string): Promise<string> =>
      (await cfn("DescribeStackResource", { StackName: "drift", LogicalResourceId })).StackResourceDetail
        .PhysicalResourceId;
    const GroupId = await id("Group");
    await cloud.call("iam", "UpdateRole", { RoleName: "drifting", MaxSessionDuration: 7200 });
    await cloud.call("ec2", "CreateTags", {
      Resources: [await id("Vpc")],
      Tags: [
        { Key: "Name", Value: "two" },
        { Key: "extra", Value: "1" },
      ],
    });
    await cloud.call("ec2", "AuthorizeSecurityGroupIngress", {
      GroupId,
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
    await cloud.call("ssm", "DeleteParameter", { Name: "p" });
    await cloud.call("kms", "DisableKeyRotation", { KeyId: await id("Key") });
    const drifted = await detect();
    expect(drifted).toEqual({
      status: "DRIFTED",
      drifts: {
        Attached: { status: "IN_SYNC", paths: [] },
        Role: { status: "MODIFIED", paths: ["NOT_EQUAL /MaxSessionDuration 3600 -> 7200"] },
        Vpc: {
          status: "MODIFIED",
          paths: [
            "NOT_EQUAL /Tags/0/Value one -> two",
            expect.stringMatching(/^ADD \/Tags\/\d null -> .*extra/),
          ],
        },
        Group: {
          status: "MODIFIED",
          paths: [expect.stringMatching(/^ADD \/SecurityGroupIngress\/\d null -> .*22/)],
        },
        Key: { status: "MODIFIED", paths: ["NOT_EQUAL /EnableKeyRotation true -> false"] },
        Value: { status: "DELETED", paths: [] },
      },
    });
    expect((await cfn("DescribeStacks", { StackName: "drift" })).Stacks[0].DriftInformation).toMatchObject({
      StackDriftStatus: "DRIFTED",
    });
    const { StackResourceSummaries } = await cfn("ListStackResources", { StackName: "drift" });
    expect(
      Object.fromEntries(
        StackResourceSummaries.map(
          (one: { LogicalResourceId: string; DriftInformation: { StackResourceDriftStatus: string } }) => [
            one.LogicalResourceId,
            one.DriftInformation.StackResourceDriftStatus,
          ],
        ),
      ),
    ).toMatchObject({ Role: "MODIFIED", Value: "DELETED", Handle: "NOT_CHECKED" });
    await cloud.call("iam", "UpdateRole", { RoleName: "drifting", MaxSessionDuration: 3600 });
    const { StackResourceDrift } = await cfn("DetectStackResourceDrift", {
      StackName: "drift",
      LogicalResourceId: "Role",
    });
    expect(StackResourceDrift).toMatchObject({
      StackResourceDriftStatus: "IN_SYNC",
      PropertyDifferences: [],
    });
    await expect(
      cfn("DetectStackResourceDrift", { StackName: "drift", LogicalResourceId: "Handle" }),
    ).rejects.toThrow("AWS::CloudFormation::WaitConditionHandle");
  });
});
