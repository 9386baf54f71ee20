/**
 * Condition keys of S3 that a bucket's policy may name.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
 */
const NAMES = new Set(
  `
  AccessGrantScope AccessGrantsInstanceArn AccessGrantsLocationScope AccessPointNetworkOrigin
  DataAccessPointAccount DataAccessPointArn ExistingJobOperation ExistingJobPriority
  InventoryAccessibleOptionalFields JobSuspendedCause ObjectCreationOperation RequestJobOperation
  RequestJobPriority RequestObjectTagKeys ResourceAccount TlsVersion annotation-prefix authType delimiter
  deliverySourceArn destinationRegion if-match if-none-match isReplicationPauseRequest locationconstraint
  logType max-annotation-results max-keys object-lock-event-hold object-lock-event-hold-duration-days object-
  lock-legal-hold object-lock-mode object-lock-remaining-retention-days object-lock-retain-until-date prefix
  resourceArnBeingAuthorized signatureAge signatureversion versionid x-amz-acl x-amz-bucket-namespace x-amz-
  content-sha256 x-amz-copy-source x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-
  write x-amz-grant-write-acp x-amz-metadata-directive x-amz-object-annotation-directive x-amz-object-if-match
  x-amz-object-ownership x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id x-amz-
  server-side-encryption-customer-algorithm x-amz-storage-class x-amz-website-redirect-location
  `
    .trim()
    .toLowerCase()
    .split(/\s+/),
);
/** Keys that go on with the key of a tag. */
const TAGGED = ["accesspointtag/", "buckettag/", "existingobjecttag/", "requestobjecttag/"];

/** Whether a policy may use this key; those of other services are not S3's to judge. */
export function isConditionKey(key: string): boolean {
  const lower = key.toLowerCase();
  if (!lower.startsWith("s3:")) return true;
  const name = lower.slice("s3:".length);
  return NAMES.has(name) || TAGGED.some((prefix) => name.startsWith(prefix) && name.length > prefix.length);
}
