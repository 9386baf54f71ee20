/** `x-amz-bucket-region`: S3 tells where a bucket is to whoever lists it or asks for it, also when that is denied. */
import type { FinishedCall } from "../../service.ts";
import { buckets } from "./state.ts";

const TELLING = new Set(["HeadBucket", "ListObjects", "ListObjectsV2"]);

export function tellRegion({ context, input }: FinishedCall): void {
  const name = (input as { Bucket?: string }).Bucket;
  if (!TELLING.has(context.operation) || typeof name !== "string") return;
  const bucket = buckets(context).get(name);
  if (bucket) context.responseHeaders["x-amz-bucket-region"] = bucket.region;
}
