/** «Seen on AWS» here: by the live tests that cfncompat's authors published. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  const parameters = { str: "one", list: "a,b, c ,d" };
  await put("str", parameters.str);
  await put("list", parameters.list, { Type: "StringList" });
  await put("commas", "x,y,z");
  await put("secure", "hidden", { Type: "SecureString" });
  await cloud.call("ssm", "LabelParameterVersion", { Name: "/t/str", Labels: ["prod"] });
});
afterAll(() => cloud.close());

const put = (name: string, Value: string, more: object = { Type: "String" }) =>
  cloud.call("ssm", "PutParameter", { Name: `/t/${name}`, Value, ...more });
const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const target = (Value: unknown, more: object = {}) =>
  JSON.stringify({
    Resources: { Target: { Type: "AWS::SSM::Parameter", Properties: { Type: "String", Value, ...more } } },
  });
const create = async (StackName: string, TemplateBody: string) =>
  cfn("CreateStack", { StackName, TemplateBody });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const physical = async (StackName: string, LogicalResourceId = "Target") =>
  (await cfn("DescribeStackResource", { StackName, LogicalResourceId })).StackResourceDetail
    .PhysicalResourceId as string;
const made = async (StackName: string) =>
  (await cloud.call("ssm", "GetParameter", { Name: await physical(StackName) })).Parameter.Value as string;
const reasons = async (StackName: string) =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`,
  );

describe("a reference to a stored parameter", () => {
  it("is read again at every update, also of the same template (seen on AWS)", async () => {
    const body = target("{{resolve:ssm:/t/str}}");
    await create("again", body);
    expect(await made("again")).toBe("one");
    expect(await failure(cfn("UpdateStack", { StackName: "again", TemplateBody: body }))).toBe(
      "ValidationError: No updates are to be performed.",
    );
    await put("str", "two", { Overwrite: true });
    await cfn("UpdateStack", { StackName: "again", TemplateBody: body });
    expect(await made("again")).toBe("two");
    await put("str", "three", { Overwrite: true });
    const more = target("{{resolve:ssm:/t/str}}", { Description: "d" });
    await cfn("UpdateStack", { StackName: "again", TemplateBody: more });
    expect(await made("again")).toBe("three");
  });

  it.each([
    ["prefix-{{resolve:ssm:/t/str:1}}-suffix", "prefix-one-suffix"],
    ["A={{resolve:ssm:/t/str:1}}_B={{resolve:ssm:/t/commas:1}}", "A=one_B=x,y,z"],
    [{ "Fn::Sub": "in {{resolve:ssm:/t/str:1}} ${AWS::Region}" }, "in one us-east-1"],
    ["{{resolve:ssm:/t/list}}", "a,b, c ,d"],
  ])("stands within a text: %j (seen on AWS)", async (value, text) => {
    const name = `text-${Buffer.from(text).toString("hex").slice(0, 40)}`;
    await create(name, target(value));
    expect(await made(name)).toBe(text);
  });

  it.each([
    [
      "{{resolve:ssm:/t/str:prod}}",
      "Incorrect format is used in the following SSM reference: [{{resolve:ssm:/t/str:prod}}]",
    ],
    [
      "{{resolve:ssm-secure:/t/secure:prod}}",
      "Incorrect format is used in the following SSM reference: [{{resolve:ssm-secure:/t/secure:prod}}]",
    ],
    ["{{resolve:ssm:/t/secure:1}}", "Non-secure ssm prefix was used for secure parameter /t/secure"],
    [
      "{{resolve:ssm-secure:/t/secure:1}}",
      "SSM Secure reference is not supported in: [AWS::SSM::Parameter/Properties/Value]",
    ],
    [
      "{{resolve:ssm-secure:/t/str:1}}",
      "SSM Secure reference is not supported in: [AWS::SSM::Parameter/Properties/Value]",
    ],
    ["{{resolve:ssm:/t/none}}", "Parameters: [ssm:/t/none] cannot be found."],
  ])("is refused with the request: %s (seen on AWS)", async (value, message) => {
    expect(await failure(create("refused", target(value)))).toBe(`ValidationError: ${message}`);
  });

  it("to the newest secure string fails the stack, where none may be (seen on AWS)", async () => {
    await create("secure", target("{{resolve:ssm-secure:/t/secure}}"));
    expect(await reasons("secure")).toContain(
      "ROLLBACK_IN_PROGRESS SSM Secure reference is not supported in: [AWS::SSM::Parameter/Properties/Value]. Rollback requested by user.",
    );
  });

  it("stays unread in outputs, and needs its version in a parameter (seen on AWS)", async () => {
    const body = (Default: string) =>
      JSON.stringify({
        Parameters: { P: { Type: "String", Default } },
        Resources: { H: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
        Outputs: { P: { Value: { Ref: "P" } }, Raw: { Value: "{{resolve:ssm:/t/str}}" } },
      });
    expect(await failure(create("default", body("{{resolve:ssm:/t/str}}")))).toBe(
      "ValidationError: Template error: parameter P should not contain ssm versionless resolver",
    );
    await create("default", body("{{resolve:ssm:/t/str:1}}"));
    const [{ Outputs, Parameters }] = (await cfn("DescribeStacks", { StackName: "default" })).Stacks;
    expect(Outputs).toMatchObject([
      { OutputKey: "P", OutputValue: "one" },
      { OutputKey: "Raw", OutputValue: "{{resolve:ssm:/t/str}}" },
    ]);
    expect(Parameters).toEqual([{ ParameterKey: "P", ParameterValue: "{{resolve:ssm:/t/str:1}}" }]);
  });
});

it("gives a user's password a secure string that the stack never shows", async () => {
  const LoginProfile = { Password: "{{resolve:ssm-secure:/t/secure:1}}" };
  await put("password", "Str0ng-Enough!", { Type: "SecureString" });
  LoginProfile.Password = "{{resolve:ssm-secure:/t/password:1}}";
  const body = JSON.stringify({ Resources: { U: { Type: "AWS::IAM::User", Properties: { LoginProfile } } } });
  await cfn("CreateStack", { StackName: "user", TemplateBody: body, Capabilities: ["CAPABILITY_IAM"] });
  const UserName = await physical("user", "U");
  await cloud.call("iam", "GetLoginProfile", { UserName });
  const { StackEvents } = await cfn("DescribeStackEvents", { StackName: "user" });
  expect(JSON.stringify(StackEvents)).toContain("{{resolve:ssm-secure:/t/password:1}}");
  expect(JSON.stringify(StackEvents)).not.toContain("Str0ng");
  // what is behind a reference is no drift
  await cfn("DetectStackDrift", { StackName: "user" });
  const { StackResourceDrifts } = await cfn("DescribeStackResourceDrifts", { StackName: "user" });
  for (const one of StackResourceDrifts) expect(one.StackResourceDriftStatus).toBe("IN_SYNC");
});

it.each([
  ["CommaDelimitedList", "/t/commas"],
  ["List<String>", "/t/commas"],
  ["String", "/t/list"],
])("takes no parameter of %s that is stored as another kind (seen on AWS)", async (type, name) => {
  const body = JSON.stringify({
    Parameters: { P: { Type: `AWS::SSM::Parameter::Value<${type}>`, Default: name } },
    Resources: { H: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
  });
  expect(await failure(create("kinds", body))).toBe(
    `ValidationError: Types for SSM parameters [${name}] defined in CFN template and SSM are incompatible`,
  );
});

it("trims the elements of a stored list (seen on AWS)", async () => {
  const body = JSON.stringify({
    Parameters: { P: { Type: "AWS::SSM::Parameter::Value<List<String>>", Default: "/t/list" } },
    Resources: { H: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
    Outputs: { P: { Value: { "Fn::Join": ["|", { Ref: "P" }] } } },
  });
  await create("trimmed", body);
  const [{ Outputs, Parameters }] = (await cfn("DescribeStacks", { StackName: "trimmed" })).Stacks;
  expect(Parameters[0].ResolvedValue).toBe("a,b,c,d");
  expect(Outputs[0].OutputValue).toBe("a|b|c|d");
});
