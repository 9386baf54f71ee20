/** Change sets over nested stacks ("Change sets for nested stacks"). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("s3", "CreateBucket", { Bucket: "nest" });
  await put("inner.yaml", `Parameters: {V: {Type: String}}\nResources: {N: ${NOTE("!Ref V")}}`);
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const put = (Key: string, text: string) =>
  cloud.call("s3", "PutObject", { Bucket: "nest", Key, Body: Buffer.from(text) });
const NOTE = (value: string) => `{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: ${value}}}`;
const URL = "https://nest.s3.us-east-1.amazonaws.com/inner.yaml";
const outer = (value: string, more = "") =>
  `Resources: {S: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${URL}", Parameters: {V: ${value}}}}${more}}`;
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const setOf = (ChangeSetName: string) => cfn("DescribeChangeSet", { ChangeSetName });
const plan = async (ChangeSetType: string, TemplateBody: string, ChangeSetName = "all") =>
  (
    await cfn("CreateChangeSet", {
      StackName: "outer",
      ChangeSetName,
      ChangeSetType,
      TemplateBody,
      IncludeNestedStacks: true,
    })
  ).Id as string;

describe("a change set with nested stacks", () => {
  it("is one for each of them, executed with their root", async () => {
    const root = await plan("CREATE", outer("x"));
    const described = await setOf(root);
    const inner = described.Changes[0].ResourceChange.ChangeSetId;
    const nested = await setOf(inner);
    expect(nested).toMatchObject({
      ParentChangeSetId: root,
      RootChangeSetId: root,
      IncludeNestedStacks: true,
      Changes: [{ ResourceChange: { Action: "Add", LogicalResourceId: "N" } }],
    });
    expect(described).not.toHaveProperty("RootChangeSetId");
    expect(await stackOf(nested.StackId)).toMatchObject({
      StackStatus: "REVIEW_IN_PROGRESS",
      ParentId: described.StackId,
    });
    await expect(cfn("ExecuteChangeSet", { ChangeSetName: inner })).rejects.toThrow(root);

    await cfn("ExecuteChangeSet", { ChangeSetName: root });
    expect((await stackOf("outer")).StackStatus).toBe("CREATE_COMPLETE");
    expect(await stackOf(nested.StackId)).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      ChangeSetId: inner,
    });
    expect((await setOf(inner)).ExecutionStatus).toBe("EXECUTE_COMPLETE");
    expect((await setOf(root)).ExecutionStatus).toBe("EXECUTE_COMPLETE");
  });

  it("shows what changes inside, and updates the stack that is there", async () => {
    const root = await plan("UPDATE", outer("y"), "second");
    const { Changes } = await setOf(root);
    const inner = Changes[0].ResourceChange.ChangeSetId;
    expect((await setOf(inner)).Changes).toMatchObject([
      { ResourceChange: { Action: "Modify", LogicalResourceId: "N", Replacement: "False" } },
    ]);
    await cfn("ExecuteChangeSet", { ChangeSetName: root });
    expect((await stackOf("outer")).StackStatus).toBe("UPDATE_COMPLETE");
    expect((await setOf(inner)).ExecutionStatus).toBe("EXECUTE_COMPLETE");
  });

  it("finds nothing to do when nothing changes inside either, and sees a new template", async () => {
    const same = await setOf(await plan("UPDATE", outer("y"), "same"));
    expect(same).toMatchObject({ Status: "FAILED", ExecutionStatus: "UNAVAILABLE", Changes: [] });
    expect(same.StatusReason).toMatch(/didn't contain changes/);
    await put(
      "inner.yaml",
      `Parameters: {V: {Type: String}}\nResources: {N: ${NOTE("!Ref V")}, M: ${NOTE("z")}}`,
    );
    const { Changes } = await setOf(await plan("UPDATE", outer("y"), "grown"));
    expect((await setOf(Changes[0].ResourceChange.ChangeSetId)).Changes).toMatchObject([
      { ResourceChange: { Action: "Add", LogicalResourceId: "M" } },
    ]);
  });

  it("takes the nested sets along when it is deleted, and fails with what fails inside", async () => {
    const before = (await cfn("ListStacks")).StackSummaries.length;
    const more = `, T: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${URL}", Parameters: {V: t}}}`;
    const root = await plan("UPDATE", outer("z", more), "gone");
    expect((await cfn("ListStacks")).StackSummaries).toHaveLength(before + 1);
    await cfn("DeleteChangeSet", { ChangeSetName: root });
    expect((await cfn("ListStacks")).StackSummaries).toHaveLength(before);

    const wrong = `, T: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${URL}"}}`;
    expect(await setOf(await plan("UPDATE", outer("z", wrong), "wrong"))).toMatchObject({
      Status: "FAILED",
      StatusReason: "Parameters: [V] must have values",
    });
    await cfn("DeleteStack", { StackName: "outer" });
  });
});
