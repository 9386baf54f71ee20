/** Puts the parts of an upload together: which parts, in order, large enough; the ETag and checksum of the whole. */
import { createHash } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import { AwsError } from "../../wire/errors.ts";
import { CHECKSUMS, type ChecksumHeaders, combineParts } from "./checksum.ts";
import { invalidRequest, malformedXml } from "./errors.ts";
import type { Checksum, ChecksumName, ObjectVersion, Part, Upload } from "./state.ts";

/** Every part but the last is at least this long: 5 MiB. */
const SMALLEST_PART = 5 * 1024 * 1024;

interface CompleteInput extends ChecksumHeaders {
  MultipartUpload?: S3.CompletedMultipartUpload | undefined;
  MpuObjectSize?: number | undefined;
  ChecksumType?: string | undefined;
}

export interface Completed {
  content: Pick<ObjectVersion, "size" | "etag" | "segments" | "parts" | "partCount" | "checksum">;
  /** Numbers of the parts that went in. */
  used: ReadonlySet<number>;
}

const invalidPart = (uploadId: string, number: number, etag: string) =>
  new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { status: 400, members: { UploadId: uploadId, PartNumber: String(number), ETag: etag } },
  );

/** @throws InvalidPart, InvalidPartOrder, EntityTooSmall, BadDigest, MalformedXML */
export function completed(
  upload: Readonly<Upload>,
  kept: readonly Readonly<Part>[],
  input: CompleteInput,
): Completed {
  const named = input.MultipartUpload?.Parts ?? [];
  if (!input.MultipartUpload) throw malformedXml();
  if (named.length === 0) throw invalidRequest("You must specify at least one part");
  checkType(upload, input.ChecksumType);
  const byNumber = new Map(kept.map((part) => [part.number, part]));
  checkOrder(upload, named);
  const chosen = named.map((one) => {
    const number = one.PartNumber ?? 0;
    const etag = (one.ETag ?? "").replaceAll('"', "");
    const part = byNumber.get(number);
    if (!part || part.etag !== etag) throw invalidPart(upload.id, number, etag);
    checkPartChecksum(upload, part, one);
    return part;
  });
  for (const [at, part] of chosen.entries()) {
    if (at < chosen.length - 1 && part.size < SMALLEST_PART) {
      throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
        status: 400,
        members: {
          ProposedSize: String(part.size),
          MinSizeAllowed: String(SMALLEST_PART),
          PartNumber: String(part.number),
          ETag: part.etag,
        },
      });
    }
  }
  const size = chosen.reduce((sum, part) => sum + part.size, 0);
  if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${input.MpuObjectSize} does not match what was computed: ${size}`,
    );
  }
  const checksum = wholeChecksum(upload, chosen, input);
  const digest = createHash("md5");
  for (const part of chosen) digest.update(Buffer.from(part.etag, "hex"));
  return {
    content: {
      size,
      etag: `${digest.digest("hex")}-${chosen.length}`,
      segments: chosen.flatMap((part) => part.segments.filter((one) => one.size > 0)),
      parts: chosen.map((part) => ({
        number: part.number,
        size: part.size,
        ...(upload.checksumAlgorithm && part.checksum && { checksum: part.checksum.value }),
      })),
      partCount: chosen.length,
      ...(checksum && { checksum }),
    },
    used: new Set(chosen.map((part) => part.number)),
  };
}

function checkOrder(upload: Readonly<Upload>, named: readonly S3.CompletedPart[]): void {
  const ascends = named.every(
    ({ PartNumber = 0 }, at) => PartNumber > (at > 0 ? (named[at - 1]?.PartNumber ?? 0) : 0),
  );
  if (ascends) return;
  throw new AwsError(
    "InvalidPartOrder",
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
    { status: 400, members: { UploadId: upload.id } },
  );
}

function checkPartChecksum(upload: Readonly<Upload>, part: Readonly<Part>, given: S3.CompletedPart): void {
  const algorithm = upload.checksumAlgorithm;
  const named = CHECKSUMS.find((name) => given[`Checksum${name}`] !== undefined);
  if (!algorithm) {
    // parts of such an upload have no checksum that one could name
    if (named) throw invalidPart(upload.id, part.number, part.etag);
    return;
  }
  const value = given[`Checksum${algorithm}`];
  if (value === undefined && named) {
    throw badDigest(
      `The ${named.toLowerCase()} you specified for part ${part.number} did not match what we received.`,
    );
  }
  if (value === undefined) {
    if (upload.checksumType !== "COMPOSITE") return;
    throw invalidRequest(
      `The upload was created using a ${algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${part.number} in the request.`,
    );
  }
  if (value !== part.checksum?.value) throw invalidPart(upload.id, part.number, part.etag);
}

const badDigest = (message: string) => new AwsError("BadDigest", message, { status: 400 });

/** @throws InvalidRequest when the request names another type than the upload's */
function checkType(upload: Readonly<Upload>, type: string | undefined): void {
  if (type === undefined || type === upload.checksumType) return;
  throw invalidRequest(
    `The upload was created using the ${upload.checksumType ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/**
 * Without an algorithm of its own an upload gets CRC64NVME over the whole, as S3 gives every object one, save
 * under a customer's key; a checksum in the request is then not looked at.
 */
function wholeChecksum(
  upload: Readonly<Upload>,
  chosen: readonly Readonly<Part>[],
  input: CompleteInput,
): Checksum | undefined {
  if (!upload.checksumAlgorithm && upload.sealing.kind === "customer") return undefined;
  const algorithm = upload.checksumAlgorithm ?? "CRC64NVME";
  const type = upload.checksumType ?? "FULL_OBJECT";
  if (!chosen.every((part) => part.checksum?.algorithm === algorithm)) return undefined;
  const parts = chosen.map((part) => ({ value: part.checksum?.value as string, size: part.size }));
  const value = combineParts(algorithm, type, parts);
  if (upload.checksumAlgorithm) checkWhole(upload, value, input);
  return { algorithm, value, type };
}

/** A checksum of a whole object is only believed with its type. */
function checkWhole(upload: Readonly<Upload>, value: string, input: CompleteInput): void {
  if (CHECKSUMS.every((name) => input[`Checksum${name}`] === undefined)) return;
  const expected = input[`Checksum${upload.checksumAlgorithm as ChecksumName}`];
  const said = upload.checksumType === "COMPOSITE" || input.ChecksumType !== undefined;
  if (said && (expected === value || expected === value.replace(/-\d+$/, ""))) return;
  throw badDigest(
    `The ${upload.checksumAlgorithm?.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}
