import { describe, expect, it } from "vitest";
import { parseTemplate } from "./parse.ts";

const message = (text: string): string => {
  try {
    parseTemplate(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};

describe("parseTemplate", () => {
  it("keeps the text of scalars that say more than a number or boolean", () => {
    const read = parseTemplate(
      "a: 2012-10-17\nb: yes\nc: 'yes'\nd: 0o7\ne: 010\nf: 1_000\ng: 1.50\nh: ~\ni: 111122223333\nj: 12345678901234567890\nk: !!str 5\nl: 1:30\nm: y\nn: True\no: -1.5\np: 1e3\n",
    );
    expect(read).toEqual({
      a: "2012-10-17",
      b: "yes",
      c: "yes",
      d: "0o7",
      e: "010",
      f: "1_000",
      g: "1.50",
      h: null,
      i: 111122223333,
      j: "12345678901234567890",
      k: "5",
      l: "1:30",
      m: "y",
      n: true,
      o: -1.5,
      p: "1e3",
    });
  });

  it("expands every short form, nested and in flow style", () => {
    expect(
      parseTemplate(
        [
          "a: !Ref X",
          "b: !GetAtt X.Outputs.Y",
          "c: !Sub '${A}-b'",
          "d: !Select [0, !GetAZs '']",
          "e: !If [C, !Ref AWS::NoValue, {x: !Join [',', [a, 1]]}]",
          "f: !And",
          "  - !Condition A",
          "  - !Not [!Equals [!Ref B, true]]",
          "g: !Base64",
          "  Fn::Sub: |",
          "    hello",
          "h: !GetAtt [X, Arn]",
          "i: !Sub",
          "  - '${a}'",
          "  - a: !ImportValue z",
          "j: !Cidr [!GetAtt V.CidrBlock, 6, 8]",
        ].join("\n"),
      ),
    ).toEqual({
      a: { Ref: "X" },
      b: { "Fn::GetAtt": ["X", "Outputs.Y"] },
      c: { "Fn::Sub": "${A}-b" },
      d: { "Fn::Select": [0, { "Fn::GetAZs": "" }] },
      e: { "Fn::If": ["C", { Ref: "AWS::NoValue" }, { x: { "Fn::Join": [",", ["a", 1]] } }] },
      f: { "Fn::And": [{ Condition: "A" }, { "Fn::Not": [{ "Fn::Equals": [{ Ref: "B" }, true] }] }] },
      g: { "Fn::Base64": { "Fn::Sub": "hello\n" } },
      h: { "Fn::GetAtt": ["X", "Arn"] },
      i: { "Fn::Sub": ["${a}", { a: { "Fn::ImportValue": "z" } }] },
      j: { "Fn::Cidr": [{ "Fn::GetAtt": ["V", "CidrBlock"] }, 6, 8] },
    });
  });

  it("names line and column of what is not well-formed", () => {
    expect(message("Resources:\n  A: [1, 2\n  B: x\n")).toMatch(
      /^Template format error: YAML not well-formed\. \(line \d+, column \d+\)$/,
    );
    expect(message('{\n "Resources": {,}\n}')).toBe(
      "Template format error: JSON not well-formed. (line 2, column 17)",
    );
    expect(message('{"Resources": ')).toMatch(/JSON not well-formed\. \(line 1, column \d+\)/);
    expect(message("a: !Foo x")).toMatch(/YAML not well-formed\. \(line 1, column/);
  });

  it("refuses other structures, aliases and depth without falling over", () => {
    expect(message("just text")).toBe("Template format error: unsupported structure.");
    expect(message("[1]")).toBe("Template format error: unsupported structure.");
    expect(message("")).toBe("Template format error: unsupported structure.");
    expect(message("a: &x [1]\nb: *x\n")).toBe(
      "Template error: YAML aliases are not allowed in CloudFormation templates",
    );
    expect(message(`{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`)).toMatch(/nesting depth/);
    expect(message(`a: ${"[".repeat(50_000)}`)).toMatch(/nesting depth/);
    expect(message(`a:\n  ${"- ".repeat(50_000)}x`)).toMatch(/nesting depth/);
    expect(message('{"__proto__": {"a": 1}}')).toMatch(/unsupported structure/);
    expect(message("a: 1\u0000b: 2")).not.toBe("");
    expect(message("? {a: b}\n: c")).toMatch(/unsupported structure/);
  });
});
