/** Starts and stops the local cloud as a process of its own. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, statfsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitCodes, ToolkitError } from "../../errors.ts";
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
  const logFile = join(folder, "cloud.log");
  const log = openLog(folder, logFile);
  const child = spawn(
    process.execPath,
    [...command, "cloud", "start", "--foreground", "--state", folder, ...args],
    {
      detached: true,
      stdio: ["ignore", log, log],
    },
  );
  let exited: number | undefined;
  child.on("exit", (code) => {
    exited = code ?? exitCodes.failed;
  });
  child.unref();
  for (let waited = 0; waited < seconds * 1000; waited += 25) {
    const cloud = runningCloud(state);
    if (cloud?.pid === child.pid && cloud) return cloud;
    if (exited !== undefined) break;
    await sleep(25);
  }
  const said = readFileSync(logFile, "utf8").trim().split("\n").slice(-6).join("\n");
  // on a full disk the log is empty
  const full = !said && statfsSync(folder).bavail === 0;
  const why = full ? `the state folder \`${folder}\` cannot be written: the disk is full` : said;
  throw new ToolkitError("CLOUD0003", `the local cloud did not start\n${why}`, {
    help: `its log is \`${logFile}\``,
    // as in the foreground: what the process found wrong with its input is so here
    exit: full || exited === exitCodes.invalid ? "invalid" : "failed",
  });
}

/** The background process writes here what it has to say. */
function openLog(folder: string, file: string): number {
  try {
    makeFolder(folder);
    return openSync(file, "w", 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ToolkitError(
      "CLOUD0012",
      `the state folder \`${folder}\` ${code === "EEXIST" || code === "ENOTDIR" ? "is no folder: a file is in the way" : `cannot be written (${code})`}`,
      { help: "name another with `--state DIR`", exit: "invalid" },
    );
  }
}

/** Makes a folder and those above it; `mkdirSync`'s own recursion never ends under /proc. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder, { mode: 0o700 });
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
