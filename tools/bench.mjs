/** `npm run bench -- NAME [--json] …`: runs bench/NAME.ts; without a name, lists them. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { install, root } from "./install.mjs";

install();

const names = readdirSync(join(root, "bench"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => name.slice(0, -3));
const [name, ...rest] = process.argv.slice(2);
if (!name || !names.includes(name)) {
  console.error(
    `${name ? `error: no bench \`${name}\`\n` : ""}usage: npm run bench -- <${names.join(" | ")}> [--json]`,
  );
  process.exit(name ? 3 : 0);
}
const { status } = spawnSync(
  process.execPath,
  ["--import", "tsx", join(root, "bench", `${name}.ts`), ...rest],
  { cwd: root, stdio: "inherit" },
);
process.exit(status ?? 1);
