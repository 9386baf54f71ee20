/** Operations under way in this process, one a stack: to wait for, to cancel. */
import type { Store } from "../../store/store.ts";

interface Run {
  readonly promise: Promise<void>;
  readonly stop: AbortController;
}
const runs = new WeakMap<Store, Map<string, Run>>();

/** Starts `work` after the current request's own writes are committed; its failure is told to `onError`. */
export function startRun(
  store: Store,
  stackId: string,
  work: (stop: AbortSignal) => Promise<void>,
  onError: (error: unknown) => void,
): void {
  let all = runs.get(store);
  if (!all) runs.set(store, (all = new Map()));
  const stop = new AbortController();
  const before = all.get(stackId)?.promise ?? Promise.resolve();
  const promise = before
    .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
    .then(() => work(stop.signal))
    .catch(onError);
  const run = { promise, stop };
  all.set(stackId, run);
  void promise.then(() => {
    if (all.get(stackId) === run) all.delete(stackId);
  });
}

/** Tells the stack's operation to stop where it can. */
export function stopRun(store: Store, stackId: string, reason: unknown): boolean {
  const run = runs.get(store)?.get(stackId);
  run?.stop.abort(reason);
  return run !== undefined;
}

/** Waits for the stack's operation, at most so long. */
export async function settled(store: Store, stackId: string, milliseconds: number): Promise<void> {
  const run = runs.get(store)?.get(stackId);
  if (!run) return;
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    run.promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    }),
  ]);
  clearTimeout(timer);
}
