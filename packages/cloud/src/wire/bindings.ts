/**
 * HTTP bindings of the REST protocols: members that travel in the path, the query, the headers or as the whole body.
 * See https://smithy.io/2.0/spec/http-bindings.html
 */
import type { AwsError } from "./errors.ts";
import { defineEntry } from "./json.ts";
import type { RequestHead } from "./request.ts";
import { headerOf } from "./request.ts";
import type { Shape, StructureShape, Use } from "./shape.ts";
import { parseSimple, textOf } from "./xml.ts";

/** True for a member bound to something else than the body's document. */
export function isBound(use: Use): boolean {
  const t = use.traits;
  return Boolean(
    t.httpHeader ||
      t.httpQuery ||
      t.httpLabel ||
      t.httpPrefixHeaders ||
      t.httpQueryParams ||
      t.httpResponseCode,
  );
}

/** The member that is the whole body, if there is one. */
export function payloadOf(shape: StructureShape): Use | undefined {
  return shape.members.find((use) => use.traits.httpPayload);
}

/** True when some member stands in the body's document. */
export function hasDocument(shape: StructureShape): boolean {
  return shape.members.some((use) => !isBound(use) && !use.traits.httpPayload);
}

export interface Bound {
  readonly labels: Readonly<Record<string, string>>;
  /** Decoded query, in order. */
  readonly query: readonly (readonly [string, string])[];
  /** Makes the error for a value of the wrong type. */
  readonly wrongType: (where: string, text: string, shape: Shape) => AwsError;
}

type Place = "label" | "query" | "header" | "prefix" | "params";

/** Where a bound member of an input travels, and under which name. */
interface Binding {
  readonly use: Use;
  readonly place: Place;
  readonly name: string;
}

const bindings = new WeakMap<StructureShape, readonly Binding[]>();

function bindingsOf(shape: StructureShape): readonly Binding[] {
  let known = bindings.get(shape);
  if (!known) bindings.set(shape, (known = shape.members.flatMap((use) => bindingOf(use) ?? [])));
  return known;
}

function bindingOf(use: Use): Binding | undefined {
  const { httpLabel, httpQuery, httpHeader, httpPrefixHeaders, httpQueryParams } = use.traits;
  if (httpLabel) return { use, place: "label", name: use.name };
  if (httpQuery) return { use, place: "query", name: String(httpQuery) };
  if (httpHeader) return { use, place: "header", name: String(httpHeader).toLowerCase() };
  if (httpPrefixHeaders !== undefined)
    return { use, place: "prefix", name: String(httpPrefixHeaders).toLowerCase() };
  return httpQueryParams ? { use, place: "params", name: "" } : undefined;
}

/** Reads the members bound to path, query and headers. */
export function readBindings(
  shape: StructureShape,
  head: RequestHead,
  bound: Bound,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const { use, place, name } of bindingsOf(shape)) {
    const value =
      place === "header"
        ? headerMember(use, name, head, bound)
        : otherMember(shape, use, place, name, head, bound);
    if (value !== undefined) out[use.name] = value;
  }
  return out;
}

function headerMember(use: Use, name: string, head: RequestHead, bound: Bound): unknown {
  const text = headerOf(head, name);
  if (text === undefined || (text === "" && use.shape.type !== "string")) return undefined;
  return headerValue(use, text, name, bound);
}

function otherMember(
  shape: StructureShape,
  use: Use,
  place: Exclude<Place, "header">,
  name: string,
  head: RequestHead,
  bound: Bound,
): unknown {
  switch (place) {
    case "label": {
      const text = bound.labels[name];
      return text === undefined ? undefined : simple(use.shape, text, name, bound);
    }
    case "query": {
      if (bound.query.length === 0) return undefined;
      const texts = bound.query.filter(([key]) => key === name).map(([, text]) => text);
      return texts.length > 0 ? queryValue(use, texts, name, bound) : undefined;
    }
    case "prefix":
      return prefixed(head, name);
    case "params":
      return remaining(shape, use, bound);
  }
}

function simple(shape: Shape, text: string, where: string, bound: Bound): unknown {
  const value = parseSimple(shape, text);
  if (value === undefined) throw bound.wrongType(where, text, shape);
  return value;
}

function queryValue(use: Use, texts: string[], key: string, bound: Bound): unknown {
  if (use.shape.type === "list") {
    const { shape } = use.shape.item;
    return texts.map((text) => simple(shape, text, key, bound));
  }
  const text = texts[0] as string;
  if (text === "" && use.shape.type !== "string") return undefined;
  return simple(use.shape, text, key, bound);
}

function headerValue(use: Use, text: string, name: string, bound: Bound): unknown {
  if (use.shape.type === "list") {
    const { shape } = use.shape.item;
    const dates =
      shape.type === "timestamp" && shape.format !== "date-time" && shape.format !== "epoch-seconds";
    return splitList(text, dates).map((item) => simple(shape, item, name, bound));
  }
  if (use.shape.type === "string" && use.traits.mediaType)
    return Buffer.from(text, "base64").toString("utf8");
  return simple(use.shape, use.shape.type === "string" ? utf8Header(text) : text, name, bound);
}

/** Node reads header bytes as Latin-1; clients send UTF-8. */
function utf8Header(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finds bytes beyond ASCII
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  const bytes = Buffer.from(text, "latin1");
  const decoded = bytes.toString("utf8");
  return decoded.includes("\ufffd") ? text : decoded;
}

/** Splits a header's list at commas outside of quotes; http-dates have a comma of their own. */
function splitList(text: string, dates: boolean): string[] {
  if (dates) return text.split(/,(?=\s*[A-Za-z]{3},)/).map((item) => item.trim());
  const items: string[] = [];
  for (const [, quoted, bare] of text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"|([^",]*))\s*(?:,|$)/g)) {
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/g, "$1"));
    else if (bare?.trim()) items.push(bare.trim());
  }
  return items;
}

function prefixed(head: RequestHead, prefix: string): Record<string, string> | undefined {
  let out: Record<string, string> | undefined;
  for (const name of Object.keys(head.headers)) {
    if (!name.startsWith(prefix) || name === prefix) continue;
    out ??= {};
    defineEntry(out, name.slice(prefix.length), utf8Header(headerOf(head, name) ?? ""));
  }
  return out;
}

function remaining(shape: StructureShape, use: Use, bound: Bound): Record<string, unknown> | undefined {
  const taken = new Set(shape.members.map((member) => member.traits.httpQuery).filter(Boolean));
  const out: Record<string, unknown> = {};
  const lists = use.shape.type === "map" && use.shape.value.shape.type === "list";
  for (const [key, text] of bound.query) {
    if (taken.has(key)) continue;
    if (lists) defineEntry(out, key, [...((Object.hasOwn(out, key) ? out[key] : []) as string[]), text]);
    else if (!Object.hasOwn(out, key)) defineEntry(out, key, text);
  }
  return Object.keys(out).length > 0 ? out : undefined;
}

/** Writes the members bound to headers (and the status); values a header cannot carry are encoded as RFC 2047 or dropped. */
export function writeBindings(
  shape: StructureShape,
  output: Record<string, unknown>,
): { headers: Record<string, string>; status: number | undefined } {
  const headers: Record<string, string> = {};
  let status: number | undefined;
  for (const use of shape.members) {
    const value = output[use.name];
    if (value === undefined || value === null) continue;
    const { traits } = use;
    if (traits.httpHeader)
      headers[String(traits.httpHeader).toLowerCase()] = headerText(headerFor(use, value));
    else if (traits.httpPrefixHeaders !== undefined) {
      for (const [name, text] of Object.entries(value as object)) {
        const full = `${String(traits.httpPrefixHeaders).toLowerCase()}${name.toLowerCase()}`;
        if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(full)) headers[full] = headerText(String(text));
      }
    } else if (traits.httpResponseCode) status = Number(value);
  }
  return { headers, status };
}

function headerFor(use: Use, value: unknown): string {
  const { shape } = use;
  if (shape.type === "list") {
    const item = shape.item.shape;
    return [...(value as Iterable<unknown>)]
      .map((entry) => textOf(item, entry, "http-date"))
      .map((text) =>
        item.type === "string" && /[",]/.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text,
      )
      .join(", ");
  }
  if (shape.type === "string" && use.traits.mediaType) return Buffer.from(String(value)).toString("base64");
  return textOf(shape, value, "http-date");
}

/** A value that a header can carry: other characters as an RFC 2047 word, which is how S3 returns such metadata. */
export function headerText(text: string): string {
  if (/^[\t\x20-\x7e]*$/.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text, "utf8").toString("base64")}?=`;
}
