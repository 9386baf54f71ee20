/**
 * Time as the cloud sees it: the machine's, plus an offset that tests and labs may move forward.
 * Everything that expires, changes state or is due asks this clock, never `Date`.
 */

export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** The machine's own time, epoch milliseconds: what clients, who do not know of the offset, sign their requests with. */
  machine(): number;
  /** Calls `task` once at `time` (epoch ms) or soon after; returns a function that cancels. */
  at(time: number, task: () => void | Promise<void>): () => void;
  /** Moves time forward; tasks that fall due run, in order, before the promise resolves. */
  advance(milliseconds: number): Promise<void>;
  /** Cancels every task. */
  stop(): void;
}

interface Task {
  time: number;
  run: () => void | Promise<void>;
}

/** Position of the first task that is due later than `time`; `tasks` are in order. */
function firstAfter(tasks: readonly Task[], time: number): number {
  let low = 0;
  let high = tasks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tasks[middle] as Task).time > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A clock that follows the machine's time. @param onError told of a task that threw. */
export function systemClock(onError: (error: unknown) => void): Clock {
  let offset = 0;
  let tasks: Task[] = [];
  let timer: NodeJS.Timeout | undefined;
  const now = () => Date.now() + offset;

  const runNext = async (until: number) => {
    while (tasks[0] && tasks[0].time <= until) {
      const task = tasks.shift() as Task;
      try {
        await task.run();
      } catch (error) {
        onError(error);
      }
    }
  };
  const arm = () => {
    clearTimeout(timer);
    const next = tasks[0];
    if (!next) return;
    timer = setTimeout(
      () => void runNext(now()).then(arm),
      Math.min(Math.max(next.time - now(), 0), 2 ** 30),
    );
    timer.unref();
  };
  return {
    now,
    machine: () => Date.now(),
    at(time, run) {
      const task = { time, run };
      tasks.splice(firstAfter(tasks, time), 0, task);
      if (tasks[0] === task) arm();
      return () => {
        tasks = tasks.filter((one) => one !== task);
      };
    },
    async advance(milliseconds) {
      const target = now() + milliseconds;
      // step from task to task, so that each sees the time it was due at
      while (tasks[0] && tasks[0].time <= target) {
        offset += Math.max(0, tasks[0].time - now());
        await runNext(now());
      }
      offset += Math.max(0, target - now());
      arm();
    },
    stop() {
      clearTimeout(timer);
      tasks = [];
    },
  };
}
