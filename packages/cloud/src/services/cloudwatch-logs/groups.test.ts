import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

describe("CloudWatch Logs as it was recorded", () => {
  let cloud: Cloud;
  const logs = (operation: string, input: object = {}) => cloud.call("cloudwatch-logs", operation, input);
  beforeEach(async () => {
    cloud = await startCloud();
    await logs("CreateLogGroup", { logGroupName: "Group" });
    await logs("CreateLogStream", { logGroupName: "Group", logStreamName: "a/b" });
  });
  afterEach(() => cloud.close());

  it("searches names by case, and says less of what a pattern found", async () => {
    const { logGroups } = await logs("DescribeLogGroups", { logGroupNamePattern: "rou" });
    expect(Object.keys(logGroups[0]).sort()).toEqual(
      ["arn", "creationTime", "logGroupArn", "logGroupClass", "logGroupName", "metricFilterCount"].sort(),
    );
    expect((await logs("DescribeLogGroups", { logGroupNamePattern: "gro" })).logGroups).toEqual([]);
  });

  it("gives streams a sequence token with their first event", async () => {
    const streams = async () => (await logs("DescribeLogStreams", { logGroupName: "Group" })).logStreams;
    expect(await streams()).toEqual([
      {
        logStreamName: "a/b",
        arn: "arn:aws:logs:us-east-1:111122223333:log-group:Group:log-stream:a/b",
        creationTime: expect.any(Number),
        storedBytes: 0,
      },
    ]);
    const logEvents = [{ timestamp: cloud.runtime.clock.now(), message: "x" }];
    await logs("PutLogEvents", { logGroupName: "Group", logStreamName: "a/b", logEvents });
    expect((await streams())[0].uploadSequenceToken).toMatch(/^\d{56}$/);
    await expect(
      logs("DescribeLogStreams", { logGroupName: "Group", logGroupIdentifier: "Group" }),
    ).rejects.toMatchObject({
      code: "ValidationException",
      message: "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
    });
  });

  it("gives resource policies back in a normal form", async () => {
    const document = (service: unknown) =>
      JSON.stringify({
        Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: ["logs:*"], Resource: "*" }],
      });
    const policyDocument = document(["route53.amazonaws.com"]);
    const put = await logs("PutResourcePolicy", { policyName: "p", policyDocument });
    expect(put.resourcePolicy).toMatchObject({ policyDocument, policyScope: "ACCOUNT" });
    const { resourcePolicies } = await logs("DescribeResourcePolicies");
    expect(JSON.parse(resourcePolicies[0].policyDocument)).toEqual({
      Version: "2008-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "route53.amazonaws.com" },
          Action: "logs:*",
          Resource: "*",
        },
      ],
    });
    await expect(logs("DeleteResourcePolicy", { policyName: "no" })).rejects.toMatchObject({
      message: "Policy with name [no] does not exist.",
    });
  });

  it("keeps filters from the class for infrequent access", async () => {
    await logs("CreateLogGroup", { logGroupName: "cheap", logGroupClass: "INFREQUENT_ACCESS" });
    const metricTransformations = [{ metricName: "m", metricNamespace: "n", metricValue: "1" }];
    const input = { logGroupName: "cheap", filterName: "f", filterPattern: "", metricTransformations };
    await expect(logs("PutMetricFilter", input)).rejects.toMatchObject({ code: "InvalidOperationException" });
    expect(await logs("DescribeDestinations")).toMatchObject({ destinations: [] });
  });

  it("finds metric filters of all groups by prefix", async () => {
    for (const [index, logGroupName] of ["Group", "Other"].entries()) {
      if (index) await logs("CreateLogGroup", { logGroupName });
      await logs("PutMetricFilter", {
        logGroupName,
        filterName: `f-${index}`,
        filterPattern: "{ $.val = * }",
        metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }],
      });
    }
    const { metricFilters } = await logs("DescribeMetricFilters", { filterNamePrefix: "f-" });
    expect(metricFilters).toMatchObject([
      { logGroupName: "Group", applyOnTransformedLogs: false },
      { logGroupName: "Other" },
    ]);
  });

  it("encrypts a group under a key that lets Logs in for it", async () => {
    const make = (logGroupName: string, kmsKeyId: string) =>
      logs("CreateLogGroup", { logGroupName, kmsKeyId });
    const owner = { AWS: `arn:aws:iam::${cloud.account}:root` };
    const key = async (more: object[]) => {
      const Statement = [{ Effect: "Allow", Principal: owner, Action: "kms:*", Resource: "*" }, ...more];
      const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
      return (await cloud.call("kms", "CreateKey", { Policy })).KeyMetadata.Arn as string;
    };
    const closed = await key([]);
    await expect(make("sealed", closed)).rejects.toMatchObject({
      code: "InvalidParameterException",
      message:
        "The specified KMS key does not exist or is not allowed to be used with Arn 'arn:aws:logs:us-east-1:111122223333:log-group:sealed'",
    });
    const arn = "arn:aws:logs:us-east-1:111122223333:log-group:sealed";
    const open = await key([
      {
        Effect: "Allow",
        Principal: { Service: "logs.us-east-1.amazonaws.com" },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arn } },
      },
    ]);
    await make("sealed", open);
    await expect(make("other", open)).rejects.toMatchObject({ code: "InvalidParameterException" });
  });

  const allow = async (Service: string) => {
    const Resource = ["arn:aws:s3:::out", "arn:aws:s3:::out/*"];
    const statement = {
      Effect: "Allow",
      Principal: { Service },
      Action: ["s3:GetBucketAcl", "s3:PutObject"],
      Resource,
      Condition: { StringEquals: { "aws:SourceAccount": cloud.account } },
    };
    await cloud.call("s3", "PutBucketPolicy", {
      Bucket: "out",
      Policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
  };
  const task = { logGroupName: "Group", from: 0, destination: "out" };

  it.each(["logs.amazonaws.com", "logs.us-east-1.amazonaws.com"])("exports to S3 as %s", async (service) => {
    const now = cloud.runtime.clock.now();
    const logEvents = [{ timestamp: now - 5, message: "hello" }];
    await logs("PutLogEvents", { logGroupName: "Group", logStreamName: "a/b", logEvents });
    await cloud.call("s3", "CreateBucket", { Bucket: "out" });
    await allow(service);
    const { taskId } = await logs("CreateExportTask", { ...task, to: now });
    const [pending] = (await logs("DescribeExportTasks", { taskId })).exportTasks;
    expect(pending).toEqual({
      taskId,
      logGroupName: "Group",
      from: 0,
      to: now,
      destination: "out",
      destinationPrefix: "exportedlogs",
      status: { code: "PENDING" },
      executionInfo: { creationTime: expect.any(Number) },
    });
    await cloud.runtime.clock.advance(5_000);
    const [done] = (await logs("DescribeExportTasks", { statusCode: "COMPLETED" })).exportTasks;
    expect(done.executionInfo.completionTime).toBeGreaterThan(now);
    const { Body } = await cloud.call("s3", "GetObject", {
      Bucket: "out",
      Key: `exportedlogs/${taskId}/a-b/000000.gz`,
    });
    const parts: Uint8Array[] = [];
    for await (const part of Body) parts.push(part);
    expect(gunzipSync(Buffer.concat(parts)).toString()).toBe(`${new Date(now - 5).toISOString()} hello\n`);
    await expect(logs("CancelExportTask", { taskId })).rejects.toMatchObject({
      code: "InvalidOperationException",
    });
  });

  it("exports only to buckets that let Logs in", async () => {
    const create = (more: object = {}) => logs("CreateExportTask", { ...task, to: 1, ...more });
    await expect(create({ logGroupName: "no" })).rejects.toThrow("The specified log group does not exist.");
    await expect(create()).rejects.toThrow(
      "The given bucket does not exist. Please make sure the bucket is valid.",
    );
    await cloud.call("s3", "CreateBucket", { Bucket: "out" });
    await expect(create()).rejects.toThrow("GetBucketAcl call on the given bucket failed.");
    await expect(logs("CancelExportTask", { taskId: "no" })).rejects.toThrow(
      "The specified export task does not exist.",
    );
  });
});
