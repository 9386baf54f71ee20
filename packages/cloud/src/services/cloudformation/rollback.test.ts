/** Ways back: rollback triggers, a rollback that fails and goes on, policies from S3. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const errors: unknown[] = [];
beforeAll(async () => {
  cloud = await startCloud({ onError: (error) => errors.push(error) });
});
afterAll(async () => {
  await cloud.close();
  expect(errors).toEqual([]);
});

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const ended = async (StackName: string): Promise<string> => {
  for (;;) {
    const { StackStatus } = await stackOf(StackName);
    if (!StackStatus.endsWith("_IN_PROGRESS")) return StackStatus;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const parameter = (Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value },
  ...more,
});
const body = (Resources: object, more: object = {}) => JSON.stringify({ Resources, ...more });

describe("an update's rollback", () => {
  it("takes away what was never put: the update failed before", async () => {
    const role = (more: object) =>
      body({
        R: {
          Type: "AWS::IAM::Role",
          Properties: { AssumeRolePolicyDocument: { Version: "2012-10-17", Statement: TRUST }, ...more },
        },
      });
    const TRUST = {
      Effect: "Allow",
      Principal: { Service: "ec2.amazonaws.com" },
      Action: "sts:AssumeRole",
    };
    const Capabilities = ["CAPABILITY_IAM"];
    await cfn("CreateStack", { StackName: "bounded", TemplateBody: role({}), Capabilities });
    await cfn("UpdateStack", {
      StackName: "bounded",
      TemplateBody: role({
        PermissionsBoundary: "arn:aws:iam::111122223333:policy/none",
        ManagedPolicyArns: ["arn:aws:iam::111122223333:policy/none-either"],
      }),
      Capabilities,
    });
    expect(await ended("bounded")).toBe("UPDATE_ROLLBACK_COMPLETE");
  });

  it("needs permission to go back, and goes on from where it failed", async () => {
    await cloud.call("iam", "CreateRole", {
      RoleName: "cfn",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: {
          Effect: "Allow",
          Principal: { Service: "cloudformation.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      }),
    });
    const allow = (Action: string | string[]) =>
      JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action, Resource: "*" } });
    const put = (Action: string[]) =>
      cloud.call("iam", "PutRolePolicy", { RoleName: "cfn", PolicyName: "p", PolicyDocument: allow(Action) });
    await put(["ssm:*"]);
    const RoleARN = "arn:aws:iam::111122223333:role/cfn";
    const StackName = "denied";
    const versions = (value: string, bad: boolean) =>
      body({
        One: parameter(value),
        Two: parameter(value),
        ...(bad
          ? {
              Wait: {
                Type: "AWS::CloudFormation::WaitCondition",
                DependsOn: ["One", "Two"],
                CreationPolicy: { ResourceSignal: { Count: 1, Timeout: "PT1H" } },
              },
            }
          : {}),
      });
    await cfn("CreateStack", { StackName, RoleARN, TemplateBody: versions("old", false) });
    const updating = cfn("UpdateStack", { StackName, RoleARN, TemplateBody: versions("new", true) });
    const signal = { StackName, LogicalResourceId: "Wait", UniqueId: "1", Status: "FAILURE" };
    for (;;) {
      const { StackResources } = await cfn("DescribeStackResources", { StackName });
      const wait = StackResources.find(
        (one: { LogicalResourceId: string }) => one.LogicalResourceId === "Wait",
      );
      if (wait?.PhysicalResourceId) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await put(["ssm:GetParameter"]);
    await cfn("SignalResource", signal);
    await updating;
    expect(await ended(StackName)).toBe("UPDATE_ROLLBACK_FAILED");
    expect((await stackOf(StackName)).StackStatusReason).toMatch(
      /^The following resource\(s\) failed to update: \[(One, Two|Two, One)\]\. $/,
    );
    expect(await stackOf(StackName)).toMatchObject({ StackName });
    await expect(cfn("UpdateStack", { StackName, TemplateBody: versions("x", false) })).rejects.toThrow(
      /is in UPDATE_ROLLBACK_FAILED state and can not be updated/,
    );
    await expect(cfn("ContinueUpdateRollback", { StackName, ResourcesToSkip: ["Zero"] })).rejects.toThrow(
      `Resources [Zero] do not exist in stack [${StackName}]`,
    );
    await cfn("ContinueUpdateRollback", { StackName, ResourcesToSkip: ["One"] });
    expect(await ended(StackName)).toBe("UPDATE_ROLLBACK_FAILED");
    await put(["ssm:*"]);
    await cfn("ContinueUpdateRollback", { StackName });
    expect(await ended(StackName)).toBe("UPDATE_ROLLBACK_COMPLETE");
    await expect(cfn("ContinueUpdateRollback", { StackName })).rejects.toThrow(
      /is in UPDATE_ROLLBACK_COMPLETE state and can not continue update rollback/,
    );
    const { Parameters } = await cloud.call("ssm", "DescribeParameters", {});
    const values: Record<string, string> = {};
    for (const { Name } of Parameters)
      if (Name.includes("denied"))
        values[Name.replace(/.*-(One|Two)-.*/, "$1")] = (
          await cloud.call("ssm", "GetParameter", { Name })
        ).Parameter.Value;
    // the skipped one keeps what the update gave it
    expect(values).toEqual({ One: "new", Two: "old" });
  });
});

describe("rollback triggers", () => {
  it("take an operation back while they are watched", async () => {
    const alarm = (AlarmName: string) =>
      cloud.call("cloudwatch", "PutMetricAlarm", {
        AlarmName,
        MetricName: "m",
        Namespace: "n",
        Period: 60,
        Statistic: "Sum",
        Threshold: 1,
        EvaluationPeriods: 1,
        ComparisonOperator: "GreaterThanThreshold",
      });
    await alarm("canary");
    const Arn = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:canary";
    const RollbackConfiguration = {
      MonitoringTimeInMinutes: 5,
      RollbackTriggers: [{ Arn, Type: "AWS::CloudWatch::Alarm" }],
    };
    const watched = cfn("CreateStack", {
      StackName: "watched",
      TemplateBody: body({ P: parameter("v") }),
      RollbackConfiguration,
    });
    await watched;
    expect(await stackOf("watched")).toMatchObject({
      StackStatus: "CREATE_IN_PROGRESS",
      RollbackConfiguration,
    });
    await cloud.call("cloudwatch", "SetAlarmState", {
      AlarmName: "canary",
      StateValue: "ALARM",
      StateReason: "test",
    });
    expect(await ended("watched")).toBe("ROLLBACK_COMPLETE");
    await cloud.call("cloudwatch", "DeleteAlarms", { AlarmNames: ["canary"] });
    await alarm("canary");
    await cfn("CreateStack", {
      StackName: "calm",
      TemplateBody: body({ P: parameter("v") }),
      RollbackConfiguration,
    });
    await cloud.runtime.clock.advance(301_000);
    expect(await ended("calm")).toBe("CREATE_COMPLETE");
  });
});

describe("a stack policy", () => {
  it("may come from S3", async () => {
    const policy = JSON.stringify({
      Statement: [{ Effect: "Deny", Action: "Update:*", Principal: "*", Resource: "*" }],
    });
    await cloud.call("s3", "CreateBucket", { Bucket: "stack-policies" });
    await cloud.call("s3", "PutObject", {
      Bucket: "stack-policies",
      Key: "p.json",
      Body: Buffer.from(policy),
    });
    await cfn("CreateStack", { StackName: "guarded", TemplateBody: body({ P: parameter("v") }) });
    const StackPolicyURL = "https://stack-policies.s3.amazonaws.com/p.json";
    await expect(
      cfn("SetStackPolicy", { StackName: "guarded", StackPolicyURL, StackPolicyBody: policy }),
    ).rejects.toThrow("You cannot specify both StackPolicyURL and StackPolicyBody");
    await cfn("SetStackPolicy", { StackName: "guarded", StackPolicyURL });
    expect((await cfn("GetStackPolicy", { StackName: "guarded" })).StackPolicyBody).toBe(policy);
  });
});

describe("ValidateTemplate", () => {
  it("finds circles", async () => {
    const TemplateBody = body({ A: parameter({ Ref: "B" }), B: parameter({ Ref: "A" }) });
    await expect(cfn("ValidateTemplate", { TemplateBody })).rejects.toThrow(
      "Circular dependency between resources: [A, B]",
    );
  });
});
