import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Store } from "../../store/store.ts";
import { walk } from "./listing.ts";

/** What a page should have, by the definition: roll up, sort, cut. */
function expected(keys: readonly string[], prefix: string, delimiter: string | undefined, after: string) {
  const bytes = (text: string) => Buffer.from(text);
  const labels = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const at = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
      return at < 0 || !delimiter ? key : key.slice(0, at + delimiter.length);
    });
  return [...new Set(labels)]
    .sort((a, b) => Buffer.compare(bytes(a), bytes(b)))
    .filter((label) => Buffer.compare(bytes(label), bytes(after)) > 0);
}

describe("walk", () => {
  it("gives every key and common prefix once, page by page", () => {
    const key = fc.stringMatching(/^[ab/é~]{1,6}$/);
    const law = fc.property(
      fc.uniqueArray(key, { minLength: 1, maxLength: 40 }),
      fc.constantFrom("", "a", "a/", "b/a"),
      fc.constantFrom(undefined, "/", "b", "a/"),
      fc.integer({ min: 1, max: 7 }),
      (keys, prefix, delimiter, limit) => {
        const store = new Store();
        const table = store.table<{ key: string }>("t", "s");
        for (const one of keys) table.put(one, { key: one });
        const seen: string[] = [];
        let after = "";
        for (let page = 0; page < 100; page++) {
          const walked = walk(table, { prefix, delimiter, after, limit });
          expect(walked.items.length).toBeLessThanOrEqual(limit);
          seen.push(...walked.items.map((item) => ("key" in item ? item.key : item.prefix)));
          if (!walked.truncated) break;
          after = walked.last as string;
        }
        expect(seen).toEqual(expected(keys, prefix, delimiter, ""));
        store.close();
      },
    );
    fc.assert(law, { numRuns: 150 });
  });

  it("passes over a long common prefix in one step", () => {
    const store = new Store();
    const table = store.table<{ key: string }>("t", "s");
    store.unitOfWork(() => {
      for (let at = 0; at < 3000; at++) table.put(`a/${at}`, { key: "" });
      table.put("b", { key: "" });
    });
    const walked = walk(table, { prefix: "", delimiter: "/", after: "", limit: 1000 });
    expect(walked.items.map((item) => ("key" in item ? item.key : item.prefix))).toEqual(["a/", "b"]);
    store.close();
  });
});
