/**
 * Resolves a template value: intrinsic functions become what they stand for, `AWS::NoValue` disappears from maps
 * and lists. Follows "Intrinsic function reference"; a function's own rules are in the files beside this one.
 */
import { formatError, templateError } from "../template/errors.ts";
import { intrinsicOf, isMap, type Value, type ValueMap } from "../template/value.ts";
import { booleanFunctions } from "./booleans.ts";
import { cidr } from "./cidr.ts";
import { lookupFunctions } from "./lookups.ts";
import { type Evaluated, NO_VALUE, type Scope } from "./scope.ts";
import { textFunctions } from "./texts.ts";

/** Resolves arguments inside a function. */
export interface Evaluator {
  readonly scope: Scope;
  /** The argument resolved, still possibly `AWS::NoValue`. */
  maybe(value: Value): Evaluated;
  /** The argument resolved; `AWS::NoValue` counts as an empty text. */
  value(value: Value): Value;
}
export type IntrinsicFunction = (argument: Value, evaluator: Evaluator) => Evaluated;

const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  ...booleanFunctions,
  ...textFunctions,
  ...lookupFunctions,
  "Fn::Cidr": cidr,
};
const SUPPORTED =
  "Fn::Base64, Fn::GetAtt, Fn::GetAZs, Fn::ImportValue, Fn::Join, Fn::Split, Fn::FindInMap, Fn::Select, Ref, " +
  "Fn::Equals, Fn::If, Fn::Not, Condition, Fn::And, Fn::Or, Fn::Contains, Fn::EachMemberEquals, " +
  "Fn::EachMemberIn, Fn::ValueOf, Fn::ValueOfAll, Fn::RefAll, Fn::Sub, Fn::Cidr";
const EXTENSIONS = new Set(["Fn::Length", "Fn::ToJsonString"]);

/** The function of that name. @throws AwsError naming the functions there are */
export function functionNamed(name: string, extended: boolean): IntrinsicFunction {
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (!found || (EXTENSIONS.has(name) && !extended)) {
    throw templateError(`Encountered unsupported function: ${name} Supported functions are: [${SUPPORTED}]`);
  }
  return found;
}

/** Resolves `value`; `AWS::NoValue` at its very top comes back as such. @throws AwsError `ValidationError` */
export function evaluateMaybe(value: Value, scope: Scope): Evaluated {
  const evaluator: Evaluator = {
    scope,
    maybe: (one) => evaluateMaybe(one, scope),
    value: (one) => evaluate(one, scope),
  };
  if (Array.isArray(value)) return value.map(evaluator.maybe).filter((one): one is Value => one !== NO_VALUE);
  if (!isMap(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic && intrinsic.name !== "Condition") {
    if (intrinsic.name === "Fn::Transform") {
      throw formatError("Fn::Transform is not supported here: the local cloud runs no macros");
    }
    return functionNamed(intrinsic.name, scope.extended)(intrinsic.argument, evaluator);
  }
  const result: ValueMap = {};
  for (const [key, one] of Object.entries(value)) {
    const resolved = evaluator.maybe(one);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/** Resolves `value`, with an empty text for a bare `AWS::NoValue`. */
export function evaluate(value: Value, scope: Scope): Value {
  const result = evaluateMaybe(value, scope);
  return result === NO_VALUE ? "" : result;
}
