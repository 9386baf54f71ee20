import { expect, it } from "vitest";
import { mayBacktrack } from "./backtracking.ts";

it.each([
  ["(a+)+b", true],
  ["((a+))*b", true],
  ["(a|aa)+b", true],
  ["(?:x(?:a|ab))+", true],
  ["(a*){2,}", true],
  ["(a|b)c+", false],
  ["(abc)+", false],
  ["[(+*|]+", false],
  ["\\(a+\\)+", false],
  ["user=(?<who>\\w+) took (\\d+)", false],
])("%s: %s", (source, risky) => {
  expect(mayBacktrack(source)).toBe(risky);
});
