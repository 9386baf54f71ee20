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
  for (;;) {
    const batch = table.entries({ prefix, after: from, limit: Math.min(BATCH, limit + 1) });
    let jumped = false;
    for (const [key, value] of batch) {
      from = key;
      if (!keep(value)) continue;
      const rolled = delimiter ? rollUp(key, prefix, delimiter) : undefined;
      const previous = items.at(-1);
      if (items.length === limit) return { items, truncated: true, last: previous ? labelOf(previous) : "" };
      if (rolled === undefined) {
        items.push({ key, value });
        continue;
      }
      items.push({ prefix: rolled });
      from = `${rolled}${LAST}`;
      jumped = true;
      break;
    }
    if (!jumped && batch.length < Math.min(BATCH, limit + 1)) return { items, truncated: false };
  }
}

function rollUp(key: string, prefix: string, delimiter: string): string | undefined {
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
