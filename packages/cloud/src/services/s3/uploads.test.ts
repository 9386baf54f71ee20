/** Multipart uploads: checksums of parts and wholes, and their listings, as recorded on AWS (localstack, 2025). */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
const Bucket = "uploads-bucket";
const Key = "whole";
beforeAll(async () => {
  cloud = await startCloud();
  await s3("CreateBucket", { Bucket });
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object) => cloud.call("s3", operation, input);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );

const PART = "one part";
const sha256 = createHash("sha256").update(PART).digest("base64");

/** An upload with one part; completes it with what is given. */
async function started(how: object) {
  const { UploadId } = await s3("CreateMultipartUpload", { Bucket, Key, ...how });
  const part = await s3("UploadPart", { Bucket, Key, UploadId, PartNumber: 1, Body: PART });
  const complete = (sums: object, more: object = {}) =>
    s3("CompleteMultipartUpload", {
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: part.ETag, ...sums }] },
      ...more,
    });
  return { part, complete };
}

const differs = (algorithm: string) => ({
  code: "BadDigest",
  message: `The ${algorithm} you specified did not match the calculated checksum.`,
});

describe("the checksum of an upload", () => {
  it("made of its parts' needs each of them, of its own algorithm", async () => {
    const { part, complete } = await started({ ChecksumAlgorithm: "CRC32" });
    const { ChecksumCRC32 } = part;
    expect(await failure(complete({ ChecksumSHA256: sha256 }))).toMatchObject({
      code: "BadDigest",
      message: "The sha256 you specified for part 1 did not match what we received.",
    });
    expect(await failure(complete({}))).toMatchObject({ code: "InvalidRequest" });
    expect(await failure(complete({ ChecksumCRC32 }, { ChecksumType: "FULL_OBJECT" }))).toMatchObject({
      message:
        "The upload was created using the COMPOSITE checksum mode. The complete request must use the same checksum mode.",
    });
    const whole = await complete({ ChecksumCRC32 });
    expect(whole.ChecksumCRC32).toMatch(/-1$/);
    const attributes = await s3("GetObjectAttributes", {
      Bucket,
      Key,
      ObjectAttributes: ["Checksum", "ObjectParts"],
      PartNumberMarker: "10",
    });
    expect(attributes.Checksum.ChecksumCRC32).toBe(whole.ChecksumCRC32.replace("-1", ""));
    expect(attributes.ObjectParts).toEqual({
      TotalPartsCount: 1,
      PartNumberMarker: "10",
      NextPartNumberMarker: "0",
      MaxParts: 1000,
      IsTruncated: false,
    });
    const read = await s3("HeadObject", { Bucket, Key, PartNumber: 1, ChecksumMode: "ENABLED" });
    expect(read).toMatchObject({ ChecksumCRC32, ChecksumType: "COMPOSITE" });
  });

  it("over the whole is believed with its type only", async () => {
    const { part, complete } = await started({ ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" });
    const { ChecksumCRC32C } = part;
    expect(await failure(complete({ ChecksumCRC32C }, { ChecksumCRC32C }))).toEqual(differs("crc32c"));
    const other = { ChecksumSHA256: sha256, ChecksumType: "FULL_OBJECT" };
    expect(await failure(complete({}, other))).toEqual(differs("crc32c"));
    const whole = await complete({}, { ChecksumCRC32C, ChecksumType: "FULL_OBJECT" });
    expect(whole).toMatchObject({ ChecksumCRC32C, ChecksumType: "FULL_OBJECT" });
  });

  it("is looked at once the parts are in order", async () => {
    const { UploadId } = await s3("CreateMultipartUpload", { Bucket, Key });
    const Parts = [2, 1].map((PartNumber) => ({ PartNumber, ETag: "none" }));
    const complete = s3("CompleteMultipartUpload", { Bucket, Key, UploadId, MultipartUpload: { Parts } });
    expect(await failure(complete)).toMatchObject({ code: "InvalidPartOrder", UploadId });
  });

  it("of a part alone is not told for a whole that is not made of such", async () => {
    const start = { ChecksumAlgorithm: "CRC32", ChecksumType: "FULL_OBJECT" };
    const { UploadId } = await s3("CreateMultipartUpload", { Bucket, Key: "two", ...start });
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from("end")];
    const Parts = [];
    for (const [at, Body] of bodies.entries()) {
      const PartNumber = at + 1;
      const { ETag } = await s3("UploadPart", { Bucket, Key: "two", UploadId, PartNumber, Body });
      Parts.push({ PartNumber, ETag });
    }
    await s3("CompleteMultipartUpload", { Bucket, Key: "two", UploadId, MultipartUpload: { Parts } });
    const part = await s3("HeadObject", { Bucket, Key: "two", PartNumber: 2, ChecksumMode: "ENABLED" });
    expect(part).toMatchObject({ ContentLength: 3, PartsCount: 2 });
    expect(part.ChecksumCRC32).toBeUndefined();
    const whole = await s3("HeadObject", { Bucket, Key: "two", ChecksumMode: "ENABLED" });
    expect(whole.ChecksumCRC32).toBeDefined();
  });

  it("that nobody chose is CRC64NVME over the whole, and parts may name none", async () => {
    const { part, complete } = await started({});
    const uploaded = await s3("UploadPart", {
      Bucket,
      Key: "x",
      UploadId: (await s3("CreateMultipartUpload", { Bucket, Key: "x" })).UploadId,
      PartNumber: 1,
      Body: PART,
      ChecksumAlgorithm: "SHA256",
    });
    expect(uploaded.ChecksumSHA256).toBe(sha256);
    expect(await failure(complete({ ChecksumSHA256: sha256 }))).toMatchObject({
      code: "InvalidPart",
      PartNumber: "1",
      ETag: part.ETag.replaceAll('"', ""),
    });
    expect(await failure(complete({}, { ChecksumType: "COMPOSITE" }))).toMatchObject({
      message:
        "The upload was created using the null checksum mode. The complete request must use the same checksum mode.",
    });
    const whole = await complete({}, { ChecksumCRC32: "AAAAAA==-2" });
    expect(whole).toMatchObject({ ChecksumType: "FULL_OBJECT" });
    expect(whole.ChecksumCRC64NVME).toBeDefined();
  });

  it("is not told on completion under a KMS key, and not kept under a customer's", async () => {
    const kms = await started({ ServerSideEncryption: "aws:kms" });
    expect((await kms.complete({})).ChecksumType).toBeUndefined();
    const head = await s3("HeadObject", { Bucket, Key, ChecksumMode: "ENABLED" });
    expect(head.ChecksumCRC64NVME).toBeDefined();

    const key = Buffer.alloc(32, 7);
    const own = {
      SSECustomerAlgorithm: "AES256",
      SSECustomerKey: key.toString("base64"),
      SSECustomerKeyMD5: createHash("md5").update(key).digest("base64"),
    };
    const { UploadId } = await s3("CreateMultipartUpload", { Bucket, Key, ...own });
    const upload = { Bucket, Key, UploadId, PartNumber: 1, Body: PART };
    expect((await failure(s3("UploadPart", upload)))?.message).toBe(
      "The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.",
    );
    const wrong = Buffer.alloc(32, 8);
    const others = {
      ...own,
      SSECustomerKey: wrong.toString("base64"),
      SSECustomerKeyMD5: createHash("md5").update(wrong).digest("base64"),
    };
    expect((await failure(s3("UploadPart", { ...upload, ...others })))?.message).toBe(
      "The provided encryption parameters did not match the ones used originally.",
    );
    const { ETag } = await s3("UploadPart", { ...upload, ...own });
    await s3("CompleteMultipartUpload", {
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    const kept = await s3("HeadObject", { Bucket, Key, ChecksumMode: "ENABLED", ...own });
    expect(kept.ChecksumCRC64NVME).toBeUndefined();
    expect(await failure(s3("GetObject", { Bucket, Key, ...others }))).toMatchObject({
      code: "AccessDenied",
      message:
        "Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.",
    });
  });
});

describe("ListMultipartUploads", () => {
  it("goes on behind common prefixes and behind uploads that are gone", async () => {
    await s3("CreateBucket", { Bucket: "listed-uploads" });
    const begin = (Key: string) => s3("CreateMultipartUpload", { Bucket: "listed-uploads", Key });
    for (const one of ["folder/a/1", "folder/a/2", "folder/b", "folder/c"]) await begin(one);
    const page = async (KeyMarker?: string) => {
      const how = { Prefix: "folder/", Delimiter: "/", MaxUploads: 1, ...(KeyMarker && { KeyMarker }) };
      const listed = await s3("ListMultipartUploads", { Bucket: "listed-uploads", ...how });
      const shown = [...listed.Uploads, ...listed.CommonPrefixes];
      return [shown[0].Key ?? shown[0].Prefix, listed.NextKeyMarker, listed.IsTruncated];
    };
    expect(await page()).toEqual(["folder/a/", "", true]);
    expect(await page("folder/a/")).toEqual(["folder/b", "folder/b", true]);
    expect(await page("folder/a/1")).toEqual(["folder/b", "folder/b", true]);
    expect(await page("folder/b")).toEqual(["folder/c", "folder/c", false]);

    const ids: string[] = [];
    for (let at = 0; at < 4; at++) {
      ids.push((await begin("same")).UploadId);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const [first, second, ...others] = ids as [string, string, ...string[]];
    for (const UploadId of [first, second]) {
      await s3("AbortMultipartUpload", { Bucket: "listed-uploads", Key: "same", UploadId });
    }
    const next = { Bucket: "listed-uploads", KeyMarker: "same", UploadIdMarker: second };
    const rest = await s3("ListMultipartUploads", next);
    expect(rest.Uploads.map((one: { UploadId: string }) => one.UploadId)).toEqual(others);
  });
});
