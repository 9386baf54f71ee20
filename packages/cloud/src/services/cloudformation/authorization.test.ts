import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import type { Caller } from "../../identity/caller.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (...Action: string[]) => ({ Effect: "Allow", Action, Resource: "*" });

/** A user with that policy, as a caller. */
async function user(UserName: string, document: string): Promise<Caller> {
  await cloud.call("iam", "CreateUser", { UserName });
  await cloud.call("iam", "PutUserPolicy", { UserName, PolicyName: "p", PolicyDocument: document });
  const { AccessKey } = await cloud.call("iam", "CreateAccessKey", { UserName });
  const found = cloud.runtime.directory.credential(
    AccessKey.AccessKeyId,
    undefined,
    cloud.runtime.within(cloud.account, cloud.region),
  );
  if (found.status !== "active") throw new Error(found.status);
  return found.caller;
}
async function role(RoleName: string, service: string, document: string): Promise<string> {
  const AssumeRolePolicyDocument = policy({
    Effect: "Allow",
    Principal: { Service: service },
    Action: "sts:AssumeRole",
  });
  const { Role } = await cloud.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  await cloud.call("iam", "PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument: document });
  return Role.Arn;
}
const stackOf = async (StackName: string) =>
  (await cloud.call("cloudformation", "DescribeStacks", { StackName })).Stacks[0];
const reasons = async (StackName: string): Promise<string> =>
  (await cloud.call("cloudformation", "DescribeStackEvents", { StackName })).StackEvents.map(
    (one: { LogicalResourceId: string; ResourceStatus: string; ResourceStatusReason?: string }) =>
      `${one.LogicalResourceId} ${one.ResourceStatus} ${one.ResourceStatusReason ?? ""}`,
  ).join("\n");
const VPC = "Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}";

describe("a stack's calls", () => {
  it("are made with the caller's permissions", async () => {
    const caller = await user("narrow", policy(allow("cloudformation:*", "ec2:Describe*")));
    await cloud.call("cloudformation", "CreateStack", { StackName: "narrow", TemplateBody: VPC }, { caller });
    expect((await stackOf("narrow")).StackStatus).toBe("ROLLBACK_COMPLETE");
    expect(await reasons("narrow")).toMatch(
      /V CREATE_FAILED Resource handler returned message: "You are not authorized to perform this operation\. User: arn:aws:iam::111122223333:user\/narrow is not authorized to perform: ec2:CreateVpc .*HandlerErrorCode: AccessDenied\)/,
    );
  });

  it("are made with the stack's role, which must be passed and trust CloudFormation", async () => {
    const arn = await role("deployer", "cloudformation.amazonaws.com", policy(allow("ec2:*")));
    const stranger = await role("stranger", "sagemaker.amazonaws.com", policy(allow("ec2:*")));
    const without = await user("without", policy(allow("cloudformation:*")));
    const input = { StackName: "by-role", TemplateBody: VPC, RoleARN: arn };
    await expect(cloud.call("cloudformation", "CreateStack", input, { caller: without })).rejects.toThrow(
      /not authorized to perform: iam:PassRole on resource: arn:aws:iam::111122223333:role\/deployer/,
    );
    const passing = await user("passing", policy(allow("cloudformation:*", "iam:PassRole")));
    await expect(
      cloud.call("cloudformation", "CreateStack", { ...input, RoleARN: stranger }, { caller: passing }),
    ).rejects.toThrow(/is invalid or cannot be assumed/);
    await cloud.call("cloudformation", "CreateStack", input, { caller: passing });
    expect(await stackOf("by-role")).toMatchObject({ StackStatus: "CREATE_COMPLETE", RoleARN: arn });
    await cloud.call("cloudformation", "DeleteStack", { StackName: "by-role" }, { caller: without });
    await expect(stackOf("by-role")).rejects.toThrow(/does not exist/);
  });

  it("are on stacks that the caller may use", async () => {
    const caller = await user(
      "own-only",
      policy({
        Effect: "Allow",
        Action: "cloudformation:*",
        Resource: "arn:aws:cloudformation:*:*:stack/own-*/*",
      }),
    );
    const call = (operation: string, input: object) =>
      cloud.call("cloudformation", operation, input, { caller });
    await expect(call("CreateStack", { StackName: "other", TemplateBody: VPC })).rejects.toThrow(
      /User: arn:aws:iam::111122223333:user\/own-only is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:us-east-1:111122223333:stack\/other\/\* because no identity-based policy allows/,
    );
    await call("CreateChangeSet", {
      StackName: "own-one",
      ChangeSetName: "c",
      ChangeSetType: "CREATE",
      TemplateBody: VPC,
    });
    await expect(call("ListStacks", {})).rejects.toThrow(/cloudformation:ListStacks/);
    await call("DeleteStack", { StackName: "own-one" });
  });
});
