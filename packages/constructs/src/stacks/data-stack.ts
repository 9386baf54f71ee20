/** The buckets: one a data set, and SageMaker's default bucket. Encrypted, private, TLS only. */

import type { DataSet } from "@sagekeep/spec";
import { CfnBucket, CfnBucketPolicy } from "aws-cdk-lib/aws-s3";
import { CfnDeletionPolicy } from "aws-cdk-lib/core";
import type { Construct } from "constructs";
import { logical, PlatformStack, type PlatformStackProps } from "./platform-stack.ts";

export class DataStack extends PlatformStack {
  constructor(scope: Construct, props: Omit<PlatformStackProps, "summary">) {
    super(scope, "data", { ...props, summary: "data buckets and SageMaker's default bucket" });
    const { arns } = this;
    for (const data of this.platform.data) this.#bucket(logical(data.name), arns.dataBucket(data), data);
    this.#bucket("Default", arns.defaultBucket(), undefined);
  }

  #bucket(id: string, name: string, data: DataSet | undefined): void {
    const bucket = new CfnBucket(this, `${id}Bucket`, {
      bucketName: name,
      bucketEncryption: {
        serverSideEncryptionConfiguration: [{ serverSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
      },
      ownershipControls: { rules: [{ objectOwnership: "BucketOwnerEnforced" }] },
      publicAccessBlockConfiguration: {
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      versioningConfiguration: { status: (data?.versioning ?? true) ? "Enabled" : "Suspended" },
      tags: this.labels(data === undefined ? {} : { data: data.name, team: data.owner, ...data.tags }),
    });
    bucket.cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
    bucket.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    new CfnBucketPolicy(this, `${id}BucketPolicy`, {
      bucket: bucket.ref,
      policyDocument: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "TlsOnly",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: [this.arns.bucket(name), this.arns.bucket(name, "/*")],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    });
    this.hand(
      `data:${data?.name ?? "default"}:Bucket`,
      bucket.ref,
      data ? `bucket of data set ${data.name}` : "SageMaker's default bucket",
    );
  }
}
