/**
 * `Date…`: ISO 8601 in the W3C profile, or seconds since 1970, compared as points in time. A date without a zone is
 * UTC. Text that is neither matches nothing.
 */
import type { Comparison } from "@sagekeep/policy";
import type { Matcher } from "./matcher.ts";
import { compare } from "./numeric.ts";

const epoch = /^-?\d+(?:\.\d+)?$/;
const iso =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?\s*(?:([Zz])|([+-])(\d{2}):?(\d{2}))?)?)?$/;

/** Milliseconds since 1970 of an ISO date or epoch seconds; `NaN` for other text. */
export function parseDate(text: string): number {
  if (epoch.test(text)) return Number(text) * 1000;
  const found = iso.exec(text);
  if (found === null) return Number.NaN;
  const part = (index: number, otherwise: number): number =>
    found[index] === undefined ? otherwise : Number(found[index]);
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  if (month < 1 || month > 12 || day < 1 || hour > 24 || minute > 59 || second > 60) return Number.NaN;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return Number.NaN;
  const fraction = found[7] === undefined ? 0 : Number(`0.${found[7]}`) * 1000;
  const offset = (part(10, 0) * 60 + part(11, 0)) * (found[9] === "-" ? -1 : 1);
  return Date.UTC(year, month - 1, day, hour, minute, second) + fraction - offset * 60_000;
}

export class DateComparison implements Matcher {
  readonly #comparison: Comparison;
  readonly #limits: readonly number[];

  constructor(values: readonly string[], comparison: Comparison) {
    this.#comparison = comparison;
    this.#limits = values.map(parseDate);
  }

  matches(value: string): boolean {
    const read = parseDate(value);
    for (const limit of this.#limits) if (compare(this.#comparison, read, limit)) return true;
    return false;
  }
}
