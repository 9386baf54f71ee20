/**
 * Which actions on which resources each operation of S3 needs.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check } from "../../service.ts";
import { type Addressed, address } from "./bucket-name.ts";
import { type AclHeaders, aclKeys, hasAcl, type Keys, requestKeys } from "./conditions.ts";
import { objectRules } from "./object-authorization.ts";
import { paid } from "./payer.ts";

interface BucketInput extends AclHeaders {
  Bucket: string;
  ExpectedBucketOwner?: string;
  [member: string]: unknown;
}

/** A rule of one action on the bucket. */
function onBucket(
  action: string,
  keys?: (input: BucketInput, to: Addressed) => Keys,
): AuthorizationRule<BucketInput> {
  return (input, context) => {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    return [
      {
        action: `s3:${action}`,
        resource: to.arn,
        context: { ...requestKeys(context, to), ...keys?.(input, to) },
      },
    ];
  };
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** Keys of a listing. */
const listKeys = (most: string) => (input: BucketInput) => ({
  "s3:prefix": text(input.Prefix),
  "s3:delimiter": text(input.Delimiter),
  "s3:max-keys": text(input[most]),
});

function createBucket(input: BucketInput, context: ReadContext): Check[] {
  const configuration = input.CreateBucketConfiguration as
    | { LocationConstraint?: string; Tags?: { Key?: string; Value?: string }[] }
    | undefined;
  const tags = configuration?.Tags ?? [];
  const base = {
    resource: `arn:aws:s3:::${input.Bucket}`,
    facts: { account: context.account },
    context: {
      ...requestKeys(context),
      ...aclKeys(input),
      "s3:LocationConstraint": configuration?.LocationConstraint,
      "s3:x-amz-object-ownership": text(input.ObjectOwnership),
      ...Object.fromEntries(tags.map(({ Key = "", Value = "" }) => [`aws:RequestTag/${Key}`, Value])),
      ...(tags.length > 0 && { "aws:TagKeys": tags.map(({ Key = "" }) => Key) }),
    },
  };
  const actions = ["CreateBucket"];
  if (hasAcl(input) && input.ACL !== "private") actions.push("PutBucketAcl");
  if (input.ObjectLockEnabledForBucket)
    actions.push("PutBucketVersioning", "PutBucketObjectLockConfiguration");
  if (input.ObjectOwnership !== undefined) actions.push("PutBucketOwnershipControls");
  if (tags.length > 0) actions.push("TagResource");
  return actions.map((action) => ({ action: `s3:${action}`, ...base }));
}

/** Operations that read, write and delete one configuration: the actions behind them. */
const CONFIGURATIONS: [operations: string, read: string, write: string, remove?: string][] = [
  ["BucketAccelerateConfiguration", "GetAccelerateConfiguration", "PutAccelerateConfiguration"],
  ["BucketAnalyticsConfiguration", "GetAnalyticsConfiguration", "PutAnalyticsConfiguration"],
  ["BucketCors", "GetBucketCORS", "PutBucketCORS"],
  ["BucketEncryption", "GetEncryptionConfiguration", "PutEncryptionConfiguration"],
  [
    "BucketIntelligentTieringConfiguration",
    "GetIntelligentTieringConfiguration",
    "PutIntelligentTieringConfiguration",
  ],
  ["BucketInventoryConfiguration", "GetInventoryConfiguration", "PutInventoryConfiguration"],
  ["BucketLifecycle", "GetLifecycleConfiguration", "PutLifecycleConfiguration"],
  ["BucketLifecycleConfiguration", "GetLifecycleConfiguration", "PutLifecycleConfiguration"],
  ["BucketLogging", "GetBucketLogging", "PutBucketLogging"],
  ["BucketMetricsConfiguration", "GetMetricsConfiguration", "PutMetricsConfiguration"],
  ["BucketNotificationConfiguration", "GetBucketNotification", "PutBucketNotification"],
  ["BucketOwnershipControls", "GetBucketOwnershipControls", "PutBucketOwnershipControls"],
  ["BucketPolicy", "GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"],
  ["BucketReplication", "GetReplicationConfiguration", "PutReplicationConfiguration"],
  ["BucketRequestPayment", "GetBucketRequestPayment", "PutBucketRequestPayment"],
  ["BucketTagging", "GetBucketTagging", "PutBucketTagging"],
  ["BucketVersioning", "GetBucketVersioning", "PutBucketVersioning"],
  ["BucketWebsite", "GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"],
  ["ObjectLockConfiguration", "GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration"],
  ["PublicAccessBlock", "GetBucketPublicAccessBlock", "PutBucketPublicAccessBlock"],
  ["BucketAbac", "GetBucketAbac", "PutBucketAbac"],
];

function configurationRules(): AuthorizationTable {
  const rules: AuthorizationTable = {};
  for (const [operations, read, write, remove = write] of CONFIGURATIONS) {
    rules[`Get${operations}`] = onBucket(read);
    rules[`Put${operations}`] = onBucket(write);
    rules[`Delete${operations}`] = onBucket(remove);
  }
  for (const kind of ["Analytics", "IntelligentTiering", "Inventory", "Metrics"]) {
    rules[`ListBucket${kind}Configurations`] = onBucket(`Get${kind}Configuration`);
  }
  return rules;
}

export const authorization: AuthorizationTable = paid({
  ...configurationRules(),
  ...objectRules,
  ListBuckets: (_input, context) => [
    {
      action: "s3:ListAllMyBuckets",
      resource: "arn:aws:s3:::*",
      facts: { account: context.account },
      context: requestKeys(context),
    },
  ],
  CreateBucket: createBucket,
  HeadBucket: onBucket("ListBucket"),
  DeleteBucket: onBucket("DeleteBucket"),
  GetBucketLocation: onBucket("GetBucketLocation"),
  GetBucketPolicyStatus: onBucket("GetBucketPolicyStatus"),
  GetBucketAcl: onBucket("GetBucketAcl"),
  PutBucketAcl: onBucket("PutBucketAcl", (input) => aclKeys(input)),
  ListObjects: onBucket("ListBucket", listKeys("MaxKeys")),
  ListObjectsV2: onBucket("ListBucket", listKeys("MaxKeys")),
  ListObjectVersions: onBucket("ListBucketVersions", listKeys("MaxKeys")),
  ListMultipartUploads: onBucket("ListBucketMultipartUploads", listKeys("MaxUploads")),
});
