import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Clock } from "../clock/clock.ts";
import { Store } from "../store/store.ts";
import type { CloudTrailEvent } from "./event.ts";
import { TrailStore } from "./store.ts";

const now = Date.UTC(2026, 5, 1);
const clock = { now: () => now } as Clock;
const home = { account: "111122223333", region: "us-east-1" };
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

let folder: string;
let store: Store;
let trail: TrailStore;

function open(): void {
  store = new Store(folder);
  trail = new TrailStore(store, clock);
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sagekeep-trail-"));
  open();
});
afterEach(() => {
  store.close();
  rmSync(folder, { recursive: true });
});

function event(eventName: string, more: Partial<CloudTrailEvent> = {}): CloudTrailEvent {
  return {
    eventName,
    eventID: `id-${eventName}`,
    eventSource: "ssm.amazonaws.com",
    eventTime: new Date(now).toISOString(),
    awsRegion: home.region,
    recipientAccountId: home.account,
    readOnly: false,
    managementEvent: true,
    eventCategory: "Management",
    ...more,
  } as CloudTrailEvent;
}
const names = (query: Partial<Parameters<TrailStore["query"]>[0]> = {}) =>
  trail.query({ ...home, limit: 100, ...query }).map((one) => one.event.eventName);

test("the history has every event once, newest first, written or not", async () => {
  trail.append(event("A"));
  trail.append(event("B", { readOnly: true }));
  expect(names()).toEqual(["B", "A"]);
  await turn();
  trail.append(event("C", { readOnly: true }));
  trail.append(event("D"));
  expect(names()).toEqual(["D", "C", "B", "A"]);
  await turn();
  expect(names()).toEqual(["D", "C", "B", "A"]);
  const [newest] = trail.query({ ...home, limit: 2 }).slice(-1);
  expect(names({ before: newest?.sequence as number })).toEqual(["B", "A"]);
});

test("what was committed is there after a restart, and numbers go on", async () => {
  for (let i = 0; i < 1300; i++) trail.append(event(`E${i}`, { readOnly: i % 2 === 0 }));
  await turn();
  const sequences = trail.query({ ...home, limit: 2000 }).map((one) => one.sequence);
  expect(sequences).toHaveLength(1300);
  store.close();
  open();
  trail.append(event("last"));
  const after = trail.query({ ...home, limit: 2000 });
  expect(after.slice(1).map((one) => one.sequence)).toEqual(sequences);
  expect(after[0]?.sequence).toBeGreaterThan(sequences[0] as number);
});

test("an event goes with the unit of work that is taken back; others stay", async () => {
  trail.append(event("Before"));
  expect(() =>
    store.unitOfWork(() => {
      store.table("t.x", "").put("a", { n: 1 });
      trail.append(event("TakenBack"));
      trail.flush();
      throw new Error("no");
    }),
  ).toThrow("no");
  trail.append(event("After"));
  expect(names()).toEqual(["After", "Before"]);
  await turn();
  expect(names()).toEqual(["After", "Before"]);
});

test("listeners are told once of each event, data events too, which are no part of the history", async () => {
  const told: string[] = [];
  trail.listen((events) => told.push(...events.map((one) => one.eventName)));
  trail.append(event("PutObject", { managementEvent: false, eventCategory: "Data" }));
  trail.append(event("Create"));
  store.unitOfWork(() => trail.flush());
  trail.append(event("Get", { readOnly: true }));
  await turn();
  trail.flush();
  expect(told).toEqual(["PutObject", "Create", "Get"]);
  expect(names()).toEqual(["Get", "Create"]);
});

test("filters: account, region, time, and members of the event", async () => {
  trail.append(event("A", { recipientAccountId: "444455556666" }));
  trail.append(event("B", { awsRegion: "eu-west-1" }));
  trail.append(event("C", { eventTime: new Date(now - 60_000).toISOString() }));
  trail.append(event('D"quoted"'));
  for (const written of [false, true]) {
    if (written) await turn();
    expect(names()).toEqual(['D"quoted"', "C"]);
    expect(names({ to: now - 1 })).toEqual(["C"]);
    expect(names({ from: now - 1 })).toEqual(['D"quoted"']);
    expect(names({ where: { member: "eventName", value: 'D"quoted"' } })).toEqual(['D"quoted"']);
    expect(names({ where: { member: "eventID", value: "id-C" } })).toEqual(["C"]);
    expect(names({ where: { member: "eventName", value: "id-C" } })).toEqual([]);
    expect(names({ account: "444455556666" })).toEqual(["A"]);
    expect(names({ accept: (one) => one.eventID === "id-C" })).toEqual(["C"]);
  }
});

test("events that earlier versions kept one by one are taken over", () => {
  store.database.exec("DROP TABLE trail_batch");
  store.database.exec(
    "CREATE TABLE trail_event (sequence INTEGER PRIMARY KEY, scope TEXT, time INTEGER, event_id TEXT, name TEXT, source TEXT, body TEXT)",
  );
  const insert = store.database.prepare("INSERT INTO trail_event VALUES (?, '', ?, '', '', '', ?)");
  for (const [i, name] of ["One", "Two"].entries()) {
    (insert as unknown as { run(...values: unknown[]): void }).run(7 + i, now, JSON.stringify(event(name)));
  }
  store.close();
  open();
  trail.append(event("Three"));
  expect(names()).toEqual(["Three", "Two", "One"]);
});
