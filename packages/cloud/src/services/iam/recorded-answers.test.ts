/** What AWS was recorded to answer (localstack's tests/aws/services/iam and their snapshots), in our own calls. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { allAwsManaged } from "./managed/aws-managed.ts";
import { linkedRole } from "./managed/linked-roles.ts";
import { service } from "./service.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: "111122223333" });
  await iam("CreateUser", { UserName: "ada" });
});
afterAll(() => cloud.close());
const iam = (operation: string, input: object = {}) => cloud.call("iam", operation, input);
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});

describe("service-linked roles", () => {
  it.each([
    ["accountdiscovery.ssm", "AmazonSSM_AccountDiscovery", "AWSSystemsManagerAccountDiscoveryServicePolicy"],
    [
      "mrk.kms",
      "KeyManagementServiceMultiRegionKeys",
      "AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy",
    ],
    ["ops.apigateway", "APIGateway", "APIGatewayServiceRolePolicy"],
    ["ec2-instance-connect", "Ec2InstanceConnect", "Ec2InstanceConnectEndpoint"],
    ["docdb-elastic", "DocDB-Elastic", "AmazonDocDB-ElasticServiceRolePolicy"],
  ])("of %s are called and permitted as on AWS", async (service, role, PolicyName) => {
    const RoleName = `AWSServiceRoleFor${role}`;
    const AWSServiceName = `${service}.amazonaws.com`;
    const { Role } = await iam("CreateServiceLinkedRole", { AWSServiceName });
    expect(Role).toMatchObject({ RoleName, Path: `/aws-service-role/${AWSServiceName}/` });
    expect((await iam("ListAttachedRolePolicies", { RoleName })).AttachedPolicies).toEqual([
      { PolicyName, PolicyArn: `arn:aws:iam::aws:policy/aws-service-role/${PolicyName}` },
    ]);
  });

  it("name policies that AWS has", () => {
    const names = new Set(allAwsManaged().map((one) => one.name));
    // AWS lists every other one, and this one no more
    for (const service of ["acm", "batch", "eks", "wafv2", "spot", "dynamodb.application-autoscaling"]) {
      expect(names).toContain(linkedRole(`${service}.amazonaws.com`)?.policy);
    }
  });

  it("take a suffix where the service allows several", async () => {
    const create = (service: string) =>
      iam("CreateServiceLinkedRole", { AWSServiceName: `${service}.amazonaws.com`, CustomSuffix: "x" });
    expect((await create("connect")).Role.RoleName).toBe("AWSServiceRoleForAmazonConnect_x");
    expect((await create("lexv2")).Role.RoleName).toBe("AWSServiceRoleForLexV2Bots_x");
    expect(await failure(create("lex"))).toBe(
      "InvalidInputException: Custom suffix is not allowed for lex.amazonaws.com",
    );
  });
});

describe("service-specific credentials", () => {
  const UserName = "ada";

  it("are for few services", async () => {
    const ServiceName = "lambda.amazonaws.com";
    const refused =
      "NoSuchEntityException: No such service lambda.amazonaws.com is supported for Service Specific Credentials";
    expect(await failure(iam("CreateServiceSpecificCredential", { UserName, ServiceName }))).toBe(refused);
    expect(await failure(iam("ListServiceSpecificCredentials", { UserName, ServiceName }))).toBe(refused);
  });

  it("are a name and a password of 60 characters, and anew when reset", async () => {
    const { ServiceSpecificCredential: made } = await iam("CreateServiceSpecificCredential", {
      UserName,
      ServiceName: "codecommit.amazonaws.com",
    });
    expect(made.ServiceUserName).toBe("ada-at-111122223333");
    expect(made.ServicePassword).toMatch(/^.{59}=$/);
    expect(made.ServiceSpecificCredentialId).toMatch(/^ACCA[A-Z2-7]{17}$/);
    const { ServiceSpecificCredentialId } = made;
    const again = await iam("ResetServiceSpecificCredential", { UserName, ServiceSpecificCredentialId });
    expect(again.ServiceSpecificCredential.ServicePassword).not.toBe(made.ServicePassword);
    const listed = await iam("ListServiceSpecificCredentials", {
      UserName,
      ServiceName: "cassandra.amazonaws.com",
    });
    expect(listed.ServiceSpecificCredentials).toEqual([]);
    const everyone = await iam("ListServiceSpecificCredentials", { AllUsers: true, MaxItems: 1 });
    expect(everyone.ServiceSpecificCredentials[0]).not.toHaveProperty("ServicePassword");
    await iam("DeleteServiceSpecificCredential", { UserName, ServiceSpecificCredentialId });
  });

  it("are API keys for Bedrock, which may end", async () => {
    const { ServiceSpecificCredential: key } = await iam("CreateServiceSpecificCredential", {
      UserName,
      ServiceName: "bedrock.amazonaws.com",
      CredentialAgeDays: 30,
    });
    expect(key).not.toHaveProperty("ServicePassword");
    expect(key.ServiceCredentialSecret).toMatch(/^ABSK/);
    expect(key.ExpirationDate - key.CreateDate).toBe(30 * 24 * 3600 * 1000);
  });
});

describe("small things", () => {
  it("users who are no members may be removed from a group; the user is looked for first", async () => {
    await iam("CreateGroup", { GroupName: "crew" });
    await iam("RemoveUserFromGroup", { GroupName: "crew", UserName: "ada" });
    expect(await failure(iam("RemoveUserFromGroup", { GroupName: "none", UserName: "nobody" }))).toBe(
      "NoSuchEntityException: The user with name nobody cannot be found.",
    );
  });

  it("boundaries must be policies", async () => {
    const PermissionsBoundary = "arn:aws:iam::111122223333:not_a_policy/x";
    expect(await failure(iam("CreateUser", { UserName: "bound", PermissionsBoundary }))).toBe(
      `InvalidInputException: ARN ${PermissionsBoundary} is not valid.`,
    );
  });

  it("roles that are not in an instance profile cannot be taken out", async () => {
    await iam("CreateRole", { RoleName: "out", AssumeRolePolicyDocument: TRUST });
    await iam("CreateInstanceProfile", { InstanceProfileName: "empty" });
    expect(
      await failure(iam("RemoveRoleFromInstanceProfile", { InstanceProfileName: "empty", RoleName: "out" })),
    ).toBe("NoSuchEntityException: Role out in Instance Profile empty cannot be found.");
  });

  it("certificates that cannot be read are malformed", async () => {
    expect(
      await failure(iam("UploadSigningCertificate", { UserName: "ada", CertificateBody: "nonsense" })),
    ).toBe("MalformedCertificateException: Certificate nonsense is malformed.");
  });

  it("policies that AWS does not have are not found, also for a user", async () => {
    const PolicyArn = "arn:aws:iam::aws:policy/None";
    expect(await failure(iam("GetPolicy", { PolicyArn }))).toBe(
      `NoSuchEntityException: Policy ${PolicyArn} was not found.`,
    );
  });

  it("conditions without keys have no context keys", async () => {
    const policy = '{"Version":"2012-10-17","Statement":[{"Condition":{"Bool":null}}]}';
    expect(await iam("GetContextKeysForCustomPolicy", { PolicyInputList: [policy] })).toEqual({
      ContextKeyNames: [],
    });
  });

  it("simulations come in pages", async () => {
    const question = {
      PolicyInputList: [
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
        }),
      ],
      ActionNames: ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"],
      MaxItems: 2,
    };
    const first = await iam("SimulateCustomPolicy", question);
    expect(first.EvaluationResults).toHaveLength(2);
    expect(first.IsTruncated).toBe(true);
    const second = await iam("SimulateCustomPolicy", { ...question, Marker: first.Marker });
    expect(second.EvaluationResults).toMatchObject([
      { EvalActionName: "sqs:SendMessage", EvalDecision: "implicitDeny" },
    ]);
  });
});

describe("rules", () => {
  it("ask for the boundary that a role has, the service of a credential and the user of a key", async () => {
    const PermissionsBoundary = "arn:aws:iam::aws:policy/PowerUserAccess";
    await iam("CreateRole", { RoleName: "kept", AssumeRolePolicyDocument: TRUST, PermissionsBoundary });
    const { ServiceSpecificCredential: credential } = await iam("CreateServiceSpecificCredential", {
      UserName: "ada",
      ServiceName: "cassandra.amazonaws.com",
    });
    const { AccessKey } = await iam("CreateAccessKey", { UserName: "ada" });
    const context = cloud.runtime.within("111122223333", "us-east-1");
    const checks = (operation: string, input: object) =>
      service.authorization[operation]?.(input as never, context as never) as object[];
    for (const operation of ["GetRole", "UpdateRole", "UpdateAssumeRolePolicy", "DeleteRole"]) {
      expect(checks(operation, { RoleName: "kept" })).toMatchObject([
        { context: { "iam:PermissionsBoundary": PermissionsBoundary } },
      ]);
    }
    const { ServiceSpecificCredentialId } = credential;
    expect(
      checks("DeleteServiceSpecificCredential", { UserName: "ada", ServiceSpecificCredentialId }),
    ).toMatchObject([{ context: { "iam:ServiceSpecificCredentialServiceName": "cassandra.amazonaws.com" } }]);
    expect(checks("GetAccessKeyLastUsed", { AccessKeyId: AccessKey.AccessKeyId })).toMatchObject([
      { resource: "arn:aws:iam::111122223333:user/ada" },
    ]);
  });
});
