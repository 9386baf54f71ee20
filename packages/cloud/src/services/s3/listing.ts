/** Walks keys in their byte order, rolling up common prefixes. */
import type { Stored } from "../../store/store.ts";
import type { Table } from "../../store/table.ts";

export interface Walk {
  prefix: string;
  delimiter: string | undefined;
  /** Only keys, and common prefixes, after this one. */
  after: string;
  limit: number;
}

export interface Walked<T> {
  /** Entries and common prefixes in order. */
  items: ({ key: string; value: Readonly<T> } | { prefix: string })[];
  truncated: boolean;
  /** The last key or common prefix, when there is more. */
  last?: string;
}

const BATCH = 500;
/** Sorts after every key that starts with what precedes it. */
const LAST = "\u{10ffff}";

/** @param keep entries to leave out where it says no */
export function walk<T extends Stored>(
  table: Table<T>,
  { prefix, delimiter, after, limit }: Walk,
  keep: (value: Readonly<T>) => boolean = () => true,
): Walked<T> {
  const items: Walked<T>["items"] = [];
  let from = after;
  if (delimiter) {
    // resumed at, or below, a common prefix: that prefix sorts before the marker
    const rolled = rollUp(after, prefix, delimiter);
    if (rolled !== undefined) from = `${rolled}${LAST}`;
  }
  if (limit <= 0) return { items, truncated: false };
  const size = Math.min(BATCH, limit + 1);
  for (;;) {
    const batch = table.entries({ prefix, after: from, limit: size });
    let told: string | undefined;
    for (const [key, value] of batch) {
      from = key;
      if (told !== undefined && key.startsWith(told)) continue;
      if (!keep(value)) continue;
      const previous = items.at(-1);
      if (items.length === limit) return { items, truncated: true, last: previous ? labelOf(previous) : "" };
      told = delimiter ? rollUp(key, prefix, delimiter) : undefined;
      items.push(told === undefined ? { key, value } : { prefix: told });
    }
    if (batch.length < size) return { items, truncated: false };
    // the rest of a long common prefix is passed over in one step
    if (told !== undefined && from.startsWith(told)) from = `${told}${LAST}`;
  }
}

/** The common prefix that a key is listed under, if it is. */
export function rollUp(key: string, prefix: string, delimiter: string): string | undefined {
  if (!key.startsWith(prefix)) return undefined;
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

const labelOf = (item: { key: string } | { prefix: string }) => ("key" in item ? item.key : item.prefix);

/** `encoding-type=url`: as S3 encodes keys in listings. */
export function urlEncode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
