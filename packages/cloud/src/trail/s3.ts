/**
 * S3's own style of events: requests are shown as they are on the wire (sub-resources, query parameters, `x-amz-…`
 * headers, the body as its XML), answers by their headers, and some operations under older names. See "Amazon S3
 * CloudTrail events" and "Example: CloudTrail log file entry for Amazon S3" in the S3 User Guide.
 */
import { hostIdOf } from "../wire/answer.ts";
import known from "./generated/names.json" with { type: "json" };

/** Events that do not have the operation's name. */
const NAMES: Readonly<Record<string, string>> = {
  DeletePublicAccessBlock: "DeleteBucketPublicAccessBlock",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketLifecycleConfiguration: "GetBucketLifecycle",
  PutBucketLifecycleConfiguration: "PutBucketLifecycle",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  ListObjectsV2: "ListObjects",
};
const ACCOUNT_NAMES: Readonly<Record<string, string>> = {
  DeletePublicAccessBlock: "DeleteAccountPublicAccessBlock",
  GetPublicAccessBlock: "GetAccountPublicAccessBlock",
  PutPublicAccessBlock: "PutAccountPublicAccessBlock",
};

export function s3EventName(service: string, operation: string): string {
  if (service === "s3") return NAMES[operation] ?? operation;
  return (service === "s3-control" && ACCOUNT_NAMES[operation]) || operation;
}

const MEMBERS: Readonly<Record<string, string>> = known.s3.members;
const OWN: Readonly<Record<string, Readonly<Record<string, string>>>> = known.s3.own;
const FLAGS: Readonly<Record<string, string>> = known.s3.flags;
const PAYLOADS: Readonly<Record<string, readonly string[]>> = known.s3.payloads;
const LISTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = known.s3.lists;

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
/** Whose bodies are data, not settings. */
const DATA_BODIES = new Set(["DeleteObjects", "CompleteMultipartUpload", "SelectObjectContent"]);
const MAX_TEXT = 10_000;

/** Of a presigned URL all but the signature, the credential and the token are shown. */
const PRESIGNED = /^X-Amz-(?:Algorithm|Date|Expires|SignedHeaders)$/;

/** `requestParameters`. @param http what came by HTTP; the host is the region's own without it */
export function s3Request(
  operation: string,
  input: Readonly<Record<string, unknown>>,
  region: string,
  http: { host: string; query: string } | undefined,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  if (http?.query.includes("X-Amz-Signature=")) {
    for (const [name, value] of new URLSearchParams(http.query))
      if (PRESIGNED.test(name)) record[name] = value;
  }
  if (typeof input.Bucket === "string") record.bucketName = input.Bucket;
  record.Host = http?.host ?? `s3.${region}.amazonaws.com`;
  if (typeof input.Key === "string") record.key = input.Key;
  const flags = FLAGS[operation];
  if (flags) {
    const [flag = "", value = ""] = flags.split("=");
    if (flag !== "x-id") record[flag] = value;
  }
  const payload = PAYLOADS[operation];
  for (const member in input) {
    const given = input[member];
    if (given === undefined || given === null || member === payload?.[0]) continue;
    const name = member === "VersionId" ? "versionId" : (OWN[operation]?.[member] ?? MEMBERS[member]);
    const simple = typeof given === "object" && !(given instanceof Date) && !Array.isArray(given);
    if (name && !simple) record[name] = textOf(given);
  }
  if (typeof input.Policy === "string") record.bucketPolicy = documentOf(input.Policy);
  const body = payload && input[payload[0] as string];
  if (payload && typeof body === "object" && body !== null && !DATA_BODIES.has(operation))
    record[payload[1] as string] = { xmlns: NAMESPACE, ...elements(body, LISTS[operation] ?? {}, 0) };
  return record;
}

/** `responseElements`: what headers say. */
export function s3Response(operation: string, output: unknown): Record<string, unknown> | null {
  if (typeof output !== "object" || output === null) return null;
  const record: Record<string, unknown> = {};
  let some = false;
  for (const [member, given] of Object.entries(output)) {
    if (given === undefined || given === null || typeof given === "object") continue;
    const name = member === "VersionId" ? "x-amz-version-id" : (OWN[operation]?.[member] ?? MEMBERS[member]);
    if (!name?.startsWith("x-amz-")) continue;
    record[name] = textOf(given);
    some = true;
  }
  return some ? record : null;
}

interface HttpPart {
  query: string;
  headers: Record<string, string>;
  secure: boolean;
}

/** What goes with `additionalEventData` of every call of S3. */
export function s3Additional(
  http: HttpPart | undefined,
  requestId: string,
  noted: Record<string, unknown> | undefined,
): Record<string, unknown> {
  const query = http?.query ?? "";
  const authorization = http?.headers.authorization;
  const presigned = query.includes("Signature=") && /(?:^|&)(?:X-Amz-Signature|Signature)=/.test(query);
  const signed = !http || authorization !== undefined || presigned;
  const record: Record<string, unknown> = {};
  if (signed) {
    const old = authorization?.startsWith("AWS ") || query.includes("AWSAccessKeyId=");
    record.SignatureVersion = old ? "SigV2" : "SigV4";
  }
  if (http?.secure ?? true) record.CipherSuite = "TLS_AES_128_GCM_SHA256";
  record.bytesTransferredIn = 0;
  if (signed) record.AuthenticationMethod = presigned ? "QueryString" : "AuthHeader";
  record["x-amz-id-2"] = hostIdOf(requestId);
  record.bytesTransferredOut = 0;
  return noted ? Object.assign(record, noted) : record;
}

function textOf(value: unknown): string {
  const text = value instanceof Date ? value.toISOString() : String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
}

function documentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, MAX_TEXT);
  }
}

/** A structure as its XML read into JSON: what repeats is a list, what stands alone is not. */
function elements(
  value: object,
  lists: Readonly<Record<string, readonly string[]>>,
  depth: number,
): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  if (depth > 20) return record;
  const one = (item: unknown): unknown =>
    typeof item === "object" && item !== null && !(item instanceof Date)
      ? elements(item, lists, depth + 1)
      : typeof item === "boolean" || typeof item === "number"
        ? item
        : textOf(item);
  for (const [member, given] of Object.entries(value)) {
    if (given === undefined || given === null) continue;
    const names = lists[member];
    if (!Array.isArray(given)) {
      record[names?.length === 1 ? (names[0] as string) : member] = one(given);
      continue;
    }
    const [outer = "", item = "member"] = names ?? [member];
    const items = given.slice(0, 1000).map(one);
    const content = items.length === 1 ? items[0] : items;
    if (outer === "") record[item] = content;
    else record[outer] = items.length ? { [item]: content } : "";
  }
  return record;
}
