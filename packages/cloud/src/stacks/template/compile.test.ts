import { describe, expect, it } from "vitest";
import { evaluate } from "../functions/evaluate.ts";
import { topologicalOrder } from "../graph.ts";
import { type Compiled, compile, loadTemplate, type StackFacts } from "./compile.ts";
import { parameterTexts, parameterValue } from "./parameters.ts";
import { checkRules } from "./rules.ts";
import type { Value } from "./value.ts";

const facts: StackFacts = {
  account: "111122223333",
  region: "us-east-1",
  partition: "aws",
  stackId: "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1",
  stackName: "s",
  notificationArns: [],
};
const surroundings = {
  importedValue: (name: string) => `imported-${name}`,
  stackOutput: ({ stackName, outputName }: { stackName: string; outputName: string }) =>
    `${stackName}/${outputName}`,
  availabilityZones: (region: string) => ["a", "b", "c"].map((one) => `${region}${one}`),
};

function load(text: string, given: Record<string, string> = {}): Compiled {
  const parameters = Object.entries(given).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  }));
  let template = loadTemplate(text, facts);
  const texts = parameterTexts(template, parameters, undefined);
  const values = Object.fromEntries(
    Object.entries(texts).map(([name, one]) => [
      name,
      parameterValue(template.parameters[name]?.type ?? "", one),
    ]),
  );
  template = loadTemplate(text, facts, values);
  return compile(template, facts, values, surroundings);
}
const problem = (text: string, given: Record<string, string> = {}): string => {
  try {
    load(text, given);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};
/** Evaluates `expression` (YAML) among the given sections. */
const value = (expression: string, sections = ""): Value => {
  const indented = expression.replaceAll("\n", "\n      ");
  const compiled = load(
    `${sections}\nResources:\n  R:\n    Type: AWS::EC2::VPC\n    Metadata:\n      X: 1\n    Properties:\n      CidrBlock: ${indented}\n`,
  );
  return evaluate(compiled.template.resources.R?.properties.CidrBlock as Value, compiled.scope);
};
const failing = (expression: string, sections = ""): string => {
  try {
    value(expression, sections);
  } catch (error) {
    return (error as Error).message;
  }
  return "accepted";
};
const RESOURCE = "Resources:\n  A:\n    Type: AWS::EC2::InternetGateway\n";

describe("intrinsic functions", () => {
  const sections =
    "Parameters:\n  L: {Type: CommaDelimitedList, Default: 'x, y ,z'}\n  E: {Type: String, Default: prod}\n" +
    "Mappings:\n  M:\n    us-east-1: {size: 3, list: [p, q]}\n" +
    "Conditions:\n  Prod: !Equals [!Ref E, prod]\n  Dev: !Not [!Condition Prod]\n  Both: !And [!Condition Prod, !Or [!Condition Dev, !Equals [1, '1']]]\n";
  it.each<[string, Value]>([
    ["!Join ['-', [a, 1, true, !Ref E]]", "a-1-true-prod"],
    ["!Join [',', !Ref L]", "x,y,z"],
    ["!Select [1, !Ref L]", "y"],
    ["!Select ['2', !Split ['|', 'a|b|c']]", "c"],
    ["!Sub '${AWS::Region}/${E}/${!Literal}/$${E}'", "us-east-1/prod/${Literal}/$prod"],
    ["!Sub ['${a}-${E}', {a: !Select [0, !GetAZs '']}]", "us-east-1a-prod"],
    ["!FindInMap [M, !Ref AWS::Region, size]", 3],
    ["!Select [1, !FindInMap [M, us-east-1, list]]", "q"],
    ["!GetAZs eu-west-1", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]],
    ["!ImportValue {'Fn::Sub': '${E}-vpc'}", "imported-prod-vpc"],
    ["!Cidr [10.0.0.0/16, 3, 8]", ["10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24"]],
    ["!Select [5, !Cidr [10.0.0.0/20, 6, '9']]", "10.0.10.0/23"],
    ["!Cidr [10.1.0.0/24, 2, 4]", ["10.1.0.0/28", "10.1.0.16/28"]],
    ["!Cidr ['2001:db8::/56', 2, 64]", ["2001:db8::/64", "2001:db8:0:1::/64"]],
    ["!Base64 {'Fn::Join': ['', [a, b]]}", "YWI="],
    ["!If [Prod, yes-it-is, no]", "yes-it-is"],
    ["[a, !If [Dev, b, !Ref AWS::NoValue], !If [Both, c, d]]", ["a", "c"]],
    [
      "{a: !If [Dev, b, !Ref AWS::NoValue], c: {d: !If [Prod, !If [Dev, 1, !Ref AWS::NoValue], 2]}}",
      { c: {} },
    ],
    ["!Join ['', [a, !Ref AWS::NoValue, !If [Dev, b, c]]]", "ac"],
    ["!Ref AWS::URLSuffix", "amazonaws.com"],
    ["!Ref AWS::StackName", "s"],
    [
      "{Condition: {StringEquals: {a: !Ref E}}, Effect: Allow}",
      { Condition: { StringEquals: { a: "prod" } }, Effect: "Allow" },
    ],
  ])("%s", (expression, expected) => expect(value(expression, sections)).toEqual(expected));

  it.each<[string, string]>([
    ["!Select [3, !Ref L]", "Template error: Fn::Select cannot select nonexistent value at index 3"],
    ["!Select [a, [b]]", "Template error: Fn::Select requires a list argument with a valid index value"],
    ["!Sub '${L}'", "Template error: variable L in Fn::Sub expression does not resolve to a string"],
    [
      "!Sub '${a b}'",
      "Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons",
    ],
    [
      "!FindInMap [N, a, b]",
      "Template error: Mapping named 'N' is not present in the 'Mappings' section of template.",
    ],
    ["!FindInMap [M, eu-west-1, size]", "Template error: Unable to get mapping for M::eu-west-1::size"],
    ["!If [Nope, a, b]", "Template error: unresolved condition dependency Nope in Fn::If"],
    ["!If [Prod, a]", "Template error: Fn::If requires a list argument with three elements"],
    ["!GetAtt Nope.Arn", "Template error: instance of Fn::GetAtt references undefined resource Nope"],
    [
      "!GetAtt R",
      "Template error: Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    ],
    [
      "!Ref Nope",
      "Template format error: Unresolved resource dependencies [Nope] in the Resources block of the template",
    ],
    ["!Sub '${Nope.Arn}'", "Template error: instance of Fn::GetAtt references undefined resource Nope"],
    ["!Ref R", "Circular dependency between resources: [R]"],
    [
      "!Cidr [10.0.0.0/24, 3, 8]",
      "Template error: Fn::Cidr cannot make 3 blocks of 8 bits out of 10.0.0.0/24",
    ],
    [
      "{'Fn::Foo': 1}",
      "Template error: Encountered unsupported function: Fn::Foo Supported functions are: [",
    ],
    ["{'Fn::Length': [1]}", "Template error: Encountered unsupported function: Fn::Length"],
    ["{a: ~}", "[/Resources/R/Properties/CidrBlock/a] 'null' values are not allowed in templates"],
  ])("%s is refused", (expression, expected) => expect(failing(expression, sections)).toContain(expected));
});

describe("templates", () => {
  it.each<[string, string]>([
    [`Foo: 1\n${RESOURCE}`, "Invalid template property or properties [Foo]"],
    ["Resources: {}", "Template format error: At least one Resources member must be defined."],
    ["Description: x", "Template format error: At least one Resources member must be defined."],
    [
      "Resources: {A: {Properties: {}}}",
      "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
    ],
    [
      "Resources: {A-B: {Type: AWS::S3::Bucket}}",
      "Template format error: Resource name A-B is non alphanumeric.",
    ],
    ["Resources: {A: {Type: AWS::S3::Bucket, Foo: 1}}", "Invalid template resource property 'Foo'"],
    [
      "Resources: {A: {Type: AWS::S3::Bukket}, B: {Type: 'AWS::Nope::X'}}",
      "Template format error: Unrecognized resource types: [AWS::S3::Bukket, AWS::Nope::X]",
    ],
    [
      "Resources: {A: {Type: AWS::S3::Bucket, DependsOn: B}}",
      "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
    ],
    [
      RESOURCE +
        "    DependsOn: B\n  B: {Type: AWS::EC2::InternetGateway, DependsOn: [A]}\n  C: {Type: AWS::EC2::InternetGateway, DependsOn: [A]}\n",
      "Circular dependency between resources: [A, B]",
    ],
    [
      `${RESOURCE}    Condition: C\n`,
      "Template format error: Unresolved condition dependencies [C] in the Resources block of the template",
    ],
    [
      `Conditions: {C: !Equals [!Ref A, 1]}\n${RESOURCE}`,
      "Template format error: Unresolved dependencies [A]. Cannot reference resources in the Conditions block of the template",
    ],
    [
      `Conditions: {C: !Not [!Condition D], D: !Not [!Condition C]}\n${RESOURCE}`,
      "Template error: Found circular condition dependency between",
    ],
    [`${RESOURCE}Outputs: {O: {Value: ~}}`, "[/Outputs/O/Value] 'null' values are not allowed in templates"],
    [
      `${RESOURCE}Outputs: {O: {Description: x}}`,
      "Template format error: Every Outputs member must contain a Value object",
    ],
    [
      `${RESOURCE}Outputs: {O: {Value: !Ref B}}`,
      "Template format error: Unresolved resource dependencies [B] in the Outputs block of the template",
    ],
    [
      `Parameters: {P: {Type: Strin}}\n${RESOURCE}`,
      "Template format error: Unrecognized parameter type: Strin",
    ],
    [
      `Parameters: {P: {Default: a}}\n${RESOURCE}`,
      "Template format error: Every Parameters object must contain a Type member.",
    ],
    [
      "Conditions: {Off: !Equals [1, 2]}\n" +
        RESOURCE +
        "    Condition: Off\n  B: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref A}}\n",
      "Template format error: Unresolved resource dependencies [A] in the Resources block of the template",
    ],
  ])("%j is refused", (text, expected) => expect(problem(text)).toContain(expected));

  it("orders by implied and explicit dependencies, leaving out what a condition removes", () => {
    const { dependencies } = load(
      "Conditions: {Off: !Equals [1, 2]}\nResources:\n  S: {Type: AWS::EC2::Subnet, DependsOn: [X], Properties: {VpcId: !Ref V, CidrBlock: !If [Off, !Ref X, 'a']}}\n" +
        "  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: a}}\n  X: {Type: AWS::EC2::VPC, Condition: Off, Properties: {CidrBlock: !Sub '${S}'}}\n  I: {Type: AWS::EC2::InternetGateway, DependsOn: S}\n",
    );
    expect(topologicalOrder(dependencies)).toEqual(["V", "S", "I"]);
  });

  it.each<[string, Record<string, string>, string]>([
    ["P: {Type: String}", {}, "Parameters: [P] must have values"],
    ["P: {Type: String}", { P: "a", Q: "b" }, "Parameters: [Q] do not exist in the template"],
    ["P: {Type: String, AllowedValues: [a, b]}", { P: "c" }, "Parameter 'P' must be one of AllowedValues"],
    ["P: {Type: String, AllowedPattern: '[a-z]+'}", { P: "c1" }, "Parameter 'P' must match pattern [a-z]+"],
    ["P: {Type: String, MinLength: 3}", { P: "c1" }, "Parameter 'P' must contain at least 3 characters"],
    [
      "P: {Type: String, MaxLength: '1', ConstraintDescription: be short}",
      { P: "c1" },
      "Parameter P failed to satisfy constraint: be short",
    ],
    ["P: {Type: Number, MinValue: 5}", { P: "4" }, "Parameter 'P' must be a number not less than 5"],
    ["P: {Type: Number}", { P: "x" }, "Parameter 'P' must be a number"],
    ["P: {Type: List<Number>}", { P: "1,x" }, "Parameter 'P' must be a number"],
    ["P: {Type: CommaDelimitedList, AllowedValues: [a, b]}", { P: "a, b" }, "accepted"],
    ["P: {Type: String, AllowedPattern: '(?i)[A-Z]+'}", { P: "abc" }, "accepted"],
    ["P: {Type: String, Default: yes, AllowedValues: [yes, no]}", {}, "accepted"],
  ])("parameter %s given %j: %s", (definition, given, expected) => {
    expect(problem(`Parameters:\n  ${definition}\n${RESOURCE}`, given)).toContain(expected);
  });
});

describe("AWS::LanguageExtensions", () => {
  it("expands loops, and resolves lengths, JSON, defaults and policies", () => {
    const { template, scope } = load(
      [
        "Transform: [AWS::LanguageExtensions]",
        "Parameters: {Names: {Type: CommaDelimitedList, Default: 'a,b'}, Env: {Type: String, Default: prod}}",
        "Mappings: {Policy: {prod: {p: Retain}}}",
        "Resources:",
        "  Fn::ForEach::Nets:",
        "    - Name",
        "    - !Ref Names",
        "    - Net${Name}:",
        "        Type: AWS::EC2::VPC",
        "        DeletionPolicy: !FindInMap [Policy, !Ref Env, p]",
        "        Properties:",
        "          CidrBlock: !Sub '${Name}-${Env}'",
        "          InstanceTenancy: !FindInMap [Policy, none, p, {DefaultValue: !Ref Name}]",
        "          Tags: [{Key: n, Value: {'Fn::Length': !Ref Names}}, {Key: j, Value: {'Fn::ToJsonString': {a: [!Ref Env]}}}]",
        "Outputs:",
        "  Fn::ForEach::Out: [N, [a, b], {'O${N}': {Value: !GetAtt ['Net${N}', VpcId]}}]",
      ].join("\n"),
    );
    expect(Object.keys(template.resources)).toEqual(["Neta", "Netb"]);
    expect(template.resources.Netb?.deletionPolicy).toBe("Retain");
    expect(evaluate(template.resources.Neta?.properties as Value, scope)).toEqual({
      CidrBlock: "a-prod",
      InstanceTenancy: "a",
      Tags: [
        { Key: "n", Value: 2 },
        { Key: "j", Value: '{"a":["prod"]}' },
      ],
    });
    expect(template.outputs.Ob?.value).toEqual({ "Fn::GetAtt": ["Netb", "VpcId"] });
  });

  it("names conditions in loops by functions, of resources and of outputs", () => {
    const { template } = load(
      [
        "Transform: AWS::LanguageExtensions",
        "Conditions: {'Fn::ForEach::Made': [N, [a, b], {'Is${N}': !Equals [!Ref N, a]}]}",
        "Resources:",
        "  Fn::ForEach::Nets: [N, [a, b], {'Net${N}': {Type: AWS::EC2::VPC, Condition: !Sub 'Is${N}'}}]",
        "Outputs:",
        "  Fn::ForEach::Out: [N, [a, b], {'O${N}': {Condition: !Sub 'Is${N}', Value: !Ref N}}]",
      ].join("\n"),
    );
    expect(template.resources.Netb?.condition).toBe("Isb");
    expect(template.outputs.Oa?.condition).toBe("Isa");
  });
});

describe("rules", () => {
  const text =
    "Parameters: {E: {Type: String}, T: {Type: String, Default: small}}\n" +
    "Rules:\n  R:\n    RuleCondition: !Equals [!Ref E, prod]\n    Assertions:\n" +
    "      - Assert: {'Fn::Contains': [[big, huge], !Ref T]}\n        AssertDescription: production is big\n" +
    RESOURCE;
  const check = (given: Record<string, string>) => {
    const { template, scope } = load(text, given);
    checkRules(template, scope, () => []);
  };
  it("hold or refuse with their description", () => {
    expect(() => check({ E: "dev" })).not.toThrow();
    expect(() => check({ E: "prod", T: "huge" })).not.toThrow();
    expect(() => check({ E: "prod" })).toThrow(/production is big/);
  });
});
