/**
 * Bodies of stored objects: large ones are an immutable file each under `<state>/objects` (in a temporary folder when
 * the state is in memory), small ones are rows of the database, as a file costs more than what is in it. Rows of
 * objects refer to a body by its id.
 *
 * INVARIANT (whole): a body has its name only when all of it was written (temporary file, then rename), so a
 * committed row never points at half a body. A body without a row is garbage, and is swept.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { open, readdir, rename, stat, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { isSmall, SMALL, SmallBodies, startOf } from "./small-bodies.ts";
import type { Store } from "./store.ts";

const stores = new WeakMap<Store, ObjectBodies>();

/** The bodies that belong to a store. */
export function bodiesOf(store: Store): ObjectBodies {
  let bodies = stores.get(store);
  if (!bodies) {
    const folder = store.folder && join(store.folder, "objects");
    stores.set(store, (bodies = new ObjectBodies(folder, store)));
  }
  return bodies;
}

export class ObjectBodies {
  readonly folder: string;
  readonly #store: Store;
  readonly #small: SmallBodies;
  readonly #shards = new Set<string>();
  readonly #opened = Date.now();
  /** While somebody copies the folder, deletions wait here. */
  #waiting: string[] = [];
  #holders = 0;

  /**
   * @param folder where to keep files. @default a temporary folder that goes with the store
   * @param store whose database holds the small ones
   */
  constructor(folder: string | undefined, store: Store) {
    this.#store = store;
    this.#small = new SmallBodies(store);
    this.folder = folder ?? temporaryFolder(store);
    mkdirSync(join(this.folder, "tmp"), { recursive: true, mode: 0o700 });
    // what a killed process was writing
    for (const name of readdirSync(join(this.folder, "tmp"))) rmSync(join(this.folder, "tmp", name));
  }

  /**
   * Writes a body chunk by chunk; nothing is kept when `source` throws.
   * @returns its id and its length in bytes
   */
  async write(source: AsyncIterable<Uint8Array>): Promise<{ id: string; size: number }> {
    const start = await startOf(source, SMALL);
    if (start.whole) return { id: this.#small.put(start.bytes), size: start.bytes.length };
    return this.#writeFile(start.all);
  }

  /** Writes a body that is no longer than `SMALL`, in the transaction of this turn. @returns its id */
  put(bytes: Uint8Array): string {
    return this.#small.put(bytes);
  }

  async #writeFile(source: AsyncIterable<Uint8Array>): Promise<{ id: string; size: number }> {
    const id = randomUUID();
    const temporary = join(this.folder, "tmp", id);
    let size = 0;
    const file = await open(temporary, "wx", 0o600);
    try {
      for await (const chunk of source) {
        if (chunk.length > 0) await file.writev([chunk]);
        size += chunk.length;
      }
      await file.close();
      await rename(temporary, this.#place(id));
      return { id, size };
    } catch (error) {
      await file.close().catch(() => {});
      await unlink(temporary).catch(() => {});
      throw error;
    }
  }

  /**
   * Reads `length` bytes from `start`. The file is open when the promise resolves: a deletion after that does
   * not disturb the reader.
   */
  async read(id: string, start = 0, length = Number.POSITIVE_INFINITY): Promise<Readable> {
    if (length <= 0) return Readable.from([]);
    if (isSmall(id)) return Readable.from([this.#small.get(id).subarray(start, start + length)]);
    const path = this.#place(id);
    const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
      throw new Error(
        `the body of an object is missing: \`${path}\`; put a snapshot back, or write or delete the object anew`,
      );
    });
    return file.createReadStream({ start, end: start + length - 1, highWaterMark: 256 * 1024 });
  }

  /**
   * Removes bodies, once what is written now is committed: call it with the deletion of the rows that name them. A unit
   * of work that is taken back keeps them.
   */
  discard(ids: readonly string[]): void {
    this.#small.remove(ids.filter(isSmall));
    const files = ids.filter((id) => !isSmall(id));
    if (files.length === 0) return;
    if (this.#holders > 0) {
      this.#waiting.push(...files);
      return;
    }
    this.#store.afterCommit(() => {
      for (const id of files) void unlink(this.#place(id)).catch(() => {});
    });
  }

  /** Lets every body stay where it is until the function returned is called. */
  holdDeletions(): () => void {
    this.#holders++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holders === 0) this.discard(this.#waiting.splice(0));
    };
  }

  /** Removes every body that was there before this process and that no row names. @returns how many */
  async sweep(live: (id: string) => boolean): Promise<number> {
    let swept = this.#small.sweep(live);
    if (this.#holders > 0) return swept;
    for (const shard of await readdir(this.folder)) {
      if (shard === "tmp") continue;
      for (const id of await readdir(join(this.folder, shard))) {
        if (live(id)) continue;
        const path = join(this.folder, shard, id);
        const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
        if (mtimeMs >= this.#opened) continue;
        await unlink(path).catch(() => {});
        swept++;
      }
    }
    return swept;
  }

  /** Removes every body that is there now: the rows were emptied. */
  clear(): void {
    this.#small.sweep(() => false);
    for (const shard of readdirSync(this.folder)) {
      if (shard === "tmp") continue;
      const ids = readdirSync(join(this.folder, shard));
      if (this.#holders > 0) this.#waiting.push(...ids);
      else for (const id of ids) rmSync(join(this.folder, shard, id), { force: true });
    }
  }

  /** How many bodies there are, the unfinished ones too. */
  async count(): Promise<number> {
    const shards = await readdir(this.folder);
    const names = await Promise.all(shards.map((shard) => readdir(join(this.folder, shard))));
    return names.flat().length + this.#small.count();
  }

  #place(id: string): string {
    const shard = id.slice(0, 2);
    if (!this.#shards.has(shard)) {
      mkdirSync(join(this.folder, shard), { recursive: true, mode: 0o700 });
      this.#shards.add(shard);
    }
    return join(this.folder, shard, id);
  }
}

/** Folders of stores in memory that are open now. */
const temporary = new Set<string>();
let watched = false;
const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true });

function temporaryFolder(store: Store): string {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-objects-"));
  if (!watched) process.once("exit", () => temporary.forEach(remove));
  watched = true;
  temporary.add(folder);
  store.onClose(() => {
    temporary.delete(folder);
    remove(folder);
  });
  return folder;
}
