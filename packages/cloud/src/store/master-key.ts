/**
 * The key under which secrets rest in the state folder: 32 random bytes in `<state>/master.key`, readable by
 * its owner only. In-memory state has one that goes with the process.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { UnusableStateError } from "../errors.ts";
import type { Store } from "./store.ts";

const keys = new WeakMap<Store, { master: Buffer; derived: Map<string, Buffer> }>();

/** A 256-bit key derived from the master key for one purpose. */
export function masterKey(store: Store, purpose: string): Buffer {
  const known = keysOf(store);
  let key = known.derived.get(purpose);
  if (!key) {
    key = Buffer.from(hkdfSync("sha256", known.master, "sagekeep", purpose, 32));
    known.derived.set(purpose, key);
  }
  return key;
}

/**
 * Compares the key with the mark that the state keeps of it: under another key objects would come back as noise.
 * @throws UnusableStateError
 */
export function demandMasterKey(store: Store): void {
  if (!store.folder) return;
  const marks = store.table<{ mark: string }>("state.key", "");
  const known = marks.get("master");
  if (known && !existsSync(join(store.folder, "master.key")))
    throw new UnusableStateError(store.folder, "key");
  const mark = masterKey(store, "mark").toString("hex");
  if (known && known.mark !== mark) throw new UnusableStateError(store.folder, "key");
  if (!known) marks.put("master", { mark });
}

/** The master key itself: for a snapshot, which is as secret as the state folder. */
export function masterSecret(store: Store): Buffer {
  return keysOf(store).master;
}

function keysOf(store: Store) {
  let known = keys.get(store);
  if (!known) {
    const master = store.folder ? loadOrMake(store.folder) : randomBytes(32);
    keys.set(store, (known = { master, derived: new Map() }));
  }
  return known;
}

function loadOrMake(folder: string): Buffer {
  const path = join(folder, "master.key");
  try {
    const key = readFileSync(path);
    if (key.length === 32) return key;
    throw new UnusableStateError(folder, "key");
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
  }
  const key = randomBytes(32);
  const file = openSync(`${path}.new`, "w", 0o600);
  writeSync(file, key);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.new`, path);
  return key;
}

/** Seals a small secret (AES-256-GCM); base64. */
export function seal(key: Buffer, secret: Uint8Array, about = ""): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(about));
  const text = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]).toString("base64");
}

/** Opens what `seal` made. @throws when it was changed, or sealed under another key */
export function unseal(key: Buffer, sealed: string, about = ""): Buffer {
  const bytes = Buffer.from(sealed, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
}
