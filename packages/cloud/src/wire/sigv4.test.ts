import { createHash, createHmac } from "node:crypto";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loopHandler } from "./client-loop.ts";
import {
  authenticate,
  identify,
  payloadOfBytes,
  readInput,
  receive,
  type Target,
  toAwsError,
  writeError,
  writeOutput,
} from "./codec.ts";
import { AuthError } from "./errors.ts";
import type { RequestHead } from "./request.ts";

const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret };
const options = {
  lookupSecret: (id: string) => (id === "AKIDEXAMPLE" ? secret : undefined),
  now: Date.now(),
};

class Sha256 {
  #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key as Uint8Array);
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
  reset(): void {}
}

async function presigned(
  service: string,
  path: string,
  query: Record<string, string>,
  at = new Date(),
  expiresIn = 60,
): Promise<RequestHead> {
  const signer = new SignatureV4({
    credentials,
    region: "eu-west-1",
    service,
    sha256: Sha256 as never,
    uriEscapePath: service !== "s3",
  });
  const signed = await signer.presign(
    {
      method: "GET",
      protocol: "http:",
      hostname: "s3.localhost",
      headers: { host: "s3.localhost" },
      path,
      query,
      body: service === "s3" ? { stream: 1 } : "",
    } as never,
    { signingDate: at, expiresIn },
  );
  const text = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join("&");
  return { method: "GET", url: `${signed.path}?${text}`, headers: { host: "s3.localhost" } };
}

async function outcome(head: RequestHead, body = "", now = Date.now()): Promise<string> {
  const target = await identify(head);
  try {
    return authenticate(target, head, payloadOfBytes(Buffer.from(body)), { ...options, now })
      ? "verified"
      : "anonymous";
  } catch (error) {
    return toAwsError(target, error).code;
  }
}

const oddKeys = [
  "a//b",
  "a/../b",
  "./x",
  "日本/語",
  "plus+sign",
  "q?x=1&y",
  "sp ace",
  "percent%20",
  "quote'(*)!",
  "hash#tag",
  "tilde~",
  "a/b/",
  "é",
  "…",
  "=",
  "__proto__",
];

describe("signature version 4", () => {
  it.each(oddKeys)("verifies the SDK's request for the key %s and reads it back", async (key) => {
    const seen: unknown[] = [];
    const client = new S3Client({
      region: "eu-west-1",
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
      requestHandler: loopHandler(async (head, stream) => {
        const target = await identify(head);
        try {
          const payload = await receive(target, head, stream);
          const verified = authenticate(target, head, payload, { ...options, now: Date.now() });
          const { input, operation } = readInput(target, head, payload, verified);
          seen.push(operation.name, input.Key);
          return writeOutput(target, operation, {}, "r");
        } catch (error) {
          return writeError(target, error, "r");
        }
      }),
    });
    await client.send(new GetObjectCommand({ Bucket: "bucket", Key: key }));
    await client.send(new PutObjectCommand({ Bucket: "bucket", Key: key, Body: "x" }));
    expect(seen).toEqual(["GetObject", key, "PutObject", key]);
  });

  it("verifies presigned requests for any key", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), async (key) => {
        fc.pre(Buffer.from(key).toString() === key && key.charCodeAt(0) > 31);
        const path = `/bucket/${key
          .split("/")
          .map((part) =>
            encodeURIComponent(part).replace(
              /[!'()*]/g,
              (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
            ),
          )
          .join("/")}`;
        const head = await presigned("s3", path, { "response-content-type": "a/b c" });
        expect(await outcome(head)).toBe("verified");
        expect(await outcome({ ...head, url: head.url.replace("/bucket/", "/bucket2/") })).toBe(
          "SignatureDoesNotMatch",
        );
      }),
      { numRuns: 60 },
    );
  });

  it("S3 takes a bare plus in a path for a space, in keys and in signatures", async () => {
    const spaced = await presigned("s3", "/bucket/a%20b%2Bc", {});
    const plain = { ...spaced, url: spaced.url.replace("a%20b", "a+b") };
    expect(await outcome(plain)).toBe("verified");
    expect((await identify(plain)).s3?.key).toBe("a b+c");
    const signed = await presigned("s3", "/bucket/a+b", {});
    expect(await outcome(signed)).toBe("SignatureDoesNotMatch");
  });

  it("verifies presigned requests of other services", async () => {
    const head = await presigned("sts", "/", { Action: "GetCallerIdentity", Version: "2011-06-15" });
    expect(await outcome(head)).toBe("verified");
    const target = await identify(head);
    expect([target.service, target.operation?.name]).toEqual(["sts", "GetCallerIdentity"]);
  });

  it("refuses presigned requests past their end, before their start, changed, or of an unknown key", async () => {
    const head = await presigned("s3", "/bucket/key", {}, new Date(Date.now() - 120_000));
    expect(await outcome(head)).toBe("AccessDenied");
    expect(await outcome(head, "", Date.now() - 100_000)).toBe("verified");
    expect(await outcome(head, "", Date.now() - 3_600_000)).toBe("AccessDenied");
    expect(await outcome({ ...head, url: `${head.url}&versionId=1` }, "", Date.now() - 100_000)).toBe(
      "SignatureDoesNotMatch",
    );
    expect(await outcome({ ...head, url: head.url.replace("AKIDEXAMPLE", "AKIDNOBODY0") })).toBe(
      "InvalidAccessKeyId",
    );
    expect(
      await outcome({ ...head, url: head.url.replace(/X-Amz-Expires=\d+/, "X-Amz-Expires=999999") }),
    ).toBe("AuthorizationQueryParametersError");
  });

  it("verifies version 2 links", async () => {
    const expires = Math.floor(Date.now() / 1000) + 60;
    const sign = (text: string) =>
      encodeURIComponent(createHmac("sha1", secret).update(text).digest("base64"));
    const url = (resource: string, query: string) =>
      `${resource}?AWSAccessKeyId=AKIDEXAMPLE&Expires=${expires}&Signature=${sign(`GET\n\n\n${expires}\n${resource}${query ? `?${query}` : ""}`)}${query ? `&${query}` : ""}`;
    const headers = { host: "localhost:4566" };
    expect(await outcome({ method: "GET", url: url("/bucket/some%20key", ""), headers })).toBe("verified");
    expect(await outcome({ method: "GET", url: url("/bucket/key", "versionId=3"), headers })).toBe(
      "verified",
    );
    expect(await outcome({ method: "PUT", url: url("/bucket/key", ""), headers })).toBe(
      "SignatureDoesNotMatch",
    );
    expect(
      await outcome({ method: "GET", url: url("/bucket/key", ""), headers }, "", Date.now() + 120_000),
    ).toBe("AccessDenied");
  });
});

describe("each protocol's own codes", () => {
  const scopes: readonly (readonly [string, string, Record<string, string>])[] = [
    [
      "json",
      "sagemaker",
      { "x-amz-target": "SageMaker.ListDomains", "content-type": "application/x-amz-json-1.1" },
    ],
    ["query", "iam", { "content-type": "application/x-www-form-urlencoded" }],
    ["ec2", "ec2", { "content-type": "application/x-www-form-urlencoded" }],
    ["rest-json", "elasticfilesystem", {}],
    ["rest-xml", "s3", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }],
  ];
  const expected: Record<string, Record<string, string>> = {
    unknown: {
      json: "UnrecognizedClientException",
      query: "InvalidClientTokenId",
      ec2: "AuthFailure",
      "rest-json": "UnrecognizedClientException",
      "rest-xml": "InvalidAccessKeyId",
    },
    wrong: {
      json: "InvalidSignatureException",
      query: "SignatureDoesNotMatch",
      ec2: "AuthFailure",
      "rest-json": "InvalidSignatureException",
      "rest-xml": "SignatureDoesNotMatch",
    },
    late: {
      json: "InvalidSignatureException",
      query: "SignatureDoesNotMatch",
      ec2: "RequestExpired",
      "rest-json": "InvalidSignatureException",
      "rest-xml": "RequestTimeTooSkewed",
    },
    expired: {
      json: "ExpiredTokenException",
      query: "ExpiredToken",
      ec2: "RequestExpired",
      "rest-json": "ExpiredTokenException",
      "rest-xml": "ExpiredToken",
    },
    half: {
      json: "IncompleteSignatureException",
      query: "IncompleteSignature",
      ec2: "IncompleteSignature",
      "rest-json": "IncompleteSignatureException",
      "rest-xml": "AuthorizationHeaderMalformed",
    },
  };
  const head = (
    scope: string,
    more: Record<string, string>,
    key = "AKIDEXAMPLE",
    date = new Date(),
  ): RequestHead => {
    const stamp = date.toISOString().replace(/[-:]|\.\d+/g, "");
    const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${stamp.slice(0, 8)}/us-east-1/${scope}/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;
    return {
      method: scope === "elasticfilesystem" || scope === "s3" ? "GET" : "POST",
      url: scope === "elasticfilesystem" ? "/2015-02-01/file-systems" : "/",
      headers: { host: "localhost", "x-amz-date": stamp, authorization, ...more },
    };
  };
  it.each(scopes)("%s (%s)", async (protocol, scope, more) => {
    expect((await identify(head(scope, more))).protocol).toBe(protocol);
    expect(await outcome(head(scope, more, "AKIDNOBODY"))).toBe(expected.unknown?.[protocol]);
    expect(await outcome(head(scope, more))).toBe(expected.wrong?.[protocol]);
    expect(await outcome(head(scope, more, "AKIDEXAMPLE", new Date(Date.now() - 3_600_000)))).toBe(
      expected.late?.[protocol],
    );
    const half = head(scope, more);
    expect(
      await outcome({
        ...half,
        headers: {
          ...half.headers,
          authorization: String(half.headers.authorization).replace(/, Signature.*/, ""),
        },
      }),
    ).toBe(expected.half?.[protocol]);
    const target = (await identify(head(scope, more))) as Target;
    expect(toAwsError(target, new AuthError("expired-token", "")).code).toBe(expected.expired?.[protocol]);
  });

  it("reach the SDK as its own error classes", async () => {
    const client = new STSClient({
      region: "us-east-1",
      credentials: { accessKeyId: "AKIDNOBODY", secretAccessKey: "x" },
      maxAttempts: 1,
      requestHandler: loopHandler(async (head, stream) => {
        const target = await identify(head);
        try {
          authenticate(target, head, await receive(target, head, stream), options);
        } catch (error) {
          return writeError(target, error, "r");
        }
        throw new Error("not refused");
      }),
    });
    await expect(client.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: "InvalidClientTokenId",
      message: "The security token included in the request is invalid.",
      $metadata: { httpStatusCode: 403 },
    });
  });
});
