/** The event history and trails that deliver to S3 and Logs, through the in-process cloud. */
import { createHash, createPublicKey, verify } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import type { Caller } from "../../identity/caller.ts";
import { identityDirectory } from "../iam/directory.ts";

const ACCOUNT = "111122223333";
let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ account: ACCOUNT });
});
afterAll(() => cloud.close());
const call = (service: string, operation: string, input: object = {}, caller?: Caller) =>
  cloud.call(service, operation, input, caller ? { caller } : {});
const failure = async (promise: Promise<unknown>) => {
  const error = (await promise.then(
    () => {
      throw new Error("expected a failure");
    },
    (one) => one,
  )) as { code: string; message: string };
  return `${error.code}: ${error.message}`;
};
const lookup = (AttributeKey: string, AttributeValue: string, more: object = {}) =>
  call("cloudtrail", "LookupEvents", { LookupAttributes: [{ AttributeKey, AttributeValue }], ...more });
async function body(Key: string): Promise<{ content: Buffer; metadata: Record<string, string> }> {
  const got = await call("s3", "GetObject", { Bucket: "trail-bucket", Key });
  const parts: Uint8Array[] = [];
  for await (const part of got.Body) parts.push(part);
  return { content: Buffer.concat(parts), metadata: got.Metadata };
}

describe("the event history", () => {
  let user: Caller;
  let AccessKeyId: string;
  beforeAll(async () => {
    await call("iam", "CreateUser", { UserName: "walker" });
    const { AccessKey } = await call("iam", "CreateAccessKey", { UserName: "walker" });
    AccessKeyId = AccessKey.AccessKeyId;
    const found = identityDirectory.credential(
      AccessKeyId,
      undefined,
      cloud.runtime.within(ACCOUNT, "us-east-1"),
    );
    if (found.status !== "active") throw new Error(found.status);
    user = found.caller;
    await failure(call("iam", "CreateRole", { RoleName: "denied", AssumeRolePolicyDocument: "{}" }, user));
    await failure(call("iam", "GetUser", { UserName: "nobody" }));
  });

  it("finds by every attribute, newest first", async () => {
    const { Events } = await lookup("Username", "walker");
    expect(Events).toHaveLength(1);
    const [event] = Events;
    expect(event).toMatchObject({
      EventName: "CreateRole",
      ReadOnly: "false",
      AccessKeyId,
      EventSource: "iam.amazonaws.com",
      Username: "walker",
      Resources: [{ ResourceType: "AWS::IAM::Role", ResourceName: "denied" }],
    });
    expect(JSON.parse(event.CloudTrailEvent)).toMatchObject({
      errorCode: "AccessDenied",
      userIdentity: { type: "IAMUser", userName: "walker", accountId: ACCOUNT, accessKeyId: AccessKeyId },
      responseElements: null,
      managementEvent: true,
    });
    const one = async (key: string, value: string) =>
      (await lookup(key, value)).Events.some((found: { EventId: string }) => found.EventId === event.EventId);
    expect(await one("EventId", event.EventId)).toBe(true);
    expect(await one("EventName", "CreateRole")).toBe(true);
    expect(await one("EventSource", "iam.amazonaws.com")).toBe(true);
    expect(await one("ReadOnly", "false")).toBe(true);
    expect(await one("AccessKeyId", AccessKeyId)).toBe(true);
    expect(await one("ResourceType", "AWS::IAM::Role")).toBe(true);
    expect(await one("ResourceName", "denied")).toBe(true);
    expect(await one("ReadOnly", "true")).toBe(false);
    const failed = (await lookup("EventName", "GetUser")).Events[0];
    expect(JSON.parse(failed.CloudTrailEvent).errorCode).toBe("NoSuchEntityException");
  });

  it("comes in pages that visit everything once, and refuses foreign tokens", async () => {
    for (let i = 0; i < 7; i++) await call("iam", "CreateGroup", { GroupName: `g${i}` });
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await lookup("EventName", "CreateGroup", {
        MaxResults: 3,
        ...(NextToken && { NextToken }),
      });
      seen.push(...page.Events.map((one: { EventId: string }) => one.EventId));
      NextToken = page.NextToken;
    } while (NextToken);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
    const { NextToken: foreign } = await lookup("EventName", "CreateGroup", { MaxResults: 1 });
    expect(await failure(lookup("EventName", "CreateUser", { NextToken: foreign }))).toMatch(
      /^InvalidNextTokenException/,
    );
    expect(await failure(lookup("EventName", "x", { MaxResults: 51 }))).toMatch(
      /^InvalidMaxResultsException/,
    );
    const later = new Date(cloud.runtime.clock.now() + 60_000);
    expect((await lookup("EventName", "CreateGroup", { StartTime: later })).Events).toEqual([]);
  });
});

describe("trails", () => {
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:GetBucketAcl",
        Resource: "arn:aws:s3:::trail-bucket",
      },
      {
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::trail-bucket/audit/AWSLogs/${ACCOUNT}/*`,
        Condition: {
          StringEquals: {
            "s3:x-amz-acl": "bucket-owner-full-control",
            "aws:SourceArn": `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`,
          },
        },
      },
    ],
  });
  const create = (more: object = {}) =>
    call("cloudtrail", "CreateTrail", {
      Name: "main",
      S3BucketName: "trail-bucket",
      S3KeyPrefix: "audit",
      EnableLogFileValidation: true,
      IsMultiRegionTrail: true,
      ...more,
    });
  const keys = async (Prefix: string): Promise<string[]> =>
    ((await call("s3", "ListObjectsV2", { Bucket: "trail-bucket", Prefix })).Contents ?? []).map(
      (one: { Key: string }) => one.Key,
    );

  it("want a good name and a bucket whose policy lets CloudTrail in", async () => {
    expect(await failure(create({ Name: "ab" }))).toBe(
      "InvalidTrailNameException: Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters.",
    );
    expect(await failure(create())).toBe(
      "S3BucketDoesNotExistException: S3 bucket trail-bucket does not exist!",
    );
    await call("s3", "CreateBucket", { Bucket: "trail-bucket" });
    expect(await failure(create())).toBe(
      "InsufficientS3BucketPolicyException: Incorrect S3 bucket policy is detected for bucket: trail-bucket",
    );
    await call("s3", "PutBucketPolicy", { Bucket: "trail-bucket", Policy: policy });
    const made = await create();
    expect(made).toMatchObject({
      TrailARN: `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/main`,
      IsMultiRegionTrail: true,
      LogFileValidationEnabled: true,
    });
    expect(await failure(create())).toBe(
      `TrailAlreadyExistsException: Trail main already exists for customer: ${ACCOUNT}`,
    );
    expect(await failure(call("cloudtrail", "GetTrailStatus", { Name: "none" }))).toBe(
      `TrailNotFoundException: Unknown trail: arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/none for the user: ${ACCOUNT}`,
    );
    expect(await failure(call("cloudtrail", "GetTrail", { Name: "none" }))).toBe(
      `TrailNotFoundException: Unknown trail: none for the user: ${ACCOUNT}`,
    );
    for (const [name, message] of [
      ["a..b", "Trail name cannot have adjacent periods, underscores, or dashes."],
      ["192.168.5.4", "Trail name must not be in IP address format (for example, 192.168.5.4)."],
    ] as const)
      expect(await failure(create({ Name: name }))).toBe(`InvalidTrailNameException: ${message}`);
    expect(await failure(call("cloudtrail", "UpdateTrail", { Name: "main", SnsTopicName: "nowhere" }))).toBe(
      "InsufficientSnsTopicPolicyException: SNS Topic does not exist or the topic policy is incorrect!",
    );
  });

  it("deliver files, data events they select, and to Logs", async () => {
    await call("cloudwatch-logs", "CreateLogGroup", { logGroupName: "trail" });
    await call("iam", "CreateRole", {
      RoleName: "to-logs",
      AssumeRolePolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "sts:AssumeRole" },
        ],
      }),
    });
    await call("iam", "PutRolePolicy", {
      RoleName: "to-logs",
      PolicyName: "logs",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: "*" },
        ],
      }),
    });
    await call("cloudtrail", "UpdateTrail", {
      Name: "main",
      CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${ACCOUNT}:log-group:trail:*`,
      CloudWatchLogsRoleArn: `arn:aws:iam::${ACCOUNT}:role/to-logs`,
    });
    await call("cloudtrail", "StartLogging", { Name: "main" });
    await call("cloudtrail", "PutEventSelectors", {
      TrailName: "main",
      EventSelectors: [
        {
          ReadWriteType: "WriteOnly",
          DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::data-bucket/in/"] }],
        },
      ],
    });
    await call("s3", "CreateBucket", { Bucket: "data-bucket" });
    await call("s3", "PutObject", { Bucket: "data-bucket", Key: "in/a", Body: Buffer.from("x") });
    await call("s3", "PutObject", { Bucket: "data-bucket", Key: "out/a", Body: Buffer.from("x") });
    await call("iam", "ListUsers");
    await cloud.runtime.clock.advance(6 * 60_000);
    const status = await call("cloudtrail", "GetTrailStatus", { Name: "main" });
    expect(status.LatestDeliveryError).toBeUndefined();
    expect(status.LatestCloudWatchLogsDeliveryError).toBeUndefined();
    const day = new Date(cloud.runtime.clock.now()).toISOString().slice(0, 10).replaceAll("-", "/");
    const files = await keys(`audit/AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/${day}/`);
    expect(files.length).toBeGreaterThan(0);
    expect(files[0]).toMatch(/\/111122223333_CloudTrail_us-east-1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/);
    const records = JSON.parse(gunzipSync((await body(files[0] as string)).content).toString()).Records as {
      eventName: string;
      requestParameters: { key?: string };
    }[];
    const names = records.map((one) => one.eventName);
    expect(names).toContain("CreateBucket");
    expect(names).not.toContain("ListUsers");
    expect(
      records.filter((one) => one.eventName === "PutObject").map((one) => one.requestParameters.key),
    ).toEqual(["in/a"]);
    const { events } = await call("cloudwatch-logs", "FilterLogEvents", { logGroupName: "trail" });
    expect(events.length).toBe(records.length);
  });

  it("sign digests that chain", async () => {
    for (let hour = 0; hour < 2; hour++) {
      await call("iam", "CreateGroup", { GroupName: `digest-${hour}` });
      await cloud.runtime.clock.advance(65 * 60_000);
    }
    const digests = await keys(`audit/AWSLogs/${ACCOUNT}/CloudTrail-Digest/us-east-1/`);
    expect(digests.length).toBeGreaterThanOrEqual(2);
    const { PublicKeyList } = await call("cloudtrail", "ListPublicKeys");
    const key = createPublicKey({ key: PublicKeyList[0].Value, format: "der", type: "pkcs1" });
    let previous: { hash: string; signature: string } | undefined;
    for (const name of digests) {
      const { content, metadata } = await body(name);
      const plain = gunzipSync(content).toString();
      const digest = JSON.parse(plain);
      const hash = createHash("sha256").update(plain).digest("hex");
      const signed = `${digest.digestEndTime}\n${digest.digestS3Bucket}/${name}\n${hash}\n${previous?.signature ?? "null"}`;
      expect(
        verify("sha256", Buffer.from(signed), key, Buffer.from(metadata.signature as string, "hex")),
      ).toBe(true);
      expect(digest.previousDigestHashValue).toBe(previous?.hash ?? null);
      for (const file of digest.logFiles) {
        const text = gunzipSync((await body(file.s3Object)).content);
        expect(createHash("sha256").update(text).digest("hex")).toBe(file.hashValue);
      }
      previous = { hash, signature: metadata.signature as string };
    }
  });

  it("report a bucket that no longer lets them in", async () => {
    await call("s3", "DeleteBucketPolicy", { Bucket: "trail-bucket" });
    await call("iam", "CreateGroup", { GroupName: "late" });
    await cloud.runtime.clock.advance(6 * 60_000);
    expect((await call("cloudtrail", "GetTrailStatus", { Name: "main" })).LatestDeliveryError).toBe(
      "AccessDenied",
    );
    await call("cloudtrail", "StopLogging", { Name: "main" });
    await call("cloudtrail", "DeleteTrail", { Name: "main" });
    expect((await call("cloudtrail", "DescribeTrails")).trailList).toEqual([]);
  });
});

describe("what a trail may be", () => {
  const SERVICE = { Service: "cloudtrail.amazonaws.com" };
  const bucketFor = async (Bucket: string, ...folders: string[]) => {
    await call("s3", "CreateBucket", { Bucket });
    const Statement = [
      { Effect: "Allow", Principal: SERVICE, Action: "s3:GetBucketAcl", Resource: `arn:aws:s3:::${Bucket}` },
      {
        Effect: "Allow",
        Principal: SERVICE,
        Action: "s3:PutObject",
        Resource: folders.map((folder) => `arn:aws:s3:::${Bucket}/AWSLogs/${folder}/*`),
        Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
      },
    ];
    await call("s3", "PutBucketPolicy", {
      Bucket,
      Policy: JSON.stringify({ Version: "2012-10-17", Statement }),
    });
  };
  const files = async (Bucket: string): Promise<string[]> =>
    ((await call("s3", "ListObjectsV2", { Bucket })).Contents ?? []).map((one: { Key: string }) => one.Key);

  it("encrypted with a key whose policy is the one of the guide", async () => {
    await bucketFor("kms-trail", ACCOUNT);
    const Name = "sealed";
    const arn = `arn:aws:cloudtrail:us-east-1:${ACCOUNT}:trail/${Name}`;
    const trail = { Name, S3BucketName: "kms-trail" };
    const root = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
      Action: "kms:*",
      Resource: "*",
    };
    const { KeyId, Arn } = (await call("kms", "CreateKey")).KeyMetadata;
    expect(await failure(call("cloudtrail", "CreateTrail", { ...trail, KmsKeyId: "alias/none" }))).toContain(
      "KmsKeyNotFoundException",
    );
    expect(await failure(call("cloudtrail", "CreateTrail", { ...trail, KmsKeyId: KeyId }))).toBe(
      `InsufficientEncryptionPolicyException: Insufficient permissions to access S3 bucket kms-trail or KMS key ${Arn}.`,
    );
    const encrypt = {
      Effect: "Allow",
      Principal: SERVICE,
      Action: "kms:GenerateDataKey*",
      Resource: "*",
      Condition: {
        StringEquals: { "aws:SourceArn": arn },
        StringLike: { "kms:EncryptionContext:aws:cloudtrail:arn": `arn:aws:cloudtrail:*:${ACCOUNT}:trail/*` },
      },
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [root, encrypt] });
    await call("kms", "PutKeyPolicy", { KeyId, PolicyName: "default", Policy });
    expect((await call("cloudtrail", "CreateTrail", { ...trail, KmsKeyId: KeyId })).KmsKeyId).toBe(Arn);
    await call("cloudtrail", "StartLogging", { Name });
    await call("iam", "CreateGroup", { GroupName: "sealed" });
    await cloud.runtime.clock.advance(6 * 60_000);
    expect((await call("cloudtrail", "GetTrailStatus", { Name })).LatestDeliveryError).toBeUndefined();
    const [Key] = await files("kms-trail");
    const head = await call("s3", "HeadObject", { Bucket: "kms-trail", Key });
    expect(head).toMatchObject({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: Arn });
    await call("cloudtrail", "DeleteTrail", { Name });
  });

  it("of an organisation: every account has its folder", async () => {
    await bucketFor("org-trail", ACCOUNT, "o-*");
    const trail = {
      Name: "org",
      S3BucketName: "org-trail",
      IsMultiRegionTrail: true,
      IsOrganizationTrail: true,
    };
    expect(await failure(call("cloudtrail", "CreateTrail", trail))).toContain(
      "OrganizationsNotInUseException",
    );
    const { Organization } = await call("organizations", "CreateOrganization", { FeatureSet: "ALL" });
    expect(await failure(call("cloudtrail", "CreateTrail", trail))).toContain(
      "CloudTrailAccessNotEnabledException",
    );
    const ServicePrincipal = SERVICE.Service;
    await call("organizations", "EnableAWSServiceAccess", { ServicePrincipal });
    const { CreateAccountStatus } = await call("organizations", "CreateAccount", {
      AccountName: "member",
      Email: "member@example.com",
    });
    await cloud.runtime.clock.advance(60_000);
    const { AccountId } = (
      await call("organizations", "DescribeCreateAccountStatus", {
        CreateAccountRequestId: CreateAccountStatus.Id,
      })
    ).CreateAccountStatus;
    expect((await call("cloudtrail", "CreateTrail", trail)).IsOrganizationTrail).toBe(true);
    await call("cloudtrail", "StartLogging", { Name: "org" });
    await cloud.call("iam", "CreateGroup", { GroupName: "of-member" }, { account: AccountId });
    await cloud.call("iam", "CreateGroup", { GroupName: "of-stranger" }, { account: "999900001111" });
    await cloud.runtime.clock.advance(6 * 60_000);
    const keysThere = await files("org-trail");
    const folders = new Set(keysThere.map((key) => key.split("/CloudTrail/")[0]));
    expect([...folders].sort()).toEqual(
      [ACCOUNT, AccountId].sort().map((account) => `AWSLogs/${Organization.Id}/${account}`),
    );
    await call("cloudtrail", "DeleteTrail", { Name: "org" });
  });

  it("of calls through endpoints, when it selects network activity", async () => {
    await bucketFor("network-trail", ACCOUNT);
    await call("cloudtrail", "CreateTrail", { Name: "network", S3BucketName: "network-trail" });
    const FieldSelectors = [
      { Field: "eventCategory", Equals: ["NetworkActivity"] },
      { Field: "eventSource", Equals: ["kms.amazonaws.com"] },
      { Field: "errorCode", Equals: ["VpceAccessDenied"] },
    ];
    await call("cloudtrail", "PutEventSelectors", {
      TrailName: "network",
      AdvancedEventSelectors: [{ FieldSelectors }],
    });
    await call("cloudtrail", "StartLogging", { Name: "network" });
    const id = "vpce-0123456789abcdef0";
    const through = (document: object) => ({
      path: {
        position: { kind: "internet" as const, sourceIp: "10.0.0.4" },
        sourceIp: "10.0.0.4",
        context: { "aws:SourceVpce": id },
        endpoint: { id, account: ACCOUNT, policy: { name: id, document: JSON.stringify(document) } },
        secure: true,
      },
    });
    const statement = (Action: string) => ({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action, Resource: "*" }],
    });
    await cloud.call("kms", "ListKeys", {}, through(statement("kms:ListKeys")));
    await expect(cloud.call("kms", "ListAliases", {}, through(statement("kms:ListKeys")))).rejects.toThrow(
      "no VPC endpoint policy allows",
    );
    await cloud.runtime.clock.advance(6 * 60_000);
    const [Key] = await files("network-trail");
    const got = await call("s3", "GetObject", { Bucket: "network-trail", Key });
    const parts: Uint8Array[] = [];
    for await (const part of got.Body) parts.push(part);
    const { Records } = JSON.parse(gunzipSync(Buffer.concat(parts)).toString());
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventName: "ListAliases",
      eventType: "AwsVpceEvent",
      eventCategory: "NetworkActivity",
      errorCode: "VpceAccessDenied",
      vpcEndpointId: id,
      vpcEndpointAccountId: ACCOUNT,
      requestParameters: null,
    });
    await call("cloudtrail", "DeleteTrail", { Name: "network" });
  });

  it("of selectors that the guide allows", async () => {
    await bucketFor("selector-trail", ACCOUNT);
    await call("cloudtrail", "CreateTrail", { Name: "selectors", S3BucketName: "selector-trail" });
    const put = (input: object) =>
      call("cloudtrail", "PutEventSelectors", { TrailName: "selectors", ...input });
    const field = (Field: string, ...Equals: string[]) => ({ Field, Equals });
    const data = [field("eventCategory", "Data"), field("resources.type", "AWS::S3::Object")];
    for (const FieldSelectors of [
      [field("eventCategory", "Everything")],
      [field("eventCategory", "Data")],
      [field("eventCategory", "NetworkActivity")],
      [...data, field("vpcEndpointId", "vpce-1")],
      [...data, field("readOnly", "maybe")],
      [...data, { Field: "resources.type", StartsWith: ["AWS"] }],
      [field("eventCategory", "Data"), field("resources.type", "AWS::S3::Object", "AWS::Lambda::Function")],
      [...data, { Field: "eventName" }],
    ]) {
      expect([FieldSelectors, await failure(put({ AdvancedEventSelectors: [{ FieldSelectors }] }))]).toEqual([
        FieldSelectors,
        expect.stringContaining("InvalidEventSelectorsException"),
      ]);
    }
    const excluded = { ReadWriteType: "All", ExcludeManagementEventSources: ["s3.amazonaws.com"] };
    expect(await failure(put({ EventSelectors: [excluded] }))).toContain("InvalidEventSelectorsException");
    await put({ EventSelectors: [{ ...excluded, ExcludeManagementEventSources: ["kms.amazonaws.com"] }] });
    await put({ AdvancedEventSelectors: [{ FieldSelectors: [...data, field("readOnly", "false")] }] });
    await call("cloudtrail", "DeleteTrail", { Name: "selectors" });
  });
});
