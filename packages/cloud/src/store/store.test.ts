import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, expect, test } from "vitest";
import { StateInUseError } from "../errors.ts";
import { bodiesOf } from "./objects.ts";
import { Store } from "./store.ts";

const open: Store[] = [];
const start = (folder?: string) => {
  const store = new Store(folder);
  open.push(store);
  return store;
};
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

test("what was written is there after reopening", () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-store-"));
  const first = start(folder);
  first.table<{ n: number }>("t.x", "a/r").put("k", { n: 1 });
  first.close();
  open.length = 0;
  expect(start(folder).table<{ n: number }>("t.x", "a/r").get("k")).toEqual({ n: 1 });
});

test("a second store on the same folder is refused", () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-store-"));
  start(folder);
  expect(() => new Store(folder)).toThrow(StateInUseError);
});

test("work that throws leaves nothing, in the rows or in the cache", () => {
  const store = start();
  const table = store.table<{ n: number }>("t.x", "");
  table.put("kept", { n: 1 });
  expect(() =>
    store.unitOfWork(() => {
      table.put("kept", { n: 2 });
      table.put("new", { n: 3 });
      table.delete("kept");
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(table.entries()).toEqual([["kept", { n: 1 }]]);
  expect(table.get("new")).toBeUndefined();
});

test("scopes do not see each other, lists keep key order and prefixes", () => {
  const store = start();
  const a = store.table<{ n: number }>("t.x", "a");
  for (const key of ["b/2", "a/1", "b/10", "c"]) a.put(key, { n: 1 });
  store.table<{ n: number }>("t.x", "b").put("b/9", { n: 1 });
  expect(a.entries({ prefix: "b/" }).map(([key]) => key)).toEqual(["b/10", "b/2"]);
  expect(a.entries({ after: "b/10", limit: 1 }).map(([key]) => key)).toEqual(["b/2"]);
  expect(store.scopes("t.x")).toEqual(["a", "b"]);
});

test("a value handed out cannot be changed in place", () => {
  const table = start().table<{ n: { m: number } }>("t.x", "");
  table.put("k", { n: { m: 1 } });
  expect(() => {
    (table.get("k") as { n: { m: number } }).n.m = 2;
  }).toThrow(TypeError);
  expect(table.update("k", (draft) => void (draft.n.m = 3))).toEqual({ n: { m: 3 } });
});

test("what one turn writes is one commit: seen by others, and settled, at its end", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-store-"));
  const store = start(folder);
  const table = store.table<{ n: number }>("t.x", "");
  const seen = new Database(join(folder, "state.db"));
  const count = () => (seen.prepare("SELECT count(*) AS n FROM item").get() as { n: number }).n;
  expect(store.settled()).toBeUndefined();
  table.put("a", { n: 1 });
  await Promise.resolve();
  store.unitOfWork(() => table.put("b", { n: 2 }));
  expect(() =>
    store.unitOfWork(() => {
      table.put("a", { n: 3 });
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(count()).toBe(0);
  let after = false;
  store.afterCommit(() => {
    after = true;
  });
  await store.settled();
  expect(count()).toBe(2);
  expect(after).toBe(true);
  expect(table.get("a")).toEqual({ n: 1 });
  seen.close();
});

test("a commit that fails takes everything back and says so", async () => {
  const store = start(mkdtempSync(join(tmpdir(), "sagekeep-store-")));
  const table = store.table<{ n: number }>("t.x", "");
  table.put("kept", { n: 1 });
  await store.settled();
  store.database.exec(
    "PRAGMA foreign_keys = ON; CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
  );
  table.put("kept", { n: 2 });
  store.unitOfWork(() => table.put("new", { n: 3 }));
  store.beforeStatement();
  store.database.exec("INSERT INTO b VALUES (1)");
  await expect(store.settled()).rejects.toThrow(/constraint/i);
  expect(table.entries()).toEqual([["kept", { n: 1 }]]);
  table.put("later", { n: 4 });
  await store.settled();
  expect(table.has("later")).toBe(true);
});

test("members are picked out of every document, missing ones as null", () => {
  const table = start().table<{ id: string[]; n?: number; deep?: { a: string[] } }>("t.x", "");
  expect([...table.members(["id", "n"])]).toEqual([]);
  table.put("a", { id: ['quo"te', "ü"], n: 1.5 });
  table.put("b", { id: [], deep: { a: ["x"] } });
  expect([...table.members(["id", "n", "deep"])]).toEqual([
    [['quo"te', "ü"], 1.5, null],
    [[], null, { a: ["x"] }],
  ]);
});

test("members are all visited, more than one reading holds", () => {
  const store = start();
  const table = store.table<{ id: string[]; n: number }>("t.x", "");
  store.unitOfWork(() => {
    for (let n = 0; n < 20_001; n++) table.put(String(n).padStart(6, "0"), { id: [String(n)], n });
  });
  const seen = new Set([...table.members(["id", "n"])].map(([, n]) => n));
  expect(seen.size).toBe(20_001);
});

test("bodies small and large are read by range, counted, discarded and swept", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-store-"));
  const bodies = bodiesOf(start(folder));
  async function* chunks(size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < size; at += 1000) yield Buffer.alloc(Math.min(1000, size - at), String(at / 1000));
  }
  const text = async (id: string, from: number, length: number) => {
    const all: Buffer[] = [];
    for await (const chunk of await bodies.read(id, from, length)) all.push(chunk as Buffer);
    return Buffer.concat(all).toString();
  };
  const ids: string[] = [];
  for (const size of [0, 1, 32 * 1024, 32 * 1024 + 1, 100_000]) {
    const { id, size: written } = await bodies.write(chunks(size));
    expect(written).toBe(size);
    expect((await text(id, 0, Number.POSITIVE_INFINITY)).length).toBe(size);
    if (size > 2000) expect(await text(id, 998, 4)).toBe("0011");
    ids.push(id);
  }
  expect(readdirSync(join(folder, "objects")).filter((name) => name !== "tmp").length).toBeGreaterThan(0);
  expect(await bodies.count()).toBe(5);
  // what this process wrote is not swept: its row may come
  expect(await bodies.sweep(() => false)).toBe(0);
  bodies.discard(ids);
  await new Promise((done) => setTimeout(done, 50));
  expect(await bodies.count()).toBe(0);
  // a source that fails leaves nothing
  await expect(
    bodies.write(
      (async function* () {
        yield Buffer.alloc(50_000);
        throw new Error("cut off");
      })(),
    ),
  ).rejects.toThrow("cut off");
  expect(await bodies.count()).toBe(0);
});

test("a list read again shows what was written, and taken back, since", () => {
  const store = start();
  const table = store.table<{ n: number }>("t.x", "");
  const keys = () => table.entries().map(([key, { n }]) => `${key}${n}`);
  table.put("a", { n: 1 });
  expect(keys()).toEqual(["a1"]);
  table.entries().pop();
  expect(keys()).toEqual(["a1"]);
  table.put("b", { n: 1 });
  expect(keys()).toEqual(["a1", "b1"]);
  expect(() =>
    store.unitOfWork(() => {
      table.put("a", { n: 2 });
      expect(keys()).toEqual(["a2", "b1"]);
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(keys()).toEqual(["a1", "b1"]);
  table.delete("a");
  expect(keys()).toEqual(["b1"]);
  store.reset();
  expect(keys()).toEqual([]);
});

test("bodies of a state that kept each one's id beside it are taken over", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-store-"));
  const before = new Database(join(folder, "state.db"));
  before.exec(
    "CREATE TABLE small_body (sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, bytes BLOB NOT NULL);" +
      "INSERT INTO small_body VALUES (37, 's-00000000011', x'6f6c64')",
  );
  before.close();
  const store = start(folder);
  store.table<{ n: number }>("t.x", "").put("open", { n: 1 });
  const bodies = bodiesOf(store);
  const read = async (id: string) => Buffer.concat(await (await bodies.read(id)).toArray()).toString();
  expect(await read("s-00000000011")).toBe("old");
  expect(bodies.put(Buffer.from("new"))).toBe("s-00000000012");
  expect(await read("s-00000000012")).toBe("new");
});
