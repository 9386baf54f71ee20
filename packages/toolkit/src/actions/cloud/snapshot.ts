/** The local cloud's whole state as one file, and back. */
import { resolve } from "node:path";
import { CloudError, type Restored, restoreState, type Snapshot, snapshotState } from "@sagekeep/cloud";
import { takeSnapshot } from "../../aws/control.ts";
import { ToolkitError } from "../../errors.ts";
import { defaultState, runningCloud } from "./state-folder.ts";

export interface StateFileOptions {
  /** @default ".sagekeep/cloud" */
  state?: string;
  /** Replace what is there. @default false */
  force?: boolean;
}

/**
 * Packs the state of the cloud on the folder, running or stopped. The file holds keys: only its owner can read it.
 * @throws ToolkitError when the file is there, or the folder holds no state
 */
export async function snapshotCloud(file: string, options: StateFileOptions = {}): Promise<Snapshot> {
  const { state = defaultState, force = false } = options;
  const running = runningCloud(state);
  if (running) return takeSnapshot(running.endpoint, state, resolve(file), force);
  return told(() => snapshotState(resolve(state), resolve(file), { force }));
}

/**
 * Makes the state of a stopped cloud what a snapshot holds; all of it, or nothing when anything is wrong.
 * @throws ToolkitError when a cloud runs, when there is state and `force` is not given, when the file is damaged
 */
export async function restoreCloud(file: string, options: StateFileOptions = {}): Promise<Restored> {
  const { state = defaultState, force = false } = options;
  const running = runningCloud(state);
  if (running) {
    throw new ToolkitError("CLOUD0005", `a local cloud runs on \`${state}\` (process ${running.pid})`, {
      help: "stop it first: `sagekeep cloud stop`",
      exit: "invalid",
    });
  }
  return told(() => restoreState(resolve(file), resolve(state), { force }));
}

/** Failures as the command line tells them. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CloudError)
      throw new ToolkitError(error.code, error.message, { help: error.help, exit: "invalid", cause: error });
    const { code, message, path } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ToolkitError("CLOUD0010", `the file \`${path ?? "?"}\` cannot be used: ${message}`, {
      help: "check its path, its permissions and the free space",
      exit: "invalid",
      cause: error,
    });
  }
}
