/** ListParts and ListMultipartUploads. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { address } from "../bucket-name.ts";
import { invalidArgument } from "../errors.ts";
import { rollUp } from "../listing.ts";
import { canonicalId, type Upload, uploads } from "../state.ts";
import { compareUploads, findUpload, partsOf } from "../uploads.ts";
import { listing } from "./list-objects.ts";

const initiatorOf = (upload: Readonly<Upload>) => ({ ID: upload.initiator });

function within(number: number, name: string): number {
  if (number >= 0 && number < 2 ** 31) return number;
  throw invalidArgument(
    `Argument ${name} must be an integer between 0 and 2147483647`,
    name,
    Number.isNaN(number) ? undefined : String(number),
  );
}

export const uploadListings: Handlers<typeof S3, CallContext> = {
  ListParts(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const upload = findUpload(context, bucket.name, input.Key, input.UploadId);
    const most = Math.min(within(input.MaxParts ?? 1000, "max-parts"), 1000);
    const marker = within(Number(input.PartNumberMarker || 0), "part-number-marker");
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
      .sort((a, b) => compareKeys(a.key, b.key) || compareUploads(a.id, b.id));
    // a marker below a common prefix, or that prefix itself: all of it was listed
    const told = delimiter ? rollUp(KeyMarker, prefix, delimiter) : undefined;
    const behind = (one: Readonly<Upload>): boolean => {
      if (told !== undefined && one.key.startsWith(told)) return false;
      const order = compareKeys(one.key, KeyMarker);
      if (order !== 0 || UploadIdMarker === undefined) return order > 0;
      return compareUploads(one.id, UploadIdMarker) > 0;
    };
    const listed = rolledUp(
      all.filter((one) => KeyMarker === "" || behind(one)),
      prefix,
      delimiter,
      limit,
    );
    // the next markers name an upload, never a common prefix
    const last = listed.items.findLast((one) => "id" in one);
    return {
      Bucket: input.Bucket,
      KeyMarker: encode(KeyMarker),
      UploadIdMarker: UploadIdMarker ?? "",
      NextKeyMarker: encode(last?.key ?? ""),
      NextUploadIdMarker: last?.id ?? "",
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
};

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
    const rolled = delimiter ? rollUp(one.key, prefix, delimiter) : undefined;
    const last = items.at(-1);
    if (rolled !== undefined && last && "prefix" in last && last.prefix === rolled) continue;
    if (items.length >= limit) return { items, truncated: limit > 0 };
    items.push(rolled === undefined ? one : { prefix: rolled });
  }
  return { items, truncated: false };
}
