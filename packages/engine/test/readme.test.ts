import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { decision, reasons } from "./readme-example.ts";

test("the README's example is this file, and says what happens", () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
  expect(read("../README.md")).toContain(read("readme-example.ts").trim());
  expect(decision).toMatchObject({ outcome: "ImplicitlyDenied", by: "identity" });
  expect(reasons).toMatchObject([{ sid: "OwnTeam", resourceMatches: false }]);
});
