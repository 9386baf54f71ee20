import { randomUUID } from "node:crypto";
import type { Clock } from "../clock/clock.ts";
import type { Store } from "../store/store.ts";
import type { CloudTrailEvent } from "./event.ts";

/** Reads wait at most so long (milliseconds of real time) for company. */
const LINGER = 100;
const BATCH = 512;
/** What the history keeps: 90 days. */
const RETENTION = 90 * 24 * 3600 * 1000;

/** An event with where it stands in the history; later events have greater numbers. */
export interface StoredEvent {
  sequence: number;
  event: CloudTrailEvent;
}

export interface HistoryQuery {
  account: string;
  region: string;
  /** Epoch milliseconds, inclusive. */
  from?: number | undefined;
  to?: number | undefined;
  /** Only events older than this one. */
  before?: number | undefined;
  limit: number;
  /** Column and value; others are filtered with `accept`. */
  where?: { column: "event_id" | "name" | "source"; value: string } | undefined;
  accept?: ((event: CloudTrailEvent) => boolean) | undefined;
}

/** Told of every event as it is written, data events included: trails deliver from here. */
export type TrailListener = (events: readonly CloudTrailEvent[]) => void;

interface Statement {
  run(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
}

export class TrailStore {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #insert: Statement;
  #waiting: CloudTrailEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners: TrailListener[] = [];
  #written = 0;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    store.database.exec(
      "CREATE TABLE IF NOT EXISTS trail_event (sequence INTEGER PRIMARY KEY, scope TEXT NOT NULL, time INTEGER NOT NULL, event_id TEXT NOT NULL, name TEXT NOT NULL, source TEXT NOT NULL, body TEXT NOT NULL)",
    );
    store.database.exec("CREATE INDEX IF NOT EXISTS trail_event_scope ON trail_event (scope, sequence)");
    this.#insert = store.database.prepare(
      "INSERT INTO trail_event (scope, time, event_id, name, source, body) VALUES (?, ?, ?, ?, ?, ?)",
    ) as unknown as Statement;
  }

  /**
   * Takes an event. One that changed something is written at once, inside the caller's `unitOfWork` when there is
   * one; one that only read is written with others within 100 ms.
   */
  append(event: CloudTrailEvent): void {
    if (event.readOnly || event.eventCategory === "Data") {
      this.#waiting.push(event);
      if (this.#waiting.length >= BATCH) this.flush();
      else if (!this.#timer) {
        this.#timer = setTimeout(() => this.flush(), LINGER);
        this.#timer.unref();
      }
      return;
    }
    if (this.#waiting.length > 0) this.flush();
    this.#store.unitOfWork(() => {
      this.#store.beforeWrite(() => {});
      this.#write(event);
    });
    this.#tell([event]);
  }

  /** Writes what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#waiting;
    if (events.length === 0) return;
    this.#waiting = [];
    this.#store.unitOfWork(() => {
      this.#store.beforeWrite(() => {});
      for (const event of events) if (event.managementEvent) this.#write(event);
    });
    this.#tell(events);
  }

  /** Calls `listener` with each batch of events, in order; a listener must not throw. */
  listen(listener: TrailListener): void {
    this.#listeners.push(listener);
  }

  /** Events of the history, newest first. */
  query(query: HistoryQuery): StoredEvent[] {
    this.flush();
    const { account, region, where, accept } = query;
    const column = where ? ` AND ${where.column} = ?` : "";
    const statement = this.#store.database.prepare(
      `SELECT sequence, body FROM trail_event WHERE scope = ? AND sequence < ? AND time >= ? AND time <= ?${column} ORDER BY sequence DESC LIMIT ?`,
    ) as unknown as Statement;
    const found: StoredEvent[] = [];
    let before = query.before ?? Number.MAX_SAFE_INTEGER;
    const from = Math.max(query.from ?? 0, this.#clock.now() - RETENTION);
    const chunk = accept ? 1000 : query.limit;
    for (;;) {
      const rows = statement.all(
        `${account}/${region}`,
        before,
        from,
        query.to ?? Number.MAX_SAFE_INTEGER,
        ...(where ? [where.value] : []),
        chunk,
      ) as { sequence: number; body: string }[];
      for (const { sequence, body } of rows) {
        before = sequence;
        const event = JSON.parse(body) as CloudTrailEvent;
        if (accept && !accept(event)) continue;
        found.push({ sequence, event });
        if (found.length >= query.limit) return found;
      }
      if (rows.length < chunk) return found;
    }
  }

  #write(event: CloudTrailEvent): void {
    this.#insert.run(
      `${event.recipientAccountId}/${event.awsRegion}`,
      Date.parse(event.eventTime),
      event.eventID,
      event.eventName,
      event.eventSource,
      JSON.stringify(event),
    );
    if (++this.#written % 10_000 === 0) this.#forgetOld();
  }

  #forgetOld(): void {
    this.#store.database.prepare("DELETE FROM trail_event WHERE time < ?").run(this.#clock.now() - RETENTION);
  }

  #tell(events: readonly CloudTrailEvent[]): void {
    for (const listener of this.#listeners) listener(events);
  }
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
