/**
 * Filters of the Describe operations: values of one filter are alternatives, filters must all hold, `*` and `?`
 * are wildcards, a backslash takes them literally.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
import type { ReadContext } from "../../context.ts";
import { AwsError } from "../../wire/errors.ts";
import { invalidValue } from "./errors.ts";
import type { Tags } from "./records.ts";

type Value = string | number | boolean | undefined;

/** What a filter compares: one value or several of which any may match. */
export type Filters<R> = Record<string, (record: Readonly<R>, context: ReadContext) => Value | Value[]>;

export interface Filter {
  Name?: string | undefined;
  Values?: string[] | undefined;
}

const patterns = new Map<string, RegExp | string>();

/** A filter value as a pattern; plain text stays a string. */
export function wildcard(text: string): RegExp | string {
  let pattern = patterns.get(text);
  if (pattern !== undefined) return pattern;
  pattern = text;
  if (/[*?\\]/.test(text)) {
    const source = text.replace(/\\(.)|([\s\S])/g, (_, escaped: string | undefined, plain: string) => {
      if (escaped !== undefined) return literal(escaped);
      return plain === "*" ? "[\\s\\S]*" : plain === "?" ? "[\\s\\S]" : literal(plain);
    });
    // runs of stars are one, so that no pattern backtracks for ever
    pattern = new RegExp(`^${source.replace(/(\[\\s\\S\]\*)+/g, "[\\s\\S]*")}$`, "u");
  }
  if (patterns.size > 1000) patterns.clear();
  patterns.set(text, pattern);
  return pattern;
}

const literal = (char: string) => char.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Whether `value` is matched by one of the patterns. */
export function matchesAny(value: string, wanted: readonly string[]): boolean {
  return wanted.some((one) => {
    const pattern = wildcard(one);
    return typeof pattern === "string" ? pattern === value : pattern.test(value);
  });
}

/** Values of a tag filter, or `undefined` when the filter is not one. */
function tagValues(name: string, tags: Tags): string[] | undefined {
  if (name.startsWith("tag:")) {
    const key = name.slice(4);
    return Object.hasOwn(tags, key) ? [tags[key]!] : [];
  }
  if (name === "tag-key") return Object.keys(tags);
  if (name === "tag-value") return Object.values(tags);
  return undefined;
}

/**
 * Makes a predicate of the filters of a request.
 * @throws AwsError for a filter that this Describe does not have
 */
export function predicate<R>(
  filters: readonly Filter[] | undefined,
  table: Filters<R>,
  tagsOf: ((record: Readonly<R>) => Tags) | undefined,
  context: ReadContext,
): (record: Readonly<R>) => boolean {
  const wanted = (filters ?? []).map(({ Name, Values }) => {
    if (!Name) throw new AwsError("MissingParameter", "The request must contain the parameter Filter.Name");
    const isTag = tagsOf && (/^tag:./.test(Name) || Name === "tag-key" || Name === "tag-value");
    if (!isTag && !Object.hasOwn(table, Name)) throw invalidValue(`The filter '${Name}' is invalid`);
    if ((Values?.length ?? 0) > 200) {
      throw new AwsError(
        "FilterLimitExceeded",
        "The maximum number of filter values specified on a single call is 200",
      );
    }
    return { name: Name, values: Values ?? [] };
  });
  return (record) =>
    wanted.every(({ name, values }) => {
      const own = (tagsOf && tagValues(name, tagsOf(record))) ?? table[name]?.(record, context);
      const list = Array.isArray(own) ? own : [own];
      return list.some((one) => one !== undefined && matchesAny(String(one), values));
    });
}
