/** One kind of thing in one scope: an ordered map of JSON documents with a read cache. */
import { frozenCopy } from "./frozen-copy.ts";
import { Layers } from "./layers.ts";
import type { Scope, Store, Stored } from "./store.ts";

/** Rows kept parsed, per table and scope; beyond that the oldest go. */
const CACHE_ROWS = 20_000;
/** Lists kept per table and scope, and how long one may be. */
const LISTS = 32;
const LIST_ROWS = 1000;

export interface ListOptions {
  /** Only keys that start so. */
  prefix?: string;
  /** Only keys greater than this one. */
  after?: string;
  /** At most so many rows. @default all */
  limit?: number;
}

export class Table<T extends Stored> {
  readonly #store: Store;
  readonly #name: string;
  readonly #scope: Scope;
  readonly #cache = new Map<string, T | undefined>();
  /** Short lists that were read since the last write, by their options. */
  readonly #lists = new Map<string, [string, Readonly<T>][]>();

  /** Rows of this turn. */
  readonly #layers: Layers<T>;

  constructor(store: Store, name: string, scope: Scope) {
    this.#store = store;
    this.#name = name;
    this.#scope = scope;
    this.#layers = new Layers<T>(store, {
      write: (key, value) => this.#write(key, value),
      forget: (keys) => this.#takeBack(keys),
    });
  }

  #sql(text: string) {
    return statement(this.#store, text);
  }

  /** The document at `key`, frozen; `undefined` when there is none. */
  get(key: string): Readonly<T> | undefined {
    if (this.#cache.has(key)) return this.#cache.get(key);
    if (this.#layers.has(key)) return this.#layers.get(key);
    const row = this.#sql("SELECT body FROM item WHERE tbl = ? AND scope = ? AND key = ?").get([
      this.#name,
      this.#scope,
      key,
    ]) as { body: string } | undefined;
    const value = row && (deepFreeze(JSON.parse(row.body)) as T);
    this.#remember(key, value);
    return value;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** Writes the document; what is returned, and read from now on, is a frozen copy of `value`. */
  put(key: string, value: T): Readonly<T> {
    // what JSON drops (undefined members, dates) must not linger in the cache
    const kept = frozenCopy(value) as T;
    this.#layers.set(key, kept);
    this.#lists.clear();
    this.#remember(key, kept);
    return kept;
  }

  /** Changes a copy of the document and writes it; `undefined` when there is none. */
  update(key: string, change: (draft: T) => T | void): Readonly<T> | undefined {
    const old = this.get(key);
    if (!old) return undefined;
    const draft = structuredClone(old) as T;
    return this.put(key, change(draft) ?? draft);
  }

  /** Removes the document and says whether there was one. */
  delete(key: string): boolean {
    if (!this.has(key)) return false;
    this.#layers.set(key, undefined);
    this.#lists.clear();
    this.#remember(key, undefined);
    return true;
  }

  /** Keys and documents in the byte order of the keys. */
  entries(options: ListOptions = {}): [string, Readonly<T>][] {
    const { prefix = "", after = "", limit = -1 } = options;
    const asked = `${limit}\0${prefix}\0${after}`;
    const known = this.#lists.get(asked);
    if (known) return [...known];
    this.#store.writeOut(this.#layers as Layers<unknown>);
    const rows = this.#sql(
      "SELECT key, body FROM item WHERE tbl = ? AND scope = ? AND key >= ? AND key > ? AND key < ? ORDER BY key LIMIT ?",
    ).all([this.#name, this.#scope, prefix, after, prefix ? `${prefix}\u{10ffff}` : "\u{10ffff}", limit]) as {
      key: string;
      body: string;
    }[];
    const found = rows.map((row): [string, Readonly<T>] => [
      row.key,
      this.#cache.get(row.key) ?? (deepFreeze(JSON.parse(row.body)) as T),
    ]);
    if (found.length <= LIST_ROWS) {
      if (this.#lists.size >= LISTS) this.#lists.clear();
      this.#lists.set(asked, found);
      return [...found];
    }
    return found;
  }

  /** Documents in the byte order of their keys. */
  list(options: ListOptions = {}): Readonly<T>[] {
    return this.entries(options).map(([, value]) => value);
  }

  /**
   * Some members of every document, `null` where a document lacks one. SQLite picks them out, which takes a third of
   * the time of reading whole documents.
   */
  *members(names: readonly [string, string, ...string[]]): Generator<readonly unknown[]> {
    const paths = names.map((name) => `'$."${name}"'`).join(", ");
    const query = this.#sql(
      `SELECT '[' || group_concat(json_extract(body, ${paths}), ',') || ']' AS picked, max(key) AS last FROM ` +
        "(SELECT key, body FROM item WHERE tbl = ? AND scope = ? AND key > ? ORDER BY key LIMIT 20000)",
    );
    for (let after = ""; ; ) {
      this.#store.writeOut(this.#layers as Layers<unknown>);
      const row = query.get([this.#name, this.#scope, after]) as { picked: string | null; last: string };
      if (row.picked === null) return;
      yield* JSON.parse(row.picked) as unknown[][];
      after = row.last;
    }
  }

  count(): number {
    this.#store.writeOut(this.#layers as Layers<unknown>);
    const row = this.#sql("SELECT count(*) AS n FROM item WHERE tbl = ? AND scope = ?").get([
      this.#name,
      this.#scope,
    ]);
    return (row as { n: number }).n;
  }

  /** Drops the cache: the rows were changed behind it. */
  forget(): void {
    this.#cache.clear();
    this.#lists.clear();
  }

  #write(key: string, value: T | undefined): void {
    if (value === undefined) {
      this.#sql("DELETE FROM item WHERE tbl = ? AND scope = ? AND key = ?").run([
        this.#name,
        this.#scope,
        key,
      ]);
    } else {
      this.#sql("INSERT INTO item VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body").run([
        this.#name,
        this.#scope,
        key,
        JSON.stringify(value),
      ]);
    }
  }

  #takeBack(keys?: Iterable<string>): void {
    if (keys) for (const key of keys) this.#cache.delete(key);
    else this.#cache.clear();
    this.#lists.clear();
  }

  #remember(key: string, value: T | undefined): void {
    if (this.#cache.size >= CACHE_ROWS && !this.#cache.has(key)) {
      this.#cache.delete(this.#cache.keys().next().value as string);
    }
    this.#cache.set(key, value);
  }
}

/** libsql's own types know one parameter only. It takes values as a list at less cost than one by one. */
interface Statement {
  get(values: unknown[]): unknown;
  all(values: unknown[]): unknown[];
  run(values: unknown[]): { changes: number };
}
const prepared = new WeakMap<Store, Map<string, Statement>>();

function statement(store: Store, text: string): Statement {
  let all = prepared.get(store);
  if (!all) prepared.set(store, (all = new Map()));
  let one = all.get(text);
  if (!one) all.set(text, (one = store.database.prepare(text) as unknown as Statement));
  return one;
}

function deepFreeze(value: unknown): unknown {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const one of Object.values(value)) deepFreeze(one);
  }
  return value;
}
