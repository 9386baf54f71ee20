import fc from "fast-check";
import { expect, test } from "vitest";
import { frozenCopy } from "./frozen-copy.ts";

const throughJson = (value: unknown): unknown => {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
};

test("keeps what JSON keeps, frozen", () => {
  const anything = fc.anything({
    withDate: true,
    withTypedArray: true,
    withMap: true,
    withNullPrototype: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const copy = frozenCopy(value);
      expect(copy).toEqual(throughJson(value));
      if (typeof copy === "object") expect(Object.isFrozen(copy)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test("tells nothing apart from JSON in odd members", () => {
  const odd = {
    now: new Date(0),
    none: undefined,
    act() {},
    list: [undefined, Number.NaN, -0],
    nested: { a: [] },
  };
  expect(JSON.stringify(frozenCopy(odd))).toBe(JSON.stringify(odd));
  const own = JSON.parse('{"__proto__":{"polluted":true}}') as object;
  expect(JSON.stringify(frozenCopy(own))).toBe('{"__proto__":{"polluted":true}}');
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  expect(() => frozenCopy({ big: 1n })).toThrow(TypeError);
});
