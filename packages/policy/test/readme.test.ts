import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errors, listing, matches, reads, warnings } from "./readme-example.ts";

test("the README's example is this file, and says what happens", () => {
  const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
  expect(read("../README.md")).toContain(read("readme-example.ts").trim());
  expect(errors).toEqual([]);
  expect(warnings[0]).toMatchObject({
    path: "$.Statement.Action",
    message: "unknown action `s3:GetObjct`",
    help: "did you mean `s3:GetObject`?",
  });
  expect([listing, reads, matches]).toEqual([true, ["s3:GetBucketPolicy", "s3:GetBucketPolicyStatus"], true]);
});
