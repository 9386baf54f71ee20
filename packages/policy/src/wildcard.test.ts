import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileWildcard, matchWildcard } from "./wildcard.ts";

/** The definition, letter by letter. */
function byTheBook(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  if (pattern[0] === "*")
    return byTheBook(pattern.slice(1), text) || (text !== "" && byTheBook(pattern, text.slice(1)));
  return (
    text !== "" &&
    (pattern[0] === "?" || pattern[0] === text[0]) &&
    byTheBook(pattern.slice(1), text.slice(1))
  );
}

describe("matchWildcard", () => {
  test.each([
    ["", "", true],
    ["", "a", false],
    ["*", "", true],
    ["?", "", false],
    ["a*", "a", true],
    ["*a", "ba", true],
    ["a*a", "a", false],
    ["a*a", "aa", true],
    ["a?*c", "ac", false],
    ["*a*b*", "xbxa", false],
    ["*ab*ab", "abab", true],
    ["*ab*ab", "ab", false],
    ["a**b", "ab", true],
    ["b/*/z", "b/a\nb/z", true],
    ["a.c", "abc", false],
    ["?*?", "ab", true],
    ["?*?", "a", false],
  ])("%j on %j", (pattern, text, expected) => expect(matchWildcard(pattern, text)).toBe(expected));

  test("agrees with its definition", () => {
    const letters = (alphabet: string) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 8 });
    fc.assert(
      fc.property(letters("ab*?"), letters("ab"), (pattern, text) => {
        expect(matchWildcard(pattern, text)).toBe(byTheBook(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });

  test("matches a stretch of a text as it matches the text alone", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("*", "a*", "*b", "a?b", "ab", "*a*b*"),
        fc.string({ unit: fc.constantFrom("a", "b") }),
        (pattern, text) => {
          expect(compileWildcard(pattern).test(`x${text}ab`, 1, text.length + 1)).toBe(
            matchWildcard(pattern, text),
          );
        },
      ),
    );
  });

  test("takes time that grows with the text, however hostile the pattern", () => {
    const time = (length: number, pattern: string): number => {
      const glob = compileWildcard(pattern);
      const text = "a".repeat(length);
      let best = Number.POSITIVE_INFINITY;
      for (let run = 0; run < 5; run++) {
        const started = performance.now();
        for (let i = 0; i < 20; i++) expect(glob.test(text)).toBe(false);
        best = Math.min(best, performance.now() - started);
      }
      return best;
    };
    for (const pattern of [`${"*a".repeat(50)}*b`, `${"*a?".repeat(50)}*b*`, `*${"a".repeat(200)}b*`]) {
      time(1000, pattern);
      // A hundred times the text: linear is a hundred times the time, quadratic ten thousand times.
      const [short, long] = [time(2000, pattern), time(200_000, pattern)];
      expect(long).toBeLessThan(Math.max(short, 0.05) * 1500);
    }
  });
});
