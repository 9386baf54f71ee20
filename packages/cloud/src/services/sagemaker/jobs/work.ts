/**
 * Work that goes on after a request: a queue that survives a restart. What is due is a row of a table until it is
 * done; the clock wakes it, and a start of the cloud takes up what was left.
 */
import type { CallContext, ReadContext } from "../../../context.ts";
import type { CloudRuntime } from "../../../service.ts";
import type { Store } from "../../../store/store.ts";

export interface Work {
  task: string;
  /** Key of the resource it is about. */
  key: string;
  /** Epoch ms. */
  due: number;
}

type Task = (key: string, context: CallContext) => void | Promise<void>;

const tasks = new Map<string, Task>();

/** Gives a kind of work its function. Tasks must bear being run again after a crash. */
export function defineTask(name: string, task: Task): void {
  tasks.set(name, task);
}

const runtimes = new WeakMap<Store, CloudRuntime>();
const table = (context: ReadContext) => context.table<Work>("sagemaker.work");
const idOf = (work: Work) => `${work.task} ${work.key}`;

/** Plans work in the context's account and region; the same task on the same key is planned once. */
export function plan(work: Work, context: ReadContext): void {
  table(context).put(idOf(work), work);
  arm(work, context.account, context.region, context.store);
}

/** Forgets planned work. */
export function cancel(task: string, key: string, context: ReadContext): void {
  table(context).delete(`${task} ${key}`);
}

function arm(work: Work, account: string, region: string, store: Store): void {
  const runtime = runtimes.get(store);
  if (!runtime) return;
  runtime.clock.at(work.due, () => {
    const context = runtime.within(account, region, "sagemaker");
    const planned = table(context).get(idOf(work));
    // replanned, cancelled or rolled back meanwhile
    if (planned?.due !== work.due) return;
    const finish = () => {
      const now = table(context).get(idOf(work));
      if (now?.due === work.due) table(context).delete(idOf(work));
    };
    const running = tasks.get(work.task)?.(work.key, context);
    if (running instanceof Promise) {
      const done = running.then(finish);
      track(store, done);
      return;
    }
    finish();
  });
}

const underway = new WeakMap<Store, Set<Promise<void>>>();

function track(store: Store, work: Promise<void>): void {
  let all = underway.get(store);
  if (!all) underway.set(store, (all = new Set()));
  all.add(work);
  void work.catch(() => {}).finally(() => all.delete(work));
}

/** Resolves when no work is under way. For tests and an orderly end. */
export async function workDone(store: Store): Promise<void> {
  for (let all = underway.get(store); all && all.size > 0; ) await Promise.allSettled([...all]);
}

/** Called when the cloud starts. */
export function takeUp(cloud: CloudRuntime): void {
  runtimes.set(cloud.store, cloud);
  for (const scope of cloud.store.scopes("sagemaker.work")) {
    const [account = "", region = ""] = scope.split("/");
    for (const work of cloud.store.table<Work>("sagemaker.work", scope).list())
      arm(work, account, region, cloud.store);
  }
}
