/** CopyObject and UploadPartCopy: content is read and written again, under the destination's own encryption. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { bodiesOf } from "../../../store/objects.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclOf, ownerOfNew } from "../acl.ts";
import { type Addressed, address } from "../bucket-name.ts";
import { CHECKSUMS } from "../checksum.ts";
import { giveOut, takeIn } from "../content.ts";
import { parseCopySource } from "../copy-source.ts";
import { checkPartKey, copySourceKey } from "../customer-key.ts";
import { invalidArgument, invalidRequest, noSuchKey } from "../errors.ts";
import { findObject } from "../find-object.ts";
import { lockOf } from "../lock.ts";
import { checkKey, checkRedirect, headersOf, metadataOf, storageClassOf } from "../object-fields.ts";
import { checkCopySource, checkWriteConditions } from "../preconditions.ts";
import { seal, sealedFields, sealingFields, unseal } from "../sealing.ts";
import { type Bucket, type ChecksumName, canonicalId, type ObjectVersion } from "../state.ts";
import { tagsOfHeader } from "../tags.ts";
import { wholeSecond } from "../time.ts";
import { noteObject } from "../trail.ts";
import { findUpload } from "../uploads.ts";
import { newest } from "../versions.ts";
import { checkPartNumber, keepPart, partChecksum } from "./multipart.ts";
import { checkEncryptionAllowed, commit, expirationField } from "./put-object.ts";

interface SourceInput {
  CopySource: string;
  CopySourceIfMatch?: string | undefined;
  CopySourceIfNoneMatch?: string | undefined;
  CopySourceIfModifiedSince?: Date | undefined;
  CopySourceIfUnmodifiedSince?: Date | undefined;
  ExpectedSourceBucketOwner?: string | undefined;
}

function sourceOf(input: SourceInput, context: CallContext) {
  const source = parseCopySource(input.CopySource);
  const from = address(source.bucket, context, input.ExpectedSourceBucketOwner);
  const found = findSource(from, source.key, source.versionId, context);
  checkCopySource(
    {
      IfMatch: input.CopySourceIfMatch,
      IfNoneMatch: input.CopySourceIfNoneMatch,
      IfModifiedSince: input.CopySourceIfModifiedSince,
      IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
    },
    found,
    context.clock.now(),
  );
  if ((found.storageClass === "GLACIER" || found.storageClass === "DEEP_ARCHIVE") && !found.restore) {
    throw new AwsError(
      "ObjectNotInActiveTierError",
      "The source object of the COPY operation is not in the active tier",
      {
        status: 403,
      },
    );
  }
  return { source, from, found };
}

/** The version that was copied, where it has a name. */
const sourceVersion = ({ versionId }: Readonly<ObjectVersion>) =>
  versionId === "null" ? {} : { CopySourceVersionId: versionId };

/** A delete marker as a source is an argument that is wrong, not a method. */
function findSource(from: Addressed, key: string, versionId: string | undefined, context: CallContext) {
  const head = versionId === undefined ? newest(context, from.bucket.name, key) : undefined;
  if (head?.deleteMarker) throw noSuchKey(key);
  try {
    return findObject(from, key, versionId, context, "GET");
  } catch (error) {
    delete context.responseHeaders["x-amz-delete-marker"];
    delete context.responseHeaders["x-amz-version-id"];
    if ((error as AwsError).code === "MethodNotAllowed") {
      throw invalidRequest(
        "The source of a copy request may not specifically refer to a delete marker by version id.",
      );
    }
    throw error;
  }
}

function directive(value: string | undefined, name: string): "COPY" | "REPLACE" {
  if (value === undefined || value === "COPY") return "COPY";
  if (value === "REPLACE") return "REPLACE";
  throw invalidArgument(`Unknown ${name} directive.`, `x-amz-${name}-directive`, value);
}

/** Checksum of the copy: as asked, else the source's, else S3's default. */
function algorithmOf(asked: string | undefined, found: Readonly<ObjectVersion>): ChecksumName {
  if (asked === undefined) return found.checksum?.algorithm ?? "CRC64NVME";
  const name = asked.toUpperCase() as ChecksumName;
  if (CHECKSUMS.includes(name)) return name;
  throw invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
}

export const copyOperations: Handlers<typeof S3, CallContext> = {
  async CopyObject(input, context) {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { bucket } = to;
    checkKey(input.Key);
    checkWriteConditions(input);
    const { source, from, found } = sourceOf(input, context);
    const metadataDirective = directive(input.MetadataDirective, "metadata");
    const taggingDirective = directive(input.TaggingDirective, "tagging");
    const same =
      from.bucket.name === bucket.name && source.key === input.Key && source.versionId === undefined;
    if (
      same &&
      metadataDirective === "COPY" &&
      taggingDirective === "COPY" &&
      !changesAnything(input, bucket, found)
    ) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const owner = ownerOfNew(input, bucket, context);
    const acl = aclOf(input, canonicalId(owner), bucket, context, "object");
    const tags = taggingDirective === "COPY" ? found.tags : tagsOfHeader(input.Tagging);
    const lock = lockOf(input, bucket, context);
    const storageClass = storageClassOf(input.StorageClass);
    const replaced = metadataDirective === "REPLACE";
    const headers = replaced ? headersOf(input) : { ...found.headers };
    // the redirect is never copied along
    delete headers.WebsiteRedirectLocation;
    checkRedirect(input.WebsiteRedirectLocation);
    if (input.WebsiteRedirectLocation !== undefined)
      headers.WebsiteRedirectLocation = input.WebsiteRedirectLocation;
    const metadata = replaced ? metadataOf(input.Metadata) : { ...found.metadata };
    const algorithm = algorithmOf(input.ChecksumAlgorithm, found);
    checkEncryptionAllowed(bucket, input.SSECustomerAlgorithm !== undefined);
    const key = await unseal(found.sealing, copySourceKey(input), from.bucket, context);
    const sealed = await seal(input, bucket, input.Key, context);
    const content = await giveOut(found.segments, key, 0, found.size, context);
    const taken = await takeIn(content, sealed, [algorithm], context);
    const value = taken.checksums[algorithm] as string;
    const checksum = { algorithm, value, type: "FULL_OBJECT" as const };
    const { version, bucket: now } = commit(
      context,
      bucket.name,
      {
        key: input.Key,
        modified: wholeSecond(context.clock.now()),
        owner,
        size: taken.size,
        etag: taken.etag,
        segments: taken.size > 0 ? [taken.segment] : [],
        sealing: sealed.sealing,
        headers,
        metadata,
        storageClass,
        checksum,
        ...(tags && Object.keys(tags).length > 0 && { tags: { ...tags } }),
        ...(acl && { acl }),
        ...lock,
      },
      input,
    );
    if (taken.size === 0) bodiesOf(context.store).discard([taken.segment.body]);
    noteObject(context, bucket, input.Key);
    return {
      CopyObjectResult: {
        ETag: `"${taken.etag}"`,
        LastModified: new Date(version.modified),
        // the type, always FULL_OBJECT, is not said here
        [`Checksum${algorithm}`]: value,
      } as S3.CopyObjectResult,
      ...sourceVersion(found),
      // a copy, unlike a put, also names the null version of a suspended bucket
      ...(now.versioning !== undefined && { VersionId: version.versionId }),
      ...sealedFields(sealed.sealing),
      ...expirationField(now, version),
    };
  },

  async UploadPartCopy(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const number = input.PartNumber;
    checkPartNumber(number);
    const upload = findUpload(context, bucket.name, input.Key, input.UploadId);
    const { from, found } = sourceOf(input, context);
    const { start, length } = rangeOf(input.CopySourceRange, found.size);
    const sourceKey = await unseal(found.sealing, copySourceKey(input), from.bucket, context);
    checkPartKey(upload.sealing, input);
    const key = await unseal(upload.sealing, input, bucket, context);
    const algorithm = partChecksum(upload, undefined);
    const content = await giveOut(found.segments, sourceKey, start, length, context);
    const kept = algorithm ?? "CRC64NVME";
    const taken = await takeIn(content, { sealing: upload.sealing, key }, [kept], context);
    const checksum = { algorithm: kept, value: taken.checksums[kept] as string };
    const part = keepPart(context, bucket.name, upload, number, taken, checksum);
    noteObject(context, bucket, input.Key);
    return {
      CopyPartResult: {
        ETag: `"${part.etag}"`,
        LastModified: new Date(part.modified),
        ...(algorithm && { [`Checksum${algorithm}`]: checksum.value }),
      },
      ...sourceVersion(found),
      ...sealingFields(upload.sealing),
    };
  },
};

/**
 * Whether a copy onto itself says anything new: a storage class always does, be it the same one, and so does a bucket
 * whose encryption was set, or content that would now be sealed as by default.
 */
function changesAnything(
  input: S3.CopyObjectCommandInput | object,
  bucket: Readonly<Bucket>,
  found: Readonly<ObjectVersion>,
): boolean {
  const given = input as Partial<S3.CopyObjectCommandInput>;
  return (
    [
      given.WebsiteRedirectLocation,
      given.ServerSideEncryption,
      given.SSEKMSKeyId,
      given.SSECustomerAlgorithm,
      given.ChecksumAlgorithm,
      given.StorageClass,
      bucket.encryptionSet,
    ].some((one) => one !== undefined) || found.sealing.kind !== "AES256"
  );
}

/** `bytes=first-last`, both said. @throws InvalidArgument, InvalidRequest */
function rangeOf(range: string | undefined, size: number): { start: number; length: number } {
  if (range === undefined) return { start: 0, length: size };
  const match = /^bytes=(\d+)-(\d+)$/.exec(range);
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || end < start) {
    throw invalidArgument(
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy",
      "x-amz-copy-source-range",
      range,
    );
  }
  if (start >= size) {
    throw invalidRequest("The specified copy range is invalid for the source object size");
  }
  if (end >= size) {
    throw invalidArgument(
      `Range specified is not valid for source object of size: ${size}`,
      "x-amz-copy-source-range",
      range,
    );
  }
  return { start, length: end - start + 1 };
}
