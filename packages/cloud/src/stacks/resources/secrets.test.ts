/** Secrets of templates, and references to secrets. «Seen on AWS»: by LocalStack's or cfncompat's tests. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const sm = (operation: string, input: object) =>
  cloud.call("secrets-manager", operation, { ClientRequestToken: randomUUID(), ...input });
const put = (
  operation: "CreateStack" | "UpdateStack",
  StackName: string,
  Resources: object,
  more: object = {},
) => cfn(operation, { StackName, TemplateBody: JSON.stringify({ Resources, ...more }) });
const stackOf = async (StackName: string) => (await cfn("DescribeStacks", { StackName })).Stacks[0];
const failures = async (StackName: string): Promise<string[]> =>
  (await cfn("DescribeStackEvents", { StackName })).StackEvents.filter((one: { ResourceStatus: string }) =>
    one.ResourceStatus.endsWith("_FAILED"),
  ).map((one: { ResourceStatusReason: string }) => one.ResourceStatusReason);
const physical = async (StackName: string, LogicalResourceId: string): Promise<string> =>
  (await cfn("DescribeStackResource", { StackName, LogicalResourceId })).StackResourceDetail
    .PhysicalResourceId;
const secret = (Properties: object) => ({ Type: "AWS::SecretsManager::Secret", Properties });
const parameter = (Value: unknown, more: object = {}) => ({
  Type: "AWS::SSM::Parameter",
  Properties: { Type: "String", Value, ...more },
});
const valueIn = async (StackName: string, name = "P") =>
  (await cloud.call("ssm", "GetParameter", { Name: await physical(StackName, name) })).Parameter.Value;

describe("a secret of a template", () => {
  it("has a name of its own, a generated value and the stack's tags (seen on AWS)", async () => {
    const Made = secret({
      Description: "made",
      GenerateSecretString: {
        SecretStringTemplate: '{"username":"admin"}',
        GenerateStringKey: "password",
        PasswordLength: 20,
        ExcludePunctuation: true,
      },
    });
    await put("CreateStack", "made", { Made });
    const SecretId = await physical("made", "Made");
    const described = await sm("DescribeSecret", { SecretId });
    expect(described.ARN).toBe(SecretId);
    expect(described.Name).toMatch(/^Made-[a-zA-Z0-9]{12}$/);
    expect(described.Tags).toContainEqual({ Key: "aws:cloudformation:logical-id", Value: "Made" });
    const read = async () => (await sm("GetSecretValue", { SecretId })).SecretString as string;
    const first = await read();
    expect(JSON.parse(first)).toEqual({
      username: "admin",
      password: expect.stringMatching(/^[a-zA-Z0-9]{20}$/),
    });
    // a description that is dropped stays (seen on AWS), and so does the value
    const { Description: _, ...bare } = Made.Properties as { Description: string };
    await put("UpdateStack", "made", { Made: secret({ ...bare, Tags: [{ Key: "a", Value: "b" }] }) });
    expect(await read()).toBe(first);
    expect(await sm("DescribeSecret", { SecretId })).toMatchObject({ Description: "made" });
    const drift = async () => {
      await cfn("DetectStackDrift", { StackName: "made" });
      const { StackResourceDrifts } = await cfn("DescribeStackResourceDrifts", { StackName: "made" });
      return StackResourceDrifts[0].StackResourceDriftStatus;
    };
    expect(await drift()).toBe("IN_SYNC");
    await sm("TagResource", { SecretId, Tags: [{ Key: "by", Value: "hand" }] });
    expect(await drift()).toBe("MODIFIED");
    await put("UpdateStack", "made", { Made: secret({ SecretString: "plain" }) });
    expect(await read()).toBe("plain");
    await cfn("DeleteStack", { StackName: "made" });
    await expect(sm("DescribeSecret", { SecretId })).rejects.toMatchObject({
      message: "Secrets Manager can't find the specified secret.",
    });
  });

  it("is replaced with its name, replicated, and has a policy", async () => {
    const policy = (Effect: string) => ({
      Version: "2012-10-17",
      Statement: [
        { Effect, Principal: { AWS: cloud.account }, Action: "secretsmanager:PutSecretValue", Resource: "*" },
      ],
    });
    const resources = (Name: string, regions: string[], Effect: string) => ({
      S: secret({ Name, SecretString: "v", ReplicaRegions: regions.map((Region) => ({ Region })) }),
      Policy: {
        Type: "AWS::SecretsManager::ResourcePolicy",
        Properties: { SecretId: { Ref: "S" }, ResourcePolicy: policy(Effect), BlockPublicPolicy: true },
      },
    });
    const outputs = { Outputs: { Id: { Value: { Ref: "Policy" } } } };
    await put("CreateStack", "policy", resources("one", ["eu-west-1"], "Deny"), outputs);
    const { ARN, ResourcePolicy } = await sm("GetResourcePolicy", { SecretId: "one" });
    expect(JSON.parse(ResourcePolicy)).toEqual(policy("Deny"));
    expect((await stackOf("policy")).Outputs[0].OutputValue).toBe(ARN);
    await put("UpdateStack", "policy", resources("two", ["eu-north-1"], "Allow"), outputs);
    expect((await stackOf("policy")).StackStatus).toBe("UPDATE_COMPLETE");
    const there = { region: "eu-north-1" };
    const copy = await cloud.call("secrets-manager", "GetSecretValue", { SecretId: "two" }, there);
    expect(copy.SecretString).toBe("v");
    await expect(sm("DescribeSecret", { SecretId: "one" })).rejects.toThrow();
    await cfn("DeleteStack", { StackName: "policy" });
    expect((await sm("ListSecrets", {})).SecretList).toEqual([]);
  });

  it.each(["RotationSchedule", "SecretTargetAttachment"])("has no %s here", async (type) => {
    const Type = `AWS::SecretsManager::${type}`;
    const target = type === "RotationSchedule" ? {} : { TargetType: "AWS::RDS::DBInstance", TargetId: "db" };
    const StackName = type.toLowerCase();
    await put("CreateStack", StackName, { R: { Type, Properties: { SecretId: "x", ...target } } });
    expect(await failures(StackName)).toContain(
      `Resource type ${Type} is not supported by the Sagekeep local cloud (it exists on AWS)`,
    );
  });
});

describe("a reference to a secret", () => {
  let arn: string;
  beforeAll(async () => {
    arn = (
      await sm("CreateSecret", {
        Name: "ref/json",
        SecretString: '{"user":"u1","password":"p1","port":5432}',
      })
    ).ARN;
    await sm("PutSecretValue", { SecretId: arn, SecretString: '{"user":"u2","password":"p2","port":5432}' });
    await sm("CreateSecret", { Name: "ref/plain", SecretString: "plain" });
  });

  it("names a member, a label or the whole, by name or ARN, within a text (seen on AWS)", async () => {
    const cases: Record<string, [unknown, string]> = {
      Current: ["{{resolve:secretsmanager:ref/json:SecretString:password}}", "p2"],
      Previous: ["{{resolve:secretsmanager:ref/json:SecretString:password:AWSPREVIOUS}}", "p1"],
      Plain: ["{{resolve:secretsmanager:ref/plain}}", "plain"],
      Said: ["{{resolve:secretsmanager:ref/plain:SecretString}}", "plain"],
      Whole: ["{{resolve:secretsmanager:ref/json}}", '{"user":"u2","password":"p2","port":5432}'],
      Arn: [{ "Fn::Sub": `a {{resolve:secretsmanager:${arn}:SecretString:user::}} z` }, "a u2 z"],
      Number: ["{{resolve:secretsmanager:ref/json:SecretString:port}}", "5432"],
    };
    const resources = Object.fromEntries(
      Object.entries(cases).map(([name, [value]]) => [name, parameter(value)]),
    );
    await put("CreateStack", "references", resources, {
      Outputs: {
        Raw: { Value: "{{resolve:secretsmanager:ref/plain}}" },
        Read: { Value: { "Fn::GetAtt": ["Plain", "Value"] } },
      },
    });
    expect(await failures("references")).toEqual([]);
    for (const [name, [, wanted]] of Object.entries(cases))
      expect(await valueIn("references", name)).toBe(wanted);
    const outputs = (await stackOf("references")).Outputs.map(
      (one: { OutputValue: string }) => one.OutputValue,
    );
    expect(outputs).toEqual(["{{resolve:secretsmanager:ref/plain}}", "plain"]);
  });

  it("is read again only when its resource changes (seen on AWS), and is shown nowhere", async () => {
    await sm("CreateSecret", { Name: "ref/moving", SecretString: "hidden-1" });
    const P = parameter("{{resolve:secretsmanager:ref/moving}}");
    await put("CreateStack", "moving", { P });
    await sm("PutSecretValue", { SecretId: "ref/moving", SecretString: "hidden-2" });
    await put("UpdateStack", "moving", { P, Other: parameter("x") });
    expect(await valueIn("moving")).toBe("hidden-1");
    await put("UpdateStack", "moving", {
      P: parameter(P.Properties.Value, { Description: "d" }),
      Other: parameter("x"),
    });
    expect(await valueIn("moving")).toBe("hidden-2");
    const events = await cfn("DescribeStackEvents", { StackName: "moving" });
    expect(JSON.stringify(events)).not.toContain("hidden");
    expect(JSON.stringify(events)).toContain("{{resolve:secretsmanager:ref/moving}}");
    // another reference is another value
    await put("UpdateStack", "moving", { P: parameter("{{resolve:secretsmanager:ref/plain}}") });
    expect(await valueIn("moving")).toBe("plain");
  });

  it.each([
    ["ref/json:SecretString:none", "Could not find a value associated with JSONKey in SecretString"],
    ["ref/plain:SecretString:password", "Could not parse SecretString JSON"],
    ["ref/json:SecretBinary", expect.stringMatching(/^Incorrect format is used/)],
    ["ref/none", expect.stringMatching(/Secrets Manager can't find the specified secret\./)],
  ])("to %s fails its resource (seen on AWS)", async (reference, reason) => {
    const StackName = `failing-${Buffer.from(reference).toString("hex").slice(0, 60)}`;
    await put("CreateStack", StackName, { P: parameter(`{{resolve:secretsmanager:${reference}}}`) });
    expect(await failures(StackName)).toEqual([reason]);
  });

  it("to a secret of the same stack waits for it", async () => {
    await put("CreateStack", "together", {
      S: secret({ GenerateSecretString: { PasswordLength: 12 } }),
      P: parameter({ "Fn::Sub": "{{resolve:secretsmanager:${S}}}" }),
    });
    expect(await valueIn("together")).toBe(
      (await sm("GetSecretValue", { SecretId: await physical("together", "S") })).SecretString,
    );
  });
});
