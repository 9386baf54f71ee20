/** `x-amz-copy-source`: `bucket/key` or an access point's ARN, URL-encoded, with an optional version. */
import { invalidArgument } from "./errors.ts";

export interface CopySource {
  bucket: string;
  key: string;
  versionId?: string;
}

export function parseCopySource(header: string): CopySource {
  const at = header.lastIndexOf("?versionId=");
  const path = at < 0 ? header : header.slice(0, at);
  const versionId = at < 0 ? undefined : header.slice(at + "?versionId=".length);
  if (path.includes("?") || versionId?.includes("&")) {
    throw invalidArgument("Unsupported copy source parameter.", "x-amz-copy-source", header);
  }
  let decoded: string;
  try {
    decoded = decodeURIComponent(path.replaceAll("+", "%20")).replace(/^\//, "");
  } catch {
    throw invalidArgument("Invalid copy source encoding.", "x-amz-copy-source", header);
  }
  const match =
    /^(arn:[^:]*:s3:[^:]*:\d*:accesspoint\/[^/]+)\/object\/(.+)$/s.exec(decoded) ??
    /^([^/]+)\/(.+)$/s.exec(decoded);
  if (!match) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      header,
    );
  }
  return {
    bucket: match[1] as string,
    key: match[2] as string,
    ...(versionId !== undefined && { versionId }),
  };
}
