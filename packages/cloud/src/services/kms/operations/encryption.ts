/** Encrypt, decrypt, data keys, random bytes. */
import { constants, createPublicKey, privateDecrypt, publicEncrypt, randomBytes } from "node:crypto";
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { encryptionAlgorithms, largestPlaintext } from "../algorithms.ts";
import { decrypt, type EncryptionContext, encrypt, readBlob } from "../ciphertext.ts";
import { invalidCiphertext, unknownCiphertext, validation } from "../errors.ts";
import { findKey } from "../find-key.ts";
import { current, generatePair, privateKeyOf } from "../material.ts";
import { type Key, keyArn } from "../state.ts";
import { checkEnabled, checkUsage } from "../usable.ts";
import { noteKey } from "./keys.ts";

/** A key for encryption in this operation, checked. */
export function usable(identifier: string, operation: string, context: CallContext): Readonly<Key> {
  const { key } = findKey(identifier, context);
  return checked(key, operation, context);
}

function checked(key: Readonly<Key>, operation: string, context: CallContext): Readonly<Key> {
  checkEnabled(key, context);
  checkUsage(key, "ENCRYPT_DECRYPT", operation);
  noteKey(key, context);
  return key;
}

export const refuseDryRun = (dry: boolean | undefined): void => {
  if (dry) {
    throw new AwsError(
      "DryRunOperationException",
      "The request would have succeeded, but the DryRun option is set.",
    );
  }
};

function checkAlgorithm(key: Readonly<Key>, algorithm: string): void {
  if (!encryptionAlgorithms(key.spec).includes(algorithm as Kms.EncryptionAlgorithmSpec)) {
    throw new AwsError(
      "InvalidKeyUsageException",
      `Algorithm ${algorithm} and key spec ${key.spec} are incompatible.`,
    );
  }
}

const oaep = (algorithm: string) => ({
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: algorithm === "RSAES_OAEP_SHA_1" ? "sha1" : "sha256",
});

export function seal(
  key: Readonly<Key>,
  plaintext: Uint8Array,
  encryptionContext: EncryptionContext | undefined,
  algorithm: string,
  context: CallContext,
): Buffer {
  checkAlgorithm(key, algorithm);
  const most = largestPlaintext(key.spec, algorithm);
  if (plaintext.length > most) {
    throw validation(
      key.spec === "SYMMETRIC_DEFAULT"
        ? "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less than or equal to 4096"
        : `Algorithm ${algorithm} and key spec ${key.spec} cannot encrypt data larger than ${most} bytes.`,
    );
  }
  if (key.spec === "SYMMETRIC_DEFAULT") return encrypt(context, key, plaintext, encryptionContext);
  const publicKey = createPublicKey({
    key: Buffer.from(key.publicKey as string, "base64"),
    format: "der",
    type: "spki",
  });
  return publicEncrypt({ key: publicKey, ...oaep(algorithm) }, plaintext);
}

export function unseal(
  key: Readonly<Key>,
  blob: Uint8Array,
  encryptionContext: EncryptionContext | undefined,
  algorithm: string,
  context: CallContext,
): Buffer {
  checkAlgorithm(key, algorithm);
  if (key.spec === "SYMMETRIC_DEFAULT") return decrypt(context, key, blob, encryptionContext);
  try {
    return privateDecrypt({ key: privateKeyOf(context, key), ...oaep(algorithm) }, blob);
  } catch {
    throw invalidCiphertext();
  }
}

/** The key of a blob, held against the one the request names. */
export function keyOfBlob(
  blob: Uint8Array,
  named: string | undefined,
  algorithm: string | undefined,
  context: CallContext,
): Readonly<Key> {
  if ((algorithm ?? "SYMMETRIC_DEFAULT") !== "SYMMETRIC_DEFAULT") {
    if (named === undefined) throw validation("KeyId is required for asymmetric decryption");
    return findKey(named, context).key;
  }
  const said = readBlob(blob);
  if (!said) throw invalidCiphertext();
  const key = blobKey(said, context);
  if (named !== undefined) {
    const wanted = findKey(named, context).key;
    if (wanted.id !== said.keyId) {
      throw new AwsError(
        "IncorrectKeyException",
        "The key ID in the request does not identify a CMK that can perform this operation.",
      );
    }
    return wanted;
  }
  if (!key) throw unknownCiphertext();
  return key;
}

/** Multi-Region keys decrypt what their siblings encrypted. */
export function blobKey(
  said: { account: string; region: string; keyId: string },
  context: CallContext,
): Readonly<Key> | undefined {
  const there = said.keyId.startsWith("mrk-") ? context.region : said.region;
  if (there !== context.region) return undefined;
  try {
    return findKey(`arn:aws:kms:${there}:${said.account}:key/${said.keyId}`, context).key;
  } catch {
    return undefined;
  }
}

const DATA_KEY_BYTES: Record<string, number> = { AES_128: 16, AES_256: 32 };

function dataKeySize(input: { KeySpec?: string | undefined; NumberOfBytes?: number | undefined }): number {
  if ((input.KeySpec === undefined) === (input.NumberOfBytes === undefined)) {
    throw validation("Please specify either number of bytes or key spec.");
  }
  return input.NumberOfBytes ?? (DATA_KEY_BYTES[input.KeySpec as string] as number);
}

interface DataKeyInput {
  KeyId: string;
  KeySpec?: string | undefined;
  NumberOfBytes?: number | undefined;
  EncryptionContext?: Record<string, string> | undefined;
  DryRun?: boolean | undefined;
}

function dataKey(input: DataKeyInput, operation: string, context: CallContext) {
  const size = dataKeySize(input);
  const key = usable(input.KeyId, operation, context);
  requireSymmetric(key, operation);
  refuseDryRun(input.DryRun);
  const Plaintext = randomBytes(size);
  const CiphertextBlob = seal(key, Plaintext, input.EncryptionContext, "SYMMETRIC_DEFAULT", context);
  return { Plaintext, CiphertextBlob, KeyId: keyArn(key), KeyMaterialId: current(key).id };
}

function requireSymmetric(key: Readonly<Key>, operation: string): void {
  if (key.spec !== "SYMMETRIC_DEFAULT") {
    throw new AwsError(
      "InvalidKeyUsageException",
      `${keyArn(key)} key spec is ${key.spec} which is not valid for ${operation}.`,
    );
  }
}

/** Blobs of raw content are wanted, not CMS envelopes of Nitro enclaves. */
export function refuseRecipient(recipient: unknown): void {
  if (recipient !== undefined) {
    throw new AwsError(
      "UnsupportedOperationException",
      "Recipient is not supported by the Sagekeep local cloud",
    );
  }
}

export const encryptionOperations: Handlers<typeof Kms, CallContext> = {
  Encrypt(input, context) {
    const algorithm = input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
    const key = usable(input.KeyId, "Encrypt", context);
    refuseDryRun(input.DryRun);
    const CiphertextBlob = seal(key, input.Plaintext, input.EncryptionContext, algorithm, context);
    // the answer does not say it, the trail does
    if (algorithm === "SYMMETRIC_DEFAULT")
      context.note({ additionalEventData: { keyMaterialId: current(key).id } });
    return { CiphertextBlob, KeyId: keyArn(key), EncryptionAlgorithm: algorithm };
  },

  Decrypt(input, context) {
    const algorithm = input.EncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
    refuseRecipient(input.Recipient);
    const blob = input.CiphertextBlob ?? new Uint8Array();
    const key = checked(keyOfBlob(blob, input.KeyId, algorithm, context), "Decrypt", context);
    refuseDryRun(input.DryRun);
    const Plaintext = unseal(key, blob, input.EncryptionContext, algorithm, context);
    const material = readBlob(blob)?.materialId;
    return {
      KeyId: keyArn(key),
      Plaintext,
      EncryptionAlgorithm: algorithm,
      ...(algorithm === "SYMMETRIC_DEFAULT" && material && { KeyMaterialId: material }),
    };
  },

  ReEncrypt(input, context) {
    const from = input.SourceEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
    const to = input.DestinationEncryptionAlgorithm ?? "SYMMETRIC_DEFAULT";
    const blob = input.CiphertextBlob ?? new Uint8Array();
    const source = checked(keyOfBlob(blob, input.SourceKeyId, from, context), "ReEncrypt", context);
    const destination = usable(input.DestinationKeyId, "ReEncrypt", context);
    refuseDryRun(input.DryRun);
    const plaintext = unseal(source, blob, input.SourceEncryptionContext, from, context);
    const sourceMaterial = readBlob(blob)?.materialId;
    return {
      CiphertextBlob: seal(destination, plaintext, input.DestinationEncryptionContext, to, context),
      SourceKeyId: keyArn(source),
      KeyId: keyArn(destination),
      SourceEncryptionAlgorithm: from,
      DestinationEncryptionAlgorithm: to,
      ...(from === "SYMMETRIC_DEFAULT" && sourceMaterial && { SourceKeyMaterialId: sourceMaterial }),
      ...(to === "SYMMETRIC_DEFAULT" && { DestinationKeyMaterialId: current(destination).id }),
    };
  },

  GenerateDataKey(input, context) {
    refuseRecipient(input.Recipient);
    return dataKey(input, "GenerateDataKey", context);
  },

  GenerateDataKeyWithoutPlaintext(input, context) {
    const { Plaintext: _, ...rest } = dataKey(input, "GenerateDataKeyWithoutPlaintext", context);
    return rest;
  },

  GenerateDataKeyPair(input, context) {
    refuseRecipient(input.Recipient);
    return dataKeyPair(input, "GenerateDataKeyPair", context);
  },

  async GenerateDataKeyPairWithoutPlaintext(input, context) {
    const { PrivateKeyPlaintext: _, ...rest } = await dataKeyPair(
      input,
      "GenerateDataKeyPairWithoutPlaintext",
      context,
    );
    return rest;
  },

  GenerateRandom(input) {
    refuseRecipient(input.Recipient);
    if (input.CustomKeyStoreId !== undefined) {
      throw new AwsError(
        "CustomKeyStoreNotFoundException",
        `Custom key store with id ${input.CustomKeyStoreId} does not exist`,
      );
    }
    if (input.NumberOfBytes === undefined) throw validation("NumberOfBytes is required.");
    return { Plaintext: randomBytes(input.NumberOfBytes) };
  },
};

async function dataKeyPair(
  input: {
    KeyId: string;
    KeyPairSpec: Kms.DataKeyPairSpec;
    EncryptionContext?: Record<string, string> | undefined;
    DryRun?: boolean | undefined;
  },
  operation: string,
  context: CallContext,
) {
  const { KeyPairSpec } = input;
  if (KeyPairSpec === "SM2") {
    throw new AwsError("UnsupportedOperationException", "SM2 is not supported by the Sagekeep local cloud");
  }
  const key = usable(input.KeyId, operation, context);
  requireSymmetric(key, operation);
  refuseDryRun(input.DryRun);
  const pair = await generatePair(KeyPairSpec);
  return {
    PrivateKeyCiphertextBlob: seal(key, pair.secret, input.EncryptionContext, "SYMMETRIC_DEFAULT", context),
    PrivateKeyPlaintext: pair.secret,
    PublicKey: pair.publicKey,
    KeyId: keyArn(key),
    KeyPairSpec,
    KeyMaterialId: current(key).id,
  };
}
