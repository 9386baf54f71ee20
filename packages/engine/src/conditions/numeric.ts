/** `Numeric…`: integers and decimals. Text that is not a number matches nothing. */
import type { Comparison } from "@sagekeep/policy";
import type { Matcher } from "./matcher.ts";

const number = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** The number in a text, `NaN` when it is none. */
export function parseNumber(text: string): number {
  return number.test(text) ? Number(text) : Number.NaN;
}

/** Whether `value` stands in the relation to `limit`; never with `NaN`. */
export function compare(comparison: Comparison, value: number, limit: number): boolean {
  switch (comparison) {
    case "lessThan":
      return value < limit;
    case "lessThanEquals":
      return value <= limit;
    case "greaterThan":
      return value > limit;
    case "greaterThanEquals":
      return value >= limit;
    default:
      return value === limit;
  }
}

export class Numeric implements Matcher {
  readonly #comparison: Comparison;
  readonly #limits: readonly number[];

  constructor(values: readonly string[], comparison: Comparison) {
    this.#comparison = comparison;
    this.#limits = values.map(parseNumber);
  }

  matches(value: string): boolean {
    const read = parseNumber(value);
    for (const limit of this.#limits) if (compare(this.#comparison, read, limit)) return true;
    return false;
  }
}
