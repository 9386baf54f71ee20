/** S3: buckets and objects. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html */
import type { Service } from "../../service.ts";
import { logAccess, startAccessLogs } from "./access-log.ts";
import { authorization } from "./authorization.ts";
import { allowOrigin } from "./cors.ts";
import { sweepLater } from "./garbage.ts";
import { resumeLifecycle } from "./lifecycle-runner.ts";
import { bucketAccessOperations } from "./operations/bucket-access.ts";
import { bucketConfigurationOperations } from "./operations/bucket-configuration.ts";
import { bucketLifecycleOperations } from "./operations/bucket-lifecycle.ts";
import { bucketOperations } from "./operations/buckets.ts";
import { copyOperations } from "./operations/copy-object.ts";
import { deleteOperations } from "./operations/delete-objects.ts";
import { getObjectOperations } from "./operations/get-object.ts";
import { keptConfigurationOperations } from "./operations/kept-configuration.ts";
import { listOperations } from "./operations/list-objects.ts";
import { uploadListings } from "./operations/list-uploads.ts";
import { multipartOperations } from "./operations/multipart.ts";
import { objectSettingOperations } from "./operations/object-settings.ts";
import { putObjectOperations } from "./operations/put-object.ts";
import { tellCharge } from "./payer.ts";
import { tellRegion } from "./region-header.ts";
import { resource } from "./resources.ts";

/** Answers and errors of these were held against recordings of AWS. */
const RECORDED = [
  "PutObject",
  "GetObject",
  "HeadObject",
  "DeleteObject",
  "DeleteObjects",
  "DeleteBucket",
  "ListObjectsV2",
  "ListObjectVersions",
  "ListParts",
  "ListMultipartUploads",
  "CompleteMultipartUpload",
  "UploadPartCopy",
  "CopyObject",
  "GetBucketVersioning",
  "PutBucketVersioning",
  "GetBucketTagging",
  "PutBucketTagging",
  "GetObjectTagging",
  "PutObjectTagging",
  "GetObjectRetention",
  "PutObjectRetention",
  "GetObjectLockConfiguration",
  "PutObjectLockConfiguration",
  "GetBucketOwnershipControls",
  "PutBucketOwnershipControls",
  "GetPublicAccessBlock",
  "GetBucketPolicy",
  "PutBucketPolicy",
  "PutBucketAcl",
  "PutBucketLogging",
  "GetBucketMetricsConfiguration",
];
const knowledge = Object.fromEntries(RECORDED.map((operation) => [operation, "recorded" as const]));

export const service: Service<typeof import("@aws-sdk/client-s3")> = {
  key: "s3",
  actionPrefix: "s3",
  principal: "s3.amazonaws.com",
  operations: {
    ...bucketOperations,
    ...bucketConfigurationOperations,
    ...bucketAccessOperations,
    ...bucketLifecycleOperations,
    ...keptConfigurationOperations,
    ...putObjectOperations,
    ...copyOperations,
    ...multipartOperations,
    ...uploadListings,
    ...objectSettingOperations,
    ...getObjectOperations,
    ...deleteOperations,
    ...listOperations,
  },
  authorization,
  resource,
  knowledge,
  recorded(call) {
    tellRegion(call);
    tellCharge(call);
    allowOrigin(call);
    logAccess(call);
  },
  start(cloud) {
    startAccessLogs(cloud);
    resumeLifecycle(cloud);
    sweepLater(cloud);
  },
};
