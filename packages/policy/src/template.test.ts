import { describe, expect, test } from "vitest";
import { parseTemplate, splitAtColons } from "./template.ts";

const all = { variables: true, wildcards: true };

function show(text: string, options = all): string[] {
  return parseTemplate(text, options).map((piece) => {
    if (piece.kind === "literal") return piece.text;
    if (piece.kind === "variable")
      return `$(${piece.key}${piece.fallback === undefined ? "" : `=${piece.fallback}`})`;
    return piece.kind === "many" ? "<*>" : "<?>";
  });
}

describe("parseTemplate", () => {
  test.each([
    ["a*b?c", ["a", "<*>", "b", "<?>", "c"]],
    ["a**b", ["a", "<*>", "b"]],
    ["${aws:username}", ["$(aws:username)"]],
    ["x${aws:PrincipalTag/a b}y", ["x", "$(aws:PrincipalTag/a b)", "y"]],
    ["${k, 'd'}", ["$(k=d)"]],
    ["${k,'d, e'}", ["$(k=d, e)"]],
    ["${k, ''}", ["$(k=)"]],
    ["${k, 'a}b'}", ["$(k=a}b)"]],
    ["${k, d}", ["$()"]],
    ["${}", ["$()"]],
    ["${*}${?}${$}", ["*?$"]],
    ["${open", ["${open"]],
    ["$x{y}", ["$x{y}"]],
  ])("%j", (text, expected) => expect(show(text)).toEqual(expected));

  test("leaves variables as text in older policies, with their wildcards", () => {
    expect(show("${*}", { variables: false, wildcards: true })).toEqual(["${", "<*>", "}"]);
    expect(show("${aws:username}", { variables: false, wildcards: true })).toEqual(["${aws:username}"]);
  });
});

test("splitAtColons leaves the colons of variables and of the last part alone", () => {
  const parts = splitAtColons(parseTemplate("arn:aws:s3:::b/${aws:username}:x:y", all), 6);
  expect(parts.map((part) => part.length)).toEqual([1, 1, 1, 0, 0, 3]);
  expect(parts[5]?.[2]).toEqual({ kind: "literal", text: ":x:y" });
});
