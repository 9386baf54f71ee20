/**
 * S3, KMS and EC2 print their events in styles of their own. Facts from the services' own guides: "CloudTrail log file
 * entries for Amazon S3", "AWS KMS log entries", "Log Amazon EC2 API calls".
 */
import { createHash, createHmac } from "node:crypto";
import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import * as S3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import type { CloudTrailEvent } from "./event.ts";
import { trailOf } from "./store.ts";

let cloud: Cloud;
let s3: S3.S3Client;
const seen: CloudTrailEvent[] = [];
const Bucket = "style-bucket";
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  trailOf(cloud.runtime.store, cloud.runtime.clock).listen((events) => seen.push(...events));
  s3 = new S3.S3Client({
    endpoint: cloud.endpoint!,
    region: cloud.region,
    credentials: cloud.credentials,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  await s3.send(new S3.CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.close());

/** The newest event of this name. */
const event = (name: string): CloudTrailEvent => {
  trailOf(cloud.runtime.store, cloud.runtime.clock).flush();
  const found = seen.findLast((one) => one.eventName === name);
  if (!found) throw new Error(`no ${name} among ${seen.map((one) => one.eventName).join(", ")}`);
  return found;
};

/** A presigned link to read an object. */
function presigned(path: string): string {
  const date = new Date(cloud.runtime.clock.now()).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${date.slice(0, 8)}/${cloud.region}/s3/aws4_request`;
  const query = [
    "X-Amz-Algorithm=AWS4-HMAC-SHA256",
    `X-Amz-Credential=${encodeURIComponent(`${cloud.credentials.accessKeyId}/${scope}`)}`,
    `X-Amz-Date=${date}`,
    "X-Amz-Expires=900",
    "X-Amz-SignedHeaders=host",
  ].join("&");
  const canonical = `GET\n${path}\n${query}\nhost:127.0.0.1:${cloud.port}\n\nhost\nUNSIGNED-PAYLOAD`;
  const hash = createHash("sha256").update(canonical).digest("hex");
  let key: Buffer = Buffer.from(`AWS4${cloud.credentials.secretAccessKey}`);
  for (const part of scope.split("/")) key = createHmac("sha256", key).update(part).digest();
  const signature = createHmac("sha256", key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash}`);
  return `${cloud.endpoint}${path}?${query}&X-Amz-Signature=${signature.digest("hex")}`;
}

describe("S3", () => {
  it("shows sub-resources, the host and the body's XML", async () => {
    await s3.send(
      new S3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: "a", Value: "b" }] } }),
    );
    const { requestParameters, responseElements, resources } = event("PutBucketTagging");
    expect(requestParameters).toEqual({
      bucketName: Bucket,
      Host: `127.0.0.1:${cloud.port}`,
      tagging: "",
      Tagging: { xmlns: NAMESPACE, TagSet: { Tag: { Key: "a", Value: "b" } } },
    });
    expect(responseElements).toBeNull();
    expect(resources).toEqual([
      { type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${Bucket}`, accountId: cloud.account },
    ]);
    const more = [1, 2].map((n) => ({ Key: `k${n}`, Value: "v" }));
    await s3.send(new S3.PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: more } }));
    expect(event("PutBucketTagging").requestParameters).toMatchObject({ Tagging: { TagSet: { Tag: more } } });
    const Policy = { Version: "2012-10-17", Statement: [] as object[] };
    Policy.Statement.push({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:GetObjectAcl",
      Resource: `arn:aws:s3:::${Bucket}/*`,
    });
    await s3.send(new S3.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(Policy) }));
    expect(event("PutBucketPolicy").requestParameters).toMatchObject({ policy: "", bucketPolicy: Policy });
  });

  it("has older names for some operations", async () => {
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true };
    await s3.send(new S3.PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    expect(event("PutBucketPublicAccessBlock").requestParameters).toMatchObject({
      publicAccessBlock: "",
      PublicAccessBlockConfiguration: { xmlns: NAMESPACE, BlockPublicAcls: true },
    });
    await s3.send(new S3.ListObjectsV2Command({ Bucket, Prefix: "p/", MaxKeys: 5 }));
    expect(event("ListObjects")).toMatchObject({
      requestParameters: { "list-type": "2", prefix: "p/", "max-keys": "5" },
      readOnly: true,
      managementEvent: false,
    });
    const found = await cloud.call("cloudtrail", "LookupEvents", {
      LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "PutBucketPublicAccessBlock" }],
    });
    expect(found.Events[0].Resources).toEqual([{ ResourceType: "AWS::S3::Bucket", ResourceName: Bucket }]);
  });

  it("tells how a data request was signed, its bytes and its headers, never its secrets", async () => {
    await s3.send(
      new S3.PutObjectCommand({
        Bucket,
        Key: "k",
        Body: "hello",
        StorageClass: "STANDARD_IA",
        ACL: "bucket-owner-full-control",
        Metadata: { m: "hidden" },
      }),
    );
    const put = event("PutObject");
    expect(put.requestParameters).toEqual({
      bucketName: Bucket,
      Host: `127.0.0.1:${cloud.port}`,
      key: "k",
      "x-amz-storage-class": "STANDARD_IA",
      "x-amz-acl": "bucket-owner-full-control",
    });
    expect(put.responseElements).toEqual({ "x-amz-server-side-encryption": "AES256" });
    expect(put.additionalEventData).toEqual({
      SignatureVersion: "SigV4",
      AuthenticationMethod: "AuthHeader",
      bytesTransferredIn: 5,
      bytesTransferredOut: 0,
      "x-amz-id-2": expect.stringMatching(/^[A-Za-z0-9+/]{75}=$/),
    });
    expect(await (await fetch(presigned(`/${Bucket}/k`))).text()).toBe("hello");
    expect(event("GetObject").additionalEventData).toMatchObject({
      AuthenticationMethod: "QueryString",
      bytesTransferredOut: 5,
    });
    expect(event("GetObject").requestParameters).toEqual({
      bucketName: Bucket,
      Host: `127.0.0.1:${cloud.port}`,
      key: "k",
      "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
      "X-Amz-Date": expect.stringMatching(/^\d{8}T\d{6}Z$/),
      "X-Amz-Expires": "900",
      "X-Amz-SignedHeaders": "host",
    });
    await fetch(`${cloud.endpoint}/${Bucket}/k`);
    const anonymous = event("GetObject");
    expect(anonymous.userIdentity).toEqual({
      type: "AWSAccount",
      principalId: "",
      accountId: "ANONYMOUS_PRINCIPAL",
    });
    expect(anonymous.additionalEventData).not.toHaveProperty("SignatureVersion");
    const key = Buffer.alloc(32, "k").toString("base64");
    const SSECustomerKeyMD5 = createHash("md5").update(Buffer.alloc(32, "k")).digest("base64");
    const secret = { SSECustomerAlgorithm: "AES256", SSECustomerKey: key, SSECustomerKeyMD5 };
    await cloud.call("s3", "PutObject", { Bucket, Key: "c", Body: Buffer.from("x"), ...secret });
    expect(event("PutObject").requestParameters).toMatchObject({ key: "c" });
    expect(JSON.stringify(event("PutObject"))).not.toContain(key);
  });

  it("shows the owner of a bucket what others do with it", async () => {
    const other = "222233334444";
    const Statement = [
      {
        Effect: "Allow",
        Principal: { AWS: other },
        Action: "s3:GetBucketTagging",
        Resource: `arn:aws:s3:::${Bucket}`,
      },
    ];
    await s3.send(
      new S3.PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) }),
    );
    await cloud.call("s3", "GetBucketTagging", { Bucket }, { account: other });
    trailOf(cloud.runtime.store, cloud.runtime.clock).flush();
    const both = seen.filter((one) => one.eventName === "GetBucketTagging").slice(-2);
    expect(both.map((one) => one.recipientAccountId)).toEqual([other, cloud.account]);
    expect(new Set(both.map((one) => one.sharedEventID)).size).toBe(1);
    expect(both[1]?.userIdentity).toMatchObject({ type: "AWSAccount", accountId: other });
  });
});

describe("KMS", () => {
  it("names the algorithm, the material, and the key where the answer does not", async () => {
    const { KeyMetadata } = await cloud.call("kms", "CreateKey");
    expect(event("CreateKey").requestParameters).toMatchObject({
      keySpec: "SYMMETRIC_DEFAULT",
      origin: "AWS_KMS",
    });
    const { KeyId, Arn, CurrentKeyMaterialId } = KeyMetadata;
    const { CiphertextBlob } = await cloud.call("kms", "Encrypt", { KeyId, Plaintext: Buffer.from("x") });
    await cloud.call("kms", "Decrypt", { CiphertextBlob });
    for (const name of ["Encrypt", "Decrypt"]) {
      expect(event(name)).toMatchObject({
        requestParameters: { encryptionAlgorithm: "SYMMETRIC_DEFAULT" },
        additionalEventData: { keyMaterialId: CurrentKeyMaterialId },
        responseElements: null,
      });
    }
    const to = (await cloud.call("kms", "CreateKey")).KeyMetadata;
    await cloud.call("kms", "ReEncrypt", { CiphertextBlob, DestinationKeyId: to.KeyId });
    expect(event("ReEncrypt").resources?.map((one) => one.ARN)).toEqual([Arn, to.Arn]);
    await cloud.call("kms", "DisableKey", { KeyId });
    expect(event("DisableKey").responseElements).toEqual({ keyId: Arn });
  });
});

describe("EC2", () => {
  it("has sets of ids, permissions, plain tags, and the names of its XML in answers", async () => {
    const TagSpecifications = [{ ResourceType: "vpc", Tags: [{ Key: "Name", Value: "n" }] }];
    const { Vpc } = await cloud.call("ec2", "CreateVpc", { CidrBlock: "10.0.0.0/16", TagSpecifications });
    const made = event("CreateVpc");
    expect(made.requestParameters).toEqual({
      cidrBlock: "10.0.0.0/16",
      tagSpecificationSet: { items: [{ resourceType: "vpc", tags: [{ key: "Name", value: "n" }] }] },
    });
    expect(made.responseElements).toMatchObject({
      requestId: made.requestID,
      vpc: { vpcId: Vpc.VpcId, tagSet: { items: [{ key: "Name", value: "n" }] } },
    });
    const VpcId = Vpc.VpcId;
    const Filters = [{ Name: "state", Values: ["available"] }];
    await cloud.call("ec2", "DescribeVpcs", { VpcIds: [VpcId], Filters });
    expect(event("DescribeVpcs").requestParameters).toEqual({
      vpcSet: { items: [{ vpcId: VpcId }] },
      filterSet: { items: [{ name: "state", valueSet: { items: [{ value: "available" }] } }] },
    });
    const { GroupId } = await cloud.call("ec2", "CreateSecurityGroup", {
      GroupName: "g",
      Description: "d",
      VpcId,
    });
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "10.0.0.0/8" }] },
    ];
    await cloud.call("ec2", "AuthorizeSecurityGroupIngress", { GroupId, IpPermissions });
    const rule = event("AuthorizeSecurityGroupIngress");
    expect(rule.requestParameters).toEqual({
      groupId: GroupId,
      ipPermissions: {
        items: [
          { ipProtocol: "tcp", fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: "10.0.0.0/8" }] } },
        ],
      },
    });
    expect(rule.responseElements).toMatchObject({ securityGroupRuleSet: { items: [{ groupId: GroupId }] } });
    await cloud.call("ec2", "DeleteSecurityGroup", { GroupId });
    const gone = event("DeleteSecurityGroup");
    expect(gone.responseElements).toMatchObject({ requestId: gone.requestID, _return: true });
  });
});

describe("what is refused before it is understood", () => {
  it("is recorded without parameters", async () => {
    const iam = new IAMClient({
      endpoint: cloud.endpoint!,
      region: "us-east-1",
      credentials: cloud.credentials,
      maxAttempts: 1,
    });
    await expect(iam.send(new CreateUserCommand({ UserName: "no spaces" }))).rejects.toThrow();
    expect(event("CreateUser")).toMatchObject({
      errorCode: "ValidationError",
      requestParameters: null,
      responseElements: null,
      userIdentity: { type: "Root" },
    });
  });
});
