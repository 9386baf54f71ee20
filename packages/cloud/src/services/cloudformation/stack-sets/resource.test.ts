/** Stack sets that stacks make: AWS::CloudFormation::StackSet. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

const OTHER = "444455556666";
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  const statement = (more: object) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
  const role = async (account: string, RoleName: string, Principal: object) => {
    const AssumeRolePolicyDocument = statement({ Principal, Action: "sts:AssumeRole" });
    await cloud.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument }, { account });
    const PolicyDocument = statement({ Action: "*", Resource: "*" });
    await cloud.call("iam", "PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument }, { account });
  };
  const administration = "AWSCloudFormationStackSetAdministrationRole";
  await role(cloud.account, administration, { Service: "cloudformation.amazonaws.com" });
  for (const account of [cloud.account, OTHER]) {
    await role(account, "AWSCloudFormationStackSetExecutionRole", {
      AWS: `arn:aws:iam::${cloud.account}:role/${administration}`,
    });
  }
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const template = (color: string, groups: string) => `
Resources:
  Set:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: notes
      PermissionModel: SELF_MANAGED
      Tags: [{Key: team, Value: a}]
      Parameters: [{ParameterKey: Color, ParameterValue: ${color}}]
      OperationPreferences: {MaxConcurrentCount: 2, FailureToleranceCount: 1}
      TemplateBody: |
        Parameters: {Color: {Type: String}}
        Resources: {Note: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /note, Value: !Ref Color}}}
      StackInstancesGroup: ${groups}
Outputs: {Id: {Value: !Ref Set}, Same: {Value: !GetAtt Set.StackSetId}}
`;
const group = (accounts: string, regions: string, color?: string) =>
  `{DeploymentTargets: {Accounts: ['${accounts}']}, Regions: [${regions}]${color ? `, ParameterOverrides: [{ParameterKey: Color, ParameterValue: ${color}}]` : ""}}`;
const note = async (account: string, region: string): Promise<string | undefined> =>
  (await cloud.call("ssm", "GetParameters", { Names: ["/note"] }, { account, region })).Parameters[0]?.Value;
const notes = () =>
  Promise.all([
    note(cloud.account, "us-east-1"),
    note(cloud.account, "eu-west-1"),
    note(OTHER, "us-east-1"),
    note(OTHER, "eu-west-1"),
  ]);
const settled = async () => {
  for (;;) {
    const [stack] = (await cfn("DescribeStacks", { StackName: "sets" })).Stacks;
    if (!stack.StackStatus.endsWith("_IN_PROGRESS")) return stack;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

it("makes, changes and deletes the set's instances with the stack", async () => {
  const first = `[${group(cloud.account, "us-east-1, eu-west-1")}, ${group(OTHER, "us-east-1", "blue")}]`;
  await cfn("CreateStack", { StackName: "sets", TemplateBody: template("red", first) });
  const { StackStatus, Outputs } = await settled();
  expect(StackStatus).toBe("CREATE_COMPLETE");
  expect(Outputs[0].OutputValue).toMatch(/^notes:[0-9a-f-]{36}$/);
  expect(Outputs[1].OutputValue).toBe(Outputs[0].OutputValue);
  expect(await notes()).toEqual(["red", "red", "blue", undefined]);
  const { StackSet } = await cfn("DescribeStackSet", { StackSetName: "notes" });
  expect(StackSet.Tags).toContainEqual({ Key: "team", Value: "a" });

  const second = `[${group(cloud.account, "us-east-1")}, ${group(OTHER, "us-east-1, eu-west-1", "grey")}]`;
  await cfn("UpdateStack", { StackName: "sets", TemplateBody: template("green", second) });
  expect((await settled()).StackStatus).toBe("UPDATE_COMPLETE");
  expect(await notes()).toEqual(["green", undefined, "grey", "grey"]);

  const { StackId } = (await cfn("DescribeStacks", { StackName: "sets" })).Stacks[0];
  await cfn("DeleteStack", { StackName: "sets" });
  await expect
    .poll(async () => (await cfn("DescribeStacks", { StackName: StackId })).Stacks[0].StackStatus)
    .toBe("DELETE_COMPLETE");
  expect(await notes()).toEqual([undefined, undefined, undefined, undefined]);
});

it("fails with the operation, and names what is not there", async () => {
  await cloud.call("ssm", "PutParameter", { Name: "/note", Type: "String", Value: "x" }, { account: OTHER });
  const taken = `[${group(OTHER, "us-east-1")}]`;
  await cfn("CreateStack", {
    StackName: "sets",
    TemplateBody: template("red", taken).replace("ToleranceCount: 1", "ToleranceCount: 0"),
  });
  expect((await settled()).StackStatus).toBe("ROLLBACK_COMPLETE");
  const { StackEvents } = await cfn("DescribeStackEvents", { StackName: "sets" });
  expect(
    StackEvents.find((one: { ResourceStatus: string }) => one.ResourceStatus === "CREATE_FAILED")
      .ResourceStatusReason,
  ).toMatch(
    /^Resource handler returned message: "Stack set operation \[[0-9a-f-]{36}\] was unexpectedly stopped or failed"/,
  );
  await expect(
    cfn("CreateStackSet", {
      StackSetName: "auto",
      TemplateBody: "Resources: {}",
      AutoDeployment: { Enabled: true },
    }),
  ).rejects.toThrow("AutoDeployment can only be specified with PermissionModel SERVICE_MANAGED");
});
