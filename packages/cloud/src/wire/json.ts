/**
 * JSON bodies of awsJson and restJson1: read against a shape with its types checked, write from a shape.
 *
 * The sentences of the errors are those of AWS's own parsers ("NUMBER_VALUE can not be converted to a String").
 */
import { AwsError } from "./errors.ts";
import type { Shape, StructureShape, Traits, Use } from "./shape.ts";
import { readTimestamp, writeTimestamp } from "./timestamps.ts";

/** The most nesting that a body may have. */
export const maximumDepth = 200;

/** A body that cannot be read as what the operation takes. */
export function serializationError(message: string): AwsError {
  return new AwsError("SerializationException", message);
}

/** Parses a body's text; nothing at all is an empty object. */
export function parseJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  const text = utf8(bytes);
  if (text.trim() === "") return {};
  if (nestingOf(text) > maximumDepth) throw serializationError("The request is nested too deeply.");
  try {
    return JSON.parse(text);
  } catch {
    throw serializationError("The request could not be parsed as JSON.");
  }
}

const strict = new TextDecoder("utf-8", { fatal: true });

/** The text of UTF-8. @throws AwsError for bytes that are none */
function utf8(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    throw serializationError("The request could not be parsed as JSON.");
  }
}

/** Depth of brackets, counted before parsing: JSON.parse would overflow its stack on enough of them. */
function nestingOf(text: string): number {
  if (text.length < maximumDepth) return 0;
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (quoted) {
      if (c === 92) i++;
      else if (c === 34) quoted = false;
    } else if (c === 34) quoted = true;
    else if (c === 123 || c === 91) {
      if (++depth > deepest) deepest = depth;
    } else if (c === 125 || c === 93) depth--;
  }
  return deepest;
}

/** Reads the members of a structure from a parsed JSON value. Unknown members are ignored, null ones absent. */
export function readJsonStructure(
  shape: StructureShape,
  value: unknown,
  skip?: (use: Use) => boolean,
): Record<string, unknown> {
  if (value === null || typeof value !== "object")
    throw serializationError(`Unexpected token ${tokenOf(value)}.`);
  if (Array.isArray(value)) throw serializationError("Start of list found where not expected");
  const out: Record<string, unknown> = {};
  const given = value as Record<string, unknown>;
  for (const name of Object.keys(given)) {
    const use = shape.member(name) ?? (skip ? byJsonName(shape, name) : undefined);
    if (!use || skip?.(use)) continue;
    const item = given[name];
    if (item === null || item === undefined) continue;
    out[use.name] = readJson(use.shape, item, use.traits);
  }
  if (shape.union && Object.keys(out).length > 1) {
    throw serializationError(`Unexpected: more than one member of the union ${shape.name} is set.`);
  }
  return out;
}

function byJsonName(shape: StructureShape, name: string): Use | undefined {
  return shape.members.find((use) => use.traits.jsonName === name);
}

/** Reads one value. */
export function readJson(shape: Shape, value: unknown, _traits?: Traits): unknown {
  switch (shape.type) {
    case "string":
      if (typeof value !== "string") throw mismatch(value, "String");
      return value;
    case "boolean":
      if (typeof value !== "boolean") throw mismatch(value, "Boolean");
      return value;
    case "number":
      if (typeof value === "number") return value;
      if (value === "NaN") return Number.NaN;
      if (value === "Infinity") return Number.POSITIVE_INFINITY;
      if (value === "-Infinity") return Number.NEGATIVE_INFINITY;
      throw mismatch(value, "Integer");
    case "timestamp":
      return readJsonTimestamp(value);
    case "blob":
      return readJsonBlob(value);
    case "structure":
      return readJsonStructure(shape, value);
    case "list": {
      if (!Array.isArray(value)) {
        throw value !== null && typeof value === "object"
          ? serializationError("Start of structure or map found where not expected.")
          : serializationError(`Unrecognized collection type class ${classOf(value)}`);
      }
      const item = shape.item;
      return value.map((entry) => (entry === null ? null : readJson(item.shape, entry, item.traits)));
    }
    case "map": {
      if (Array.isArray(value)) throw serializationError("Start of list found where not expected");
      if (value === null || typeof value !== "object")
        throw serializationError(`Unexpected token ${tokenOf(value)}.`);
      const out: Record<string, unknown> = {};
      const item = shape.value;
      for (const key of Object.keys(value)) {
        const entry = (value as Record<string, unknown>)[key];
        defineEntry(out, key, entry === null ? null : readJson(item.shape, entry, item.traits));
      }
      return out;
    }
    case "big-integer":
    case "big-decimal":
      if (typeof value !== "number" && typeof value !== "string") throw mismatch(value, "Number");
      return value;
    case "document":
      return value;
  }
}

/** Sets a map's entry, also one called `__proto__`, which an assignment would lose. */
export function defineEntry(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

function readJsonTimestamp(value: unknown): Date {
  if (typeof value === "number") {
    const date = new Date(Math.round(value * 1000));
    if (!Number.isNaN(date.getTime())) return date;
  } else if (typeof value === "string") {
    const date = readTimestamp(value);
    if (date) return date;
    throw serializationError("Invalid timestamp format");
  }
  throw mismatch(value, "Timestamp");
}

const base64 = /^[A-Za-z0-9+/\s]*={0,2}\s*$/;

function readJsonBlob(value: unknown): Uint8Array {
  if (typeof value !== "string") throw mismatch(value, "Blob");
  return decodeBase64(value);
}

/** Base64 text to bytes; throws a SerializationException for anything else. */
export function decodeBase64(text: string): Uint8Array {
  const bare = text.replace(/\s/g, "");
  if (!base64.test(text) || bare.replace(/=+$/, "").length % 4 === 1) {
    throw serializationError("Blob is not valid base64-encoded data.");
  }
  const bytes = Buffer.from(bare, "base64");
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function mismatch(value: unknown, wanted: string): AwsError {
  if (Array.isArray(value)) return serializationError("Start of list found where not expected");
  if (value !== null && typeof value === "object") {
    return serializationError("Start of structure or map found where not expected.");
  }
  return serializationError(`${tokenOf(value)} can not be converted to ${article(wanted)} ${wanted}`);
}

function article(word: string): string {
  return /^[AEIOU]/.test(word) ? "an" : "a";
}

function tokenOf(value: unknown): string {
  if (typeof value === "string") return "STRING_VALUE";
  if (typeof value === "number") return Number.isInteger(value) ? "NUMBER_VALUE" : "DECIMAL_VALUE";
  if (typeof value === "boolean") return value ? "TRUE_VALUE" : "FALSE_VALUE";
  return "NULL_VALUE";
}

function classOf(value: unknown): string {
  if (typeof value === "string") return "java.lang.String";
  if (typeof value === "boolean") return "java.lang.Boolean";
  return "java.lang.Number";
}

/** Writes the members of a structure; those without a value, or skipped, are left out. */
export function writeJsonStructure(
  shape: StructureShape,
  value: unknown,
  skip?: (use: Use) => boolean,
): string {
  return `{${membersOf(shape, value, skip)}}`;
}

/** The same without the braces, for errors that add members of their own. */
export function membersOf(
  shape: StructureShape,
  value: unknown,
  skip?: (use: Use) => boolean,
  without?: (name: string) => boolean,
): string {
  let out = "";
  const given = (value ?? {}) as Record<string, unknown>;
  for (const use of shape.members) {
    const item = given[use.name];
    if (item === undefined || item === null || skip?.(use) || without?.(use.name)) continue;
    const name = skip ? ((use.traits.jsonName as string | undefined) ?? use.name) : use.name;
    if (out !== "") out += ",";
    out += `"${name}":${writeJson(use.shape, item, use.traits)}`;
  }
  return out;
}

/** Writes one value. */
export function writeJson(shape: Shape, value: unknown, traits?: Traits): string {
  if (value === null || value === undefined) return "null";
  switch (shape.type) {
    case "string":
      return JSON.stringify(String(value));
    case "boolean":
      return value ? "true" : "false";
    case "number": {
      const number = Number(value);
      return Number.isFinite(number) ? String(number) : `"${number}"`;
    }
    case "timestamp": {
      const format = shape.format ?? "epoch-seconds";
      const text = writeTimestamp(value, format);
      return format === "epoch-seconds" ? text : `"${text}"`;
    }
    case "blob":
      return `"${encodeBase64(value)}"`;
    case "structure":
      return writeJsonStructure(shape, value);
    case "list": {
      const item = shape.item;
      let out = "";
      for (const entry of value as Iterable<unknown>) {
        if (entry === undefined) continue;
        if (out !== "") out += ",";
        out += writeJson(item.shape, entry, item.traits);
      }
      return `[${out}]`;
    }
    case "map": {
      const item = shape.value;
      let out = "";
      for (const [key, entry] of entriesOf(value)) {
        if (entry === undefined) continue;
        if (out !== "") out += ",";
        out += `${JSON.stringify(key)}:${writeJson(item.shape, entry, item.traits)}`;
      }
      return `{${out}}`;
    }
    case "big-integer":
    case "big-decimal":
      return String(value);
    case "document":
      void traits;
      return JSON.stringify(value) ?? "null";
  }
}

/** Entries of a map value: a plain object or a `Map`. */
export function entriesOf(value: unknown): Iterable<[string, unknown]> {
  return value instanceof Map ? value : Object.entries(value as object);
}

/** Bytes, or text as UTF-8, to base64. */
export function encodeBase64(value: unknown): string {
  if (typeof value === "string") return Buffer.from(value, "utf8").toString("base64");
  const bytes = value as Uint8Array;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
