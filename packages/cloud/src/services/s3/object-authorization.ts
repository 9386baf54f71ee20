/** The actions that operations on objects need: versions, tags, ACLs and locks have actions of their own. */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable, Check, ResourceFacts } from "../../service.ts";
import { denials, objectPolicy } from "./acl-policy.ts";
import { type Addressed, address } from "./bucket-name.ts";
import { withAccounts } from "./canonical-principals.ts";
import {
  aclKeys,
  hasAcl,
  type Keys,
  objectKeys,
  requestKeys,
  requestTagKeys,
  uploadKeys,
  type WriteHeaders,
  writeKeys,
} from "./conditions.ts";
import { parseCopySource } from "./copy-source.ts";
import { resource } from "./resources.ts";
import { canonicalId, type ObjectVersion, type Upload, uploads } from "./state.ts";
import { newest, version } from "./versions.ts";

interface ObjectInput extends WriteHeaders {
  Bucket: string;
  Key: string;
  VersionId?: string;
  ExpectedBucketOwner?: string;
  UploadId?: string;
  BypassGovernanceRetention?: boolean;
}

/** Actions on one object, by whether the request names a version. */
export function objectChecks(
  actions: readonly string[],
  to: Addressed,
  key: string,
  versionId: string | undefined,
  context: ReadContext,
  more: Keys = {},
): Check[] {
  const found =
    versionId === undefined
      ? newest(context, to.bucket.name, key)
      : version(context, to.bucket.name, key, versionId);
  const keys = { ...requestKeys(context, to), ...objectKeys(found, versionId), ...more };
  return actions.map((action) => {
    const resource = to.objectArn(key);
    const facts = found && OWNERS.has(action) ? ownFacts(found, to, versionId, context) : undefined;
    const seen = UNTAGGED.has(action) ? withoutTags(keys) : keys;
    return { action: `s3:${action}`, resource, context: seen, ...(facts && { facts }) };
  });
}

const withoutTags = (keys: Keys): Keys =>
  Object.fromEntries(Object.entries(keys).filter(([name]) => !name.startsWith("s3:ExistingObjectTag/")));

/** For these S3 does not look at the tags of the object, though a policy may name them. */
const UNTAGGED = new Set(["GetObjectAttributes", "GetObjectVersionAttributes"]);

/** What an object's owner decides on; tagging, deleting, restoring and locking stay with the bucket's. */
const OWNERS = new Set(
  ["", "Version"].flatMap((version) => [
    `GetObject${version}`,
    `GetObject${version}Attributes`,
    `GetObject${version}Acl`,
    `PutObject${version}Acl`,
  ]),
);

/** Facts of an object that the bucket's cannot tell: it is another account's, or an older version with its own ACL. */
function ownFacts(
  found: Readonly<ObjectVersion>,
  { bucket, accessPoint }: Addressed,
  versionId: string | undefined,
  context: ReadContext,
): ResourceFacts | undefined {
  if (bucket.ownership === "BucketOwnerEnforced" || accessPoint) return undefined;
  const foreign = found.owner !== bucket.account;
  if (!foreign && versionId === undefined) return undefined;
  return {
    ...resource(`arn:aws:s3:::${bucket.name}`, context),
    account: found.owner,
    policy: { name: bucket.name, document: withAccounts(objectPolicy(bucket, found, context), context) },
  };
}

type Actions = (input: ObjectInput) => string[];

function onObject(actions: Actions, more?: (input: ObjectInput, context: ReadContext) => Keys) {
  const rule: AuthorizationRule<ObjectInput> = (input, context) => {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    return objectChecks(actions(input), to, input.Key, input.VersionId, context, more?.(input, context));
  };
  return rule;
}

/** The action itself, or its twin for a version. */
const versioned =
  (action: string, twin: string): Actions =>
  (input) => [input.VersionId === undefined ? action : twin];

const both =
  (...all: Actions[]): Actions =>
  (input) =>
    all.flatMap((one) => one(input));

/** What a write needs for what it sets beside the content. */
function writeActions(input: ObjectInput): string[] {
  const actions = ["PutObject"];
  if (input.Tagging) actions.push("PutObjectTagging");
  if (hasAcl(input)) actions.push("PutObjectAcl");
  if (input.ObjectLockMode !== undefined) actions.push("PutObjectRetention");
  if (input.ObjectLockLegalHoldStatus !== undefined) actions.push("PutObjectLegalHold");
  return actions;
}

/** Whether a write makes an object, or is a step of an upload that will. */
const creation = (creates: boolean): Keys => ({ "s3:ObjectCreationOperation": String(creates) });

/** A write does not see the tags of the object it replaces. */
function write(input: ObjectInput, context: ReadContext, more: Keys = {}): Check[] {
  const to = address(input.Bucket, context, input.ExpectedBucketOwner);
  const keys = Object.assign(requestKeys(context, to), writeKeys(input, context.now), more);
  // log delivery: the bucket policies AWS documents for it grant s3:PutObject alone, with this very ACL
  const delivery = context.caller.principal.kind === "service" && input.ACL === "bucket-owner-full-control";
  const actions = writeActions(input).filter((action) => !(delivery && action === "PutObjectAcl"));
  return actions.map((action) => ({
    action: `s3:${action}`,
    resource: to.objectArn(input.Key),
    context: keys,
  }));
}

/** Reading the source of a copy. A part's source is judged with its tags, a whole copy's without. */
function readSource(
  input: ObjectInput & { ExpectedSourceBucketOwner?: string },
  context: ReadContext,
  tagged: boolean,
): Check[] {
  const source = parseCopySource(input.CopySource as string);
  const to = address(source.bucket, context, input.ExpectedSourceBucketOwner);
  const action = source.versionId === undefined ? "GetObject" : "GetObjectVersion";
  const checks = objectChecks([action], to, source.key, source.versionId, context);
  if (tagged) return checks;
  return checks.map((check) => ({ ...check, context: withoutTags(check.context ?? {}) }));
}

/** Tags that come along are read from the source and written to the copy. */
function copy(input: ObjectInput & { TaggingDirective?: string }, context: ReadContext): Check[] {
  const checks = [...readSource(input, context, false), ...write(input, context, creation(true))];
  if (input.TaggingDirective === "REPLACE") return checks;
  const source = parseCopySource(input.CopySource as string);
  const from = address(source.bucket, context);
  const { versionId } = source;
  const found =
    versionId === undefined
      ? newest(context, from.bucket.name, source.key)
      : version(context, from.bucket.name, source.key, versionId);
  if (Object.keys(found?.tags ?? {}).length === 0) return checks;
  const to = address(input.Bucket, context, input.ExpectedBucketOwner);
  return [
    ...checks,
    ...objectChecks(
      [versionId === undefined ? "GetObjectTagging" : "GetObjectVersionTagging"],
      from,
      source.key,
      versionId,
      context,
    ),
    {
      action: "s3:PutObjectTagging",
      resource: to.objectArn(input.Key),
      context: { ...requestKeys(context, to), ...writeKeys(input, context.now) },
    },
  ];
}

/** Operations on an upload in progress. */
function onUpload(action: string, creates?: boolean): AuthorizationRule<ObjectInput> {
  return (input, context) => {
    const to = address(input.Bucket, context, input.ExpectedBucketOwner);
    const upload = uploads(context, to.bucket.name).get(input.UploadId ?? "");
    const facts = action === "PutObject" || !upload ? undefined : initiatorFacts(upload, to, context);
    const keys = action === "PutObject" ? uploadKeys(upload) : {};
    const conditions = {
      "s3:if-match": input.IfMatch,
      "s3:if-none-match": input.IfNoneMatch,
      ...(input.CopySource !== undefined && { "s3:x-amz-copy-source": input.CopySource }),
      ...(input.SSECustomerAlgorithm !== undefined && {
        "s3:x-amz-server-side-encryption-customer-algorithm": input.SSECustomerAlgorithm,
      }),
      ...(creates !== undefined && creation(creates)),
    };
    return [
      {
        action: `s3:${action}`,
        resource: to.objectArn(input.Key),
        context: { ...requestKeys(context, to), ...keys, ...conditions },
        ...(facts && { facts }),
      },
    ];
  };
}

/** Who began an upload may see its parts and give it up, and the account may: the bucket's policy can deny it. */
function initiatorFacts(
  upload: Readonly<Upload>,
  { bucket, accessPoint }: Addressed,
  context: ReadContext,
): ResourceFacts | undefined {
  const { account } = context.caller;
  const theirs = upload.initiator === canonicalId(account) || upload.initiator.split(":")[4] === account;
  if (!theirs || account === bucket.account || accessPoint || context.caller.principal.kind === "anonymous") {
    return undefined;
  }
  return {
    ...resource(`arn:aws:s3:::${bucket.name}`, context),
    account,
    policy: { name: bucket.name, document: withAccounts(denials(bucket.policy), context) },
  };
}

const withBypass =
  (actions: Actions): Actions =>
  (input) =>
    input.BypassGovernanceRetention ? [...actions(input), "BypassGovernanceRetention"] : actions(input);

const getObject = versioned("GetObject", "GetObjectVersion");

export const objectRules: AuthorizationTable = {
  GetObject: onObject(getObject),
  HeadObject: onObject(getObject),
  GetObjectAttributes: onObject(
    both(getObject, versioned("GetObjectAttributes", "GetObjectVersionAttributes")),
  ),
  GetObjectTorrent: onObject(() => ["GetObjectTorrent"]),
  GetObjectAcl: onObject(versioned("GetObjectAcl", "GetObjectVersionAcl")),
  PutObjectAcl: onObject(versioned("PutObjectAcl", "PutObjectVersionAcl"), (input) => aclKeys(input)),
  GetObjectTagging: onObject(versioned("GetObjectTagging", "GetObjectVersionTagging")),
  PutObjectTagging: onObject(versioned("PutObjectTagging", "PutObjectVersionTagging"), (input) =>
    requestTagKeys(
      (input.Tagging as unknown as { TagSet?: { Key?: string; Value?: string }[] })?.TagSet ?? [],
    ),
  ),
  DeleteObjectTagging: onObject(versioned("DeleteObjectTagging", "DeleteObjectVersionTagging")),
  GetObjectRetention: onObject(() => ["GetObjectRetention"]),
  PutObjectRetention: onObject(
    withBypass(() => ["PutObjectRetention"]),
    (input, context) => {
      const { Mode, RetainUntilDate } =
        (input as { Retention?: { Mode?: string; RetainUntilDate?: Date } }).Retention ?? {};
      return writeKeys(
        {
          ...(Mode !== undefined && { ObjectLockMode: Mode }),
          ...(RetainUntilDate && { ObjectLockRetainUntilDate: RetainUntilDate }),
        },
        context.now,
      );
    },
  ),
  GetObjectLegalHold: onObject(() => ["GetObjectLegalHold"]),
  PutObjectLegalHold: onObject(
    () => ["PutObjectLegalHold"],
    (input) => ({
      "s3:object-lock-legal-hold": (input as { LegalHold?: { Status?: string } }).LegalHold?.Status,
    }),
  ),
  RestoreObject: onObject(() => ["RestoreObject"]),
  SelectObjectContent: onObject(() => ["GetObject"]),
  DeleteObject: onObject(withBypass(versioned("DeleteObject", "DeleteObjectVersion")), (input) => ({
    "s3:if-match": input.IfMatch,
  })),
  // each key is decided for itself, in the handler
  DeleteObjects: () => [],
  PutObject: (input, context) => write(input, context, creation(true)),
  CreateMultipartUpload: (input, context) => write(input, context, creation(false)),
  CopyObject: copy,
  UploadPart: onUpload("PutObject", false),
  UploadPartCopy: (input, context) => [
    ...readSource(input, context, true),
    ...onUpload("PutObject", false)(input as never, context),
  ],
  CompleteMultipartUpload: onUpload("PutObject", true),
  AbortMultipartUpload: onUpload("AbortMultipartUpload"),
  ListParts: onUpload("ListMultipartUploadParts"),
};
