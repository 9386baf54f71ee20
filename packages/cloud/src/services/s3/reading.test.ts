/** Reads, copies and listings in the details that were recorded on AWS (localstack, 2023–2026). */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { signRequest } from "../../wire/sign-request.ts";

let cloud: Cloud;
const Bucket = "reading-bucket";
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  await s3("CreateBucket", { Bucket });
  await s3("PutObject", { Bucket, Key: "k", Body: "data" });
});
afterAll(() => cloud.close());

const s3 = (operation: string, input: object) => cloud.call("s3", operation, input);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error) => ({ code: error.code, message: error.message, ...error.members }),
  );

/** A signed request over HTTP, as no SDK would make it. */
async function send(method: string, path: string, headers: Record<string, string> = {}, body = "") {
  const host = `127.0.0.1:${cloud.port}`;
  const url = `/${Bucket}${path}`;
  const head = signRequest({ method, url, headers: { host, ...headers } }, body, {
    ...cloud.credentials,
    region: "us-east-1",
    service: "s3",
  });
  // fetch writes headers as Latin-1: so they go out as UTF-8
  const sent = Object.entries(head.headers as Record<string, string>).map(([name, value]) => [
    name,
    Buffer.from(value).toString("latin1"),
  ]) as [string, string][];
  const answer = await fetch(`http://${host}${url}`, {
    method,
    headers: sent,
    ...(body && { body }),
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

describe("a condition on dates", () => {
  it("is ignored while its date is yet to come", async () => {
    const { LastModified } = await s3("HeadObject", { Bucket, Key: "k" });
    const later = new Date(Date.now() + 86_400_000);
    expect((await s3("HeadObject", { Bucket, Key: "k", IfModifiedSince: later })).ContentLength).toBe(4);
    expect(
      await failure(s3("HeadObject", { Bucket, Key: "k", IfModifiedSince: LastModified })),
    ).toMatchObject({ code: "NotModified" });
    const copy = { Bucket, Key: "copy", CopySource: `${Bucket}/k` };
    expect(
      (await s3("CopyObject", { ...copy, CopySourceIfModifiedSince: later })).CopyObjectResult,
    ).toBeDefined();
    expect(
      await failure(s3("CopyObject", { ...copy, CopySourceIfModifiedSince: LastModified })),
    ).toMatchObject({
      code: "PreconditionFailed",
      Condition: "x-amz-copy-source-If-Modified-Since",
    });
  });
});

describe("a copy", () => {
  it("tells its checksum without the type, and the null version where versions are suspended", async () => {
    const onto = { Bucket, Key: "k", CopySource: `${Bucket}/k`, MetadataDirective: "REPLACE" };
    const plain = await s3("CopyObject", onto);
    expect(plain.CopyObjectResult.ChecksumCRC64NVME).toBeDefined();
    expect(plain.CopyObjectResult.ChecksumType).toBeUndefined();
    expect(plain.VersionId).toBeUndefined();
    await s3("PutBucketVersioning", { Bucket, VersioningConfiguration: { Status: "Suspended" } });
    const suspended = await s3("CopyObject", onto);
    expect(suspended.VersionId).toBe("null");
    expect(suspended.CopySourceVersionId).toBeUndefined();
    expect((await s3("PutObject", { Bucket, Key: "p", Body: "" })).VersionId).toBeUndefined();
  });

  it("onto itself says something new with any storage class, and where it unseals from KMS", async () => {
    const onto = { Bucket, Key: "same", CopySource: `${Bucket}/same` };
    await s3("PutObject", { Bucket, Key: "same", Body: "x" });
    expect(await failure(s3("CopyObject", onto))).toMatchObject({ code: "InvalidRequest" });
    await s3("CopyObject", { ...onto, StorageClass: "STANDARD" });
    await s3("CopyObject", { ...onto, ServerSideEncryption: "aws:kms" });
    expect((await s3("CopyObject", onto)).ServerSideEncryption).toBe("AES256");
  });

  it("needs a bucket and a key as its source", async () => {
    const { status, text } = await send("PUT", "/other", { "x-amz-copy-source": "nothing" });
    expect(status).toBe(400);
    expect(text).toContain("Copy Source must mention the source bucket and key: sourcebucket/sourcekey");
  });

  it.each(["?acl", "?versionId=null&acl"])(
    "takes no parameter but a version with its source: %s",
    async (query) => {
      const answer = await send("PUT", "/other", { "x-amz-copy-source": `/${Bucket}/k${query}` });
      expect(answer).toMatchObject({ status: 400, text: expect.stringContaining("InvalidArgument") });
    },
  );
});

describe("what is not there", () => {
  it("is said with the bucket by GetObjectTagging alone", async () => {
    const missing = { Bucket, Key: "missing" };
    expect(await failure(s3("GetObjectTagging", missing))).toMatchObject({ Key: `${Bucket}/missing` });
    expect(await failure(s3("DeleteObjectTagging", missing))).toMatchObject({ Key: "missing" });
  });

  it("a delete marker takes no ACL", async () => {
    await s3("CreateBucket", { Bucket: "marked-bucket", ObjectOwnership: "ObjectWriter" });
    const versioning = { Status: "Enabled" };
    await s3("PutBucketVersioning", { Bucket: "marked-bucket", VersioningConfiguration: versioning });
    await s3("PutObject", { Bucket: "marked-bucket", Key: "k", Body: "" });
    await s3("DeleteObject", { Bucket: "marked-bucket", Key: "k" });
    const acl = { Bucket: "marked-bucket", Key: "k", ACL: "private" };
    expect(await failure(s3("PutObjectAcl", acl))).toMatchObject({ code: "MethodNotAllowed", Method: "PUT" });
    expect(await failure(s3("GetObjectAcl", acl))).toMatchObject({ code: "NoSuchKey" });
  });
});

describe("ListObjectVersions", () => {
  it("goes on behind a version that is gone", async () => {
    const where = { Bucket: "versions-bucket", Key: "k" };
    await s3("CreateBucket", { Bucket: where.Bucket });
    await s3("PutBucketVersioning", { Bucket: where.Bucket, VersioningConfiguration: { Status: "Enabled" } });
    const ids: string[] = [];
    for (const Body of "12345") ids.unshift((await s3("PutObject", { ...where, Body })).VersionId);
    const page = await s3("ListObjectVersions", { Bucket: where.Bucket, MaxKeys: 3 });
    expect(page.NextVersionIdMarker).toBe(ids[2]);
    for (const VersionId of ids.slice(0, 3)) await s3("DeleteObject", { ...where, VersionId });
    const markers = { KeyMarker: "k", VersionIdMarker: page.NextVersionIdMarker };
    const rest = await s3("ListObjectVersions", { Bucket: where.Bucket, ...markers });
    expect(rest.Versions.map((one: { VersionId: string }) => one.VersionId)).toEqual(ids.slice(3));
    const made = { Bucket: where.Bucket, KeyMarker: "k", VersionIdMarker: "made-up" };
    expect(await failure(s3("ListObjectVersions", made))).toMatchObject({
      message: "Invalid version id specified",
      ArgumentName: "version-id-marker",
    });
  });
});

describe("a restored object", () => {
  it("is not to be had at once from a deep archive", async () => {
    await s3("PutObject", { Bucket, Key: "deep", Body: "x", StorageClass: "DEEP_ARCHIVE" });
    const restore = (Tier: string) =>
      failure(
        s3("RestoreObject", {
          Bucket,
          Key: "deep",
          RestoreRequest: { Days: 1, GlacierJobParameters: { Tier } },
        }),
      );
    expect(await restore("Expedited")).toMatchObject({ code: "InvalidRequest" });
    expect(await restore("Instant")).toMatchObject({ code: "MalformedXML" });
    expect(await restore("Bulk")).toBeUndefined();
  });

  it("stays to the end of its last day, as headers and listings tell that ask for it", async () => {
    const cold = { Bucket, Key: "cold" };
    await s3("PutObject", { ...cold, Body: "x", StorageClass: "GLACIER" });
    await s3("RestoreObject", { ...cold, RestoreRequest: { Days: 2 } });
    expect((await s3("HeadObject", cold)).Restore).toMatch(/expiry-date=".* 00:00:00 GMT"$/);
    const listed = async (more: object) =>
      (await s3("ListObjectsV2", { Bucket, Prefix: "cold", ...more })).Contents[0].RestoreStatus;
    expect(await listed({})).toBeUndefined();
    const status = await listed({ OptionalObjectAttributes: ["RestoreStatus"] });
    expect(status.IsRestoreInProgress).toBe(false);
    expect(status.RestoreExpiryDate.toISOString()).toMatch(/T00:00:00/);
  });
});

describe("a request that is wrong", () => {
  it("is told what is wrong with it", async () => {
    const object = { Bucket, Key: "k" };
    expect(await failure(s3("HeadObject", { ...object, ExpectedBucketOwner: "somebody" }))).toMatchObject({
      code: "InvalidBucketOwnerAWSAccountID",
    });
    const redirected = { ...object, Body: "", WebsiteRedirectLocation: "elsewhere" };
    expect(await failure(s3("PutObject", redirected))).toMatchObject({ code: "InvalidRedirectLocation" });
    const tagged = { ...object, Body: "", Tagging: "aws:name=1" };
    expect(await failure(s3("PutObject", tagged))).toMatchObject({
      code: "InvalidTag",
      message: "Your TagKey cannot be prefixed with aws:",
    });
    const { status, text } = await send("GET", "/k", { "x-amz-server-side-encryption": "AES256" });
    expect(status).toBe(400);
    expect(text).toContain("x-amz-server-side-encryption header is not supported for this operation.");
    expect(await failure(s3("ListObjects", { Bucket: "no+bucket" }))).toMatchObject({
      code: "InvalidBucketName",
    });
    const document = "<Versioning><Status>Enabled</Status></Versioning>";
    expect((await send("PUT", "?versioning=", {}, document)).text).toContain("<Code>MalformedXML</Code>");
  });
});

describe("on the wire", () => {
  it("dates have milliseconds, and a limit is at most 1000", async () => {
    const { text, headers } = await send("GET", "?max-keys=3000");
    expect(text).toMatch(/<LastModified>[^<]*:\d\d\.000Z<\/LastModified>/);
    expect(text).toContain("<MaxKeys>1000</MaxKeys>");
    expect(headers.get("server")).toBe("AmazonS3");
    expect((await send("GET", "?max-keys=many")).text).toContain(
      "<Message>Provided max-keys not an integer or within integer range</Message>",
    );
  });

  it("gives back an Expires header as it was set, a date or not", async () => {
    for (const expires of ["never", "2030-01-01T00:00:00Z", "Wed, 21 Oct 2015 07:28:00 GMT"]) {
      expect((await send("PUT", "/expiring", { expires }, "x")).status).toBe(200);
      const { headers } = await send("GET", "/expiring");
      expect(headers.get("expires")).toBe(expires);
      expect(headers.has("expiresstring")).toBe(false);
    }
  });

  it("headers in UTF-8 are signed as they are sent, and metadata told in words of RFC 2047", async () => {
    const headers = { "x-amz-meta-name": "Zürich ✓", "content-disposition": 'attachment; filename="ü.txt"' };
    expect((await send("PUT", "/utf8", headers, "content")).status).toBe(200);
    const encoded = Buffer.from("Zürich ✓").toString("base64");
    expect((await send("GET", "/utf8")).headers.get("x-amz-meta-name")).toBe(`=?UTF-8?B?${encoded}?=`);
  });

  it("a checksum is named and told, or not named", async () => {
    const named = await send("PUT", "/sum", { "x-amz-sdk-checksum-algorithm": "CRC32" }, "content");
    expect(named.status).toBe(400);
    expect(named.text).toContain("no corresponding x-amz-checksum-* or x-amz-trailer headers were found");
    const unknown = await send("PUT", "/sum", { "x-amz-checksum-crc7": "AAAA" }, "content");
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain("The algorithm type you specified in x-amz-checksum- header is invalid.");
  });

  it("content tells its length beforehand, and its hash is one", async () => {
    const hashed = await send("GET", "/k", { "x-amz-content-sha256": "none" });
    expect(hashed).toMatchObject({ status: 400, text: expect.stringContaining("or a valid sha256 value.") });
    const authorization = `AWS4-HMAC-SHA256 Credential=${cloud.credentials.accessKeyId}/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`;
    const unhashed = await fetch(`http://127.0.0.1:${cloud.port}/${Bucket}/k`, {
      headers: { authorization, "x-amz-date": "20260101T000000Z" },
    });
    expect(await unhashed.text()).toContain("Missing required header for this request: x-amz-content-sha256");
    const { headers } = signRequest(
      {
        method: "PUT",
        url: `/${Bucket}/streamed`,
        headers: { host: `127.0.0.1:${cloud.port}`, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
      },
      "",
      { ...cloud.credentials, region: "us-east-1", service: "s3" },
    );
    const streamed = await fetch(`http://127.0.0.1:${cloud.port}/${Bucket}/streamed`, {
      method: "PUT",
      headers: headers as Record<string, string>,
      body: new Blob(["text"]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(streamed.status).toBe(501);
    expect(await streamed.text()).toContain("<Header>Transfer-Encoding</Header>");
  });

  it("the SDK's word for its algorithm is that of the checksum beside it", async () => {
    const headers = { "x-amz-sdk-checksum-algorithm": "SHA256", "x-amz-checksum-crc32": "6LcqrA==" };
    const { status, text } = await send("PUT", "/summed", headers, "a");
    expect(status).toBe(400);
    expect(text).toContain("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  });

  it("a list of what to delete needs a digest", async () => {
    const list = "<Delete><Object><Key>gone</Key></Object></Delete>";
    expect((await send("POST", "?delete=", {}, list)).text).toContain(
      "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
    );
    const md5 = createHash("md5").update(list).digest("base64");
    expect((await send("POST", "?delete=", { "content-md5": md5 }, list)).status).toBe(200);
  });

  it("an MD5 that differs is told in hex for an object", async () => {
    const md5 = createHash("md5").update("other");
    const hex = md5.copy().digest("hex");
    const { text } = await send("PUT", "/k", { "content-md5": md5.digest("base64") }, "content");
    expect(text).toContain(`<ExpectedDigest>${hex}</ExpectedDigest>`);
  });

  it("a date that is past is told in S3's own time", async () => {
    await s3("CreateBucket", { Bucket: "locked-dates", ObjectLockEnabledForBucket: true });
    await s3("PutObject", { Bucket: "locked-dates", Key: "k", Body: "" });
    const Retention = { Mode: "GOVERNANCE", RetainUntilDate: new Date("2020-01-01T00:00:00Z") };
    const put = s3("PutObjectRetention", { Bucket: "locked-dates", Key: "k", Retention });
    expect(await failure(put)).toMatchObject({ ArgumentValue: "Tue Dec 31 16:00:00 PST 2019" });
  });
});
