/**
 * `npm run build`: bundles the command line into apps/cli/dist with esbuild. `--sizes` lists the chunks.
 *
 * One chunk for each lazy import, so that starting loads little; of the AWS SDK clients that the local cloud reads
 * its protocols from, only the schemas go in (the clients are devDependencies: types and build input).
 */
import { join } from "node:path";
import { bundle, root } from "./bundle.mjs";

const { outputs } = await bundle("main", "apps/cli/src/main.ts", join(root, "apps/cli/dist"));
if (process.argv.includes("--sizes")) {
  const sizes = Object.entries(outputs).sort((one, other) => other[1].bytes - one[1].bytes);
  for (const [file, { bytes }] of sizes) console.log(`${String(bytes).padStart(9)}  ${file}`);
}
