/** Finds the version a read means, or says in S3's way that there is none. */
import type { CallContext } from "../../context.ts";
import type { Addressed } from "./bucket-name.ts";
import { requestKeys } from "./conditions.ts";
import { methodNotAllowed, noSuchKey, noSuchVersion } from "./errors.ts";
import type { ObjectVersion } from "./state.ts";
import { checkVersionId, newest, version } from "./versions.ts";

/**
 * @throws NoSuchKey — or AccessDenied for a caller who may not list the bucket, so that absence stays hidden —
 * NoSuchVersion, MethodNotAllowed for a delete marker
 */
export function findObject(
  to: Addressed,
  key: string,
  versionId: string | undefined,
  context: CallContext,
  method: string,
): Readonly<ObjectVersion> {
  const bucket = to.bucket.name;
  if (versionId !== undefined) checkVersionId(versionId, context);
  const found =
    versionId === undefined ? newest(context, bucket, key) : version(context, bucket, key, versionId);
  if (found && !found.deleteMarker) return found;
  if (!found || versionId === undefined) {
    demandListing(to, versionId !== undefined, context);
  }
  if (found?.deleteMarker) {
    context.responseHeaders["x-amz-delete-marker"] = "true";
    context.responseHeaders["x-amz-version-id"] = found.versionId;
    if (versionId === undefined) throw noSuchKey(key);
    context.responseHeaders["last-modified"] = new Date(found.modified).toUTCString();
    context.responseHeaders.allow = "DELETE";
    throw methodNotAllowed(method, "DeleteMarker");
  }
  if (versionId !== undefined) throw noSuchVersion(key, versionId);
  throw noSuchKey(key);
}

/** S3 names the action that would have told the truth. @throws AccessDenied */
function demandListing(to: Addressed, versions: boolean, context: CallContext): void {
  context.authorize({
    action: versions ? "s3:ListBucketVersions" : "s3:ListBucket",
    resource: to.arn,
    context: requestKeys(context, to),
  });
}
