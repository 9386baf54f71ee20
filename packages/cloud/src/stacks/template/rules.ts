/** The Rules section: assertions about parameter values, checked before anything is made. */
import { evaluate } from "../functions/evaluate.ts";
import type { Scope } from "../functions/scope.ts";
import { templateError, validationError } from "./errors.ts";
import type { Template } from "./template.ts";
import { sameValue, scalarText, type Value } from "./value.ts";

/** Looks up attributes of existing resources, for `Fn::ValueOf` (`AWS::EC2::VPC::Id` and the like). */
export type ParameterAttributes = (parameter: string, attribute: string) => Value[];

/** @throws AwsError with the description of each assertion that does not hold */
export function checkRules(template: Template, scope: Scope, attributes: ParameterAttributes): void {
  const ruleScope: Scope = {
    ...scope,
    parameter: (name) => scope.parameter(name),
    ruleFunction: (name, argument) => ruleFunction(name, argument, template, ruleScope, attributes),
  };
  const failures: string[] = [];
  for (const [name, rule] of Object.entries(template.rules)) {
    if (rule.condition !== undefined && !isTrue(evaluate(rule.condition, ruleScope))) continue;
    for (const { assert, description } of rule.assertions) {
      if (!isTrue(evaluate(assert, ruleScope)))
        failures.push(description ?? `assertion of rule ${name} does not hold`);
    }
  }
  if (failures.length > 0) {
    throw validationError(
      `Template error: Rules validation failed. Rule violations: [${failures.join(", ")}]`,
    );
  }
}

function isTrue(value: Value): boolean {
  return value === true || value === "true";
}

function ruleFunction(
  name: string,
  argument: Value,
  template: Template,
  scope: Scope,
  attributes: ParameterAttributes,
): Value {
  const parts = Array.isArray(argument) ? argument : [argument];
  const lists = () => parts.map((one) => listOf(evaluate(one, scope)));
  switch (name) {
    case "Fn::Contains":
    case "Fn::EachMemberIn": {
      const [members = [], allowed = []] = swap(name, lists());
      return members.every((one) => allowed.some((other) => sameValue(one, other)));
    }
    case "Fn::EachMemberEquals": {
      const [members = [], [wanted] = []] = lists();
      return members.every((one) => sameValue(one, wanted as Value));
    }
    case "Fn::RefAll": {
      const type = scalarText(parts[0] as Value);
      return Object.values(template.parameters)
        .filter((one) => one.type === type || one.type === `List<${type}>`)
        .flatMap((one) => listOf((scope.parameter(one.name) as Value | undefined) ?? []));
    }
    case "Fn::ValueOf": {
      const [parameter, attribute] = parts.map((one) => scalarText(one) ?? "") as [string, string];
      const values = attributes(parameter, attribute);
      return values.length === 1 ? (values[0] as Value) : values;
    }
    case "Fn::ValueOfAll": {
      const [type, attribute] = parts.map((one) => scalarText(one) ?? "") as [string, string];
      return Object.values(template.parameters)
        .filter((one) => one.type === type || one.type === `List<${type}>`)
        .flatMap((one) => attributes(one.name, attribute));
    }
    default:
      throw templateError(`Encountered unsupported function: ${name}`);
  }
}

/** `Fn::Contains` asks whether the list (first) has the value (second), `EachMemberIn` the other way round. */
function swap(name: string, lists: Value[][]): Value[][] {
  return name === "Fn::Contains" ? [...lists].reverse() : lists;
}

function listOf(value: Value): Value[] {
  return Array.isArray(value) ? value : [value];
}
