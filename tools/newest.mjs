/** When the sources of the build were last changed: what decides whether a build is stale. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const skip = new Set(["node_modules", "dist", ".git", ".sagekeep"]);

/** Newest modification time (ms) below `folder`, without what git ignores. */
export function newest(folder) {
  let time = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (skip.has(entry.name)) continue;
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}
