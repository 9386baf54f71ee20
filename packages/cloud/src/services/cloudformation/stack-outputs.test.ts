/** Outputs of other stacks, regions and accounts ("Fn::GetStackOutput" in the template reference). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const OTHER = "444455556666";
const source = (value: string) =>
  `Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Name: /source, Type: String, Value: ${value}}}}\nOutputs: {Value: {Value: !GetAtt P.Value}}\n`;
const reader = (members: string) =>
  `Resources: {P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: {'Fn::GetStackOutput': {${members}}}}}}\nOutputs: {Value: {Value: !GetAtt P.Value}}\n`;
beforeAll(async () => {
  cloud = await startCloud();
  for (const [region, account] of [
    ["us-east-1", undefined],
    ["eu-west-1", undefined],
    ["us-east-1", OTHER],
  ] as const) {
    const TemplateBody = source(account ?? region);
    await cloud.call(
      "cloudformation",
      "CreateStack",
      { StackName: "source", TemplateBody },
      { region, ...(account === undefined ? {} : { account }) },
    );
  }
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const stack = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const made = async (StackName: string, TemplateBody: string, more: object = {}): Promise<string> => {
  await cfn("CreateStack", { StackName, TemplateBody, ...more });
  const { StackStatus, Outputs } = await stack(StackName);
  if (StackStatus === "CREATE_COMPLETE") return Outputs[0].OutputValue;
  const { StackEvents } = await cfn("DescribeStackEvents", { StackName });
  return StackEvents.find((one: { ResourceStatus: string }) => one.ResourceStatus === "ROLLBACK_IN_PROGRESS")
    .ResourceStatusReason;
};

describe("Fn::GetStackOutput", () => {
  it("reads stacks of this and of other regions, named by functions too", async () => {
    expect(await made("near", reader("StackName: source, OutputName: Value"))).toBe("us-east-1");
    expect(await made("far", reader("StackName: source, OutputName: Value, Region: eu-west-1"))).toBe(
      "eu-west-1",
    );
    const named = `Parameters: {Part: {Type: String, Default: our}}\n${reader("StackName: {'Fn::Sub': 's${Part}ce'}, OutputName: Value, Region: {Ref: 'AWS::Region'}")}`;
    expect(await made("named", named)).toBe("us-east-1");
    const { TemplateBody } = await cfn("GetTemplate", { StackName: "named", TemplateStage: "Processed" });
    expect(TemplateBody).toBe(named);
  });

  it("reads another account's as a role there, which the stack's permissions assume", async () => {
    const statement = (more: object) =>
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
    const trusting = (Principal: object) => statement({ Principal, Action: "sts:AssumeRole" });
    await cloud.call("iam", "CreateRole", {
      RoleName: "deployer",
      AssumeRolePolicyDocument: trusting({ Service: "cloudformation.amazonaws.com" }),
    });
    await cloud.call("iam", "PutRolePolicy", {
      RoleName: "deployer",
      PolicyName: "all",
      PolicyDocument: statement({ Action: "*", Resource: "*" }),
    });
    await cloud.call(
      "iam",
      "CreateRole",
      { RoleName: "reader", AssumeRolePolicyDocument: trusting({ AWS: cloud.account }) },
      { account: OTHER },
    );
    const RoleARN = `arn:aws:iam::${cloud.account}:role/deployer`;
    const body = reader(`StackName: source, OutputName: Value, RoleArn: 'arn:aws:iam::${OTHER}:role/reader'`);
    expect(await made("unread", body, { RoleARN })).toMatch(
      /reader\/AWSCloudFormation is not authorized to perform: cloudformation:DescribeStacks/,
    );
    await cloud.call(
      "iam",
      "PutRolePolicy",
      {
        RoleName: "reader",
        PolicyName: "read",
        PolicyDocument: statement({ Action: "cloudformation:DescribeStacks", Resource: "*" }),
      },
      { account: OTHER },
    );
    expect(await made("read", body, { RoleARN })).toBe(OTHER);
  });

  it.each([
    ["no-stack", "StackName: none, OutputName: Value", "Stack with id none does not exist"],
    ["no-output", "StackName: source, OutputName: None", "Output None does not exist in stack source"],
  ])("takes the stack back without what it reads: %s", async (name, members, reason) => {
    expect(await made(name, reader(members))).toBe(`${reason}. Rollback requested by user.`);
  });

  it.each([
    [
      reader("StackName: source"),
      "Template error: every Fn::GetStackOutput object requires StackName and OutputName",
    ],
    [
      `Conditions: {C: !Equals [{'Fn::GetStackOutput': {StackName: source, OutputName: Value}}, x]}\n${source("x")}`,
      "Template error: Cannot use Fn::GetStackOutput in Conditions.",
    ],
  ])("refuses %s", async (TemplateBody, message) => {
    await expect(cfn("CreateStack", { StackName: "refused", TemplateBody })).rejects.toThrow(message);
  });

  it("is a weak reference: the next update reads it again", async () => {
    const TemplateBody = reader("StackName: source, OutputName: Value");
    await made("weak", TemplateBody);
    await cfn("UpdateStack", { StackName: "source", TemplateBody: source("newer") });
    expect((await stack("weak")).Outputs[0].OutputValue).toBe("us-east-1");
    await cfn("UpdateStack", { StackName: "weak", TemplateBody });
    expect((await stack("weak")).Outputs[0].OutputValue).toBe("newer");
  });
});
