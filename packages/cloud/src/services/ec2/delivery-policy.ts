/**
 * The bucket policy that lets the log delivery service write flow logs: added when the flow log is made, where its
 * maker may read and change the bucket's policy.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
 */
import type { CallContext } from "../../context.ts";
import { isAwsError } from "../../wire/errors.ts";

interface Statement {
  Sid?: string;
  Resource?: string | string[];
}

const AS_CALLER = { kind: "caller" } as const;

/** Never fails: without the permissions the policy is left to the bucket's owner. */
export async function allowDelivery(context: CallContext, destination: string, hive = false): Promise<void> {
  const [, bucket = "", folder = ""] = /^arn:[^:]*:s3:::([^/]+)\/?(.*)$/.exec(destination) ?? [];
  const { account, region } = context;
  const prefix = folder ? `${folder.replace(/\/$/, "")}/` : "";
  const folders = `${prefix}AWSLogs/${hive ? "aws-account-id=" : ""}${account}/*`;
  const common = {
    Effect: "Allow",
    Principal: { Service: "delivery.logs.amazonaws.com" },
    Condition: {
      StringEquals: { "aws:SourceAccount": account },
      ArnLike: { "aws:SourceArn": `arn:aws:logs:${region}:${account}:*` },
    },
  };
  const write = {
    ...common,
    Sid: "AWSLogDeliveryWrite",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/${folders}`,
    Condition: {
      ...common.Condition,
      StringEquals: { ...common.Condition.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
    },
  };
  const check = {
    ...common,
    Sid: "AWSLogDeliveryAclCheck",
    Action: "s3:GetBucketAcl",
    Resource: `arn:aws:s3:::${bucket}`,
  };
  try {
    const old = await currentPolicy(context, bucket);
    const known = old?.Statement ?? [];
    const covered = (one: Statement) => [one.Resource].flat().includes(write.Resource);
    if (known.some((one) => one.Sid?.startsWith("AWSLogDeliveryWrite") && covered(one))) return;
    const checked = known.some((one) => one.Sid === check.Sid);
    // a second one of the same name would be refused
    const Sid = known.some((one) => one.Sid === write.Sid) ? `${write.Sid}${known.length}` : write.Sid;
    const policy = {
      Version: "2012-10-17",
      ...old,
      Statement: [...known, { ...write, Sid }, ...(checked ? [] : [check])],
    };
    await context.call(
      "s3",
      "PutBucketPolicy",
      { Bucket: bucket, Policy: JSON.stringify(policy) },
      AS_CALLER,
    );
  } catch (error) {
    if (!isAwsError(error)) throw error;
  }
}

async function currentPolicy(
  context: CallContext,
  bucket: string,
): Promise<{ Statement: Statement[] } | undefined> {
  try {
    const { Policy } = await context.call("s3", "GetBucketPolicy", { Bucket: bucket }, AS_CALLER);
    const policy = JSON.parse(Policy) as { Statement: Statement | Statement[] };
    return { ...policy, Statement: [policy.Statement].flat() };
  } catch (error) {
    if (isAwsError(error) && error.code === "NoSuchBucketPolicy") return undefined;
    throw error;
  }
}
