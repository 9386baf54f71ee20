/** Starts and stops the local cloud as a process of its own. */
import { spawn } from "node:child_process";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ToolkitError } from "../../errors.ts";
import { defaultState, type RunningCloud, runningCloud } from "./state-folder.ts";

/**
 * Starts the cloud in the background and waits until it answers.
 * @param command how to run this program again: node's arguments up to and including the script
 * @param args options for `cloud start --foreground`
 */
export async function startInBackground(
  command: readonly string[],
  args: readonly string[],
  state = defaultState,
  seconds = 20,
): Promise<RunningCloud> {
  const folder = resolve(state);
  const running = runningCloud(state);
  if (running) {
    throw new ToolkitError(
      "CLOUD0001",
      `a local cloud already runs on \`${state}\` (process ${running.pid}, ${running.endpoint})`,
      {
        help: "use it as it is, stop it with `sagekeep cloud stop`, or give this one its own folder with `--state DIR`",
        exit: "invalid",
      },
    );
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const logFile = join(folder, "cloud.log");
  const log = openSync(logFile, "w", 0o600);
  const child = spawn(
    process.execPath,
    [...command, "cloud", "start", "--foreground", "--state", folder, ...args],
    {
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  let exited = false;
  child.on("exit", () => {
    exited = true;
  });
  child.unref();
  for (let waited = 0; waited < seconds * 1000; waited += 25) {
    const cloud = runningCloud(state);
    if (cloud?.pid === child.pid && cloud) return cloud;
    if (exited) break;
    await sleep(25);
  }
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-6).join("\n");
  throw new ToolkitError("CLOUD0003", `the local cloud did not start\n${said}`, {
    help: `its log is \`${logFile}\``,
  });
}

/** Asks the cloud on this folder to stop and waits until it has. Returns `undefined` when none ran. */
export async function stopCloud(state = defaultState, seconds = 10): Promise<RunningCloud | undefined> {
  const cloud = runningCloud(state);
  if (!cloud) return undefined;
  process.kill(cloud.pid, "SIGTERM");
  for (let waited = 0; waited < seconds * 1000; waited += 20) {
    if (!runningCloud(state)) return cloud;
    await sleep(20);
  }
  throw new ToolkitError("CLOUD0004", `the local cloud (process ${cloud.pid}) did not stop in ${seconds} s`, {
    help: `end it with \`kill -9 ${cloud.pid}\`: nothing acknowledged is lost`,
  });
}
