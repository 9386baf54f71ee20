/**
 * The whole state of a cloud in one file: a gzipped tar of the database, the object bodies and the keys. It can be
 * taken while requests are served: what was acknowledged before it began is in it.
 *
 * The database is copied in one read transaction (`VACUUM INTO`). A body has its name before its row is committed
 * and bodies never change, so every body of a copied row is in the folder; deletions wait until the archive is whole.
 */
import { createReadStream, createWriteStream, existsSync, mkdtempSync, rmSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Clock } from "../clock/clock.ts";
import { NoStateError, StateInTheWayError } from "../errors.ts";
import { demandMasterKey, masterSecret } from "../store/master-key.ts";
import { bodiesOf } from "../store/objects.ts";
import { Store } from "../store/store.ts";
import { trailOf } from "../trail/store.ts";
import { SNAPSHOT_WORK, secretFiles } from "./files.ts";
import { type TarEntry, writeTar } from "./tar.ts";

/** Raised when an older Sagekeep could not read what a newer one packs. */
export const snapshotFormat = 1;

/** First entry of a snapshot, `snapshot.json`. */
export interface SnapshotManifest {
  kind: "sagekeep-snapshot";
  format: number;
  /** ISO 8601. */
  createdAt: string;
  /** Of all other entries. */
  files: number;
  bytes: number;
}

export interface Snapshot {
  /** Absolute path of the archive. */
  file: string;
  /** Object bodies in it. */
  objects: number;
  /** Of the archive. */
  bytes: number;
}

export interface SnapshotOptions {
  /** Replace a file that is there. @default false */
  force?: boolean;
}

interface Packed {
  name: string;
  size: number;
  from: string | Buffer;
}

/**
 * Packs the state that `store` has open.
 * @param secrets folder with the keys and credentials, when not the store's own
 * @throws StateInTheWayError when the file is there
 */
export async function writeSnapshot(
  store: Store,
  file: string,
  options: SnapshotOptions = {},
): Promise<Snapshot> {
  const target = resolve(file);
  if (existsSync(target) && !options.force) throw new StateInTheWayError(target, "file");
  await mkdir(dirname(target), { recursive: true });
  const work = mkdtempSync(join(store.folder ?? tmpdir(), SNAPSHOT_WORK));
  const bodies = bodiesOf(store);
  const release = bodies.holdDeletions();
  const partial = `${target}.partial-${process.pid}`;
  try {
    const database = join(work, "state.db");
    // nothing may come between: the keys that seal the rows, the rows, the list of bodies
    const master = masterSecret(store);
    store.copyTo(database);
    const packed = await collect(store, database, master, bodies.folder);
    const objects = packed.filter(({ name }) => name.startsWith("objects/")).length;
    await pipeline(
      Readable.from(writeTar(entries(packed))),
      createGzip({ level: 1 }),
      createWriteStream(partial, { mode: 0o600, flags: "w" }),
    );
    const archive = await open(partial, "r+");
    await archive.sync();
    await archive.close();
    await rename(partial, target);
    return { file: target, objects, bytes: (await stat(target)).size };
  } finally {
    release();
    rmSync(work, { recursive: true, force: true });
    rmSync(partial, { force: true });
  }
}

/**
 * Packs the state of a stopped cloud.
 * @throws StateInUseError when a cloud runs on the folder, NoStateError when there is nothing
 */
export async function snapshotState(
  folder: string,
  file: string,
  options: SnapshotOptions = {},
): Promise<Snapshot> {
  if (!existsSync(join(folder, "state.db"))) throw new NoStateError(folder);
  const store = new Store(resolve(folder));
  try {
    demandMasterKey(store);
    return await writeSnapshot(store, file, options);
  } finally {
    store.close();
  }
}

/** Packs the state of a running cloud; its trail is written first. */
export function snapshotRunning(
  store: Store,
  clock: Clock,
  file: string,
  options?: SnapshotOptions,
): Promise<Snapshot> {
  trailOf(store, clock).flush();
  return writeSnapshot(store, file, options);
}

async function collect(store: Store, database: string, master: Buffer, bodies: string): Promise<Packed[]> {
  const packed: Packed[] = [{ name: "state.db", size: (await stat(database)).size, from: database }];
  for (const name of secretFiles) {
    if (name === "master.key") packed.push({ name, size: master.length, from: master });
    else if (store.folder && existsSync(join(store.folder, name))) {
      const content = await readFile(join(store.folder, name));
      packed.push({ name, size: content.length, from: content });
    }
  }
  for (const shard of (await readdir(bodies)).sort()) {
    if (shard === "tmp") continue;
    for (const id of await readdir(join(bodies, shard))) {
      const path = join(bodies, shard, id);
      packed.push({ name: `objects/${shard}/${id}`, size: (await stat(path)).size, from: path });
    }
  }
  const manifest: SnapshotManifest = {
    kind: "sagekeep-snapshot",
    format: snapshotFormat,
    createdAt: new Date().toISOString(),
    files: packed.length,
    bytes: packed.reduce((sum, { size }) => sum + size, 0),
  };
  const first = Buffer.from(`${JSON.stringify(manifest)}\n`);
  return [{ name: "snapshot.json", size: first.length, from: first }, ...packed];
}

async function* entries(packed: readonly Packed[]): AsyncGenerator<TarEntry> {
  for (const { name, size, from } of packed) {
    yield { name, size, body: typeof from === "string" ? createReadStream(from) : Readable.from([from]) };
  }
}
