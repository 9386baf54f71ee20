/** Functions of text and lists: Join, Split, Select, Sub, Base64, and the extensions Length and ToJsonString. */
import { templateError } from "../template/errors.ts";
import { isMap, scalarText, type Value } from "../template/value.ts";
import type { Evaluator, IntrinsicFunction } from "./evaluate.ts";
import { isUnknown, KNOWN_AFTER_APPLY } from "./scope.ts";
import { substitute } from "./substitution.ts";

export const textFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  "Fn::Join": join,
  "Fn::Split": split,
  "Fn::Select": select,
  "Fn::Sub": sub,
  "Fn::Base64": (argument, evaluator) => {
    const value = evaluator.value(argument);
    const text = scalarText(value);
    if (text === undefined) throw templateError("every Fn::Base64 object must have a String-typed value.");
    return isUnknown(value) ? KNOWN_AFTER_APPLY : Buffer.from(text, "utf8").toString("base64");
  },
  "Fn::Length": (argument, evaluator) => {
    const value = evaluator.value(argument);
    if (isUnknown(value) && !Array.isArray(value)) return KNOWN_AFTER_APPLY;
    if (!Array.isArray(value)) throw templateError("Fn::Length requires a list argument");
    return value.length;
  },
  "Fn::ToJsonString": (argument, evaluator) => {
    const value = evaluator.value(argument);
    if (typeof value !== "object")
      throw templateError("Fn::ToJsonString requires an object or list argument");
    return JSON.stringify(value);
  },
};

const JOIN_FORM =
  "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined " +
  "or a function that returns a list of strings (such as Fn::GetAZs) to be joined.";

function join(argument: Value, evaluator: Evaluator): Value {
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(JOIN_FORM);
  const delimiter = argument[0] as Value;
  const parts = evaluator.value(argument[1] as Value);
  if (typeof delimiter !== "string") throw templateError(JOIN_FORM);
  if (!Array.isArray(parts)) {
    if (isUnknown(parts)) return KNOWN_AFTER_APPLY;
    throw templateError(JOIN_FORM);
  }
  return parts
    .map((one) => {
      const text = scalarText(one);
      if (text === undefined) throw templateError(JOIN_FORM);
      return text;
    })
    .join(delimiter);
}

const SPLIT_FORM =
  "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a " +
  "function that returns a string to be split.";

function split(argument: Value, evaluator: Evaluator): Value {
  if (!Array.isArray(argument) || argument.length !== 2) throw templateError(SPLIT_FORM);
  const delimiter = argument[0];
  const source = evaluator.value(argument[1] as Value);
  if (isUnknown(source)) return KNOWN_AFTER_APPLY;
  const text = scalarText(source);
  if (typeof delimiter !== "string" || delimiter === "" || text === undefined)
    throw templateError(SPLIT_FORM);
  return text.split(delimiter);
}

function select(argument: Value, evaluator: Evaluator): Value {
  if (!Array.isArray(argument) || argument.length !== 2) {
    throw templateError("Fn::Select requires a list argument with two elements: an integer index and a list");
  }
  const index = scalarText(evaluator.value(argument[0] as Value));
  const list = evaluator.value(argument[1] as Value);
  if (index === undefined || !/^\d+$/.test(index)) {
    throw templateError("Fn::Select requires a list argument with a valid index value");
  }
  if (!Array.isArray(list)) {
    if (isUnknown(list)) return KNOWN_AFTER_APPLY;
    throw templateError("Fn::Select requires a list argument with two elements: an integer index and a list");
  }
  const found = list[Number(index)];
  if (found === undefined)
    throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  if (found === null) throw templateError("Fn::Select cannot select null values");
  return found;
}

const SUB_FORM =
  "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, " +
  "and an optional second argument to specify a mapping of values to replace in the string";

function sub(argument: Value, evaluator: Evaluator): Value {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  if (typeof text !== "string" || !isMap(variables) || (Array.isArray(argument) && argument.length !== 2)) {
    throw templateError(SUB_FORM);
  }
  return substitute(text, (name) => {
    const value = Object.hasOwn(variables, name)
      ? evaluator.value(variables[name] as Value)
      : variable(name, evaluator);
    const result = scalarText(value);
    if (result === undefined) {
      throw templateError(`variable ${name} in Fn::Sub expression does not resolve to a string`);
    }
    return result;
  });
}

function variable(name: string, evaluator: Evaluator): Value {
  const dot = name.indexOf(".");
  if (dot < 0) return evaluator.value({ Ref: name });
  return evaluator.value({ "Fn::GetAtt": [name.slice(0, dot), name.slice(dot + 1)] });
}
