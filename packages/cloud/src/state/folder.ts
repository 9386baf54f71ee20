/** The state folder is opened: made where it is not there, and whatever keeps it from being used is said with a way out. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { UnusableStateError } from "../errors.ts";
import { demandMasterKey } from "../store/master-key.ts";
import { holdLock, Store } from "../store/store.ts";
import { SNAPSHOT_WORK } from "./files.ts";

/** Raised whenever an older version could not read what a newer one has written. */
const format = 1;

/** @throws StateInUseError, UnusableStateError */
export function openStore(folder: string | undefined): Store {
  if (folder === undefined) return new Store();
  let store: Store | undefined;
  try {
    takeBack(resolve(folder));
    makeFolder(resolve(folder));
    store = new Store(folder);
    demandFormat(store, folder);
    sweepSnapshots(resolve(folder));
    demandMasterKey(store);
    return store;
  } catch (error) {
    store?.close();
    throw unusable(folder, error) ?? error;
  }
}

/** Makes a folder and those above it. `mkdirSync`'s own recursion never ends where a file system refuses new ones. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
    return;
  }
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  mkdirSync(folder, { mode: 0o700 });
}

/** What a restore moves the old state to until the new one is in its place. */
export const setAside = (fresh: string) => `${fresh}-old`;

/** Puts back what a restore had moved away when it was killed, before anything was in its place. */
function takeBack(folder: string): void {
  const above = dirname(folder);
  if (existsSync(folder) || !existsSync(above)) return;
  const start = `.${basename(folder)}-restore-`;
  for (const name of readdirSync(above)) {
    if (!name.startsWith(start) || setAside(name.slice(0, -4)) !== name) continue;
    // a restore that still runs holds it
    holdLock(join(above, name)).close();
    renameSync(join(above, name), folder);
    return;
  }
}

/** Copies that a snapshot was packing when it was killed. */
function sweepSnapshots(folder: string): void {
  for (const name of readdirSync(folder))
    if (name.startsWith(SNAPSHOT_WORK)) rmSync(join(folder, name), { recursive: true, force: true });
}

function demandFormat({ database }: Store, folder: string): void {
  const found = Number(
    (database.prepare("PRAGMA user_version").get() as { user_version?: number }).user_version,
  );
  if (found > format) throw new UnusableStateError(folder, "newer");
  if (found < format) database.exec(`PRAGMA user_version = ${format}`);
}

/** What keeps the state from being used, where an error says so. */
export function unusable(folder: string, error: unknown): UnusableStateError | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (code === "ENOTDIR" || code === "EEXIST") return new UnusableStateError(folder, "file");
  if (/^(EACCES|EPERM|EROFS|ENOENT|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code))
    return new UnusableStateError(folder, "forbidden");
  if (code === "ENOSPC" || /^SQLITE_FULL/.test(code)) return new UnusableStateError(folder, "full");
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code) || /not a database|malformed/i.test(message))
    return new UnusableStateError(folder, "damaged");
  return undefined;
}
