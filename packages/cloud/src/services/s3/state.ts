/** What S3 keeps: buckets (one row each), objects (current and older versions), multipart uploads and parts. */
import { createHash } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import type { Store } from "../../store/store.ts";
import type { Table } from "../../store/table.ts";

export interface Bucket {
  name: string;
  account: string;
  region: string;
  /** Epoch milliseconds. */
  created: number;
  /** As it was asked for, where that is another name of the region: `EU`. */
  locationConstraint?: string;
  versioning?: "Enabled" | "Suspended";
  mfaDelete?: "Enabled" | "Disabled";
  encryption?: S3.ServerSideEncryptionConfiguration;
  /** It was set, not just given to a new bucket. */
  encryptionSet?: true;
  ownership?: S3.ObjectOwnership;
  publicAccessBlock?: S3.PublicAccessBlockConfiguration;
  policy?: string;
  tags?: Record<string, string>;
  acl?: Acl;
  lock?: S3.ObjectLockConfiguration;
  logging?: S3.LoggingEnabled;
  lifecycle?: { rules: S3.LifecycleRule[]; transition?: string };
  cors?: S3.CORSRule[];
  abac?: "Enabled" | "Disabled";
  /** Configurations that are only kept and given back, by kind, then id. */
  kept?: Record<string, Record<string, unknown>>;
}

/** Grants as S3 lists them; a canned ACL is expanded when it is set. */
export interface Acl {
  owner: string;
  grants: { grantee: Grantee; permission: S3.Permission }[];
}
export type Grantee =
  | { kind: "account"; account: string }
  | { kind: "canonical"; id: string }
  | { kind: "group"; uri: string };

/** A piece of an object's content: one body, enciphered on its own. */
export interface Segment {
  body: string;
  /** Bytes, deciphered (the cipher keeps the length). */
  size: number;
  /** Initial counter block of AES-256-CTR, base64. */
  iv: string;
}

/** How an object is encrypted, and what it takes to read it. */
export type Sealing =
  | { kind: "AES256" }
  | {
      kind: "aws:kms" | "aws:kms:dsse";
      /** ARN of the key. */
      keyId: string;
      /** The data key, encrypted under `keyId`, base64. */
      wrapped: string;
      /** The encryption context in full, as it was used. */
      context: Record<string, string>;
      /** The caller's own part of it, base64 JSON. */
      extraContext?: string;
      bucketKey?: boolean;
    }
  | { kind: "customer"; keyMd5: string; salt: string };

export type ChecksumName = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

export interface Checksum {
  algorithm: ChecksumName;
  /** Base64, with `-N` when it is a checksum of checksums. */
  value: string;
  type: "FULL_OBJECT" | "COMPOSITE";
}

export interface PartFacts {
  number: number;
  size: number;
  checksum?: string;
}

/** Headers that are stored with an object and given back. */
export interface ObjectHeaders {
  CacheControl?: string;
  ContentDisposition?: string;
  ContentEncoding?: string;
  ContentLanguage?: string;
  ContentType?: string;
  Expires?: string;
  WebsiteRedirectLocation?: string;
}

export interface ObjectVersion {
  key: string;
  /** `null` for the version of an unversioned or suspended bucket. */
  versionId: string;
  /** Orders the versions of a key: later is greater. */
  sequence: number;
  modified: number;
  /** Account that wrote it. */
  owner: string;
  deleteMarker?: true;
  size: number;
  /** Without quotes. */
  etag: string;
  segments: Segment[];
  sealing: Sealing;
  headers: ObjectHeaders;
  metadata: Record<string, string>;
  storageClass: S3.StorageClass;
  parts?: PartFacts[];
  /** Parts of a multipart upload, also where their facts are not kept. */
  partCount?: number;
  checksum?: Checksum;
  tags?: Record<string, string>;
  acl?: Acl;
  retention?: { mode: S3.ObjectLockRetentionMode; until: number };
  legalHold?: "ON" | "OFF";
  restore?: { until: number };
  /** True when older versions of the key exist. */
  older?: true;
}

export interface Upload {
  id: string;
  bucket: string;
  key: string;
  initiated: number;
  initiator: string;
  owner: string;
  headers: ObjectHeaders;
  metadata: Record<string, string>;
  storageClass: S3.StorageClass;
  sealing: Sealing;
  checksumAlgorithm?: ChecksumName;
  checksumType?: "FULL_OBJECT" | "COMPOSITE";
  tags?: Record<string, string>;
  acl?: Acl;
  retention?: { mode: S3.ObjectLockRetentionMode; until: number };
  legalHold?: "ON" | "OFF";
  /** The key was deleted after it started: a conditional completion conflicts. */
  deletedSince?: true;
  /** Orders it among the versions of its key. */
  sequence: number;
  /** Condition keys of the request that started it. */
  requested: Record<string, string | string[] | undefined>;
}

export interface Part {
  number: number;
  modified: number;
  size: number;
  etag: string;
  /** Hex MD5 of the content, whatever the ETag is. */
  md5: string;
  segments: Segment[];
  checksum?: Checksum;
}

export interface AccessPoint {
  name: string;
  account: string;
  region: string;
  bucket: string;
  bucketAccount: string;
  alias: string;
  created: number;
  vpcId?: string;
  publicAccessBlock: S3.PublicAccessBlockConfiguration;
  policy?: string;
  tags?: Record<string, string>;
}

/** A parsed `Stored` with its read-only marks gone is never needed: rows are handed out frozen. */
export const buckets = (context: { store: Store }): Table<Bucket> =>
  context.store.table<Bucket>("s3.bucket", "");
/** The newest version of each key. */
export const objects = (context: { store: Store }, bucket: string): Table<ObjectVersion> =>
  context.store.table<ObjectVersion>("s3.object", bucket);
/** Older versions: `<hash of the key>/<descending sequence>`. */
export const olderVersions = (context: { store: Store }, bucket: string): Table<ObjectVersion> =>
  context.store.table<ObjectVersion>("s3.older-version", bucket);
/** Uploads by id. */
export const uploads = (context: { store: Store }, bucket: string): Table<Upload> =>
  context.store.table<Upload>("s3.upload", bucket);
/** Parts: `<upload id>/<number, five digits>`. */
export const parts = (context: { store: Store }, bucket: string): Table<Part> =>
  context.store.table<Part>("s3.part", bucket);
/** Access points of every account: `<account>/<region>/<name>`. */
export const accessPoints = (context: { store: Store }): Table<AccessPoint> =>
  context.store.table<AccessPoint>("s3.access-point", "");
/** Account-wide Block Public Access, by account. */
export const accountPublicAccessBlocks = (context: { store: Store }) =>
  context.store.table<S3.PublicAccessBlockConfiguration>("s3.account-public-access-block", "");

/** The 64 hex digits that S3 shows as an account's canonical user id. */
export function canonicalId(account: string): string {
  let id = canonicalIds.get(account);
  if (id === undefined) {
    id = createHash("sha256").update(`sagekeep-canonical-user:${account}`).digest("hex");
    if (canonicalIds.size < 10_000) canonicalIds.set(account, id);
  }
  return id;
}
const canonicalIds = new Map<string, string>();

/** Account of a canonical user id: any that the cloud has met as an owner, or the given ones. */
export function accountOfCanonicalId(id: string, context: ReadContext): string | undefined {
  const known = new Set<string>([context.account, context.caller.account]);
  for (const bucket of buckets(context).list()) known.add(bucket.account);
  for (const account of context.store.scopes("iam.role")) known.add(account);
  for (const account of context.store.scopes("iam.user")) known.add(account);
  for (const one of known) if (canonicalId(one) === id) return one;
  return undefined;
}
