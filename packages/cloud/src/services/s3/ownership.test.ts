/** Objects of other accounts in one's bucket: who owns them and who decides on them. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { canonicalId } from "./state.ts";

let cloud: Cloud;
const mine = "111122223333";
const theirs = "444455556666";
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const root = (account: string) => {
  const arn = `arn:aws:iam::${account}:root`;
  return { caller: { principal: { kind: "root" as const, arn, account }, account, arn, userId: account } };
};
const as = (account: string) => (operation: string, input: object) =>
  cloud.call("s3", operation, input, root(account));
const we = as(mine);
const they = as(theirs);
const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error) => error.code as string,
  );

async function openBucket(Bucket: string, ObjectOwnership = "ObjectWriter") {
  await we("CreateBucket", { Bucket, ObjectOwnership });
  await we("DeletePublicAccessBlock", { Bucket });
  await we("PutBucketAcl", { Bucket, ACL: "public-read-write" });
  return Bucket;
}

it("leaves an object to the account that wrote it, the owner of the bucket may only delete it", async () => {
  const Bucket = await openBucket("writers-bucket");
  const object = { Bucket, Key: "theirs" };
  await they("PutObject", { ...object, Body: "x" });
  expect(await they("GetObjectAcl", object)).toMatchObject({ Owner: { ID: canonicalId(theirs) } });
  for (const operation of ["GetObject", "GetObjectAcl"]) {
    expect(await code(we(operation, object))).toBe("AccessDenied");
  }
  expect(await code(we("PutObjectAcl", { ...object, ACL: "private" }))).toBe("AccessDenied");
  // tags are the bucket owner's to give and to read
  expect(await code(we("PutObjectTagging", { ...object, Tagging: { TagSet: [] } }))).toBe("ok");
  expect(await code(they("GetObjectTagging", object))).toBe("AccessDenied");

  await they("PutObjectAcl", { ...object, ACL: "bucket-owner-read" });
  expect(await code(we("GetObject", object))).toBe("ok");
  expect(await code(we("GetObjectAcl", object))).toBe("AccessDenied");
  await they("PutObject", { ...object, Body: "x", ACL: "bucket-owner-full-control" });
  expect(await code(we("GetObjectAcl", object))).toBe("ok");
  expect(await code(we("DeleteObject", object))).toBe("ok");
});

it("does not share what is another's by the policy of the bucket, but denies by it", async () => {
  const Bucket = await openBucket("policy-bucket");
  await they("PutObject", { Bucket, Key: "theirs", Body: "x" });
  const statement = (Effect: string) => ({
    Policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect, Principal: "*", Action: "s3:GetObject", Resource: `arn:aws:s3:::${Bucket}/*` }],
    }),
  });
  await we("PutBucketPolicy", { Bucket, ...statement("Allow") });
  expect(await code(we("GetObject", { Bucket, Key: "theirs" }))).toBe("AccessDenied");
  await we("PutBucketPolicy", { Bucket, ...statement("Deny") });
  expect(await code(they("GetObject", { Bucket, Key: "theirs" }))).toBe("AccessDenied");
});

it("gives a bucket that prefers its owner what comes with bucket-owner-full-control", async () => {
  const Bucket = await openBucket("preferring-bucket", "BucketOwnerPreferred");
  await they("PutObject", { Bucket, Key: "given", Body: "x", ACL: "bucket-owner-full-control" });
  await they("PutObject", { Bucket, Key: "kept", Body: "x" });
  expect(await we("GetObjectAcl", { Bucket, Key: "given" })).toMatchObject({
    Owner: { ID: canonicalId(mine) },
  });
  expect(await code(we("GetObject", { Bucket, Key: "kept" }))).toBe("AccessDenied");
  // with ACLs off, everything is the bucket's
  await we("PutBucketAcl", { Bucket, ACL: "private" });
  await we("PutBucketOwnershipControls", {
    Bucket,
    OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
  });
  expect(await code(we("GetObject", { Bucket, Key: "kept" }))).toBe("ok");
  const { Contents } = await we("ListObjects", { Bucket });
  expect(new Set(Contents.map((one: { Owner: { ID: string } }) => one.Owner.ID))).toEqual(
    new Set([canonicalId(mine)]),
  );
});

it("judges a version by its own ACL", async () => {
  const Bucket = await openBucket("versions-bucket");
  await we("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
  const { VersionId } = await we("PutObject", { Bucket, Key: "k", Body: "old" });
  await we("PutObject", { Bucket, Key: "k", Body: "new", ACL: "public-read" });
  expect(await code(they("GetObject", { Bucket, Key: "k" }))).toBe("ok");
  expect(await code(they("GetObject", { Bucket, Key: "k", VersionId }))).toBe("AccessDenied");
});

it("names Block Public Access where a new bucket is asked to be public", async () => {
  const request = { Bucket: "public-from-birth", ACL: "public-read", ObjectOwnership: "ObjectWriter" };
  expect(await code(we("CreateBucket", request))).toBe("InvalidBucketAclWithBlockPublicAccessError");
});

it("lets who began an upload see and give it up, also in another's bucket", async () => {
  const Bucket = await openBucket("uploads-of-others");
  const begin = async () => (await they("CreateMultipartUpload", { Bucket, Key: "k" })).UploadId;
  const upload = { Bucket, Key: "k", UploadId: await begin() };
  const other = as("777788889999");
  expect(await code(other("ListParts", upload))).toBe("AccessDenied");
  expect(await code(other("AbortMultipartUpload", upload))).toBe("AccessDenied");
  expect(await code(they("ListParts", upload))).toBe("ok");
  expect(await code(they("AbortMultipartUpload", upload))).toBe("ok");
  expect(await code(we("AbortMultipartUpload", { ...upload, UploadId: await begin() }))).toBe("ok");
});

it("takes a canonical id in a policy for the account that it is", async () => {
  const Bucket = "canonical-bucket";
  await we("CreateBucket", { Bucket });
  const list = () => code(they("ListObjectsV2", { Bucket }));
  expect(await list()).toBe("AccessDenied");
  const Principal = { CanonicalUser: canonicalId(theirs) };
  const statement = {
    Effect: "Allow",
    Principal,
    Action: "s3:ListBucket",
    Resource: `arn:aws:s3:::${Bucket}`,
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: statement });
  await we("PutBucketPolicy", { Bucket, Policy });
  expect(await list()).toBe("ok");
});

it("judges the source of a copy without its tags, that of a part with them", async () => {
  const Bucket = "tagged-sources";
  await we("CreateBucket", { Bucket });
  await we("DeletePublicAccessBlock", { Bucket });
  await we("PutObject", { Bucket, Key: "public/k", Body: "x", Tagging: "security=public" });
  const arn = `arn:aws:s3:::${Bucket}`;
  const allow = (Action: string | string[], Condition: object) => ({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${theirs}:root` },
    Action,
    Resource: `${arn}/*`,
    Condition,
  });
  const tagged = { StringEquals: { "s3:ExistingObjectTag/security": "public" } };
  const copies = { StringLike: { "s3:x-amz-copy-source": `${Bucket}/public/*` } };
  const Statement = [
    allow(["s3:GetObject", "s3:GetObjectAttributes"], tagged),
    allow("s3:PutObject", copies),
  ];
  await we("PutBucketPolicy", { Bucket, Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  const object = { Bucket, Key: "public/k" };
  expect(await code(they("GetObject", object))).toBe("ok");
  expect(await code(they("GetObjectAttributes", { ...object, ObjectAttributes: ["ETag"] }))).toBe(
    "AccessDenied",
  );
  const CopySource = `${Bucket}/public/k`;
  expect(await code(they("CopyObject", { Bucket, Key: "copy", CopySource }))).toBe("AccessDenied");
  const { UploadId } = await we("CreateMultipartUpload", { Bucket, Key: "copy" });
  const part = { Bucket, Key: "copy", UploadId, PartNumber: 1, CopySource };
  expect(await code(they("UploadPartCopy", part))).toBe("ok");
});

it("wants others to say that they pay where the requester does", async () => {
  const Bucket = await openBucket("paid-bucket");
  const object = { Bucket, Key: "k" };
  await we("PutObject", { ...object, Body: "x", ACL: "public-read" });
  expect(await code(they("GetObject", object))).toBe("ok");
  await we("PutBucketRequestPayment", { Bucket, RequestPaymentConfiguration: { Payer: "Requester" } });
  expect(await code(they("GetObject", object))).toBe("AccessDenied");
  expect(await code(they("ListObjectsV2", { Bucket }))).toBe("AccessDenied");
  expect(await code(they("GetObject", { ...object, RequestPayer: "requester" }))).toBe("ok");
  expect(await code(we("GetObject", object))).toBe("ok");
});

it("gives what nobody in particular wrote to the owner of the bucket", async () => {
  const Bucket = "anybodys-bucket";
  await they("CreateBucket", { Bucket, ObjectOwnership: "ObjectWriter" });
  await they("DeletePublicAccessBlock", { Bucket });
  await they("PutBucketAcl", { Bucket, ACL: "public-read-write" });
  const principal = { kind: "anonymous" as const };
  const caller = { principal, account: mine, arn: "anonymous", userId: "anonymous" };
  await cloud.call("s3", "PutObject", { Bucket, Key: "k", Body: "x" }, { caller });
  expect(await code(they("GetObject", { Bucket, Key: "k" }))).toBe("ok");
  expect(await code(we("GetObject", { Bucket, Key: "k" }))).toBe("AccessDenied");
});
