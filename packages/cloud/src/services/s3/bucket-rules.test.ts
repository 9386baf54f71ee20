import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  for (const RoleName of ["Reader", "Stranger", "TeamA", "Writer"]) {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sts:AssumeRole" },
    });
    await cloud.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  }
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object, options = {}) => cloud.call("s3", operation, input, options);
const control = (operation: string, input: object) => cloud.call("s3-control", operation, input);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );
const text = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const account = "111122223333";
const session = (role: string, home = account) => {
  const arn = `arn:aws:sts::${home}:assumed-role/${role}/s`;
  const principal = {
    kind: "session" as const,
    arn,
    roleArn: `arn:aws:iam::${home}:role/${role}`,
    account: home,
  };
  return { caller: { principal, account: home, arn, userId: "AROAX:s" } };
};
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (
  Principal: unknown,
  Action: string | string[],
  Resource: string | string[],
  Condition?: object,
) => ({
  Effect: "Allow",
  Principal,
  Action,
  Resource,
  ...(Condition && { Condition }),
});

describe("bucket names", () => {
  it.each(["ab", "Upper", "a..b", "192.168.1.1", "-a-b", "under_score", "xn--abc", "abc-s3alias"])(
    "%s is refused",
    async (Bucket) => {
      expect(await failure(s3("CreateBucket", { Bucket }))).toMatchObject({ code: "InvalidBucketName" });
    },
  );

  it("belong to one account, and to one Region", async () => {
    await s3("CreateBucket", { Bucket: "taken-name" });
    expect(
      await failure(s3("CreateBucket", { Bucket: "taken-name" }, { account: "222233334444" })),
    ).toMatchObject({ code: "BucketAlreadyExists" });
    const elsewhere = { region: "eu-west-1" };
    expect(await failure(s3("CreateBucket", { Bucket: "west" }, elsewhere))).toMatchObject({
      code: "IllegalLocationConstraintException",
    });
    const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" };
    await s3("CreateBucket", { Bucket: "west", CreateBucketConfiguration }, elsewhere);
    expect(
      await failure(s3("CreateBucket", { Bucket: "west", CreateBucketConfiguration }, elsewhere)),
    ).toMatchObject({ code: "BucketAlreadyOwnedByYou" });
    expect(await s3("GetBucketLocation", { Bucket: "west" })).toEqual({ LocationConstraint: "eu-west-1" });
  });
});

describe("bucket policies", () => {
  const Bucket = "policy-bucket";
  const put = (document: string) => failure(s3("PutBucketPolicy", { Bucket, Policy: document }));
  const role = { AWS: `arn:aws:iam::${account}:root` };
  beforeAll(() => s3("CreateBucket", { Bucket }));

  it.each([
    ["{", "This policy contains invalid Json"],
    ["[]", "Policies must be valid JSON and the first byte must be '{'"],
    ["{}", "Missing required field Statement"],
    [
      policy({ Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` }),
      "Missing required field Principal",
    ],
    [
      policy(allow(role, "s3:GetObject", `arn:aws:s3:::${Bucket}`)),
      "Action does not apply to any resource(s) in statement",
    ],
    [
      policy(allow(role, "s3:ListBucket", `arn:aws:s3:::${Bucket}/*`)),
      "Action does not apply to any resource(s) in statement",
    ],
    [policy(allow(role, "s3:GetObject", "arn:aws:s3:::another/*")), "Policy has invalid resource"],
    [policy(allow(role, "s3:GetObject", "*")), "Policy has invalid resource"],
    [policy(allow(role, "s3:GetNothing", `arn:aws:s3:::${Bucket}/*`)), "Policy has invalid action"],
    [policy(allow(role, "ec2:RunInstances", `arn:aws:s3:::${Bucket}/*`)), "Policy has invalid action"],
    [
      policy(allow({ AWS: "nobody" }, "s3:GetObject", `arn:aws:s3:::${Bucket}/*`)),
      "Invalid principal in policy",
    ],
    [policy({ ...allow(role, "s3:GetObject", `arn:aws:s3:::${Bucket}/*`), Extra: 1 }), "Unknown field Extra"],
  ])("%s is malformed", async (document, message) => {
    expect(await put(document)).toMatchObject({ code: "MalformedPolicy", message });
  });

  it("are kept as they were written, and decide", async () => {
    const document = policy(
      allow(
        { AWS: "arn:aws:iam::222233334444:root" },
        ["s3:ListBucket", "s3:ListBucketV*"],
        [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
        { StringLike: { "s3:prefix": "shared/*" } },
      ),
    );
    expect(await put(document)).toBeUndefined();
    expect(await s3("GetBucketPolicy", { Bucket })).toEqual({ Policy: document });
    const other = { account: "222233334444" };
    await s3("ListObjectsV2", { Bucket, Prefix: "shared/x" }, other);
    expect(await failure(s3("ListObjectsV2", { Bucket, Prefix: "own/" }, other))).toMatchObject({
      code: "AccessDenied",
    });
  });

  it("hide what is not there from those who may not list", async () => {
    await s3("DeleteBucketPolicy", { Bucket });
    const reader = session("Reader");
    await s3("PutBucketPolicy", {
      Bucket,
      Policy: policy(
        allow({ AWS: `arn:aws:iam::${account}:role/Reader` }, "s3:GetObject", `arn:aws:s3:::${Bucket}/*`),
      ),
    });
    expect(await failure(s3("GetObject", { Bucket, Key: "none" }, reader))).toMatchObject({
      code: "AccessDenied",
    });
    expect(await failure(s3("GetObject", { Bucket, Key: "none" }))).toMatchObject({ code: "NoSuchKey" });
  });
});

describe("access points", () => {
  it("need their own policy and the bucket's", async () => {
    const Bucket = "behind-point";
    await s3("CreateBucket", { Bucket });
    await s3("PutObject", { Bucket, Key: "k", Body: "x" });
    const { AccessPointArn: arn, Alias } = await control("CreateAccessPoint", {
      AccountId: account,
      Name: "team-a",
      Bucket,
    });
    const roleArn = `arn:aws:iam::${account}:role/TeamA`;
    await s3("PutBucketPolicy", {
      Bucket,
      Policy: policy(
        allow({ AWS: "*" }, "s3:*", [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`], {
          StringEquals: { "s3:DataAccessPointAccount": account },
        }),
      ),
    });
    const read = (Via: string, who: string) =>
      failure(s3("GetObject", { Bucket: Via, Key: "k" }, session(who)));
    expect(await read(arn, "TeamA")).toMatchObject({ code: "AccessDenied" });
    await control("PutAccessPointPolicy", {
      AccountId: account,
      Name: "team-a",
      Policy: policy(allow({ AWS: roleArn }, "s3:GetObject", `${arn}/object/*`)),
    });
    expect(await read(arn, "TeamA")).toBeUndefined();
    expect(await read(Alias, "TeamA")).toBeUndefined();
    expect(await read(arn, "TeamB")).toMatchObject({ code: "AccessDenied" });
    expect(await read(Bucket, "TeamA")).toMatchObject({ code: "AccessDenied" });
    expect(await failure(s3("DeleteBucket", { Bucket: "behind-point" }))).toMatchObject({
      code: "BucketNotEmpty",
    });
    expect(
      await failure(control("CreateAccessPoint", { AccountId: account, Name: "team-a", Bucket })),
    ).toMatchObject({ code: "AccessPointAlreadyOwnedByYou" });
  });

  it("of a VPC are closed to the internet", async () => {
    await s3("CreateBucket", { Bucket: "inside-only" });
    const { Alias } = await control("CreateAccessPoint", {
      AccountId: account,
      Name: "inner",
      Bucket: "inside-only",
      VpcConfiguration: { VpcId: "vpc-1" },
    });
    expect(await failure(s3("PutObject", { Bucket: Alias, Key: "k", Body: "x" }))).toMatchObject({
      code: "AccessDenied",
    });
    const path = {
      position: { kind: "internet", sourceIp: "10.0.0.1" },
      sourceIp: "10.0.0.1",
      context: { "aws:SourceVpc": "vpc-1" },
      secure: true,
    };
    await s3("PutObject", { Bucket: Alias, Key: "k", Body: "x" }, { path });
  });
});

describe("what objects demand", () => {
  it("conditions on tags and encryption headers see the request", async () => {
    const Bucket = "conditions-bucket";
    await s3("CreateBucket", { Bucket });
    const writer = { AWS: `arn:aws:iam::${account}:role/Writer` };
    const all = `arn:aws:s3:::${Bucket}/*`;
    await s3("PutBucketPolicy", {
      Bucket,
      Policy: policy(
        allow(writer, ["s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"], all),
        {
          ...allow("*", "s3:PutObject", all, {
            StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" },
          }),
          Effect: "Deny",
        },
        {
          ...allow("*", "s3:GetObject", all, { StringEquals: { "s3:ExistingObjectTag/secret": "yes" } }),
          Effect: "Deny",
        },
        {
          ...allow("*", "s3:PutObject", all, { StringEquals: { "s3:RequestObjectTag/team": "b" } }),
          Effect: "Deny",
        },
      ),
    });
    const put = (input: object) =>
      failure(s3("PutObject", { Bucket, Key: "k", Body: "x", ...input }, session("Writer")));
    expect((await put({}))?.message).toMatch(
      /on resource: "arn:aws:s3:::conditions-bucket\/k" with an explicit deny in a resource-based policy/,
    );
    const encrypted = { ServerSideEncryption: "AES256" };
    expect(await put({ ...encrypted, Tagging: "team=b" })).toMatchObject({ code: "AccessDenied" });
    expect(await put({ ...encrypted, Tagging: "secret=yes" })).toBeUndefined();
    expect(await failure(s3("GetObject", { Bucket, Key: "k" }, session("Writer")))).toMatchObject({
      code: "AccessDenied",
    });
  });

  it("locks keep versions from going", async () => {
    const Bucket = "locked-bucket";
    await s3("CreateBucket", { Bucket, ObjectLockEnabledForBucket: true });
    const ObjectLockRetainUntilDate = new Date(cloud.runtime.clock.now() + 86_400_000);
    const { VersionId } = await s3("PutObject", {
      Bucket,
      Key: "k",
      Body: "x",
      ObjectLockMode: "GOVERNANCE",
      ObjectLockRetainUntilDate,
    });
    expect(await failure(s3("DeleteObject", { Bucket, Key: "k", VersionId }))).toMatchObject({
      code: "AccessDenied",
      message: "Access Denied because object protected by object lock.",
    });
    await s3("DeleteObject", { Bucket, Key: "k" });
    await s3("DeleteObject", { Bucket, Key: "k", VersionId, BypassGovernanceRetention: true });
    expect(
      await failure(s3("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } })),
    ).toMatchObject({ code: "InvalidBucketState" });
  });

  it("lifecycle rules remove what is due at midnight", async () => {
    const Bucket = "ageing-bucket";
    await s3("CreateBucket", { Bucket });
    await s3("PutBucketLifecycleConfiguration", {
      Bucket,
      LifecycleConfiguration: {
        Rules: [{ ID: "tmp", Status: "Enabled", Filter: { Prefix: "tmp/" }, Expiration: { Days: 2 } }],
      },
    });
    await s3("PutObject", { Bucket, Key: "tmp/a", Body: "x" });
    await s3("PutObject", { Bucket, Key: "keep", Body: "x" });
    expect((await s3("HeadObject", { Bucket, Key: "tmp/a" })).Expiration).toMatch(/rule-id="tmp"/);
    await cloud.runtime.clock.advance(86_400_000);
    expect((await s3("ListObjectsV2", { Bucket })).KeyCount).toBe(2);
    await cloud.runtime.clock.advance(3 * 86_400_000);
    expect((await s3("ListObjectsV2", { Bucket })).Contents).toMatchObject([{ Key: "keep" }]);
  });

  it("access logs are written where the target lets the logging service in", async () => {
    for (const Bucket of ["logged-bucket", "log-target"]) await s3("CreateBucket", { Bucket });
    await s3("PutBucketLogging", {
      Bucket: "logged-bucket",
      BucketLoggingStatus: { LoggingEnabled: { TargetBucket: "log-target", TargetPrefix: "l/" } },
    });
    await s3("PutObject", { Bucket: "logged-bucket", Key: "a b", Body: "12345" });
    await cloud.runtime.clock.advance(5000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await s3("ListObjectsV2", { Bucket: "log-target" })).KeyCount).toBe(0);
    const Service = "logging.s3.amazonaws.com";
    const condition = {
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::logged-bucket" },
      StringEquals: { "aws:SourceAccount": account },
    };
    await s3("PutBucketPolicy", {
      Bucket: "log-target",
      Policy: policy(allow({ Service }, "s3:PutObject", "arn:aws:s3:::log-target/l/*", condition)),
    });
    await s3("GetObject", { Bucket: "logged-bucket", Key: "a b" });
    await failure(s3("GetObject", { Bucket: "logged-bucket", Key: "a b" }, session("Stranger")));
    await cloud.runtime.clock.advance(5000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { Contents } = await s3("ListObjectsV2", { Bucket: "log-target" });
    const lines = (await text((await s3("GetObject", { Bucket: "log-target", Key: Contents[0].Key })).Body))
      .trim()
      .split("\n");
    expect(lines.map((line) => line.match(/REST\.\S+ \S+ \S+ \d+ \S+/)?.[0])).toEqual([
      "REST.GET.OBJECT a%20b - 200 -",
      "REST.GET.OBJECT a%20b - 403 AccessDenied",
    ]);
    expect(lines[1]).toContain("arn:aws:sts::111122223333:assumed-role/Stranger/s");
  });
});
