/** Functions of Logs Insights. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { compareValues, numberOf, truth, type Value } from "./values.ts";

/** A function of values of one event. */
export type Plain = (args: Value[], now: number) => Value;
/** A function of an argument's values over the events of a group, in order of time, oldest first. */
export type Aggregate = (values: Value[], parameter: Value) => Value;

const text = (value: Value): string => (value === undefined ? "" : String(value));
const flag = (yes: boolean): number => (yes ? 1 : 0);
const math =
  (work: (number: number) => number): Plain =>
  ([value]) => {
    const number = numberOf(value);
    return number === undefined ? undefined : work(number);
  };
const strip =
  (how: RegExp): Plain =>
  ([value, characters]) => {
    if (value === undefined) return undefined;
    if (characters === undefined) return text(value).replace(how, "");
    let from = 0;
    let to = text(value).length;
    const set = text(characters);
    if (how.source.includes("^")) while (from < to && set.includes(text(value)[from]!)) from++;
    if (how.source.includes("$")) while (to > from && set.includes(text(value)[to - 1]!)) to--;
    return text(value).slice(from, to);
  };

function inSubnet(address: Value, subnet: Value, family: 0 | 4 | 6): number {
  const [base = "", bits = ""] = text(subnet).split("/");
  const kind = isIP(text(address));
  if (!kind || kind !== isIP(base) || (family && kind !== family)) return 0;
  const prefix = Number(bits);
  if (!/^\d+$/.test(bits) || prefix > (kind === 4 ? 32 : 128)) return 0;
  const list = new BlockList();
  const name = kind === 4 ? "ipv4" : "ipv6";
  list.addSubnet(base, prefix, name);
  return flag(list.check(text(address), name));
}

export const plain: Readonly<Record<string, Plain>> = {
  abs: math(Math.abs),
  ceil: math(Math.ceil),
  floor: math(Math.floor),
  log: math(Math.log),
  sqrt: math(Math.sqrt),
  greatest: (args) => [...args].sort(compareValues).findLast((value) => value !== undefined),
  least: (args) => [...args].sort(compareValues)[0],
  ispresent: ([value]) => flag(value !== undefined),
  coalesce: (args) => args.find((value) => value !== undefined),
  isempty: ([value]) => flag(value === undefined || text(value) === ""),
  isblank: ([value]) => flag(value === undefined || text(value).trim() === ""),
  concat: (args) => args.map(text).join(""),
  ltrim: strip(/^\s+/),
  rtrim: strip(/\s+$/),
  trim: strip(/^\s+|\s+$/g),
  strlen: ([value]) => (value === undefined ? undefined : [...text(value)].length),
  toupper: ([value]) => value && text(value).toUpperCase(),
  tolower: ([value]) => value && text(value).toLowerCase(),
  substr: ([value, from, length]) => {
    if (value === undefined) return undefined;
    const start = numberOf(from) ?? 0;
    const count = numberOf(length);
    return text(value).slice(start, count === undefined ? undefined : start + count);
  },
  replace: ([value, what, by]) => value && text(value).replaceAll(text(what), () => text(by)),
  strcontains: ([value, what]) => flag(value !== undefined && text(value).includes(text(what))),
  isvalidip: ([value]) => flag(isIP(text(value)) !== 0),
  isvalidipv4: ([value]) => flag(isIPv4(text(value))),
  isvalidipv6: ([value]) => flag(isIPv6(text(value))),
  isipinsubnet: ([value, subnet]) => inSubnet(value, subnet, 0),
  isipv4insubnet: ([value, subnet]) => inSubnet(value, subnet, 4),
  isipv6insubnet: ([value, subnet]) => inSubnet(value, subnet, 6),
  now: (_, now) => Math.floor(now / 1000),
  if: ([condition, yes, no]) => (truth(condition) ? yes : no),
};

const numbers = (values: Value[]): number[] =>
  values.map(numberOf).filter((number): number is number => number !== undefined);
const present = (values: Value[]): Value[] => values.filter((value) => value !== undefined);
const sum = (list: number[]): number => list.reduce((total, one) => total + one, 0);
const mean = (list: number[]): number => sum(list) / list.length;

function percentile(values: Value[], percent: number): Value {
  const sorted = numbers(values).sort((a, b) => a - b);
  if (!sorted.length) return undefined;
  const place = (Math.min(Math.max(percent, 0), 100) / 100) * (sorted.length - 1);
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return a + (b - a) * (place - low);
}

const some =
  (work: (list: number[]) => number): Aggregate =>
  (values) => {
    const list = numbers(values);
    return list.length ? work(list) : undefined;
  };

export const aggregates: Readonly<Record<string, Aggregate>> = {
  count: (values) => present(values).length,
  count_distinct: (values) => new Set(present(values).map(String)).size,
  sum: some(sum),
  avg: some(mean),
  min: some((list) => list.reduce((a, b) => Math.min(a, b))),
  max: some((list) => list.reduce((a, b) => Math.max(a, b))),
  median: (values) => percentile(values, 50),
  pct: (values, percent) => percentile(values, numberOf(percent) ?? 50),
  stddev: some((list) => {
    const middle = mean(list);
    return Math.sqrt(mean(list.map((one) => (one - middle) ** 2)));
  }),
  earliest: (values) => present(values)[0],
  latest: (values) => present(values).at(-1),
  sortsfirst: (values) => present(values).sort(compareValues)[0],
  sortslast: (values) => present(values).sort(compareValues).at(-1),
};
