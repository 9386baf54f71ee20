/** Configurations of buckets, held against what AWS was recorded to answer (LocalStack's snapshots of its S3 tests). */
import type * as S3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const Bucket = "settings-bucket";
beforeAll(async () => {
  cloud = await startCloud();
  await s3("CreateBucket", { Bucket });
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object, options = {}) => cloud.call("s3", operation, input, options);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );

describe("where a bucket is", () => {
  it("keeps the name EU that it was asked for", async () => {
    await s3("CreateBucket", {
      Bucket: "eu-bucket",
      CreateBucketConfiguration: { LocationConstraint: "EU" },
    });
    expect(await s3("GetBucketLocation", { Bucket: "eu-bucket" })).toEqual({ LocationConstraint: "EU" });
    expect(await s3("HeadBucket", { Bucket: "eu-bucket" })).toMatchObject({ BucketRegion: "eu-west-1" });
  });

  it("is a Region that there is", async () => {
    const input = { Bucket: "nowhere", CreateBucketConfiguration: { LocationConstraint: "us-moon-1" } };
    expect(await failure(s3("CreateBucket", input))).toMatchObject({ code: "InvalidLocationConstraint" });
    expect(await failure(s3("ListBuckets", { BucketRegion: "moon" }))).toEqual({
      code: "InvalidArgument",
      message: "Argument value moon is not a valid AWS Region",
      ArgumentName: "bucket-region",
    });
  });
});

describe("lifecycle rules", () => {
  const put = (rule: Partial<S3.LifecycleRule>, more = {}) =>
    failure(
      s3("PutBucketLifecycleConfiguration", {
        Bucket,
        LifecycleConfiguration: { Rules: [{ ID: "r", Status: "Enabled", Filter: {}, ...rule }] },
        ...more,
      }),
    );
  const tag = { Key: "a", Value: "b" };
  it.each<[string, Partial<S3.LifecycleRule>]>([
    ["MalformedXML", { NoncurrentVersionExpiration: {} }],
    ["MalformedXML", { Transitions: [{ StorageClass: "GLACIER" }] }],
    ["'Date' must be at midnight GMT", { Expiration: { Date: new Date("2030-01-01T00:00:02Z") } }],
    [
      "Duplicate Tag Keys are not allowed.",
      { Filter: { And: { Tags: [tag, tag] } }, Expiration: { Days: 1 } },
    ],
    [
      "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
      { Transitions: [{ Days: 29, StorageClass: "STANDARD_IA" }] },
    ],
    [
      "'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the Transition action",
      { Transitions: [{ Days: 30, StorageClass: "GLACIER" }], Expiration: { Days: 30 } },
    ],
    [
      "AbortIncompleteMultipartUpload cannot be specified with Tags.",
      { Filter: { Tag: tag }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
    ],
  ])("%s", async (said, rule) => {
    const error = await put(rule);
    expect([error?.code, error?.message]).toContain(said);
  });

  it("know two smallest sizes of transitions", async () => {
    const rule = { Expiration: { Days: 1 } };
    expect(await put(rule, { TransitionDefaultMinimumObjectSize: "none" })).toMatchObject({
      message: "Invalid TransitionDefaultMinimumObjectSize found: none",
    });
    expect(
      await put(rule, { TransitionDefaultMinimumObjectSize: "varies_by_storage_class" }),
    ).toBeUndefined();
  });
});

describe("website configurations", () => {
  const put = (WebsiteConfiguration: object) =>
    failure(s3("PutBucketWebsite", { Bucket, WebsiteConfiguration }));
  const index = { IndexDocument: { Suffix: "index.html" } };
  it.each([
    [
      "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.",
      { RedirectAllRequestsTo: { HostName: "h" }, ...index },
    ],
    [
      "Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.",
      { RedirectAllRequestsTo: { HostName: "h", Protocol: "ftp" } },
    ],
    ["The IndexDocument Suffix is not well formed", { IndexDocument: { Suffix: "/index.html" } }],
    [
      "You can only define ReplaceKeyPrefix or ReplaceKey but not both.",
      { ...index, RoutingRules: [{ Redirect: { ReplaceKeyWith: "a", ReplaceKeyPrefixWith: "b" } }] },
    ],
    [
      "Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.",
      { ...index, RoutingRules: [{ Condition: {}, Redirect: { ReplaceKeyWith: "a" } }] },
    ],
  ])("%s", async (message, configuration) => {
    expect(await put(configuration)).toMatchObject({ message });
  });
});

it("names the mismatch of an inventory's ids, and a bucket ARN that is none", async () => {
  const inventory = (Id: string, arn: string) => ({
    Bucket,
    Id: "one",
    InventoryConfiguration: {
      Id,
      IsEnabled: true,
      IncludedObjectVersions: "All",
      Schedule: { Frequency: "Daily" },
      Destination: { S3BucketDestination: { Bucket: arn, Format: "CSV" } },
    },
  });
  const put = (input: object) => failure(s3("PutBucketInventoryConfiguration", input));
  expect(await put(inventory("two", `arn:aws:s3:::${Bucket}`))).toMatchObject({ code: "IdMismatch" });
  expect(await put(inventory("one", Bucket))).toMatchObject({ code: "InvalidS3DestinationBucket" });
  expect(await put(inventory("one", `arn:aws:s3:::${Bucket}`))).toBeUndefined();
});
