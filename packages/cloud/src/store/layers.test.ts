/** Rows that wait in memory against a plain map: whatever is written, read, taken back, lost or reopened, in any order. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bodiesOf } from "./objects.ts";
import { Store } from "./store.ts";

type Row = { n: number };
type Model = Map<string, number>;

const key = fc.constantFrom("a", "a/1", "a/2", "b", "c", "é");
const table = fc.constantFrom("one", "two");
const simple = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("put" as const), table, key, n: fc.nat(99) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("delete" as const), table, key }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("update" as const), table, key, n: fc.nat(99) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("list" as const), table, prefix: fc.constantFrom("", "a/") }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("count" as const), table }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("body" as const), key, text: fc.string() }) },
  { weight: 1, arbitrary: fc.constant({ do: "statement" as const }) },
);
type Simple = typeof simple extends fc.Arbitrary<infer T> ? T : never;
type Step =
  | Simple
  | { do: "unit"; steps: Step[]; fails: boolean }
  | { do: "turn"; lost: boolean }
  | { do: "reopen" };
const { step } = fc.letrec<{ step: Step }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 3 },
    { weight: 8, arbitrary: simple },
    {
      weight: 3,
      arbitrary: fc.record({
        do: fc.constant("unit" as const),
        steps: fc.array(tie("step"), { maxLength: 6 }),
        fails: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("turn" as const), lost: fc.boolean() }) },
    { weight: 1, arbitrary: fc.constant({ do: "reopen" as const }) },
  ),
}));

class Harness {
  store: Store;
  now = { one: new Map(), two: new Map() } as Record<string, Model>;
  /** Where each body is, and what it holds. */
  bodies = new Map<string, { id: string; text: string }>();
  kept = this.copy();
  depth = 0;
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.store = this.open();
  }

  open(): Store {
    const store = new Store(this.folder);
    store.database.exec(
      "PRAGMA foreign_keys = ON; CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY); CREATE TABLE IF NOT EXISTS b (a INTEGER REFERENCES a DEFERRABLE INITIALLY DEFERRED)",
    );
    return store;
  }

  copy() {
    return {
      now: { one: new Map(this.now.one), two: new Map(this.now.two) } as Record<string, Model>,
      bodies: new Map(this.bodies),
    };
  }

  table(name: string) {
    return this.store.table<Row>("t.x", name);
  }

  run(one: Step): void {
    switch (one.do) {
      case "put":
        this.table(one.table).put(one.key, { n: one.n });
        this.now[one.table]?.set(one.key, one.n);
        break;
      case "delete":
        expect(this.table(one.table).delete(one.key)).toBe(this.now[one.table]?.delete(one.key));
        break;
      case "update":
        this.table(one.table).update(one.key, (draft) => void (draft.n += one.n));
        if (this.now[one.table]?.has(one.key)) {
          this.now[one.table]?.set(one.key, (this.now[one.table]?.get(one.key) as number) + one.n);
        }
        break;
      case "list":
        this.sameAs(one.table, one.prefix);
        break;
      case "count":
        expect(this.table(one.table).count()).toBe(this.now[one.table]?.size);
        break;
      case "body": {
        const bodies = bodiesOf(this.store);
        const old = this.bodies.get(one.key);
        this.bodies.set(one.key, { id: bodies.put(Buffer.from(one.text)), text: one.text });
        if (old) bodies.discard([old.id]);
        break;
      }
      case "statement":
        this.store.beforeStatement();
        this.store.database.exec("UPDATE a SET id = 1 WHERE id = 1");
        break;
      case "unit":
        this.unit(one.steps, one.fails);
        break;
      case "turn":
        if (this.depth === 0) this.endTurn(one.lost);
        break;
      case "reopen":
        if (this.depth > 0) break;
        this.endTurn(false);
        this.store.close();
        this.store = this.open();
    }
  }

  /** An inner unit is part of the outer one: it fails with it, and its failing fails it. */
  unit(steps: readonly Step[], fails: boolean): void {
    const before = this.depth === 0 ? this.copy() : undefined;
    this.depth++;
    let failed = false;
    try {
      this.store.unitOfWork(() => {
        for (const one of steps) this.run(one);
        if (fails) throw new Failure();
      });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      failed = true;
    }
    this.depth--;
    if (!failed) return;
    if (!before) throw new Failure();
    this.now = before.now;
    this.bodies = before.bodies;
  }

  endTurn(lost: boolean): void {
    if (lost) {
      this.store.beforeStatement();
      this.store.database.exec("INSERT INTO b VALUES (7)");
    }
    this.store.commit();
    if (lost) ({ now: this.now, bodies: this.bodies } = this.kept);
    this.kept = this.copy();
  }

  sameAs(name: string, prefix = ""): void {
    const expected = [...(this.now[name] as Model)]
      .filter(([one]) => one.startsWith(prefix))
      .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(
      this.table(name)
        .entries({ prefix })
        .map(([one, { n }]) => [one, n]),
    ).toEqual(expected);
  }

  async check(): Promise<void> {
    for (const name of ["one", "two"]) {
      for (const one of ["a", "a/1", "a/2", "b", "c", "é"]) {
        expect(this.table(name).get(one)?.n).toBe(this.now[name]?.get(one));
      }
      this.sameAs(name);
    }
    for (const { id, text } of this.bodies.values()) {
      const chunks = await (await bodiesOf(this.store).read(id)).toArray();
      expect(Buffer.concat(chunks).toString()).toBe(text);
    }
  }
}
class Failure extends Error {}

test("is a map to its reader, whatever happens to units, turns and the process", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const folder = mkdtempSync(join(tmpdir(), "sagekeep-layers-"));
      const harness = new Harness(folder);
      try {
        for (const one of steps) harness.run(one);
        await harness.check();
        harness.endTurn(false);
        expect(await bodiesOf(harness.store).count()).toBe(harness.bodies.size);
        harness.store.close();
        harness.store = harness.open();
        await harness.check();
      } finally {
        harness.store.close();
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 150, seed: 20261201 },
  );
}, 60_000);
