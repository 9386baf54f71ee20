/** The configurations of a bucket that change how it behaves: versioning, encryption, policy, tags, public access … */
import type * as S3 from "@aws-sdk/client-s3";
import { isPublicPolicy } from "@sagekeep/engine";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { address } from "../bucket-name.ts";
import { checkPolicy } from "../bucket-policy.ts";
import { invalidArgument, invalidRequest, malformedXml } from "../errors.ts";
import { effectiveBlock, wholeBlock } from "../public-access.ts";
import { type Bucket, buckets } from "../state.ts";
import { tagSet, tagsOf } from "../tags.ts";
import { bucketArn, DEFAULT_ENCRYPTION } from "./buckets.ts";

interface OfBucket {
  Bucket: string;
  ExpectedBucketOwner?: string | undefined;
}

export const bucketOf = (input: OfBucket, context: CallContext): Readonly<Bucket> => {
  const { bucket } = address(input.Bucket, context, input.ExpectedBucketOwner);
  context.note({
    resources: [{ ARN: bucketArn(bucket.name), accountId: bucket.account, type: "AWS::S3::Bucket" }],
  });
  return bucket;
};

export const change = (input: OfBucket, context: CallContext, how: (draft: Bucket) => void): void => {
  buckets(context).update(bucketOf(input, context).name, how);
};

/** The 404 of a configuration that a bucket does not have. */
export const missing = (code: string, message: string, bucket: string) =>
  new AwsError(code, message, { status: 404, members: { BucketName: bucket } });

export const bucketConfigurationOperations: Handlers<typeof S3, CallContext> = {
  GetBucketVersioning(input, context) {
    const { versioning, mfaDelete } = bucketOf(input, context);
    return { ...(versioning && { Status: versioning }), ...(mfaDelete && { MFADelete: mfaDelete }) };
  },

  PutBucketVersioning(input, context) {
    const bucket = bucketOf(input, context);
    const { Status, MFADelete } = input.VersioningConfiguration;
    if (MFADelete === "Enabled") {
      throw new AwsError("NotImplemented", "MFA delete is not supported by the Sagekeep local cloud", {
        status: 501,
      });
    }
    if (Status === undefined && MFADelete === undefined) {
      throw new AwsError(
        "IllegalVersioningConfigurationException",
        "The Versioning element must be specified",
        { status: 400 },
      );
    }
    if (Status !== "Enabled" && Status !== "Suspended") throw malformedXml();
    if (Status === "Suspended" && bucket.lock) {
      throw new AwsError(
        "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
        { status: 409 },
      );
    }
    change(input, context, (draft) => {
      draft.versioning = Status;
    });
    return {};
  },

  GetBucketEncryption(input, context) {
    const { name, encryption } = bucketOf(input, context);
    if (!encryption) {
      throw missing(
        "ServerSideEncryptionConfigurationNotFoundError",
        "The server side encryption configuration was not found",
        name,
      );
    }
    return { ServerSideEncryptionConfiguration: structuredClone(encryption) };
  },

  PutBucketEncryption(input, context) {
    const rules = input.ServerSideEncryptionConfiguration.Rules ?? [];
    const [rule] = rules;
    if (rules.length !== 1 || !rule) throw malformedXml();
    const byDefault = rule.ApplyServerSideEncryptionByDefault;
    const blocked = rule.BlockedEncryptionTypes;
    if (!byDefault && !blocked) throw malformedXml();
    const algorithm = byDefault?.SSEAlgorithm;
    if (byDefault && algorithm !== "AES256" && algorithm !== "aws:kms" && algorithm !== "aws:kms:dsse") {
      throw malformedXml();
    }
    if (algorithm === "AES256" && byDefault?.KMSMasterKeyID !== undefined) {
      throw invalidArgument(
        "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse",
        "ApplyServerSideEncryptionByDefault",
      );
    }
    change(input, context, (draft) => {
      draft.encryptionSet = true;
      draft.encryption = {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: byDefault ?? { SSEAlgorithm: "AES256" },
            BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
            ...(blocked && { BlockedEncryptionTypes: blocked }),
          },
        ],
      };
    });
    return {};
  },

  /** Encryption cannot be off: the default comes back. */
  DeleteBucketEncryption(input, context) {
    change(input, context, (draft) => {
      draft.encryption = DEFAULT_ENCRYPTION;
      delete draft.encryptionSet;
    });
    return {};
  },

  GetPublicAccessBlock(input, context) {
    const { name, publicAccessBlock } = bucketOf(input, context);
    if (!publicAccessBlock) {
      throw missing(
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
        name,
      );
    }
    return { PublicAccessBlockConfiguration: { ...publicAccessBlock } };
  },

  PutPublicAccessBlock(input, context) {
    const given = input.PublicAccessBlockConfiguration;
    if (Object.values(given).every((one) => one === undefined)) {
      throw invalidRequest("Must specify at least one configuration.");
    }
    change(input, context, (draft) => {
      draft.publicAccessBlock = wholeBlock(given);
    });
    return {};
  },

  DeletePublicAccessBlock(input, context) {
    change(input, context, (draft) => {
      delete draft.publicAccessBlock;
    });
    return {};
  },

  GetBucketPolicy(input, context) {
    const { name, policy } = bucketOf(input, context);
    if (policy === undefined) throw missing("NoSuchBucketPolicy", "The bucket policy does not exist", name);
    return { Policy: policy };
  },

  PutBucketPolicy(input, context) {
    const bucket = bucketOf(input, context);
    const arn = bucketArn(bucket.name);
    checkPolicy(input.Policy, { arn, objects: `${arn}/`, principalExists: principalExists(context) });
    if (isPublicPolicy(JSON.parse(input.Policy)) && effectiveBlock(bucket, context).BlockPublicPolicy) {
      throw new AwsError(
        "AccessDenied",
        `User: ${context.caller.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${arn}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
        { status: 403 },
      );
    }
    change(input, context, (draft) => {
      draft.policy = input.Policy;
    });
    context.responseStatus = 204;
    return {};
  },

  DeleteBucketPolicy(input, context) {
    change(input, context, (draft) => {
      delete draft.policy;
    });
    return {};
  },

  GetBucketPolicyStatus(input, context) {
    const { name, policy } = bucketOf(input, context);
    if (policy === undefined) throw missing("NoSuchBucketPolicy", "The bucket policy does not exist", name);
    return { PolicyStatus: { IsPublic: isPublicPolicy(JSON.parse(policy)) } };
  },

  GetBucketTagging(input, context) {
    const { name, tags } = bucketOf(input, context);
    if (!tags) throw missing("NoSuchTagSet", "The TagSet does not exist", name);
    return { TagSet: tagSet(tags) };
  },

  PutBucketTagging(input, context) {
    const set = input.Tagging.TagSet;
    const internal = (context as { internal?: boolean }).internal === true;
    const given = Object.fromEntries((set ?? []).map(({ Key = "", Value = "" }) => [Key, Value]));
    const tags = tagsOf(set, "bucket", systemTags(internal ? given : bucketOf(input, context).tags));
    change(input, context, (draft) => {
      if (Object.keys(tags).length > 0) draft.tags = tags;
      else delete draft.tags;
    });
    context.responseStatus = 204;
    return {};
  },

  DeleteBucketTagging(input, context) {
    tagsOf([], "bucket", systemTags(bucketOf(input, context).tags));
    change(input, context, (draft) => {
      delete draft.tags;
    });
    return {};
  },
};

/** Those of AWS's own tags. */
function systemTags(tags: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => key.startsWith("aws:")));
}

/** Users and roles of the account must exist; of other accounts nothing is known. */
export function principalExists(context: CallContext): (arn: string) => boolean {
  return (arn) => {
    const match = /^arn:[^:]+:iam::(\d{12}):(?:user|role)\//.exec(arn);
    return match?.[1] !== context.account || context.facts(arn) !== undefined;
  };
}
