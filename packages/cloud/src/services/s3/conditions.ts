/**
 * Condition keys of S3 requests.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
import type { CallContext, ReadContext } from "../../context.ts";
import type { Addressed } from "./bucket-name.ts";
import type { ObjectVersion, Upload } from "./state.ts";
import { readTagHeader } from "./tags.ts";

export type Keys = Record<string, string | string[] | undefined>;

/** Keys that every S3 request has. */
export function requestKeys(context: ReadContext, to?: Addressed): Keys {
  return { ...wireKeys(context), ...(to && targetKeys(to)) };
}

function targetKeys({ bucket, accessPoint }: Addressed): Keys {
  return {
    "s3:ResourceAccount": bucket.account,
    ...(accessPoint && {
      "s3:DataAccessPointArn": `arn:aws:s3:${accessPoint.region}:${accessPoint.account}:accesspoint/${accessPoint.name}`,
      "s3:DataAccessPointAccount": accessPoint.account,
      "s3:AccessPointNetworkOrigin": accessPoint.vpcId ? "VPC" : "Internet",
    }),
  };
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
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date ?? "");
  if (!parts) return;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [number, ...number[]];
  const signed = Date.UTC(year, (month as number) - 1, day, hour, minute, second);
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

export function aclKeys(input: AclHeaders): Keys {
  return {
    "s3:x-amz-acl": input.ACL,
    "s3:x-amz-grant-full-control": input.GrantFullControl,
    "s3:x-amz-grant-read": input.GrantRead,
    "s3:x-amz-grant-read-acp": input.GrantReadACP,
    "s3:x-amz-grant-write": input.GrantWrite,
    "s3:x-amz-grant-write-acp": input.GrantWriteACP,
  };
}

export const hasAcl = (input: AclHeaders): boolean =>
  Object.values(aclKeys(input)).some((one) => one !== undefined);

export function writeKeys(input: WriteHeaders, now: number): Keys {
  const until = input.ObjectLockRetainUntilDate;
  return {
    ...aclKeys(input),
    "s3:x-amz-server-side-encryption": input.ServerSideEncryption,
    "s3:x-amz-server-side-encryption-aws-kms-key-id": input.SSEKMSKeyId,
    "s3:x-amz-server-side-encryption-customer-algorithm": input.SSECustomerAlgorithm,
    "s3:x-amz-storage-class": input.StorageClass,
    "s3:x-amz-website-redirect-location": input.WebsiteRedirectLocation,
    "s3:x-amz-copy-source": input.CopySource?.replace(/^(?!\/)/, "/"),
    "s3:x-amz-metadata-directive": input.MetadataDirective,
    "s3:if-match": input.IfMatch,
    "s3:if-none-match": input.IfNoneMatch,
    "s3:object-lock-mode": input.ObjectLockMode,
    "s3:object-lock-retain-until-date": until?.toISOString(),
    "s3:object-lock-remaining-retention-days":
      until && String(Math.ceil((until.getTime() - now) / 86_400_000)),
    "s3:object-lock-legal-hold": input.ObjectLockLegalHoldStatus,
    ...requestTagKeys((input.Tagging && readTagHeader(input.Tagging)) || []),
  };
}

/** Parts are judged by the headers their upload was started with. */
export function uploadKeys(upload: Readonly<Upload> | undefined): Keys {
  return { ...upload?.requested };
}
