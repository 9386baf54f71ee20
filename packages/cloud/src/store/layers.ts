/**
 * Writes that wait in memory for the end of the turn. What ended units of work, and calls outside of one, have written
 * is one layer; what the unit that runs writes lies over it, to be kept or dropped with the unit. A row written twice
 * in a turn costs one write, and a unit that fails costs none.
 */
import type { Store } from "./store.ts";

/** What a writer does with its rows. */
export interface RowsOf<V> {
  /** Writes one row to SQLite; `undefined` removes it. */
  write(key: string, value: V | undefined): void;
  /** These rows were taken back; without keys: any may have been. */
  forget(keys?: Iterable<string>): void;
  /** Rows are written once and never found in SQLite before: one that is removed while it waits was never there. */
  readonly fresh?: boolean;
}

/** Rows that wait while no unit of work runs; beyond that they are written though the turn goes on. */
const MOST = 4096;

export class Layers<V> {
  readonly #store: Store;
  readonly #rows: RowsOf<V>;
  #ended = new Map<string, V | undefined>();
  #running = new Map<string, V | undefined>();
  /** Rows of the unit that runs are in SQLite already. */
  #written = false;

  constructor(store: Store, rows: RowsOf<V>) {
    this.#store = store;
    this.#rows = rows;
  }

  /** Whether there is word of the row: `get` tells it. */
  has(key: string): boolean {
    return this.#running.has(key) || this.#ended.has(key);
  }

  /** What waits to be written; `undefined` when the row is to be removed, and where there is no word of it. */
  get(key: string): V | undefined {
    return this.#running.has(key) ? this.#running.get(key) : this.#ended.get(key);
  }

  set(key: string, value: V | undefined): void {
    this.#store.waits(this);
    const layer = this.#store.working ? this.#running : this.#ended;
    if (value === undefined && this.#rows.fresh && layer.delete(key)) return;
    layer.set(key, value);
    if (layer === this.#ended && layer.size > MOST) this.#store.writeOut(this);
  }

  /** Writes to SQLite what waits of the units that ended. */
  writeEnded(): void {
    if (this.#ended.size === 0) return;
    for (const [key, value] of this.#ended) this.#rows.write(key, value);
    this.#ended = new Map();
  }

  /** Writes to SQLite what waits of the unit that runs: there is a savepoint to go back to. */
  writeRunning(): void {
    if (this.#running.size === 0) return;
    for (const [key, value] of this.#running) this.#rows.write(key, value);
    this.#running = new Map();
    this.#written = true;
  }

  /** The unit of work is done: its rows wait with the others. */
  keep(): void {
    this.#written = false;
    if (this.#running.size === 0) return;
    if (this.#ended.size === 0) {
      [this.#ended, this.#running] = [this.#running, this.#ended];
      return;
    }
    for (const [key, value] of this.#running) {
      if (value === undefined && this.#rows.fresh && this.#ended.delete(key)) continue;
      this.#ended.set(key, value);
    }
    this.#running.clear();
  }

  /** The unit of work is taken back. */
  drop(): void {
    const keys = this.#running;
    this.#running = new Map();
    this.#rows.forget(this.#written ? undefined : keys.keys());
    this.#written = false;
  }

  /** The whole turn is taken back. */
  lose(): void {
    this.#ended = new Map();
    this.#running = new Map();
    this.#written = false;
    this.#rows.forget();
  }
}
