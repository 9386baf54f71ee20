/**
 * JSON into the input of an operation, and its output into JSON: times as ISO 8601, blobs in base64 (as the AWS CLI
 * has them). The SDK drops members it does not know without a word; here a misspelt one is an error.
 */
import { didYouMean } from "@sagekeep/policy";
import { ToolkitError } from "../../errors.ts";

/** An SDK schema: a number, a function that gives one, or `[kind, namespace, name, traits, …]`. */
type Schema = number | string | (() => Schema) | readonly unknown[];

const [SIMPLE, LIST, MAP, STRUCTURE, UNION, ERROR, OPERATION] = [0, 1, 2, 3, 4, -3, 9];
const [TIMESTAMPS, BLOB, STREAM, LIST_OF, MAP_OF] = [[4, 5, 6, 7], 21, 42, 64, 128];

function open(schema: Schema): number | string | readonly unknown[] {
  let now = schema;
  while (typeof now === "function") now = now();
  // a use with traits of its own: `[schema, traits]`
  if (Array.isArray(now) && typeof now[0] !== "number") return open(now[0] as Schema);
  if (Array.isArray(now) && now.length === 2) return open(now[0] as Schema);
  if (Array.isArray(now) && now[0] === SIMPLE) return open(now[4] as Schema);
  return now;
}

/** The input shape of an operation's schema. */
export function inputShape(operation: unknown): Schema {
  const schema = open(operation as Schema);
  return Array.isArray(schema) && schema[0] === OPERATION ? (schema[4] as Schema) : 15;
}

/** Name of the streaming member, e.g. `Body`; `undefined` when there is none. */
export function streamingMember(shape: Schema): string | undefined {
  const schema = open(shape);
  if (!Array.isArray(schema)) return undefined;
  const names = (schema[4] ?? []) as readonly string[];
  const members = (schema[5] ?? []) as readonly Schema[];
  return (
    names.find((_, index) => open(members[index] as Schema) === STREAM) ??
    names.find((_, index) => open(members[index] as Schema) === BLOB)
  );
}

/** @throws ToolkitError with the place of what does not fit */
export function inputOf(shape: Schema, value: unknown, operation: string): Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw refuse("$", `the input of ${operation} is an object, got ${kindOf(value)}`);
  return convert(shape, value, "$") as Record<string, unknown>;
}

function convert(shape: Schema, value: unknown, path: string): unknown {
  const schema = open(shape);
  if (value === null || value === undefined) return undefined;
  if (typeof schema === "number") return convertSimple(schema, value, path);
  if (typeof schema === "string") return value;
  const [kind, , name, , first, second] = schema as readonly [
    number,
    string,
    string,
    unknown,
    unknown,
    unknown,
  ];
  switch (kind) {
    case LIST:
      return listOf(first as Schema, value, path);
    case MAP:
      return mapOf(second as Schema, value, path);
    case STRUCTURE:
    case UNION:
    case ERROR:
      return structureOf(name, first as readonly string[], second as readonly Schema[], value, path);
    default:
      return value;
  }
}

function convertSimple(kind: number, value: unknown, path: string): unknown {
  if (kind & MAP_OF) return mapOf(kind & ~MAP_OF, value, path);
  if (kind & LIST_OF) return listOf(kind & ~LIST_OF, value, path);
  if (TIMESTAMPS.includes(kind)) {
    const time = typeof value === "number" ? new Date(value * 1000) : new Date(String(value));
    if (Number.isNaN(time.getTime()))
      throw refuse(
        path,
        `expected a time such as 2026-01-31T12:00:00Z or seconds since 1970, got \`${value}\``,
      );
    return time;
  }
  if (kind === BLOB || kind === STREAM) {
    if (typeof value !== "string") throw refuse(path, `expected base64 text, got ${kindOf(value)}`);
    if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(value))
      throw refuse(path, "expected base64 text", "give bytes from a file with `--body FILE`");
    return Buffer.from(value, "base64");
  }
  const expected = { 0: "string", 1: "number", 2: "boolean" }[kind];
  if (expected && typeof value !== expected)
    throw refuse(path, `expected a ${expected}, got ${kindOf(value)} ${JSON.stringify(value).slice(0, 60)}`);
  return value;
}

function listOf(item: Schema, value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw refuse(path, `expected a list, got ${kindOf(value)}`);
  return value.map((one, index) => convert(item, one, `${path}[${index}]`));
}

function mapOf(item: Schema, value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== "object" || Array.isArray(value))
    throw refuse(path, `expected an object, got ${kindOf(value)}`);
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, convert(item, one, `${path}.${key}`)]),
  );
}

function structureOf(
  name: string,
  names: readonly string[],
  members: readonly Schema[],
  value: unknown,
  path: string,
): Record<string, unknown> {
  if (typeof value !== "object" || Array.isArray(value))
    throw refuse(path, `expected an object, got ${kindOf(value)}`);
  const result: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value as object)) {
    const at = names.indexOf(key);
    if (at < 0)
      throw refuse(
        `${path}.${key}`,
        `${name} has no member \`${key}\``,
        didYouMean(key, names) ?? `members: ${names.join(", ") || "none"}`,
      );
    result[key] = convert(members[at] as Schema, one, `${path}.${key}`);
  }
  return result;
}

/** An answer as JSON can hold it. */
export function outputOf(output: object): Record<string, unknown> {
  const { $metadata: _, ...rest } = output as Record<string, unknown>;
  return plain(rest) as Record<string, unknown>;
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value && typeof value === "object")
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  return value;
}

const kindOf = (value: unknown) =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "an object"
        : `a ${typeof value}`;

function refuse(path: string, message: string, help?: string): ToolkitError {
  return new ToolkitError("CALL0003", `at \`${path}\`: ${message}`, {
    exit: "invalid",
    ...(help && { help }),
  });
}
