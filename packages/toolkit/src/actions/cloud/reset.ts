/** Throws the state of a stopped local cloud away. */
import { existsSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { stateFiles } from "@sagekeep/cloud";
import { ToolkitError } from "../../errors.ts";
import type { Io } from "../../messages.ts";
import { runningCloud } from "./state-folder.ts";

/** @returns whether it was removed: `false` when declined or when there was none */
export async function resetCloud(state: string, yes: boolean, io: Io): Promise<boolean> {
  const folder = resolve(state);
  const running = runningCloud(state);
  if (running) {
    throw new ToolkitError("CLOUD0005", `a local cloud runs on \`${state}\` (process ${running.pid})`, {
      help: "stop it first: `sagekeep cloud stop`",
      exit: "invalid",
    });
  }
  if (!existsSync(join(folder, "state.db"))) return false;
  if (!yes && !(await io.confirm?.(`everything in the local cloud on \`${state}\` will be lost`, "reset")))
    return false;
  for (const name of stateFiles) rmSync(join(folder, name), { recursive: true, force: true });
  return true;
}
