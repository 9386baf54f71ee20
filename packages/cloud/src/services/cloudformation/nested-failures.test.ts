/** What a stack says of a nested one that failed (reasons as users quote AWS's in issues of serverless and CDK). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("s3", "CreateBucket", { Bucket: "templates" });
  await cloud.call("ssm", "PutParameter", { Name: "taken", Type: "String", Value: "x" });
  for (const [Key, template] of Object.entries({
    "note.yaml":
      "Parameters: {Name: {Type: String}}\nResources: {Note: {Type: AWS::SSM::Parameter, Properties: {Name: !Ref Name, Type: String, Value: x}}}\n",
    "two.yaml":
      "Parameters: {Name: {Type: String}}\nResources: {Note: {Type: AWS::SSM::Parameter, Properties: {Name: !Sub 'new-${Name}', Type: String, Value: x}}, Other: {Type: AWS::SSM::Parameter, Properties: {Name: taken, Type: String, Value: x}}}\n",
  })) {
    await cloud.call("s3", "PutObject", {
      Bucket: "templates",
      Key,
      Body: new TextEncoder().encode(template),
    });
  }
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const parent = (key: string, parameters: string) =>
  `Resources: {Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://templates.s3.amazonaws.com/${key}', Parameters: ${parameters}}}}`;
const failures = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.flatMap(
    (one: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }) =>
      one.LogicalResourceId === "Child" && one.ResourceStatus.endsWith("_FAILED")
        ? [(one.ResourceStatusReason ?? "").replace(/arn:\S+/, "ARN")]
        : [],
  );

describe("a failed nested stack", () => {
  it("is not successfully created, for the reason of its own", async () => {
    const TemplateBody = parent("note.yaml", "{Name: taken}");
    await cfn("CreateStack", { StackName: "made", TemplateBody, DisableRollback: true });
    expect(await failures("made")).toEqual([
      "Embedded stack ARN was not successfully created: The following resource(s) failed to create: [Note]. ",
    ]);
  });

  it("that is refused gives the words of the refusal", async () => {
    await cfn("CreateStack", { StackName: "refused", TemplateBody: parent("note.yaml", "{}") });
    expect(await failures("refused")).toEqual(["Parameters: [Name] must have values"]);
  });

  it("tells where its update turned", async () => {
    await cfn("CreateStack", { StackName: "turned", TemplateBody: parent("note.yaml", "{Name: free}") });
    await cfn("UpdateStack", { StackName: "turned", TemplateBody: parent("two.yaml", "{Name: free}") });
    const { Stacks } = await cfn("DescribeStacks", { StackName: "turned" });
    expect(Stacks[0].StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await failures("turned")).toEqual([
      expect.stringMatching(
        /^Embedded stack ARN was not successfully updated. Currently in UPDATE_ROLLBACK_IN_PROGRESS with reason: The following resource\(s\) failed to create: \[Other\]\. $/,
      ),
    ]);
  });
});
