/**
 * Verifies signatures: Version 4 (header and presigned) and S3's Version 2 (presigned links of the AWS CLI and boto3).
 * See https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * INVARIANT (no oracle): a signature is compared in constant time, and only after the key is known to exist.
 */
import * as crypto from "node:crypto";
import { digest } from "./checksums.ts";
import { AuthError } from "./errors.ts";
import type { RequestHead } from "./request.ts";
import { headerOf, splitTarget } from "./request.ts";
import { checkScope } from "./scope.ts";
import type { SignatureClaim } from "./signature.ts";

/**
 * The secret of an access key, or `undefined` for an unknown one. May throw an `AuthError` (`invalid-token`,
 * `expired-token`, `unknown-access-key`) where the session token is wrong or the key has ended.
 */
export type LookupSecret = (accessKeyId: string, sessionToken: string | undefined) => string | undefined;

export interface VerifyOptions {
  readonly lookupSecret: LookupSecret;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The clients' time, where the cloud's was moved away from it: a header signed by either is in time. @default `now` */
  readonly clientNow?: number;
}

export interface Verified {
  readonly claim: SignatureClaim;
  /** Signs the chunks of an aws-chunked body. */
  readonly signingKey: crypto.KeyObject | undefined;
}

/**
 * Checks a claim against the request. Throws an `AuthError`.
 * @param payloadHash `x-amz-content-sha256` as sent, or the body's SHA-256 in hex
 */
export function verifySignature(
  claim: SignatureClaim,
  head: RequestHead,
  payloadHash: string,
  options: VerifyOptions,
): Verified {
  const secret = options.lookupSecret(claim.accessKeyId, claim.sessionToken);
  if (secret === undefined) {
    throw new AuthError("unknown-access-key", "The security token included in the request is invalid.", {
      accessKeyId: claim.accessKeyId,
    });
  }
  if (claim.kind === "query-v2" || claim.kind === "header-v2") {
    verifyV2(claim, head, secret, options.now);
    return { claim, signingKey: undefined };
  }
  checkScope(claim, head);
  checkTime(claim, options.now, options.clientNow);
  if (claim.kind === "header" && !claim.signedHeaders.includes("host")) {
    throw new AuthError(
      "incomplete-signature",
      "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  const signingKey = signingKeyOf(secret, claim.day, claim.region, claim.service);
  const { path, query } = splitTarget(head.url);
  // S3 reads a bare `+` as a space before it signs
  const form = claim.service === "s3" ? path.replaceAll("+", "%20") : encodePath(normalisePath(path));
  const canonical = canonicalRequest(claim, head, form, query, payloadHash);
  const toSign = stringToSign(claim, canonical);
  if (signs(signingKey, toSign, claim.signature)) {
    refuseUnsigned(claim, head);
    return { claim, signingKey };
  }
  // some clients sign another form of the path
  const other = claim.service === "s3" ? reencodePath(form) : encodePath(path);
  const variants = other === form ? [] : [canonicalRequest(claim, head, other, query, payloadHash)];
  // Node reads header bytes as Latin-1; most clients sign and send UTF-8
  const utf8 = Buffer.from(canonical, "latin1").toString();
  if (utf8 !== canonical) variants.push(utf8);
  if (variants.some((one) => signs(signingKey, stringToSign(claim, one), claim.signature))) {
    refuseUnsigned(claim, head);
    return { claim, signingKey };
  }
  throw new AuthError(
    "signature-mismatch",
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    {
      accessKeyId: claim.accessKeyId,
      canonicalRequest: canonical,
      stringToSign: toSign,
      signature: claim.signature,
    },
  );
}

/** Whoever uses a link to S3 adds no `x-amz-` header to it that its maker did not sign. */
function refuseUnsigned(claim: SignatureClaim, head: RequestHead): void {
  if (claim.kind !== "query" || claim.service !== "s3") return;
  const unsigned = Object.keys(head.headers).filter(
    (name) =>
      name.startsWith("x-amz-") && name !== "x-amz-content-sha256" && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  throw new AuthError(
    "incomplete-signature",
    "There were headers present in the request which were not signed",
    { flaw: "unsigned", given: unsigned.join(", ") },
  );
}

function stringToSign(claim: SignatureClaim, canonical: string): string {
  const scope = `${claim.day}/${claim.region}/${claim.service}/aws4_request`;
  return `AWS4-HMAC-SHA256\n${claim.date}\n${scope}\n${sha256(canonical)}`;
}

function signs(key: crypto.KeyObject, toSign: string, signature: string): boolean {
  return sameText(crypto.createHmac("sha256", key).update(toSign).digest("hex"), signature);
}

const presignedSlack = 15 * 60_000;

function checkTime(claim: SignatureClaim, now: number, clientNow = now): void {
  if (!claim.date.startsWith(claim.day)) {
    throw new AuthError(
      "signature-mismatch",
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.day}' != '${claim.date.slice(0, 8)}', from '${claim.date}'.`,
      {
        flaw: "day",
        given: claim.day,
        expected: claim.date.slice(0, 8),
        ...(claim.kind === "query" && { query: "yes" }),
      },
    );
  }
  const at = timeOf(claim.date);
  if (claim.kind === "query") {
    const ends = at + (claim.expires ?? 15 * 60) * 1000;
    if (now <= ends && at <= now + presignedSlack) return;
    const message = now > ends ? "Request has expired" : "Request is not yet valid";
    throw new AuthError("request-expired", message, {
      presigned: "yes",
      lifetime: String(claim.expires ?? ""),
      expires: isoSeconds(ends),
      serverTime: isoSeconds(now),
    });
  }
  const slack = claim.service === "s3" ? 15 : 5;
  const difference = at - now;
  if (Math.min(Math.abs(difference), Math.abs(at - clientNow)) <= slack * 60_000) return;
  const limit = compact(now + (difference < 0 ? -slack : slack) * 60_000);
  const message =
    difference < 0
      ? `Signature expired: ${claim.date} is now earlier than ${limit} (${compact(now)} - ${slack} min.)`
      : `Signature not yet current: ${claim.date} is still later than ${limit} (${compact(now)} + ${slack} min.)`;
  throw new AuthError("request-expired", message, {
    requestTime: claim.date,
    serverTime: isoSeconds(now),
    slack: String(slack * 60_000),
  });
}

function isoSeconds(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}

function compact(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** Epoch milliseconds of `20150830T123600Z`. */
export function timeOf(date: string): number {
  const part = (from: number, to: number): number => Number(date.slice(from, to));
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(9, 11), part(11, 13), part(13, 15));
}

const signingKeys = new Map<string, crypto.KeyObject>();

/** The key derived for a day, region and service; kept, as deriving it takes four HMACs. */
function signingKeyOf(secret: string, day: string, region: string, service: string): crypto.KeyObject {
  const id = `${secret}\n${day}\n${region}\n${service}`;
  const known = signingKeys.get(id);
  if (known) return known;
  let bytes: Buffer = Buffer.from(`AWS4${secret}`, "utf8");
  for (const part of [day, region, service, "aws4_request"]) {
    bytes = crypto.createHmac("sha256", bytes).update(part).digest();
  }
  const key = crypto.createSecretKey(bytes);
  if (signingKeys.size >= 2000) signingKeys.clear();
  signingKeys.set(id, key);
  return key;
}

function canonicalRequest(
  claim: SignatureClaim,
  head: RequestHead,
  path: string,
  query: string,
  payloadHash: string,
): string {
  let headers = "";
  for (const name of claim.signedHeaders) headers += `${name}:${canonicalHeader(head, name)}\n`;
  return `${head.method}\n${path}\n${canonicalQuery(query, claim.kind === "query")}\n${headers}\n${claim.signedHeaders.join(";")}\n${payloadHash}`;
}

function canonicalHeader(head: RequestHead, name: string): string {
  const several = head.repeated && Object.hasOwn(head.repeated, name) ? head.repeated[name] : undefined;
  return several ? several.map(collapsed).join(",") : collapsed(headerOf(head, name) ?? "");
}

function collapsed(text: string): string {
  const trimmed = text.trim();
  return trimmed.includes("  ") ? trimmed.replace(/ +/g, " ") : trimmed;
}

const plainQuery = /^[A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]*$/;

/** The query sorted by encoded name, then value, each encoded again; without the signature itself. */
function canonicalQuery(query: string, presigned: boolean): string {
  if (query === "") return "";
  if (!presigned && plainQuery.test(query)) return query;
  const pairs: [string, string][] = [];
  for (const part of query.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = reencode(equals === -1 ? part : part.slice(0, equals));
    if (presigned && name.toLowerCase() === "x-amz-signature") continue;
    pairs.push([name, equals === -1 ? "" : reencode(part.slice(equals + 1))]);
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function reencode(text: string): string {
  if (/^[A-Za-z0-9_.~-]*$/.test(text)) return text;
  let decoded = text.replaceAll("+", " ");
  try {
    decoded = decodeURIComponent(decoded);
  } catch {
    // not percent-encoded: the signer cannot have encoded it otherwise than as it stands
  }
  return encodeRfc3986(decoded);
}

/** Percent-encodes everything but unreserved characters. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function encodePath(path: string): string {
  return /^[A-Za-z0-9_.~/-]*$/.test(path) ? path : path.split("/").map(encodeRfc3986).join("/");
}

function reencodePath(path: string): string {
  return path
    .split("/")
    .map((part) => {
      try {
        return encodeRfc3986(decodeURIComponent(part));
      } catch {
        return part;
      }
    })
    .join("/");
}

/** Removes empty and dot segments, as every service but S3 does. */
function normalisePath(path: string): string {
  if (!path.includes("//") && !path.includes("/.")) return path;
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") out.pop();
    else out.push(part);
  }
  return `/${out.join("/")}${path.endsWith("/") && out.length > 0 ? "/" : ""}`;
}

/** SHA-256 in hex. */
export const sha256 = (data: string | Uint8Array): string => digest("sha256", data);

/** Constant-time comparison of texts. */
export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && crypto.timingSafeEqual(left, right);
}

/** Query keys that belong to the resource in Version 2. */
const v2SubResources = new Set(
  "accelerate acl analytics cors defaultObjectAcl delete encryption inventory lifecycle location logging metrics notification object-lock partNumber policy replication requestPayment response-cache-control response-content-disposition response-content-encoding response-content-language response-content-type response-expires restore retention legal-hold tagging torrent uploadId uploads versionId versioning versions website select select-type publicAccessBlock ownershipControls".split(
    " ",
  ),
);

/** https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
function verifyV2(claim: SignatureClaim, head: RequestHead, secret: string, now: number): void {
  const { path, query } = splitTarget(head.url);
  if (claim.kind === "query-v2" && now > (claim.expires ?? 0) * 1000) {
    throw new AuthError("request-expired", "Request has expired", {
      presigned: "yes",
      expires: new Date((claim.expires ?? 0) * 1000).toISOString().replace(/\.\d+/, ""),
      serverTime: new Date(now).toISOString().replace(/\.\d+/, ""),
    });
  }
  if (claim.kind === "header-v2" && !(Math.abs(new Date(claim.date).getTime() - now) <= presignedSlack)) {
    throw new AuthError(
      "request-expired",
      "The difference between the request time and the current time is too large.",
      {
        requestTime: claim.date,
        serverTime: new Date(now).toISOString().replace(/\.\d+/, ""),
        slack: String(presignedSlack),
      },
    );
  }
  const amz = new Map<string, string>();
  for (const name of Object.keys(head.headers)) {
    if (name.startsWith("x-amz-")) amz.set(name, canonicalHeader(head, name));
  }
  const resource: string[] = [];
  for (const part of query.split("&")) {
    const [name = "", ...rest] = part.split("=");
    const value = safeDecode(rest.join("="));
    if (name.startsWith("x-amz-")) amz.set(name, value);
    if (v2SubResources.has(name)) resource.push(rest.length > 0 && value !== "" ? `${name}=${value}` : name);
  }
  const amzLines = [...amz]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, value]) => `${name}:${value}\n`)
    .join("");
  const when =
    claim.kind === "query-v2" ? String(claim.expires) : headerOf(head, "x-amz-date") ? "" : claim.date;
  const host = headerOf(head, "host")?.split(":")[0] ?? "";
  const virtual =
    /^(.+)\.s3[.-][a-z0-9.-]*amazonaws\.com$|^(.+)\.s3\.amazonaws\.com$|^(.+)\.(?:s3\.)?localhost$/.exec(
      host,
    );
  const bucket = virtual?.[1] ?? virtual?.[2] ?? virtual?.[3];
  const query2 = resource.length > 0 ? `?${resource.sort().join("&")}` : "";
  let signed = "";
  for (const prefix of bucket ? [`/${bucket}`, ""] : [""]) {
    const toSign = `${head.method}\n${headerOf(head, "content-md5") ?? ""}\n${headerOf(head, "content-type") ?? ""}\n${when}\n${amzLines}${prefix}${path}${query2}`;
    const expected = crypto.createHmac("sha1", secret).update(toSign).digest("base64");
    if (sameText(expected, claim.signature)) return;
    signed ||= toSign;
  }
  throw new AuthError(
    "signature-mismatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    {
      accessKeyId: claim.accessKeyId,
      stringToSign: signed,
      signature: claim.signature,
    },
  );
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
