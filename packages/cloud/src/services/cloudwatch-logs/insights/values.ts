/** Values of Logs Insights: text and numbers, compared and ordered as it does. */
import { mayBacktrack } from "../backtracking.ts";

export type Value = string | number | undefined;

export const numberOf = (value: Value): number | undefined => {
  if (value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
};

export const truth = (value: Value): boolean =>
  value !== undefined && value !== "" && value !== 0 && value !== "0" && value !== "false";

/** Numbers after everything else, each among their own; what is missing comes last. */
export function compareValues(a: Value, b: Value): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? 1 : -1;
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x !== undefined && y !== undefined) return x - y;
  if (x !== undefined || y !== undefined) return x === undefined ? -1 : 1;
  return String(a) < String(b) ? -1 : a === b ? 0 : 1;
}

/** A JSON document's leaves under dotted names; booleans are 1 and 0. */
export function flatten(document: unknown, into: Map<string, Value>, path = ""): void {
  if (into.size >= 200) return;
  if (typeof document === "object" && document !== null) {
    for (const [key, item] of Object.entries(document)) {
      // a field that would look like one of Logs' own gets a second sign
      const name = !path && key.startsWith("@") ? `@${key}` : key;
      flatten(item, into, path ? `${path}.${name}` : name);
    }
  } else if (path && document !== null) {
    into.set(path, typeof document === "boolean" ? Number(document) : (document as Value));
  }
}

/** `2026-01-31 23:59:59.000` */
export const timeText = (epoch: number): string =>
  new Date(epoch).toISOString().replace("T", " ").replace("Z", "");

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of `5m`; none for units that have no one length. */
export function durationOf(text: string): number | undefined {
  const match = /^(\d+)([a-z]+)$/.exec(text);
  const unit = match && UNITS[match[2]!];
  return match && unit ? Number(match[1]) * unit || undefined : undefined;
}

/** A regular expression of a query; `(?i)` at its start counts. */
export function expressionOf(source: string): RegExp | undefined {
  // what can backtrack for ever is not let in
  if (source.length > 1000 || mayBacktrack(source)) return undefined;
  const flags = /^\(\?([is]+)\)/.exec(source);
  try {
    return new RegExp(flags ? source.slice(flags[0].length) : source, flags?.[1] ?? "");
  } catch {
    return undefined;
  }
}
