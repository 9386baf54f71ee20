/**
 * Ciphertext blobs of symmetric keys: AES-256-GCM with the encryption context as additional data. A blob names its
 * key and the version of its material, so that it decrypts without being told the key, also after rotation.
 *
 * Layout: 1 version, 1 length and key id, 32 material id, 12 IV, 16 tag, ciphertext.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import type { Store } from "../../store/store.ts";
import { invalidCiphertext } from "./errors.ts";
import { current, open } from "./material.ts";
import type { Key } from "./state.ts";

const VERSION = 1;
const IV = 12;
const TAG = 16;
const MATERIAL = 32;

export type EncryptionContext = Readonly<Record<string, string>>;

/** The context in its canonical form, bound to the ciphertext. */
function additionalData(header: Buffer, context: EncryptionContext | undefined): Buffer {
  const pairs = Object.entries(context ?? {}).sort(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return Buffer.concat([header, Buffer.from(JSON.stringify(pairs))]);
}

export function encrypt(
  at: { store: Store },
  key: Readonly<Key>,
  plaintext: Uint8Array,
  context: EncryptionContext | undefined,
): Buffer {
  const material = current(key);
  const id = Buffer.from(`${key.region}/${key.account}/${key.id}`);
  const header = Buffer.concat([Buffer.from([VERSION, id.length]), id, Buffer.from(material.id, "hex")]);
  const iv = randomBytes(IV);
  const cipher = createCipheriv("aes-256-gcm", open(at, key, material), iv).setAAD(
    additionalData(header, context),
  );
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([header, iv, cipher.getAuthTag(), text]);
}

export interface Blob {
  region: string;
  account: string;
  keyId: string;
  materialId: string;
}

/** What a blob says of itself; `undefined` when it is none of ours. */
export function readBlob(blob: Uint8Array): Blob | undefined {
  const bytes = Buffer.from(blob);
  const length = bytes[1] ?? 0;
  if (bytes[0] !== VERSION || bytes.length < 2 + length + MATERIAL + IV + TAG) return undefined;
  const [region, account, keyId] = bytes
    .subarray(2, 2 + length)
    .toString()
    .split("/");
  if (!region || !account || !keyId) return undefined;
  return {
    region,
    account,
    keyId,
    materialId: bytes.subarray(2 + length, 2 + length + MATERIAL).toString("hex"),
  };
}

/** @throws InvalidCiphertextException when blob, key or context do not fit together */
export function decrypt(
  at: { store: Store },
  key: Readonly<Key>,
  blob: Uint8Array,
  context: EncryptionContext | undefined,
): Buffer {
  const said = readBlob(blob);
  const material = said && key.materials.find((one) => one.id === said.materialId);
  if (!said || !material?.sealed) throw invalidCiphertext();
  const bytes = Buffer.from(blob);
  const end = 2 + (bytes[1] as number) + MATERIAL;
  const iv = bytes.subarray(end, end + IV);
  const tag = bytes.subarray(end + IV, end + IV + TAG);
  try {
    const decipher = createDecipheriv("aes-256-gcm", open(at, key, material), iv, { authTagLength: TAG });
    decipher.setAAD(additionalData(bytes.subarray(0, end), context)).setAuthTag(tag);
    return Buffer.concat([decipher.update(bytes.subarray(end + IV + TAG)), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}
