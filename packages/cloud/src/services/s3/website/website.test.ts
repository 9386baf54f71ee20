/** Website endpoints, over HTTP as browsers see them. */
import { request } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
const Bucket = "pages";
const s3 = (operation: string, input: object) => cloud.call("s3", operation, { Bucket, ...input });
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  await s3("CreateBucket", {});
  await s3("DeletePublicAccessBlock", {});
  const everybody = { Effect: "Allow", Principal: "*", Action: ["s3:GetObject", "s3:ListBucket"] };
  const Resource = ["arn:aws:s3:::pages", "arn:aws:s3:::pages/*"];
  const secrets = {
    Effect: "Deny",
    Principal: "*",
    Action: "s3:GetObject",
    Resource: "arn:aws:s3:::pages/secret",
  };
  const Statement = [{ ...everybody, Resource }, secrets];
  await s3("PutBucketPolicy", { Policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
  for (const Key of ["index.html", "error.html", "docs/index.html", "secret"]) {
    await s3("PutObject", { Key, Body: Key, ContentType: "text/html" });
  }
  await s3("PutObject", { Key: "moved", Body: "", WebsiteRedirectLocation: "/docs/" });
});
afterAll(() => cloud.close());
beforeEach(() => configure({ ErrorDocument: { Key: "error.html" } }));

const configure = (more: object) =>
  s3("PutBucketWebsite", { WebsiteConfiguration: { IndexDocument: { Suffix: "index.html" }, ...more } });

interface Page {
  status: number | undefined;
  headers: Record<string, unknown>;
  text: string;
}

function visit(path: string, more: Record<string, string> = {}, method = "GET"): Promise<Page> {
  const host = "pages.s3-website-us-east-1.amazonaws.com";
  return new Promise((resolve, reject) => {
    const headers = { host, ...more };
    const asked = request({ port: cloud.port, host: "127.0.0.1", path, method, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({
          status: answer.statusCode,
          headers: answer.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    asked.on("error", reject).end();
  });
}
const location = async (path: string) => {
  const { status, headers } = await visit(path);
  return [status, headers.location];
};

describe("a page", () => {
  it("is an object, or the index of what ends in a slash", async () => {
    for (const path of ["/", "/?x=1", "/index.html", "/index.html?acl"]) {
      expect(await visit(path)).toMatchObject({ status: 200, text: "index.html" });
    }
    expect(await visit("/docs/")).toMatchObject({ status: 200, text: "docs/index.html" });
    expect(await location("/docs")).toEqual([302, "/docs/"]);
    expect(await location("/moved")).toEqual([301, "/docs/"]);
  });

  it("is under other names of the endpoint too", async () => {
    for (const host of [`pages.s3-website.localhost:${cloud.port}`, "pages.s3-website.us-east-1.localhost"]) {
      expect(await visit("/", { host })).toMatchObject({ status: 200, text: "index.html" });
    }
  });

  it("is not sent to a browser that has it, and in pieces", async () => {
    const { headers } = await visit("/");
    expect(await visit("/", { "if-none-match": headers.etag as string })).toMatchObject({
      status: 304,
      text: "",
    });
    expect(await visit("/", { range: "bytes=0-4" })).toMatchObject({ status: 206, text: "index" });
  });
});

it("is told from an object in the access log", async () => {
  await s3("CreateBucket", { Bucket: "page-logs" });
  const Resource = "arn:aws:s3:::page-logs/*";
  const Principal = { Service: "logging.s3.amazonaws.com" };
  const Statement = { Effect: "Allow", Principal, Action: "s3:PutObject", Resource };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await s3("PutBucketPolicy", { Bucket: "page-logs", Policy });
  const LoggingEnabled = { TargetBucket: "page-logs", TargetPrefix: "" };
  await s3("PutBucketLogging", { BucketLoggingStatus: { LoggingEnabled } });
  await visit("/docs/");
  await cloud.runtime.clock.advance(5000);
  const written = async () => (await s3("ListObjectsV2", { Bucket: "page-logs" })).Contents?.[0]?.Key;
  await expect.poll(written).toBeDefined();
  const { Body } = await s3("GetObject", { Bucket: "page-logs", Key: await written() });
  const lines: Uint8Array[] = [];
  for await (const chunk of Body) lines.push(chunk);
  expect(Buffer.concat(lines).toString()).toContain(" WEBSITE.GET.OBJECT docs/index.html ");
  await s3("PutBucketLogging", { BucketLoggingStatus: {} });
});

describe("an error", () => {
  it("has the site's document under its own status", async () => {
    const missing = await visit("/none");
    expect(missing).toMatchObject({ status: 404, text: "error.html" });
    expect(missing.headers).toMatchObject({
      "content-type": "text/html",
      "x-amz-error-code": "NoSuchKey",
      "x-amz-error-detail-key": "none",
    });
    expect(await visit("/secret")).toMatchObject({ status: 403, text: "error.html" });
  });

  it("is S3's page where the site has none that can be shown", async () => {
    await configure({});
    const plain = await visit("/<b>");
    expect(plain.text).toContain("<h1>404 Not Found</h1>");
    expect(plain.text).toContain("<li>Key: &lt;b&gt;</li>");
    expect(plain.text).not.toContain("Custom Error Document");
    await configure({ ErrorDocument: { Key: "gone.html" } });
    const twice = await visit("/none");
    expect(twice.status).toBe(404);
    expect(twice.text).toMatch(/Key: none.*Retrieve a Custom Error Document.*Key: gone\.html/s);
  });

  it("is said of methods, of buckets without a site, and of none", async () => {
    const posted = await visit("/", {}, "POST");
    expect(posted.status).toBe(405);
    expect(posted.text).toContain("<li>Method: POST</li>");
    const host = "other.s3-website-us-east-1.amazonaws.com";
    expect((await visit("/", { host })).headers).toMatchObject({ "x-amz-error-code": "NoSuchBucket" });
    await s3("DeleteBucketWebsite", {});
    const { status, text } = await visit("/");
    expect(status).toBe(404);
    expect(text).toContain("<li>Code: NoSuchWebsiteConfiguration</li>");
  });
});

describe("a redirect", () => {
  const site = "http://pages.s3-website-us-east-1.amazonaws.com";

  it("follows the first rule that fits, by prefix or by error", async () => {
    await configure({
      RoutingRules: [
        { Condition: { KeyPrefixEquals: "old/" }, Redirect: { ReplaceKeyPrefixWith: "docs/" } },
        { Condition: { KeyPrefixEquals: "pictures/" }, Redirect: { ReplaceKeyWith: "error.html" } },
        {
          Condition: { HttpErrorCodeReturnedEquals: "404" },
          Redirect: { HostName: "a.example", Protocol: "https", HttpRedirectCode: "302" },
        },
      ],
    });
    expect(await location("/old/a%20b?x=1")).toEqual([301, `${site}/docs/a%20b?x=1`]);
    expect(await location("/pictures/x")).toEqual([301, `${site}/error.html`]);
    expect(await location("/none")).toEqual([302, "https://a.example/none"]);
    expect(await visit("/index.html")).toMatchObject({ status: 200 });
    expect(await visit("/secret")).toMatchObject({ status: 403 });
  });

  it("takes everything elsewhere", async () => {
    const RedirectAllRequestsTo = { HostName: "b.example", Protocol: "https" };
    await s3("PutBucketWebsite", { WebsiteConfiguration: { RedirectAllRequestsTo } });
    expect(await location("/p/q?z=1")).toEqual([301, "https://b.example/p/q?z=1"]);
  });
});

it("an object that is not there is so for those whom an ACL lets list the bucket", async () => {
  const open = { Bucket: "listed-bucket" };
  await s3("CreateBucket", { ...open, ObjectOwnership: "ObjectWriter" });
  await s3("DeletePublicAccessBlock", open);
  const status = async () => (await fetch(`${cloud.endpoint}/listed-bucket/none`)).status;
  expect(await status()).toBe(403);
  await s3("PutBucketAcl", { ...open, ACL: "public-read" });
  expect(await status()).toBe(404);
});
