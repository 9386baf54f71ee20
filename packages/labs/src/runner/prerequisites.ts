/** What the labs need of this machine, looked at rather than asked for. */
import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { promisify } from "node:util";
import { runningCloud } from "@sagekeep/toolkit";
import type { LabFolder } from "./folder.ts";

export interface Prerequisite {
  what: string;
  /** `optional`: the labs can be done without it, another way. */
  state: "ok" | "missing" | "optional";
  found: string;
  /** What to do, or what is different without it. */
  help?: string;
}

/** The port the local cloud listens on unless it is taken. */
export const usualPort = 4690;
const leastNode = 20;
/** MiB that a cloud's state, the data set and the logs may take. */
const leastDisk = 300;

export async function checkPrerequisites(folder: LabFolder): Promise<Prerequisite[]> {
  const [port, aws] = await Promise.all([checkPort(folder), checkAws()]);
  return [checkNode(), checkFolder(folder), checkDisk(folder), port, aws];
}

function checkNode(): Prerequisite {
  const found = process.versions.node;
  const ok = Number(found.split(".")[0]) >= leastNode;
  return {
    what: "Node.js",
    state: ok ? "ok" : "missing",
    found,
    ...(!ok && { help: `install Node.js ${leastNode} or newer: https://nodejs.org` }),
  };
}

function checkFolder({ path }: LabFolder): Prerequisite {
  try {
    mkdirSync(path, { recursive: true });
    accessSync(path, constants.W_OK | constants.R_OK);
    return { what: "folder", state: "ok", found: path };
  } catch (error) {
    return {
      what: "folder",
      state: "missing",
      found: `\`${path}\`: ${(error as Error).message}`,
      help: "name another one with `--folder DIR`",
    };
  }
}

function checkDisk({ path }: LabFolder): Prerequisite {
  if (!existsSync(path)) return { what: "disk", state: "optional", found: "not known" };
  const { bavail, bsize } = statfsSync(path);
  const free = Math.floor((bavail * bsize) / 2 ** 20);
  const ok = free >= leastDisk;
  return {
    what: "disk",
    state: ok ? "ok" : "missing",
    found: free > 10_240 ? `${Math.floor(free / 1024)} GB free` : `${free} MB free`,
    ...(!ok && { help: `free ${leastDisk} MB, or use a folder on another disk: \`--folder DIR\`` }),
  };
}

async function checkPort({ state }: LabFolder): Promise<Prerequisite> {
  const running = runningCloud(state);
  if (running) return { what: "port", state: "ok", found: `the local cloud runs at ${running.endpoint}` };
  const free = await portIsFree(usualPort);
  return {
    what: "port",
    state: free ? "ok" : "optional",
    found: free ? `${usualPort} is free` : `${usualPort} is taken`,
    ...(!free && { help: "any other free port is taken instead" }),
  };
}

export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function checkAws(): Promise<Prerequisite> {
  try {
    const { stdout, stderr } = await promisify(execFile)("aws", ["--version"], { timeout: 15_000 });
    return { what: "AWS CLI", state: "ok", found: (stdout || stderr).trim().split(" ")[0] ?? "" };
  } catch {
    return {
      what: "AWS CLI",
      state: "optional",
      found: "not installed",
      help: "not needed: use the second form of each command, `sagekeep call …`",
    };
  }
}
