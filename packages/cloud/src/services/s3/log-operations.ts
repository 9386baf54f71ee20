/** Names of operations in server access logs: `REST.<method>.<resource>`. */

const NAMES: Record<string, string> = {
  GetObject: "REST.GET.OBJECT",
  HeadObject: "REST.HEAD.OBJECT",
  PutObject: "REST.PUT.OBJECT",
  DeleteObject: "REST.DELETE.OBJECT",
  DeleteObjects: "REST.POST.MULTI_OBJECT_DELETE",
  CopyObject: "REST.COPY.OBJECT",
  ListObjects: "REST.GET.BUCKET",
  ListObjectsV2: "REST.GET.BUCKET",
  ListObjectVersions: "REST.GET.BUCKETVERSIONS",
  HeadBucket: "REST.HEAD.BUCKET",
  CreateBucket: "REST.PUT.BUCKET",
  DeleteBucket: "REST.DELETE.BUCKET",
  CreateMultipartUpload: "REST.POST.UPLOADS",
  UploadPart: "REST.PUT.PART",
  UploadPartCopy: "REST.COPY.PART",
  CompleteMultipartUpload: "REST.POST.UPLOAD",
  AbortMultipartUpload: "REST.DELETE.UPLOAD",
  ListParts: "REST.GET.UPLOAD",
  ListMultipartUploads: "REST.GET.UPLOADS",
  GetBucketLocation: "REST.GET.LOCATION",
  GetObjectAttributes: "REST.GET.OBJECT_ATTRIBUTES",
  GetObjectAcl: "REST.GET.ACL",
  PutObjectAcl: "REST.PUT.ACL",
  GetBucketAcl: "REST.GET.ACL",
  PutBucketAcl: "REST.PUT.ACL",
  RestoreObject: "REST.POST.RESTORE",
};

/** `PutBucketPolicy` → `REST.PUT.BUCKETPOLICY`, `GetObjectTagging` → `REST.GET.OBJECT_TAGGING`. */
export function logOperation(operation: string): string {
  const known = NAMES[operation];
  if (known) return known;
  const match = /^(Get|Put|Delete|List)(Bucket|Object)?(.*)$/.exec(operation);
  if (!match) return `REST.GET.${operation.toUpperCase()}`;
  const [, verb = "", on = "", what = ""] = match;
  const method = verb === "List" ? "GET" : verb.toUpperCase();
  const resource = what
    .replace(/Configurations?$/, "")
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toUpperCase();
  if (on === "Object") return `REST.${method}.OBJECT_${resource}`;
  return `REST.${method}.${resource === "POLICY" || resource === "TAGGING" ? `BUCKET${resource}` : resource}`;
}
