/**
 * The keys with which an account signs its principals' tokens for services outside of AWS, sealed at rest. Here they are
 * known to AssumeRoleWithWebIdentity as any issuer's are.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from "node:crypto";
import type { ReadContext } from "../../context.ts";
import { masterKey, seal, unseal } from "../../store/master-key.ts";
import { type OutboundFederation, settings } from "./state.ts";

const PURPOSE = "iam.outbound";

export type TokenAlgorithm = "RS256" | "ES384";

/** A new issuer with a key for each algorithm. */
export function newIssuer(context: ReadContext): OutboundFederation {
  const pairs = {
    RS256: generateKeyPairSync("rsa", { modulusLength: 2048 }),
    ES384: generateKeyPairSync("ec", { namedCurve: "P-384" }),
  };
  return {
    issuer: `https://${randomUUID()}.tokens.sts.global.api.aws`,
    enabled: true,
    keys: Object.entries(pairs).map(([algorithm, { privateKey, publicKey }]) => {
      const kid = `${algorithm === "RS256" ? "RSA" : "EC384"}_${randomBytes(8).toString("hex")}`;
      const secret = privateKey.export({ format: "der", type: "pkcs8" });
      return {
        kid,
        algorithm,
        sealed: seal(masterKey(context.store, PURPOSE), secret, kid),
        jwk: JSON.stringify({ ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: algorithm }),
      };
    }),
  };
}

export const outboundFederation = (context: ReadContext): Readonly<OutboundFederation> | undefined =>
  settings(context).get("account")?.outbound;

/** The account's key of an algorithm, opened. */
export function signingKey(
  federation: Readonly<OutboundFederation>,
  algorithm: TokenAlgorithm,
  context: ReadContext,
): { kid: string; key: KeyObject } {
  const one = federation.keys.find((key) => key.algorithm === algorithm)!;
  const secret = unseal(masterKey(context.store, PURPOSE), one.sealed, one.kid);
  return { kid: one.kid, key: createPrivateKey({ key: secret, format: "der", type: "pkcs8" }) };
}
