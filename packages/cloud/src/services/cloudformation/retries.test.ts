/** Requests made again: by their token, or to delete what could not be deleted. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const NOTE = (value: string) => `{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: ${value}}}`;

describe("a client request token", () => {
  it("answers the same request once more, without doing it again", async () => {
    const create = {
      StackName: "once",
      TemplateBody: `Resources: {A: ${NOTE("x")}}`,
      ClientRequestToken: "c1",
    };
    const { StackId } = await cfn("CreateStack", create);
    expect(await cfn("CreateStack", create)).toEqual({ StackId });
    await expect(cfn("CreateStack", { ...create, ClientRequestToken: "c2" })).rejects.toThrow(
      "Stack [once] already exists",
    );
    const update = { ...create, TemplateBody: `Resources: {A: ${NOTE("y")}}`, ClientRequestToken: "u1" };
    await cfn("UpdateStack", update);
    expect(await cfn("UpdateStack", update)).toEqual({ StackId });
    const set = { StackName: "once", ChangeSetName: "set", TemplateBody: `Resources: {A: ${NOTE("z")}}` };
    const { Id } = await cfn("CreateChangeSet", { ...set, ClientToken: "s1" });
    expect((await cfn("CreateChangeSet", { ...set, ClientToken: "s1" })).Id).toBe(Id);
    await expect(cfn("CreateChangeSet", { ...set, ClientToken: "s2" })).rejects.toThrow(/mismatch/);
    const execute = { ChangeSetName: Id, ClientRequestToken: "e1" };
    await cfn("ExecuteChangeSet", execute);
    expect(await cfn("ExecuteChangeSet", execute)).toEqual({});
    await cfn("UpdateStack", { StackName: "once", TemplateBody: `Resources: {A: ${NOTE("w")}}` });
    const { StackEvents } = await cfn("DescribeStackEvents", { StackName: "once" });
    const tokens: (string | undefined)[] = StackEvents.filter(
      (one: { ResourceStatusReason?: string }) => one.ResourceStatusReason === "User Initiated",
    ).map((one: { ClientRequestToken?: string }) => one.ClientRequestToken);
    expect(tokens).toEqual([undefined, "e1", "u1", "c1"]);
  });
});

describe("forcing a deletion", () => {
  it("leaves behind what cannot be deleted, once a deletion has failed", async () => {
    const { StackId } = await cfn("CreateStack", {
      StackName: "stuck",
      TemplateBody: `Resources: {B: {Type: AWS::S3::Bucket, Properties: {BucketName: never-empty}}, A: ${NOTE("x")}}`,
    });
    await cloud.call("s3", "PutObject", { Bucket: "never-empty", Key: "k", Body: Buffer.from("x") });
    const force = { StackName: "stuck", DeletionMode: "FORCE_DELETE_STACK" };
    await expect(cfn("DeleteStack", force)).rejects.toThrow(/only be specified when .* DELETE_FAILED state/);
    await cfn("DeleteStack", { StackName: "stuck" });
    expect((await stackOf("stuck")).StackStatus).toBe("DELETE_FAILED");
    await cfn("DeleteStack", force);
    expect((await stackOf(StackId)).StackStatus).toBe("DELETE_COMPLETE");
    const { StackResources } = await cfn("DescribeStackResources", { StackName: StackId });
    expect(
      StackResources.map(
        (one: { LogicalResourceId: string; ResourceStatus: string }) =>
          `${one.LogicalResourceId} ${one.ResourceStatus}`,
      ),
    ).toEqual(["A DELETE_COMPLETE", "B DELETE_SKIPPED"]);
    await cloud.call("s3", "HeadBucket", { Bucket: "never-empty" });
  });
});
