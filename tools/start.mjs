/** `npm start`: install and build what is missing, then `sagekeep up` on the reference platform. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { install, root } from "./install.mjs";
import { newest } from "./newest.mjs";

install();

const main = join(root, "apps/cli/dist/main.js");
const sources = Math.max(newest(join(root, "packages")), newest(join(root, "apps")));
if (!existsSync(main) || statSync(main).mtimeMs < sources) {
  console.error("building …");
  const built = spawnSync(process.execPath, [join(root, "tools/build.mjs")], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (built.status !== 0) process.exit(1);
}

const child = spawn(
  process.execPath,
  [join(root, "apps/cli/bin/sagekeep.js"), "up", "examples/bank-marketing", ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: "inherit",
  },
);
// the terminal sends Ctrl-C to both; the child ends in its own time
for (const signal of ["SIGINT", "SIGTERM"])
  process.on(signal, () => signal === "SIGTERM" && child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 5 : 1)));
