/** An answer on the wire, and what all protocols put into one. */
import type { OutputBody } from "./types.ts";

export interface WireResponse {
  readonly status: number;
  /** Lower-case names; values are safe to send. */
  readonly headers: Record<string, string>;
  /** Empty for answers without a body. */
  readonly body: OutputBody;
}

/** The header that carries the request id, by family. */
export function requestIdHeaders(isS3: boolean, requestId: string): Record<string, string> {
  return isS3
    ? { "x-amz-request-id": requestId, "x-amz-id-2": hostIdOf(requestId), server: "AmazonS3" }
    : { "x-amzn-requestid": requestId };
}

/** S3's second id: 76 characters of base64, made from the first so that no randomness is needed. */
export function hostIdOf(requestId: string): string {
  return Buffer.from(requestId.repeat(4)).toString("base64").slice(0, 75).padEnd(75, "A").concat("=");
}
