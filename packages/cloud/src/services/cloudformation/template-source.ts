/** Where a request's template comes from: its body, an object in S3, or the stack itself. */
import type { CallAs, CallContext } from "../../context.ts";
import { isAwsError } from "../../wire/errors.ts";
import { validationError } from "./errors.ts";

/** Bytes of a template in the request, and in S3. */
const INLINE_LIMIT = 51_200;
const OBJECT_LIMIT = 1_000_000;

export interface TemplateInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
}

/** The template's text; `undefined` when the request names none. @throws AwsError `ValidationError` */
export async function templateText(
  input: TemplateInput,
  context: CallContext,
  as: CallAs,
): Promise<string | undefined> {
  const { TemplateBody: body, TemplateURL: url } = input;
  if (body !== undefined && url !== undefined) {
    throw validationError("Either Template URL or Template Body must be specified, but not both.");
  }
  if (url !== undefined) return objectText(url, context, as);
  if (body === undefined) return undefined;
  if (body.length === 0)
    throw validationError(
      "1 validation error detected: Value '' at 'templateBody' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  if (Buffer.byteLength(body) > INLINE_LIMIT) {
    throw validationError(
      `1 validation error detected: Value '${body}' at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${INLINE_LIMIT}`,
    );
  }
  return body;
}

/** The text of the object at an `s3://` URI, in words for a transform's failure. @throws AwsError */
export async function objectOf(uri: string, context: CallContext, as: CallAs): Promise<string> {
  const place = objectPlace(uri);
  if (!place) throw validationError("The location parameter is not a valid S3 uri.");
  return textAt(place, context, as);
}

/** The text of an object in S3, read as the caller. @throws AwsError `ValidationError` */
export async function objectText(url: string, context: CallContext, as: CallAs): Promise<string> {
  if (/^s3:\/\//i.test(url)) {
    const bucket = url.slice(5).split("/")[0];
    throw validationError(`S3 error: Domain name specified in ${bucket} is not a valid S3 domain`);
  }
  const place = objectPlace(url);
  if (!place) throw validationError("TemplateURL must be a supported URL.");
  return textAt(place, context, as);
}

async function textAt(place: object, context: CallContext, as: CallAs): Promise<string> {
  let bytes: Buffer;
  try {
    const output = await context.call("s3", "GetObject", place, as);
    bytes = await read(output.Body);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (/NoSuchBucket/.test(error.code))
      throw validationError(
        `S3 error: The specified bucket does not exist\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
      );
    if (/NoSuchKey|NotFound/.test(error.code))
      throw validationError(
        `S3 error: The specified key does not exist.\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
      );
    throw validationError(
      `S3 error: Access Denied\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html`,
    );
  }
  if (bytes.length > OBJECT_LIMIT) {
    throw validationError(`Template may not exceed ${OBJECT_LIMIT} bytes in size.`);
  }
  return bytes.toString("utf8");
}

/** Bucket and key of an S3 URL: virtual-hosted, path style, `s3://`, or the local endpoint's path style. */
export function objectPlace(url: string): { Bucket: string; Key: string; VersionId?: string } | undefined {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return undefined;
  }
  const path = decodeURIComponent(parsed.pathname.slice(1));
  const version = parsed.searchParams.get("versionId");
  const found = (Bucket: string, Key: string) =>
    Bucket && Key ? { Bucket, Key, ...(version ? { VersionId: version } : {}) } : undefined;
  if (parsed.protocol === "s3:") return found(parsed.hostname, path);
  const virtual = /^(.+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.(?:amazonaws\.com(?:\.cn)?|localhost)$/.exec(
    parsed.hostname,
  );
  if (virtual?.[1]) return found(virtual[1], path);
  const pathStyle = /^s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.(?:amazonaws\.com(?:\.cn)?|localhost)$/.test(
    parsed.hostname,
  );
  const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(parsed.hostname);
  if (!pathStyle && !local) return undefined;
  const slash = path.indexOf("/");
  return slash < 0 ? undefined : found(path.slice(0, slash), path.slice(slash + 1));
}

async function read(body: unknown): Promise<Buffer> {
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > OBJECT_LIMIT) break;
  }
  return Buffer.concat(chunks);
}
