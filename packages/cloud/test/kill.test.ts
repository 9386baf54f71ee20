/**
 * The local cloud is killed (SIGKILL) fifty times under load and started again on the same state. Nothing that was
 * acknowledged is lost, no object is half written, no stack stays torn, the database is sound.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "libsql";
import { afterAll, expect, it } from "vitest";
// @ts-expect-error plain JavaScript
import { bundle, root } from "../../../tools/bundle.mjs";
import { Client, Unanswered } from "./kill/client.ts";
import { Ledger } from "./kill/ledger.ts";
import { prepare, read, work } from "./kill/load.ts";

const kills = 50;
const seed = Number(process.env.SAGEKEEP_SEED ?? Date.now() % 1_000_000);
const folder = mkdtempSync(join(tmpdir(), "sagekeep-kill-"));
// within the checkout, so that the packages left out of the bundle are found
const built = join(root, "node_modules/.cache", `sagekeep-kill-${process.pid}`);
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
  rmSync(built, { recursive: true, force: true });
});

/** mulberry32 */
function numbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A process that has loaded the cloud and waits to be told where its state is. */
function standBy(errors: string[]) {
  const child = spawn(process.execPath, [join(built, "main.js")], { stdio: ["pipe", "pipe", "pipe"] });
  children.add(child);
  child.stderr.on("data", (data: Buffer) => errors.push(data.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async start(state: string): Promise<Client> {
      child.stdin.write(`${state}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`the cloud did not start: ${errors.join("")}`);
      const { port, ...keys } = JSON.parse(value);
      return new Client(port, keys);
    },
    async kill(): Promise<void> {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await gone;
      children.delete(child);
    },
  };
}

it(`loses nothing it acknowledged in ${kills} kills under load (seed ${seed})`, async () => {
  await bundle("main", "packages/cloud/test/kill/server.ts", built);
  const state = join(folder, "state");
  const random = numbers(seed);
  const ledger = new Ledger();
  const errors: string[] = [];
  const problems: string[] = [];
  let cloud = standBy(errors);
  let client = await cloud.start(state);
  const keyId = await prepare(client);
  for (let round = 0; round < kills; round++) {
    const next = standBy(errors);
    const load = work({ client, ledger, round, keyId, random });
    // killed in the middle: after some acknowledgements, at no moment of its own choosing
    const enough = ledger.acknowledged + 3 + Math.floor(random() * 40);
    for (let waited = 0; ledger.acknowledged < enough && waited < 400; waited += 4) await sleep(4);
    await sleep(random() * 8);
    await cloud.kill();
    for (const end of await load) {
      if (end !== undefined && !(end instanceof Unanswered)) problems.push(`round ${round}: ${end}`);
    }
    client.close();
    const database = new Database(join(state, "state.db"));
    const sound = database.prepare("PRAGMA integrity_check").all() as { integrity_check: string }[];
    database.close();
    if (sound[0]?.integrity_check !== "ok") problems.push(`round ${round}: ${JSON.stringify(sound)}`);
    cloud = next;
    client = await cloud.start(state);
    const one = client;
    const wrong = await ledger.check((name) => read(one, name));
    problems.push(...wrong.map((text) => `after kill ${round}: ${text}`));
    if (problems.length > 20) break;
  }
  // everything there ever was, once more
  problems.push(...(await ledger.check((name) => read(client, name), true)));
  client.close();
  await cloud.kill();
  expect(problems).toEqual([]);
  expect(errors).toEqual([]);
  // the load was one
  expect(ledger.acknowledged).toBeGreaterThan(kills * 5);
  expect(ledger.inDoubt).toBeGreaterThan(kills);
  for (const kind of ["object", "part", "role", "parameter", "job", "stack"])
    expect(ledger.names(kind).length, kind).toBeGreaterThan(3);
}, 180_000);
