/**
 * Encryption of objects at rest. Content is enciphered with AES-256-CTR (its length stays, ranges can be read);
 * the data key comes from KMS as the caller, from the caller (SSE-C), or from the local master key (SSE-S3).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { masterKey } from "../../store/master-key.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import {
  type CustomerKeyHeaders,
  checkCustomerKey,
  customerKey,
  namesCustomerKey,
  refusePlainly,
  sealedBy,
} from "./customer-key.ts";
import { invalidArgument } from "./errors.ts";
import type { Bucket, Sealing } from "./state.ts";

/** The encryption headers of a request that writes an object. */
export interface SealingHeaders {
  ServerSideEncryption?: string | undefined;
  SSEKMSKeyId?: string | undefined;
  SSEKMSEncryptionContext?: string | undefined;
  BucketKeyEnabled?: boolean | undefined;
  SSECustomerAlgorithm?: string | undefined;
  SSECustomerKey?: string | undefined;
  SSECustomerKeyMD5?: string | undefined;
}

/** A sealing with the key that enciphers. */
export interface Sealed {
  sealing: Sealing;
  key: Buffer;
}

/** Chooses how a new object is encrypted (headers, else the bucket's default) and gets its data key. */
export async function seal(
  input: SealingHeaders,
  bucket: Readonly<Bucket>,
  key: string,
  context: CallContext,
): Promise<Sealed> {
  refusePlainly(input, context);
  if (namesCustomerKey(input) && input.ServerSideEncryption !== undefined) {
    throw invalidArgument(
      "Server Side Encryption with Customer provided key is incompatible with the encryption method specified",
      "x-amz-server-side-encryption",
      input.ServerSideEncryption,
    );
  }
  const customer = customerKey(input);
  if (customer) return { sealing: sealedBy(customer), key: customer };
  const rule = bucket.encryption?.Rules?.[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  const kind = input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? "AES256";
  if (kind !== "AES256" && kind !== "aws:kms" && kind !== "aws:kms:dsse") {
    throw invalidArgument(
      "The encryption method specified is not supported",
      "x-amz-server-side-encryption",
      kind,
    );
  }
  if (kind === "AES256") {
    if (input.SSEKMSKeyId !== undefined) {
      throw invalidArgument(
        "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
        "x-amz-server-side-encryption",
        input.ServerSideEncryption ?? "null",
      );
    }
    return { sealing: { kind }, key: masterKey(context.store, "s3-objects") };
  }
  const usesDefault =
    input.ServerSideEncryption === undefined || input.ServerSideEncryption === byDefault?.SSEAlgorithm;
  const keyId = input.SSEKMSKeyId ?? (usesDefault ? byDefault?.KMSMasterKeyID : undefined) ?? "alias/aws/s3";
  const bucketKey = kind === "aws:kms" && (input.BucketKeyEnabled ?? rule?.BucketKeyEnabled ?? false);
  const extra = extraContext(input.SSEKMSEncryptionContext);
  const arn = bucketKey ? `arn:aws:s3:::${bucket.name}` : `arn:aws:s3:::${bucket.name}/${key}`;
  const encryptionContext = { ...extra, "aws:s3:arn": extra?.["aws:s3:arn"] ?? arn };
  const made = await kms(context, bucket, "GenerateDataKey", {
    KeyId: keyId,
    KeySpec: "AES_256",
    EncryptionContext: encryptionContext,
  });
  const sealing: Sealing = {
    kind,
    keyId: made.KeyId as string,
    wrapped: Buffer.from(made.CiphertextBlob as Uint8Array).toString("base64"),
    context: encryptionContext,
    ...(input.SSEKMSEncryptionContext && { extraContext: input.SSEKMSEncryptionContext }),
    ...(bucketKey && { bucketKey }),
  };
  return { sealing, key: Buffer.from(made.Plaintext as Uint8Array) };
}

/** The data key of a stored object, as this caller may get it. */
export async function unseal(
  sealing: Sealing,
  headers: CustomerKeyHeaders,
  bucket: Readonly<Bucket>,
  context: CallContext,
): Promise<Buffer> {
  refusePlainly(headers, context);
  checkCustomerKey(sealing, headers);
  switch (sealing.kind) {
    case "AES256":
      return masterKey(context.store, "s3-objects");
    case "customer":
      return customerKey(headers) as Buffer;
    case "aws:kms":
    case "aws:kms:dsse": {
      const opened = await kms(context, bucket, "Decrypt", {
        CiphertextBlob: Buffer.from(sealing.wrapped, "base64"),
        EncryptionContext: sealing.context,
      });
      return Buffer.from(opened.Plaintext as Uint8Array);
    }
  }
}

/** The output members that tell how an object is encrypted. */
export function sealingFields(sealing: Sealing): {
  ServerSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse";
  SSEKMSKeyId?: string;
  BucketKeyEnabled?: boolean;
  SSECustomerAlgorithm?: string;
  SSECustomerKeyMD5?: string;
} {
  switch (sealing.kind) {
    case "AES256":
      return { ServerSideEncryption: "AES256" };
    case "customer":
      return { SSECustomerAlgorithm: "AES256", SSECustomerKeyMD5: sealing.keyMd5 };
    case "aws:kms":
    case "aws:kms:dsse":
      return {
        ServerSideEncryption: sealing.kind,
        SSEKMSKeyId: sealing.keyId,
        ...(sealing.bucketKey && { BucketKeyEnabled: true }),
      };
  }
}

/** The same with the encryption context, which only writes answer. */
export function sealedFields(sealing: Sealing) {
  const context = "extraContext" in sealing && sealing.extraContext;
  return { ...sealingFields(sealing), ...(context && { SSEKMSEncryptionContext: context }) };
}

const IV_BYTES = 16;
/** Random bytes for initial counter blocks, fetched many at a time: each call of the generator costs as much as a cipher. */
let random = Buffer.alloc(0);

export function newIv(): string {
  if (random.length === 0) random = randomBytes(IV_BYTES * 256);
  const iv = random.toString("base64", 0, IV_BYTES);
  random = random.subarray(IV_BYTES);
  return iv;
}

export const cipherOf = (key: Buffer, iv: string) =>
  createCipheriv("aes-256-ctr", key, Buffer.from(iv, "base64"));

/** Enciphers a stream of content. */
export async function* encipher(
  source: AsyncIterable<Uint8Array>,
  cipher: ReturnType<typeof cipherOf>,
  each?: (enciphered: Buffer) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const enciphered = cipher.update(chunk);
    each?.(enciphered);
    yield enciphered;
  }
}

/** Deciphers a stream that starts `offset` bytes into the content. */
export async function* decipher(
  source: AsyncIterable<Uint8Array>,
  key: Buffer,
  iv: string,
  offset: number,
): AsyncGenerator<Buffer> {
  const cipher = createDecipheriv(
    "aes-256-ctr",
    key,
    counterAt(Buffer.from(iv, "base64"), Math.floor(offset / 16)),
  );
  if (offset % 16) cipher.update(Buffer.alloc(offset % 16));
  for await (const chunk of source) yield cipher.update(chunk);
}

function counterAt(iv: Buffer, block: number): Buffer {
  const value = (BigInt(`0x${iv.toString("hex")}`) + BigInt(block)) & ((1n << 128n) - 1n);
  return Buffer.from(value.toString(16).padStart(32, "0"), "hex");
}

function extraContext(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64").toString());
    if (
      typeof value === "object" &&
      value !== null &&
      Object.values(value).every((one) => typeof one === "string")
    ) {
      return value as Record<string, string>;
    }
  } catch {
    // answered below
  }
  throw invalidArgument(
    "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
    "x-amz-server-side-encryption-context",
    text,
  );
}

/** Calls KMS in the bucket's region with the caller's credentials; its failures become S3's. */
async function kms(
  context: CallContext,
  bucket: Readonly<Bucket>,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const keyId = String((input as { KeyId?: string }).KeyId ?? "");
  const region = /^arn:[^:]*:kms:([^:]+):/.exec(keyId)?.[1];
  if (region !== undefined && region !== bucket.region) {
    throw new AwsError("KMS.NotFoundException", `Invalid arn ${region}`, { status: 400 });
  }
  const there = context.in(context.account, bucket.region);
  try {
    // an AWS managed key is made when it is first described
    if (keyId.startsWith("alias/aws/")) there.callSync("kms", "DescribeKey", { KeyId: keyId });
    return await there.call("kms", operation, input, { kind: "caller" });
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (/^AccessDenied/.test(error.code)) {
      throw new AwsError("AccessDenied", error.message, { status: 403, cause: error });
    }
    throw new AwsError(`KMS.${error.code}`, error.message, { status: 400, cause: error });
  }
}
