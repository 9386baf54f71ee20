/** Objects under a KMS key: who reads them is decided by the bucket and, as the same caller, by the key. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const account = "111122223333";
const Bucket = "sealed-data";
let keyArn: string;

const root = (service: string, operation: string, input: object) => cloud.call(service, operation, input);
const roleArn = (name: string) => `arn:aws:iam::${account}:role/${name}`;
const as = (name: string) => {
  const arn = `arn:aws:sts::${account}:assumed-role/${name}/s`;
  const principal = { kind: "session" as const, arn, roleArn: roleArn(name), account };
  return { caller: { principal, account, arn, userId: `AROA${name}:s` } };
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message }),
  );
const get = (name: string, input = {}) =>
  cloud.call("s3", "GetObject", { Bucket, Key: "k", ...input }, as(name));
const put = (name: string, input = {}) =>
  cloud.call("s3", "PutObject", { Bucket, Key: "k", Body: "secret", ...input }, as(name));

beforeAll(async () => {
  cloud = await startCloud();
  for (const RoleName of ["Reader", "Writer", "Outsider", "OnlyThroughS3"]) {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" },
    });
    await root("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
  }
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: "kms:*", Resource: "*" },
      {
        Effect: "Allow",
        Principal: { AWS: [roleArn("Reader"), roleArn("Writer"), roleArn("OnlyThroughS3")] },
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: "*",
        Condition: {
          StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com", "kms:CallerAccount": account },
          StringLike: { "kms:EncryptionContext:aws:s3:arn": `arn:aws:s3:::${Bucket}*` },
        },
      },
      {
        Effect: "Deny",
        Principal: { AWS: roleArn("Outsider") },
        Action: "kms:Decrypt",
        Resource: "*",
      },
    ],
  });
  keyArn = (await root("kms", "CreateKey", { Policy })).KeyMetadata.Arn;
  await root("s3", "CreateBucket", { Bucket });
  await root("s3", "PutBucketEncryption", {
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: keyArn },
          BucketKeyEnabled: true,
        },
      ],
    },
  });
  await root("s3", "PutBucketPolicy", {
    Bucket,
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: ["Reader", "Writer", "Outsider", "OnlyThroughS3"].map(roleArn) },
          Action: ["s3:GetObject", "s3:PutObject"],
          Resource: `arn:aws:s3:::${Bucket}/*`,
        },
        {
          Sid: "RightKey",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
          Condition: {
            Null: { "s3:x-amz-server-side-encryption-aws-kms-key-id": "false" },
            StringNotEquals: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
          },
        },
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  });
});
afterAll(() => cloud.close());

describe("objects under a KMS key", () => {
  it("are written and read by those whom bucket and key let in", async () => {
    expect(await put("Writer")).toMatchObject({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: keyArn,
      BucketKeyEnabled: true,
    });
    expect(await get("Reader")).toMatchObject({ SSEKMSKeyId: keyArn, ContentLength: 6 });
    expect(await put("Writer", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn })).toBeDefined();
  });

  it("stay closed where the key says no", async () => {
    expect(await failure(get("Outsider"))).toEqual({
      code: "AccessDenied",
      message: `User: arn:aws:sts::${account}:assumed-role/Outsider/s is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext with an explicit deny in a resource-based policy`,
    });
    expect(await failure(put("Outsider"))).toMatchObject({ code: "AccessDenied" });
  });

  it("are read through S3 only: the data key cannot be had from KMS itself", async () => {
    const direct = cloud.call(
      "kms",
      "GenerateDataKey",
      { KeyId: keyArn, KeySpec: "AES_256" },
      as("OnlyThroughS3"),
    );
    expect(await failure(direct)).toMatchObject({ code: "AccessDeniedException" });
    expect(await failure(get("OnlyThroughS3"))).toBeUndefined();
  });

  it("are not written under another key, nor over plain HTTP", async () => {
    const other = (await root("kms", "CreateKey", {})).KeyMetadata.Arn;
    const wrong = put("Writer", { ServerSideEncryption: "aws:kms", SSEKMSKeyId: other });
    expect(await failure(wrong)).toMatchObject({ code: "AccessDenied" });
    const path = {
      position: { kind: "internet" as const, sourceIp: "203.0.113.10" },
      sourceIp: "203.0.113.10",
      context: { "aws:SourceIp": "203.0.113.10" },
      secure: false,
    };
    const plain = cloud.call("s3", "GetObject", { Bucket, Key: "k" }, { ...as("Reader"), path });
    expect((await failure(plain))?.message).toContain("with an explicit deny in a resource-based policy");
  });

  it("need the key for each part of a multipart upload", async () => {
    const { UploadId } = await cloud.call("s3", "CreateMultipartUpload", { Bucket, Key: "m" }, as("Writer"));
    await root("kms", "DisableKey", { KeyId: keyArn });
    const part = { Bucket, Key: "m", UploadId, PartNumber: 1, Body: "x" };
    expect(await failure(cloud.call("s3", "UploadPart", part, as("Writer")))).toMatchObject({
      code: "KMS.DisabledException",
    });
    await root("kms", "EnableKey", { KeyId: keyArn });
    expect(await failure(cloud.call("s3", "UploadPart", part, as("Writer")))).toBeUndefined();
  });
});
