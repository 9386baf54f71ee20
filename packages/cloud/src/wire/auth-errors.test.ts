/** What is answered when a part of a signature is missing, malformed or for somewhere else: each protocol in its own words. */
import { expect, it } from "vitest";
import { noBody } from "./body.ts";
import { authenticate, identify, receive, toAwsError } from "./codec.ts";
import type { RequestHead } from "./request.ts";
import { signRequest } from "./sign-request.ts";

const key = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const form = { "content-type": "application/x-www-form-urlencoded" };

/** `code status: message` of a refusal, or `accepted`. */
async function refusal(head: RequestHead): Promise<string> {
  const target = await identify(head);
  try {
    const payload = await receive(target, head, noBody);
    authenticate(target, head, payload, { lookupSecret: () => key.secretAccessKey, now });
    return target.claim ? "accepted" : "anonymous";
  } catch (error) {
    const { code, status, message } = toAwsError(target, error);
    return `${code} ${status}: ${message}`;
  }
}

const s3 = (headers: Record<string, string>, url = "/bucket/key"): Promise<string> =>
  refusal({ method: "GET", url, headers: { host: "localhost", ...headers } });
const date = "20260102T030405Z";
const scope = "AKIDEXAMPLE/20260102/us-east-1/s3/aws4_request";
const v4 = (credential: string): string =>
  `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=${"0".repeat(64)}`;

it.each([
  [
    "AWS nothing",
    "InvalidArgument 400: AWS authorization header is invalid.  Expected AwsAccessKeyId:signature",
  ],
  ["Basic Zm9v", "InvalidArgument 400: Unsupported Authorization Type"],
  ["", "anonymous"],
  [
    "AWS4-HMAC-SHA256 Credential=x",
    "AuthorizationHeaderMalformed 400: The authorization header is malformed; the authorization header requires three components: Credential, SignedHeaders, and Signature.",
  ],
  [
    v4("x"),
    'AuthorizationHeaderMalformed 400: The authorization header is malformed; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
  ],
  [
    v4(scope.replace("aws4_", "aws5_")),
    'AuthorizationHeaderMalformed 400: The authorization header is malformed; incorrect terminal "aws5_request". This endpoint uses "aws4_request".',
  ],
  [
    v4(scope.replace("20260102", "20260101")),
    'AuthorizationHeaderMalformed 400: The authorization header is malformed; Invalid credential date "20260101". This date is not the same as X-Amz-Date: "20260102".',
  ],
  [
    v4(scope.slice("AKIDEXAMPLE".length)),
    "AuthorizationHeaderMalformed 400: The authorization header is malformed; a non-empty Access Key (AKID) must be provided in the credential.",
  ],
])("S3 on the header `%s`", async (authorization, expected) => {
  expect(await s3({ authorization, "x-amz-date": date, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" })).toBe(
    expected,
  );
});

it("S3 wants a date in either version", async () => {
  const expected = "AccessDenied 403: AWS authentication requires a valid Date or x-amz-date header";
  expect(await s3({ authorization: v4(scope) })).toBe(expected);
  expect(await s3({ authorization: "AWS AKIDEXAMPLE:abc" })).toBe(expected);
});

const presigned = (change: Record<string, string | undefined>): string =>
  Object.entries({
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": encodeURIComponent(scope),
    "X-Amz-Date": date,
    "X-Amz-Expires": "60",
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0",
    ...change,
  })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
const components =
  "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";

it.each([
  [{ "X-Amz-Signature": undefined }, components],
  [{ "X-Amz-Expires": undefined }, components],
  [{ "X-Amz-Expires": "soon" }, "X-Amz-Expires should be a number"],
  [{ "X-Amz-Expires": "-1" }, "X-Amz-Expires must be non-negative"],
  [
    { "X-Amz-Expires": "604801" },
    "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds",
  ],
  [{ "X-Amz-Date": "2026" }, "X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""],
  [{ "X-Amz-Algorithm": "X" }, 'X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'],
])("S3 on a presigned query with %j", async (change, message) => {
  expect(await s3({}, `/bucket/key?${presigned(change)}`)).toBe(
    `AuthorizationQueryParametersError 400: ${message}`,
  );
});

it.each([
  ["localhost", "US", "us-east-1"],
  ["bucket.s3.eu-west-1.amazonaws.com", "us-east-1", "eu-west-1"],
  ["s3.dualstack.eu-west-1.amazonaws.com", "us-east-1", "eu-west-1"],
])("S3 at %s names the region that it expects instead of %s", async (host, region, expected) => {
  const wrong = `the region '${region}' is wrong; expecting '${expected}'`;
  const there = scope.replace("us-east-1", region);
  const headers = { host, "x-amz-date": date, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
  expect(await s3({ ...headers, authorization: v4(there) })).toBe(
    `AuthorizationHeaderMalformed 400: The authorization header is malformed; ${wrong}`,
  );
  const query = presigned({ "X-Amz-Credential": encodeURIComponent(there) });
  expect(await s3({ host }, `/bucket/key?${query}`)).toBe(
    `AuthorizationQueryParametersError 400: Error parsing the X-Amz-Credential parameter; ${wrong}`,
  );
});

it("S3 on half of a Version 2 query", async () => {
  const half =
    "AccessDenied 403: Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters";
  expect(await s3({}, "/bucket/key?AWSAccessKeyId=a&Signature=b")).toBe(half);
  expect(await s3({}, "/bucket/key?AWSAccessKeyId=a&Expires=1")).toBe(half);
  expect(await s3({}, "/bucket/key?AWSAccessKeyId=a&Signature=b&Expires=never")).toBe(
    "AccessDenied 403: Invalid date (should be seconds since epoch): never",
  );
});

it.each([
  ["sts.eu-west-1.amazonaws.com", "sts", "eu-west-1", "accepted"],
  ["sts.amazonaws.com", "sts", "us-east-1", "accepted"],
  ["api.ecr.eu-west-1.amazonaws.com", "ecr", "eu-west-1", "accepted"],
  ["localhost", "sts", "eu-west-1", "accepted"],
  ["sts.eu-west-1.amazonaws.com", "sts", "us-east-1", "valid region, not 'us-east-1'."],
  ["iam.amazonaws.com", "iam", "eu-west-1", "valid region, not 'eu-west-1'."],
  ["localhost", "sts", "mars", "valid region, not 'mars'."],
  ["iam.amazonaws.com", "sts", "us-east-1", "correct service: 'iam'."],
])("at %s, signed for %s in %s: %s", async (host, service, region, expected) => {
  const head = signRequest(
    { method: "POST", url: "/", headers: { host, ...form } },
    "",
    { ...key, service, region },
    now,
  );
  expect(await refusal(head)).toBe(
    expected === "accepted"
      ? expected
      : `SignatureDoesNotMatch 403: Credential should be scoped to ${expected.startsWith("valid") ? "a " : ""}${expected}`,
  );
});

it.each([
  ["dynamodb.us-east-1.amazonaws.com", "dynamodb"],
  ["bucket.s3.us-east-1.amazonaws.com", "s3"],
  ["s3-us-west-2.amazonaws.com", "s3"],
  ["bucket.s3.amazonaws.com", "s3"],
  ["bucket.s3-accelerate.amazonaws.com", "s3"],
  ["vpce-1-2.s3.us-east-1.vpce.amazonaws.com", "s3"],
  ["api.sagemaker.us-east-1.amazonaws.com", "sagemaker"],
])("an unsigned request to %s is for %s", async (host, service) => {
  expect((await identify({ method: "GET", url: "/", headers: { host } })).service).toBe(service);
});
