/** Fails when modules import each other in a circle. Types may refer to each other: esbuild drops them. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./install.mjs";

const entryPoints = ["packages", "apps"].flatMap((kind) =>
  readdirSync(join(root, kind)).map((name) =>
    join(root, kind, name, kind === "apps" ? "src/main.ts" : "src/index.ts"),
  ),
);
const { metafile } = await build({
  entryPoints,
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  format: "esm",
  outdir: "x",
  packages: "external",
  logLevel: "error",
  absWorkingDir: root,
});
const imports = new Map(
  Object.entries(metafile.inputs).map(([path, input]) => [
    path,
    input.imports.filter((one) => !one.external && one.kind === "import-statement").map((one) => one.path),
  ]),
);
const done = new Set();
const found = [];
const visit = (path, trail) => {
  const at = trail.indexOf(path);
  if (at >= 0) return void found.push([...trail.slice(at), path].join(" → "));
  if (done.has(path)) return;
  for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
  done.add(path);
};
for (const path of imports.keys()) visit(path, []);
for (const one of found) console.error(`circle: ${one}`);
if (found.length === 0) console.log(`no circles in ${imports.size} modules`);
process.exitCode = found.length ? 1 : 0;
