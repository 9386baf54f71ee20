/** Taking existing resources into stacks ("Bringing existing resources into CloudFormation management"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  for (const Bucket of ["old-one", "old-two"]) await cloud.call("s3", "CreateBucket", { Bucket });
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const status = async (StackName: string) =>
  (await cfn("DescribeStacks", { StackName })).Stacks[0].StackStatus as string;
const events = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.LogicalResourceId} ${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`.trim(),
  ).reverse();

const bucket = (name: string, policy = "DeletionPolicy: Retain, ") =>
  `{Type: AWS::S3::Bucket, ${policy}Properties: {BucketName: ${name}}}`;
const body = (resources: Record<string, string>, more = "") =>
  `Resources: {${Object.entries(resources)
    .map(([name, one]) => `${name}: ${one}`)
    .join(", ")}}\n${more}`;
const wanted = (...names: [string, string][]) =>
  names.map(([LogicalResourceId, BucketName]) => ({
    ResourceType: "AWS::S3::Bucket",
    LogicalResourceId,
    ResourceIdentifier: { BucketName },
  }));
const plan = (StackName: string, TemplateBody: string, ResourcesToImport: object[], more: object = {}) =>
  cfn("CreateChangeSet", {
    StackName,
    ChangeSetName: "import",
    ChangeSetType: "IMPORT",
    TemplateBody,
    ResourcesToImport,
    ...more,
  });

describe("importing", () => {
  it("makes a stack of what is there, and tags it with the stack's tags", async () => {
    const { Id } = await plan("taken", body({ One: bucket("old-one") }), wanted(["One", "old-one"]), {
      Tags: [{ Key: "team", Value: "a" }],
    });
    expect(await status("taken")).toBe("REVIEW_IN_PROGRESS");
    expect((await cfn("DescribeChangeSet", { ChangeSetName: Id })).Changes).toMatchObject([
      {
        ResourceChange: {
          Action: "Import",
          LogicalResourceId: "One",
          PhysicalResourceId: "old-one",
          ResourceType: "AWS::S3::Bucket",
        },
      },
    ]);
    await cfn("ExecuteChangeSet", { ChangeSetName: Id });
    expect(await events("taken")).toEqual([
      "taken REVIEW_IN_PROGRESS User Initiated",
      "taken IMPORT_IN_PROGRESS User Initiated",
      "One IMPORT_IN_PROGRESS Resource import started.",
      "One IMPORT_COMPLETE Resource import completed.",
      "One UPDATE_IN_PROGRESS Apply stack-level tags to imported resource if applicable.",
      "One UPDATE_COMPLETE Apply stack-level tags to imported resource if applicable.",
      "taken IMPORT_COMPLETE",
    ]);
    expect((await cloud.call("s3", "GetBucketTagging", { Bucket: "old-one" })).TagSet).toEqual([
      { Key: "team", Value: "a" },
    ]);
    expect((await cfn("DescribeChangeSet", { ChangeSetName: Id })).ExecutionStatus).toBe("EXECUTE_COMPLETE");
  });

  it("takes nothing in when one is missing, or another stack's", async () => {
    const both = body({ One: bucket("old-one"), Gone: bucket("never-was") });
    await plan("taken", both, wanted(["Gone", "never-was"]));
    await cfn("ExecuteChangeSet", { StackName: "taken", ChangeSetName: "import" });
    expect(await status("taken")).toBe("IMPORT_ROLLBACK_COMPLETE");
    expect((await cfn("ListStackResources", { StackName: "taken" })).StackResourceSummaries).toHaveLength(1);
    expect((await cfn("GetTemplate", { StackName: "taken" })).TemplateBody).not.toContain("never-was");

    await plan("second", body({ Mine: bucket("old-one") }), wanted(["Mine", "old-one"]));
    await cfn("ExecuteChangeSet", { StackName: "second", ChangeSetName: "import" });
    expect((await events("second")).join("\n")).toMatch(
      /Mine IMPORT_FAILED old-one already exists in stack arn:[^ ]*stack\/taken\//,
    );
  });

  it.each([
    [
      "without a deletion policy",
      body({ Two: bucket("old-two", "") }),
      wanted(["Two", "old-two"]),
      "The following resources to import [Two] must have DeletionPolicy attribute specified in the template.",
    ],
    [
      "with outputs",
      body({ Two: bucket("old-two") }, "Outputs: {O: {Value: x}}"),
      wanted(["Two", "old-two"]),
      "As part of the import operation, you cannot modify or add [Outputs]",
    ],
    [
      "beside what would be made",
      body({ Two: bucket("old-two"), New: bucket("new-one") }),
      wanted(["Two", "old-two"]),
      "Resources [New] is missing from ResourceToImport list",
    ],
    ["of nothing", body({ Two: bucket("old-two") }), [], /ResourcesToImport must be specified/],
    [
      "of a type that cannot be imported here",
      body({ Handle: "{Type: AWS::CloudFormation::WaitConditionHandle, DeletionPolicy: Retain}" }),
      [
        {
          ResourceType: "AWS::CloudFormation::WaitConditionHandle",
          LogicalResourceId: "Handle",
          ResourceIdentifier: { Id: "x" },
        },
      ],
      /not supported by the Sagekeep local cloud/,
    ],
  ])("is refused %s, and leaves no stack", async (_, template, resources, message) => {
    await expect(plan("refused", template, resources)).rejects.toThrow(message);
    await expect(status("refused")).rejects.toThrow(/does not exist/);
  });

  it("leaves the stack to be updated and deleted like any other", async () => {
    await cfn("UpdateStack", {
      StackName: "taken",
      TemplateBody: body({
        One: bucket("old-one"),
        P: "{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: x}}",
      }),
    });
    expect(await status("taken")).toBe("UPDATE_COMPLETE");
    await cfn("DeleteStack", { StackName: "taken" });
    await cloud.call("s3", "HeadBucket", { Bucket: "old-one" });
  });
});
