import fc from "fast-check";
import { expect, test } from "vitest";
import { jsonErrorAt, lineAndColumn } from "./json-place.ts";

test.each([
  ['{"Bucket": x}', 11],
  ['{"a": 1,}', 8],
  ["[1 2]", 3],
  ['{"a" 1}', 5],
  ["", 0],
  ['{"a": [1', 8],
  ["{'a': 1}", 1],
  ['{"a": "line\nbreak"}', 6],
  ["{} {}", 3],
  ["01", 1],
  ["[}", 1],
])("%j stops being JSON at %i", (text, at) => {
  expect(jsonErrorAt(text)).toBe(at);
});

test("lines and columns count from one", () => {
  expect(lineAndColumn('{\n  "a": x', 9)).toBe("line 2, column 8");
});

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test("it finds an error exactly where JSON.parse does", () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.nat(),
      fc.constantFrom("", ",", "}", '"', "x", "0", "\n"),
      (text, where, put) => {
        const at = where % (text.length + 1);
        const changed = text.slice(0, at) + put + text.slice(at + 1);
        expect(jsonErrorAt(text)).toBeUndefined();
        expect(jsonErrorAt(changed) === undefined).toBe(parses(changed));
      },
    ),
    { numRuns: 2000 },
  );
});
