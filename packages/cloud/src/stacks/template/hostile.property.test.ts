import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isAwsError } from "../../wire/errors.ts";
import { evaluate } from "../functions/evaluate.ts";
import { PropertyProblem, shapedProperties } from "../shape.ts";
import { compile, loadTemplate, type StackFacts } from "./compile.ts";
import { parameterTexts, parameterValue } from "./parameters.ts";
import { isMap, type Value } from "./value.ts";

const facts: StackFacts = {
  account: "111122223333",
  region: "us-east-1",
  partition: "aws",
  stackId: "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1",
  stackName: "s",
  notificationArns: [],
};

/** Everything that can be done with a template without making anything. */
function through(text: string): void {
  const template = loadTemplate(text, facts);
  const texts = parameterTexts(template, [], undefined);
  const values = Object.fromEntries(
    Object.entries(texts).map(([name, one]) => [
      name,
      parameterValue(template.parameters[name]?.type ?? "", one),
    ]),
  );
  const { scope, dependencies } = compile(template, facts, values, {
    importedValue: (name) => name,
    stackOutput: () => "",
    availabilityZones: () => ["a", "b"],
  });
  const live = { ...scope, reference: (name: string) => name, attribute: (name: string) => name };
  for (const name of dependencies.keys()) {
    const resource = template.resources[name];
    const properties = evaluate(resource?.properties as Value, live);
    if (isMap(properties)) shapedProperties(name, resource?.type ?? "", properties);
  }
  for (const one of Object.values(template.outputs)) evaluate(one.value, live);
}

/** Refused with one of AWS's errors, or accepted: never anything else. */
function refusedWell(text: string): void {
  try {
    through(text);
  } catch (error) {
    if (isAwsError(error) || error instanceof PropertyProblem) return;
    throw error;
  }
}

const NAMES = [
  "Ref",
  "Condition",
  "Fn::GetAtt",
  "Fn::Sub",
  "Fn::Join",
  "Fn::Select",
  "Fn::Split",
  "Fn::If",
  "Fn::Equals",
  "Fn::And",
  "Fn::Or",
  "Fn::Not",
  "Fn::FindInMap",
  "Fn::Cidr",
  "Fn::Base64",
  "Fn::GetAZs",
  "Fn::ImportValue",
  "Fn::Transform",
  "Fn::Length",
  "Fn::ToJsonString",
  "Fn::ForEach::X",
  "Fn::Nope",
  "__proto__",
  "constructor",
];
const WORDS = [
  "A",
  "B",
  "P",
  "C",
  "M",
  "AWS::NoValue",
  "AWS::Region",
  "${A}",
  "${A.Arn}",
  "${!x}",
  "${",
  "10.0.0.0/16",
  "",
  "0",
  "-1",
  "yes",
  "{{resolve:ssm:x}}",
];
const { value } = fc.letrec<{ value: unknown; call: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>(...WORDS, 0, 1, -1, 1e9, true, null),
    tie("call"),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.constantFrom("CidrBlock", "Tags", "Key", "Value", "Type", "Properties", ...NAMES),
      tie("value"),
      { maxKeys: 3 },
    ),
  ),
  call: fc.tuple(fc.constantFrom(...NAMES), tie("value")).map(([name, argument]) => ({ [name]: argument })),
}));
const template = fc.record(
  {
    Resources: fc.dictionary(
      fc.constantFrom("A", "B", "Fn::ForEach::L", "x-y"),
      fc.oneof(
        value,
        fc.record(
          {
            Type: fc.constantFrom("AWS::EC2::VPC", "AWS::S3::Bucket", "AWS::IAM::Role", "Custom::X"),
            Properties: value,
            Condition: fc.constantFrom("C", "D"),
            DependsOn: value,
            DeletionPolicy: value,
          },
          { requiredKeys: ["Type"] },
        ),
      ),
      { maxKeys: 3 },
    ),
    Parameters: fc.dictionary(
      fc.constantFrom("P", "A"),
      fc.oneof(
        value,
        fc.record({ Type: fc.constantFrom("String", "Number", "CommaDelimitedList"), Default: value }),
      ),
    ),
    Conditions: fc.dictionary(fc.constantFrom("C", "D"), value),
    Mappings: fc.dictionary(fc.constantFrom("M"), value),
    Outputs: fc.dictionary(fc.constantFrom("O"), fc.record({ Value: value })),
    Transform: fc.constantFrom<unknown>("AWS::LanguageExtensions", ["AWS::LanguageExtensions"], "X", 1),
  },
  { requiredKeys: ["Resources"] },
);

describe("hostile templates", () => {
  it("of any shape are refused with AWS's errors", () => {
    fc.assert(
      fc.property(template, (one) => refusedWell(JSON.stringify(one))),
      { numRuns: 600 },
    );
  });

  it("of any text are refused with AWS's errors", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: "binary" }), refusedWell), { numRuns: 500 });
  });

  it("damaged anywhere are refused with AWS's errors, in time", () => {
    const whole = readFileSync(
      new URL("../../services/cloudformation/fixtures/network.yaml", import.meta.url),
      "utf8",
    );
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(40),
        fc.constantFrom("", "{", "]", ": ", "!Ref ", "&a ", "*a", "\t", "\u0000", "- ", "${", "\n"),
        (at, length, text) => refusedWell(whole.slice(0, at) + text + whole.slice(at + length)),
      ),
      { numRuns: 60 },
    );
  });

  it("too large in any dimension end quickly", () => {
    const began = performance.now();
    const many = Array.from({ length: 501 }, (_, index) => `R${index}: {Type: AWS::S3::Bucket}`).join("\n  ");
    expect(() => through(`Resources:\n  ${many}`)).toThrow(
      /Number of resources, 501, is greater than maximum allowed, 500/,
    );
    const chain = Array.from(
      { length: 400 },
      (_, index) => `C${index}: !Or [!Condition C${index + 1}, !Condition C${index + 1}]`,
    ).join("\n  ");
    refusedWell(`Conditions:\n  ${chain}\n  C400: !Equals [1, 2]\nResources: {A: {Type: AWS::S3::Bucket}}`);
    refusedWell(`Transform: AWS::LanguageExtensions\nResources:\n  ${nestedLoops(5)}`);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});

/** Loops in loops: ten elements each, so 100,000 resources if nobody counts. */
function nestedLoops(depth: number): string {
  let body: unknown = { "R${I0}${I1}${I2}${I3}${I4}": { Type: "AWS::S3::Bucket" } };
  for (let level = depth - 1; level >= 0; level--) {
    body = {
      [`Fn::ForEach::L${level}`]: [`I${level}`, Array.from({ length: 10 }, (_, one) => String(one)), body],
    };
  }
  return JSON.stringify(body).slice(1, -1);
}
