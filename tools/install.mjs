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
  const options = { cwd: root, shell: process.platform === "win32" };
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  // `npm ci` wants every optional package of every platform in the lock file, also those a registry does not have
  let done = spawnSync("npm", ["ci", ...quiet], { ...options, stdio: "ignore" });
  if (done.status !== 0) {
    done = spawnSync("npm", ["install", ...quiet], { ...options, stdio: ["ignore", "inherit", "inherit"] });
    writeFileSync(join(root, "package-lock.json"), lock);
  }
  if (done.status !== 0) {
    console.error(
      "error: the packages could not be installed\nhelp: see npm's message above; a registry must be reachable the first time",
    );
    process.exit(1);
  }
  writeFileSync(marker, lock);
}
