/**
 * Takes a platform away: shows first what there is and what would be lost, removes it in an order that works, and proves
 * at the end that nothing of it is left that costs money. The account is its own record, so that running it again after
 * an interruption goes on where it stopped.
 */
import type { Clients } from "../../aws/clients.ts";
import { type Io, step } from "../../messages.ts";
import { type Belongings, readBelongings } from "./belongings.ts";
import { isGone } from "./calls.ts";
import { type Ground, type Item, keyOf, type Phase } from "./item.ts";
import { PHASES } from "./phases.ts";
import { findRemaining, type Remaining } from "./remaining.ts";

/** The platform as far as destroying it must know it. */
export interface DestroyTarget {
  name: string;
  account: string;
  region: string;
  partition: string;
  teams: readonly string[];
}

export interface DestroyOptions {
  /** Days until keys are gone for good, 7 to 30. @default 30 */
  keyWindow?: number;
}

export type PlannedItem = Omit<Item, "remove" | "after">;

export interface DestroyPlan {
  platform: string;
  account: string;
  region: string;
  phases: { id: string; title: string; items: PlannedItem[] }[];
  /** What could not be looked at. */
  gaps: Gap[];
}

export interface Gap {
  what: string;
  why: string;
}

export interface Failure {
  kind: string;
  id: string;
  why: string;
  /** The remedy, where it is known. */
  help?: string;
}

export interface DestroyOutcome {
  platform: string;
  account: string;
  region: string;
  removed: { phase: string; kind: string; id: string; note?: string }[];
  failed: Failure[];
  gaps: Gap[];
  remaining: Remaining;
  /** Everything went, everything was looked at, and nothing billable of the platform is left. */
  clean: boolean;
}

/** How many things of a phase go at once. */
const AT_ONCE = 4;

/** What is there and would be removed, in order. Changes nothing. */
export async function planDestroy(
  clients: Clients,
  platform: DestroyTarget,
  io: Io,
  options: DestroyOptions = {},
): Promise<DestroyPlan> {
  const gaps: Gap[] = [];
  const ground = await survey(clients, platform, io, options, gaps);
  const phases = [];
  // what SageMaker left in the VPC is found twice, and goes once
  const seen = new Set<string>();
  for (const { id, title, find } of PHASES) {
    io.signal?.throwIfAborted();
    io.emit({ type: "progress", id: "survey", text: title });
    const found = (await find(ground)).filter((item) => !seen.has(keyOf(item)));
    for (const item of found) seen.add(keyOf(item));
    const items = found.map(({ remove, after, ...item }) => item);
    if (items.length > 0) phases.push({ id, title, items });
  }
  const { name, account, region } = platform;
  return { platform: name, account, region, phases, gaps: unique(gaps) };
}

/**
 * Removes everything that `planDestroy` shows. One thing that stays is told and does not stop the others.
 * @throws AbortError when interrupted: what is removed stays removed, and another run goes on
 */
export async function destroyPlatform(
  clients: Clients,
  platform: DestroyTarget,
  io: Io,
  options: DestroyOptions = {},
): Promise<DestroyOutcome> {
  const gaps: Gap[] = [];
  const ground = await survey(clients, platform, io, options, gaps);
  const removed: DestroyOutcome["removed"] = [];
  const failed: Failure[] = [];
  for (const phase of PHASES) await runPhase(phase, ground, removed, failed);
  const remaining = await step(
    io,
    "proof",
    "look at everything that costs money",
    () => findRemaining(ground),
    (done) => `(${done.own.length} of the platform, ${done.foreign.length} of others)`,
  );
  const { name, account, region } = platform;
  const clean =
    failed.length === 0 && gaps.length === 0 && remaining.own.length === 0 && remaining.free.length === 0;
  return { platform: name, account, region, removed, failed, gaps: unique(gaps), remaining, clean };
}

async function survey(
  clients: Clients,
  platform: DestroyTarget,
  io: Io,
  { keyWindow = 30 }: DestroyOptions,
  gaps: Gap[],
): Promise<Ground> {
  const own: Belongings = await step(
    io,
    "survey",
    `look for ${platform.name}`,
    () => readBelongings(clients, platform),
    (done) => {
      const live = done.stacks.filter((one) => one.status !== "DELETE_COMPLETE").length;
      return `(${live} stacks, ${done.stacks.length - live} deleted before)`;
    },
  );
  return { clients, io, own, keyWindow, gap: (what, why) => void gaps.push({ what, why }) };
}

async function runPhase(
  { id, title, find }: Phase,
  ground: Ground,
  removed: DestroyOutcome["removed"],
  failed: Failure[],
): Promise<void> {
  const { io } = ground;
  io.signal?.throwIfAborted();
  const items = await find(ground);
  if (items.length === 0) return;
  const before = failed.length;
  await step(
    io,
    id,
    title,
    async () => {
      let done = 0;
      await inOrder(
        items,
        async (item) => {
          io.signal?.throwIfAborted();
          io.emit({ type: "progress", id, text: `${done}/${items.length} ${item.kind} ${item.id}` });
          try {
            const note = await item.remove();
            removed.push({ phase: id, kind: item.kind, id: item.id, ...(note && { note }) });
          } catch (error) {
            if ((error as Error).name === "AbortError") throw error;
            if (!isGone(error)) {
              const { message, help } = error as Error & { help?: string };
              failed.push({ kind: item.kind, id: item.id, why: message, ...(help && { help }) });
              io.emit({
                type: "warning",
                text: `${item.kind} ${item.id} stays: ${(error as Error).message}`,
              });
              return false;
            }
            removed.push({ phase: id, kind: item.kind, id: item.id, note: "was gone already" });
          }
          done++;
          return true;
        },
        (item, because) => {
          failed.push({ kind: item.kind, id: item.id, why: `waits for ${because}, which stays` });
        },
      );
      return done;
    },
    (done) => `(${done}${failed.length > before ? `, ${failed.length - before} stay` : ""})`,
  );
}

/** Runs items side by side, each after those it names; what waits for a failed one is not tried. */
async function inOrder(
  items: readonly Item[],
  run: (item: Item) => Promise<boolean>,
  skip: (item: Item, because: string) => void,
): Promise<void> {
  const ended = new Map<string, boolean>();
  const waiting = new Set(items);
  const all = new Set(items.map(keyOf));
  const running = new Set<Promise<void>>();
  while (waiting.size > 0 || running.size > 0) {
    for (const item of waiting) {
      const needs = (item.after ?? []).filter((key) => all.has(key));
      const stuck = needs.find((key) => ended.get(key) === false);
      if (stuck !== undefined) {
        waiting.delete(item);
        ended.set(keyOf(item), false);
        skip(item, stuck);
      } else if (running.size < AT_ONCE && needs.every((key) => ended.get(key))) {
        waiting.delete(item);
        const one: Promise<void> = run(item)
          .then((ok) => void ended.set(keyOf(item), ok))
          .finally(() => running.delete(one));
        one.catch(() => {});
        running.add(one);
      }
    }
    if (running.size > 0) {
      try {
        await Promise.race(running);
      } catch (error) {
        // interrupted: what has begun ends before this does
        await Promise.allSettled(running);
        throw error;
      }
    } else if (waiting.size > 0 && ![...waiting].some((item) => ready(item, all, ended)))
      for (const item of waiting) {
        // they wait for each other: nothing but trying is left
        waiting.delete(item);
        ended.set(keyOf(item), await run(item));
      }
  }
}

const ready = (item: Item, all: ReadonlySet<string>, ended: ReadonlyMap<string, boolean>) =>
  (item.after ?? []).every((key) => !all.has(key) || ended.has(key));

const unique = (gaps: readonly Gap[]): Gap[] => [...new Map(gaps.map((one) => [one.what, one])).values()];
