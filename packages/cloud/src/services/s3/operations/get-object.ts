/** GetObject, HeadObject and GetObjectAttributes. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { type Addressed, address } from "../bucket-name.ts";
import { checksumFields } from "../checksum.ts";
import { giveOut } from "../content.ts";
import { checkCustomerKey, refusePlainly } from "../customer-key.ts";
import { invalidArgument, invalidRequest } from "../errors.ts";
import { findObject } from "../find-object.ts";
import { expirationHeader } from "../lifecycle.ts";
import { objectChecks } from "../object-authorization.ts";
import { checkKey, describe, overridden } from "../object-fields.ts";
import { checkRead } from "../preconditions.ts";
import { type Span, spanOf } from "../range.ts";
import { unseal } from "../sealing.ts";
import type { Checksum, ObjectVersion } from "../state.ts";
import { noteObject } from "../trail.ts";

type ReadInput = S3.GetObjectCommandInput & S3.HeadObjectCommandInput;

interface Read {
  to: Addressed;
  found: Readonly<ObjectVersion>;
  span: Span;
  fields: ReturnType<typeof describe> & { ContentLength: number; ContentRange?: string; PartsCount?: number };
}

/** Everything of a read but the content. */
function read(input: ReadInput, context: CallContext, method: "GET" | "HEAD"): Read {
  const to = address(input.Bucket as string, context, input.ExpectedBucketOwner);
  const key = input.Key as string;
  checkKey(key);
  refuseEncryption(context);
  const overrides = overridden(input);
  if (context.caller.principal.kind === "anonymous" && Object.keys(overrides).length > 0) {
    throw invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
  }
  const found = findObject(to, key, input.VersionId, context, method);
  refusePlainly(input, context);
  checkCustomerKey(found.sealing, input);
  checkRead(input, found, context);
  const span = spanOf(found, input.Range, input.PartNumber);
  if (span.partial) context.responseStatus = 206;
  // a checksum of the whole says nothing of a part of it
  const withChecksum =
    input.ChecksumMode === "ENABLED" && (span.length === found.size || input.PartNumber !== undefined);
  const expiration = input.VersionId === undefined ? expirationHeader(to.bucket, found) : undefined;
  const versioned = to.bucket.versioning !== undefined;
  const { TagCount, ...described } = describe(
    found,
    versioned,
    withChecksum && input.PartNumber === undefined,
  );
  const fields = {
    ...described,
    ...(TagCount !== undefined && mayReadTags(to, found, input.VersionId, context) && { TagCount }),
    ...overrides,
    ContentLength: span.length,
    ...(span.partial && {
      ContentRange: `bytes ${span.start}-${span.start + span.length - 1}/${found.size}`,
    }),
    ...(input.PartNumber !== undefined && found.partCount !== undefined && { PartsCount: found.partCount }),
    ...(withChecksum && input.PartNumber !== undefined && partChecksum(found, input.PartNumber)),
    ...(expiration && { Expiration: expiration }),
  };
  return { to, found, span, fields };
}

/** How many tags there are is for those who may read them. */
function mayReadTags(
  to: Addressed,
  found: Readonly<ObjectVersion>,
  versionId: string | undefined,
  context: CallContext,
): boolean {
  const action = versionId === undefined ? "GetObjectTagging" : "GetObjectVersionTagging";
  return objectChecks([action], to, found.key, versionId, context).every((check) => context.isAllowed(check));
}

/** A part's own checksum is told where the whole's is made of such; the whole's where the part is all of it. */
function partChecksum(found: Readonly<ObjectVersion>, number: number) {
  const { checksum, partCount, parts } = found;
  if (!checksum) return {};
  if (checksum.type === "FULL_OBJECT") return (partCount ?? 1) === 1 ? checksumFields(checksum) : {};
  const own = parts?.[number - 1]?.checksum;
  return own === undefined ? {} : checksumFields({ ...checksum, value: own });
}

function checkArchived(found: Readonly<ObjectVersion>, context: CallContext): void {
  if (found.storageClass !== "GLACIER" && found.storageClass !== "DEEP_ARCHIVE") return;
  if (found.restore && found.restore.until > context.now) return;
  throw new AwsError("InvalidObjectState", "The operation is not valid for the object's storage class", {
    status: 403,
    members: { StorageClass: found.storageClass },
  });
}

/** How an object is sealed is said when it is written. @throws InvalidArgument */
function refuseEncryption({ http }: CallContext): void {
  const header = "x-amz-server-side-encryption";
  const value = http?.headers[header];
  if (value === undefined) return;
  throw invalidArgument(`${header} header is not supported for this operation.`, header, value);
}

/** The header is given back as it was set, also where it is no date. */
function tellExpiry(input: ReadInput, found: Readonly<ObjectVersion>, context: CallContext): void {
  const { Expires } = found.headers;
  if (Expires !== undefined && !input.ResponseExpires) context.responseHeaders.expires = Expires;
}

const ATTRIBUTES = new Set(["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"]);

export const getObjectOperations: Handlers<typeof S3, CallContext> = {
  async GetObject(input, context) {
    const { to, found, span, fields } = read(input as ReadInput, context, "GET");
    checkArchived(found, context);
    const key = await unseal(found.sealing, input, to.bucket, context);
    const Body = await giveOut(found.segments, key, span.start, span.length, context);
    tellExpiry(input as ReadInput, found, context);
    noteObject(context, to.bucket, found.key, { bytesTransferredOut: span.length });
    return { ...fields, Body } as never;
  },

  async HeadObject(input, context) {
    const { to, found, fields } = read(input as ReadInput, context, "HEAD");
    // with KMS, reading the checksum needs the key
    if (input.ChecksumMode === "ENABLED") await unseal(found.sealing, input, to.bucket, context);
    tellExpiry(input as ReadInput, found, context);
    noteObject(context, to.bucket, found.key);
    return fields;
  },

  async GetObjectAttributes(input, context) {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    const wanted = new Set<string>(
      input.ObjectAttributes.flatMap((one) => one.split(",").map((name) => name.trim())),
    );
    for (const one of wanted) {
      if (!ATTRIBUTES.has(one))
        throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", one);
    }
    const found = findObject(to, input.Key, input.VersionId, context, "GET");
    checkCustomerKey(found.sealing, input);
    if (found.sealing.kind !== "customer") await unseal(found.sealing, {}, to.bucket, context);
    const { checksum } = found;
    return {
      LastModified: new Date(found.modified),
      ...(to.bucket.versioning !== undefined && { VersionId: found.versionId }),
      ...(wanted.has("ETag") && { ETag: found.etag }),
      ...(wanted.has("Checksum") && checksum && { Checksum: withoutCount(checksum) as S3.Checksum }),
      ...(wanted.has("ObjectParts") &&
        found.partCount !== undefined && { ObjectParts: objectParts(found, input) }),
      ...(wanted.has("StorageClass") && { StorageClass: found.storageClass }),
      ...(wanted.has("ObjectSize") && { ObjectSize: found.size }),
    };
  },
};

/** Here a checksum of checksums is told without the number of its parts. */
const withoutCount = (checksum: Checksum) =>
  checksumFields({ ...checksum, value: checksum.value.replace(/-\d+$/, "") });

/** The parts are listed only where each has a checksum of its own. */
function objectParts(
  found: Readonly<ObjectVersion>,
  input: { MaxParts?: number | undefined; PartNumberMarker?: string | undefined },
): S3.GetObjectAttributesParts {
  const TotalPartsCount = found.partCount as number;
  if (!found.parts?.[0]?.checksum || found.checksum?.type !== "COMPOSITE") return { TotalPartsCount };
  const marker = Number(input.PartNumberMarker || 0);
  const MaxParts = Math.min(input.MaxParts || 1000, 1000);
  const rest = found.parts.filter((part) => part.number > marker);
  const page = rest.slice(0, MaxParts);
  const name = `Checksum${found.checksum.algorithm}`;
  return {
    TotalPartsCount,
    PartNumberMarker: String(marker),
    NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
    MaxParts,
    IsTruncated: page.length < rest.length,
    ...(page.length > 0 && {
      Parts: page.map((part) => ({ PartNumber: part.number, Size: part.size, [name]: part.checksum })),
    }),
  };
}
