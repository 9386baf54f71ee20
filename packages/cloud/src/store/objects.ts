/**
 * Bodies of stored objects: one immutable file each under `<state>/objects`, or in a temporary folder when the
 * state is in memory. Rows refer to a body by its id.
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
import type { Store } from "./store.ts";

const stores = new WeakMap<Store, ObjectBodies>();

/** The bodies that belong to a store. */
export function bodiesOf(store: Store): ObjectBodies {
  let bodies = stores.get(store);
  if (!bodies) {
    const folder = store.folder && join(store.folder, "objects");
    stores.set(store, (bodies = new ObjectBodies(folder, (then) => store.afterCommit(then))));
  }
  return bodies;
}

export class ObjectBodies {
  readonly folder: string;
  readonly #afterCommit: (then: () => void) => void;
  readonly #shards = new Set<string>();
  readonly #opened = Date.now();
  /** While somebody copies the folder, deletions wait here. */
  #waiting: string[] = [];
  #holders = 0;

  /**
   * @param folder where to keep them. @default a temporary folder that goes with the process
   * @param afterCommit runs its argument once the rows that are written now cannot come back
   */
  constructor(folder?: string, afterCommit: (then: () => void) => void = (then) => then()) {
    this.#afterCommit = afterCommit;
    this.folder = folder ?? temporaryFolder();
    mkdirSync(join(this.folder, "tmp"), { recursive: true, mode: 0o700 });
    // what a killed process was writing
    for (const name of readdirSync(join(this.folder, "tmp"))) rmSync(join(this.folder, "tmp", name));
  }

  /**
   * Writes a body chunk by chunk; nothing is kept when `source` throws.
   * @returns its id and its length in bytes
   */
  async write(source: AsyncIterable<Uint8Array>): Promise<{ id: string; size: number }> {
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
    const file = await open(this.#place(id), "r");
    return file.createReadStream({ start, end: start + length - 1, highWaterMark: 256 * 1024 });
  }

  /** Removes bodies, later and quietly: call it once their rows are gone. */
  discard(ids: readonly string[]): void {
    if (this.#holders > 0) {
      this.#waiting.push(...ids);
      return;
    }
    this.#afterCommit(() => {
      for (const id of ids) void unlink(this.#place(id)).catch(() => {});
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
    let swept = 0;
    if (this.#holders > 0) return 0;
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
    return names.flat().length;
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

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-objects-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
