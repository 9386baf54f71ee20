/**
 * The condition operators: their type, whether they negate, and how a written name is taken apart.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */

/** What two values are compared as. */
export type ConditionType = "string" | "numeric" | "date" | "bool" | "binary" | "ip" | "arn" | "null";

/** How they are compared. */
export type Comparison =
  | "equals"
  | "equalsIgnoreCase"
  | "like"
  | "lessThan"
  | "lessThanEquals"
  | "greaterThan"
  | "greaterThanEquals"
  | "inRange"
  | "isAbsent";

/** The set prefix before the operator. */
export type SetPrefix = "ForAllValues" | "ForAnyValue";

/** A base operator, without prefix and suffix. */
export interface BaseOperator {
  readonly name: string;
  readonly type: ConditionType;
  readonly comparison: Comparison;
  readonly negated: boolean;
  /** Whether policy variables are resolved in its values. */
  readonly variables: boolean;
}

/** An operator as written in a policy. */
export interface Operator {
  readonly base: BaseOperator;
  readonly prefix: SetPrefix | undefined;
  readonly ifExists: boolean;
  /** Whether the written case is IAM's own. */
  readonly exactCase: boolean;
}

function base(name: string, type: ConditionType, comparison: Comparison, negated = false): BaseOperator {
  return {
    name,
    type,
    comparison,
    negated,
    variables: type === "string" || type === "arn" || type === "bool",
  };
}

/** Every base operator IAM knows. */
export const baseOperators: readonly BaseOperator[] = [
  base("StringEquals", "string", "equals"),
  base("StringNotEquals", "string", "equals", true),
  base("StringEqualsIgnoreCase", "string", "equalsIgnoreCase"),
  base("StringNotEqualsIgnoreCase", "string", "equalsIgnoreCase", true),
  base("StringLike", "string", "like"),
  base("StringNotLike", "string", "like", true),
  base("NumericEquals", "numeric", "equals"),
  base("NumericNotEquals", "numeric", "equals", true),
  base("NumericLessThan", "numeric", "lessThan"),
  base("NumericLessThanEquals", "numeric", "lessThanEquals"),
  base("NumericGreaterThan", "numeric", "greaterThan"),
  base("NumericGreaterThanEquals", "numeric", "greaterThanEquals"),
  base("DateEquals", "date", "equals"),
  base("DateNotEquals", "date", "equals", true),
  base("DateLessThan", "date", "lessThan"),
  base("DateLessThanEquals", "date", "lessThanEquals"),
  base("DateGreaterThan", "date", "greaterThan"),
  base("DateGreaterThanEquals", "date", "greaterThanEquals"),
  base("Bool", "bool", "equals"),
  base("BinaryEquals", "binary", "equals"),
  base("IpAddress", "ip", "inRange"),
  base("NotIpAddress", "ip", "inRange", true),
  base("ArnEquals", "arn", "like"),
  base("ArnLike", "arn", "like"),
  base("ArnNotEquals", "arn", "like", true),
  base("ArnNotLike", "arn", "like", true),
  base("Null", "null", "isAbsent"),
];

const byLowerName = new Map(baseOperators.map((operator) => [operator.name.toLowerCase(), operator]));
const form = /^(?:(forallvalues|foranyvalue):)?([a-z]+?)(ifexists)?$/;

/** Takes an operator apart, whatever its case; `undefined` when IAM knows no such operator. */
export function parseOperator(text: string): Operator | undefined {
  const found = form.exec(text.toLowerCase());
  if (found === null) return undefined;
  const operator = byLowerName.get(found[2] as string);
  const ifExists = found[3] !== undefined;
  if (operator === undefined || (ifExists && operator.type === "null")) return undefined;
  const prefix =
    found[1] === undefined ? undefined : found[1] === "forallvalues" ? "ForAllValues" : "ForAnyValue";
  const spelled = `${prefix === undefined ? "" : `${prefix}:`}${operator.name}${ifExists ? "IfExists" : ""}`;
  return { base: operator, prefix, ifExists, exactCase: spelled === text };
}
