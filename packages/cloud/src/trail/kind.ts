/** What kind of call an operation is, for the trail: read or write, management or data. */

const READS =
  /^(Get|List|Describe|Lookup|Head|Search|BatchGet|Simulate|Select|Filter|Test|Validate|Estimate|Preview|Query|Check|Detect|Scan|Verify)/;

/** Operations that read although their names do not say so, or change something although theirs sound harmless. */
const EXCEPTIONS: Readonly<Record<string, boolean>> = {
  "sts.AssumeRole": true,
  "sts.AssumeRoleWithSAML": true,
  "sts.AssumeRoleWithWebIdentity": true,
  "sts.DecodeAuthorizationMessage": true,
  "kms.Encrypt": true,
  "kms.Decrypt": true,
  "kms.ReEncrypt": true,
  "kms.GenerateDataKey": true,
  "kms.GenerateDataKeyWithoutPlaintext": true,
  "kms.GenerateDataKeyPair": true,
  "kms.GenerateDataKeyPairWithoutPlaintext": true,
  "kms.GenerateMac": true,
  "kms.GenerateRandom": true,
  "kms.Sign": true,
  "cloudwatch-logs.StartQuery": true,
  "cloudwatch-logs.StopQuery": true,
  "cloudwatch-logs.TestMetricFilter": true,
  "iam.GenerateCredentialReport": true,
  "iam.GenerateServiceLastAccessedDetails": true,
  "cloudformation.DetectStackDrift": false,
};

/** Data events: never in the event history, only in trails that select them. */
const DATA: Readonly<Record<string, ReadonlySet<string>>> = {
  s3: new Set([
    "GetObject",
    "PutObject",
    "DeleteObject",
    "DeleteObjects",
    "HeadObject",
    "CopyObject",
    "ListObjects",
    "ListObjectsV2",
    "ListObjectVersions",
    "ListMultipartUploads",
    "HeadBucket",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectTagging",
    "PutObjectTagging",
    "DeleteObjectTagging",
    "GetObjectAttributes",
    "GetObjectTorrent",
    "GetObjectLegalHold",
    "PutObjectLegalHold",
    "GetObjectRetention",
    "PutObjectRetention",
    "RestoreObject",
    "SelectObjectContent",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "ListParts",
    "AbortMultipartUpload",
    "CompleteMultipartUpload",
  ]),
  "sagemaker-runtime": new Set(["InvokeEndpoint", "InvokeEndpointAsync", "InvokeEndpointWithResponseStream"]),
  "cloudwatch-logs": new Set(["PutLogEvents"]),
  cloudwatch: new Set(["PutMetricData"]),
};

/** Write operations whose answer CloudTrail leaves out. */
const NO_RESPONSE: Readonly<Record<string, ReadonlySet<string>>> = {
  ssm: new Set(["PutParameter"]),
};

/** Whether the operation changes nothing: the event's `readOnly`. */
export function isReadOnly(service: string, operation: string): boolean {
  return EXCEPTIONS[`${service}.${operation}`] ?? READS.test(operation);
}

/** Whether the operation works on data inside a resource: `eventCategory` `Data`. */
export function isDataEvent(service: string, operation: string): boolean {
  return DATA[service]?.has(operation) ?? false;
}

/** Answers are recorded of calls that change something, and of STS, which hands out credentials. */
export function recordsResponse(service: string, operation: string, readOnly: boolean): boolean {
  if (service === "sts") return operation !== "GetCallerIdentity" && operation !== "GetAccessKeyInfo";
  return !readOnly && !NO_RESPONSE[service]?.has(operation);
}
