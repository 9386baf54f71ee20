/** Transforms: includes from S3, the language extensions' processed form, and those that are not there. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const OBJECTS: Record<string, string> = {
  "value.yaml": "Value: included\nDescription: from a shelf\n",
  "more.json":
    '{"Second": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Shelf"}}}}',
  "outputs.yaml": "Outputs:\n  First:\n    Value:\n      Ref: First\n",
  "short.yaml": "Value: !Ref Shelf\n",
  "nested.yaml": "Fn::Transform:\n  Name: AWS::Include\n  Parameters: {Location: s3://shelf/value.yaml}\n",
  "list.yaml": "- a\n- b\n",
};
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("s3", "CreateBucket", { Bucket: "shelf" });
  for (const [Key, Body] of Object.entries(OBJECTS))
    await cloud.call("s3", "PutObject", { Bucket: "shelf", Key, Body: Buffer.from(Body) });
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const refusal = (operation: string, input: object): Promise<string> =>
  cfn(operation, input).then(
    () => "accepted",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const reasons = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`.trim(),
  );
const status = async (StackName: string) =>
  (await cfn("DescribeStacks", { StackName })).Stacks[0].StackStatus;
const expand = ["CAPABILITY_AUTO_EXPAND"];
const shelf = [{ ParameterKey: "Shelf", ParameterValue: "shelf" }];

const including = (object: string) => `
Parameters: {Shelf: {Type: String}}
Transform: {Name: 'AWS::Include', Parameters: {Location: s3://shelf/outputs.yaml}}
Resources:
  First:
    Type: AWS::SSM::Parameter
    Properties:
      Type: String
      Name: /first
      Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: ${object}}}
  Fn::Transform: {Name: 'AWS::Include', Parameters: {Location: s3://shelf/more.json}}
`;
const template = including("!Sub 's3://${Shelf}/value.yaml'");

describe("AWS::Include", () => {
  it("puts objects where they are asked for, once an operation", async () => {
    const input = { StackName: "included", TemplateBody: template, Parameters: shelf, Capabilities: expand };
    await cfn("CreateStack", input);
    expect(await status("included")).toBe("CREATE_COMPLETE");
    const { Parameter } = await cloud.call("ssm", "GetParameter", { Name: "/first" });
    expect(Parameter.Value).toBe("included");
    const { Stacks } = await cfn("DescribeStacks", { StackName: "included" });
    expect(Stacks[0].Outputs).toEqual([{ OutputKey: "First", OutputValue: "/first" }]);
    const stage = async (TemplateStage: string) =>
      (await cfn("GetTemplate", { StackName: "included", TemplateStage })).TemplateBody;
    expect(await stage("Original")).toBe(template);
    expect(JSON.parse(await stage("Processed"))).toEqual({
      Parameters: { Shelf: { Type: "String" } },
      Resources: {
        First: {
          Type: "AWS::SSM::Parameter",
          Properties: { Type: "String", Name: "/first", Value: "included", Description: "from a shelf" },
        },
        Second: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: { Ref: "Shelf" } } },
      },
      Outputs: { First: { Value: { Ref: "First" } } },
    });
    const again = { ...input, TemplateBody: undefined, UsePreviousTemplate: true };
    expect(await refusal("UpdateStack", again)).toBe("ValidationError: No updates are to be performed.");
    await cloud.call("s3", "PutObject", {
      Bucket: "shelf",
      Key: "value.yaml",
      Body: Buffer.from("Value: other"),
    });
    await cfn("UpdateStack", again);
    expect((await cloud.call("ssm", "GetParameter", { Name: "/first" })).Parameter.Value).toBe("other");
  });

  it("brings parameters of its own, which have their defaults", async () => {
    await cloud.call("s3", "PutObject", {
      Bucket: "shelf",
      Key: "parameters.yaml",
      Body: Buffer.from("Parameters: {Color: {Type: String, Default: red}}\n"),
    });
    const TemplateBody = `Transform: {Name: 'AWS::Include', Parameters: {Location: s3://shelf/parameters.yaml}}
Resources: {Note: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref Color}}}
Outputs: {Color: {Value: !GetAtt Note.Value}}
`;
    await cfn("CreateStack", { StackName: "colored", TemplateBody, Capabilities: expand });
    expect((await cfn("DescribeStacks", { StackName: "colored" })).Stacks[0]).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      Parameters: [{ ParameterKey: "Color", ParameterValue: "red" }],
      Outputs: [{ OutputValue: "red" }],
    });
  });

  it.each([
    ["s3://shelf/short.yaml", "The specified S3 object's content should be valid Yaml/JSON"],
    ["s3://shelf/nested.yaml", "The specified S3 object's content should be valid Yaml/JSON"],
    ["s3://shelf/list.yaml", "The specified S3 object's content should be valid Yaml/JSON"],
    ["../local.yaml", "The location parameter is not a valid S3 uri."],
    ["s3://shelf/lost.yaml", "S3 error: The specified key does not exist."],
  ])("fails the operation over %s", async (object, why) => {
    const StackName = `fails-${object.replace(/[^a-z]/g, "")}`;
    const input = { StackName, TemplateBody: including(object), Parameters: shelf };
    await cfn("CreateStack", { ...input, Capabilities: expand });
    expect(await status(StackName)).toBe("ROLLBACK_COMPLETE");
    expect((await reasons(StackName))[1]).toContain(
      `ROLLBACK_IN_PROGRESS Transform AWS::Include failed with: ${why}`,
    );
    await cfn("CreateChangeSet", {
      ...input,
      StackName: `${StackName}2`,
      ChangeSetName: "c",
      ChangeSetType: "CREATE",
    });
    const set = await cfn("DescribeChangeSet", { StackName: `${StackName}2`, ChangeSetName: "c" });
    expect(set).toMatchObject({ Status: "FAILED", ExecutionStatus: "UNAVAILABLE" });
    expect(set.StatusReason).toMatch(/^Transform AWS::Include failed with: /);
  });

  it("needs its acknowledgement, but not for a change set, and is named by ValidateTemplate", async () => {
    expect(
      await refusal("CreateStack", { StackName: "bare", TemplateBody: template, Parameters: shelf }),
    ).toBe("InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]");
    expect(await cfn("ValidateTemplate", { TemplateBody: template })).toMatchObject({
      Capabilities: expand,
      DeclaredTransforms: ["AWS::Include"],
    });
  });
});

it("tells once that a misshapen loop rolls the stack back", async () => {
  const TemplateBody = "Transform: AWS::LanguageExtensions\nResources: {'Fn::ForEach::Notes': [Id, [A]]}\n";
  await cfn("CreateStack", { StackName: "misshapen", TemplateBody, Capabilities: expand });
  expect((await reasons("misshapen"))[1]).toMatch(
    /^ROLLBACK_IN_PROGRESS Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect in Notes: [^.]+\. Rollback requested by user\.$/,
  );
});

describe("a transform that is not there", () => {
  it.each([
    ["Transform: Mine", "No transform named 111122223333::Mine found."],
    ["Transform: [AWS::Include2]", "No transform named AWS::Include2 found."],
    [
      "Transform: AWS::Serverless-2016-10-31",
      "No transform named AWS::Serverless-2016-10-31 found. It is not supported by the Sagekeep local cloud.",
    ],
  ])("%s fails the stack by name", async (line, why) => {
    const StackName = `missing-${line.replace(/[^A-Za-z]/g, "")}`;
    const TemplateBody = `${line}\nResources: {A: {Type: AWS::EC2::InternetGateway}}\n`;
    await cfn("CreateStack", { StackName, TemplateBody, Capabilities: expand });
    expect(await reasons(StackName)).toEqual([
      "ROLLBACK_COMPLETE",
      `ROLLBACK_IN_PROGRESS ${why}. Rollback requested by user.`,
      "CREATE_IN_PROGRESS User Initiated",
    ]);
  });

  it("leaves a stack that is updated to it as it was", async () => {
    const plain = "Resources: {A: {Type: AWS::EC2::InternetGateway}}\n";
    await cfn("CreateStack", { StackName: "stays", TemplateBody: plain });
    await cfn("UpdateStack", {
      StackName: "stays",
      TemplateBody: `Transform: Mine\n${plain}`,
      Capabilities: expand,
    });
    expect(await status("stays")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await cfn("GetTemplate", { StackName: "stays" })).TemplateBody).toBe(plain);
    expect(await refusal("UpdateStack", { StackName: "stays", TemplateBody: "Transform: {Ref: A}\n" })).toBe(
      "ValidationError: Key Name of transform definition must be a string.",
    );
  });
});

describe("AWS::LanguageExtensions", () => {
  it("needs its acknowledgement, and shows its functions' values as processed", async () => {
    const TemplateBody =
      "Transform: AWS::LanguageExtensions\nParameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}}\n" +
      "Resources:\n  Fn::ForEach::All: [Name, !Ref Names, {'Note${Name}': {Type: AWS::SSM::Parameter, " +
      "Properties: {Type: String, Value: !Length [x, y, z]}}}]\n";
    expect(await refusal("CreateStack", { StackName: "loop", TemplateBody })).toBe(
      "InsufficientCapabilitiesException: Requires capabilities : [CAPABILITY_AUTO_EXPAND]",
    );
    await cfn("CreateStack", { StackName: "loop", TemplateBody, Capabilities: expand });
    const { TemplateBody: processed } = await cfn("GetTemplate", {
      StackName: "loop",
      TemplateStage: "Processed",
    });
    const Note = { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value: 3 } };
    expect(JSON.parse(processed).Resources).toEqual({ Notea: Note, Noteb: Note });
  });
});
