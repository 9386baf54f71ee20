/** Timestamps in the three forms Smithy has; see https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait */
import type { TimestampFormat } from "./shape.ts";

/** Writes a date; date-time and epoch keep milliseconds only where there are some. */
export function writeTimestamp(value: unknown, format: TimestampFormat): string {
  const date = value instanceof Date ? value : new Date(value as string | number);
  if (format === "epoch-seconds") return String(date.getTime() / 1000);
  if (format === "http-date") return date.toUTCString();
  return date.toISOString().replace(".000Z", "Z");
}

const dateTime = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;
const httpDate =
  /^[A-Za-z]{3,9},? \d{1,2}[ -][A-Za-z]{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2}(?:\.\d+)? ?(?:GMT|UTC|[+-]\d{4})?$/;
const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads a timestamp from text, in whatever form it comes (services accept all of them).
 * Returns `undefined` when it is none.
 */
export function readTimestamp(text: string): Date | undefined {
  const trimmed = text.trim();
  if (number.test(trimmed)) return validDate(new Date(Math.round(Number(trimmed) * 1000)));
  if (dateTime.test(trimmed)) {
    const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(trimmed) || trimmed.length === 10;
    return validDate(new Date(zoned ? trimmed : `${trimmed}Z`));
  }
  if (httpDate.test(trimmed)) return validDate(new Date(trimmed));
  return undefined;
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}
