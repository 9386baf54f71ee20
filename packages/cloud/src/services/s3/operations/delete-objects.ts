/** DeleteObject and DeleteObjects: a deletion without a version leaves a delete marker where versions are kept. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError, isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { type Addressed, address } from "../bucket-name.ts";
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  noSuchKey,
  noSuchVersion,
  preconditionFailed,
} from "../errors.ts";
import { checkUnlocked } from "../lock.ts";
import { objectChecks } from "../object-authorization.ts";
import { checkKey } from "../object-fields.ts";
import { matches } from "../preconditions.ts";
import { type Bucket, type ObjectVersion, uploads } from "../state.ts";
import { wholeSecond } from "../time.ts";
import { noteObject } from "../trail.ts";
import { addVersion, checkVersionId, isVersionId, newest, removeVersion, version } from "../versions.ts";

interface Outcome {
  deleteMarker?: boolean;
  versionId?: string;
}

interface Conditions {
  ifMatch?: string | undefined;
  bypass: boolean;
}

/** Deletes one object or version. Call inside a unit of work. */
export function deleteOne(
  to: Addressed,
  key: string,
  versionId: string | undefined,
  { ifMatch, bypass }: Conditions,
  context: CallContext,
): Outcome {
  const { bucket } = to;
  checkKey(key);
  if (versionId !== undefined) checkVersionId(versionId, context);
  const found =
    versionId === undefined
      ? newest(context, bucket.name, key)
      : version(context, bucket.name, key, versionId);
  checkMatch(ifMatch, key, found);
  for (const upload of uploads(context, bucket.name).list()) {
    if (upload.key === key && !upload.deletedSince) {
      uploads(context, bucket.name).update(upload.id, (draft) => {
        draft.deletedSince = true;
      });
    }
  }
  if (versionId !== undefined) {
    if (!found) return { versionId };
    checkUnlocked(found, bypass, context);
    removeVersion(context, bucket.name, found);
    return { versionId, ...(found.deleteMarker && { deleteMarker: true }) };
  }
  if (bucket.versioning === undefined) {
    if (found) {
      checkUnlocked(found, bypass, context);
      removeVersion(context, bucket.name, found);
    }
    return {};
  }
  const marker = addVersion(context, bucket, {
    key,
    deleteMarker: true,
    modified: wholeSecond(context.clock.now()),
    owner: context.account,
    size: 0,
    etag: "",
    segments: [],
    sealing: { kind: "AES256" },
    headers: {},
    metadata: {},
    storageClass: "STANDARD",
  });
  return { deleteMarker: true, versionId: marker.versionId };
}

function checkMatch(
  ifMatch: string | undefined,
  key: string,
  found: Readonly<ObjectVersion> | undefined,
): void {
  if (ifMatch === undefined) return;
  if (!found || found.deleteMarker) throw noSuchKey(key);
  if (!matches(ifMatch, found.etag)) throw preconditionFailed("If-Match");
}

export const deleteOperations: Handlers<typeof S3, CallContext> = {
  DeleteObject(input, context) {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    if (input.IfMatchLastModifiedTime || input.IfMatchSize !== undefined) {
      throw new AwsError(
        "NotImplemented",
        "A header you provided implies functionality that is not implemented",
        {
          status: 501,
          members: {
            Header:
              input.IfMatchSize === undefined ? "x-amz-if-match-last-modified-time" : "x-amz-if-match-size",
          },
        },
      );
    }
    checkBypass(input, to.bucket);
    const bypass = input.BypassGovernanceRetention === true;
    const done = deleteOne(to, input.Key, input.VersionId, { ifMatch: input.IfMatch, bypass }, context);
    noteObject(context, to.bucket, input.Key);
    return {
      ...(done.deleteMarker && { DeleteMarker: true }),
      ...(done.versionId !== undefined &&
        to.bucket.versioning !== undefined && { VersionId: done.versionId }),
    };
  },

  DeleteObjects(input, context) {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    const wanted = input.Delete.Objects ?? [];
    checkIntegrityHeader(context);
    checkBypass(input, to.bucket);
    if (wanted.length === 0 || wanted.length > 1000) throw malformedXml();
    const Deleted: S3.DeletedObject[] = [];
    const Errors: S3._Error[] = [];
    for (const { Key = "", VersionId, ETag } of wanted) {
      const version = VersionId === "" ? undefined : VersionId;
      try {
        authorize(to, Key, version, input.BypassGovernanceRetention === true, context);
        if (version !== undefined && !isVersionId(version, context)) throw noSuchVersion(Key, version);
        const bypass = input.BypassGovernanceRetention === true;
        const done = deleteOne(to, Key, version, { ifMatch: ETag, bypass }, context);
        Deleted.push({
          Key,
          ...(version !== undefined && { VersionId: version }),
          ...(done.deleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: done.versionId }),
        });
      } catch (error) {
        if (!isAwsError(error)) throw error;
        Errors.push({
          Key,
          ...(version !== undefined && { VersionId: version }),
          Code: error.code,
          Message: error.message,
        });
      }
    }
    return {
      ...(!input.Delete.Quiet && Deleted.length > 0 && { Deleted }),
      ...(Errors.length > 0 && { Errors }),
    };
  },
};

/** A list of what to delete must come with a digest. */
function checkIntegrityHeader({ http }: CallContext): void {
  if (!http) return;
  const digest = /^(?:content-md5|x-amz-trailer|x-amz-checksum-.*|x-amz-sdk-checksum-algorithm)$/;
  if (Object.keys(http.headers).some((name) => digest.test(name))) return;
  throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}

function checkBypass(
  input: { BypassGovernanceRetention?: boolean | undefined },
  bucket: Readonly<Bucket>,
): void {
  if (input.BypassGovernanceRetention === undefined || bucket.lock) return;
  throw invalidArgument(
    "x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
    "x-amz-bypass-governance-retention",
  );
}

function authorize(
  to: Addressed,
  key: string,
  versionId: string | undefined,
  bypass: boolean,
  context: CallContext,
): void {
  const actions = [versionId === undefined ? "DeleteObject" : "DeleteObjectVersion"];
  if (bypass) actions.push("BypassGovernanceRetention");
  for (const check of objectChecks(actions, to, key, versionId, context)) {
    try {
      context.authorize(check);
    } catch (error) {
      throw isAwsError(error) ? accessDenied(error.message) : error;
    }
  }
}
