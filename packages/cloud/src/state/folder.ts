/** The state folder is opened: made where it is not there, and whatever keeps it from being used is said with a way out. */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { UnusableStateError } from "../errors.ts";
import { Store } from "../store/store.ts";

/** Raised whenever an older version could not read what a newer one has written. */
const format = 1;

/** @throws StateInUseError, UnusableStateError */
export function openStore(folder: string | undefined): Store {
  if (folder === undefined) return new Store();
  let store: Store | undefined;
  try {
    makeFolder(resolve(folder));
    store = new Store(folder);
    demandFormat(store, folder);
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

function demandFormat({ database }: Store, folder: string): void {
  const found = Number(
    (database.prepare("PRAGMA user_version").get() as { user_version?: number }).user_version,
  );
  if (found > format) throw new UnusableStateError(folder, "newer");
  if (found < format) database.exec(`PRAGMA user_version = ${format}`);
}

function unusable(folder: string, error: unknown): UnusableStateError | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (code === "ENOTDIR" || code === "EEXIST") return new UnusableStateError(folder, "file");
  if (/^(EACCES|EPERM|EROFS|ENOENT|SQLITE_READONLY|SQLITE_CANTOPEN)/.test(code))
    return new UnusableStateError(folder, "forbidden");
  if (code === "ENOSPC" || /^SQLITE_FULL/.test(code)) return new UnusableStateError(folder, "full");
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code) || /not a database|malformed/i.test(message))
    return new UnusableStateError(folder, "damaged");
  return undefined;
}
