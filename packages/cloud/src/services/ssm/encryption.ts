/**
 * SecureString values: encrypted under a KMS key on behalf of the caller, bound to the parameter's ARN. A standard one
 * by `Encrypt`, an advanced one by a data key of its own.
 * https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { AwsError, isAwsError } from "../../wire/errors.ts";
import { type ParameterVersion, parameterArn } from "./parameters.ts";

export const DEFAULT_KEY = "alias/aws/ssm";

const AS_CALLER = { kind: "caller" } as const;

interface Sealed {
  value: string;
  dataKey?: string;
}

/** @throws AwsError `InvalidKeyId` when KMS refuses */
export async function seal(
  context: CallContext,
  name: string,
  text: string,
  keyId: string,
  tier: ParameterVersion["tier"],
): Promise<Sealed> {
  const EncryptionContext = { PARAMETER_ARN: parameterArn(context, name) };
  return refused(async () => {
    // AWS's own key is made when it is first described
    if (keyId === DEFAULT_KEY) await context.call("kms", "DescribeKey", { KeyId: keyId });
    if (tier === "Standard") {
      const input = { KeyId: keyId, Plaintext: Buffer.from(text), EncryptionContext };
      const { CiphertextBlob } = await context.call("kms", "Encrypt", input, AS_CALLER);
      return { value: base64(CiphertextBlob) };
    }
    const input = { KeyId: keyId, KeySpec: "AES_256", EncryptionContext };
    const key = await context.call("kms", "GenerateDataKey", input, AS_CALLER);
    const iv = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", Buffer.from(key.Plaintext), iv);
    cipher.setAAD(Buffer.from(EncryptionContext.PARAMETER_ARN));
    const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return {
      value: Buffer.concat([iv, cipher.getAuthTag(), body]).toString("base64"),
      dataKey: base64(key.CiphertextBlob),
    };
  });
}

export async function unseal(
  context: CallContext,
  name: string,
  version: Readonly<ParameterVersion>,
): Promise<string> {
  const EncryptionContext = { PARAMETER_ARN: parameterArn(context, name) };
  const blob = Buffer.from(version.dataKey ?? version.value, "base64");
  const { Plaintext } = await refused(() =>
    context.call("kms", "Decrypt", { CiphertextBlob: blob, EncryptionContext }, AS_CALLER),
  );
  if (!version.dataKey) return Buffer.from(Plaintext).toString("utf8");
  const sealed = Buffer.from(version.value, "base64");
  const cipher = createDecipheriv("aes-256-gcm", Buffer.from(Plaintext), sealed.subarray(0, 12));
  cipher.setAAD(Buffer.from(EncryptionContext.PARAMETER_ARN));
  cipher.setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([cipher.update(sealed.subarray(28)), cipher.final()]).toString("utf8");
}

/** KMS refusing access stays what it is; a key that is not there or not usable is `InvalidKeyId`. */
async function refused<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isAwsError(error)) throw error;
    if (/AccessDenied|NotImplemented/.test(error.code)) throw error;
    throw new AwsError("InvalidKeyId", error.message);
  }
}

const base64 = (blob: Uint8Array) => Buffer.from(blob).toString("base64");
