/**
 * `npm run labs:check`: builds the command line and lets it prove the labs (`sagekeep lab verify`).
 * Options are passed on: `npm run labs:check -- 01-domain --online --thorough`.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { install, root } from "./install.mjs";

install();
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
const built = run("tools/build.mjs");
process.exitCode =
  built || run(join(root, "apps/cli/bin/sagekeep.js"), "lab", "verify", ...process.argv.slice(2));
