/** SSE-C: a key that somebody could have read on its way to AWS's host is refused, as on S3. */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { signRequest } from "../../wire/sign-request.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  await cloud.call("s3", "CreateBucket", { Bucket: "key-bucket" });
});
afterAll(() => cloud.close());

const key = randomBytes(32);
const headers = {
  "x-amz-server-side-encryption-customer-algorithm": "AES256",
  "x-amz-server-side-encryption-customer-key": key.toString("base64"),
  "x-amz-server-side-encryption-customer-key-md5": createHash("md5").update(key).digest("base64"),
};

function send(
  method: string,
  secure: boolean,
  body = "",
  host = "s3.us-east-1.amazonaws.com",
): Promise<{ status: number; text: string }> {
  const head = signRequest({ method, url: "/key-bucket/k", headers: { host, ...headers } }, body, {
    ...cloud.credentials,
    region: "us-east-1",
    service: "s3",
  });
  const options = {
    host: "127.0.0.1",
    port: cloud.port as number,
    method,
    path: "/key-bucket/k",
    headers: { ...(head.headers as Record<string, string>), "content-length": body.length },
  };
  return new Promise((resolve, reject) => {
    const sent = secure
      ? secureRequest({ ...options, agent: new Agent({ ca: readFileSync(cloud.caBundle as string) }) })
      : plainRequest(options);
    sent.on("response", (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

it("takes a customer's key over TLS only, for writing and for reading", async () => {
  const plainly = await send("PUT", false, "content");
  expect(plainly.status).toBe(400);
  expect(plainly.text).toContain("<Code>InvalidRequest</Code>");
  expect(plainly.text).toContain("must be made over a secure connection");
  expect((await send("PUT", true, "content")).status).toBe(200);
  expect(await send("GET", true)).toEqual({ status: 200, text: "content" });
  expect((await send("GET", false)).status).toBe(400);
  expect((await send("HEAD", false)).status).toBe(400);
});

it("takes it by plain HTTP at this cloud's own address, where nothing leaves the machine", async () => {
  const host = `127.0.0.1:${cloud.port}`;
  expect((await send("PUT", false, "content", host)).status).toBe(200);
  expect(await send("GET", false, "", host)).toEqual({ status: 200, text: "content" });
});
