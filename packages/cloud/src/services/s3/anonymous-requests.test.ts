/** What S3 says to presigned links, forms and browsers that are wrong in some way, over the wire. */
import { createHmac } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { bucketOfHost } from "../../wire/s3.ts";
import { sha256 } from "../../wire/sigv4.ts";

let cloud: Cloud;
const Bucket = "asked-bucket";
beforeAll(async () => {
  cloud = await startCloud({ listen: true, port: 0 });
  await cloud.call("s3", "CreateBucket", { Bucket });
  await cloud.call("s3", "PutObject", { Bucket, Key: "k", Body: "text" });
});
afterAll(() => cloud.close());

const url = () => `${cloud.endpoint}/${Bucket}`;
async function said(response: Response) {
  const body = await response.text();
  const of = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  return { status: response.status, code: of("Code"), message: of("Message"), of };
}
const ask = async (...request: Parameters<typeof fetch>) => said(await fetch(...request));

/** A link to an object, signed for its host alone. */
function link(method = "GET", key = "k"): URL {
  const { accessKeyId, secretAccessKey } = cloud.credentials;
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const made = new URL(`${url()}/${key}`);
  made.searchParams.set("X-Amz-Algorithm", "AWS4-HMAC-SHA256");
  made.searchParams.set("X-Amz-Credential", `${accessKeyId}/${scope}`);
  made.searchParams.set("X-Amz-Date", date);
  made.searchParams.set("X-Amz-Expires", "60");
  made.searchParams.set("X-Amz-SignedHeaders", "host");
  const query = made.search.slice(1);
  const canonical = `${method}\n${made.pathname}\n${query}\nhost:${made.host}\n\nhost\nUNSIGNED-PAYLOAD`;
  let signing: Buffer = Buffer.from(`AWS4${secretAccessKey}`);
  for (const part of scope.split("/")) signing = createHmac("sha256", signing).update(part).digest();
  const toSign = `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha256(canonical)}`;
  made.searchParams.set("X-Amz-Signature", createHmac("sha256", signing).update(toSign).digest("hex"));
  return made;
}

describe("a presigned link", () => {
  it("opens an object", async () => {
    const response = await fetch(link());
    expect([response.status, await response.text()]).toEqual([200, "text"]);
  });

  it.each([
    ["X-Amz-Expires", undefined, /^Query-string authentication version 4 requires the X-Amz-Algorithm, /],
    ["X-Amz-Date", undefined, /^Query-string authentication version 4 requires the X-Amz-Algorithm, /],
    ["X-Amz-Expires", "604801", /the given X-Amz-Expires must be less than 604800 seconds$/],
    ["X-Amz-Expires", "-1", /^X-Amz-Expires must be non-negative$/],
    ["X-Amz-Algorithm", "AWS4", /^X-Amz-Algorithm only supports /],
    ["X-Amz-Credential", "x", /^Error parsing the X-Amz-Credential parameter; the Credential is mal-formed/],
  ])("has its %s: not %s", async (name, value, message) => {
    const changed = link();
    if (value === undefined) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
    const answer = await ask(changed);
    expect(answer).toMatchObject({ status: 400, code: "AuthorizationQueryParametersError" });
    expect(answer.message).toMatch(message);
  });

  it("shows what was to be signed, and the bytes of it", async () => {
    const changed = link();
    changed.searchParams.append("more", "1");
    const { code, of } = await ask(changed);
    expect(code).toBe("SignatureDoesNotMatch");
    expect(of("CanonicalRequestBytes")).toMatch(/^47 45 54 0a /);
    expect(of("StringToSignBytes")).toMatch(/^41 57 53 34 /);
  });

  it("is not for headers that nobody signed", async () => {
    const answer = await ask(link("PUT", "p"), {
      method: "PUT",
      body: "x",
      headers: { "x-amz-meta-a": "b" },
    });
    expect(answer).toMatchObject({
      status: 403,
      code: "AccessDenied",
      message: "There were headers present in the request which were not signed",
    });
    expect(answer.of("HeadersNotSigned")).toBe("x-amz-meta-a");
  });

  it("is the only signature of a request", async () => {
    expect(await ask(link(), { headers: { authorization: "AWS4-HMAC-SHA256 x" } })).toMatchObject({
      status: 400,
      code: "InvalidArgument",
    });
  });

  it("of Version 2 needs three parameters", async () => {
    expect(await ask(`${url()}/k?Signature=x&Expires=1`)).toMatchObject({
      status: 403,
      message: "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
    });
    const never = `${url()}/k?Signature=x&AWSAccessKeyId=x&Expires=${2 ** 33}`;
    expect((await ask(never)).message).toContain("Invalid date (should be seconds since epoch)");
  });
});

describe("a form", () => {
  const form = (fields: Record<string, string>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    body.set("file", new Blob(["x"]), "f.txt");
    return ask(url(), { method: "POST", body });
  };
  it("has every field of its signature", async () => {
    const answer = await form({ key: "k", policy: "x", "x-amz-signature": "x", "x-amz-credential": "x" });
    expect(answer).toMatchObject({ status: 400, code: "InvalidArgument" });
    expect(answer.of("ArgumentName")).toBe("X-Amz-Algorithm");
  });
  it("has a policy that names its bucket, as aws-sdk-php #3292 reproduces it", async () => {
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    const upload = (...conditions: unknown[]) => {
      const expiration = new Date(Date.now() + 60_000).toISOString();
      const text = JSON.stringify({ expiration, conditions: [["starts-with", "$key", ""], ...conditions] });
      const policy = Buffer.from(text).toString("base64");
      const signature = createHmac("sha1", secretAccessKey).update(policy).digest("base64");
      return form({ key: "form", AWSAccessKeyId: accessKeyId, policy, signature });
    };
    expect(await upload()).toMatchObject({
      status: 403,
      message: "Invalid according to Policy: Extra input fields: bucket",
    });
    expect(await upload({ bucket: Bucket })).toMatchObject({ status: 204 });
  });
  it("is multipart", async () => {
    const answer = await ask(url(), { method: "POST", body: new URLSearchParams({ key: "k" }) });
    expect(answer).toMatchObject({ status: 412, code: "PreconditionFailed" });
    expect(answer.of("Condition")).toBe("Bucket POST must be of the enclosure-type multipart/form-data");
  });
});

it("tells a browser why it may not", async () => {
  const preflight = (at: string, headers = {}) => ask(at, { method: "OPTIONS", headers });
  const origin = { origin: "https://x.example" };
  expect(await preflight(url())).toMatchObject({ status: 400, code: "BadRequest" });
  expect(await preflight(`${cloud.endpoint}/no-such-bucket/k`, origin)).toMatchObject({
    status: 403,
    message: "CORSResponse: Bucket not found",
  });
  const closed = await preflight(`${url()}/k`, origin);
  expect(closed).toMatchObject({ message: "CORSResponse: CORS is not enabled for this bucket." });
  expect([closed.of("Method"), closed.of("ResourceType")]).toEqual(["OPTIONS", "BUCKET"]);
  const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["https://*.test"] }];
  await cloud.call("s3", "PutBucketCors", { Bucket, CORSConfiguration: { CORSRules } });
  expect(await preflight(url(), { ...origin, "access-control-request-method": "FETCH" })).toMatchObject({
    status: 400,
    message: "Invalid Access-Control-Request-Method: FETCH",
  });
  const refused = await preflight(url(), { ...origin, "access-control-request-method": "GET" });
  expect(refused.of("ResourceType")).toBe("BUCKET");
});

it("tells where a bucket is, also to those it turns away", async () => {
  const response = await fetch(url());
  expect(response.status).toBe(403);
  expect(response.headers.get("x-amz-bucket-region")).toBe("us-east-1");
});

it("wants a body where a configuration has one", async () => {
  expect(await ask(`${url()}?tagging`, { method: "PUT" })).toMatchObject({
    status: 400,
    code: "MissingRequestBodyError",
  });
});

it.each(["", ".dualstack"])("finds the bucket in the host of Transfer Acceleration%s", (stack) => {
  expect(bucketOfHost(`b.c.s3-accelerate${stack}.amazonaws.com`)).toBe("b.c");
});
