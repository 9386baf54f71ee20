/** What a decision needs to know of a bucket, an object or an access point. */
import type { ReadContext } from "../../context.ts";
import type { ResourceFacts } from "../../service.ts";
import { withAcl } from "./acl-policy.ts";
import { withAccounts } from "./canonical-principals.ts";
import { type AccessPoint, accessPoints, accountPublicAccessBlocks, type Bucket, buckets } from "./state.ts";

/** Beside the bucket's policy: what else binds a request, in the gateway's words. */
interface StorageFacts extends Record<string, unknown> {
  /** The policy of the access point that the request goes through. */
  accessPoint?: { name: string; document: string };
  /** The bucket or object behind the access point. */
  bucketArn?: string;
  bucketAccount?: string;
  /** RestrictPublicBuckets of the account, the bucket and the access point. */
  blockPublicAccess?: { account?: boolean; bucket?: boolean; accessPoint?: boolean };
}

export function resource(arn: string, context: ReadContext): ResourceFacts | undefined {
  const [, , , region = "", account = "", ...rest] = arn.split(":");
  const name = rest.join(":");
  if (name.startsWith("accesspoint/")) {
    const [, pointName = "", , ...key] = name.split("/");
    const point = accessPoints(context).get(`${account}/${region}/${pointName}`);
    const bucket = point && buckets(context).get(point.bucket);
    return bucket && factsOf(bucket, context, { point, key: key.join("/") });
  }
  const slash = name.indexOf("/");
  const bucket = buckets(context).get(slash < 0 ? name : name.slice(0, slash));
  return bucket && factsOf(bucket, context, undefined, slash < 0 ? undefined : name.slice(slash + 1));
}

function factsOf(
  bucket: Readonly<Bucket>,
  context: ReadContext,
  through?: { point: Readonly<AccessPoint>; key: string },
  key: string | undefined = through?.key || undefined,
): ResourceFacts {
  const restricts = (block: { RestrictPublicBuckets?: boolean } | undefined) =>
    block?.RestrictPublicBuckets === true;
  const blockPublicAccess = {
    account: restricts(accountPublicAccessBlocks(context).get(bucket.account)),
    bucket: restricts(bucket.publicAccessBlock),
    ...(through && { accessPoint: restricts(through.point.publicAccessBlock) }),
  };
  const arn = `arn:aws:s3:::${bucket.name}`;
  const extra: StorageFacts = { blockPublicAccess };
  if (through) {
    const { point } = through;
    extra.bucketArn = key === undefined ? arn : `${arn}/${key}`;
    extra.bucketAccount = bucket.account;
    if (point.policy !== undefined) extra.accessPoint = { name: point.name, document: point.policy };
  }
  const said = withAcl(bucket, key, context);
  const document = said === undefined ? undefined : withAccounts(said, context);
  return {
    account: through?.point.account ?? bucket.account,
    ...(bucket.abac === "Enabled" && bucket.tags && { tags: bucket.tags }),
    ...(document !== undefined && { policy: { name: bucket.name, document } }),
    extra,
  };
}
