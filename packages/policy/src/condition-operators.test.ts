import { expect, test } from "vitest";
import { baseOperators, parseOperator } from "./condition-operators.ts";

test("knows the 27 operators, by themselves and with prefix and suffix", () => {
  expect(baseOperators).toHaveLength(27);
  for (const base of baseOperators) {
    expect(parseOperator(base.name)).toMatchObject({
      base,
      prefix: undefined,
      ifExists: false,
      exactCase: true,
    });
    if (base.name === "Null") continue;
    expect(parseOperator(`ForAnyValue:${base.name}IfExists`)).toMatchObject({
      base,
      prefix: "ForAnyValue",
      ifExists: true,
    });
  }
});

test.each([
  "StringEqual",
  "NullIfExists",
  "ForEachValue:StringEquals",
  "StringEquals ",
  "",
  "IfExists",
  "constructor",
])("%j is no operator", (name) => expect(parseOperator(name)).toBeUndefined());

test("takes another case, and says so", () => {
  expect(parseOperator("forallvalues:stringequals")).toMatchObject({
    prefix: "ForAllValues",
    exactCase: false,
  });
});
