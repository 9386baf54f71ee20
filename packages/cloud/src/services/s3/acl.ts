/**
 * Access control lists: canned ones, grants in headers and XML, and what Object Ownership and Block Public
 * Access say to them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import type { AclHeaders } from "./conditions.ts";
import { hasAcl } from "./conditions.ts";
import { accessDenied, invalidArgument, invalidRequest } from "./errors.ts";
import { effectiveBlock } from "./public-access.ts";
import { type Acl, accountOfCanonicalId, type Bucket, canonicalId, type Grantee } from "./state.ts";

const ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const GROUPS = [ALL_USERS, AUTHENTICATED_USERS, LOG_DELIVERY];
const PERMISSIONS = ["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"];

/** The group `AWS EC2 bundle read` user of `aws-exec-read`. */
const EXEC_READ = "6aa5a366c34c1cbe25dc49211496e913e0351eb0e8c37aa3477e40942ec6b97c";

type Grant = Acl["grants"][number];
const group = (uri: string, permission: S3.Permission): Grant => ({
  grantee: { kind: "group", uri },
  permission,
});

function canned(
  name: string,
  owner: string,
  bucketOwner: string,
  of: "bucket" | "object",
): Grant[] | undefined {
  const full: Grant = { grantee: { kind: "canonical", id: owner }, permission: "FULL_CONTROL" };
  const theirs = (permission: S3.Permission): Grant[] =>
    bucketOwner === owner ? [] : [{ grantee: { kind: "canonical", id: bucketOwner }, permission }];
  switch (name) {
    case "private":
      return [full];
    case "public-read":
      return [full, group(ALL_USERS, "READ")];
    case "public-read-write":
      return [full, group(ALL_USERS, "READ"), group(ALL_USERS, "WRITE")];
    case "authenticated-read":
      return [full, group(AUTHENTICATED_USERS, "READ")];
    case "aws-exec-read":
      return [full, { grantee: { kind: "canonical", id: EXEC_READ }, permission: "READ" }];
    case "log-delivery-write":
      return of === "bucket"
        ? [full, group(LOG_DELIVERY, "WRITE"), group(LOG_DELIVERY, "READ_ACP")]
        : undefined;
    case "bucket-owner-read":
      return [full, ...theirs("READ")];
    case "bucket-owner-full-control":
      return [full, ...theirs("FULL_CONTROL")];
    default:
      return undefined;
  }
}

/**
 * The ACL that headers ask for; `undefined` when they ask for none (then it is private).
 * @param owner canonical id of the owner of the bucket or object
 * @throws AccessControlListNotSupported, InvalidArgument, AccessDenied (Block Public Access)
 */
export function aclOf(
  input: AclHeaders,
  owner: string,
  bucket: Readonly<Bucket>,
  context: ReadContext,
  of: "bucket" | "object",
): Acl | undefined {
  if (!hasAcl(input)) return undefined;
  const enforced = bucket.ownership === "BucketOwnerEnforced";
  if (
    enforced &&
    !(of === "object" && (input.ACL === "bucket-owner-full-control" || onlyOwner(input, owner)))
  ) {
    if (of === "bucket" && input.ACL === "private") return undefined;
    throw of === "bucket"
      ? new AwsError(
          "InvalidBucketAclWithObjectOwnership",
          "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
          { status: 400 },
        )
      : notSupported();
  }
  if (enforced) return undefined;
  const grants = headerGrants(input, context);
  if (input.ACL !== undefined && grants.length > 0) {
    throw invalidRequest("Specifying both Canned ACLs and Header Grants is not allowed");
  }
  const list = input.ACL === undefined ? grants : canned(input.ACL, owner, canonicalId(bucket.account), of);
  if (!list) throw invalidArgument("", "x-amz-acl", input.ACL);
  const acl = { owner, grants: list };
  refusePublic(acl, bucket, context);
  return acl;
}

/** The ACL of a bucket in the making. @throws InvalidBucketAclWithBlockPublicAccessError, as S3 calls it then */
export function aclOfNewBucket(
  input: AclHeaders,
  bucket: Readonly<Bucket>,
  context: ReadContext,
): Acl | undefined {
  const open = { ...bucket, publicAccessBlock: {} };
  const acl = aclOf(input, canonicalId(bucket.account), open, context, "bucket");
  if (acl && isPublicAcl(acl) && bucket.publicAccessBlock?.BlockPublicAcls) {
    throw new AwsError(
      "InvalidBucketAclWithBlockPublicAccessError",
      "Bucket cannot have public ACLs set with BlockPublicAccess enabled",
      { status: 400 },
    );
  }
  return acl;
}

/** The account that owns a new object: the bucket's where ownership says so or nobody is known, else the writer's. */
export function ownerOfNew(input: AclHeaders, bucket: Readonly<Bucket>, context: ReadContext): string {
  const yields =
    context.caller.principal.kind === "anonymous" ||
    bucket.ownership === "BucketOwnerEnforced" ||
    (bucket.ownership === "BucketOwnerPreferred" && input.ACL === "bucket-owner-full-control");
  return yields ? bucket.account : context.account;
}

export const notSupported = () =>
  new AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", { status: 400 });

function onlyOwner(input: AclHeaders, owner: string): boolean {
  return input.ACL === undefined && input.GrantFullControl?.replaceAll('"', "") === `id=${owner}`;
}

/** @throws AccessDenied when BlockPublicAcls forbids this ACL */
export function refusePublic(acl: Acl, bucket: Readonly<Bucket>, context: ReadContext): void {
  if (!isPublicAcl(acl)) return;
  if (effectiveBlock(bucket, context).BlockPublicAcls) throw accessDenied();
}

export function isPublicAcl(acl: Acl): boolean {
  return acl.grants.some(
    ({ grantee }) =>
      grantee.kind === "group" && (grantee.uri === ALL_USERS || grantee.uri === AUTHENTICATED_USERS),
  );
}

const HEADER_PERMISSIONS = [
  ["GrantFullControl", "FULL_CONTROL", "x-amz-grant-full-control"],
  ["GrantRead", "READ", "x-amz-grant-read"],
  ["GrantWrite", "WRITE", "x-amz-grant-write"],
  ["GrantReadACP", "READ_ACP", "x-amz-grant-read-acp"],
  ["GrantWriteACP", "WRITE_ACP", "x-amz-grant-write-acp"],
] as const;

function headerGrants(input: AclHeaders, context: ReadContext): Grant[] {
  return HEADER_PERMISSIONS.flatMap(([member, permission, header]) =>
    (input[member]?.split(",") ?? []).map((text) => {
      const match = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]*)"?\s*$/.exec(text);
      if (!match) throw invalidArgument("Argument format not recognized", header, input[member]);
      return { grantee: grantee(match[1] as string, match[2] as string, context), permission };
    }),
  );
}

function grantee(kind: string, value: string, context: ReadContext): Grantee {
  if (kind === "uri") {
    if (!GROUPS.includes(value)) throw invalidArgument("Invalid group uri", "uri", value);
    return { kind: "group", uri: value };
  }
  if (kind === "emailAddress") {
    throw new AwsError(
      "UnresolvableGrantByEmailAddress",
      "The e-mail address you provided does not match any account on record.",
      { status: 400, members: { EmailAddress: value } },
    );
  }
  const account = accountOfCanonicalId(value, context);
  if (account === undefined && !/^[0-9a-f]{64}$/.test(value)) {
    throw invalidArgument("Invalid id", "id", value);
  }
  return { kind: "canonical", id: value };
}

const malformedAcl = () =>
  new AwsError(
    "MalformedACLError",
    "The XML you provided was not well-formed or did not validate against our published schema",
    { status: 400 },
  );

/** The ACL of an `AccessControlPolicy`. @throws MalformedACLError, InvalidArgument */
export function aclOfPolicy(policy: S3.AccessControlPolicy, owner: string, context: ReadContext): Acl {
  if (!policy.Owner?.ID || !policy.Grants) throw malformedAcl();
  if (policy.Owner.ID !== owner) throw invalidArgument("Invalid id", "CanonicalUser/ID", policy.Owner.ID);
  const grants = policy.Grants.map(({ Grantee, Permission }): Grant => {
    if (!Grantee || !Permission || !PERMISSIONS.includes(Permission)) throw malformedAcl();
    return { grantee: granteeOf(Grantee, context), permission: Permission };
  });
  return { owner, grants };
}

function granteeOf({ Type, URI, ID, EmailAddress }: S3.Grantee, context: ReadContext): Grantee {
  switch (Type) {
    case "Group":
      if (URI === undefined) throw malformedAcl();
      if (!GROUPS.includes(URI)) throw invalidArgument("Invalid group uri", "Group/URI", URI);
      return { kind: "group", uri: URI };
    case "CanonicalUser":
      if (ID === undefined) throw malformedAcl();
      if (accountOfCanonicalId(ID, context) === undefined && !/^[0-9a-f]{64}$/.test(ID)) {
        throw invalidArgument("Invalid id", "CanonicalUser/ID", ID);
      }
      return { kind: "canonical", id: ID };
    case "AmazonCustomerByEmail":
      return grantee("emailAddress", EmailAddress ?? "", context);
    default:
      throw malformedAcl();
  }
}

/** How an ACL is answered. */
export function aclFields(acl: Acl | undefined, owner: string): { Owner: S3.Owner; Grants: S3.Grant[] } {
  const grants: Grant[] = acl?.grants ?? [
    { grantee: { kind: "canonical", id: owner }, permission: "FULL_CONTROL" },
  ];
  return {
    Owner: { ID: acl?.owner ?? owner },
    Grants: grants.map(({ grantee, permission }) => ({
      Grantee:
        grantee.kind === "group"
          ? { Type: "Group", URI: grantee.uri }
          : {
              Type: "CanonicalUser",
              ID: grantee.kind === "canonical" ? grantee.id : canonicalId(grantee.account),
            },
      Permission: permission,
    })),
  };
}
