/** Condition functions: Equals, Not, And, Or, If, and the evaluation of one condition. */
import { templateError } from "../template/errors.ts";
import { isMap, sameValue, type Value } from "../template/value.ts";
import type { Evaluator, IntrinsicFunction } from "./evaluate.ts";
import { isUnknown } from "./scope.ts";

export const booleanFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  "Fn::Equals": (argument, evaluator) => {
    if (!Array.isArray(argument) || argument.length !== 2) {
      throw templateError("every Fn::Equals object requires a list of 2 string parameters.");
    }
    const [left, right] = argument.map((one) => evaluator.value(one)) as [Value, Value];
    if (isUnknown(left) || isUnknown(right)) return false;
    return sameValue(left, right);
  },
  "Fn::Not": (argument, evaluator) => {
    if (!Array.isArray(argument) || argument.length !== 1) {
      throw templateError("every Fn::Not object requires one boolean parameter.");
    }
    return !truth(argument[0] as Value, evaluator, "Fn::Not");
  },
  "Fn::And": (argument, evaluator) =>
    boundedList(argument, "Fn::And").every((one) => truth(one, evaluator, "Fn::And")),
  "Fn::Or": (argument, evaluator) =>
    boundedList(argument, "Fn::Or").some((one) => truth(one, evaluator, "Fn::Or")),
  "Fn::If": (argument, evaluator) => {
    if (!Array.isArray(argument) || argument.length !== 3) {
      throw templateError("Fn::If requires a list argument with three elements");
    }
    const [condition, yes, no] = argument as [Value, Value, Value];
    const name = isMap(condition) && "Condition" in condition ? condition.Condition : condition;
    if (typeof name !== "string") {
      throw templateError("Fn::If requires a list argument with the first element being a condition");
    }
    return evaluator.maybe(evaluator.scope.condition(name) ? yes : no);
  },
};

function boundedList(argument: Value, name: string): Value[] {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 10) {
    throw templateError(
      `every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`,
    );
  }
  return argument;
}

/** The truth of a condition's expression. */
export function truth(value: Value, evaluator: Evaluator, within: string): boolean {
  if (isMap(value) && typeof value.Condition === "string" && Object.keys(value).length === 1) {
    return evaluator.scope.condition(value.Condition);
  }
  const result = isMap(value) ? evaluator.value(value) : value;
  if (typeof result === "boolean") return result;
  if (result === "true" || result === "false") return result === "true";
  throw templateError(`every ${within} object requires boolean parameters.`);
}
