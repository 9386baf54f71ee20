/** Which algorithms a key spec has, and what they are to node:crypto. */
import { constants } from "node:crypto";
import type * as Kms from "@aws-sdk/client-kms";
/** Usages that a spec may have, the default first (for specs that have one). */
export function usagesOf(spec: string): Kms.KeyUsageType[] {
  if (spec === "SYMMETRIC_DEFAULT") return ["ENCRYPT_DECRYPT"];
  if (spec.startsWith("RSA_")) return ["ENCRYPT_DECRYPT", "SIGN_VERIFY"];
  if (spec.startsWith("HMAC_")) return ["GENERATE_VERIFY_MAC"];
  if (spec.startsWith("ECC_NIST_P")) return ["SIGN_VERIFY", "KEY_AGREEMENT"];
  return ["SIGN_VERIFY"];
}

export function encryptionAlgorithms(spec: string): Kms.EncryptionAlgorithmSpec[] {
  return spec === "SYMMETRIC_DEFAULT" ? ["SYMMETRIC_DEFAULT"] : ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"];
}

export function signingAlgorithms(spec: string): Kms.SigningAlgorithmSpec[] {
  if (spec.startsWith("RSA_")) {
    return [
      "RSASSA_PKCS1_V1_5_SHA_256",
      "RSASSA_PKCS1_V1_5_SHA_384",
      "RSASSA_PKCS1_V1_5_SHA_512",
      "RSASSA_PSS_SHA_256",
      "RSASSA_PSS_SHA_384",
      "RSASSA_PSS_SHA_512",
    ];
  }
  switch (spec) {
    case "ECC_NIST_P256":
    case "ECC_SECG_P256K1":
      return ["ECDSA_SHA_256"];
    case "ECC_NIST_P384":
      return ["ECDSA_SHA_384"];
    case "ECC_NIST_P521":
      return ["ECDSA_SHA_512"];
    case "ECC_NIST_EDWARDS25519":
      return ["ED25519_SHA_512", "ED25519_PH_SHA_512"];
    default:
      return [];
  }
}

export const macAlgorithms = (spec: string): Kms.MacAlgorithmSpec[] => [
  `HMAC_SHA_${spec.slice("HMAC_".length)}` as Kms.MacAlgorithmSpec,
];

/** The hash of an algorithm's name: `…_SHA_256` → `sha256`. */
export function hashOf(algorithm: string): string {
  return `sha${/SHA_(\d+)$/.exec(algorithm)?.[1] ?? ""}`;
}

/** Padding options of an RSA signature. */
export function paddingOf(algorithm: string): { padding: number; saltLength?: number } {
  return algorithm.startsWith("RSASSA_PSS")
    ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    : { padding: constants.RSA_PKCS1_PADDING };
}

/** Longest plaintext, in bytes, that a key encrypts. */
export function largestPlaintext(spec: string, algorithm: string): number {
  if (spec === "SYMMETRIC_DEFAULT") return 4096;
  const hash = algorithm === "RSAES_OAEP_SHA_1" ? 20 : 32;
  return Number(spec.slice(4)) / 8 - 2 * hash - 2;
}
