/**
 * The event history: every management event of the last 90 days, and the source that trails deliver from.
 *
 * Events are kept as they come, many in one row (`trail_batch`, a JSON array), since they are written with each request
 * and read seldom: `LookupEvents` filters when it is asked. An event of a call that changed something is committed in
 * the transaction of that change; one of a call that only read waits up to 100 ms for company.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { CloudTrailEvent } from "./event.ts";

/** Reads wait at most so long (milliseconds of real time) for company. */
const LINGER = 100;
const BATCH = 512;
/** Rows that a query reads at once. */
const ROWS = 16;
/** What the history keeps: 90 days. */
const RETENTION = 90 * 24 * 3600 * 1000;

/** An event with where it stands in the history; later events have greater numbers. */
export interface StoredEvent {
  sequence: number;
  event: CloudTrailEvent;
}

export interface HistoryQuery {
  account: string;
  /** @default all */
  region?: string | undefined;
  /** Epoch milliseconds, inclusive. */
  from?: number | undefined;
  to?: number | undefined;
  /** Only events older than this one. */
  before?: number | undefined;
  limit: number;
  /** A member of the event and its value: rows that do not mention it are not read. */
  where?: { member: "eventID" | "eventName" | "eventSource"; value: string } | undefined;
  accept?: ((event: CloudTrailEvent) => boolean) | undefined;
}

/** Told of every event before it is committed, data events included: trails deliver from here. */
export type TrailListener = (events: readonly CloudTrailEvent[]) => void;

interface Statement {
  run(values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

/** Events that are not written yet, by their numbers; `undefined` where one was taken back, or is none of the history. */
type Waiting = (CloudTrailEvent | undefined)[];

export class TrailStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #insert: Statement;
  #waiting: Waiting = [];
  /** Number of the first that waits. */
  #first: number;
  /** How many of those that wait the listeners know of. */
  #told = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #flush = (): void => this.flush();
  readonly #listeners: TrailListener[] = [];
  #rows = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.define(
      "CREATE TABLE IF NOT EXISTS trail_batch (first INTEGER PRIMARY KEY, newest INTEGER NOT NULL, events TEXT NOT NULL)",
    );
    adoptSingleEvents(store);
    this.#insert = this.#prepare("INSERT INTO trail_batch (first, newest, events) VALUES (?, ?, ?)");
    const last = this.#prepare(
      "SELECT first + json_array_length(events) AS next FROM trail_batch ORDER BY first DESC LIMIT 1",
    ).get() as { next: number } | undefined;
    this.#first = last?.next ?? 1;
  }

  /** Takes an event; call it in the unit of work of a request that changed something. */
  append(event: CloudTrailEvent): void {
    const list = this.#waiting;
    const at = list.push(event) - 1;
    if (!event.readOnly && event.managementEvent) {
      this.#store.beforeWrite(() => {
        list[at] = undefined;
      });
      this.#store.beforeCommit(this.#flush);
    } else if (list.length >= BATCH) {
      this.#store.beforeCommit(this.#flush);
    } else if (!this.#timer) {
      this.#timer = setTimeout(this.#flush, LINGER);
      this.#timer.unref();
    }
  }

  /**
   * Tells the listeners what they do not know, and writes what waits; within a unit of work it only tells, lest the
   * events of others be taken back with it.
   */
  flush(): void {
    this.#tell();
    if (this.#store.working) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    const first = this.#first;
    this.#waiting = [];
    this.#first += events.length;
    this.#told = 0;
    let newest = 0;
    for (const [i, event] of events.entries()) {
      if (event?.managementEvent) newest = Math.max(newest, Date.parse(event.eventTime));
      else events[i] = undefined;
    }
    if (newest === 0) return;
    this.#store.beforeStatement();
    this.#insert.run([first, newest, JSON.stringify(events)]);
    if (this.#rows++ % 1000 === 0) this.#forgetOld();
  }

  /** Calls `listener` with each batch of events, in order; a listener must not throw. */
  listen(listener: TrailListener): void {
    this.#listeners.push(listener);
  }

  /** Events of the history, newest first. */
  query(query: HistoryQuery): StoredEvent[] {
    const { account, region, where, accept, limit } = query;
    const from = Math.max(query.from ?? 0, this.#clock.now() - RETENTION);
    const to = query.to ?? Number.MAX_SAFE_INTEGER;
    let before = query.before ?? Number.MAX_SAFE_INTEGER;
    const found: StoredEvent[] = [];
    const take = (first: number, events: readonly (CloudTrailEvent | undefined | null)[]): boolean => {
      for (let i = Math.min(events.length, before - first) - 1; i >= 0; i--) {
        const event = events[i];
        if (!event?.managementEvent || (where && event[where.member] !== where.value)) continue;
        if (event.recipientAccountId !== account) continue;
        if (region !== undefined && event.awsRegion !== region) continue;
        const time = Date.parse(event.eventTime);
        if (time < from || time > to || (accept && !accept(event))) continue;
        found.push({ sequence: first + i, event });
        if (found.length >= limit) return true;
      }
      before = Math.min(before, first);
      return false;
    };
    if (take(this.#first, this.#waiting)) return found;
    const mentions = [`"recipientAccountId":${JSON.stringify(account)}`];
    if (where) mentions.push(`"${where.member}":${JSON.stringify(where.value)}`);
    const select = this.#prepare(
      `SELECT first, events FROM trail_batch WHERE first < ? AND newest >= ?${" AND instr(events, ?)".repeat(mentions.length)} ORDER BY first DESC LIMIT ${ROWS}`,
    );
    for (;;) {
      const rows = select.all(before, from, ...mentions) as { first: number; events: string }[];
      for (const { first, events } of rows) {
        if (take(first, JSON.parse(events) as (CloudTrailEvent | null)[])) return found;
      }
      if (rows.length < ROWS) return found;
    }
  }

  #prepare(text: string): Statement {
    return this.#store.database.prepare(text) as unknown as Statement;
  }

  /** Rows come in the order of time: those before the first that is new enough are too old. */
  #forgetOld(): void {
    const oldest = this.#clock.now() - RETENTION;
    this.#prepare(
      "DELETE FROM trail_batch WHERE first < (SELECT first FROM trail_batch WHERE newest >= ? ORDER BY first LIMIT 1)",
    ).run([oldest]);
  }

  #tell(): void {
    const events = this.#waiting.slice(this.#told).filter((one) => one !== undefined);
    this.#told = this.#waiting.length;
    if (events.length > 0) for (const listener of this.#listeners) listener(events);
  }
}

/** State of earlier versions has a row for each event. */
function adoptSingleEvents({ database }: Store): void {
  const old = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'trail_event'").all();
  if (old.length === 0) return;
  database.exec(
    "BEGIN; INSERT INTO trail_batch SELECT sequence, time, '[' || body || ']' FROM trail_event; DROP TABLE trail_event; COMMIT",
  );
}

/** The same call in the trails of the caller's account and of the account that owns the assumed role. */
export function sharedEvent(event: CloudTrailEvent, owner: string): CloudTrailEvent[] {
  const sharedEventID = randomUUID();
  // names of the caller's account stay there
  const { principalId, accountId } = event.userIdentity;
  const userIdentity = { type: "AWSAccount", principalId, accountId };
  return [
    { ...event, sharedEventID },
    { ...event, userIdentity, sharedEventID, eventID: randomUUID(), recipientAccountId: owner },
  ];
}

const trails = new WeakMap<Store, TrailStore>();

/** The one trail of a store. */
export function trailOf(store: Store, clock: Clock): TrailStore {
  let trail = trails.get(store);
  if (!trail) trails.set(store, (trail = new TrailStore(store, clock)));
  return trail;
}
