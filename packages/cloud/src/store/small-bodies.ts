/**
 * Small bodies: rows of the store's own database. They are written in the transaction of the turn, so a body and the row
 * that names it are mostly kept or lost as one.
 */
import { Layers } from "./layers.ts";
import type { Store } from "./store.ts";

/** Bytes up to which a body is small. */
export const SMALL = 32 * 1024;

const MARK = "s-";

/** Whether the id is that of a small body. */
export const isSmall = (id: string): boolean => id.startsWith(MARK);

const idOf = (sequence: number): string => MARK + sequence.toString(36).padStart(11, "0");
const sequenceOf = (id: string): number => Number.parseInt(id.slice(MARK.length), 36);

interface Statement {
  get(values: unknown[]): unknown;
  run(values: unknown[]): unknown;
  iterate(values: unknown[]): IterableIterator<unknown>;
}

export class SmallBodies {
  readonly #store: Store;
  readonly #prepared = new Map<string, Statement>();
  /** Greatest sequence of what was there when this process began. */
  readonly #before: number;
  #last: number;
  /** Bodies of this turn. */
  readonly #layers: Layers<Uint8Array>;

  constructor(store: Store) {
    this.#store = store;
    this.#layers = new Layers<Uint8Array>(store, {
      write: (id, bytes) => {
        if (bytes) this.#sql("INSERT INTO body VALUES (?, ?)").run([sequenceOf(id), bytes]);
        else this.#sql("DELETE FROM body WHERE sequence = ?").run([sequenceOf(id)]);
      },
      forget: () => {},
      fresh: true,
    });
    const last = this.#sql("SELECT max(sequence) AS last FROM body").get([]) as { last: number | null };
    this.#last = this.#before = last.last ?? 0;
  }

  put(bytes: Uint8Array): string {
    const id = idOf(++this.#last);
    this.#layers.set(id, bytes);
    return id;
  }

  /** @throws when there is none */
  get(id: string): Buffer {
    const waiting = this.#layers.get(id);
    if (waiting) return Buffer.from(waiting.buffer, waiting.byteOffset, waiting.length);
    const row = this.#layers.has(id)
      ? undefined
      : (this.#sql("SELECT bytes FROM body WHERE sequence = ?").get([sequenceOf(id)]) as
          | { bytes: Buffer }
          | undefined);
    if (!row) throw new Error(`there is no body \`${id}\``);
    return row.bytes;
  }

  remove(ids: readonly string[]): void {
    for (const id of ids) this.#layers.set(id, undefined);
  }

  /** Removes what was there before this process and what nothing names. @returns how many */
  sweep(live: (id: string) => boolean): number {
    this.#store.writeOut(this.#layers as Layers<unknown>);
    const gone: string[] = [];
    const rows = this.#sql("SELECT sequence FROM body WHERE sequence <= ?").iterate([this.#before]);
    for (const { sequence } of rows as IterableIterator<{ sequence: number }>) {
      const id = idOf(sequence);
      if (!live(id)) gone.push(id);
    }
    this.#store.unitOfWork(() => this.remove(gone));
    return gone.length;
  }

  count(): number {
    this.#store.writeOut(this.#layers as Layers<unknown>);
    return (this.#sql("SELECT count(*) AS n FROM body").get([]) as { n: number }).n;
  }

  #sql(text: string): Statement {
    let one = this.#prepared.get(text);
    if (!one) this.#prepared.set(text, (one = this.#store.database.prepare(text) as unknown as Statement));
    return one;
  }
}

/** Makes the table, and takes over the bodies of a state that kept each one's id beside it. */
export function defineBodies(database: Store["database"]): void {
  database.exec("CREATE TABLE IF NOT EXISTS body (sequence INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
  const find = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'small_body'");
  if (!(find as unknown as Statement).get([])) return;
  database.exec(
    "BEGIN; INSERT INTO body SELECT sequence, bytes FROM small_body; DROP TABLE small_body; COMMIT",
  );
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
