/**
 * `npm run build`: bundles the command line into apps/cli/dist with esbuild. `--sizes` lists the chunks.
 *
 * One chunk for each lazy import, so that starting loads little; of the AWS SDK clients that the local cloud reads
 * its protocols from, only the schemas go in (the clients are devDependencies: types and build input).
 */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { bundle, root } from "./bundle.mjs";

const outdir = join(root, "apps/cli/dist");
const { outputs } = await bundle("main", "apps/cli/src/main.ts", outdir);
// AWS's managed policies are read at run time, from beside the chunk that reads them
const managed = join(root, "packages/cloud/src/services/iam/managed/generated");
for (const folder of [outdir, join(outdir, "chunks")])
  cpSync(managed, join(folder, "generated"), { recursive: true });
if (process.argv.includes("--sizes")) {
  const sizes = Object.entries(outputs).sort((one, other) => other[1].bytes - one[1].bytes);
  for (const [file, { bytes }] of sizes) console.log(`${String(bytes).padStart(9)}  ${file}`);
}
