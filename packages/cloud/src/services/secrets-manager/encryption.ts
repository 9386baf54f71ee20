/**
 * Values under a data key of their own, which rests under the secret's KMS key: with the caller's permission, bound to
 * the secret and the version.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import { type Found, secretArn, type Version } from "./state.ts";

export const DEFAULT_KEY = "alias/aws/secretsmanager";
/** What a version says of AWS's own key. */
const DEFAULT_KEY_NAME = "DefaultEncryptionKey";

const AS_CALLER = { kind: "caller" } as const;

/** Whether a request's key is AWS's own, however it is named. */
export const isDefaultKey = (keyId: string | undefined): boolean =>
  !keyId || keyId === DEFAULT_KEY || keyId.endsWith(`:${DEFAULT_KEY}`);

/** The key with its account: the caller's may be another. */
const keyArn = (keyId: string | undefined, at: CallContext): string => {
  if (keyId?.startsWith("arn:")) return keyId;
  const id = isDefaultKey(keyId) ? DEFAULT_KEY : (keyId as string);
  return at.arn("kms", id.startsWith("alias/") ? id : `key/${id}`);
};

const encryptionContext = ({ at, secret }: Found<CallContext>, versionId: string) => ({
  SecretARN: secretArn(at, secret),
  SecretVersionId: versionId,
});

/** AWS's own key is made when it is first described. */
async function prepare(keyId: string | undefined, at: CallContext): Promise<void> {
  if (isDefaultKey(keyId)) await at.call("kms", "DescribeKey", { KeyId: DEFAULT_KEY });
}

/** Encrypts a value for a version. @throws AwsError `AccessDeniedException`, `EncryptionFailure` */
export async function seal(
  found: Found<CallContext>,
  id: string,
  value: Uint8Array,
  context: CallContext,
): Promise<Pick<Version, "key" | "dataKey" | "value">> {
  const { secret, at } = found;
  const EncryptionContext = encryptionContext(found, id);
  await prepare(secret.kmsKeyId, at);
  const input = { KeyId: keyArn(secret.kmsKeyId, at), KeySpec: "AES_256", EncryptionContext };
  const key = await refused("EncryptionFailure", () =>
    context.call("kms", "GenerateDataKey", input, AS_CALLER),
  );
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", Buffer.from(key.Plaintext), iv);
  cipher.setAAD(Buffer.from(JSON.stringify(EncryptionContext)));
  const body = Buffer.concat([cipher.update(value), cipher.final()]);
  return {
    key: secret.kmsKeyId ?? DEFAULT_KEY_NAME,
    dataKey: Buffer.from(key.CiphertextBlob).toString("base64"),
    value: Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64"),
  };
}

/** @throws AwsError `AccessDeniedException`, `DecryptionFailure` */
export async function unseal(
  found: Found<CallContext>,
  version: Readonly<Version>,
  context: CallContext,
): Promise<Buffer> {
  const EncryptionContext = encryptionContext(found, version.id);
  const input = { CiphertextBlob: Buffer.from(version.dataKey, "base64"), EncryptionContext };
  const { Plaintext } = await refused("DecryptionFailure", () =>
    context.call("kms", "Decrypt", input, AS_CALLER),
  );
  const sealed = Buffer.from(version.value, "base64");
  const cipher = createDecipheriv("aes-256-gcm", Buffer.from(Plaintext), sealed.subarray(0, 12));
  cipher.setAAD(Buffer.from(JSON.stringify(EncryptionContext)));
  cipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]);
}

/** A key that a secret is given must be one that the caller may use: tried, and the result thrown away. */
export async function checkKey(found: Found<CallContext>, context: CallContext): Promise<void> {
  if (isDefaultKey(found.secret.kmsKeyId)) return;
  const EncryptionContext = encryptionContext(found, "RequestToValidateKeyAccess");
  const input = { KeyId: keyArn(found.secret.kmsKeyId, found.at), KeySpec: "AES_256", EncryptionContext };
  await refused("EncryptionFailure", async () => {
    const { CiphertextBlob } = await context.call("kms", "GenerateDataKey", input, AS_CALLER);
    await context.call("kms", "Decrypt", { CiphertextBlob, EncryptionContext }, AS_CALLER);
  });
}

/** The same value under the key that the secret has now. */
export async function resealed(
  from: Found<CallContext>,
  to: Found<CallContext>,
  version: Readonly<Version>,
  context: CallContext,
): Promise<Version> {
  const value = await unseal(from, version, context);
  return { ...version, stages: [...version.stages], ...(await seal(to, version.id, value, to.at)) };
}

const FAILURES = {
  EncryptionFailure:
    "Secrets Manager can't encrypt the protected secret text using the provided KMS key. Check that the KMS key is available, enabled, and not in an invalid state.",
  DecryptionFailure: "Secrets Manager can't decrypt the protected secret text using the provided KMS key.",
} as const;

/** KMS's refusal as Secrets Manager passes it on: without a word of the key. */
async function refused<T>(code: keyof typeof FAILURES, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (/AccessDenied/.test(error.code))
      throw new AwsError("AccessDeniedException", "Access to KMS is not allowed", { cause: error });
    if (error.code.startsWith("NotImplemented") || /not supported/.test(error.message)) throw error;
    throw new AwsError(code, FAILURES[code], { cause: error });
  }
}
