/**
 * One line of a `Condition` block: operator, key and values, compiled. Values are ORed (a negated operator needs that
 * none matches), a missing key has its own answer, and set prefixes range over the request's values.
 *
 * Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
import {
  type ConditionBlock,
  type ConditionValue,
  many,
  type Operator,
  parseOperator,
} from "@sagekeep/policy";
import { type Key, keyOf } from "../compile/key.ts";
import type { Evaluation, Values } from "../evaluation.ts";
import { ArnLike } from "./arn-like.ts";
import { BinaryEquals } from "./binary-equals.ts";
import { Bool } from "./bool.ts";
import { DateComparison } from "./date.ts";
import { IpAddress } from "./ip-address.ts";
import type { Matcher } from "./matcher.ts";
import { Numeric } from "./numeric.ts";
import { StringEquals } from "./string-equals.ts";
import { StringLike } from "./string-like.ts";

function matcherOf(operator: Operator, values: readonly string[], variables: boolean): Matcher {
  const { type, comparison } = operator.base;
  const expand = variables && operator.base.variables;
  switch (type) {
    case "string":
      if (comparison === "like") return new StringLike(values, expand);
      return new StringEquals(values, expand, comparison === "equalsIgnoreCase");
    case "arn":
      return new ArnLike(values, expand);
    case "numeric":
      return new Numeric(values, comparison);
    case "date":
      return new DateComparison(values, comparison);
    case "bool":
    case "null":
      return new Bool(values, expand);
    case "binary":
      return new BinaryEquals(values);
    case "ip":
      return new IpAddress(values);
  }
}

/** Whether the values amount to none for a set operator: no value, or nothing but empty ones. */
function isNullSet(values: readonly string[]): boolean {
  return values.every((value) => value === "");
}

/** A compiled condition. */
export class Condition {
  /** The operator as written. */
  readonly operator: string;
  readonly key: Key;
  readonly values: readonly string[];
  readonly #parsed: Operator | undefined;
  readonly #matcher: Matcher | undefined;
  readonly #negated: boolean;
  readonly #whenAbsent: boolean;
  #round = 0;
  #held = false;

  constructor(operator: string, key: string, values: readonly string[], variables: boolean) {
    const parsed = parseOperator(operator);
    this.operator = operator;
    this.key = keyOf(key);
    this.values = values;
    this.#parsed = parsed;
    this.#matcher = parsed === undefined ? undefined : matcherOf(parsed, values, variables);
    this.#negated = parsed?.base.negated ?? false;
    this.#whenAbsent =
      parsed !== undefined &&
      (parsed.prefix === "ForAllValues" ||
        parsed.ifExists ||
        (parsed.prefix === undefined && parsed.base.negated));
  }

  /**
   * Whether the condition holds: found out once for all statements of the policy that share it. One with an unknown
   * operator never does.
   */
  holds(evaluation: Evaluation): boolean {
    if (this.#round !== evaluation.round) {
      this.#held = this.holdsFor(evaluation.values(this.key), evaluation);
      this.#round = evaluation.round;
    }
    return this.#held;
  }

  /** Whether the condition holds for these values of its key. */
  holdsFor(values: Values, evaluation: Evaluation): boolean {
    const matcher = this.#matcher;
    if (matcher === undefined || this.#parsed === undefined) return false;
    const absent = values === undefined || (typeof values !== "string" && values.length === 0);
    if (this.#parsed.base.type === "null") return matcher.matches(absent ? "true" : "false", evaluation);
    if (absent) return this.#whenAbsent;
    const { prefix } = this.#parsed;
    if (prefix === undefined) {
      if (typeof values === "string") return matcher.matches(values, evaluation) !== this.#negated;
      if (values.length > 1) return false;
      return matcher.matches(values[0] as string, evaluation) !== this.#negated;
    }
    const list = typeof values === "string" ? [values] : values;
    if (isNullSet(list)) return prefix === "ForAllValues";
    const wanted = prefix === "ForAnyValue";
    for (const value of list) {
      if ((matcher.matches(value, evaluation) !== this.#negated) === wanted) return wanted;
    }
    return !wanted;
  }
}

/** A condition value as IAM reads it: numbers and booleans become their text. */
export function valueText(value: ConditionValue): string {
  return typeof value === "string" ? value : String(value);
}

/** Gives the condition with a text, compiling it when it is new. */
export type Sharing = (text: string, compile: () => Condition) => Condition;

/** Compiles a whole `Condition` block; all of the result must hold. */
export function compileConditions(
  block: ConditionBlock | undefined,
  variables: boolean,
  sharing: Sharing,
): Condition[] {
  if (block === undefined) return [];
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, given]) => {
      const values = many(given).map(valueText);
      const text = JSON.stringify([operator, key, values]);
      return sharing(text, () => new Condition(operator, key, values, variables));
    }),
  );
}
