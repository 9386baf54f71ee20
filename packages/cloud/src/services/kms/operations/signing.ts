/** Asymmetric signatures, public keys, message authentication codes, key agreement. */
import {
  constants,
  createHmac,
  createPublicKey,
  diffieHellman,
  type KeyObject,
  privateEncrypt,
  publicDecrypt,
  sign as signMessage,
  timingSafeEqual,
  verify as verifyMessage,
} from "node:crypto";
import type * as Kms from "@aws-sdk/client-kms";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { encryptionAlgorithms, hashOf, macAlgorithms, paddingOf, signingAlgorithms } from "../algorithms.ts";
import { digestPrefix } from "../digest-info.ts";
import { ecdsaSignDigest, ecdsaVerifyDigest } from "../ecdsa.ts";
import { unsupported, validation } from "../errors.ts";
import { findKey } from "../find-key.ts";
import { current, open, privateKeyOf } from "../material.ts";
import { pssSignDigest, pssVerifyDigest } from "../pss.ts";
import { type Key, keyArn } from "../state.ts";
import { checkEnabled, checkUsage } from "../usable.ts";
import { refuseDryRun, refuseRecipient } from "./encryption.ts";
import { noteKey } from "./keys.ts";

function keyFor(identifier: string, usage: Kms.KeyUsageType, operation: string, context: CallContext) {
  const { key } = findKey(identifier, context);
  checkEnabled(key, context);
  checkUsage(key, usage, operation);
  noteKey(key, context);
  return key;
}

export const publicKeyOf = (key: Readonly<Key>): KeyObject =>
  createPublicKey({ key: Buffer.from(key.publicKey as string, "base64"), format: "der", type: "spki" });

interface Signing {
  Message: Uint8Array;
  MessageType?: string | undefined;
  SigningAlgorithm: string;
}

const DIGEST_BYTES: Record<string, number> = { sha256: 32, sha384: 48, sha512: 64 };

/** @throws InvalidKeyUsageException, ValidationException */
function checkSigning(key: Readonly<Key>, { Message, MessageType = "RAW", SigningAlgorithm }: Signing): void {
  if (!signingAlgorithms(key.spec).includes(SigningAlgorithm as Kms.SigningAlgorithmSpec)) {
    throw new AwsError(
      "InvalidKeyUsageException",
      `Algorithm ${SigningAlgorithm} and key spec ${key.spec} are incompatible.`,
    );
  }
  if (MessageType === "EXTERNAL_MU") throw validation("EXTERNAL_MU is only valid for ML-DSA keys.");
  if (SigningAlgorithm === "ED25519_PH_SHA_512") {
    throw unsupported("ED25519_PH_SHA_512 is not supported by the Sagekeep local cloud");
  }
  if (MessageType === "DIGEST") {
    if (SigningAlgorithm.startsWith("ED25519")) {
      throw validation(`MessageType DIGEST is not valid for ${SigningAlgorithm}.`);
    }
    if (Message.length !== DIGEST_BYTES[hashOf(SigningAlgorithm)]) {
      throw validation(`Digest is invalid length for algorithm ${SigningAlgorithm}.`);
    }
  } else if (Message.length > 4096) {
    throw validation(
      "1 validation error detected: Value at 'message' failed to satisfy constraint: Member must have length less than or equal to 4096",
    );
  }
}

function sign(key: Readonly<Key>, input: Signing, context: CallContext): Buffer {
  const { Message, MessageType, SigningAlgorithm: algorithm } = input;
  const secret = privateKeyOf(context, key);
  if (algorithm === "ED25519_SHA_512") return signMessage(null, Message, secret);
  const hash = hashOf(algorithm);
  const rsa = key.spec.startsWith("RSA_");
  if (MessageType !== "DIGEST")
    return signMessage(hash, Message, rsa ? { key: secret, ...paddingOf(algorithm) } : secret);
  if (!rsa) return ecdsaSignDigest(secret, key.spec, Buffer.from(Message));
  if (algorithm.startsWith("RSASSA_PSS")) return pssSignDigest(secret, hash, Buffer.from(Message));
  const info = Buffer.concat([digestPrefix(hash), Message]);
  return privateEncrypt({ key: secret, padding: constants.RSA_PKCS1_PADDING }, info);
}

function verify(key: Readonly<Key>, input: Signing, signature: Uint8Array): boolean {
  const { Message, MessageType, SigningAlgorithm: algorithm } = input;
  const known = publicKeyOf(key);
  try {
    if (algorithm === "ED25519_SHA_512") return verifyMessage(null, Message, known, signature);
    const hash = hashOf(algorithm);
    const rsa = key.spec.startsWith("RSA_");
    if (MessageType !== "DIGEST") {
      return verifyMessage(hash, Message, rsa ? { key: known, ...paddingOf(algorithm) } : known, signature);
    }
    if (!rsa) return ecdsaVerifyDigest(known, key.spec, Buffer.from(Message), Buffer.from(signature));
    if (algorithm.startsWith("RSASSA_PSS")) {
      return pssVerifyDigest(known, hash, Buffer.from(Message), Buffer.from(signature));
    }
    const info = publicDecrypt({ key: known, padding: constants.RSA_PKCS1_PADDING }, signature);
    return info.equals(Buffer.concat([digestPrefix(hash), Message]));
  } catch {
    return false;
  }
}

function mac(key: Readonly<Key>, algorithm: string, message: Uint8Array, context: CallContext): Buffer {
  if (!macAlgorithms(key.spec).includes(algorithm as Kms.MacAlgorithmSpec)) {
    throw new AwsError(
      "InvalidKeyUsageException",
      `Algorithm ${algorithm} is incompatible with key spec ${key.spec}.`,
    );
  }
  return createHmac(hashOf(algorithm), open(context, key, current(key)))
    .update(message)
    .digest();
}

export const signingOperations: Handlers<typeof Kms, CallContext> = {
  Sign(input, context) {
    const key = keyFor(input.KeyId, "SIGN_VERIFY", "Sign", context);
    checkSigning(key, input);
    refuseDryRun(input.DryRun);
    return {
      KeyId: keyArn(key),
      Signature: sign(key, input, context),
      SigningAlgorithm: input.SigningAlgorithm,
    };
  },

  Verify(input, context) {
    const key = keyFor(input.KeyId, "SIGN_VERIFY", "Verify", context);
    checkSigning(key, input);
    refuseDryRun(input.DryRun);
    if (!verify(key, input, input.Signature)) throw new AwsError("KMSInvalidSignatureException", "");
    return { KeyId: keyArn(key), SignatureValid: true, SigningAlgorithm: input.SigningAlgorithm };
  },

  GetPublicKey(input, context) {
    const { key } = findKey(input.KeyId, context);
    if (!key.publicKey) {
      throw unsupported(`${keyArn(key)} key spec is ${key.spec} which is not valid for GetPublicKey.`);
    }
    checkEnabled(key, context);
    noteKey(key, context);
    return {
      KeyId: keyArn(key),
      PublicKey: Buffer.from(key.publicKey, "base64"),
      CustomerMasterKeySpec: key.spec as Kms.CustomerMasterKeySpec,
      KeySpec: key.spec,
      KeyUsage: key.usage,
      ...(key.usage === "ENCRYPT_DECRYPT" && { EncryptionAlgorithms: encryptionAlgorithms(key.spec) }),
      ...(key.usage === "SIGN_VERIFY" && { SigningAlgorithms: signingAlgorithms(key.spec) }),
      ...(key.usage === "KEY_AGREEMENT" && { KeyAgreementAlgorithms: ["ECDH"] }),
    };
  },

  GenerateMac(input, context) {
    const key = keyFor(input.KeyId, "GENERATE_VERIFY_MAC", "GenerateMac", context);
    const Mac = mac(key, input.MacAlgorithm, input.Message, context);
    refuseDryRun(input.DryRun);
    return { Mac, MacAlgorithm: input.MacAlgorithm, KeyId: keyArn(key) };
  },

  VerifyMac(input, context) {
    const key = keyFor(input.KeyId, "GENERATE_VERIFY_MAC", "VerifyMac", context);
    const expected = mac(key, input.MacAlgorithm, input.Message, context);
    refuseDryRun(input.DryRun);
    if (expected.length !== input.Mac.length || !timingSafeEqual(expected, input.Mac)) {
      throw new AwsError("KMSInvalidMacException", "");
    }
    return { KeyId: keyArn(key), MacValid: true, MacAlgorithm: input.MacAlgorithm };
  },

  DeriveSharedSecret(input, context) {
    refuseRecipient(input.Recipient);
    const key = keyFor(input.KeyId, "KEY_AGREEMENT", "DeriveSharedSecret", context);
    refuseDryRun(input.DryRun);
    let publicKey: KeyObject;
    let SharedSecret: Buffer;
    try {
      publicKey = createPublicKey({ key: Buffer.from(input.PublicKey), format: "der", type: "spki" });
      SharedSecret = diffieHellman({ privateKey: privateKeyOf(context, key), publicKey });
    } catch {
      throw validation(`The public key is not a valid ${key.spec} public key in DER-encoded X.509 form.`);
    }
    return {
      KeyId: keyArn(key),
      SharedSecret,
      KeyAgreementAlgorithm: input.KeyAgreementAlgorithm,
      KeyOrigin: key.origin,
    };
  },
};
