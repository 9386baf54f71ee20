/** Which permissions operations need beside the plain one, and what S3 says where one is missing. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const Bucket = "guarded-bucket";
const account = "111122223333";
const objects = `arn:aws:s3:::${Bucket}/*`;
beforeAll(async () => {
  cloud = await startCloud();
  await s3("CreateBucket", { Bucket });
  await s3("PutObject", { Bucket, Key: "tagged", Body: "x", Tagging: "a=b" });
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object, options = {}) => cloud.call("s3", operation, input, options);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );
const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });

/** A user with just these permissions; calls of S3 are made as that user. */
async function user(UserName: string, ...statements: object[]) {
  await cloud.call("iam", "CreateUser", { UserName });
  const PolicyDocument = policy(...statements);
  await cloud.call("iam", "PutUserPolicy", { UserName, PolicyName: "p", PolicyDocument });
  const arn = `arn:aws:iam::${account}:user/${UserName}`;
  const { User } = await cloud.call("iam", "GetUser", { UserName });
  const caller = { principal: { kind: "user", arn, account }, account, arn, userId: User.UserId };
  return (operation: string, input: object) => s3(operation, input, { caller });
}
const allow = (Action: string | string[], more = {}) => ({ Effect: "Allow", Action, Resource: "*", ...more });

it("names the permission that would have told of a missing key", async () => {
  const as = await user("reader", allow("s3:GetObject"));
  expect(await failure(as("GetObject", { Bucket, Key: "none" }))).toMatchObject({
    code: "AccessDenied",
    message: `User: arn:aws:iam::${account}:user/reader is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:ListBucket action`,
  });
});

it("copies tags for those who may read and write them, and counts them for readers", async () => {
  const as = await user("copier", allow(["s3:GetObject", "s3:PutObject"]));
  const copy = { Bucket, Key: "copy", CopySource: `${Bucket}/tagged` };
  expect((await failure(as("CopyObject", copy)))?.message).toContain("s3:GetObjectTagging");
  expect(await failure(as("CopyObject", { ...copy, TaggingDirective: "REPLACE" }))).toBeUndefined();
  expect(await as("HeadObject", { Bucket, Key: "tagged" })).not.toHaveProperty("TagCount");
  const more = await user("tagger", allow(["s3:GetObject*", "s3:PutObject*"]));
  expect(await failure(more("CopyObject", copy))).toBeUndefined();
  expect(await more("HeadObject", { Bucket, Key: "tagged" })).toMatchObject({ TagCount: 1 });
});

it("tells writes that make an object from steps of an upload", async () => {
  const onlyNew = {
    Effect: "Deny",
    Action: "s3:PutObject",
    Resource: "*",
    Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
  };
  const as = await user("author", allow("s3:PutObject"), onlyNew);
  expect((await failure(as("PutObject", { Bucket, Key: "n", Body: "" })))?.code).toBe("AccessDenied");
  expect(await failure(as("PutObject", { Bucket, Key: "n", Body: "", IfNoneMatch: "*" }))).toBeUndefined();
  const { UploadId } = await as("CreateMultipartUpload", { Bucket, Key: "m" });
  const part = { Bucket, Key: "m", UploadId, PartNumber: 1, Body: "x" };
  expect(await failure(as("UploadPart", part))).toBeUndefined();
});

it("refuses condition keys that S3 does not have", async () => {
  const put = (key: string, actions: string | string[] = "s3:GetObject") => {
    const statement = { Principal: { AWS: account }, Condition: { StringEquals: { [key]: "x" } } };
    const Policy = policy({ ...allow(actions, statement), Resource: objects });
    return failure(s3("PutBucketPolicy", { Bucket, Policy }));
  };
  expect(await put("s3:colour")).toMatchObject({ message: "Policy has an invalid condition key" });
  expect(await put("s3:ExistingObjectTag/")).toMatchObject({
    message: "Policy has an invalid condition key",
  });
  expect(await put("s3:ExistingObjectTag/team")).toBeUndefined();
  expect(await put("s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:PutObject")).toBeUndefined();
  expect(await put("s3:SignatureVersion")).toBeUndefined();
  // a key that an action never has, beside others that have it too; patterns need one that does
  const foreign = {
    message: "Conditions do not apply to combination of actions and resources in statement",
  };
  expect(await put("s3:x-amz-acl")).toMatchObject(foreign);
  expect(await put("s3:x-amz-acl", ["s3:PutObject", "s3:GetObject"])).toMatchObject(foreign);
  expect(await put("s3:ExistingObjectTag/team", "s3:DeleteObject")).toMatchObject(foreign);
  expect(await put("s3:x-amz-acl", ["s3:PutObject", "s3:PutObjectAcl"])).toBeUndefined();
  expect(await put("s3:x-amz-acl", "s3:*")).toBeUndefined();
});

it("wants s3:TagResource for a bucket that is made with tags", async () => {
  const as = await user("maker", allow("s3:CreateBucket"));
  const CreateBucketConfiguration = { Tags: [{ Key: "a", Value: "b" }] };
  expect(
    (await failure(as("CreateBucket", { Bucket: "tagged-b", CreateBucketConfiguration })))?.message,
  ).toContain("s3:TagResource");
});

it("keeps notifications to destinations that it is not to look for", async () => {
  const TopicArn = `arn:aws:sns:us-east-1:${account}:t`;
  const rules = (Name: string) => ({ Key: { FilterRules: [{ Name, Value: "a/" }] } });
  const Events = ["s3:ObjectRemoved:*"];
  const given = { TopicConfigurations: [{ TopicArn, Events, Filter: rules("prefix") }] };
  await s3("PutBucketNotificationConfiguration", {
    Bucket,
    SkipDestinationValidation: true,
    NotificationConfiguration: given,
  });
  expect(await s3("GetBucketNotificationConfiguration", { Bucket })).toEqual({
    TopicConfigurations: [{ TopicArn, Events, Filter: rules("Prefix"), Id: expect.any(String) }],
  });
  await s3("PutBucketNotificationConfiguration", { Bucket, NotificationConfiguration: {} });
  expect(await s3("GetBucketNotificationConfiguration", { Bucket })).toEqual({});
});

it("checks notifications and replications before it says that it does not carry them out", async () => {
  const notify = (queue: object) =>
    failure(
      s3("PutBucketNotificationConfiguration", {
        Bucket,
        NotificationConfiguration: { QueueConfigurations: [{ Events: ["s3:ObjectCreated:*"], ...queue }] },
      }),
    );
  expect(await notify({ QueueArn: "queue" })).toMatchObject({ message: "The ARN could not be parsed" });
  const QueueArn = `arn:aws:sqs:us-east-1:${account}:q`;
  const Filter = { Key: { FilterRules: [{ Name: "middle", Value: "x" }] } };
  expect(await notify({ QueueArn, Filter })).toMatchObject({ ArgumentName: "FilterRule.Name" });
  expect(await notify({ QueueArn })).toMatchObject({
    message: "Unable to validate the following destination configurations",
    ArgumentName1: QueueArn,
    ArgumentValue1: "The destination queue does not exist",
  });
  const bridged = { Bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } };
  expect(await failure(s3("PutBucketNotificationConfiguration", bridged))).toMatchObject({
    code: "NotImplemented",
  });
  const ReplicationConfiguration = {
    Role: `arn:aws:iam::${account}:role/r`,
    Rules: [{ Status: "Enabled", Destination: { Bucket: "arn:aws:s3:::no-such-destination" } }],
  };
  const replicate = () => failure(s3("PutBucketReplication", { Bucket, ReplicationConfiguration }));
  expect((await replicate())?.message).toMatch(/^Versioning must be 'Enabled' on the bucket/);
  await s3("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
  expect((await replicate())?.message).toBe("Destination bucket must exist.");
});
