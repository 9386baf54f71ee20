/** The examples of the READMEs run. */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

describe.each(["spec", "constructs"])("packages/%s/README.md", (name) => {
  const text = readFileSync(new URL(`../../${name}/README.md`, import.meta.url), "utf8");
  const snippets = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map((match) => match[1]!);

  test.each(snippets.map((code, index) => [index + 1, code] as const))(
    "example %i runs",
    { timeout: 60_000 },
    (_, code) => {
      mkdirSync(`${root}node_modules/.cache`, { recursive: true });
      // Inside the checkout, so that the packages are found by name.
      const folder = mkdtempSync(`${root}node_modules/.cache/readme-`);
      try {
        writeFileSync(`${folder}/example.mts`, code);
        copyFileSync(`${root}examples/bank-marketing/platform.yaml`, `${folder}/platform.yaml`);
        const run = spawnSync(process.execPath, ["--import", "tsx", "example.mts"], {
          cwd: folder,
          encoding: "utf8",
        });
        expect(run.stderr.replace(/^.*(Warning|npm|WARN).*$/gm, "").trim()).toBe("");
        expect(run.status).toBe(0);
        expect(run.stdout).not.toBe("");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
