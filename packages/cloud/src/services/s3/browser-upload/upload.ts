/**
 * Uploads from HTML forms (presigned POST): the signed policy is checked, then the file goes through PutObject.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type * as S3 from "@aws-sdk/client-s3";
import type { WireResponse } from "../../../wire/answer.ts";
import { AwsError } from "../../../wire/errors.ts";
import { bytesOf } from "../../../wire/s3-auth-errors.ts";
import { escapeXml } from "../../../wire/xml.ts";
import { parseXml } from "../../../wire/xml-parser.ts";
import { invalidArgument, malformedXml } from "../errors.ts";
import { readForm } from "./form.ts";
import { checkFields, measured, parseUploadPolicy } from "./policy.ts";

/** The key that signed a form. */
export interface FormClaim {
  accessKeyId: string;
  sessionToken?: string;
}

export interface UploadRequest {
  bucket: string;
  contentType: string;
  body: AsyncIterable<Uint8Array>;
  now: number;
  host: string;
  secure: boolean;
  /** The secret of an access key. @throws AuthError */
  secretOf: (claim: FormClaim) => string;
  /** Runs PutObject as the form's signer, or as nobody when it is not signed. */
  put: (input: object, claim: FormClaim | undefined) => Promise<S3.PutObjectCommandOutput>;
}

/** Takes a form in and answers it. */
export async function uploadForm(
  request: UploadRequest,
): Promise<Omit<WireResponse, "headers"> & { headers: Record<string, string> }> {
  const { fields, fileName, file, fileType } = await readForm(request.body, request.contentType);
  const all = new Map(fields).set("bucket", request.bucket);
  checkSigned(fields);
  const claim = claimOf(fields);
  const text = fields.get("policy");
  const key = (fields.get("key") ?? "").replaceAll("${filename}", fileName);
  if (!fields.has("key")) {
    throw invalidArgument(
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      "key",
      "",
    );
  }
  if (key === "") throw invalidArgument("User key must have a length greater than 0.", "key", "");
  let content: AsyncIterable<Buffer> = file;
  if (claim && text !== undefined) {
    checkSignature(fields, text, request.secretOf(claim));
    const policy = parseUploadPolicy(text, request.now);
    checkFields(policy, all);
    content = measured(file, policy.size);
  }
  const input = { ...inputOf(fields, fileType), Bucket: request.bucket, Key: key, Body: content };
  const put = await request.put(input, claim);
  return answer(fields, request, key, put);
}

/** The fields that sign a form, in Signature Version 2 and 4. */
const SIGNING = [
  ["policy", "signature", "AWSAccessKeyId"],
  ["policy", "X-Amz-Signature", "X-Amz-Credential", "X-Amz-Algorithm", "X-Amz-Date"],
] as const;

/** A form has all fields of a signature or none. @throws InvalidArgument */
function checkSigned(fields: ReadonlyMap<string, string>): void {
  const has = (field: string) => fields.has(field.toLowerCase());
  const version4 = SIGNING[1].slice(1).some(has);
  const needed = SIGNING[version4 ? 1 : 0];
  if (!needed.some(has)) return;
  const missing = needed.find((field) => !has(field));
  if (missing === undefined) return;
  throw invalidArgument(
    `Bucket POST must contain a field named '${missing}'.  If it is specified, please check the order of the fields.`,
    missing,
    "",
  );
}

function claimOf(fields: ReadonlyMap<string, string>): FormClaim | undefined {
  const accessKeyId = fields.get("x-amz-credential")?.split("/")[0] ?? fields.get("awsaccesskeyid");
  if (!accessKeyId) return undefined;
  const sessionToken = fields.get("x-amz-security-token");
  return { accessKeyId, ...(sessionToken !== undefined && { sessionToken }) };
}

/** Signature version 4, or version 2 where the form has that. @throws SignatureDoesNotMatch */
function checkSignature(fields: ReadonlyMap<string, string>, policy: string, secret: string): void {
  const credential = fields.get("x-amz-credential");
  let expected: string;
  if (credential) {
    if (fields.get("x-amz-algorithm") !== "AWS4-HMAC-SHA256") {
      throw invalidArgument(
        "The x-amz-algorithm field must be AWS4-HMAC-SHA256",
        "x-amz-algorithm",
        fields.get("x-amz-algorithm") ?? "",
      );
    }
    const [, date = "", region = "", service = ""] = credential.split("/");
    const mac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
    const signing = mac(mac(mac(mac(`AWS4${secret}`, date), region), service), "aws4_request");
    expected = mac(signing, policy).toString("hex");
  } else {
    expected = createHmac("sha1", secret).update(policy).digest("base64");
  }
  const given = Buffer.from(fields.get("x-amz-signature") ?? fields.get("signature") ?? "");
  const wanted = Buffer.from(expected);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new AwsError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    {
      status: 403,
      members: {
        AWSAccessKeyId: claimOf(fields)?.accessKeyId ?? "",
        StringToSign: policy,
        SignatureProvided: given.toString(),
        StringToSignBytes: bytesOf(policy),
      },
    },
  );
}

const MEMBERS: Record<string, string> = {
  acl: "ACL",
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-type": "ContentType",
  "x-amz-storage-class": "StorageClass",
  "x-amz-server-side-encryption": "ServerSideEncryption",
  "x-amz-server-side-encryption-aws-kms-key-id": "SSEKMSKeyId",
  "x-amz-server-side-encryption-context": "SSEKMSEncryptionContext",
  "x-amz-server-side-encryption-customer-algorithm": "SSECustomerAlgorithm",
  "x-amz-server-side-encryption-customer-key": "SSECustomerKey",
  "x-amz-server-side-encryption-customer-key-md5": "SSECustomerKeyMD5",
  "x-amz-website-redirect-location": "WebsiteRedirectLocation",
  "x-amz-checksum-algorithm": "ChecksumAlgorithm",
  "x-amz-checksum-crc32": "ChecksumCRC32",
  "x-amz-checksum-crc32c": "ChecksumCRC32C",
  "x-amz-checksum-crc64nvme": "ChecksumCRC64NVME",
  "x-amz-checksum-sha1": "ChecksumSHA1",
  "x-amz-checksum-sha256": "ChecksumSHA256",
};

/** PutObject's input from the form's fields. */
function inputOf(fields: ReadonlyMap<string, string>, fileType: string | undefined): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [field, value] of fields) {
    const member = MEMBERS[field];
    if (member) input[member] = value;
    else if (field.startsWith("x-amz-meta-")) metadata[field.slice("x-amz-meta-".length)] = value;
  }
  input.ContentType ??= fileType ?? "binary/octet-stream";
  const expires = fields.get("expires");
  if (expires !== undefined) input.ExpiresString = expires;
  const bucketKey = fields.get("x-amz-server-side-encryption-bucket-key-enabled");
  if (bucketKey !== undefined) input.BucketKeyEnabled = bucketKey === "true";
  const tagging = fields.get("tagging");
  if (tagging !== undefined) input.Tagging = taggingHeader(tagging);
  return { ...input, Metadata: metadata };
}

/** `<Tagging><TagSet><Tag>…` as the header that PutObject takes. */
function taggingHeader(text: string): string {
  try {
    parseXml(text);
  } catch {
    throw malformedXml();
  }
  const pairs = [...text.matchAll(/<Tag>\s*<Key>([^<]*)<\/Key>\s*<Value>([^<]*)<\/Value>\s*<\/Tag>/g)];
  return pairs
    .map(
      ([, key = "", value = ""]) =>
        `${encodeURIComponent(unescapeXml(key))}=${encodeURIComponent(unescapeXml(value))}`,
    )
    .join("&");
}

const unescapeXml = (text: string) =>
  text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");

function answer(
  fields: ReadonlyMap<string, string>,
  { bucket, host, secure }: UploadRequest,
  key: string,
  put: S3.PutObjectCommandOutput,
): { status: number; headers: Record<string, string>; body: string } {
  const path = key.split("/").map(encodeURIComponent).join("%2F");
  const location = `${secure ? "https" : "http"}://${host}/${bucket}/${path}`;
  const headers: Record<string, string> = { etag: put.ETag ?? "", location };
  if (put.VersionId !== undefined) headers["x-amz-version-id"] = put.VersionId;
  if (put.ServerSideEncryption !== undefined)
    headers["x-amz-server-side-encryption"] = put.ServerSideEncryption;
  const redirect = fields.get("success_action_redirect") ?? fields.get("redirect");
  if (redirect !== undefined && URL.canParse(redirect)) {
    const to = new URL(redirect);
    to.searchParams.set("bucket", bucket);
    to.searchParams.set("key", key);
    to.searchParams.set("etag", put.ETag ?? "");
    return { status: 303, headers: { ...headers, location: to.toString() }, body: "" };
  }
  const wanted = fields.get("success_action_status");
  if (wanted === "201") {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse><Location>${escapeXml(location)}</Location><Bucket>${escapeXml(bucket)}</Bucket><Key>${escapeXml(key)}</Key><ETag>${escapeXml(put.ETag ?? "")}</ETag></PostResponse>`;
    return { status: 201, headers: { ...headers, "content-type": "application/xml" }, body };
  }
  return { status: wanted === "200" ? 200 : 204, headers, body: "" };
}
