/** What can be changed of an object that is there: tags, ACL, retention, legal hold, restoration, encryption. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError, isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclFields, aclOf, aclOfPolicy, notSupported, refusePublic } from "../acl.ts";
import { address } from "../bucket-name.ts";
import { hasAcl } from "../conditions.ts";
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  malformedXml,
  methodNotAllowed,
  noSuchKey,
} from "../errors.ts";
import { findObject } from "../find-object.ts";
import { pacificTime } from "../lock.ts";
import { checkKey } from "../object-fields.ts";
import { canonicalId } from "../state.ts";
import { tagSet, tagsOf } from "../tags.ts";
import { noteObject } from "../trail.ts";
import { changeVersion, newest } from "../versions.ts";

interface OfObject {
  Bucket: string;
  Key: string;
  VersionId?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

/** @param marker whether a delete marker is an object that does not take the method, also where no version is named */
function objectOf(input: OfObject, context: CallContext, method = "GET", marker = false) {
  const to = address(input.Bucket, context, input.ExpectedBucketOwner);
  checkKey(input.Key);
  if (marker && input.VersionId === undefined && newest(context, to.bucket.name, input.Key)?.deleteMarker) {
    context.responseHeaders["x-amz-delete-marker"] = "true";
    throw methodNotAllowed(method, "DeleteMarker");
  }
  const found = findObject(to, input.Key, input.VersionId, context, method);
  noteObject(context, to.bucket, input.Key);
  const versioned = to.bucket.versioning !== undefined;
  return { bucket: to.bucket, found, version: versioned ? { VersionId: found.versionId } : {} };
}

/** GetObjectTagging alone names the bucket with the key that is not there. */
function ofBucketAndKey<T>({ Bucket, Key }: OfObject, find: () => T): T {
  try {
    return find();
  } catch (error) {
    throw isAwsError(error) && error.code === "NoSuchKey" ? noSuchKey(`${Bucket}/${Key}`) : error;
  }
}

export const objectSettingOperations: Handlers<typeof S3, CallContext> = {
  GetObjectTagging(input, context) {
    const { found, version } = ofBucketAndKey(input, () => objectOf(input, context, "GET", true));
    return { ...version, TagSet: tagSet(found.tags) };
  },

  PutObjectTagging(input, context) {
    const { bucket, found, version } = objectOf(input, context, "PUT", true);
    const tags = tagsOf(input.Tagging.TagSet, "object");
    changeVersion(context, bucket.name, found, (draft) => {
      draft.tags = tags;
    });
    return version;
  },

  DeleteObjectTagging(input, context) {
    const { bucket, found, version } = objectOf(input, context, "DELETE", true);
    changeVersion(context, bucket.name, found, (draft) => {
      delete draft.tags;
    });
    return version;
  },

  GetObjectAcl(input, context) {
    const { bucket, found } = objectOf(input, context);
    const enforced = bucket.ownership === "BucketOwnerEnforced";
    return aclFields(enforced ? undefined : found.acl, canonicalId(enforced ? bucket.account : found.owner));
  },

  PutObjectAcl(input, context) {
    const { bucket, found } = objectOf(input, context, "PUT", true);
    const owner = canonicalId(found.owner);
    if (bucket.ownership === "BucketOwnerEnforced") {
      if (input.ACL !== undefined || hasAcl(input as never))
        aclOf(input as never, owner, bucket, context, "object");
      if (input.ACL === "bucket-owner-full-control") return {};
      throw notSupported();
    }
    const given = input.AccessControlPolicy;
    if (given && hasAcl(input as never)) {
      throw new AwsError("UnexpectedContent", "This request does not support content", { status: 400 });
    }
    const acl = given
      ? aclOfPolicy(given, owner, context)
      : aclOf(input as never, owner, bucket, context, "object");
    if (!acl) {
      throw new AwsError("MissingSecurityHeader", "Your request was missing a required header", {
        status: 400,
        members: { MissingHeaderName: "x-amz-acl" },
      });
    }
    refusePublic(acl, bucket, context);
    changeVersion(context, bucket.name, found, (draft) => {
      draft.acl = acl;
    });
    return {};
  },

  GetObjectRetention(input, context) {
    const { bucket, found } = objectOf(input, context);
    if (!bucket.lock) throw invalidRequest("Bucket is missing Object Lock Configuration");
    if (!found.retention) throw noLock();
    return {
      Retention: { Mode: found.retention.mode, RetainUntilDate: new Date(found.retention.until) },
    };
  },

  PutObjectRetention(input, context) {
    const { bucket, found } = objectOf(input, context, "PUT");
    if (!bucket.lock) throw invalidRequest("Bucket is missing Object Lock Configuration");
    const { Mode, RetainUntilDate } = input.Retention ?? {};
    if ((Mode === undefined) !== (RetainUntilDate === undefined)) throw malformedXml();
    if (Mode !== undefined && Mode !== "GOVERNANCE" && Mode !== "COMPLIANCE") throw malformedXml();
    if (RetainUntilDate && RetainUntilDate.getTime() <= context.now) {
      throw invalidArgument(
        "The retain until date must be in the future!",
        "RetainUntilDate",
        pacificTime(RetainUntilDate),
      );
    }
    checkLessening(
      found.retention,
      Mode,
      RetainUntilDate?.getTime(),
      input.BypassGovernanceRetention === true,
      context,
    );
    changeVersion(context, bucket.name, found, (draft) => {
      if (Mode && RetainUntilDate) draft.retention = { mode: Mode, until: RetainUntilDate.getTime() };
      else delete draft.retention;
    });
    return {};
  },

  GetObjectLegalHold(input, context) {
    const { bucket, found } = objectOf(input, context);
    if (!bucket.lock) throw invalidRequest("Bucket is missing Object Lock Configuration");
    if (!found.legalHold) throw noLock();
    return { LegalHold: { Status: found.legalHold } };
  },

  PutObjectLegalHold(input, context) {
    const { bucket, found } = objectOf(input, context, "PUT");
    if (!bucket.lock) throw invalidRequest("Bucket is missing Object Lock Configuration");
    const status = input.LegalHold?.Status;
    if (status !== "ON" && status !== "OFF") throw malformedXml();
    changeVersion(context, bucket.name, found, (draft) => {
      draft.legalHold = status;
    });
    return {};
  },

  RestoreObject(input, context) {
    const { bucket, found } = objectOf(input, context, "POST");
    if (found.storageClass !== "GLACIER" && found.storageClass !== "DEEP_ARCHIVE") {
      throw new AwsError(
        "InvalidObjectState",
        "Restore is not allowed for the object's current storage class",
        {
          status: 403,
          members: { StorageClass: found.storageClass },
        },
      );
    }
    const days = input.RestoreRequest?.Days;
    if (days === undefined || days < 1) throw malformedXml();
    const tier = input.RestoreRequest?.GlacierJobParameters?.Tier ?? input.RestoreRequest?.Tier;
    if (tier !== undefined && !TIERS.includes(tier)) throw malformedXml();
    if (tier === "Expedited" && found.storageClass === "DEEP_ARCHIVE") {
      throw invalidRequest("Retrieval option is not supported by this storage class");
    }
    // what takes hours on AWS is done at once: the copy is here
    changeVersion(context, bucket.name, found, (draft) => {
      // 202 for a copy that has to be made, 200 for one that is kept longer
      context.responseStatus = found.restore ? 200 : 202;
      draft.restore = { until: endOfDay(context.now + days * 86_400_000) };
    });
    return {};
  },

  GetObjectTorrent() {
    throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
      status: 405,
    });
  },
};

const TIERS: readonly string[] = ["Standard", "Bulk", "Expedited"];

/** A restored copy stays to the end of its last day, UTC. */
const endOfDay = (time: number) => (Math.floor(time / 86_400_000) + 1) * 86_400_000;

const noLock = () =>
  new AwsError(
    "NoSuchObjectLockConfiguration",
    "The specified object does not have a ObjectLock configuration",
    { status: 404 },
  );

/** Retention may be made longer by anyone who may set it; shorter only in governance mode, with the bypass. */
function checkLessening(
  now: { mode: string; until: number } | undefined,
  mode: string | undefined,
  until: number | undefined,
  bypass: boolean,
  context: CallContext,
): void {
  if (!now || now.until <= context.now) return;
  const weaker =
    until === undefined || until < now.until || (now.mode === "COMPLIANCE" && mode !== "COMPLIANCE");
  const changesMode = now.mode === "GOVERNANCE" && mode !== "GOVERNANCE" && !bypass;
  if (!weaker && !changesMode) return;
  if (now.mode === "GOVERNANCE" && bypass) return;
  throw accessDenied("Access Denied because object protected by object lock.");
}
