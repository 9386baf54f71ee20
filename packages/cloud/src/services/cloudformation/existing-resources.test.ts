/** Change sets that import what is there already ("Import AWS resources into a CloudFormation stack automatically"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: "123456789012" });
  await cloud.call("s3", "CreateBucket", { Bucket: "left-behind-123456789012" });
  await cloud.call("ssm", "PutParameter", { Name: "/left", Type: "String", Value: "behind" });
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const set = (StackName: string, TemplateBody: string, more: object = {}) =>
  cfn("CreateChangeSet", {
    StackName,
    ChangeSetName: "c",
    ChangeSetType: "CREATE",
    TemplateBody,
    ImportExistingResources: true,
    ...more,
  });
const described = (Id: string) => cfn("DescribeChangeSet", { ChangeSetName: Id });
interface Change {
  ResourceChange: { LogicalResourceId: string; Action: string; PhysicalResourceId?: string };
}
const actions = async (Id: string): Promise<string[]> =>
  (await described(Id)).Changes.map(({ ResourceChange: one }: Change) =>
    [one.LogicalResourceId, one.Action, one.PhysicalResourceId].filter(Boolean).join(" "),
  );
const events = async (StackName: string, name: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.filter(
    (one: { LogicalResourceId: string }) => one.LogicalResourceId === name,
  )
    .map((one: { ResourceStatus: string }) => one.ResourceStatus)
    .reverse();

const bucket =
  "Left: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: NAME}}".replace(
    "NAME",
    '!Sub "left-behind-${AWS::AccountId}"',
  );
const made = "New: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Left}}";

describe("existing resources", () => {
  it("are imported beside what is made, and let go of when the creation is rolled back", async () => {
    const bad = "Bad: {Type: AWS::SSM::Parameter, Properties: {Name: /left, Type: String, Value: !Ref New}}";
    const { Id } = await set("first", `Resources:\n  ${bucket}\n  ${made}\n  ${bad}\n`, {
      ImportExistingResources: undefined,
    });
    expect(await actions(Id)).toEqual(["Bad Add", "Left Add", "New Add"]);
    await cfn("DeleteStack", { StackName: "first" });

    const again = await set(
      "first",
      `Resources:\n  ${bucket}\n  ${made}\n  ${bad.replace("Name: /left", 'Name: "bad name"')}\n`,
    );
    expect(await actions(again.Id)).toEqual(["Bad Add", "Left Import left-behind-123456789012", "New Add"]);
    await cfn("ExecuteChangeSet", { ChangeSetName: again.Id });
    expect((await cfn("DescribeStacks", { StackName: "first" })).Stacks[0].StackStatus).toBe(
      "ROLLBACK_COMPLETE",
    );
    expect(await events("first", "Left")).toEqual([
      "IMPORT_IN_PROGRESS",
      "IMPORT_COMPLETE",
      "UPDATE_IN_PROGRESS",
      "UPDATE_COMPLETE",
      "DELETE_SKIPPED",
    ]);
    expect(await events("first", "New")).toContain("DELETE_COMPLETE");
    await cloud.call("s3", "HeadBucket", { Bucket: "left-behind-123456789012" });
    await cfn("DeleteStack", { StackName: "first" });
  });

  it("are the stack's from then on, also in an update", async () => {
    const { Id } = await set("second", `Resources:\n  ${bucket}\n  ${made}\n`);
    expect((await described(Id)).ImportExistingResources).toBe(true);
    await cfn("ExecuteChangeSet", { ChangeSetName: Id });
    expect((await cfn("DescribeStacks", { StackName: "second" })).Stacks[0].StackStatus).toBe(
      "CREATE_COMPLETE",
    );
    const parameter =
      "P: {Type: AWS::SSM::Parameter, DeletionPolicy: RetainExceptOnCreate, Properties: {Name: /left, Type: String, Value: behind}}";
    const next = await set("second", `Resources:\n  ${bucket}\n  ${made}\n  ${parameter}\n`, {
      ChangeSetName: "next",
      ChangeSetType: "UPDATE",
    });
    expect(await actions(next.Id)).toEqual(["P Import /left"]);
    await cfn("ExecuteChangeSet", { ChangeSetName: next.Id });
    const { StackResources } = await cfn("DescribeStackResources", { StackName: "second" });
    expect(
      StackResources.map((one: { LogicalResourceId: string; ResourceStatus: string }) => [
        one.LogicalResourceId,
        one.ResourceStatus,
      ]),
    ).toEqual([
      ["Left", "UPDATE_COMPLETE"],
      ["New", "CREATE_COMPLETE"],
      ["P", "UPDATE_COMPLETE"],
    ]);
  });

  it("must be retained, or the change set fails and names them", async () => {
    const body =
      "Resources: {Left: {Type: AWS::S3::Bucket, Properties: {BucketName: left-behind-123456789012}}}";
    const { Id } = await set("third", body);
    expect(await described(Id)).toMatchObject({
      Status: "FAILED",
      StatusReason:
        "CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are Left ({BucketName=left-behind-123456789012})",
    });
  });

  it("of another stack stay with it", async () => {
    const { Id } = await set("fourth", `Resources:\n  ${bucket}\n`);
    await cfn("ExecuteChangeSet", { ChangeSetName: Id });
    expect(await events("fourth", "Left")).toEqual(["IMPORT_IN_PROGRESS", "IMPORT_FAILED", "DELETE_SKIPPED"]);
    await cloud.call("s3", "HeadBucket", { Bucket: "left-behind-123456789012" });
  });
});

describe("a stack's events", () => {
  it("have times and ids of their own, however fast it is made", async () => {
    const all = (await cfn("DescribeStackEvents", { StackName: "second" })).StackEvents as {
      EventId: string;
      Timestamp: Date;
    }[];
    expect(new Set(all.map((one) => one.EventId)).size).toBe(all.length);
    const times = all.map((one) => Number(one.Timestamp));
    expect(new Set(times).size).toBe(all.length);
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });
});
