/**
 * Access control lists as statements of the bucket's policy, so that one engine decides both.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
 */
import type { ReadContext } from "../../context.ts";
import { effectiveBlock } from "./public-access.ts";
import { type Acl, accountOfCanonicalId, type Bucket } from "./state.ts";
import { newest } from "./versions.ts";

const BUCKET_ACTIONS: Record<string, string[]> = {
  READ: ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
  WRITE: ["s3:PutObject", "s3:DeleteObject"],
  READ_ACP: ["s3:GetBucketAcl"],
  WRITE_ACP: ["s3:PutBucketAcl"],
};
const OBJECT_ACTIONS: Record<string, string[]> = {
  READ: ["s3:GetObject", "s3:GetObjectVersion"],
  READ_ACP: ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
  WRITE_ACP: ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
};

interface Statement {
  Sid: string;
  Effect: "Allow";
  Principal: unknown;
  Action: string[];
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

/** The bucket's policy with what ACLs grant besides; `undefined` when there is neither. */
export function withAcl(
  bucket: Readonly<Bucket>,
  key: string | undefined,
  context: ReadContext,
): string | undefined {
  if (bucket.ownership === "BucketOwnerEnforced") return bucket.policy;
  const acl = key === undefined ? undefined : newest(context, bucket.name, key)?.acl;
  if (!bucket.acl && !acl) return bucket.policy;
  const ignorePublic = effectiveBlock(bucket, context).IgnorePublicAcls === true;
  const arn = `arn:aws:s3:::${bucket.name}`;
  const statements = [
    ...(bucket.acl ? statementsOf(bucket.acl, arn, BUCKET_ACTIONS, ignorePublic, context) : []),
    ...(acl ? statementsOf(acl, `${arn}/${key}`, OBJECT_ACTIONS, ignorePublic, context) : []),
  ];
  if (statements.length === 0) return bucket.policy;
  const policy = JSON.parse(bucket.policy ?? '{"Version":"2012-10-17","Statement":[]}') as {
    Statement: unknown;
  };
  const own = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement];
  return JSON.stringify({ ...policy, Statement: [...own, ...statements] });
}

function statementsOf(
  acl: Acl,
  arn: string,
  actions: Record<string, string[]>,
  ignorePublic: boolean,
  context: ReadContext,
): Statement[] {
  return acl.grants.flatMap(({ grantee, permission }, at): Statement[] => {
    const granted =
      permission === "FULL_CONTROL" ? Object.values(actions).flat() : (actions[permission] ?? []);
    const who = principalOf(grantee, ignorePublic, context);
    if (!who || granted.length === 0) return [];
    return granted.map((action) => ({
      Sid: `acl${at}`,
      Effect: "Allow",
      ...who,
      Action: [action],
      Resource: action === "s3:PutObject" || action === "s3:DeleteObject" ? `${arn}/*` : arn,
    }));
  });
}

function principalOf(
  grantee: Acl["grants"][number]["grantee"],
  ignorePublic: boolean,
  context: ReadContext,
): Pick<Statement, "Principal" | "Condition"> | undefined {
  if (grantee.kind === "group") {
    if (grantee.uri.endsWith("/LogDelivery")) return { Principal: { Service: "logging.s3.amazonaws.com" } };
    if (ignorePublic) return undefined;
    if (grantee.uri.endsWith("/AuthenticatedUsers")) {
      return { Principal: "*", Condition: { Null: { "aws:PrincipalAccount": "false" } } };
    }
    return { Principal: "*" };
  }
  const account = grantee.kind === "account" ? grantee.account : accountOfCanonicalId(grantee.id, context);
  return account === undefined ? undefined : { Principal: { AWS: `arn:aws:iam::${account}:root` } };
}
