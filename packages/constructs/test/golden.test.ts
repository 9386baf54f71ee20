/**
 * One golden file a stack and example: a change of a template is seen in review.
 * After an intended change: `UPDATE_GOLDEN=1 npx vitest run packages/constructs/test/golden.test.ts`.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { synthesize } from "../src/index.ts";
import { exampleNames, examplePlatform } from "./examples.ts";

const folder = new URL("../golden/", import.meta.url);

describe.each(exampleNames())("%s", (name) => {
  test("compiles to its golden templates", async () => {
    const { stacks } = await synthesize(examplePlatform(name));
    const own = new URL(`${name}/`, folder);
    if (process.env.UPDATE_GOLDEN) {
      rmSync(own, { recursive: true, force: true });
      mkdirSync(own, { recursive: true });
      for (const stack of stacks)
        writeFileSync(new URL(`${stack.name}.json`, own), `${JSON.stringify(stack.template, null, 1)}\n`);
    }
    expect(existsSync(own), "no golden files: run with UPDATE_GOLDEN=1").toBe(true);
    expect(readdirSync(own).sort()).toEqual(stacks.map((stack) => `${stack.name}.json`).sort());
    for (const stack of stacks)
      expect(stack.template, stack.name).toEqual(
        JSON.parse(readFileSync(new URL(`${stack.name}.json`, own), "utf8")),
      );
  });
});
