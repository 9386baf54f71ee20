/**
 * The bucket of one data set, or SageMaker's default bucket: encrypted with the data key, private, logged,
 * versioned, with access points. A stack of its own each, so that a data set comes and goes alone.
 */

import { accessPointName, type DataSet, readersOf, writersOf } from "@sagekeep/spec";
import { CfnAccessPoint, CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { CfnDeletionPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { accessPointPolicy, bucketPolicy } from "../policies/bucket.ts";
import { accept, DATA_BUCKET_REASONS } from "./acknowledged.ts";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export interface DataStackProps extends Omit<PlatformStackProps, "summary"> {
  /** The data set; undefined for SageMaker's default bucket. */
  readonly data: DataSet | undefined;
}

/** Closes a bucket to the public in all four ways. */
export const PRIVATE: CfnBucket.PublicAccessBlockConfigurationProperty = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};

/** Name of the stack of SageMaker's default bucket; no data set has it. */
const DEFAULT = "default";
const UNFINISHED_UPLOAD_DAYS = 7;
const DEFAULT_NONCURRENT_DAYS = 90;

export class DataStack extends PlatformStack {
  constructor(scope: Construct, props: DataStackProps) {
    const { data } = props;
    super(scope, `data-${data?.name ?? DEFAULT}`, {
      ...props,
      summary: data === undefined ? "SageMaker's default bucket" : `bucket of data set ${data.name}`,
    });
    const name = data === undefined ? this.arns.defaultBucket() : this.arns.dataBucket(data);
    const bucket = this.#bucket(data === undefined ? "SageMakerDefault" : logical(data.name), name, data);
    if (data?.accessPoints) for (const team of readersOf(data)) this.#accessPoint(bucket, data, team);
  }

  #bucket(id: string, name: string, data: DataSet | undefined): CfnBucket {
    const bucket = new CfnBucket(this, `${id}Bucket`, {
      bucketName: name,
      bucketEncryption: { serverSideEncryptionConfiguration: [this.#encryption()] },
      ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
      publicAccessBlockConfiguration: PRIVATE,
      versioningConfiguration: { status: (data?.versioning ?? true) ? "Enabled" : "Suspended" },
      lifecycleConfiguration: {
        rules: [
          {
            id: "tidy",
            status: "Enabled",
            abortIncompleteMultipartUpload: { daysAfterInitiation: UNFINISHED_UPLOAD_DAYS },
            noncurrentVersionExpiration: {
              noncurrentDays: data?.expireNoncurrentDays ?? DEFAULT_NONCURRENT_DAYS,
            },
          },
        ],
      },
      loggingConfiguration: {
        destinationBucketName: this.arns.logBucket(),
        logFilePrefix: `${data?.name ?? "default"}/`,
      },
      tags: this.labels(data === undefined ? {} : { ...data.tags, data: data.name, team: data.owner }),
    });
    // INVARIANT (no data lost by a rename): a bucket outlives its stack; clean-up removes it by name.
    bucket.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    const policy = new CfnBucketPolicy(this, `${id}BucketPolicy`, {
      bucket: name,
      policyDocument: bucketPolicy(this.arns, name, data),
    });
    policy.addResourceDependency(bucket);
    accept(bucket, DATA_BUCKET_REASONS);
    this.hand(
      `data:${data?.name ?? "default"}:Bucket`,
      bucket.ref,
      data ? `bucket of data set ${data.name}` : "SageMaker's default bucket",
    );
    return bucket;
  }

  #encryption(): CfnBucket.ServerSideEncryptionRuleProperty {
    if (this.platform.controls.keys === "aws")
      return { serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } };
    return {
      bucketKeyEnabled: true,
      serverSideEncryptionByDefault: {
        sseAlgorithm: "aws:kms",
        kmsMasterKeyId: this.arns.imported("keys:data"),
      },
    };
  }

  #accessPoint(bucket: CfnBucket, data: DataSet, team: string): void {
    const name = accessPointName(this.platform.name, data.name, team);
    new CfnAccessPoint(this, logical(data.name, team, "access-point"), {
      name,
      bucket: bucket.ref,
      vpcConfiguration: { vpcId: this.arns.vpc() },
      publicAccessBlockConfiguration: PRIVATE,
      policy: accessPointPolicy(this.arns, name, team, writersOf(data).includes(team)),
      tags: this.labels({ ...data.tags, data: data.name, team }),
    });
  }
}
