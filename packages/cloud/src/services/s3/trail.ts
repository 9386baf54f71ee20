/** What S3 adds to the trail's record of a call, and to the server access log. */
import type { CallContext } from "../../context.ts";
import type { Bucket } from "./state.ts";

/** Resources and bytes of a call on an object. */
export function noteObject(
  context: CallContext,
  bucket: Readonly<Bucket>,
  key: string,
  bytes: { bytesTransferredIn?: number; bytesTransferredOut?: number } = {},
): void {
  context.note({
    resources: [
      { type: "AWS::S3::Object", ARN: `arn:aws:s3:::${bucket.name}/${key}` },
      { type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${bucket.name}`, accountId: bucket.account },
    ],
    additionalEventData: { bytesTransferredIn: 0, bytesTransferredOut: 0, ...bytes },
  });
}
