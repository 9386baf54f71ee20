/** IAM and STS through the in-process cloud: every call authorized and recorded. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import type { Caller } from "../../identity/caller.ts";
import { identityDirectory } from "./directory.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: "111122223333" });
});
afterAll(() => cloud.close());

const iam = (operation: string, input: object = {}, caller?: Caller) =>
  cloud.call("iam", operation, input, caller ? { caller } : {});
const sts = (operation: string, input: object = {}, caller?: Caller) =>
  cloud.call("sts", operation, input, caller ? { caller } : {});
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const context = () => cloud.runtime.within("111122223333", "us-east-1");
const callerOf = (key: { AccessKeyId: string; SessionToken?: string }): Caller => {
  const found = identityDirectory.credential(key.AccessKeyId, key.SessionToken, context());
  if (found.status !== "active") throw new Error(found.status);
  return found.caller;
};
const policy = (statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: statement });
const trust = (principal: unknown, action: string | string[] = "sts:AssumeRole") =>
  policy([{ Effect: "Allow", Principal: principal, Action: action }]);
let counter = 0;
const fresh = (prefix: string) => `${prefix}-${++counter}`;
async function user(...statements: object[]): Promise<{ name: string; caller: Caller }> {
  const name = fresh("user");
  await iam("CreateUser", { UserName: name });
  if (statements.length > 0) {
    await iam("PutUserPolicy", { UserName: name, PolicyName: "own", PolicyDocument: policy(statements) });
  }
  const { AccessKey } = await iam("CreateAccessKey", { UserName: name });
  return { name, caller: callerOf(AccessKey) };
}

describe("users", () => {
  it("are made, shown, listed by path, renamed and deleted", async () => {
    const name = fresh("alice");
    const { User } = await iam("CreateUser", {
      UserName: name,
      Path: "/team/a/",
      Tags: [{ Key: "T", Value: "1" }],
    });
    expect(User).toMatchObject({ Arn: `arn:aws:iam::111122223333:user/team/a/${name}`, Path: "/team/a/" });
    expect(User.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/);
    expect(User.CreateDate.getMilliseconds()).toBe(0);
    const listed = await iam("ListUsers", { PathPrefix: "/team/" });
    expect(listed.Users.map((one: { UserName: string }) => one.UserName)).toContain(name);
    expect(listed.Users[0]).not.toHaveProperty("Tags");
    await iam("UpdateUser", { UserName: name, NewUserName: `${name}x`, NewPath: "/" });
    expect(await failure(iam("GetUser", { UserName: name }))).toBe(
      `NoSuchEntityException: The user with name ${name} cannot be found.`,
    );
    expect((await iam("GetUser", { UserName: `${name}x` })).User.UserId).toBe(User.UserId);
    await iam("DeleteUser", { UserName: `${name}x` });
  });

  it("have at most two access keys, which go before the user", async () => {
    const name = fresh("keys");
    await iam("CreateUser", { UserName: name });
    const first = (await iam("CreateAccessKey", { UserName: name })).AccessKey;
    await iam("CreateAccessKey", { UserName: name });
    expect(await failure(iam("CreateAccessKey", { UserName: name }))).toBe(
      "LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2",
    );
    expect(await failure(iam("DeleteUser", { UserName: name }))).toBe(
      "DeleteConflictException: Cannot delete entity, must delete access keys first.",
    );
    expect((await sts("GetCallerIdentity", {}, callerOf(first))).Arn).toBe(
      `arn:aws:iam::111122223333:user/${name}`,
    );
    await iam("UpdateAccessKey", { UserName: name, AccessKeyId: first.AccessKeyId, Status: "Inactive" });
    expect(identityDirectory.credential(first.AccessKeyId, undefined, context()).status).toBe("inactive");
  });

  it("get the policies of their groups, at once", async () => {
    const { name, caller } = await user();
    const group = fresh("group");
    await iam("CreateGroup", { GroupName: group });
    await iam("AttachGroupPolicy", {
      GroupName: group,
      PolicyArn: "arn:aws:iam::aws:policy/IAMReadOnlyAccess",
    });
    expect(await failure(iam("ListRoles", {}, caller))).toMatch(/^AccessDenied/);
    await iam("AddUserToGroup", { GroupName: group, UserName: name });
    await iam("ListRoles", {}, caller);
    await iam("RemoveUserFromGroup", { GroupName: group, UserName: name });
    expect(await failure(iam("ListRoles", {}, caller))).toMatch(
      /no identity-based policy allows the iam:ListRoles/,
    );
  });

  it("are bound by their boundary", async () => {
    const { name, caller } = await user({ Effect: "Allow", Action: "iam:*", Resource: "*" });
    await iam("GetAccountSummary", {}, caller).catch(() => {});
    await iam("PutUserPermissionsBoundary", {
      UserName: name,
      PermissionsBoundary: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
    });
    expect(await failure(iam("ListUsers", {}, caller))).toMatch(/no permissions boundary allows/);
    await iam("DeleteUserPermissionsBoundary", { UserName: name });
    await iam("ListUsers", {}, caller);
  });
});

describe("policies", () => {
  it("are refused in AWS's words when malformed", async () => {
    const create = (document: string) =>
      failure(iam("CreatePolicy", { PolicyName: fresh("bad"), PolicyDocument: document }));
    const bad = "MalformedPolicyDocumentException:";
    const ok = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
    expect(await create("{")).toBe(`${bad} Syntax errors in policy.`);
    expect(await create(JSON.stringify({ Statement: [ok] }))).toBe(
      `${bad} Policy document must be version 2012-10-17 or greater.`,
    );
    expect(await create(policy([{ ...ok, Effect: "allow" }]))).toBe(
      `${bad} The policy failed legacy parsing`,
    );
    expect(await create(policy([{ Effect: "Allow", Action: "s3:*" }]))).toBe(
      `${bad} Policy statement must contain resources.`,
    );
    expect(await create(policy([{ Effect: "Allow", Resource: "*" }]))).toBe(
      `${bad} Policy statement must contain actions.`,
    );
    expect(await create(policy([{ ...ok, Action: "GetObject" }]))).toBe(
      `${bad} Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.`,
    );
    expect(await create(policy([{ ...ok, Resource: "bucket" }]))).toBe(
      `${bad} Resource bucket must be in ARN format or "*".`,
    );
    expect(await create(policy([{ ...ok, Principal: "*" }]))).toBe(
      `${bad} Policy document should not specify a principal.`,
    );
    expect(
      await create(
        policy([
          { ...ok, Sid: "a" },
          { ...ok, Sid: "a" },
        ]),
      ),
    ).toBe(`${bad} Statement IDs (SID) in a single policy must be unique.`);
  });

  it("have five versions, one the default", async () => {
    const { Policy } = await iam("CreatePolicy", {
      PolicyName: fresh("versions"),
      PolicyDocument: policy([{ Effect: "Allow", Action: "s3:*", Resource: "*" }]),
    });
    const PolicyArn = Policy.Arn;
    const PolicyDocument = policy([{ Effect: "Deny", Action: "s3:*", Resource: "*" }]);
    for (let i = 0; i < 4; i++) await iam("CreatePolicyVersion", { PolicyArn, PolicyDocument });
    expect(await failure(iam("CreatePolicyVersion", { PolicyArn, PolicyDocument }))).toMatch(
      /up to 5 versions/,
    );
    await iam("SetDefaultPolicyVersion", { PolicyArn, VersionId: "v5" });
    expect(await failure(iam("DeletePolicyVersion", { PolicyArn, VersionId: "v5" }))).toMatch(
      /default version/,
    );
    await iam("DeletePolicyVersion", { PolicyArn, VersionId: "v1" });
    await iam("CreatePolicyVersion", { PolicyArn, PolicyDocument });
    const { Versions } = await iam("ListPolicyVersions", { PolicyArn });
    expect(Versions.map((one: { VersionId: string }) => one.VersionId)).toEqual([
      "v6",
      "v5",
      "v4",
      "v3",
      "v2",
    ]);
    const { PolicyVersion } = await iam("GetPolicyVersion", { PolicyArn, VersionId: "v5" });
    expect(decodeURIComponent(PolicyVersion.Document)).toBe(PolicyDocument);
    expect(await failure(iam("DeletePolicy", { PolicyArn }))).toMatch(/more than one version/);
  });

  it("of AWS are there, whole", async () => {
    const { Policy } = await iam("GetPolicy", {
      PolicyArn: "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess",
    });
    expect(Policy).toMatchObject({ PolicyName: "AmazonSageMakerFullAccess", Path: "/", IsAttachable: true });
    const { PolicyVersion } = await iam("GetPolicyVersion", {
      PolicyArn: Policy.Arn,
      VersionId: Policy.DefaultVersionId,
    });
    expect(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement.length).toBeGreaterThan(5);
    let Marker: string | undefined;
    const names = new Set<string>();
    do {
      const answer = await iam("ListPolicies", { Scope: "AWS", MaxItems: 500, ...(Marker && { Marker }) });
      for (const one of answer.Policies) names.add(one.Arn);
      Marker = answer.Marker;
    } while (Marker);
    expect(names.size).toBeGreaterThan(1500);
  });
});

describe("roles", () => {
  it("trust whom their trust policy names, while that one lives", async () => {
    const { name, caller } = await user();
    const RoleName = fresh("role");
    const arn = `arn:aws:iam::111122223333:user/${name}`;
    const { Role } = await iam("CreateRole", { RoleName, AssumeRolePolicyDocument: trust({ AWS: arn }) });
    const request = { RoleArn: Role.Arn, RoleSessionName: "session" };
    const answer = await sts("AssumeRole", request, caller);
    expect(answer.AssumedRoleUser.Arn).toBe(`arn:aws:sts::111122223333:assumed-role/${RoleName}/session`);
    const session = callerOf(answer.Credentials);
    expect((await sts("GetCallerIdentity", {}, session)).UserId).toBe(`${Role.RoleId}:session`);
    for (const { AccessKeyId } of (await iam("ListAccessKeys", { UserName: name })).AccessKeyMetadata) {
      await iam("DeleteAccessKey", { UserName: name, AccessKeyId });
    }
    await iam("DeleteUser", { UserName: name });
    await iam("CreateUser", { UserName: name });
    const { AccessKey } = await iam("CreateAccessKey", { UserName: name });
    expect(await failure(sts("AssumeRole", request, callerOf(AccessKey)))).toMatch(/^AccessDenied/);
    const shown = decodeURIComponent((await iam("GetRole", { RoleName })).Role.AssumeRolePolicyDocument);
    expect(JSON.parse(shown).Statement[0].Principal.AWS).toMatch(/^AIDA/);
  });

  it("refuse principals that do not exist and malformed trust", async () => {
    const create = (document: string) =>
      failure(iam("CreateRole", { RoleName: fresh("no"), AssumeRolePolicyDocument: document }));
    const bad = "MalformedPolicyDocumentException:";
    expect(await create(trust({ AWS: "arn:aws:iam::111122223333:user/nobody" }))).toBe(
      `${bad} Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:user/nobody"`,
    );
    expect(await create("nonsense")).toBe(`${bad} This policy contains invalid Json`);
    expect(await create(trust({ Service: "ec2.amazonaws.com" }, "s3:Get"))).toBe(
      `${bad} AssumeRole policy may only specify STS AssumeRole actions.`,
    );
    expect(
      await create(policy([{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole", Resource: "*" }])),
    ).toBe(`${bad} Has prohibited field Resource`);
    // as S3 words it of bucket policies, by the same parser
    expect(await create(trust({ AWS: [] }))).toBe(`${bad} Missing required field Principal cannot be empty!`);
    expect(await create(trust({ Service: "ec2.amazonaws.com" }, []))).toBe(
      `${bad} Missing required field Action cannot be empty!`,
    );
  });

  it("need TagSession for tags, keep transitive ones, and cannot be given them twice", async () => {
    const { caller } = await user({ Effect: "Allow", Action: "sts:*", Resource: "*" });
    const account = { AWS: "111122223333" };
    const plain = (
      await iam("CreateRole", { RoleName: fresh("plain"), AssumeRolePolicyDocument: trust(account) })
    ).Role;
    const Tags = [{ Key: "Team", Value: "a" }];
    expect(
      await failure(sts("AssumeRole", { RoleArn: plain.Arn, RoleSessionName: "ss", Tags }, caller)),
    ).toMatch(/sts:TagSession/);
    const tagging = trust(account, ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]);
    const first = fresh("first");
    await iam("CreateRole", { RoleName: first, AssumeRolePolicyDocument: tagging });
    await iam("PutRolePolicy", {
      RoleName: first,
      PolicyName: "assume",
      PolicyDocument: policy([{ Effect: "Allow", Action: "sts:*", Resource: "*" }]),
    });
    const second = (await iam("CreateRole", { RoleName: fresh("second"), AssumeRolePolicyDocument: tagging }))
      .Role;
    const one = await sts(
      "AssumeRole",
      {
        RoleArn: `arn:aws:iam::111122223333:role/${first}`,
        RoleSessionName: "ss",
        Tags,
        TransitiveTagKeys: ["Team"],
        SourceIdentity: "alice",
      },
      caller,
    );
    expect(one.SourceIdentity).toBe("alice");
    const chained = callerOf(one.Credentials);
    const two = await sts("AssumeRole", { RoleArn: second.Arn, RoleSessionName: "ss" }, chained);
    expect(callerOf(two.Credentials).principal).toMatchObject({
      sessionTags: { Team: "a" },
      sourceIdentity: "alice",
    });
    expect(
      await failure(
        sts(
          "AssumeRole",
          { RoleArn: second.Arn, RoleSessionName: "ss", Tags: [{ Key: "team", Value: "b" }] },
          chained,
        ),
      ),
    ).toMatch(/conflicts with a transitive tag key from the calling session/);
    expect(
      await failure(
        sts("AssumeRole", { RoleArn: second.Arn, RoleSessionName: "ss", DurationSeconds: 7200 }, chained),
      ),
    ).toMatch(/1 hour session limit for roles assumed by role chaining/);
    expect(
      await failure(
        sts("AssumeRole", { RoleArn: second.Arn, RoleSessionName: "ss", SourceIdentity: "bob" }, chained),
      ),
    ).toMatch(/sts:SetSourceIdentity/);
  });

  it("are limited by a session policy, and sessions end with the clock and with the role", async () => {
    const { name, caller } = await user();
    const RoleName = fresh("limited");
    const { Role } = await iam("CreateRole", {
      RoleName,
      AssumeRolePolicyDocument: trust({ AWS: `arn:aws:iam::111122223333:user/${name}` }),
    });
    await iam("PutRolePolicy", {
      RoleName,
      PolicyName: "all",
      PolicyDocument: policy([{ Effect: "Allow", Action: "iam:List*", Resource: "*" }]),
    });
    const answer = await sts(
      "AssumeRole",
      {
        RoleArn: Role.Arn,
        RoleSessionName: "session",
        DurationSeconds: 900,
        Policy: policy([{ Effect: "Allow", Action: "iam:ListUsers", Resource: "*" }]),
      },
      caller,
    );
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    const session = callerOf(answer.Credentials);
    await iam("ListUsers", {}, session);
    expect(await failure(iam("ListRoles", {}, session))).toMatch(/no session policy allows/);
    const { AccessKeyId, SessionToken } = answer.Credentials;
    const status = () => identityDirectory.credential(AccessKeyId, SessionToken, context()).status;
    await cloud.runtime.clock.advance(899_000);
    expect(status()).toBe("active");
    await cloud.runtime.clock.advance(2_000);
    expect(status()).toBe("expired");
    expect(identityDirectory.credential(AccessKeyId, undefined, context()).status).toBe("unknown");
    expect(
      identityDirectory.credential(AccessKeyId, `${SessionToken}x`.replace("I", "J"), context()).status,
    ).toBe("unknown");
    const again = await sts("AssumeRole", { RoleArn: Role.Arn, RoleSessionName: "session" }, caller);
    await iam("DeleteRolePolicy", { RoleName, PolicyName: "all" });
    await iam("DeleteRole", { RoleName });
    expect(
      identityDirectory.credential(again.Credentials.AccessKeyId, again.Credentials.SessionToken, context())
        .status,
    ).toBe("unknown");
  });

  it("cannot be assumed by root, nor when they do not exist", async () => {
    const { Role } = await iam("CreateRole", {
      RoleName: fresh("any"),
      AssumeRolePolicyDocument: trust({ AWS: "*" }),
    });
    expect(await failure(sts("AssumeRole", { RoleArn: Role.Arn, RoleSessionName: "ss" }))).toBe(
      "AccessDenied: Roles may not be assumed by root accounts.",
    );
    const { caller } = await user({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" });
    const missing = "arn:aws:iam::111122223333:role/nothing-here";
    expect(await failure(sts("AssumeRole", { RoleArn: missing, RoleSessionName: "ss" }, caller))).toContain(
      `AccessDenied: User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${missing}`,
    );
    for (const bad of ["nothing-valid-in-here", "arn:a:a::aaaaaaaaaa:", "arn::b:::something/test-role"]) {
      expect(await failure(sts("AssumeRole", { RoleArn: bad, RoleSessionName: "ss" }, caller))).toBe(
        `ValidationError: ${bad} is invalid`,
      );
    }
  });
});

describe("access keys", () => {
  it("tell when they were last used, and keep it from strangers", async () => {
    const { caller } = await user({ Effect: "Allow", Action: "iam:*", Resource: "*" });
    const AccessKeyId = caller.credential?.accessKeyId;
    expect((await iam("GetAccessKeyLastUsed", { AccessKeyId })).AccessKeyLastUsed).toMatchObject({
      ServiceName: "N/A",
      Region: "N/A",
    });
    await iam("ListUsers", {}, caller);
    const used = await iam("GetAccessKeyLastUsed", { AccessKeyId });
    expect(used.AccessKeyLastUsed).toMatchObject({ ServiceName: "iam", Region: "us-east-1" });
    expect(await failure(iam("GetAccessKeyLastUsed", { AccessKeyId: "AKIAIOSFODNN7EXAMPLE" }))).toMatch(
      /^AccessDenied: User: .* is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIAIOSFODNN7EXAMPLE$/,
    );
  });
});
