/**
 * Condition keys of S3 requests.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
import type { CallContext, ReadContext } from "../../context.ts";
import { timeOf } from "../../wire/sigv4.ts";
import type { Addressed } from "./bucket-name.ts";
import type { ObjectVersion, Upload } from "./state.ts";
import { readTagHeader } from "./tags.ts";

export type Keys = Record<string, string | string[] | undefined>;

/** Keys that every S3 request has. */
export function requestKeys(context: ReadContext, to?: Addressed): Keys {
  const keys = wireKeys(context);
  if (to) addTargetKeys(keys, to);
  return keys;
}

function addTargetKeys(keys: Keys, { bucket, accessPoint }: Addressed): void {
  keys["s3:ResourceAccount"] = bucket.account;
  // where the bucket is open to attribute-based access control
  if (bucket.abac === "Enabled") {
    for (const [key, value] of Object.entries(bucket.tags ?? {})) keys[`s3:BucketTag/${key}`] = value;
  }
  if (!accessPoint) return;
  const { region, account, name, vpcId } = accessPoint;
  keys["s3:DataAccessPointArn"] = `arn:aws:s3:${region}:${account}:accesspoint/${name}`;
  keys["s3:DataAccessPointAccount"] = account;
  keys["s3:AccessPointNetworkOrigin"] = vpcId ? "VPC" : "Internet";
}

function wireKeys(context: ReadContext): Keys {
  const http = (context as Partial<CallContext>).http;
  const keys: Keys = context.path.secure ? { "s3:TlsVersion": "1.3" } : {};
  if (!http) return keys;
  const { headers, query } = http;
  const contentSha = headers["x-amz-content-sha256"];
  if (contentSha) keys["s3:x-amz-content-sha256"] = contentSha;
  const authorization = headers.authorization;
  if (authorization) {
    keys["s3:authType"] = "REST-HEADER";
    keys["s3:signatureversion"] = authorization.startsWith("AWS4") ? "AWS4-HMAC-SHA256" : "AWS";
    setAge(keys, headers["x-amz-date"], context.now);
  } else if (query.includes("X-Amz-Signature=")) {
    keys["s3:authType"] = "REST-QUERY-STRING";
    keys["s3:signatureversion"] = "AWS4-HMAC-SHA256";
    setAge(keys, /(?:^|&)X-Amz-Date=([^&]*)/.exec(query)?.[1], context.now);
  } else if (query.includes("Signature=")) {
    keys["s3:authType"] = "REST-QUERY-STRING";
    keys["s3:signatureversion"] = "AWS";
  } else if (headers["content-type"]?.startsWith("multipart/form-data")) {
    keys["s3:authType"] = "POST";
  }
  return keys;
}

/** `s3:signatureAge`: milliseconds since the request was signed. */
function setAge(keys: Keys, date: string | undefined, now: number): void {
  if (!date || !/^\d{8}T\d{6}Z$/.test(date)) return;
  const signed = timeOf(date);
  keys["s3:signatureAge"] = String(Math.max(0, now - signed));
}

/** `s3:ExistingObjectTag/…` and `s3:versionid`. */
export function objectKeys(found: Readonly<ObjectVersion> | undefined, versionId: string | undefined): Keys {
  const keys: Keys = versionId === undefined ? {} : { "s3:versionid": versionId };
  for (const [key, value] of Object.entries(found?.tags ?? {})) keys[`s3:ExistingObjectTag/${key}`] = value;
  return keys;
}

/** `s3:RequestObjectTag/…` and `s3:RequestObjectTagKeys`. */
export function requestTagKeys(tags: readonly { Key?: string; Value?: string }[]): Keys {
  const keys: Keys = {};
  for (const { Key = "", Value = "" } of tags) keys[`s3:RequestObjectTag/${Key}`] = Value;
  if (tags.length > 0) keys["s3:RequestObjectTagKeys"] = tags.map(({ Key = "" }) => Key);
  return keys;
}

/** Headers of a write that have condition keys of their own. */
export interface WriteHeaders extends AclHeaders {
  ServerSideEncryption?: string;
  SSEKMSKeyId?: string;
  SSECustomerAlgorithm?: string;
  StorageClass?: string;
  WebsiteRedirectLocation?: string;
  Tagging?: string;
  CopySource?: string;
  MetadataDirective?: string;
  IfMatch?: string;
  IfNoneMatch?: string;
  ObjectLockMode?: string;
  ObjectLockRetainUntilDate?: Date;
  ObjectLockLegalHoldStatus?: string;
}

export interface AclHeaders {
  ACL?: string;
  GrantFullControl?: string;
  GrantRead?: string;
  GrantReadACP?: string;
  GrantWrite?: string;
  GrantWriteACP?: string;
}

/** Members of a request and the condition keys that they are. */
const ACL_KEYS = [
  ["ACL", "s3:x-amz-acl"],
  ["GrantFullControl", "s3:x-amz-grant-full-control"],
  ["GrantRead", "s3:x-amz-grant-read"],
  ["GrantReadACP", "s3:x-amz-grant-read-acp"],
  ["GrantWrite", "s3:x-amz-grant-write"],
  ["GrantWriteACP", "s3:x-amz-grant-write-acp"],
] as const satisfies readonly [keyof AclHeaders, string][];
const WRITE_KEYS = [
  ["ServerSideEncryption", "s3:x-amz-server-side-encryption"],
  ["SSEKMSKeyId", "s3:x-amz-server-side-encryption-aws-kms-key-id"],
  ["SSECustomerAlgorithm", "s3:x-amz-server-side-encryption-customer-algorithm"],
  ["StorageClass", "s3:x-amz-storage-class"],
  ["WebsiteRedirectLocation", "s3:x-amz-website-redirect-location"],
  ["MetadataDirective", "s3:x-amz-metadata-directive"],
  ["IfMatch", "s3:if-match"],
  ["IfNoneMatch", "s3:if-none-match"],
  ["ObjectLockMode", "s3:object-lock-mode"],
  ["ObjectLockLegalHoldStatus", "s3:object-lock-legal-hold"],
] as const satisfies readonly [keyof WriteHeaders, string][];

export function aclKeys(input: AclHeaders): Keys {
  const keys: Keys = {};
  for (const [member, key] of ACL_KEYS) if (input[member] !== undefined) keys[key] = input[member];
  return keys;
}

export const hasAcl = (input: AclHeaders): boolean =>
  ACL_KEYS.some(([member]) => input[member] !== undefined);

export function writeKeys(input: WriteHeaders, now: number): Keys {
  const keys = aclKeys(input);
  for (const [member, key] of WRITE_KEYS) if (input[member] !== undefined) keys[key] = input[member];
  if (input.CopySource !== undefined) keys["s3:x-amz-copy-source"] = input.CopySource;
  const until = input.ObjectLockRetainUntilDate;
  if (until) {
    keys["s3:object-lock-retain-until-date"] = until.toISOString();
    const days = Math.ceil((until.getTime() - now) / 86_400_000);
    keys["s3:object-lock-remaining-retention-days"] = String(days);
  }
  if (input.Tagging) Object.assign(keys, requestTagKeys(readTagHeader(input.Tagging) || []));
  return keys;
}

/** Parts are judged by the headers their upload was started with. */
export function uploadKeys(upload: Readonly<Upload> | undefined): Keys {
  // a customer's key is named with each request
  const { "s3:x-amz-server-side-encryption-customer-algorithm": _, ...kept } = upload?.requested ?? {};
  return kept;
}
