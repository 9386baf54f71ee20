/**
 * Access control lists as statements of the bucket's policy, so that one engine decides both.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#permissions
 */
import type { ReadContext } from "../../context.ts";
import { effectiveBlock } from "./public-access.ts";
import { type Acl, accountOfCanonicalId, type Bucket, type ObjectVersion } from "./state.ts";
import { newest } from "./versions.ts";

const BUCKET_ACTIONS: Record<string, string[]> = {
  READ: ["s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"],
  WRITE: ["s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl"],
  READ_ACP: ["s3:GetBucketAcl"],
  WRITE_ACP: ["s3:PutBucketAcl"],
};
/** An ACL given with a new object is its writer's to say: granted with WRITE, for requests that make objects. */
const WITH_CONTENT: Record<string, Statement["Condition"]> = {
  "s3:PutObjectAcl": { Null: { "s3:ObjectCreationOperation": "false" } },
};
const OF_OBJECTS = new Set(["s3:PutObject", "s3:DeleteObject", "s3:PutObjectAcl"]);
const OBJECT_ACTIONS: Record<string, string[]> = {
  READ: ["s3:GetObject", "s3:GetObjectVersion"],
  READ_ACP: ["s3:GetObjectAcl", "s3:GetObjectVersionAcl"],
  WRITE_ACP: ["s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
};

/** An object that is not there has no ACL: who may list the bucket is told so. */
const OF_ABSENT: Record<string, string[]> = { READ: ["s3:GetObject"] };

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
  const object = key === undefined ? undefined : newest(context, bucket.name, key);
  const acl = object?.acl;
  if (!bucket.acl && !acl) return bucket.policy;
  const absent = key !== undefined && (!object || object.deleteMarker);
  const ignorePublic = effectiveBlock(bucket, context).IgnorePublicAcls === true;
  const arn = `arn:aws:s3:::${bucket.name}`;
  const statements = [
    ...(bucket.acl ? bucketStatements(bucket.acl, arn, ignorePublic, context) : []),
    ...(bucket.acl && absent
      ? statementsOf(bucket.acl, () => `${arn}/${key}`, OF_ABSENT, ignorePublic, context)
      : []),
    ...(acl ? objectStatements(acl, `${arn}/${key}`, ignorePublic, context) : []),
  ];
  return statements.length === 0 ? bucket.policy : joined(bucket.policy, statements);
}

/**
 * What decides on an object that is not the bucket owner's, or on one of its versions: its own ACL. Of the bucket's
 * policy only denials reach it.
 */
export function objectPolicy(
  bucket: Readonly<Bucket>,
  object: Readonly<ObjectVersion>,
  context: ReadContext,
): string {
  const ignorePublic = effectiveBlock(bucket, context).IgnorePublicAcls === true;
  const arn = `arn:aws:s3:::${bucket.name}/${object.key}`;
  const granted = object.acl ? objectStatements(object.acl, arn, ignorePublic, context) : [];
  const foreign = object.owner !== bucket.account;
  return joined(bucket.policy, granted, (one) => !foreign || one.Effect === "Deny");
}

/** What of a bucket's policy also reaches what is not the bucket owner's. */
export const denials = (policy: string | undefined): string =>
  joined(policy, [], (one) => one.Effect === "Deny");

function joined(
  policy: string | undefined,
  statements: readonly Statement[],
  keep: (one: { Effect?: unknown }) => boolean = () => true,
): string {
  const whole = JSON.parse(policy ?? '{"Version":"2012-10-17","Statement":[]}') as { Statement: unknown };
  const own = Array.isArray(whole.Statement) ? whole.Statement : [whole.Statement];
  return JSON.stringify({ ...whole, Statement: [...own.filter(keep), ...statements] });
}

const objectStatements = (acl: Acl, arn: string, ignorePublic: boolean, context: ReadContext) =>
  statementsOf(acl, () => arn, OBJECT_ACTIONS, ignorePublic, context);

function bucketStatements(acl: Acl, arn: string, ignorePublic: boolean, context: ReadContext): Statement[] {
  const resourceOf = (action: string) => (OF_OBJECTS.has(action) ? `${arn}/*` : arn);
  return statementsOf(acl, resourceOf, BUCKET_ACTIONS, ignorePublic, context).map((statement) => {
    const only = WITH_CONTENT[statement.Action[0] as string];
    return only
      ? { ...statement, Condition: { ...statement.Condition, ...merged(statement, only) } }
      : statement;
  });
}

/** Conditions of the same operator side by side. */
function merged(
  { Condition = {} }: Statement,
  more: NonNullable<Statement["Condition"]>,
): NonNullable<Statement["Condition"]> {
  return Object.fromEntries(
    Object.entries(more).map(([operator, keys]) => [operator, { ...Condition[operator], ...keys }]),
  );
}

function statementsOf(
  acl: Acl,
  resourceOf: (action: string) => string,
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
      Resource: resourceOf(action),
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
