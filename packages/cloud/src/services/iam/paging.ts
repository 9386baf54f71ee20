/** Pages of a list: `MaxItems` (100 by default) and opaque markers. */
import { validationError } from "./errors.ts";

/** One page of `all`, which is in the order of `key`. @throws ValidationError for a marker we did not give */
export function page<T>(
  all: readonly T[],
  key: (one: T) => string,
  input: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: readonly T[]; more: { IsTruncated: boolean; Marker?: string } } {
  const limit = input.MaxItems ?? 100;
  let start = 0;
  if (input.Marker !== undefined) {
    const after = readMarker(input.Marker);
    start = all.findIndex((one) => key(one) > after);
    if (start < 0) start = all.length;
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  if (start + limit >= all.length || last === undefined) return { items, more: { IsTruncated: false } };
  return { items, more: { IsTruncated: true, Marker: marker(key(last)) } };
}

function marker(key: string): string {
  return Buffer.from(`1|${key}`).toString("base64");
}

function readMarker(text: string): string {
  const plain = Buffer.from(text, "base64").toString();
  if (!plain.startsWith("1|")) throw validationError("Invalid Marker.");
  return plain.slice(2);
}
