/**
 * What S3 demands of a replication configuration and of the buckets it is about.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
 */
import type * as S3 from "@aws-sdk/client-s3";
import type { ReadContext } from "../../context.ts";
import { invalidRequest, malformedXml } from "./errors.ts";
import { type Bucket, buckets } from "./state.ts";

/** @throws InvalidRequest, MalformedXML */
export function checkReplication(
  given: S3.ReplicationConfiguration,
  bucket: Readonly<Bucket>,
  context: ReadContext,
): void {
  if (bucket.versioning !== "Enabled") {
    throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
  }
  const rules = given.Rules ?? [];
  if (rules.length === 0 || rules.length > 1000) throw malformedXml();
  for (const { Destination: destination } of rules) {
    const name = /^arn:[^:]+:s3:::([^/]+)$/.exec(destination?.Bucket ?? "")?.[1];
    if (name === undefined) throw invalidRequest("Invalid bucket ARN.");
    const target = buckets(context).get(name);
    if (!target) throw invalidRequest("Destination bucket must exist.");
    if (target.versioning !== "Enabled") {
      throw invalidRequest("Destination bucket must have versioning enabled.");
    }
  }
}
