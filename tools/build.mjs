/**
 * `npm run build`: bundles the command line into apps/cli/dist with esbuild.
 *
 * One chunk for each lazy import, so that starting loads little; of the AWS SDK clients that the local cloud reads
 * its protocols from, only the schemas go in (the clients are devDependencies: types and build input).
 */
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** From wire/services.ts, `@aws-sdk/client-x` means its schemas; from them, error classes are only names. */
const schemasOnly = {
  name: "schemas-only",
  setup({ onResolve, onLoad, resolve }) {
    onResolve(
      { filter: /^@aws-sdk\/client-[a-z0-9-]+$/ },
      async ({ path, importer, resolveDir, kind, pluginData }) => {
        if (
          pluginData === "schemas-only" ||
          !importer.replaceAll("\\", "/").endsWith("cloud/src/wire/services.ts")
        )
          return;
        const found = await resolve(`${path}/package.json`, { resolveDir, kind, pluginData: "schemas-only" });
        return { path: join(dirname(found.path), "dist-es/schemas/schemas_0.js"), sideEffects: false };
      },
    );
    onResolve({ filter: /^\.\.\/models\// }, ({ importer }) => {
      if (/client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]/.test(importer))
        return { path: "names", namespace: "error-names" };
    });
    onResolve({ filter: /^@smithy\/core\/schema$/ }, ({ importer }) => {
      if (/client-[a-z0-9-]+[\\/]dist-es[\\/]schemas[\\/]/.test(importer))
        return { path: "registry", namespace: "error-names" };
    });
    onLoad({ filter: /^names$/, namespace: "error-names" }, () => ({ contents: "module.exports = {};" }));
    onLoad({ filter: /^registry$/, namespace: "error-names" }, () => ({
      contents: "exports.TypeRegistry = class { static for() { return new this(); } registerError() {} };",
    }));
  },
};

const outdir = join(root, "apps/cli/dist");
rmSync(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: "apps/cli/src/main.ts" },
  outdir,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  chunkNames: "chunks/[name]-[hash]",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: false,
  legalComments: "linked",
  logLevel: "warning",
  external: [
    "libsql",
    "aws-cdk-lib",
    "aws-cdk-lib/*",
    "constructs",
    "@duckdb/node-api",
    "cdk-nag",
    "z3-solver",
    "@aws/cloudformation-validate",
    "fsevents",
  ],
  banner: {
    js: 'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
  },
  plugins: [schemasOnly],
  metafile: process.argv.includes("--sizes"),
}).then((result) => {
  if (!result.metafile) return;
  for (const [file, { bytes }] of Object.entries(result.metafile.outputs).sort(
    (a, b) => b[1].bytes - a[1].bytes,
  )) {
    console.log(`${String(bytes).padStart(9)}  ${file}`);
  }
});
