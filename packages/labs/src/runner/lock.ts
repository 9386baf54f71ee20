/** One command at a time in a learner's folder: two that prepare and undo at once would undo each other's work. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { ToolkitError } from "@sagekeep/toolkit";
import type { LabFolder } from "./folder.ts";

/** @throws ToolkitError when another command works in the folder; a lock left by a killed one does not count */
export async function alone<T>(folder: LabFolder, work: () => Promise<T>): Promise<T> {
  const path = join(folder.path, ".sagekeep", "lab.lock");
  mkdirSync(join(folder.path, ".sagekeep"), { recursive: true, mode: 0o700 });
  for (let tries = 0; ; tries++) {
    try {
      const file = openSync(path, "wx", 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      const pid = Number(readOr(path));
      if (tries > 1 || alive(pid))
        throw new ToolkitError("LAB0003", `another command works in \`${folder.path}\` (process ${pid})`, {
          help: "wait until it has ended",
          exit: "invalid",
        });
      rmSync(path, { force: true });
    }
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function alive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
