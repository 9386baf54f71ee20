/**
 * Block Public Access: the most restrictive of account, bucket and access point holds.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import { type AccessPoint, accountPublicAccessBlocks, type Bucket } from "./state.ts";

const SETTINGS = [
  "BlockPublicAcls",
  "IgnorePublicAcls",
  "BlockPublicPolicy",
  "RestrictPublicBuckets",
] as const;

/** What new buckets and access points get. */
export const ALL_BLOCKED: Required<S3.PublicAccessBlockConfiguration> = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export function effectiveBlock(
  bucket: Pick<Bucket, "account" | "publicAccessBlock">,
  context: ReadContext,
  point?: Pick<AccessPoint, "publicAccessBlock">,
): S3.PublicAccessBlockConfiguration {
  const ofAccount = accountPublicAccessBlocks(context).get(bucket.account);
  const layers = [ofAccount, bucket.publicAccessBlock, point?.publicAccessBlock];
  const block: S3.PublicAccessBlockConfiguration = {};
  for (const setting of SETTINGS) block[setting] = layers.some((layer) => layer?.[setting] === true);
  return block;
}

/** A configuration with every setting said. */
export function wholeBlock(given: S3.PublicAccessBlockConfiguration): S3.PublicAccessBlockConfiguration {
  return Object.fromEntries(SETTINGS.map((setting) => [setting, given[setting] === true]));
}
