/** The bucket that keeps what S3 writes down about every access to the data. */

import { CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { CfnDeletionPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { logBucketPolicy } from "../policies/bucket.ts";
import { accept, LOG_BUCKET_REASONS } from "./acknowledged.ts";
import { PRIVATE } from "./data-stack.ts";
import { PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

const KEEP_DAYS = 365;

export class LogsStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "logs", { ...props, summary: "bucket for access logs" });
    const { arns, platform } = this;
    const name = arns.logBucket();
    const bucket = new CfnBucket(this, "LogBucket", {
      bucketName: name,
      // S3 delivers access logs only to buckets with its own encryption.
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
      publicAccessBlockConfiguration: PRIVATE,
      versioningConfiguration: { status: "Enabled" },
      lifecycleConfiguration: {
        rules: [
          {
            id: "expire",
            status: "Enabled",
            expirationInDays: KEEP_DAYS,
            noncurrentVersionExpiration: { noncurrentDays: 30 },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      tags: this.labels(),
    });
    bucket.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    const sources = [
      arns.bucket(`${platform.name}-*`),
      ...(platform.defaultBucket ? [arns.bucket(arns.defaultBucket())] : []),
    ];
    const policy = new CfnBucketPolicy(this, "LogBucketPolicy", {
      bucket: name,
      policyDocument: logBucketPolicy(arns, name, sources),
    });
    policy.addResourceDependency(bucket);
    accept(bucket, LOG_BUCKET_REASONS);
    this.hand("logs:Bucket", bucket.ref, "bucket of access logs");
  }
}
