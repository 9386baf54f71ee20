/** PutObject, and what every write of a whole object shares. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { bodiesOf } from "../../../store/objects.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclOf, ownerOfNew } from "../acl.ts";
import { address } from "../bucket-name.ts";
import { checkDigest, checkMd5, checksumFields, contentMd5, requestedChecksum } from "../checksum.ts";
import { takeIn } from "../content.ts";
import { accessDenied, noSuchBucket } from "../errors.ts";
import { expirationHeader } from "../lifecycle.ts";
import { lockOf } from "../lock.ts";
import { checkKey, headersOf, metadataOf, storageClassOf } from "../object-fields.ts";
import { checkWrite, checkWriteConditions, type WriteConditions } from "../preconditions.ts";
import { seal, sealedFields } from "../sealing.ts";
import { type Bucket, buckets, canonicalId, type ObjectVersion } from "../state.ts";
import { tagsOfHeader } from "../tags.ts";
import { wholeSecond } from "../time.ts";
import { noteObject } from "../trail.ts";
import { addVersion, newest } from "../versions.ts";

/**
 * Commits a version whose content is written: conditions are checked in the same unit of work.
 * @param onFailure what becomes of the content when they do not hold
 */
export function commit(
  context: CallContext,
  bucketName: string,
  draft: Omit<ObjectVersion, "versionId" | "sequence" | "older">,
  conditions: WriteConditions,
  onFailure: "discard" | "keep" = "discard",
): { version: Readonly<ObjectVersion>; bucket: Readonly<Bucket> } {
  const ids = draft.segments.map((one) => one.body);
  try {
    const made = context.store.unitOfWork(() => {
      // the bucket may have changed, or gone, while the content came in
      const bucket = buckets(context).get(bucketName);
      if (!bucket) throw noSuchBucket(bucketName);
      checkWrite(conditions, draft.key, newest(context, bucketName, draft.key));
      return { version: addVersion(context, bucket, draft), bucket };
    });
    return made;
  } catch (error) {
    if (onFailure === "discard") bodiesOf(context.store).discard(ids);
    throw error;
  }
}

/** When a lifecycle rule will remove a new version, as writes answer it. */
export function expirationField(bucket: Readonly<Bucket>, version: Readonly<ObjectVersion>) {
  const Expiration = expirationHeader(bucket, version);
  return Expiration === undefined ? {} : { Expiration };
}

/** @throws AccessDenied where the bucket blocks SSE-C */
export function checkEncryptionAllowed(bucket: Readonly<Bucket>, customer: boolean): void {
  const blocked = bucket.encryption?.Rules?.[0]?.BlockedEncryptionTypes?.EncryptionType;
  if (customer && blocked?.includes("SSE-C")) {
    throw accessDenied("This bucket does not allow SSE-C encryption.");
  }
}

export const putObjectOperations: Handlers<typeof S3, CallContext> = {
  async PutObject(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { Key: key } = input;
    checkKey(key);
    checkWriteConditions(input);
    if (input.WriteOffsetBytes !== undefined) {
      throw new AwsError(
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
        {
          status: 501,
          members: { Header: "x-amz-write-offset-bytes" },
        },
      );
    }
    const headers = headersOf(input);
    const metadata = metadataOf(input.Metadata);
    const storageClass = storageClassOf(input.StorageClass);
    const tags = tagsOfHeader(input.Tagging);
    const owner = ownerOfNew(input, bucket, context);
    const acl = aclOf(input, canonicalId(owner), bucket, context, "object");
    const lock = lockOf(input, bucket, context);
    const md5 = contentMd5(input.ContentMD5);
    const wanted = requestedChecksum(input, context);
    checkWrite(input, key, newest(context, bucket.name, key));
    checkEncryptionAllowed(bucket, input.SSECustomerAlgorithm !== undefined);
    const sealed = await seal(input, bucket, key, context);
    const algorithm = wanted?.algorithm ?? "CRC64NVME";
    const taken = await takeIn(input.Body, sealed, [algorithm], context);
    const computed = taken.checksums[algorithm] as string;
    try {
      checkMd5(md5, taken.md5);
      checkDigest(algorithm, wanted?.value, computed);
    } catch (error) {
      bodiesOf(context.store).discard([taken.segment.body]);
      throw error;
    }
    const checksum = { algorithm, value: computed, type: "FULL_OBJECT" as const };
    const made = commit(
      context,
      bucket.name,
      {
        key,
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
        ...(tags && { tags }),
        ...(acl && { acl }),
        ...lock,
      },
      input,
    );
    if (taken.size === 0) bodiesOf(context.store).discard([taken.segment.body]);
    noteObject(context, bucket, key, { bytesTransferredIn: taken.size });
    return {
      ETag: `"${taken.etag}"`,
      ...checksumFields(checksum),
      ...sealedFields(sealed.sealing),
      ...(made.bucket.versioning === "Enabled" && { VersionId: made.version.versionId }),
      ...expirationField(made.bucket, made.version),
    } as S3.PutObjectCommandOutput;
  },
};
