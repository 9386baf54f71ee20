/**
 * Durable state: one SQLite file, opened by one process. Every value is a JSON document addressed by
 * (table, scope, key); a scope is an account and region, an account, or the whole partition.
 *
 * INVARIANT (durable): what was written in one turn of the event loop is committed at its end, in one transaction;
 * once `settled` resolves it survives a killed process (WAL journal; the operating system holds what was committed).
 * No answer leaves before that. So what one turn did, a resource made and the note that it was, is kept or lost as
 * one, and many requests share the price of a commit.
 * Until then writes wait in memory (`Layers`); who reads SQLite itself calls `writeOut` before.
 * INVARIANT (frozen): values handed out are deep-frozen and shared with the cache; change one with `update`.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import Database from "libsql";
import { StateInUseError } from "../errors.ts";
import type { Layers } from "./layers.ts";
import { defineBodies } from "./small-bodies.ts";
import { Table } from "./table.ts";

/** A value that JSON can hold. Times are epoch milliseconds. */
export type Stored = object;

interface Transaction {
  readonly undo: (() => void)[];
  /** SQLite knows of it. */
  begun: boolean;
  /** Whose rows were written in it. */
  readonly writers: Set<Writer>;
  /** Runs as its last part. */
  readonly last: Set<() => void>;
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Immediate;
}

type Writer = Layers<unknown>;

interface Runnable {
  run(): unknown;
}

/** Who waits for the end of a turn, and what it is told should the turn's writes be lost. */
interface Waiting {
  readonly kept: () => void;
  readonly lost: (error: unknown) => void;
}

/** What a table is scoped to: `account/region`, `account`, or `` (the partition). */
export type Scope = string;

export class Store {
  readonly folder: string | undefined;
  readonly database: InstanceType<typeof Database>;
  readonly #tables = new Map<string, Table<Stored>>();
  readonly #lock: InstanceType<typeof Database> | undefined;
  /** Units of work that run now, one within the other. */
  #depth = 0;
  /** The unit of work has written to SQLite: there is a savepoint to go back to. */
  #marked = false;
  /** Whose rows wait to be written, of units that ended. */
  readonly #ended = new Set<Writer>();
  /** Whose rows the unit of work that runs has written. */
  readonly #running = new Set<Writer>();
  /** Puts caches right when the unit of work, or the whole transaction, is taken back. */
  #undo: (() => void)[] = [];
  /** What is to happen once the unit of work is committed. */
  #effects: (() => void)[] = [];
  #transaction: Transaction | undefined;
  /** Answers of this turn; they leave together at its end. */
  #waiting: Waiting[] = [];
  readonly #prepared = new Map<string, Runnable>();
  readonly #closing: (() => void)[] = [];

  /**
   * @param folder where `state.db` and the object bodies live; without one, state is kept in memory.
   * @throws StateInUseError when another process has the folder open.
   */
  constructor(folder?: string) {
    this.folder = folder;
    if (folder) mkdirSync(join(folder, "objects"), { recursive: true, mode: 0o700 });
    if (folder) this.#lock = holdLock(folder);
    if (folder) keepPrivate(join(folder, "state.db"));
    this.database = new Database(folder ? join(folder, "state.db") : ":memory:");
    this.database.pragma("journal_mode = WAL");
    this.database.pragma("synchronous = NORMAL");
    this.database.exec(
      "CREATE TABLE IF NOT EXISTS item (tbl TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (tbl, scope, key)) WITHOUT ROWID",
    );
    defineBodies(this.database);
  }

  /** Makes tables that a part keeps for itself: past the turn, which may be taken back. Not within a unit of work. */
  define(statements: string): void {
    this.commit();
    this.database.exec(statements);
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
    this.writeOut();
    const rows = this.database.prepare("SELECT DISTINCT scope FROM item WHERE tbl = ?").all(name);
    return (rows as { scope: string }[]).map((row) => row.scope);
  }

  /** Whether there is a row in a table whose name begins so. */
  holds(prefix: string): boolean {
    this.writeOut();
    const select = this.database.prepare("SELECT 1 FROM item WHERE tbl >= ? AND tbl < ? LIMIT 1");
    return (
      (select as unknown as { get(...values: string[]): unknown }).get(prefix, `${prefix}\u{10ffff}`) !==
      undefined
    );
  }

  /**
   * Runs `work` as one as far as it is synchronous: all its writes are kept or, if it throws, none. Where it returns a
   * promise, what it wrote until then is kept, and later writes stand for themselves.
   */
  unitOfWork<R>(work: () => R): R {
    this.#depth++;
    try {
      const result = work();
      if (--this.#depth === 0) this.#finish(true);
      return result;
    } catch (error) {
      if (--this.#depth === 0) this.#finish(false);
      throw error;
    }
  }

  /** Called before anything is written; `undo` puts a cache right should the write be taken back. */
  beforeWrite(undo: () => void): void {
    const transaction = (this.#transaction ??= this.#begin());
    if (this.#depth === 0) transaction.undo.push(undo);
    else this.#undo.push(undo);
  }

  /** Called before SQLite is written to at once, past the layers: by who keeps tables of its own. */
  beforeStatement(): void {
    this.#start((this.#transaction ??= this.#begin()));
    if (this.#depth > 0) this.#mark();
  }

  /** Called before a row is left to wait. */
  waits(writer: Writer): void {
    (this.#transaction ??= this.#begin()).writers.add(writer);
    (this.#depth > 0 ? this.#running : this.#ended).add(writer);
  }

  /** Writes to SQLite what waits, of one writer or of all, so that a statement finds it there. */
  writeOut(only?: Writer): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    if (this.#depth > 0 && (only ? this.#running.has(only) : this.#running.size > 0)) {
      this.#start(transaction);
      this.#mark();
      for (const one of only ? [only] : this.#running) one.writeRunning();
      return;
    }
    for (const one of only ? [only] : [...this.#ended]) {
      if (!this.#ended.has(one)) continue;
      this.#start(transaction);
      one.writeEnded();
      this.#ended.delete(one);
    }
  }

  /**
   * Resolves when what was written up to now survives a killed process; `undefined` when it does already.
   * Rejects when it could not be kept (a full disk): then it was taken back.
   */
  settled(): Promise<void> | undefined {
    return this.#transaction?.done;
  }

  /** Whether a unit of work runs now: what is written may still be taken back with it. */
  get working(): boolean {
    return this.#depth > 0;
  }

  /** Runs `work` as the last part of this turn's transaction, once however often it is asked for. */
  beforeCommit(work: () => void): void {
    (this.#transaction ??= this.#begin()).last.add(work);
  }

  /**
   * Runs `kept` at the end of this turn of the event loop, once all that was written up to now is committed, or `lost`
   * when that failed. Neither may throw. One after the other the answers of a turn cost less than each at its time:
   * one commit, no promises, and clients that are awake already when the second is written.
   */
  atEndOfTurn(kept: () => void, lost: (error: unknown) => void): void {
    if (this.#waiting.push({ kept, lost }) === 1) setImmediate(() => this.#endTurn());
  }

  #endTurn(): void {
    this.commit();
    for (const { kept } of this.#waiting.splice(0)) kept();
  }

  /**
   * Runs `then` once what was written up to now is committed: what cannot be taken back waits here. Should the unit of
   * work that it is called in be taken back, it does not run.
   */
  afterCommit(then: () => void): void {
    if (this.#depth > 0) this.#effects.push(then);
    else if (this.#transaction) this.#transaction.done.then(then, () => {});
    else then();
  }

  /** Commits what is written, without waiting for the end of the turn. Not within a unit of work. */
  commit(): void {
    const transaction = this.#transaction;
    if (!transaction) return;
    clearImmediate(transaction.timer);
    try {
      for (const work of transaction.last) work();
      this.writeOut();
      this.#transaction = undefined;
      if (transaction.begun) this.#run("COMMIT");
      transaction.resolve();
    } catch (error) {
      this.#transaction = undefined;
      if (this.database.inTransaction) this.#run("ROLLBACK");
      if (transaction.begun) this.#settleStatement();
      this.#ended.clear();
      for (const one of transaction.writers) one.lose();
      for (const undo of transaction.undo.reverse()) undo();
      transaction.reject(error);
      for (const { lost } of this.#waiting.splice(0)) lost(error);
    }
  }

  /** A prepared COMMIT that failed holds its lock until it is run again. */
  #settleStatement(): void {
    this.#run("BEGIN");
    this.#run("COMMIT");
  }

  #start(transaction: Transaction): void {
    if (transaction.begun) return;
    this.#run("BEGIN");
    transaction.begun = true;
  }

  /** Makes the savepoint that the unit of work goes back to; what others wrote before is not to go with it. */
  #mark(): void {
    if (this.#marked) return;
    for (const one of this.#ended) one.writeEnded();
    this.#ended.clear();
    this.#run("SAVEPOINT work");
    this.#marked = true;
  }

  #begin(): Transaction {
    let resolve = (): void => {};
    let reject = (_: unknown): void => {};
    const done = new Promise<void>((kept, lost) => {
      resolve = kept;
      reject = lost;
    });
    // who wrote without waiting for an answer has nobody to tell
    done.catch(() => {});
    const timer = setImmediate(() => this.commit());
    return { undo: [], begun: false, writers: new Set(), last: new Set(), done, resolve, reject, timer };
  }

  #finish(keep: boolean): void {
    const effects = this.#effects;
    if (effects.length > 0) this.#effects = [];
    if (this.#marked) {
      this.#marked = false;
      if (!keep) this.#run("ROLLBACK TO work");
      this.#run("RELEASE work");
    }
    const undo = this.#undo;
    if (undo.length > 0) this.#undo = [];
    for (const one of this.#running) {
      if (keep) {
        one.keep();
        this.#ended.add(one);
      } else one.drop();
    }
    this.#running.clear();
    if (!keep) for (const one of undo.reverse()) one();
    else {
      this.#transaction?.undo.push(...undo);
      for (const then of effects) this.afterCommit(then);
    }
  }

  #run(text: string): void {
    let statement = this.#prepared.get(text);
    if (!statement)
      this.#prepared.set(text, (statement = this.database.prepare(text) as unknown as Runnable));
    statement.run();
  }

  /** Writes a copy of the database, as of this moment, into a new file. */
  copyTo(file: string): void {
    if (this.#depth > 0) throw new Error("a copy cannot be made within a unit of work");
    this.commit();
    this.database.prepare("VACUUM INTO ?").run(file);
  }

  /** Empties everything. */
  reset(): void {
    this.commit();
    const tables = this.database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all() as { name: string }[];
    // all or nothing, should the process be killed meanwhile
    this.database.exec("BEGIN");
    try {
      for (const { name } of tables) this.database.exec(`DELETE FROM "${name}"`);
      this.database.exec("COMMIT");
    } catch (error) {
      if (this.database.inTransaction) this.database.exec("ROLLBACK");
      throw error;
    }
    for (const table of this.#tables.values()) table.forget();
    this.#tables.clear();
  }

  /** Runs `work` once the store is closed. */
  onClose(work: () => void): void {
    this.#closing.push(work);
  }

  close(): void {
    if (this.database.open) this.commit();
    if (this.folder) this.database.pragma("wal_checkpoint(TRUNCATE)");
    this.database.close();
    this.#lock?.exec("ROLLBACK");
    this.#lock?.close();
    for (const work of this.#closing.splice(0)) work();
  }
}

/** Only its owner reads the file, whatever the folder lets others do; the journal beside it is made alike. */
function keepPrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  try {
    chmodSync(file, 0o600);
  } catch {
    // another user's, who shares it with this one
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
