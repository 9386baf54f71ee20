/** Which resources a call names: for the `resources` of data events, and for `LookupEvents` by resource. */
import type { FinishedCall } from "./event.ts";

/** `resources` of a data event: the object and its bucket, or the endpoint. */
export function eventResources(
  call: Pick<FinishedCall, "service" | "input" | "account" | "region">,
): { accountId?: string; type: string; ARN: string }[] | undefined {
  const input = (call.input ?? {}) as Record<string, unknown>;
  if (call.service === "s3" && typeof input.Bucket === "string") {
    const bucket = input.Bucket.startsWith("arn:") ? input.Bucket : `arn:aws:s3:::${input.Bucket}`;
    const holder = { accountId: call.account, type: "AWS::S3::Bucket", ARN: bucket };
    if (typeof input.Key !== "string") return [holder];
    return [{ type: "AWS::S3::Object", ARN: `${bucket}/${input.Key}` }, holder];
  }
  if (typeof input.EndpointName === "string") {
    const ARN = `arn:aws:sagemaker:${call.region}:${call.account}:endpoint/${input.EndpointName}`;
    return [{ accountId: call.account, type: "AWS::SageMaker::Endpoint", ARN }];
  }
  return undefined;
}
