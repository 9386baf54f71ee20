/** Installs the dependencies when they are missing or older than the lock file. Needs Node and npm only. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const [major] = process.versions.node.split(".").map(Number);
if (major < 20) {
  console.error(`error: Node ${process.versions.node} is too old\nhelp: install Node 20 or newer`);
  process.exit(1);
}

export function install() {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const marker = join(root, "node_modules", ".sagekeep-lock");
  if (existsSync(marker) && readFileSync(marker, "utf8") === lock) return;
  console.error("installing packages (once) …");
  const done = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    shell: process.platform === "win32",
  });
  if (done.status !== 0) {
    console.error(
      "error: the packages could not be installed\nhelp: see npm's message above; a registry must be reachable the first time",
    );
    process.exit(1);
  }
  writeFileSync(marker, lock);
}
