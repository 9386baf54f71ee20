/** Self-managed stack sets over two accounts and two regions of one cloud. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

const ADMIN = "111122223333";
const OTHER = "444455556666";
const TEMPLATE = `Parameters: {Color: {Type: String, Default: red}}
Resources: {Note: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /note, Value: !Ref Color}}}`;

let cloud: Cloud;
const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const refusal = (operation: string, input: object): Promise<string> =>
  cfn(operation, input).then(
    () => "accepted",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const trust = (Principal: object): string =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }],
  });
const allow = (Action: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] });

async function role(account: string, RoleName: string, Principal: object, action: string): Promise<void> {
  await cloud.call(
    "iam",
    "CreateRole",
    { RoleName, AssumeRolePolicyDocument: trust(Principal) },
    { account },
  );
  await cloud.call(
    "iam",
    "PutRolePolicy",
    { RoleName, PolicyName: "p", PolicyDocument: allow(action) },
    { account },
  );
}
const admin = () =>
  role(
    ADMIN,
    "AWSCloudFormationStackSetAdministrationRole",
    { Service: "cloudformation.amazonaws.com" },
    "sts:AssumeRole",
  );
const execution = (account: string) =>
  role(
    account,
    "AWSCloudFormationStackSetExecutionRole",
    { AWS: `arn:aws:iam::${ADMIN}:role/AWSCloudFormationStackSetAdministrationRole` },
    "*",
  );
const value = async (account: string, region: string): Promise<string> =>
  (await cloud.call("ssm", "GetParameter", { Name: "/note" }, { account, region })).Parameter.Value;
const results = async (StackSetName: string, OperationId: string) =>
  (await cfn("ListStackSetOperationResults", { StackSetName, OperationId })).Summaries;
const operation = async (StackSetName: string, OperationId: string) =>
  (await cfn("DescribeStackSetOperation", { StackSetName, OperationId })).StackSetOperation;

beforeAll(async () => {
  cloud = await startCloud({ account: ADMIN });
});
afterAll(() => cloud.close());

describe("a stack set", () => {
  const StackSetName = "notes";
  const everywhere = { StackSetName, Accounts: [ADMIN, OTHER], Regions: ["us-east-1", "eu-west-1"] };

  it("needs its roles, and names the one that is missing", async () => {
    const { StackSetId } = await cfn("CreateStackSet", { StackSetName, TemplateBody: TEMPLATE });
    expect(StackSetId).toMatch(/^notes:[0-9a-f-]{36}$/);
    expect(await refusal("CreateStackSet", { StackSetName, TemplateBody: TEMPLATE })).toMatch(
      /^NameAlreadyExists/,
    );
    const first = await cfn("CreateStackInstances", everywhere);
    expect(await operation(StackSetName, first.OperationId)).toMatchObject({
      Action: "CREATE",
      Status: "FAILED",
      StatusDetails: { FailedStackInstancesCount: 1 },
    });
    expect(await results(StackSetName, first.OperationId)).toMatchObject([
      {
        Account: ADMIN,
        Region: "us-east-1",
        Status: "FAILED",
        StatusReason: `Account ${ADMIN} should have 'AWSCloudFormationStackSetAdministrationRole' role with trust relationship to CloudFormation service.`,
      },
      { Account: OTHER, Status: "CANCELLED", StatusReason: "Cancelled since failure tolerance has exceeded" },
      { Account: ADMIN, Region: "eu-west-1", Status: "CANCELLED" },
      { Account: OTHER, Region: "eu-west-1", Status: "CANCELLED" },
    ]);
    await admin();
    await execution(ADMIN);
    const OperationPreferences = { FailureToleranceCount: 1 };
    const second = await cfn("CreateStackInstances", { ...everywhere, OperationPreferences });
    expect(await operation(StackSetName, second.OperationId)).toMatchObject({ Status: "SUCCEEDED" });
    expect((await results(StackSetName, second.OperationId))[1]).toMatchObject({
      Account: OTHER,
      Status: "FAILED",
      StatusReason: `Account ${OTHER} should have 'AWSCloudFormationStackSetExecutionRole' role with trust relationship to Role 'AWSCloudFormationStackSetAdministrationRole'.`,
    });
    expect(await value(ADMIN, "eu-west-1")).toBe("red");
  });

  it("makes, updates and overrides stacks in every account and region", async () => {
    await execution(OTHER);
    const { OperationId } = await cfn("CreateStackInstances", everywhere);
    expect(await operation(StackSetName, OperationId)).toMatchObject({ Status: "SUCCEEDED" });
    const { StackInstance } = await cfn("DescribeStackInstance", {
      StackSetName,
      StackInstanceAccount: OTHER,
      StackInstanceRegion: "eu-west-1",
    });
    expect(StackInstance).toMatchObject({
      Status: "CURRENT",
      StackInstanceStatus: { DetailedStatus: "SUCCEEDED" },
      ParameterOverrides: [],
    });
    expect(StackInstance.StackId).toMatch(
      new RegExp(`^arn:aws:cloudformation:eu-west-1:${OTHER}:stack/StackSet-notes-`),
    );
    expect(await value(OTHER, "eu-west-1")).toBe("red");
    const Parameters = [{ ParameterKey: "Color", ParameterValue: "blue" }];
    await cfn("UpdateStackSet", { StackSetName, UsePreviousTemplate: true, Parameters });
    expect(await Promise.all([value(ADMIN, "us-east-1"), value(OTHER, "eu-west-1")])).toEqual([
      "blue",
      "blue",
    ]);
    await cfn("UpdateStackInstances", {
      StackSetName,
      Accounts: [OTHER],
      Regions: ["eu-west-1"],
      ParameterOverrides: [{ ParameterKey: "Color", ParameterValue: "green" }],
    });
    expect(await Promise.all([value(OTHER, "us-east-1"), value(OTHER, "eu-west-1")])).toEqual([
      "blue",
      "green",
    ]);
    const { StackSet } = await cfn("DescribeStackSet", { StackSetName });
    expect(StackSet).toMatchObject({
      Status: "ACTIVE",
      PermissionModel: "SELF_MANAGED",
      ExecutionRoleName: "AWSCloudFormationStackSetExecutionRole",
      Parameters,
      Regions: ["eu-west-1", "us-east-1"],
    });
    expect(await cfn("GetTemplateSummary", { StackSetName })).toMatchObject({
      ResourceTypes: ["AWS::SSM::Parameter"],
      Parameters: [{ ParameterKey: "Color", ParameterConstraints: { AllowedValues: [] } }],
    });
  });

  it("tells the resource that failed, and leaves the instance outdated", async () => {
    const broken = TEMPLATE.replace("/note", "not allowed");
    const { OperationId } = await cfn("UpdateStackSet", {
      StackSetName,
      TemplateBody: broken,
      Accounts: [OTHER],
      Regions: ["us-east-1"],
    });
    expect(await results(StackSetName, OperationId)).toMatchObject([
      {
        Status: "FAILED",
        StatusReason: expect.stringMatching(
          /^ResourceLogicalId:Note, ResourceType:AWS::SSM::Parameter, ResourceStatusReason:/,
        ),
      },
    ]);
    const { Summaries } = await cfn("ListStackInstances", { StackSetName });
    expect(new Set(Summaries.map((one: { Status: string }) => one.Status))).toEqual(new Set(["OUTDATED"]));
  });

  it("is deleted after its instances, whose stacks may stay", async () => {
    expect(await refusal("DeleteStackSet", { StackSetName })).toBe(
      "StackSetNotEmptyException: StackSet is not empty",
    );
    const input = { StackSetName, Regions: ["us-east-1", "eu-west-1"] };
    await cfn("DeleteStackInstances", { ...input, Accounts: [ADMIN], RetainStacks: true });
    await cfn("DeleteStackInstances", { ...input, Accounts: [OTHER], RetainStacks: false });
    expect(await value(ADMIN, "us-east-1")).toBe("blue");
    await expect(value(OTHER, "us-east-1")).rejects.toThrow();
    expect((await cfn("ListStackInstances", { StackSetName })).Summaries).toEqual([]);
    const { Summaries } = await cfn("ListStackSetOperations", { StackSetName });
    expect(Summaries.map((one: { Action: string }) => one.Action).slice(0, 2)).toEqual(["DELETE", "DELETE"]);
    await cfn("DeleteStackSet", { StackSetName });
    expect(await refusal("DescribeStackSet", { StackSetName })).toBe(
      "StackSetNotFoundException: StackSet notes not found",
    );
    expect((await cfn("ListStackSets", { Status: "ACTIVE" })).Summaries).toEqual([]);
    expect((await cfn("ListStackSets", { Status: "DELETED" })).Summaries).toMatchObject([{ StackSetName }]);
    await cfn("DeleteStackSet", { StackSetName: "never" });
  });

  it.each([
    [
      { StackSetName: "managed", TemplateBody: TEMPLATE, PermissionModel: "SERVICE_MANAGED" },
      /^ValidationError: PermissionModel SERVICE_MANAGED is not supported/,
    ],
    [{ StackSetName: "bare" }, /^ValidationError: Either Template URL or Template Body must be specified\./],
    [
      { StackSetName: "iam", TemplateBody: "Resources: {U: {Type: AWS::IAM::User}}" },
      /^InsufficientCapabilitiesException: Requires capabilities : \[CAPABILITY_IAM\]/,
    ],
  ])("is refused for %j", async (input, expected) =>
    expect(await refusal("CreateStackSet", input)).toMatch(expected),
  );
});
