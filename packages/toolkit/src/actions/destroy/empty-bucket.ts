/** Empties a bucket of everything that keeps it from being deleted: versions, delete markers, unfinished uploads. */
import type { Ground } from "./item.ts";

/** What a bucket holds, up to a page of it. */
export async function contents({ clients }: Ground, Bucket: string): Promise<string> {
  try {
    const page = await clients.call("s3", "ListObjectVersions", { Bucket });
    const count = (page.Versions?.length ?? 0) + (page.DeleteMarkers?.length ?? 0);
    return count === 0
      ? "nothing: it is empty"
      : `${page.IsTruncated ? "more than " : ""}${count} versions of objects`;
  } catch {
    return "its objects (the perimeter lets nobody count them from here)";
  }
}

/** @returns how many versions and uploads were removed. @throws Error naming the first objects that stay */
export async function emptyBucket(
  ground: Ground,
  Bucket: string,
): Promise<{ versions: number; uploads: number }> {
  const { clients, io } = ground;
  let versions = 0;
  let uploads = 0;
  for (;;) {
    const page = await clients.call("s3", "ListMultipartUploads", { Bucket });
    const some = page.Uploads ?? [];
    for (const { Key = "", UploadId = "" } of some)
      await clients.call("s3", "AbortMultipartUpload", { Bucket, Key, UploadId }).catch((error: Error) => {
        if (error.name !== "NoSuchUpload") throw error;
      });
    uploads += some.length;
    if (some.length === 0) break;
    io.signal?.throwIfAborted();
  }
  for (;;) {
    // always the first page: what it lists is gone before the next one is asked for
    const page = await clients.call("s3", "ListObjectVersions", { Bucket });
    const some = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
    if (some.length === 0) break;
    const { Errors = [] } = await clients.call("s3", "DeleteObjects", {
      Bucket,
      Delete: {
        Quiet: true,
        Objects: some.map(({ Key = "", VersionId }) => ({ Key, ...(VersionId && { VersionId }) })),
      },
    });
    if (Errors.length > 0) {
      const first = Errors.slice(0, 3).map((one) => `${one.Key}: ${one.Code} ${one.Message ?? ""}`.trim());
      throw new Error(`${Errors.length} versions in bucket ${Bucket} stay: ${first.join("; ")}`);
    }
    versions += some.length;
    io.signal?.throwIfAborted();
  }
  return { versions, uploads };
}
