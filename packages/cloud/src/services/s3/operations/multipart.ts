/** Multipart uploads: start, parts, list, complete, abort. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { bodiesOf } from "../../../store/objects.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclOf, ownerOfNew } from "../acl.ts";
import { address } from "../bucket-name.ts";
import { checkDigest, checkMd5, checksumFields, contentMd5, requestedChecksum } from "../checksum.ts";
import { completed } from "../complete.ts";
import { writeKeys } from "../conditions.ts";
import { type TakenIn, takeIn } from "../content.ts";
import { checkCustomerKey, checkPartKey } from "../customer-key.ts";
import { invalidArgument, invalidRequest, noSuchUpload, requestConflict } from "../errors.ts";
import { lockOf } from "../lock.ts";
import { checkKey, headersOf, metadataOf, storageClassOf } from "../object-fields.ts";
import { checkWrite, checkWriteConditions, type WriteConditions } from "../preconditions.ts";
import { seal, sealedFields, sealingFields, unseal } from "../sealing.ts";
import {
  type Bucket,
  type ChecksumName,
  canonicalId,
  type ObjectVersion,
  type Part,
  parts,
  type Upload,
  uploads,
} from "../state.ts";
import { tagsOfHeader } from "../tags.ts";
import { wholeSecond } from "../time.ts";
import { noteObject } from "../trail.ts";
import { dropUpload, findUpload, newUploadId, partKey, partsOf } from "../uploads.ts";
import { newest } from "../versions.ts";
import { checkEncryptionAllowed, commit, expirationField } from "./put-object.ts";

const CRC = new Set<string>(["CRC32", "CRC32C", "CRC64NVME"]);

/** The checksum of the upload's parts and of the whole. */
function checksumOf(algorithm: string | undefined, type: string | undefined) {
  if (algorithm === undefined) {
    if (type !== undefined) {
      throw invalidRequest(
        "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
      );
    }
    return {};
  }
  const name = algorithm.toUpperCase() as ChecksumName;
  if (!CRC.has(name) && name !== "SHA1" && name !== "SHA256") {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, SHA1, SHA256]",
    );
  }
  if (type !== undefined && type !== "COMPOSITE" && type !== "FULL_OBJECT") {
    throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  }
  const whole = name === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE";
  const chosen = (type ?? whole) as "FULL_OBJECT" | "COMPOSITE";
  const possible = chosen === "FULL_OBJECT" ? CRC.has(name) : name !== "CRC64NVME";
  if (!possible) {
    throw invalidRequest(
      `The ${chosen} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: name, checksumType: chosen };
}

/** Keeps a part that was taken in; one of the same number before it goes. */
export function keepPart(
  context: CallContext,
  bucket: string,
  upload: Readonly<Upload>,
  number: number,
  taken: TakenIn,
  checksum: { algorithm: ChecksumName; value: string } | undefined,
): Part {
  const part: Part = {
    number,
    modified: wholeSecond(context.clock.now()),
    size: taken.size,
    etag: taken.etag,
    md5: taken.md5,
    segments: [taken.segment],
    ...(checksum && { checksum: { ...checksum, type: "FULL_OBJECT" as const } }),
  };
  const key = partKey(upload.id, number);
  const bodies = bodiesOf(context.store);
  const before = context.store.unitOfWork(() => {
    if (!uploads(context, bucket).has(upload.id)) return undefined;
    const replaced = parts(context, bucket).get(key);
    parts(context, bucket).put(key, part);
    return { replaced };
  });
  if (!before) {
    bodies.discard([taken.segment.body]);
    throw noSuchUpload(upload.id);
  }
  if (before.replaced) bodies.discard(before.replaced.segments.map((one) => one.body));
  return part;
}

export function checkPartNumber(number: number): void {
  if (!Number.isInteger(number) || number < 1 || number > 10_000) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      String(number),
    );
  }
}

/** The algorithm a part is checked and listed with. @throws InvalidRequest when it is not the upload's */
export function partChecksum(
  upload: Readonly<Upload>,
  wanted: { algorithm: ChecksumName; value?: string } | undefined,
): ChecksumName | undefined {
  if (wanted && upload.checksumAlgorithm && wanted.algorithm !== upload.checksumAlgorithm) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksumAlgorithm.toLowerCase()}, actual checksum Type: ${wanted.algorithm.toLowerCase()}`,
    );
  }
  return upload.checksumAlgorithm ?? wanted?.algorithm;
}

export const multipartOperations: Handlers<typeof S3, CallContext> = {
  async CreateMultipartUpload(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    checkKey(input.Key);
    const owner = ownerOfNew(input, bucket, context);
    const acl = aclOf(input, canonicalId(owner), bucket, context, "object");
    const tags = tagsOfHeader(input.Tagging);
    const checksum = checksumOf(input.ChecksumAlgorithm, input.ChecksumType);
    const headers = headersOf(input);
    const metadata = metadataOf(input.Metadata);
    const storageClass = storageClassOf(input.StorageClass);
    const lock = lockOf(input, bucket, context);
    checkEncryptionAllowed(bucket, input.SSECustomerAlgorithm !== undefined);
    const { sealing } = await seal(input, bucket, input.Key, context);
    const sequence = context.now * 1000;
    const upload: Upload = {
      id: newUploadId(sequence),
      sequence,
      bucket: bucket.name,
      key: input.Key,
      initiated: wholeSecond(context.now),
      initiator: context.caller.principal.kind === "root" ? canonicalId(context.account) : context.caller.arn,
      owner,
      headers,
      metadata,
      storageClass,
      sealing,
      requested: JSON.parse(JSON.stringify(writeKeys(input as never, context.now))),
      ...checksum,
      ...(tags && { tags }),
      ...(acl && { acl }),
      ...lock,
    };
    uploads(context, bucket.name).put(upload.id, upload);
    noteObject(context, bucket, input.Key);
    return {
      Bucket: input.Bucket,
      Key: input.Key,
      UploadId: upload.id,
      ...sealedFields(sealing),
      ...(upload.checksumAlgorithm && { ChecksumAlgorithm: upload.checksumAlgorithm }),
      ...(upload.checksumType && { ChecksumType: upload.checksumType }),
    } as S3.CreateMultipartUploadCommandOutput;
  },

  async UploadPart(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const number = input.PartNumber;
    checkPartNumber(number);
    const upload = findUpload(context, bucket.name, input.Key, input.UploadId);
    const wanted = requestedChecksum(input, context);
    const algorithm = partChecksum(upload, wanted);
    const md5 = contentMd5(input.ContentMD5);
    checkPartKey(upload.sealing, input);
    const key = await unseal(upload.sealing, input, bucket, context);
    // what the whole is checked by, besides what the client sent with the part
    const kept = upload.checksumAlgorithm ?? "CRC64NVME";
    const taken = await takeIn(
      input.Body,
      { sealing: upload.sealing, key },
      algorithm ? [kept, algorithm] : [kept],
      context,
    );
    try {
      checkMd5(md5, taken.md5, "part");
      if (wanted) checkDigest(wanted.algorithm, wanted.value, taken.checksums[wanted.algorithm] ?? "");
    } catch (error) {
      bodiesOf(context.store).discard([taken.segment.body]);
      throw error;
    }
    const checksum = { algorithm: kept, value: taken.checksums[kept] as string };
    keepPart(context, bucket.name, upload, number, taken, checksum);
    noteObject(context, bucket, input.Key, { bytesTransferredIn: taken.size });
    return {
      ETag: `"${taken.etag}"`,
      ...(algorithm && { [`Checksum${algorithm}`]: taken.checksums[algorithm] }),
      ...sealingFields(upload.sealing),
    };
  },

  AbortMultipartUpload(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    findUpload(context, bucket.name, input.Key, input.UploadId);
    dropUpload(context, bucket.name, input.UploadId);
    noteObject(context, bucket, input.Key);
    return {};
  },

  async CompleteMultipartUpload(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    checkWriteConditions(input);
    const upload = findUpload(context, bucket.name, input.Key, input.UploadId);
    if (upload.sealing.kind === "customer") {
      if (input.SSECustomerAlgorithm !== undefined) checkCustomerKey(upload.sealing, input);
    } else await unseal(upload.sealing, {}, bucket, context);
    checkConflict(upload, input, newest(context, bucket.name, upload.key));
    const whole = completed(upload, partsOf(context, bucket.name, upload.id), input);
    const { version, bucket: now } = context.store.unitOfWork(() => {
      const made = commit(
        context,
        bucket.name,
        {
          key: upload.key,
          modified: wholeSecond(context.clock.now()),
          owner: upload.owner,
          ...whole.content,
          sealing: upload.sealing,
          headers: upload.headers,
          metadata: upload.metadata,
          storageClass: upload.storageClass,
          ...(upload.tags && { tags: upload.tags }),
          ...(upload.acl && { acl: upload.acl }),
          ...(upload.retention && { retention: upload.retention }),
          ...(upload.legalHold && { legalHold: upload.legalHold }),
        },
        input,
        "keep",
      );
      dropUpload(context, bucket.name, upload.id, whole.used);
      return made;
    });
    noteObject(context, bucket, upload.key);
    const path = upload.key.split("/").map(encodeURIComponent).join("%2F");
    return {
      Location: locationOf(bucket, path, context),
      Bucket: input.Bucket,
      Key: upload.key,
      ETag: `"${whole.content.etag}"`,
      // one that nobody asked for is not told where a KMS key seals the content
      ...((upload.checksumAlgorithm || upload.sealing.kind === "AES256") &&
        checksumFields(whole.content.checksum)),
      ...sealingFields(upload.sealing),
      ...(now.versioning === "Enabled" && { VersionId: version.versionId }),
      ...expirationField(now, version),
    } as S3.CompleteMultipartUploadCommandOutput;
  },
};

/** A conditional completion fails when the key changed hands since the upload started. @throws ConditionalRequestConflict */
function checkConflict(
  upload: Readonly<Upload>,
  conditions: WriteConditions,
  head: Readonly<ObjectVersion> | undefined,
): void {
  checkWrite(conditions, upload.key, head);
  if (conditions.IfNoneMatch !== undefined && upload.deletedSince)
    throw requestConflict("If-None-Match", upload.key);
  if (conditions.IfMatch !== undefined && head && head.sequence > upload.sequence) {
    throw requestConflict("If-Match", upload.key);
  }
}

export function locationOf(bucket: Readonly<Bucket>, path: string, context: CallContext): string {
  const { http } = context;
  if (http && !http.host.endsWith(".amazonaws.com")) {
    return `${http.secure ? "https" : "http"}://${http.host}/${bucket.name}/${path}`;
  }
  const host = bucket.region === "us-east-1" ? "s3.amazonaws.com" : `s3.${bucket.region}.amazonaws.com`;
  return `https://${bucket.name}.${host}/${path}`;
}
