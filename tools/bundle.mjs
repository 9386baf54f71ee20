/**
 * The esbuild settings that the product is bundled with, for the command line (build.mjs) and for benches, which
 * measure what ships.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

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

/** Tables are parsed as JSON, which costs a sixth of reading them as JavaScript. */
const parsedTables = {
  name: "parsed-tables",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]generated[\\/].*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, "utf8")));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});` };
    });
  },
};

/** The catalogue is read from a file beside the chunk: a text of a megabyte costs more to read as JavaScript. */
const catalogueFile = "catalogue.txt";
const catalogueBeside = (outdir) => ({
  name: "catalogue-beside",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]generated[\\/]catalogue-data\.js$/ }, async ({ path }) => {
      const { catalogueText, catalogueVersion } = await import(pathToFileURL(path).href);
      for (const folder of [outdir, join(outdir, "chunks")]) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, catalogueFile), catalogueText);
      }
      return {
        contents: `import { readFileSync } from "node:fs";
export const catalogueVersion = ${JSON.stringify(catalogueVersion)};
export const catalogueText = readFileSync(new URL(${JSON.stringify(catalogueFile)}, import.meta.url), "utf8");`,
      };
    });
  },
});

/** To find its binary libsql asks Node for a report, which takes longer with the network in it. */
const quietReport = {
  name: "quiet-report",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^libsql$/ }, ({ pluginData }) =>
      pluginData === "quiet-report" ? undefined : { path: "libsql", namespace: "quiet-report" },
    );
    onLoad({ filter: /.*/, namespace: "quiet-report" }, () => ({
      contents: 'process.report.excludeNetwork = true; module.exports = require("libsql");',
      pluginData: "quiet-report",
    }));
  },
};

/** Bundles one entry into `outdir`, which is emptied first; returns esbuild's metafile. */
export async function bundle(name, entry, outdir) {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { [name]: entry },
    outdir,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    chunkNames: "chunks/[name]-[hash]",
    minifySyntax: true,
    minifyWhitespace: true,
    minifyIdentifiers: true,
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
    plugins: [
      schemasOnly,
      parsedTables,
      catalogueBeside(isAbsolute(outdir) ? outdir : join(root, outdir)),
      quietReport,
    ],
    metafile: true,
  });
  return metafile;
}
