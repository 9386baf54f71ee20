/**
 * Reference twin: condition blocks.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
import type { ConditionBlock } from "@sagekeep/policy";
import { arnParts, type Lookup, matches, tokens } from "./text.ts";

/** The values of a condition key: none when the request has no such key. */
export type ReadKey = (key: string) => readonly string[];

/** Whether every line of the block holds. */
export function blockHolds(
  block: ConditionBlock | undefined,
  read: ReadKey,
  variables: Lookup | undefined,
): boolean {
  for (const [operator, keys] of Object.entries(block ?? {})) {
    for (const [key, values] of Object.entries(keys)) {
      const accepted = (Array.isArray(values) ? values : [values]).map(String);
      if (!lineHolds(operator, accepted, read(key), variables)) return false;
    }
  }
  return true;
}

function lineHolds(
  written: string,
  accepted: readonly string[],
  requested: readonly string[],
  variables: Lookup | undefined,
): boolean {
  let operator = written.toLowerCase();
  let quantifier = "";
  for (const prefix of ["forallvalues", "foranyvalue"]) {
    if (operator.startsWith(`${prefix}:`)) {
      quantifier = prefix;
      operator = operator.slice(prefix.length + 1);
    }
  }
  const ifExists = operator.endsWith("ifexists");
  if (ifExists) operator = operator.slice(0, -"ifexists".length);
  if (operator === "null") {
    const wanted = requested.length === 0 ? "true" : "false";
    return !ifExists && accepted.some((value) => value.toLowerCase() === wanted);
  }
  const positive = operator.replace(/^(string|numeric|date|arn)not/, "$1").replace(/^notip/, "ip");
  const negated = positive !== operator;
  const test = tests[positive];
  if (test === undefined) return false;
  const one = (value: string): boolean => accepted.some((entry) => test(entry, value, variables)) !== negated;

  if (requested.length === 0) {
    if (ifExists) return true;
    if (quantifier === "forallvalues") return true;
    if (quantifier === "foranyvalue") return false;
    return negated;
  }
  if (quantifier === "") return requested.length === 1 && one(requested[0] as string);
  const empty = requested.every((value) => value === "");
  if (quantifier === "forallvalues") return empty || requested.every(one);
  return !empty && requested.some(one);
}

/** Whether one policy value and one request value agree, by positive operator in lower case. */
type Test = (accepted: string, value: string, variables: Lookup | undefined) => boolean;

const stringLike: Test = (accepted, value, variables) => matches(tokens(accepted, true, variables), value);

const arnLike: Test = (accepted, value, variables) => {
  if (/^\*+$/.test(accepted)) return true;
  const wholly = variables !== undefined && /^\$\{(?:[^}']|'[^']*')*\}$/.test(accepted);
  if (wholly && !/^\$\{[*?$]\}$/.test(accepted)) return matches(tokens(accepted, true, variables), value);
  const left = arnParts(accepted, variables !== undefined);
  const right = arnParts(value, false);
  if (left.length < 6 || right.length < 6) return false;
  return left.every((part, index) => matches(tokens(part, true, variables), right[index] as string));
};

function numberOf(text: string): number {
  const trimmed = text.trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed) ? Number.parseFloat(trimmed) : Number.NaN;
}

function timeOf(text: string): number {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number.parseFloat(text) * 1000;
  const shape =
    /^(\d{4}-\d{2})(-\d{2})?(?:[Tt ](\d{2}:\d{2})(:\d{2})?(\.\d+)?\s*(Z|z|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (shape === null || (shape[2] === undefined && shape[3] !== undefined)) return Number.NaN;
  if (shape[5] !== undefined && shape[4] === undefined) return Number.NaN;
  const [, month, day = "-01", clock = "00:00", seconds = ":00", fraction = "", zone = "Z"] = shape;
  const canonicalZone = zone.toUpperCase().replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const days = new Date(Date.UTC(Number(month?.slice(0, 4)), Number(month?.slice(5)), 0)).getUTCDate();
  if (Number(day.slice(1)) > days) return Number.NaN;
  return Date.parse(`${month}${day}T${clock}${seconds}${fraction}${canonicalZone}`);
}

function relation(read: (text: string) => number, holds: (value: number, limit: number) => boolean): Test {
  return (accepted, value) => {
    const [left, right] = [read(value), read(accepted)];
    return !Number.isNaN(left) && !Number.isNaN(right) && holds(left, right);
  };
}

/** An address as one big number with its width, or `undefined`. */
function addressOf(text: string): { bits: number; value: bigint } | undefined {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (v4 !== null) {
    const octets = v4.slice(1);
    if (octets.some((octet) => Number(octet) > 255 || (octet.length > 1 && octet.startsWith("0"))))
      return undefined;
    return { bits: 32, value: octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n) };
  }
  if (!text.includes(":")) return undefined;
  let whole = text;
  const tail = /^(.*:)([^:]*\..*)$/.exec(text);
  if (tail !== null) {
    const low = addressOf(tail[2] as string);
    if (low?.bits !== 32) return undefined;
    whole = `${tail[1]}${(low.value >> 16n).toString(16)}:${(low.value & 0xffffn).toString(16)}`;
  }
  const [head, rest, more] = whole.split("::").map((half) => (half === "" ? [] : half.split(":")));
  if (head === undefined || more !== undefined) return undefined;
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = rest === undefined ? head : [...head, ...new Array<string>(missing).fill("0"), ...rest];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: 128, value: groups.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n) };
}

const inRange: Test = (accepted, value) => {
  const [base, suffix] = accepted.split("/");
  const range = addressOf(base as string);
  const address = addressOf(value);
  if (range === undefined || address === undefined || range.bits !== address.bits) return false;
  if (accepted.split("/").length > 2 || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return false;
  const length = suffix === undefined ? range.bits : Number(suffix);
  if (length > range.bits) return false;
  const dropped = BigInt(range.bits - length);
  return range.value >> dropped === address.value >> dropped;
};

function bytesOf(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bare = text.replace(/=+$/, "");
  const padding = text.length - bare.length;
  const fits =
    bare.length % 4 !== 1 && (padding === 0 || (padding === (4 - (bare.length % 4)) % 4 && padding > 0));
  return fits ? Buffer.from(bare, "base64").toString("latin1") : undefined;
}

function resolved(accepted: string, variables: Lookup | undefined): string | undefined {
  const result = tokens(accepted, false, variables);
  if (result.includes("hole")) return undefined;
  return result.map((token) => (typeof token === "object" ? token.char : token)).join("");
}

const tests: Record<string, Test> = {
  stringequals: (accepted, value, variables) => resolved(accepted, variables) === value,
  stringequalsignorecase: (accepted, value, variables) =>
    resolved(accepted, variables)?.toLowerCase() === value.toLowerCase(),
  stringlike: stringLike,
  arnlike: arnLike,
  arnequals: arnLike,
  bool: (accepted, value, variables) => {
    const [left, right] = [resolved(accepted, variables)?.toLowerCase(), value.toLowerCase()];
    return left === right && (right === "true" || right === "false");
  },
  binaryequals: (accepted, value) => bytesOf(accepted) !== undefined && bytesOf(accepted) === bytesOf(value),
  ipaddress: inRange,
};
for (const [type, read] of [
  ["numeric", numberOf],
  ["date", timeOf],
] as const) {
  tests[`${type}equals`] = relation(read, (value, limit) => value === limit);
  tests[`${type}lessthan`] = relation(read, (value, limit) => value < limit);
  tests[`${type}lessthanequals`] = relation(read, (value, limit) => value <= limit);
  tests[`${type}greaterthan`] = relation(read, (value, limit) => value > limit);
  tests[`${type}greaterthanequals`] = relation(read, (value, limit) => value >= limit);
}
