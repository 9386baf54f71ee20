/**
 * Puts a snapshot in the place of a state folder. It is unpacked and checked beside the folder; only a whole one takes
 * its place, by renaming. Until then, and whenever anything is wrong, the folder is as it was.
 */
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { open, readFile, statfs } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createGunzip } from "node:zlib";
import Database from "libsql";
import { DamagedSnapshotError, StateInTheWayError } from "../errors.ts";
import { holdLock } from "../store/store.ts";
import { SNAPSHOT_WORK, secretFiles, stateFiles } from "./files.ts";
import { setAside } from "./folder.ts";
import { type SnapshotManifest, snapshotFormat } from "./snapshot.ts";
import { readTar, type TarEntry } from "./tar.ts";

export interface RestoreOptions {
  /** Replace the state that is there. @default false */
  force?: boolean;
}

export interface Restored {
  /** Absolute path of the state folder. */
  folder: string;
  objects: number;
  /** When the snapshot was taken, ISO 8601. */
  createdAt: string;
}

/** The only names a snapshot may hold: nothing of it is ever written outside of the folder. */
const allowed: ReadonlySet<string> = new Set(["state.db", ...secretFiles]);
const bodyName = /^objects\/[0-9a-f]{2}\/[0-9a-f-]{3,64}$/;
const manifestLimit = 64 * 1024;

/**
 * @param file archive that a snapshot wrote
 * @param folder state folder of a stopped cloud; made when it is not there
 * @throws StateInUseError when a cloud runs there, StateInTheWayError when it has state and `force` is not given,
 * DamagedSnapshotError when the file is no whole snapshot
 */
export async function restoreState(
  file: string,
  folder: string,
  options: RestoreOptions = {},
): Promise<Restored> {
  const target = resolve(folder);
  refuseTaken(target, options);
  mkdirSync(dirname(target), { recursive: true });
  const fresh = mkdtempSync(join(dirname(target), `.${basename(target)}-restore-`));
  try {
    const manifest = await unpack(resolve(file), fresh);
    checkDatabase(file, join(fresh, "state.db"));
    replace(target, fresh, options);
    return { folder: target, objects: countObjects(target), createdAt: manifest.createdAt };
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function refuseTaken(target: string, { force }: RestoreOptions): void {
  if (!existsSync(join(target, "state.db"))) return;
  // a running cloud is in the way, forced or not
  const lock = holdLock(target);
  lock.close();
  if (!force) throw new StateInTheWayError(target, "state");
}

async function unpack(file: string, into: string): Promise<SnapshotManifest> {
  const source = createReadStream(file);
  const gunzip = createGunzip();
  source.on("error", (error) => gunzip.destroy(error));
  let manifest: SnapshotManifest | undefined;
  let files = 0;
  let bytes = 0;
  try {
    for await (const entry of readTar(source.pipe(gunzip))) {
      if (!manifest) {
        manifest = await readManifest(file, entry);
        await refuseTooLarge(manifest, into);
        continue;
      }
      if (!allowed.has(entry.name) && !bodyName.test(entry.name))
        throw new Error(`it holds \`${entry.name.slice(0, 100)}\``);
      files++;
      bytes += entry.size;
      if (files > manifest.files || bytes > manifest.bytes) throw new Error("it holds more than it says");
      await write(join(into, entry.name), entry.body);
    }
    if (!manifest) throw new Error("it is empty");
    if (files !== manifest.files || bytes !== manifest.bytes) throw new Error("it holds less than it says");
    for (const needed of ["state.db", "master.key"])
      if (!existsSync(join(into, needed))) throw new Error(`it has no \`${needed}\``);
    if ((await readFile(join(into, "master.key"))).length !== 32)
      throw new Error("its master key is not one");
    return manifest;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (
      error instanceof DamagedSnapshotError ||
      ["ENOENT", "EACCES", "EISDIR", "ENOSPC"].includes(code ?? "")
    )
      throw error;
    throw new DamagedSnapshotError(file, message);
  } finally {
    source.destroy();
    gunzip.destroy();
  }
}

async function readManifest(file: string, entry: TarEntry): Promise<SnapshotManifest> {
  if (entry.name !== "snapshot.json" || entry.size > manifestLimit)
    throw new Error("it is no snapshot of a local cloud");
  const parts: Uint8Array[] = [];
  for await (const part of entry.body) parts.push(part);
  const manifest = JSON.parse(Buffer.concat(parts).toString()) as SnapshotManifest;
  if (manifest.kind !== "sagekeep-snapshot") throw new Error("it is no snapshot of a local cloud");
  if (manifest.format !== snapshotFormat) {
    throw new DamagedSnapshotError(
      file,
      `it has format ${String(manifest.format)}, expected ${snapshotFormat}`,
      "restore it with the version of Sagekeep that wrote it, or a newer one",
    );
  }
  if (!Number.isSafeInteger(manifest.files) || !Number.isSafeInteger(manifest.bytes))
    throw new Error("its manifest names no sizes");
  return manifest;
}

async function refuseTooLarge({ bytes, files }: SnapshotManifest, into: string): Promise<void> {
  const { bavail, bsize } = await statfs(into);
  if (bytes + files * bsize > bavail * bsize)
    throw Object.assign(new Error(`unpacking needs ${bytes} bytes, ${bavail * bsize} are free`), {
      code: "ENOSPC",
    });
}

async function write(path: string, body: AsyncIterable<Uint8Array>): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, "wx", 0o600);
  try {
    for await (const chunk of body) await file.writeFile(chunk);
  } finally {
    await file.close();
  }
}

function checkDatabase(file: string, path: string): void {
  try {
    const database = new Database(path, { readonly: true });
    try {
      const found = database.prepare("PRAGMA integrity_check").all() as { integrity_check: string }[];
      if (found[0]?.integrity_check !== "ok") throw new Error(String(found[0]?.integrity_check));
      database.prepare("SELECT tbl, scope, key, body FROM item LIMIT 1").all();
    } finally {
      database.close();
    }
  } catch (error) {
    throw new DamagedSnapshotError(file, `its database is damaged: ${(error as Error).message}`);
  }
}

/** The moment it happens: two renames, with the old folder locked so that no cloud starts on it. */
function replace(target: string, fresh: string, options: RestoreOptions): void {
  if (!existsSync(target)) {
    renameSync(fresh, target);
    return;
  }
  refuseTaken(target, options);
  const lock = existsSync(join(target, "state.db")) ? holdLock(target) : undefined;
  const old = setAside(fresh);
  try {
    renameSync(target, old);
    try {
      renameSync(fresh, target);
    } catch (error) {
      renameSync(old, target);
      throw error;
    }
    // what the folder's owner keeps there stays
    for (const name of readdirSync(old))
      if (!stateFiles.includes(name) && !name.startsWith(SNAPSHOT_WORK))
        renameSync(join(old, name), join(target, name));
    rmSync(old, { recursive: true, force: true });
  } finally {
    lock?.close();
  }
}

function countObjects(folder: string): number {
  const objects = join(folder, "objects");
  if (!existsSync(objects)) return 0;
  return readdirSync(objects).reduce((sum, shard) => sum + readdirSync(join(objects, shard)).length, 0);
}
