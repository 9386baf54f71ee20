/** What a client may say about an object besides its content: checked on the way in, given back on the way out. */
import type * as S3 from "@aws-sdk/client-s3";
import { AwsError } from "../../wire/errors.ts";
import { checksumFields } from "./checksum.ts";
import { lockFields } from "./lock.ts";
import { sealingFields } from "./sealing.ts";
import type { ObjectHeaders, ObjectVersion } from "./state.ts";

const HEADERS = [
  "CacheControl",
  "ContentDisposition",
  "ContentEncoding",
  "ContentLanguage",
  "ContentType",
  "WebsiteRedirectLocation",
] as const;

const STORAGE_CLASSES = new Set<string>([
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER",
  "DEEP_ARCHIVE",
  "GLACIER_IR",
]);

type HeaderInput = { [K in (typeof HEADERS)[number]]?: string | undefined } & {
  Expires?: Date | undefined;
  ExpiresString?: string | undefined;
};

export function headersOf(input: HeaderInput): ObjectHeaders {
  const headers: ObjectHeaders = {};
  for (const name of HEADERS) {
    const value = input[name];
    if (value !== undefined) headers[name] = value;
  }
  const expires = input.ExpiresString ?? input.Expires?.toUTCString();
  if (expires !== undefined) headers.Expires = expires;
  // the transfer's own encoding is not the object's
  const encodings = headers.ContentEncoding?.split(",").map((one) => one.trim());
  if (encodings?.includes("aws-chunked")) {
    const rest = encodings.filter((one) => one !== "aws-chunked").join(",");
    if (rest) headers.ContentEncoding = rest;
    else delete headers.ContentEncoding;
  }
  headers.ContentType ||= "binary/octet-stream";
  checkRedirect(headers.WebsiteRedirectLocation);
  return headers;
}

/** @throws InvalidRedirectLocation */
export function checkRedirect(location: string | undefined): void {
  if (location === undefined || /^(?:\/|https?:\/\/)/.test(location)) return;
  throw new AwsError(
    "InvalidRedirectLocation",
    "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.",
    { status: 400 },
  );
}

/** Metadata by lower-case names. @throws MetadataTooLarge */
export function metadataOf(given: Record<string, string> | undefined): Record<string, string> {
  const metadata: Record<string, string> = {};
  let size = 0;
  for (const [name, value] of Object.entries(given ?? {})) {
    metadata[name.toLowerCase()] = value;
    size += Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  if (size > 2048) {
    throw new AwsError("MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      status: 400,
      members: { Size: String(size), MaxSizeAllowed: "2048" },
    });
  }
  return metadata;
}

/** @throws InvalidStorageClass */
export function storageClassOf(given: string | undefined): S3.StorageClass {
  const storageClass = given ?? "STANDARD";
  if (!STORAGE_CLASSES.has(storageClass)) {
    throw new AwsError("InvalidStorageClass", "The storage class you specified is not valid", {
      status: 400,
      members: { StorageClassRequested: storageClass },
    });
  }
  return storageClass as S3.StorageClass;
}

/** @throws KeyTooLongError, InvalidURI */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size > 1024) {
    throw new AwsError("KeyTooLongError", "Your key is too long", {
      status: 400,
      members: { Size: String(size), MaxSizeAllowed: "1024" },
    });
  }
  if (key.includes("\0"))
    throw new AwsError("InvalidURI", "Couldn't parse the specified URI.", { status: 400 });
}

/** Headers, metadata, lock and encryption of a version as GetObject and HeadObject answer them. */
export function describe(found: Readonly<ObjectVersion>, versioned: boolean, withChecksum: boolean) {
  const { Expires, ...headers } = found.headers;
  const tags = Object.keys(found.tags ?? {}).length;
  return {
    ...headers,
    ...(!Number.isNaN(Date.parse(Expires ?? "")) && { Expires: new Date(Expires as string) }),
    AcceptRanges: "bytes",
    LastModified: new Date(found.modified),
    ETag: `"${found.etag}"`,
    Metadata: { ...found.metadata },
    ...(versioned && { VersionId: found.versionId }),
    ...(found.storageClass !== "STANDARD" && { StorageClass: found.storageClass }),
    ...(tags > 0 && { TagCount: tags }),
    ...lockFields(found),
    ...sealingFields(found.sealing),
    ...(withChecksum && checksumFields(found.checksum)),
    ...(found.restore && {
      Restore: `ongoing-request="false", expiry-date="${new Date(found.restore.until).toUTCString()}"`,
    }),
  };
}

/** Headers that a signed read may override. */
export function overridden(input: {
  ResponseCacheControl?: string | undefined;
  ResponseContentDisposition?: string | undefined;
  ResponseContentEncoding?: string | undefined;
  ResponseContentLanguage?: string | undefined;
  ResponseContentType?: string | undefined;
  ResponseExpires?: Date | undefined;
}) {
  return {
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && {
      ContentDisposition: input.ResponseContentDisposition,
    }),
    ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires && { Expires: input.ResponseExpires }),
  };
}
