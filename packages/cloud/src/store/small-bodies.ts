/**
 * Small bodies: rows of the store's own database. They are written in the transaction of the turn, so a body and the row
 * that names it are mostly kept or lost as one.
 */
import type { Store } from "./store.ts";

/** Bytes up to which a body is small. */
export const SMALL = 32 * 1024;

const MARK = "s-";

/** Whether the id is that of a small body. */
export const isSmall = (id: string): boolean => id.startsWith(MARK);

interface Statement {
  get(...values: unknown[]): unknown;
  run(...values: unknown[]): unknown;
  iterate(...values: unknown[]): IterableIterator<unknown>;
}

export class SmallBodies {
  readonly #store: Store;
  readonly #prepared = new Map<string, Statement>();
  /** Greatest sequence of what was there when this process began. */
  readonly #before: number;
  #last: number;

  constructor(store: Store) {
    this.#store = store;
    store.database.exec(
      "CREATE TABLE IF NOT EXISTS small_body (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL)",
    );
    const last = this.#sql("SELECT max(sequence) AS last FROM small_body").get() as { last: number | null };
    this.#last = this.#before = last.last ?? 0;
  }

  put(bytes: Uint8Array): string {
    // ids that grow go to the end of the index, which costs half of finding them a place
    const sequence = ++this.#last;
    const id = MARK + sequence.toString(36).padStart(11, "0");
    this.#store.beforeWrite(() => {});
    this.#sql("INSERT INTO small_body VALUES (?, ?, ?)").run(sequence, id, bytes);
    return id;
  }

  /** @throws when there is none */
  get(id: string): Buffer {
    const row = this.#sql("SELECT bytes FROM small_body WHERE id = ?").get(id) as
      | { bytes: Buffer }
      | undefined;
    if (!row) throw new Error(`there is no body \`${id}\``);
    return row.bytes;
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) {
      this.#store.beforeWrite(() => {});
      this.#sql("DELETE FROM small_body WHERE id = ?").run(id);
    }
  }

  /** Removes what was there before this process and what nothing names. @returns how many */
  sweep(live: (id: string) => boolean): number {
    const gone: string[] = [];
    const rows = this.#sql("SELECT id FROM small_body WHERE sequence <= ?").iterate(this.#before);
    for (const { id } of rows as IterableIterator<{ id: string }>) if (!live(id)) gone.push(id);
    this.#store.unitOfWork(() => this.remove(gone));
    return gone.length;
  }

  count(): number {
    return (this.#sql("SELECT count(*) AS n FROM small_body").get() as { n: number }).n;
  }

  #sql(text: string): Statement {
    let one = this.#prepared.get(text);
    if (!one) this.#prepared.set(text, (one = this.#store.database.prepare(text) as unknown as Statement));
    return one;
  }
}

type Start = { whole: true; bytes: Buffer } | { whole: false; all: AsyncIterable<Uint8Array> };

/** Reads a source to its end or, when it is longer than `limit`, as far as that; `all` begins at the beginning. */
export async function startOf(source: AsyncIterable<Uint8Array>, limit: number): Promise<Start> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const rest = source[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return { whole: true, bytes: Buffer.concat(chunks) };
    chunks.push(value);
    size += value.length;
    if (size > limit) break;
  }
  return {
    whole: false,
    all: (async function* () {
      let ended = false;
      try {
        yield* chunks;
        for (;;) {
          const { value, done } = await rest.next();
          if (done) {
            ended = true;
            return;
          }
          yield value;
        }
      } finally {
        if (!ended) await rest.return?.();
      }
    })(),
  };
}
