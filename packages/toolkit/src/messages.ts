/**
 * What actions emit while they work. An action never prints: the command line renders these to stderr, the
 * labs and the console show them their own way, tests collect them.
 */

export type Message =
  /** A step began; `id` names it until it ends. */
  | { type: "step"; id: string; title: string }
  /** How far a step is. */
  | { type: "progress"; id: string; text: string }
  /** A step ended. `seconds` is how long it took. */
  | { type: "done"; id: string; text?: string; seconds: number }
  | { type: "failed"; id: string; text: string }
  | { type: "info"; text: string }
  | { type: "warning"; text: string; help?: string };

/** Takes what actions emit. */
export interface Io {
  emit(message: Message): void;
  /** Asks before something that cannot be undone; `false` declines. @default declines */
  confirm?(question: string, expected: string): Promise<boolean>;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
}

/** Throws everything away. */
export const silent: Io = { emit: () => {} };

/** Runs `work` as one step of `io`. */
export async function step<T>(
  io: Io,
  id: string,
  title: string,
  work: () => Promise<T>,
  say?: (result: T) => string,
): Promise<T> {
  const began = performance.now();
  io.emit({ type: "step", id, title });
  try {
    const result = await work();
    const text = say?.(result);
    io.emit({
      type: "done",
      id,
      seconds: (performance.now() - began) / 1000,
      ...(text !== undefined && { text }),
    });
    return result;
  } catch (error) {
    io.emit({ type: "failed", id, text: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
