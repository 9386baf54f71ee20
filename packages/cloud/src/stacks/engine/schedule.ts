/** Runs work over a dependency graph: everything whose needs are done, at the same time. */
import type { Dependencies } from "../graph.ts";

export interface Outcome {
  readonly done: readonly string[];
  readonly failed: readonly { name: string; error: unknown }[];
  /** Never started, because something they need failed or the run was stopped. */
  readonly skipped: readonly string[];
}

/** Why a work that waited for its turn did not start any more. */
const NOT_BEGUN = Symbol("not begun");

/**
 * Starts each name once all it needs are done. After a failure nothing new starts and `signal` tells running work;
 * with `keepGoing`, only what needs the failed one is left out.
 */
export async function runGraph(
  graph: Dependencies,
  work: (name: string, signal: AbortSignal) => Promise<void>,
  options: { keepGoing?: boolean; stop?: AbortSignal } = {},
): Promise<Outcome> {
  const waiting = new Map<string, number>();
  const dependents = new Map<string, string[]>();
  for (const [name, needs] of graph) {
    let count = 0;
    for (const one of needs) {
      if (!graph.has(one)) continue;
      count++;
      dependents.set(one, [...(dependents.get(one) ?? []), name]);
    }
    waiting.set(name, count);
  }
  const cancel = new AbortController();
  options.stop?.addEventListener("abort", () => cancel.abort(options.stop?.reason));
  const done: string[] = [];
  const failed: { name: string; error: unknown }[] = [];
  const started = new Set<string>();
  let running = 0;
  // work is mostly synchronous: one start a turn of the event loop keeps the cloud answering meanwhile
  let turn: Promise<void> = Promise.resolve();
  const nextTurn = (): Promise<void> => {
    turn = turn.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
    return turn;
  };
  const stopped = (): boolean => cancel.signal.aborted && !options.keepGoing;
  await new Promise<void>((resolve) => {
    const start = (name: string): void => {
      started.add(name);
      running++;
      const begun = nextTurn().then(() =>
        stopped() ? Promise.reject(NOT_BEGUN) : work(name, cancel.signal),
      );
      begun.then(
        () => {
          done.push(name);
          running--;
          for (const one of dependents.get(name) ?? []) {
            const left = (waiting.get(one) ?? 0) - 1;
            waiting.set(one, left);
            if (left === 0 && (options.keepGoing || failed.length === 0) && !cancel.signal.aborted)
              start(one);
          }
          if (running === 0) resolve();
        },
        (error) => {
          if (error === NOT_BEGUN) started.delete(name);
          else failed.push({ name, error });
          running--;
          if (!options.keepGoing) cancel.abort();
          if (running === 0) resolve();
        },
      );
    };
    const ready = [...waiting].filter(([, count]) => count === 0).map(([name]) => name);
    if (ready.length === 0 || cancel.signal.aborted) resolve();
    else for (const name of ready) start(name);
  });
  return { done, failed, skipped: [...graph.keys()].filter((name) => !started.has(name)) };
}
