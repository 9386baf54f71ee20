import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { bodiesOf } from "../../store/objects.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object) => cloud.call("s3", operation, input);
const text = async (body: AsyncIterable<Uint8Array>) => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, status: error.status, message: error.message }),
  );

describe("objects", () => {
  it("are stored, ranged, listed and deleted", async () => {
    await s3("CreateBucket", { Bucket: "first-bucket" });
    const put = await s3("PutObject", { Bucket: "first-bucket", Key: "a/hello.txt", Body: "hello, world" });
    expect(put.ETag).toBe(`"${createHash("md5").update("hello, world").digest("hex")}"`);
    expect(put.ServerSideEncryption).toBe("AES256");
    expect(put.ChecksumCRC64NVME).toBeDefined();
    const got = await s3("GetObject", { Bucket: "first-bucket", Key: "a/hello.txt", Range: "bytes=7-9" });
    expect(got).toMatchObject({
      ContentLength: 3,
      ContentRange: "bytes 7-9/12",
      ContentType: "binary/octet-stream",
    });
    expect(await text(got.Body)).toBe("wor");
    await s3("PutObject", { Bucket: "first-bucket", Key: "a/b/c", Body: "1" });
    await s3("PutObject", { Bucket: "first-bucket", Key: "z", Body: "2" });
    const listed = await s3("ListObjectsV2", { Bucket: "first-bucket", Prefix: "a/", Delimiter: "/" });
    expect(listed.CommonPrefixes).toEqual([{ Prefix: "a/b/" }]);
    expect(listed.Contents.map((one: { Key: string }) => one.Key)).toEqual(["a/hello.txt"]);
    const pages: string[] = [];
    let token: string | undefined;
    do {
      const page = await s3("ListObjectsV2", {
        Bucket: "first-bucket",
        MaxKeys: 1,
        Delimiter: "/",
        ...(token && { ContinuationToken: token }),
      });
      pages.push(...(page.Contents ?? []).map((one: { Key: string }) => one.Key));
      pages.push(...(page.CommonPrefixes ?? []).map((one: { Prefix: string }) => one.Prefix));
      token = page.NextContinuationToken;
    } while (token);
    expect(pages).toEqual(["a/", "z"]);
    expect(await failure(s3("DeleteBucket", { Bucket: "first-bucket" }))).toMatchObject({
      code: "BucketNotEmpty",
      status: 409,
    });
    const deleted = await s3("DeleteObjects", {
      Bucket: "first-bucket",
      Delete: { Objects: [{ Key: "a/hello.txt" }, { Key: "a/b/c" }, { Key: "z" }, { Key: "never" }] },
    });
    expect(deleted.Deleted).toHaveLength(4);
    await s3("DeleteBucket", { Bucket: "first-bucket" });
    expect(await failure(s3("HeadBucket", { Bucket: "first-bucket" }))).toMatchObject({
      code: "NoSuchBucket",
      status: 404,
    });
  });

  it("keep versions and delete markers", async () => {
    const Bucket = "versioned-bucket";
    await s3("CreateBucket", { Bucket });
    await s3("PutObject", { Bucket, Key: "k", Body: "null version" });
    await s3("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Enabled" } });
    const one = await s3("PutObject", { Bucket, Key: "k", Body: "one" });
    const two = await s3("PutObject", { Bucket, Key: "k", Body: "two" });
    const marker = await s3("DeleteObject", { Bucket, Key: "k" });
    expect(marker.DeleteMarker).toBe(true);
    expect(await failure(s3("GetObject", { Bucket, Key: "k" }))).toMatchObject({
      code: "NoSuchKey",
      status: 404,
    });
    expect(await failure(s3("GetObject", { Bucket, Key: "k", VersionId: marker.VersionId }))).toMatchObject({
      code: "MethodNotAllowed",
    });
    const old = await s3("GetObject", { Bucket, Key: "k", VersionId: one.VersionId });
    expect(await text(old.Body)).toBe("one");
    const listed = await s3("ListObjectVersions", { Bucket });
    expect(listed.Versions.map((v: { VersionId: string }) => v.VersionId)).toEqual([
      two.VersionId,
      one.VersionId,
      "null",
    ]);
    expect(listed.DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
    await s3("DeleteObject", { Bucket, Key: "k", VersionId: marker.VersionId });
    expect(await text((await s3("GetObject", { Bucket, Key: "k" })).Body)).toBe("two");
    await s3("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } });
    await s3("PutObject", { Bucket, Key: "k", Body: "suspended" });
    const after = await s3("ListObjectVersions", { Bucket, MaxKeys: 2 });
    expect(after.Versions.map((v: { VersionId: string }) => v.VersionId)).toEqual(["null", two.VersionId]);
    const rest = await s3("ListObjectVersions", {
      Bucket,
      KeyMarker: after.NextKeyMarker,
      VersionIdMarker: after.NextVersionIdMarker,
    });
    expect(rest.Versions.map((v: { VersionId: string }) => v.VersionId)).toEqual([one.VersionId]);
    for (const VersionId of ["null", two.VersionId, one.VersionId])
      await s3("DeleteObject", { Bucket, Key: "k", VersionId });
    expect((await s3("ListObjectVersions", { Bucket })).Versions).toBeUndefined();
    await s3("DeleteBucket", { Bucket });
  });

  it("are encrypted at rest, under KMS and under a customer's key", async () => {
    const Bucket = "secret-bucket";
    await s3("CreateBucket", { Bucket });
    const { KeyMetadata } = await cloud.call("kms", "CreateKey", {});
    const content = randomBytes(300_000);
    const put = await s3("PutObject", {
      Bucket,
      Key: "k",
      Body: Readable.from([content.subarray(0, 100_001), content.subarray(100_001)]),
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: KeyMetadata.KeyId,
    });
    expect(put.SSEKMSKeyId).toBe(KeyMetadata.Arn);
    expect(put.ETag).not.toContain(createHash("md5").update(content).digest("hex"));
    const got = await s3("GetObject", { Bucket, Key: "k", Range: "bytes=99999-200017" });
    const read: Uint8Array[] = [];
    for await (const chunk of got.Body) read.push(chunk);
    expect(Buffer.concat(read).equals(content.subarray(99_999, 200_018))).toBe(true);
    await cloud.call("kms", "DisableKey", { KeyId: KeyMetadata.KeyId });
    expect(await failure(s3("GetObject", { Bucket, Key: "k" }))).toMatchObject({
      code: "KMS.DisabledException",
    });
    const key = randomBytes(32);
    const customer = {
      SSECustomerAlgorithm: "AES256",
      SSECustomerKey: key.toString("base64"),
      SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
    };
    await s3("PutObject", { Bucket, Key: "c", Body: "customer", ...customer });
    expect(await failure(s3("GetObject", { Bucket, Key: "c" }))).toMatchObject({ code: "InvalidRequest" });
    expect(await text((await s3("GetObject", { Bucket, Key: "c", ...customer })).Body)).toBe("customer");
    const managed = await s3("PutObject", { Bucket, Key: "m", Body: "x", ServerSideEncryption: "aws:kms" });
    const alias = await cloud.call("kms", "DescribeKey", { KeyId: "alias/aws/s3" });
    expect(alias.KeyMetadata).toMatchObject({ Arn: managed.SSEKMSKeyId, KeyManager: "AWS" });
  });

  it("leave nothing on disk when a write fails or is refused", async () => {
    const Bucket = "clean-bucket";
    await s3("CreateBucket", { Bucket });
    const before = await bodiesOf(cloud.runtime.store).count();
    async function* broken() {
      yield Buffer.from("part");
      throw new Error("the client went away");
    }
    await expect(s3("PutObject", { Bucket, Key: "k", Body: broken() })).rejects.toThrow(/went away/);
    const bad = { Bucket, Key: "k", Body: "x", ChecksumCRC32: "AAAAAA==" };
    expect(await failure(s3("PutObject", bad))).toMatchObject({ code: "BadDigest", status: 400 });
    await s3("PutObject", { Bucket, Key: "k", Body: "kept", IfNoneMatch: "*" });
    expect(await failure(s3("PutObject", { Bucket, Key: "k", Body: "y", IfNoneMatch: "*" }))).toMatchObject({
      code: "PreconditionFailed",
      status: 412,
    });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await bodiesOf(cloud.runtime.store).count()).toBe(before + 1);
  });
});
