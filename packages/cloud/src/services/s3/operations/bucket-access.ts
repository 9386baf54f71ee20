/** Who owns what in a bucket and how it is shared: ACL, object ownership, object lock, CORS, logging, ABAC. */
import type * as S3 from "@aws-sdk/client-s3";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { aclFields, aclOf, aclOfPolicy, notSupported, refusePublic } from "../acl.ts";
import { hasAcl } from "../conditions.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { buckets, canonicalId } from "../state.ts";
import { bucketOf, change, missing } from "./bucket-configuration.ts";

const OWNERSHIPS = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"];
/** The longest default retention. */
const MOST_YEARS = 100;
const METHODS = ["GET", "PUT", "POST", "DELETE", "HEAD"];

export const bucketAccessOperations: Handlers<typeof S3, CallContext> = {
  GetBucketAcl(input, context) {
    const bucket = bucketOf(input, context);
    const enforced = bucket.ownership === "BucketOwnerEnforced";
    return aclFields(enforced ? undefined : bucket.acl, canonicalId(bucket.account));
  },

  PutBucketAcl(input, context) {
    const bucket = bucketOf(input, context);
    const owner = canonicalId(bucket.account);
    const given = input.AccessControlPolicy;
    if (given && hasAcl(input as never)) {
      throw new AwsError("UnexpectedContent", "This request does not support content", { status: 400 });
    }
    if (!given && !hasAcl(input as never)) {
      throw new AwsError("MissingSecurityHeader", "Your request was missing a required header", {
        status: 400,
        members: { MissingHeaderName: "x-amz-acl" },
      });
    }
    if (bucket.ownership === "BucketOwnerEnforced") {
      if (input.ACL === "private" || (given && onlyOwner(given, owner))) return {};
      throw notSupported();
    }
    const acl = given
      ? aclOfPolicy(given, owner, context)
      : aclOf(input as never, owner, bucket, context, "bucket");
    if (acl) refusePublic(acl, bucket, context);
    change(input, context, (draft) => {
      if (acl) draft.acl = acl;
      else delete draft.acl;
    });
    return {};
  },

  GetBucketOwnershipControls(input, context) {
    const { name, ownership } = bucketOf(input, context);
    if (!ownership)
      throw missing("OwnershipControlsNotFoundError", "The bucket ownership controls were not found", name);
    return { OwnershipControls: { Rules: [{ ObjectOwnership: ownership }] } };
  },

  PutBucketOwnershipControls(input, context) {
    const bucket = bucketOf(input, context);
    const rules = input.OwnershipControls.Rules ?? [];
    const ownership = rules[0]?.ObjectOwnership;
    if (rules.length !== 1 || !ownership || !OWNERSHIPS.includes(ownership)) throw malformedXml();
    const shared = bucket.acl?.grants.some(
      ({ grantee }) =>
        grantee.kind === "group" || (grantee.kind === "canonical" && grantee.id !== bucket.acl?.owner),
    );
    if (ownership === "BucketOwnerEnforced" && shared) {
      throw new AwsError(
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        { status: 400 },
      );
    }
    change(input, context, (draft) => {
      draft.ownership = ownership;
    });
    return {};
  },

  DeleteBucketOwnershipControls(input, context) {
    change(input, context, (draft) => {
      delete draft.ownership;
    });
    return {};
  },

  GetObjectLockConfiguration(input, context) {
    const { name, lock } = bucketOf(input, context);
    if (!lock) {
      throw missing(
        "ObjectLockConfigurationNotFoundError",
        "Object Lock configuration does not exist for this bucket",
        name,
      );
    }
    return { ObjectLockConfiguration: structuredClone(lock) as S3.ObjectLockConfiguration };
  },

  PutObjectLockConfiguration(input, context) {
    const bucket = bucketOf(input, context);
    const given = input.ObjectLockConfiguration;
    if (given?.ObjectLockEnabled !== "Enabled") throw malformedXml();
    const rule = given.Rule?.DefaultRetention;
    if (given.Rule) {
      if (!rule?.Mode || (rule.Days === undefined) === (rule.Years === undefined)) throw malformedXml();
      if ((rule.Days ?? rule.Years ?? 0) <= 0) {
        throw invalidArgument("Default retention period must be a positive integer value.");
      }
      if ((rule.Days ?? 0) > MOST_YEARS * 365 || (rule.Years ?? 0) > MOST_YEARS) {
        throw invalidArgument("Default retention period too large.");
      }
    }
    if (bucket.versioning !== "Enabled") {
      throw new AwsError(
        "InvalidBucketState",
        "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
        { status: 409 },
      );
    }
    change(input, context, (draft) => {
      draft.lock = given;
    });
    return {};
  },

  GetBucketCors(input, context) {
    const { name, cors } = bucketOf(input, context);
    if (!cors) throw missing("NoSuchCORSConfiguration", "The CORS configuration does not exist", name);
    return { CORSRules: structuredClone(cors) as S3.CORSRule[] };
  },

  PutBucketCors(input, context) {
    const rules = input.CORSConfiguration.CORSRules ?? [];
    if (rules.length === 0 || rules.length > 100) throw malformedXml();
    for (const rule of rules) {
      if (!rule.AllowedMethods?.length || !rule.AllowedOrigins?.length) throw malformedXml();
      for (const method of rule.AllowedMethods) {
        if (!METHODS.includes(method)) {
          throw invalidRequest(
            `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
          );
        }
      }
      const wild = [...rule.AllowedOrigins, ...(rule.AllowedHeaders ?? [])].find(
        (one) => one.split("*").length > 2,
      );
      if (wild !== undefined) {
        const what = rule.AllowedOrigins.includes(wild) ? "AllowedOrigin" : "AllowedHeader";
        throw invalidRequest(`${what} "${wild}" can not have more than one wildcard.`);
      }
    }
    change(input, context, (draft) => {
      draft.cors = rules as S3.CORSRule[];
    });
    return {};
  },

  DeleteBucketCors(input, context) {
    change(input, context, (draft) => {
      delete draft.cors;
    });
    return {};
  },

  GetBucketLogging(input, context) {
    const { logging } = bucketOf(input, context);
    return logging ? { LoggingEnabled: structuredClone(logging) as S3.LoggingEnabled } : {};
  },

  PutBucketLogging(input, context) {
    const bucket = bucketOf(input, context);
    const enabled = input.BucketLoggingStatus.LoggingEnabled;
    if (enabled) {
      const target = buckets(context).get(enabled.TargetBucket ?? "");
      if (!target || target.account !== bucket.account) {
        throw new AwsError("InvalidTargetBucketForLogging", "The target bucket for logging does not exist", {
          status: 400,
          members: { TargetBucket: enabled.TargetBucket },
        });
      }
      if (target.region !== bucket.region) {
        throw new AwsError("CrossLocationLoggingProhibitted", "Cross S3 location logging not allowed. ", {
          status: 403,
          members: {
            ...(bucket.region !== "us-east-1" && { SourceBucketLocation: bucket.region }),
            TargetBucketLocation: target.region,
          },
        });
      }
      const format = enabled.TargetObjectKeyFormat;
      if (format?.SimplePrefix && format.PartitionedPrefix) throw malformedXml();
      if (enabled.TargetGrants?.length && target.ownership === "BucketOwnerEnforced") {
        throw new AwsError(
          "InvalidArgument",
          "TargetGrants cannot be set with ObjectOwnership's BucketOwnerEnforced setting on the target bucket",
          { status: 400 },
        );
      }
    }
    change(input, context, (draft) => {
      if (enabled) draft.logging = { ...enabled, TargetPrefix: enabled.TargetPrefix ?? "" };
      else delete draft.logging;
    });
    return {};
  },

  GetBucketAbac(input, context) {
    return { AbacStatus: { Status: bucketOf(input, context).abac ?? "Disabled" } };
  },

  PutBucketAbac(input, context) {
    const status = input.AbacStatus.Status;
    if (status !== "Enabled" && status !== "Disabled") throw malformedXml();
    change(input, context, (draft) => {
      draft.abac = status;
    });
    return {};
  },
};

function onlyOwner(policy: S3.AccessControlPolicy, owner: string): boolean {
  return (policy.Grants ?? []).every(
    ({ Grantee, Permission }) => Grantee?.ID === owner && Permission === "FULL_CONTROL",
  );
}
