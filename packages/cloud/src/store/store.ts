/**
 * Durable state: one SQLite file, opened by one process. Every value is a JSON document addressed by
 * (table, scope, key); a scope is an account and region, an account, or the whole partition.
 *
 * INVARIANT (durable): when a write returns outside `unitOfWork`, or `unitOfWork` returns, the data survives
 * a killed process (WAL journal; the operating system holds what was committed).
 * INVARIANT (frozen): values handed out are deep-frozen and shared with the cache; change one with `update`.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { StateInUseError } from "../errors.ts";
import { Table } from "./table.ts";

/** A value that JSON can hold. Times are epoch milliseconds. */
export type Stored = object;

/** What a table is scoped to: `account/region`, `account`, or `` (the partition). */
export type Scope = string;

export class Store {
  readonly folder: string | undefined;
  readonly database: InstanceType<typeof Database>;
  readonly #tables = new Map<string, Table<Stored>>();
  readonly #lock: InstanceType<typeof Database> | undefined;
  #depth = 0;
  #open = false;
  #touched: (() => void)[] = [];

  /**
   * @param folder where `state.db` and the object bodies live; without one, state is kept in memory.
   * @throws StateInUseError when another process has the folder open.
   */
  constructor(folder?: string) {
    this.folder = folder;
    if (folder) mkdirSync(join(folder, "objects"), { recursive: true, mode: 0o700 });
    if (folder) this.#lock = holdLock(folder);
    this.database = new Database(folder ? join(folder, "state.db") : ":memory:");
    this.database.pragma("journal_mode = WAL");
    this.database.pragma("synchronous = NORMAL");
    this.database.exec(
      "CREATE TABLE IF NOT EXISTS item (tbl TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tbl, scope, key)) WITHOUT ROWID",
    );
  }

  /** The table `name` ("service.kind"), narrowed to one scope. Cheap: call it where it is needed. */
  table<T extends Stored>(name: string, scope: Scope): Table<T> {
    const id = `${name}\0${scope}`;
    let table = this.#tables.get(id);
    if (!table) this.#tables.set(id, (table = new Table<Stored>(this, name, scope)));
    return table as unknown as Table<T>;
  }

  /** Every scope in which the table `name` has rows. */
  scopes(name: string): Scope[] {
    const rows = this.database.prepare("SELECT DISTINCT scope FROM item WHERE tbl = ?").all(name);
    return (rows as { scope: string }[]).map((row) => row.scope);
  }

  /**
   * Runs `work` in one transaction as far as it is synchronous: all its writes are kept or, if it throws,
   * none. Where it returns a promise, what it wrote until then is committed and later writes commit singly.
   */
  unitOfWork<R>(work: () => R): R {
    this.#depth++;
    try {
      const result = work();
      if (--this.#depth === 0) this.#finish("COMMIT");
      return result;
    } catch (error) {
      if (--this.#depth === 0) this.#finish("ROLLBACK");
      throw error;
    }
  }

  /** Called by a table before it writes; `undo` puts its cache right should the work be rolled back. */
  beforeWrite(undo: () => void): void {
    if (this.#depth === 0) return;
    if (!this.#open) {
      this.database.exec("BEGIN");
      this.#open = true;
    }
    this.#touched.push(undo);
  }

  #finish(how: "COMMIT" | "ROLLBACK"): void {
    if (!this.#open) return;
    this.#open = false;
    const undo = this.#touched;
    this.#touched = [];
    this.database.exec(how);
    if (how === "ROLLBACK") for (const one of undo.reverse()) one();
  }

  /** Writes a copy of the database, as of this moment, into a new file. */
  copyTo(file: string): void {
    if (this.#depth > 0) throw new Error("a copy cannot be made within a unit of work");
    this.database.prepare("VACUUM INTO ?").run(file);
  }

  /** Empties everything. */
  reset(): void {
    const tables = this.database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    for (const { name } of tables) this.database.exec(`DELETE FROM "${name}"`);
    for (const table of this.#tables.values()) table.forget();
    this.#tables.clear();
  }

  close(): void {
    if (this.folder) this.database.pragma("wal_checkpoint(TRUNCATE)");
    this.database.close();
    this.#lock?.exec("ROLLBACK");
    this.#lock?.close();
  }
}

/**
 * One process a folder: a transaction held open in a database of its own. The operating system lets go of it
 * when the process dies, however it dies.
 */
export function holdLock(folder: string): InstanceType<typeof Database> {
  const lock = new Database(join(folder, "lock.db"));
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (/lock|busy/i.test(String(error))) throw new StateInUseError(folder);
    throw error;
  }
}
