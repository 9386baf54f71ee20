/** Finds and reads a platform file. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { formatProblems, type Platform, type Problem, readPlatform } from "@sagekeep/spec";
import { ToolkitError } from "../errors.ts";

export interface PlatformFile {
  /** Absolute path. */
  path: string;
  /** Its folder: relative paths in the file start here. */
  folder: string;
  text: string;
  platform: Platform;
  warnings: readonly Problem[];
}

/**
 * @param where the file, or a folder with a `platform.yaml`. @default the working folder
 * @throws ToolkitError with every problem of the file
 */
export function openPlatform(where = "."): PlatformFile {
  const path = locate(where);
  const text = readFileSync(path, "utf8");
  const shown = relative(process.cwd(), path);
  const { platform, problems } = readPlatform(text, { file: shown.startsWith("..") ? path : shown });
  if (!platform) {
    const errors = problems.filter((one) => one.severity === "error").length;
    throw new ToolkitError(
      "SPEC0000",
      `${formatProblems(problems)}\n\n${errors} ${errors === 1 ? "problem" : "problems"} in ${shown}`,
      { exit: "invalid" },
    );
  }
  return { path, folder: dirname(path), text, platform, warnings: problems };
}

function locate(where: string): string {
  const path = resolve(where);
  try {
    if (!statSync(path).isDirectory()) return path;
    const inside = join(path, "platform.yaml");
    if (statSync(inside).isFile()) return inside;
  } catch {
    // said below
  }
  throw new ToolkitError("TOOL0003", `no platform file at \`${where}\``, {
    help: "make one with `sagekeep init`, or name the file or its folder",
    exit: "invalid",
  });
}
