import { describe, expect, test } from "vitest";
import { type ParsedPolicy, parsePolicy } from "./index.ts";

function statement(...statements: object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

function codes(parsed: ParsedPolicy): string[] {
  return [...parsed.errors, ...parsed.warnings].map((finding) => finding.code);
}

const allow = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };

describe("reading", () => {
  test("accepts a plain policy without findings", () => {
    expect(parsePolicy(statement(allow))).toMatchObject({ errors: [], warnings: [] });
  });

  test("refuses ten megabytes quickly", () => {
    const started = performance.now();
    const parsed = parsePolicy(`{"Statement":"${"x".repeat(10_000_000)}"}`);
    expect(parsed.errors[0]?.code).toBe("POLICY0101");
    expect(performance.now() - started).toBeLessThan(200);
  });

  test("refuses deep nesting, as text and as value", () => {
    expect(codes(parsePolicy("[".repeat(100_000)))).toEqual(["POLICY0102"]);
    let nested: unknown = {};
    for (let i = 0; i < 100_000; i++) nested = { nested };
    expect(codes(parsePolicy(nested))).toEqual(["POLICY0102"]);
  });

  test("names the place of a syntax error", () => {
    expect(parsePolicy('{\n "Statement": oops }').errors[0]).toMatchObject({ code: "POLICY0103" });
  });

  test.each([
    null,
    3,
    "null",
    "[]",
    '"x"',
    "",
    "{}",
    '{"Statement":[]}',
    '{"Statement":[null]}',
    '{"Statement":[[]]}',
  ])("refuses %j without throwing", (source) => expect(parsePolicy(source).errors.length).toBeGreaterThan(0));
});

describe("structure", () => {
  const cases: [string, object, string, string][] = [
    ["an unknown element", { ...allow, Conditon: {} }, "POLICY0201", "did you mean `Condition`?"],
    ["a wrong effect", { ...allow, Effect: "allow" }, "POLICY0208", "did you mean `Allow`?"],
    ["both Action and NotAction", { ...allow, NotAction: "s3:*" }, "POLICY0209", ""],
    ["no resource", { Effect: "Allow", Action: "s3:*" }, "POLICY0209", ""],
    ["a principal in an identity policy", { ...allow, Principal: "*" }, "POLICY0214", ""],
    [
      "an unknown operator",
      { ...allow, Condition: { StringEqual: { "aws:a": "b" } } },
      "POLICY0212",
      "did you mean `StringEquals`?",
    ],
    ["a Sid with a dash", { ...allow, Sid: "a-b" }, "POLICY0207", "use `ab`"],
    ["an action without service", { ...allow, Action: "s3" }, "POLICY0217", "did you mean `s3:*`?"],
    ["a resource that is no ARN", { ...allow, Resource: "bucket/*" }, "POLICY0218", ""],
  ];
  test.each(cases)("finds %s", (_, bad, code, help) => {
    const found = parsePolicy(statement(bad)).errors.find((finding) => finding.code === code);
    expect(found).toBeDefined();
    if (help !== "") expect(found?.help).toBe(help);
  });

  test("finds wrong versions and repeated Sids", () => {
    const parsed = parsePolicy({
      Version: "2012-10-18",
      Statement: [
        { ...allow, Sid: "A" },
        { ...allow, Sid: "A" },
      ],
    });
    expect(codes(parsed)).toEqual(["POLICY0204", "POLICY0206"]);
  });

  test("knows what each kind of policy must have", () => {
    expect(codes(parsePolicy(statement(allow), { kind: "bucket" }))).toContain("POLICY0214");
    const trust = {
      Effect: "Allow",
      Principal: { Service: "sagemaker" },
      Action: "sts:AssumeRole",
      Resource: "*",
    };
    expect(codes(parsePolicy(statement(trust), { kind: "trust" }))).toEqual(["POLICY0209", "POLICY0216"]);
    const wild = {
      Effect: "Deny",
      Principal: { AWS: "arn:aws:iam::111122223333:user/*" },
      Action: "s3:*",
      Resource: "*",
    };
    expect(codes(parsePolicy(statement(wild), { kind: "resource" }))).toContain("POLICY0216");
  });
});

describe("meaning", () => {
  const key = (effect: string, actions: string | string[], operator: string, name: string, value: unknown) =>
    parsePolicy(
      statement({
        Effect: effect,
        Action: actions,
        Resource: "*",
        Condition: { [operator]: { [name]: value } },
      }),
    );

  test("suggests actions and services", () => {
    const parsed = parsePolicy(statement({ ...allow, Action: ["s3:GetObjct", "sagmaker:CreateApp"] }));
    expect(parsed.warnings.map((finding) => finding.help)).toEqual([
      "did you mean `s3:GetObject`?",
      "did you mean `sagemaker`?",
    ]);
    expect(parsed.errors).toEqual([]);
  });

  test("finds deprecated keys, unknown keys and keys the action lacks", () => {
    expect(
      key("Allow", "sagemaker:CreateTrainingJob", "StringEquals", "sagemaker:VolumeKmsKey", "k").warnings[0],
    ).toMatchObject({
      code: "POLICY0310",
      help: "use `sagemaker:VolumeKmsKeyArn`",
    });
    expect(key("Allow", "s3:GetObject", "StringEquals", "aws:SourceVpcc", "k").warnings[0]?.code).toBe(
      "POLICY0309",
    );
    expect(
      key("Allow", "sagemaker:CreateTransformJob", "ForAnyValue:StringEquals", "sagemaker:VpcSubnets", "k")
        .warnings[0]?.code,
    ).toBe("POLICY0311");
  });

  test("finds a deny that blocks actions without the key for ever", () => {
    const found = key("Deny", "sagemaker:Create*Job", "Null", "sagemaker:VpcSubnets", "true").warnings.find(
      (w) => w.code === "POLICY0315",
    );
    expect(found?.message).toContain("always");
  });

  test("finds set operators where they do harm or are missing", () => {
    expect(codes(key("Allow", "sagemaker:AddTags", "StringEquals", "aws:TagKeys", "a"))).toContain(
      "POLICY0312",
    );
    expect(codes(key("Allow", "s3:GetObject", "ForAllValues:StringEquals", "aws:SourceVpc", "a"))).toContain(
      "POLICY0313",
    );
    expect(codes(key("Allow", "s3:GetObject", "StringEquals", "aws:PrincipalArn", "arn:*"))).toContain(
      "POLICY0314",
    );
  });

  test("finds actions that support no resource", () => {
    const parsed = parsePolicy(
      statement({
        Effect: "Allow",
        Action: "sagemaker:ListUserProfiles",
        Resource: "arn:aws:sagemaker:*:*:user-profile/*",
      }),
    );
    expect(codes(parsed)).toContain("POLICY0308");
  });

  test("counts quotas as AWS does", () => {
    const long = {
      ...allow,
      Resource: Array.from({ length: 200 }, (_, i) => `arn:aws:s3:::bucket-number-${i}/*`),
    };
    expect(codes(parsePolicy(statement(long)))).toContain("POLICY0401");
    const spaced = JSON.stringify({ Version: "2012-10-17", Statement: [allow] }, undefined, 10).replace(
      /\n/g,
      "\n".repeat(900),
    );
    expect(codes(parsePolicy(spaced))).toEqual([]);
    expect(codes(parsePolicy(spaced, { kind: "scp" }))).toEqual(["POLICY0401"]);
  });
});
