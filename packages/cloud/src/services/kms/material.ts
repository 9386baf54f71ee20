/** Key material: made, sealed under the local master key, opened for use. */
import {
  createPrivateKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
} from "node:crypto";
import { promisify } from "node:util";
import type * as Kms from "@aws-sdk/client-kms";
import { masterKey, seal, unseal } from "../../store/master-key.ts";
import type { Store } from "../../store/store.ts";
import type { Key, Material } from "./state.ts";

type Sealing = { store: Store };

const PURPOSE = "kms-key-material";
const CURVES: Partial<Record<Kms.KeySpec, string>> = {
  ECC_NIST_P256: "P-256",
  ECC_NIST_P384: "P-384",
  ECC_NIST_P521: "P-521",
  ECC_SECG_P256K1: "secp256k1",
};

/** Length in bytes of an HMAC key. */
export const HMAC_BYTES: Partial<Record<Kms.KeySpec, number>> = {
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};

export function newMaterialId(): string {
  return randomBytes(32).toString("hex");
}

export interface Fresh {
  secret: Buffer;
  /** Of an asymmetric key, SPKI DER. */
  publicKey?: Buffer;
}

/** Fresh material for a key spec. RSA takes its time, off the main thread. */
export function generate(spec: Kms.KeySpec): Fresh | Promise<Fresh> {
  if (spec === "SYMMETRIC_DEFAULT") return generateSymmetric();
  const hmac = HMAC_BYTES[spec];
  return hmac ? { secret: randomBytes(hmac) } : generatePair(spec);
}

export const generateSymmetric = (): Fresh => ({ secret: randomBytes(32) });

/** A new key pair in PKCS#8 and SPKI DER. */
export async function generatePair(spec: Kms.KeySpec | Kms.DataKeyPairSpec): Promise<Required<Fresh>> {
  const { privateKey, publicKey } = await pairOf(spec);
  return {
    secret: privateKey.export({ format: "der", type: "pkcs8" }),
    publicKey: publicKey.export({ format: "der", type: "spki" }),
  };
}

const makeRsa = promisify(generateKeyPair) as (
  type: "rsa",
  options: { modulusLength: number },
) => Promise<{ privateKey: KeyObject; publicKey: KeyObject }>;

export const rsaPair = (bits: number) => makeRsa("rsa", { modulusLength: bits });

async function pairOf(spec: string): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  if (spec.startsWith("RSA_")) return rsaPair(Number(spec.slice(4)));
  if (spec === "ECC_NIST_EDWARDS25519") return generateKeyPairSync("ed25519");
  const namedCurve = CURVES[spec as Kms.KeySpec];
  if (!namedCurve) throw new TypeError(`no key pair for ${spec}`);
  return generateKeyPairSync("ec", { namedCurve });
}

export function sealed(
  context: Sealing,
  keyId: string,
  secret: Buffer,
  created: number,
  origin: Material["origin"],
  id = newMaterialId(),
): Material {
  return { id, sealed: seal(masterKey(context.store, PURPOSE), secret, `${keyId}/${id}`), created, origin };
}

/** The secret of a material. @throws TypeError when it was deleted */
export function open(context: Sealing, key: Readonly<Key>, material: Readonly<Material>): Buffer {
  if (material.sealed === undefined) throw new TypeError("the key material was deleted");
  return unseal(masterKey(context.store, PURPOSE), material.sealed, `${key.id}/${material.id}`);
}

export function privateKeyOf(context: Sealing, key: Readonly<Key>): KeyObject {
  return createPrivateKey({ key: open(context, key, current(key)), format: "der", type: "pkcs8" });
}

export function current(key: Readonly<Key>): Readonly<Material> {
  const [material] = key.materials;
  if (!material) throw new TypeError(`key ${key.id} has no material`);
  return material;
}

export const newKeyId = (multiRegion: boolean): string =>
  multiRegion ? `mrk-${randomBytes(16).toString("hex")}` : randomUUID();
