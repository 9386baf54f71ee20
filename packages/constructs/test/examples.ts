/** The examples of the repository, read and compiled once for all tests of a file. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Platform, parsePlatform } from "@sagekeep/spec";
import { type Synthesized, synthesize } from "../src/index.ts";

const folder = new URL("../../../examples/", import.meta.url);

/** Names of the examples that hold a platform file. */
export function exampleNames(): string[] {
  return readdirSync(folder).filter((name) => existsSync(new URL(`${name}/platform.yaml`, folder)));
}

export function examplePlatform(name: string): Platform {
  return parsePlatform(readFileSync(new URL(`${name}/platform.yaml`, folder), "utf8"), {
    today: "2026-11-01",
  });
}

export async function compiledExamples(): Promise<Map<string, { platform: Platform; out: Synthesized }>> {
  const all = new Map<string, { platform: Platform; out: Synthesized }>();
  for (const name of exampleNames()) {
    const platform = examplePlatform(name);
    all.set(name, { platform, out: await synthesize(platform) });
  }
  return all;
}
