/** Tags by which a resource names its stack: types that AWS's resource schemas mark `cloudFormationSystemTags`. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const TEMPLATE = (color: string) => `
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: tagged-bucket, Tags: [{Key: color, Value: ${color}}]}}
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /tagged, Value: x, Tags: {color: ${color}}}}
  Group: {Type: AWS::Logs::LogGroup, Properties: {LogGroupName: /tagged, Tags: [{Key: color, Value: ${color}}]}}
  Files: {Type: AWS::EFS::FileSystem, Properties: {FileSystemTags: [{Key: color, Value: ${color}}]}}
  Registry: {Type: AWS::ECR::Repository, Properties: {RepositoryName: tagged, Tags: [{Key: color, Value: ${color}}]}}
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: color, Value: ${color}}]}}
  Key: {Type: AWS::KMS::Key, Properties: {KeyPolicy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::\${AWS::AccountId}:root'}, Action: 'kms:*', Resource: '*'}]}}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: tagged, AssumeRolePolicyDocument: {Version: '2012-10-17', Statement: []}}}
`;
const pairs = (list: { Key: string; Value: string }[]): Record<string, string> =>
  Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));

async function tagsNow(StackName: string): Promise<Record<string, Record<string, string>>> {
  const { StackResources } = await cloud.call("cloudformation", "DescribeStackResources", { StackName });
  const id = (name: string): string =>
    StackResources.find((one: { LogicalResourceId: string }) => one.LogicalResourceId === name)
      .PhysicalResourceId;
  const home = `arn:aws:ecr:us-east-1:${cloud.account}:repository/tagged`;
  return {
    Bucket: pairs((await cloud.call("s3", "GetBucketTagging", { Bucket: "tagged-bucket" })).TagSet),
    Parameter: pairs(
      (await cloud.call("ssm", "ListTagsForResource", { ResourceType: "Parameter", ResourceId: "/tagged" }))
        .TagList,
    ),
    Group: (await cloud.call("cloudwatch-logs", "ListTagsLogGroup", { logGroupName: "/tagged" })).tags,
    Files: pairs((await cloud.call("efs", "ListTagsForResource", { ResourceId: id("Files") })).Tags),
    Registry: pairs((await cloud.call("ecr", "ListTagsForResource", { resourceArn: home })).tags),
    Vpc: pairs((await cloud.call("ec2", "DescribeVpcs", { VpcIds: [id("Vpc")] })).Vpcs[0].Tags),
  };
}

describe("a stack's resources", () => {
  it("carry its name, id and their logical id, which no user can change", async () => {
    const Capabilities = ["CAPABILITY_NAMED_IAM"];
    const input = { StackName: "tagged", Capabilities };
    const { StackId } = await cloud.call("cloudformation", "CreateStack", {
      ...input,
      TemplateBody: TEMPLATE("red"),
    });
    const expected = (color: string) =>
      Object.fromEntries(
        ["Bucket", "Parameter", "Group", "Files", "Registry", "Vpc"].map((name) => [
          name,
          {
            color,
            "aws:cloudformation:logical-id": name,
            "aws:cloudformation:stack-id": StackId,
            "aws:cloudformation:stack-name": "tagged",
          },
        ]),
      );
    expect(await tagsNow("tagged")).toEqual(expected("red"));
    const { Role } = await cloud.call("iam", "GetRole", { RoleName: "tagged" });
    expect(Role.Tags ?? []).toEqual([]);
    await cloud.call("cloudformation", "UpdateStack", { ...input, TemplateBody: TEMPLATE("blue") });
    expect(await tagsNow("tagged")).toEqual(expected("blue"));
    const put = (TagSet: { Key: string; Value: string }[]): Promise<unknown> =>
      cloud.call("s3", "PutBucketTagging", { Bucket: "tagged-bucket", Tagging: { TagSet } });
    await expect(put([{ Key: "a", Value: "b" }])).rejects.toThrow(
      "System tags cannot be removed by requester",
    );
    await expect(put([{ Key: "aws:cloudformation:stack-name", Value: "other" }])).rejects.toThrow(
      "System tags cannot be added/updated by requester",
    );
    const { StackDriftDetectionId } = await cloud.call("cloudformation", "DetectStackDrift", {
      StackName: "tagged",
    });
    const drift = await cloud.call("cloudformation", "DescribeStackDriftDetectionStatus", {
      StackDriftDetectionId,
    });
    expect(drift.StackDriftStatus).toBe("IN_SYNC");
  });
});
