/**
 * The resources of one kind in one account and region: the table, and beside it a small index in memory, built on
 * the first listing, so that filtering and sorting 100,000 of them needs no SQL and no parsing. An entry holds
 * what lists filter and sort by, about 200 bytes.
 */
import type { ReadContext } from "../../../context.ts";
import type { Table } from "../../../store/table.ts";
import type { Kind } from "./kind.ts";
import { keyOf } from "./kind.ts";
import { at, GONE, type Move, type Resource } from "./resource.ts";

export interface Entry {
  key: string;
  name: string;
  created: number;
  modified: number;
  status: string | undefined;
  moves: Move[] | undefined;
}

/** The members of a stored resource that an entry is made of. */
const MEMBERS = ["id", "name", "created", "modified", "status", "moves"] as const;

/** Rows read at a time when instances in use are counted. */
const CHUNK = 2000;

export class Shelf {
  readonly table: Table<Resource>;
  readonly #kind: Kind;
  /** Instances in use by quota. */
  #used: Map<string, number> | undefined;
  #byKey: Map<string, Entry> | undefined;
  #byCreation: Entry[] = [];
  #byName: Entry[] | undefined;

  constructor(kind: Kind, table: Table<Resource>) {
    this.#kind = kind;
    this.table = table;
  }

  get(id: readonly string[], now: number): Readonly<Resource> | undefined {
    return this.byKey(keyOf(id), now);
  }

  byKey(key: string, now: number): Readonly<Resource> | undefined {
    const stored = this.table.get(key);
    if (!stored) return undefined;
    const current = at(stored, now);
    return current.status === GONE ? undefined : current;
  }

  put(resource: Resource, context: ReadContext): Readonly<Resource> {
    const key = keyOf(resource.id);
    // a write that is rolled back leaves the index to be built again
    if (this.#byKey || this.#used) context.store.beforeWrite(() => this.#forget());
    if (this.#used) this.#count(this.table.get(key), -1, context);
    const kept = this.table.put(key, resource);
    if (this.#used) this.#count(kept, 1, context);
    if (this.#byKey) this.#index(key, kept);
    return kept;
  }

  delete(resource: Readonly<Resource>, context: ReadContext): void {
    const key = keyOf(resource.id);
    if (this.#byKey || this.#used) context.store.beforeWrite(() => this.#forget());
    if (this.#used) this.#count(this.table.get(key), -1, context);
    this.table.delete(key);
    const old = this.#byKey?.get(key);
    if (old) this.#unindex(old);
  }

  /** Every entry, by creation or by name, ascending. Those that are gone are among them: see `statusAt`. */
  entries(order: "created" | "name"): readonly Entry[] {
    this.#load();
    if (order === "created") return this.#byCreation;
    this.#byName ??= [...this.#byCreation].sort((a, b) => compare(a.key, b.key));
    return this.#byName;
  }

  /** Instances in use of a quota. */
  used(quota: string, context: ReadContext): number {
    if (!this.#used) {
      this.#used = new Map();
      this.#each((_, resource) => this.#count(resource, 1, context));
    }
    return this.#used.get(quota) ?? 0;
  }

  #count(resource: Readonly<Resource> | undefined, sign: 1 | -1, context: ReadContext): void {
    const { usage } = this.#kind;
    if (!resource || !usage?.active.includes(resource.status ?? "")) return;
    for (const { type, count } of usage.of(resource, context)) {
      const quota = usage.quota(type, resource);
      this.#used?.set(quota, (this.#used.get(quota) ?? 0) + sign * count);
    }
  }

  #load(): void {
    if (this.#byKey) return;
    this.#byKey = new Map();
    this.#byCreation = [];
    this.#byName = undefined;
    let ordered = true;
    let last: Entry | undefined;
    for (const [id, name, created, modified, status, moves] of this.table.members(MEMBERS)) {
      const entry = {
        key: keyOf(id as string[]),
        name,
        created,
        modified,
        status: status ?? undefined,
        moves: moves ?? undefined,
      } as Entry;
      this.#byKey.set(entry.key, entry);
      this.#byCreation.push(entry);
      ordered &&= last === undefined || byCreation(last, entry) <= 0;
      last = entry;
    }
    if (!ordered) this.#byCreation.sort(byCreation);
  }

  /** Every row, a chunk at a time. */
  #each(visit: (key: string, resource: Readonly<Resource>) => void): void {
    for (let after = ""; ; ) {
      const rows = this.table.entries({ after, limit: CHUNK });
      for (const [key, resource] of rows) visit(key, resource);
      if (rows.length < CHUNK) return;
      after = rows[rows.length - 1]?.[0] ?? "";
    }
  }

  #index(key: string, resource: Readonly<Resource>): void {
    const entry = entryOf(key, resource);
    const old = this.#byKey?.get(key);
    if (old && old.created === entry.created) {
      Object.assign(old, entry);
      return;
    }
    if (old) this.#unindex(old);
    this.#byKey?.set(key, entry);
    insert(this.#byCreation, entry, byCreation);
    if (this.#byName) insert(this.#byName, entry, (a, b) => compare(a.key, b.key));
  }

  #unindex(entry: Entry): void {
    this.#byKey?.delete(entry.key);
    remove(this.#byCreation, entry, byCreation);
    if (this.#byName) remove(this.#byName, entry, (a, b) => compare(a.key, b.key));
  }

  #forget(): void {
    this.#used = undefined;
    this.#byKey = undefined;
    this.#byCreation = [];
    this.#byName = undefined;
  }
}

const shelves = new WeakMap<Table<Resource>, Shelf>();

/** The shelf of a kind in the context's account and region. */
export function shelf(kind: Kind, context: ReadContext): Shelf {
  const table = context.table<Resource>(`sagemaker.${kind.type}`);
  let one = shelves.get(table);
  if (!one) shelves.set(table, (one = new Shelf(kind, table)));
  return one;
}

/** Status of an entry at `now`, as `at` would give it. */
export function statusAt(entry: Entry, now: number): string | undefined {
  let status = entry.status;
  if (entry.moves) for (const move of entry.moves) if (move.at <= now) status = move.status;
  return status;
}

/** When an entry was last modified, moves included. */
export function modifiedAt(entry: Entry, now: number): number {
  let modified = entry.modified;
  if (entry.moves) for (const move of entry.moves) if (move.at <= now) modified = move.at;
  return modified;
}

export function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const byCreation = (a: Entry, b: Entry) => a.created - b.created || compare(a.key, b.key);

function entryOf(key: string, resource: Readonly<Resource>): Entry {
  const { name, created, modified, status, moves } = resource;
  return { key, name, created, modified, status, moves };
}

/** First position whose element is not before `entry`. */
function position(list: Entry[], entry: Entry, order: (a: Entry, b: Entry) => number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (order(list[middle] as Entry, entry) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert(list: Entry[], entry: Entry, order: (a: Entry, b: Entry) => number): void {
  const last = list[list.length - 1];
  if (!last || order(last, entry) < 0) list.push(entry);
  else list.splice(position(list, entry, order), 0, entry);
}

function remove(list: Entry[], entry: Entry, order: (a: Entry, b: Entry) => number): void {
  const index = position(list, entry, order);
  if (list[index]?.key === entry.key) list.splice(index, 1);
}
