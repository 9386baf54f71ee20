/** The JS SDK and plain HTTP against the gateway: streams, ranges, presigned links, browser requests, denials. */
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import * as S3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let client: S3.S3Client;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  client = new S3.S3Client({
    endpoint: cloud.endpoint as string,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: cloud.credentials,
  });
});
afterAll(async () => {
  client.destroy();
  await cloud.close();
});

const Bucket = "client-bucket";

describe("the JS SDK", () => {
  it("streams an upload in parts and reads it back", async () => {
    await client.send(new S3.CreateBucketCommand({ Bucket }));
    const content = randomBytes(6 * 1024 * 1024);
    const { UploadId } = await client.send(new S3.CreateMultipartUploadCommand({ Bucket, Key: "big" }));
    const cut = 5 * 1024 * 1024;
    const Parts = await Promise.all(
      [content.subarray(0, cut), content.subarray(cut)].map(async (Body, at) => {
        const PartNumber = at + 1;
        const { ETag } = await client.send(
          new S3.UploadPartCommand({ Bucket, Key: "big", UploadId, PartNumber, Body }),
        );
        return { PartNumber, ETag };
      }),
    );
    const { ETag } = await client.send(
      new S3.CompleteMultipartUploadCommand({ Bucket, Key: "big", UploadId, MultipartUpload: { Parts } }),
    );
    const digests = [content.subarray(0, cut), content.subarray(cut)].map((one) =>
      createHash("md5").update(one).digest(),
    );
    expect(ETag).toBe(`"${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-2"`);
    const got = await client.send(new S3.GetObjectCommand({ Bucket, Key: "big" }));
    expect(
      Buffer.from(
        await (got.Body as never as { transformToByteArray(): Promise<Uint8Array> }).transformToByteArray(),
      ).equals(content),
    ).toBe(true);
    const part = await client.send(new S3.GetObjectCommand({ Bucket, Key: "big", PartNumber: 2 }));
    expect(part.ContentLength).toBe(content.length - cut);
    expect(part.PartsCount).toBe(2);
  });

  it("sends a stream with a trailing checksum", async () => {
    const content = randomBytes(400_000);
    await client.send(
      new S3.PutObjectCommand({
        Bucket,
        Key: "stream",
        Body: Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]),
        ContentLength: content.length,
        ChecksumAlgorithm: "SHA256",
      }),
    );
    const head = await client.send(
      new S3.HeadObjectCommand({ Bucket, Key: "stream", ChecksumMode: "ENABLED" }),
    );
    expect(head.ChecksumSHA256).toBe(createHash("sha256").update(content).digest("base64"));
  });
});

describe("browsers", () => {
  it("are answered as the bucket's CORS rules say", async () => {
    await client.send(
      new S3.PutBucketCorsCommand({
        Bucket,
        CORSConfiguration: {
          CORSRules: [
            { AllowedMethods: ["PUT"], AllowedOrigins: ["https://*.example.com"], AllowedHeaders: ["x-*"] },
          ],
        },
      }),
    );
    const ask = (origin: string) =>
      fetch(`${cloud.endpoint}/${Bucket}/k`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "PUT", "access-control-request-headers": "x-a" },
      });
    const allowed = await ask("https://a.example.com");
    expect(allowed.status).toBe(200);
    expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.example.com");
    const refused = await ask("https://example.org");
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain("<Code>AccessForbidden</Code>");
  });

  it("upload forms whose policy is signed, and only as it says", async () => {
    const { createHmac } = await import("node:crypto");
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const credential = `${accessKeyId}/20260101/us-east-1/s3/aws4_request`;
    const policy = Buffer.from(
      JSON.stringify({
        expiration: "2099-01-01T00:00:00Z",
        conditions: [
          { bucket: Bucket },
          ["starts-with", "$key", "user/"],
          ["content-length-range", 1, 20],
          { "x-amz-credential": credential },
          { "x-amz-algorithm": "AWS4-HMAC-SHA256" },
          { "x-amz-date": "20260101T000000Z" },
        ],
      }),
    ).toString("base64");
    const mac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
    const signing = ["20260101", "us-east-1", "s3", "aws4_request"].reduce<string | Buffer>(
      mac,
      `AWS4${secretAccessKey}`,
    );
    const send = async (key: string, content: string, change: Record<string, string> = {}) => {
      const form = new FormData();
      const fields: Record<string, string> = {
        key,
        policy,
        "x-amz-credential": credential,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-date": "20260101T000000Z",
        "x-amz-signature": mac(signing, policy).toString("hex"),
        ...change,
      };
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      form.set("file", new Blob([content]), "photo.jpg");
      const answer = await fetch(`${cloud.endpoint}/${Bucket}`, { method: "POST", body: form });
      return { status: answer.status, text: await answer.text() };
    };
    expect((await send("user/${filename}", "picture")).status).toBe(204);
    const got = await client.send(new S3.HeadObjectCommand({ Bucket, Key: "user/photo.jpg" }));
    expect(got.ContentLength).toBe(7);
    expect((await send("other/x", "picture")).text).toContain("Policy Condition failed");
    expect((await send("user/x", "p".repeat(21))).text).toContain("<Code>EntityTooLarge</Code>");
    expect((await send("user/x", "picture", { acl: "public-read" })).text).toContain(
      "Extra input fields: acl",
    );
    const forged = await send("user/x", "picture", { "x-amz-signature": "0".repeat(64) });
    expect(forged).toMatchObject({ status: 403 });
    expect(forged.text).toContain("SignatureDoesNotMatch");
  });
});

describe("anonymous readers", () => {
  it("need a public policy, which Block Public Access must not forbid", async () => {
    const url = `${cloud.endpoint}/${Bucket}/stream`;
    expect((await fetch(url)).status).toBe(403);
    const Policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${Bucket}/stream`,
        },
      ],
    });
    await expect(client.send(new S3.PutBucketPolicyCommand({ Bucket, Policy }))).rejects.toThrow(
      /BlockPublicPolicy/,
    );
    await client.send(new S3.DeletePublicAccessBlockCommand({ Bucket }));
    await client.send(new S3.PutBucketPolicyCommand({ Bucket, Policy }));
    const answer = await fetch(url, { headers: { range: "bytes=0-3" } });
    expect(answer.status).toBe(206);
    expect((await answer.arrayBuffer()).byteLength).toBe(4);
    // other headers than the object's own are for those who sign
    const overridden = await fetch(`${url}?response-content-type=text/html`);
    expect(overridden.status).toBe(400);
    expect(await overridden.text()).toContain("cannot be used for anonymous GET requests");
    await client.send(
      new S3.PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { RestrictPublicBuckets: true },
      }),
    );
    expect((await fetch(url)).status).toBe(403);
  });
});
