/** Multipart uploads: start, parts, list, complete, abort. https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
import { randomBytes } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { bodiesOf } from "../../../store/objects.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclOf } from "../acl.ts";
import { address } from "../bucket-name.ts";
import { checkDigest, checkMd5, checksumFields, contentMd5, requestedChecksum } from "../checksum.ts";
import { completed } from "../complete.ts";
import { writeKeys } from "../conditions.ts";
import { type TakenIn, takeIn } from "../content.ts";
import { invalidArgument, invalidRequest, noSuchUpload, requestConflict } from "../errors.ts";
import { lockOf } from "../lock.ts";
import { checkKey, headersOf, metadataOf, storageClassOf } from "../object-fields.ts";
import { checkWrite, checkWriteConditions, type WriteConditions } from "../preconditions.ts";
import { checkCustomerKey, seal, sealedFields, sealingFields, unseal } from "../sealing.ts";
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
import { dropUpload, findUpload, partKey, partsOf } from "../uploads.ts";
import { newest } from "../versions.ts";
import { listing } from "./list-objects.ts";
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
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
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

const initiatorOf = (upload: Readonly<Upload>) => ({ ID: upload.initiator });

export const multipartOperations: Handlers<typeof S3, CallContext> = {
  async CreateMultipartUpload(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    checkKey(input.Key);
    const enforced = bucket.ownership === "BucketOwnerEnforced";
    const owner = enforced ? bucket.account : context.account;
    const acl = aclOf(input, canonicalId(owner), bucket, context, "object");
    const tags = tagsOfHeader(input.Tagging);
    const checksum = checksumOf(input.ChecksumAlgorithm, input.ChecksumType);
    const headers = headersOf(input);
    const metadata = metadataOf(input.Metadata);
    const storageClass = storageClassOf(input.StorageClass);
    const lock = lockOf(input, bucket, context);
    checkEncryptionAllowed(bucket, input.SSECustomerAlgorithm !== undefined);
    const { sealing } = await seal(input, bucket, input.Key, context);
    const upload: Upload = {
      id: randomBytes(48).toString("base64url"),
      sequence: context.now * 1000,
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
      checkMd5(md5, taken.md5);
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

  ListParts(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const upload = findUpload(context, bucket.name, input.Key, input.UploadId);
    const most = Math.min(input.MaxParts ?? 1000, 1000);
    const marker = Number(input.PartNumberMarker ?? 0);
    if (!(most >= 0))
      throw invalidArgument(
        "Argument max-parts must be an integer between 0 and 2147483647",
        "max-parts",
        String(most),
      );
    const rest = partsOf(context, bucket.name, upload.id).filter((one) => one.number > marker);
    const page = rest.slice(0, most);
    return {
      Bucket: input.Bucket,
      Key: upload.key,
      UploadId: upload.id,
      PartNumberMarker: String(marker),
      NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
      MaxParts: most,
      IsTruncated: page.length < rest.length,
      ...(page.length > 0 && {
        Parts: page.map((one) => ({
          PartNumber: one.number,
          LastModified: new Date(one.modified),
          ETag: `"${one.etag}"`,
          Size: one.size,
          ...(upload.checksumAlgorithm &&
            one.checksum && { [`Checksum${one.checksum.algorithm}`]: one.checksum.value }),
        })),
      }),
      Initiator: initiatorOf(upload),
      Owner: { ID: canonicalId(upload.owner) },
      StorageClass: upload.storageClass,
      ...(upload.checksumAlgorithm && {
        ChecksumAlgorithm: upload.checksumAlgorithm,
        ChecksumType: upload.checksumType,
      }),
    };
  },

  ListMultipartUploads(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { prefix, delimiter, encode, echo, limit } = listing({ ...input, MaxKeys: input.MaxUploads });
    const { KeyMarker = "", UploadIdMarker } = input;
    const all = uploads(context, bucket.name)
      .list()
      .filter((one) => one.key.startsWith(prefix))
      .sort((a, b) => compareKeys(a.key, b.key) || a.initiated - b.initiated || (a.id < b.id ? -1 : 1));
    const behind = (one: Readonly<Upload>): boolean => {
      const order = compareKeys(one.key, KeyMarker);
      if (order !== 0 || UploadIdMarker === undefined) return order > 0;
      const marker = all.find((other) => other.id === UploadIdMarker);
      return marker !== undefined && all.indexOf(one as Upload) > all.indexOf(marker);
    };
    const listed = rolledUp(
      all.filter((one) => KeyMarker === "" || behind(one)),
      prefix,
      delimiter,
      limit,
    );
    const last = listed.items.at(-1);
    return {
      Bucket: input.Bucket,
      KeyMarker: encode(KeyMarker),
      UploadIdMarker: UploadIdMarker ?? "",
      NextKeyMarker: last ? encode("id" in last ? last.key : last.prefix) : "",
      NextUploadIdMarker: last && "id" in last ? last.id : "",
      ...echo,
      Prefix: input.Prefix === undefined ? undefined : echo.Prefix,
      MaxUploads: limit,
      IsTruncated: listed.truncated,
      Uploads: listed.items.flatMap((one) =>
        "id" in one
          ? [
              {
                UploadId: one.id,
                Key: encode(one.key),
                Initiated: new Date(one.initiated),
                StorageClass: one.storageClass,
                Owner: { ID: canonicalId(one.owner) },
                Initiator: initiatorOf(one),
                ...(one.checksumAlgorithm && {
                  ChecksumAlgorithm: one.checksumAlgorithm,
                  ChecksumType: one.checksumType,
                }),
              },
            ]
          : [],
      ),
      CommonPrefixes: listed.items.flatMap((one) =>
        "prefix" in one ? [{ Prefix: encode(one.prefix) }] : [],
      ),
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
      ...checksumFields(whole.content.checksum),
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

const compareKeys = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/** Uploads in order, those below a common prefix as one. */
function rolledUp(
  all: readonly Readonly<Upload>[],
  prefix: string,
  delimiter: string | undefined,
  limit: number,
) {
  const items: (Readonly<Upload> | { prefix: string })[] = [];
  for (const one of all) {
    const at = delimiter ? one.key.indexOf(delimiter, prefix.length) : -1;
    const rolled = delimiter && at >= 0 ? one.key.slice(0, at + delimiter.length) : undefined;
    const last = items.at(-1);
    if (rolled !== undefined && last && "prefix" in last && last.prefix === rolled) continue;
    if (items.length >= limit) return { items, truncated: true };
    items.push(rolled === undefined ? one : { prefix: rolled });
  }
  return { items, truncated: false };
}
