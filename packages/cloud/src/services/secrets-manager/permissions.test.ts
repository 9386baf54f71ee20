import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let arn: string;
const MARK = "correct horse battery staple";

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.call("iam", "CreateUser", { UserName: "reader" });
  arn = (await root("CreateSecret", { Name: "s", SecretString: MARK })).ARN;
});
afterAll(() => cloud.close());
beforeEach(() => allow([]));

const root = (operation: string, input: object = {}) =>
  cloud.call("secrets-manager", operation, { ClientRequestToken: randomUUID(), ...input });
const allow = (Statement: object[]) =>
  cloud.call("iam", "PutUserPolicy", {
    UserName: "reader",
    PolicyName: "p",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: Statement.length
        ? Statement
        : [{ Effect: "Allow", Action: "sts:GetCallerIdentity", Resource: "*" }],
    }),
  });
const asReader = async (operation: string, input: object) => {
  const userArn = `arn:aws:iam::${cloud.account}:user/reader`;
  const caller = {
    principal: { kind: "user", arn: userArn, account: cloud.account },
    account: cloud.account,
    arn: userArn,
    userId: "AIDAREADER",
  };
  return cloud.call("secrets-manager", operation, { ClientRequestToken: randomUUID(), ...input }, {
    caller,
  } as never);
};
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const statement = (Action: string | string[], Resource = "*", Condition?: object) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});

it("is read by whom the policy lets, by name pattern, label and tag", async () => {
  const get = (more: object = {}) => failure(asReader("GetSecretValue", { SecretId: "s", ...more }));
  expect(await get()).toMatch("AccessDeniedException: User: ");
  await allow([statement("secretsmanager:GetSecretValue", `${arn.slice(0, -6)}??????`)]);
  expect(await get()).toBe("none");
  await allow([
    statement("secretsmanager:GetSecretValue", "*", {
      "ForAnyValue:StringEquals": { "secretsmanager:VersionStage": "AWSCURRENT" },
    }),
  ]);
  expect(await get()).toBe("none");
  expect(await get({ VersionStage: "AWSPREVIOUS" })).toMatch("AccessDeniedException");
  await root("TagResource", { SecretId: "s", Tags: [{ Key: "team", Value: "a" }] });
  await allow([
    statement("secretsmanager:GetSecretValue", "*", {
      StringEquals: { "secretsmanager:ResourceTag/team": "a", "aws:ResourceTag/team": "a" },
    }),
  ]);
  expect(await get()).toBe("none");
});

it("under a key needs the key too, through Secrets Manager", async () => {
  const { KeyMetadata } = await cloud.call("kms", "CreateKey");
  const { ARN } = await root("CreateSecret", { Name: "k", SecretString: "v", KmsKeyId: KeyMetadata.KeyId });
  await allow([statement("secretsmanager:*")]);
  const denied = "AccessDeniedException: Access to KMS is not allowed";
  expect(await failure(asReader("GetSecretValue", { SecretId: ARN }))).toBe(denied);
  const make = { Name: "mine", SecretString: "v", KmsKeyId: KeyMetadata.KeyId };
  expect(await failure(asReader("CreateSecret", make))).toBe(denied);
  const through = {
    StringEquals: { "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com" },
  };
  await allow([
    statement("secretsmanager:*"),
    statement(["kms:GenerateDataKey", "kms:Decrypt"], "*", through),
  ]);
  expect(await failure(asReader("GetSecretValue", { SecretId: ARN }))).toBe("none");
  expect(await failure(asReader("CreateSecret", make))).toBe("none");
  await cloud.call("kms", "DisableKey", { KeyId: KeyMetadata.KeyId });
  expect(await failure(root("GetSecretValue", { SecretId: ARN }))).toMatch("DecryptionFailure: ");
});

it("tells in a batch which it may not read", async () => {
  await root("CreateSecret", { Name: "other", SecretString: "o" });
  await allow([
    statement("secretsmanager:BatchGetSecretValue"),
    statement("secretsmanager:GetSecretValue", arn),
  ]);
  const { SecretValues, Errors } = await asReader("BatchGetSecretValue", {
    SecretIdList: ["s", "other", "none"],
  });
  expect(SecretValues).toMatchObject([{ Name: "s", SecretString: MARK }]);
  expect(Errors.map((one: { ErrorCode: string }) => one.ErrorCode)).toEqual([
    "AccessDeniedException",
    "AccessDeniedException",
  ]);
});

it("takes resource policies that can be read, name somebody and lock nobody out", async () => {
  const put = (Statement: object[], more: object = {}) =>
    failure(
      root("PutResourcePolicy", {
        SecretId: "s",
        ResourcePolicy: JSON.stringify({ Version: "2012-10-17", Statement }),
        ...more,
      }),
    );
  const of = (Principal: unknown, Effect = "Allow", Action = "secretsmanager:GetSecretValue") => [
    { Effect, Principal, Action, Resource: "*" },
  ];
  expect(await put(of({ AWS: `arn:aws:iam::${cloud.account}:user/reader` }))).toBe("none");
  expect(await failure(asReader("GetSecretValue", { SecretId: "s" }))).toBe("none");
  const malformed = "MalformedPolicyDocumentException: ";
  expect(await put(of({ AWS: `arn:aws:iam::${cloud.account}:user/nobody` }))).toBe(
    `${malformed}This resource policy contains an unsupported principal.`,
  );
  expect(await put(of("*", "Maybe"))).toBe(`${malformed}This resource policy contains a syntax error.`);
  expect(await put(of("*", "Deny", "secretsmanager:*"))).toBe(
    `${malformed}Your requested changes will not allow you to manage this secret in the future.`,
  );
  expect(await put(of("*"), { BlockPublicPolicy: true })).toMatch("PublicPolicyException");
  await root("DeleteResourcePolicy", { SecretId: "s" });
  expect((await root("GetResourcePolicy", { SecretId: "s" })).ResourcePolicy).toBeUndefined();
});

it("leaves no value in the trail", async () => {
  await root("PutSecretValue", { SecretId: "s", SecretString: MARK });
  await root("GetSecretValue", { SecretId: "s" });
  const { Events } = await cloud.call("cloudtrail", "LookupEvents", {
    LookupAttributes: [{ AttributeKey: "EventSource", AttributeValue: "secretsmanager.amazonaws.com" }],
  });
  const text = JSON.stringify(Events);
  expect(text).toContain("PutSecretValue");
  expect(text).not.toContain("horse");
});
