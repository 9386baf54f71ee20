/** ListObjects, ListObjectsV2 and ListObjectVersions. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import type { Handlers } from "../../../wire/types.ts";
import { address } from "../bucket-name.ts";
import { invalidArgument } from "../errors.ts";
import { urlEncode, walk } from "../listing.ts";
import { type Bucket, canonicalId, type ObjectVersion, objects } from "../state.ts";
import { listVersions } from "../version-listing.ts";
import { isVersionId } from "../versions.ts";

interface ListInput {
  Prefix?: string | undefined;
  Delimiter?: string | undefined;
  EncodingType?: string | undefined;
  MaxKeys?: number | undefined;
}

/** What every listing shares: limits and the encoding of its texts. */
export function listing({ Prefix, Delimiter, EncodingType, MaxKeys }: ListInput) {
  if (MaxKeys !== undefined && MaxKeys < 0) {
    throw invalidArgument(
      "Argument maxKeys must be an integer between 0 and 2147483647",
      "maxKeys",
      String(MaxKeys),
    );
  }
  if (EncodingType !== undefined && EncodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", EncodingType);
  }
  const encode = EncodingType === "url" ? urlEncode : (text: string) => text;
  return {
    prefix: Prefix ?? "",
    delimiter: Delimiter || undefined,
    limit: Math.min(MaxKeys ?? 1000, 1000),
    encode,
    echo: {
      Prefix: encode(Prefix ?? ""),
      ...(Delimiter && { Delimiter: encode(Delimiter) }),
      ...(EncodingType !== undefined && { EncodingType: EncodingType as S3.EncodingType }),
    },
  };
}

const isObject = (one: Readonly<ObjectVersion>) => one.deleteMarker !== true;

/** What a listing tells of an object only when asked to. */
interface Extras {
  /** The account to name as the owner, by the bucket's ownership. */
  owner?: ((one: Readonly<ObjectVersion>) => string) | undefined;
  restore?: boolean | undefined;
}

const wantsRestore = (input: { OptionalObjectAttributes?: string[] | undefined }) =>
  input.OptionalObjectAttributes?.some((one) => one.split(",").includes("RestoreStatus"));

/** With ACLs off everything is the bucket owner's, whoever wrote it. */
const ownerIn =
  ({ ownership, account }: Readonly<Bucket>) =>
  (one: Readonly<ObjectVersion>): string =>
    ownership === "BucketOwnerEnforced" ? account : one.owner;

function content(
  one: Readonly<ObjectVersion>,
  encode: (text: string) => string,
  { owner, restore }: Extras,
): S3._Object {
  return {
    Key: encode(one.key),
    LastModified: new Date(one.modified),
    ETag: `"${one.etag}"`,
    ...(one.checksum && { ChecksumAlgorithm: [one.checksum.algorithm], ChecksumType: one.checksum.type }),
    Size: one.size,
    StorageClass: one.storageClass as S3.ObjectStorageClass,
    ...(owner && { Owner: { ID: canonicalId(owner(one)) } }),
    ...(restore &&
      one.restore && {
        RestoreStatus: { IsRestoreInProgress: false, RestoreExpiryDate: new Date(one.restore.until) },
      }),
  };
}

export const listOperations: Handlers<typeof S3, CallContext> = {
  ListObjects(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { prefix, delimiter, limit, encode, echo } = listing(input);
    const walked = walk(
      objects(context, bucket.name),
      { prefix, delimiter, after: input.Marker ?? "", limit },
      isObject,
    );
    const Contents = walked.items.flatMap((item) =>
      "key" in item
        ? [content(item.value, encode, { owner: ownerIn(bucket), restore: wantsRestore(input) })]
        : [],
    );
    const CommonPrefixes = walked.items.flatMap((item) =>
      "key" in item ? [] : [{ Prefix: encode(item.prefix) }],
    );
    return {
      IsTruncated: walked.truncated,
      Marker: encode(input.Marker ?? ""),
      ...(walked.truncated && delimiter && { NextMarker: encode(walked.last ?? "") }),
      ...(Contents.length > 0 && { Contents }),
      Name: input.Bucket,
      ...echo,
      MaxKeys: limit,
      ...(CommonPrefixes.length > 0 && { CommonPrefixes }),
    };
  },

  ListObjectsV2(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { prefix, delimiter, limit, encode, echo } = listing(input);
    const token = input.ContinuationToken;
    if (token === "")
      throw invalidArgument("The continuation token provided is incorrect", "continuation-token");
    const after = token === undefined ? (input.StartAfter ?? "") : readToken(token);
    const walked = walk(objects(context, bucket.name), { prefix, delimiter, after, limit }, isObject);
    const owner = input.FetchOwner === true ? ownerIn(bucket) : undefined;
    const Contents = walked.items.flatMap((item) =>
      "key" in item ? [content(item.value, encode, { owner, restore: wantsRestore(input) })] : [],
    );
    const CommonPrefixes = walked.items.flatMap((item) =>
      "key" in item ? [] : [{ Prefix: encode(item.prefix) }],
    );
    return {
      IsTruncated: walked.truncated,
      ...(Contents.length > 0 && { Contents }),
      Name: input.Bucket,
      ...echo,
      MaxKeys: limit,
      ...(CommonPrefixes.length > 0 && { CommonPrefixes }),
      KeyCount: walked.items.length,
      ...(token !== undefined && { ContinuationToken: token }),
      ...(walked.truncated && { NextContinuationToken: makeToken(walked.last ?? "") }),
      ...(input.StartAfter !== undefined && token === undefined && { StartAfter: encode(input.StartAfter) }),
    };
  },

  ListObjectVersions(input, context) {
    const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
    const { prefix, delimiter, limit, encode, echo } = listing(input);
    const { KeyMarker, VersionIdMarker } = input;
    if (VersionIdMarker !== undefined && KeyMarker === undefined) {
      throw invalidArgument(
        "A version-id marker cannot be specified without a key marker.",
        "version-id-marker",
        VersionIdMarker,
      );
    }
    if (VersionIdMarker && !isVersionId(VersionIdMarker, context)) {
      throw invalidArgument("Invalid version id specified", "version-id-marker", VersionIdMarker);
    }
    const listed = listVersions(context, bucket.name, {
      prefix,
      delimiter,
      limit,
      after: KeyMarker ?? "",
      ...(VersionIdMarker && { afterVersion: VersionIdMarker }),
    });
    const Versions = listed.versions
      .filter(({ one }) => isObject(one))
      .map(({ one, latest }) => ({
        ...content(one, encode, { owner: ownerIn(bucket), restore: wantsRestore(input) }),
        IsLatest: latest,
        VersionId: one.versionId,
      })) as S3.ObjectVersion[];
    const DeleteMarkers = listed.versions
      .filter(({ one }) => !isObject(one))
      .map(({ one, latest }) => ({
        Owner: { ID: canonicalId(ownerIn(bucket)(one)) },
        Key: encode(one.key),
        VersionId: one.versionId,
        IsLatest: latest,
        LastModified: new Date(one.modified),
      }));
    return {
      IsTruncated: listed.truncated,
      KeyMarker: encode(KeyMarker ?? ""),
      VersionIdMarker: VersionIdMarker ?? "",
      ...(listed.truncated && {
        NextKeyMarker: encode(listed.next?.key ?? ""),
        ...(listed.next?.versionId !== undefined && { NextVersionIdMarker: listed.next.versionId }),
      }),
      ...(Versions.length > 0 && { Versions }),
      ...(DeleteMarkers.length > 0 && { DeleteMarkers }),
      Name: input.Bucket,
      ...echo,
      MaxKeys: limit,
      ...(listed.prefixes.length > 0 && {
        CommonPrefixes: listed.prefixes.map((one) => ({ Prefix: encode(one) })),
      }),
    };
  },
};

const TOKEN = "1";
const makeToken = (last: string) => `${TOKEN}${Buffer.from(last).toString("base64url")}`;

function readToken(token: string): string {
  const text = Buffer.from(token.slice(1), "base64url").toString();
  if (!token.startsWith(TOKEN) || makeToken(text) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token");
  }
  return text;
}
