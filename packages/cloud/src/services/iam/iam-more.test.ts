/** The further resources of IAM, through the in-process cloud. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { totp } from "../../identity/totp.ts";
import { service } from "./service.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: "111122223333" });
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

it("every operation with a handler has a rule", () => {
  expect(Object.keys(service.operations).filter((name) => !service.authorization[name])).toEqual([]);
});

describe("instance profiles", () => {
  it("carry one role and hold it", async () => {
    await iam("CreateRole", { RoleName: "node", AssumeRolePolicyDocument: TRUST });
    await iam("CreateRole", { RoleName: "other", AssumeRolePolicyDocument: TRUST });
    const InstanceProfileName = "profile";
    expect((await iam("CreateInstanceProfile", { InstanceProfileName })).InstanceProfile.Roles).toEqual([]);
    await iam("AddRoleToInstanceProfile", { InstanceProfileName, RoleName: "node" });
    expect(await failure(iam("AddRoleToInstanceProfile", { InstanceProfileName, RoleName: "other" }))).toBe(
      "LimitExceededException: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    );
    const { InstanceProfile } = await iam("GetInstanceProfile", { InstanceProfileName });
    expect(InstanceProfile.Roles[0]).not.toHaveProperty("MaxSessionDuration");
    expect(InstanceProfile.Tags).toEqual([]);
    const held =
      "DeleteConflictException: Cannot delete entity, must remove roles from instance profile first.";
    expect(await failure(iam("DeleteRole", { RoleName: "node" }))).toBe(held);
    expect(await failure(iam("DeleteInstanceProfile", { InstanceProfileName }))).toBe(held);
    expect((await iam("ListInstanceProfilesForRole", { RoleName: "node" })).InstanceProfiles).toHaveLength(1);
    await iam("RemoveRoleFromInstanceProfile", { InstanceProfileName, RoleName: "node" });
    await iam("DeleteInstanceProfile", { InstanceProfileName });
  });
});

describe("tags", () => {
  it("of roles ignore case, of policies do not, and come sorted in pages", async () => {
    await iam("CreateRole", { RoleName: "tagged", AssumeRolePolicyDocument: TRUST });
    const Tags = [
      { Key: "b", Value: "1" },
      { Key: "A", Value: "2" },
    ];
    await iam("TagRole", { RoleName: "tagged", Tags });
    await iam("TagRole", { RoleName: "tagged", Tags: [{ Key: "a", Value: "3" }] });
    expect((await iam("ListRoleTags", { RoleName: "tagged" })).Tags).toEqual([
      { Key: "a", Value: "3" },
      { Key: "b", Value: "1" },
    ]);
    const twice = [
      { Key: "a", Value: "" },
      { Key: "A", Value: "" },
    ];
    expect(await failure(iam("TagRole", { RoleName: "tagged", Tags: twice }))).toMatch(/case insensitive/);
    const { Policy } = await iam("CreatePolicy", {
      PolicyName: "tagged",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
      Tags: twice,
    });
    expect(Policy.Tags.map((one: { Key: string }) => one.Key)).toEqual(["a", "A"]);
    const first = await iam("ListPolicyTags", { PolicyArn: Policy.Arn, MaxItems: 1 });
    expect(first).toMatchObject({ IsTruncated: true, Tags: [{ Key: "A" }] });
    const rest = await iam("ListPolicyTags", { PolicyArn: Policy.Arn, Marker: first.Marker });
    expect(rest).toEqual({ IsTruncated: false, Tags: [{ Key: "a", Value: "" }] });
    expect(await failure(iam("ListPolicyTags", { PolicyArn: Policy.Arn, Marker: "nonsense" }))).toBe(
      "ValidationError: Invalid Marker.",
    );
  });
});

describe("service-linked roles", () => {
  it("carry AWS's policy and are AWS's to change", async () => {
    const { Role } = await iam("CreateServiceLinkedRole", {
      AWSServiceName: "elasticfilesystem.amazonaws.com",
    });
    expect(Role).toMatchObject({
      RoleName: "AWSServiceRoleForAmazonElasticFileSystem",
      Path: "/aws-service-role/elasticfilesystem.amazonaws.com/",
    });
    const RoleName = Role.RoleName;
    expect((await iam("ListAttachedRolePolicies", { RoleName })).AttachedPolicies).toHaveLength(1);
    expect(await failure(iam("DeleteRole", { RoleName }))).toMatch(
      /^UnmodifiableEntityException: .*only modifiable by AWS/,
    );
    expect(
      await failure(iam("CreateServiceLinkedRole", { AWSServiceName: "elasticfilesystem.amazonaws.com" })),
    ).toMatch(/has been taken in this account, please try a different suffix/);
    const { DeletionTaskId } = await iam("DeleteServiceLinkedRole", { RoleName });
    expect((await iam("GetServiceLinkedRoleDeletionStatus", { DeletionTaskId })).Status).toBe("SUCCEEDED");
  });
});

describe("providers, passwords and devices", () => {
  it("OpenID Connect providers are known by their URL", async () => {
    const Url = "https://oidc.example.com/path";
    const { OpenIDConnectProviderArn } = await iam("CreateOpenIDConnectProvider", {
      Url,
      ClientIDList: ["a"],
    });
    expect(OpenIDConnectProviderArn).toBe("arn:aws:iam::111122223333:oidc-provider/oidc.example.com/path");
    expect(await failure(iam("CreateOpenIDConnectProvider", { Url }))).toBe(
      `EntityAlreadyExistsException: Provider with url ${Url} already exists.`,
    );
    await iam("AddClientIDToOpenIDConnectProvider", { OpenIDConnectProviderArn, ClientID: "b" });
    const got = await iam("GetOpenIDConnectProvider", { OpenIDConnectProviderArn });
    expect(got).toMatchObject({ Url: "oidc.example.com/path", ClientIDList: ["a", "b"], Tags: [] });
  });

  it("passwords follow the account's policy", async () => {
    await iam("CreateUser", { UserName: "pat" });
    expect(await failure(iam("GetAccountPasswordPolicy"))).toBe(
      "NoSuchEntityException: The Password Policy with domain name 111122223333 cannot be found.",
    );
    await iam("UpdateAccountPasswordPolicy", { MinimumPasswordLength: 12, RequireNumbers: true });
    expect((await iam("GetAccountPasswordPolicy")).PasswordPolicy.ExpirePasswords).toBe(false);
    expect(await failure(iam("CreateLoginProfile", { UserName: "pat", Password: "short" }))).toMatch(
      /^PasswordPolicyViolationException/,
    );
    await iam("CreateLoginProfile", { UserName: "pat", Password: "long-enough-1" });
    expect(await failure(iam("DeleteUser", { UserName: "pat" }))).toMatch(/must delete login profile first/);
  });

  it("MFA devices take real codes only", async () => {
    await iam("CreateUser", { UserName: "mia" });
    const { VirtualMFADevice } = await iam("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" });
    const SerialNumber = VirtualMFADevice.SerialNumber;
    const seed = Buffer.from(VirtualMFADevice.Base32StringSeed).toString();
    const now = cloud.runtime.clock.now();
    const wrong = {
      UserName: "mia",
      SerialNumber,
      AuthenticationCode1: "000000",
      AuthenticationCode2: "000000",
    };
    expect(await failure(iam("EnableMFADevice", wrong))).toMatch(/^InvalidAuthenticationCodeException/);
    await iam("EnableMFADevice", {
      UserName: "mia",
      SerialNumber,
      AuthenticationCode1: totp(seed, now - 30_000),
      AuthenticationCode2: totp(seed, now),
    });
    expect((await iam("ListMFADevices", { UserName: "mia" })).MFADevices).toHaveLength(1);
    expect(await failure(iam("DeleteVirtualMFADevice", { SerialNumber }))).toMatch(/deactivate/);
  });

  it("TOTP agrees with RFC 6238", () => {
    // appendix B, truncated to six digits
    expect(totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59_000)).toBe("287082");
    expect(totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1111111109_000)).toBe("081804");
  });
});

describe("the account", () => {
  it("is summed up, shown in full, page by page, and reported", async () => {
    const { SummaryMap } = await iam("GetAccountSummary");
    expect(SummaryMap.Users).toBe((await iam("ListUsers")).Users.length);
    const arns = new Set<string>();
    let Marker: string | undefined;
    do {
      const answer = await iam("GetAccountAuthorizationDetails", { MaxItems: 2, ...(Marker && { Marker }) });
      for (const list of ["GroupDetailList", "RoleDetailList", "UserDetailList", "Policies"]) {
        for (const one of answer[list]) arns.add(one.Arn);
      }
      Marker = answer.Marker;
    } while (Marker);
    expect(arns.size).toBe(SummaryMap.Users + SummaryMap.Roles + SummaryMap.Groups + SummaryMap.Policies);
    expect(await failure(iam("GetCredentialReport"))).toMatch(/^CredentialReportNotPresentException/);
    expect((await iam("GenerateCredentialReport")).State).toBe("STARTED");
    expect((await iam("GenerateCredentialReport")).State).toBe("COMPLETE");
    const report = Buffer.from((await iam("GetCredentialReport")).Content).toString();
    expect(report.split("\n")[1]).toMatch(/^<root_account>,arn:aws:iam::111122223333:root,/);
    for (const line of report.trim().split("\n")) expect(line.split(",")).toHaveLength(22);
  });

  it("reports when a password was changed and has to be, and since when there is the account", async () => {
    const { User } = await iam("CreateUser", { UserName: "reported" });
    await iam("UpdateAccountPasswordPolicy", { MaxPasswordAge: 30 });
    await iam("CreateLoginProfile", { UserName: "reported", Password: "Abc123!defghij" });
    await cloud.runtime.clock.advance(5 * 3_600_000);
    await iam("UpdateLoginProfile", { UserName: "reported", Password: "Abc123!defghijk" });
    await iam("GenerateCredentialReport");
    const [, root, ...users] = Buffer.from((await iam("GetCredentialReport")).Content)
      .toString()
      .split("\n")
      .map((line) => line.split(","));
    const [, , created = "", , , changed = "", next = ""] = users.find(([name]) => name === "reported")!;
    expect(Date.parse(created)).toBe(Math.floor(User.CreateDate.getTime() / 1000) * 1000);
    expect(Date.parse(changed) - Date.parse(created)).toBeGreaterThanOrEqual(5 * 3_600_000);
    expect(Date.parse(next) - Date.parse(changed)).toBe(30 * 86_400_000);
    expect(Date.parse(root?.[2] ?? "")).toBeLessThanOrEqual(Date.parse(created));
  });
});

describe("the simulator", () => {
  const ALLOW = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Action: "s3:*", Resource: "*" },
      {
        Effect: "Deny",
        Action: "s3:DeleteObject",
        Resource: "*",
        Condition: { StringNotEquals: { "aws:PrincipalTag/Team": "a" } },
      },
    ],
  });

  it("answers for given policies with the engine's own decision", async () => {
    const { EvaluationResults } = await iam("SimulateCustomPolicy", {
      PolicyInputList: [ALLOW],
      ActionNames: ["s3:GetObject", "s3:DeleteObject", "ec2:RunInstances"],
      ResourceArns: ["arn:aws:s3:::b/k"],
    });
    expect(EvaluationResults.map((one: { EvalDecision: string }) => one.EvalDecision)).toEqual([
      "allowed",
      "explicitDeny",
      "implicitDeny",
    ]);
    expect(EvaluationResults[0].MatchedStatements[0]).toMatchObject({
      SourcePolicyId: "PolicyInputList.1",
      SourcePolicyType: "IAM Policy",
      StartPosition: { Line: 1, Column: ALLOW.indexOf('{"Effect":"Allow"') + 1 },
    });
    expect(EvaluationResults[1].MissingContextValues).toEqual(["aws:PrincipalTag/Team"]);
    const told = await iam("SimulateCustomPolicy", {
      PolicyInputList: [ALLOW],
      ActionNames: ["s3:DeleteObject"],
      ContextEntries: [
        { ContextKeyName: "aws:PrincipalTag/Team", ContextKeyValues: ["a"], ContextKeyType: "string" },
      ],
    });
    expect(told.EvaluationResults[0].EvalDecision).toBe("allowed");
  });

  it("tells statements' places as AWS does", async () => {
    // this one and its places are the example of the AWS CLI's reference
    const alone =
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}';
    const listed =
      '{\n  "Statement": [\n    {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},\n    {"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}\n  ]\n}';
    const places = async (document: string, action: string) => {
      const { EvaluationResults } = await iam("SimulateCustomPolicy", {
        PolicyInputList: [document],
        ActionNames: [action],
        ContextEntries: [
          {
            ContextKeyName: "aws:CurrentTime",
            ContextKeyValues: ["2019-04-25T11:00:00Z"],
            ContextKeyType: "date",
          },
        ],
      });
      expect(EvaluationResults[0]).not.toHaveProperty("ResourceSpecificResults");
      const { StartPosition, EndPosition } = EvaluationResults[0].MatchedStatements[0];
      return [StartPosition.Line, StartPosition.Column, EndPosition.Line, EndPosition.Column];
    };
    expect(await places(alone, "dynamodb:CreateBackup")).toEqual([1, 38, 1, 167]);
    expect(await places(listed, "s3:GetObject")).toEqual([2, 17, 3, 62]);
    expect(await places(listed, "sqs:SendMessage")).toEqual([3, 62, 4, 60]);
  });

  it("tells of named resources one by one, in one result an action", async () => {
    const { EvaluationResults } = await iam("SimulateCustomPolicy", {
      PolicyInputList: [
        JSON.stringify({
          Version: "2012-10-17",
          Statement: { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::good/*" },
        }),
      ],
      ActionNames: ["s3:GetObject"],
      ResourceArns: ["arn:aws:s3:::good/k", "arn:aws:s3:::bad/k"],
    });
    expect(EvaluationResults).toHaveLength(1);
    expect(EvaluationResults[0]).toMatchObject({
      EvalResourceName: "arn:aws:s3:::${BucketName}/${ObjectName}",
      EvalDecision: "implicitDeny",
      MatchedStatements: [],
      EvalDecisionDetails: {},
      ResourceSpecificResults: [
        {
          EvalResourceName: "arn:aws:s3:::good/k",
          EvalResourceDecision: "allowed",
          MatchedStatements: [{ SourcePolicyId: "PolicyInputList.1" }],
        },
        {
          EvalResourceName: "arn:aws:s3:::bad/k",
          EvalResourceDecision: "implicitDeny",
          MatchedStatements: [],
        },
      ],
    });
  });

  it("answers for a role with its boundary, and for what the policies ask", async () => {
    await iam("CreateRole", {
      RoleName: "simulated",
      AssumeRolePolicyDocument: TRUST,
      PermissionsBoundary: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    });
    await iam("PutRolePolicy", { RoleName: "simulated", PolicyName: "own", PolicyDocument: ALLOW });
    const PolicySourceArn = "arn:aws:iam::111122223333:role/simulated";
    const { EvaluationResults } = await iam("SimulatePrincipalPolicy", {
      PolicySourceArn,
      ActionNames: ["s3:GetObject", "s3:PutObject"],
    });
    expect(EvaluationResults[0]).toMatchObject({
      EvalDecision: "allowed",
      MatchedStatements: [{ SourcePolicyId: "role_simulated_own", SourcePolicyType: "IAM Policy" }],
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
    });
    expect(EvaluationResults[1]).toMatchObject({
      EvalDecision: "implicitDeny",
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
    });
    expect((await iam("GetContextKeysForPrincipalPolicy", { PolicySourceArn })).ContextKeyNames).toEqual([
      "aws:PrincipalTag/Team",
    ]);
    const granting = await iam("ListPoliciesGrantingServiceAccess", {
      Arn: PolicySourceArn,
      ServiceNamespaces: ["s3", "ec2"],
    });
    expect(granting.PoliciesGrantingServiceAccess).toMatchObject([
      { ServiceNamespace: "s3", Policies: [{ PolicyName: "own", PolicyType: "INLINE" }] },
      { ServiceNamespace: "ec2", Policies: [] },
    ]);
  });
});

it("keeps an inline policy of any name, `__proto__` too", async () => {
  await iam("CreateRole", { RoleName: "odd", AssumeRolePolicyDocument: TRUST });
  const PolicyDocument =
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}';
  for (const PolicyName of ["__proto__", "constructor", "toString"]) {
    expect(await failure(iam("GetRolePolicy", { RoleName: "odd", PolicyName }))).toMatch(/^NoSuchEntity/);
    await iam("PutRolePolicy", { RoleName: "odd", PolicyName, PolicyDocument });
    const got = await iam("GetRolePolicy", { RoleName: "odd", PolicyName });
    expect(decodeURIComponent(got.PolicyDocument)).toBe(PolicyDocument);
  }
  const names = (await iam("ListRolePolicies", { RoleName: "odd" })).PolicyNames;
  expect([...names].sort()).toEqual(["__proto__", "constructor", "toString"]);
  await iam("DeleteRolePolicy", { RoleName: "odd", PolicyName: "__proto__" });
  expect((await iam("ListRolePolicies", { RoleName: "odd" })).PolicyNames).toHaveLength(2);
});
