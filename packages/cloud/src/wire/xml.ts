/**
 * XML of awsQuery, ec2Query and restXml: write a structure as elements, read a request's elements into a structure.
 * Names and flattening follow https://smithy.io/2.0/spec/protocol-traits.html#xml-bindings
 */
import { decodeBase64, defineEntry, encodeBase64, entriesOf } from "./json.ts";
import type { Shape, StructureShape, TimestampFormat, Traits, Use } from "./shape.ts";
import { readTimestamp, writeTimestamp } from "./timestamps.ts";
import type { XmlElement } from "./xml-parser.ts";
import { XmlSyntaxError } from "./xml-parser.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot carry
const special = /[<>&"\r\n\u0085\u2028\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Namespaces of S3, which has ways of its own. */
const ofS3 = new Set(["com.amazonaws.s3", "com.amazonaws.s3control"]);

/**
 * Escapes text for an element or an attribute. A character that XML cannot carry becomes U+FFFD; in S3's answers a
 * reference to it, which many parsers refuse and so do its clients: they ask for `encoding-type=url` instead.
 */
export function escapeXml(text: string, s3 = false): string {
  if (!special.test(text)) return text;
  return text.replace(new RegExp(special, "g"), (c) => {
    switch (c) {
      case "<":
        return "&lt;";
      case ">":
        return "&gt;";
      case "&":
        return "&amp;";
      case '"':
        return "&quot;";
      case "\r":
        return "&#xD;";
      case "\n":
        return "\n";
      default:
        return c === "\u0085" || c === "\u2028"
          ? `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`
          : s3
            ? `&#x${c.charCodeAt(0).toString(16)};`
            : "\ufffd";
    }
  });
}

/** ` xmlns="…"` of a namespace trait (`[prefix, uri]` or a bare uri). */
function namespaceOf(traits: Traits): string {
  const given = traits.xmlNamespace;
  if (!given) return "";
  const [prefix, uri] = Array.isArray(given) ? (given as [string, string]) : ["", String(given)];
  return ` xmlns${prefix ? `:${prefix}` : ""}="${escapeXml(uri ?? "")}"`;
}

/** Services that write milliseconds also where there are none: `2023-11-15T12:02:40.000Z`. */
const inMilliseconds = (shape: StructureShape): boolean =>
  ofS3.has(shape.namespace) || shape.namespace === "com.amazonaws.ec2";

const inEc2sOrder = new WeakMap<StructureShape, readonly Use[]>();

/**
 * The members in the order they are written in. EC2 puts a structure's own values before what is nested in it, and
 * clients that read item by item (boto 2) lose what comes after a list.
 */
function ordered(shape: StructureShape): readonly Use[] {
  if (shape.namespace !== "com.amazonaws.ec2") return shape.members;
  let order = inEc2sOrder.get(shape);
  if (!order) {
    const nested = ({ shape: { type } }: Use): boolean => type === "list" || type === "structure";
    order = [...shape.members.filter((use) => !nested(use)), ...shape.members.filter(nested)];
    inEc2sOrder.set(shape, order);
  }
  return order;
}

/** The children (and the attributes) of a structure. */
function partsOf(shape: StructureShape, value: unknown, skip?: (use: Use) => boolean): [string, string] {
  let attributes = "";
  let children = "";
  const given = (value ?? {}) as Record<string, unknown>;
  const s3 = ofS3.has(shape.namespace);
  for (const use of ordered(shape)) {
    const item = given[use.name];
    if (item === undefined || item === null || skip?.(use)) continue;
    const name = (use.traits.xmlName as string | undefined) ?? use.name;
    if (use.traits.xmlAttribute) attributes += ` ${name}="${escapeXml(textOf(use.shape, item), s3)}"`;
    else if (use.shape.type === "timestamp" && inMilliseconds(shape))
      children += `<${name}>${new Date(item as Date).toISOString()}</${name}>`;
    else children += writeUse(use, name, item, s3);
  }
  return [attributes, children];
}

/** The children of a structure as XML text, without an element around them. */
export function writeXmlMembers(shape: StructureShape, value: unknown, skip?: (use: Use) => boolean): string {
  return partsOf(shape, value, skip)[1];
}

/** One element with a structure in it. */
export function writeXmlStructure(
  name: string,
  shape: StructureShape,
  value: unknown,
  namespace = "",
): string {
  const [attributes, children] = partsOf(shape, value);
  return `<${name}${namespace || namespaceOf(shape.traits)}${attributes}>${children}</${name}>`;
}

function writeUse(use: Use, name: string, value: unknown, s3: boolean): string {
  const { shape, traits } = use;
  switch (shape.type) {
    case "structure":
      return writeXmlStructure(name, shape, value, namespaceOf(traits));
    case "list": {
      const flat = traits.xmlFlattened ?? shape.traits.xmlFlattened;
      const item = shape.item;
      const itemName = flat ? name : ((item.traits.xmlName as string | undefined) ?? "member");
      let out = "";
      for (const entry of value as Iterable<unknown>) {
        if (entry === undefined || (entry === null && !shape.traits.sparse)) continue;
        out += entry === null ? `<${itemName}/>` : writeUse(item, itemName, entry, s3);
      }
      return flat ? out : `<${name}${namespaceOf(traits)}>${out}</${name}>`;
    }
    case "map": {
      const flat = traits.xmlFlattened ?? shape.traits.xmlFlattened;
      const keyName = (shape.key.traits.xmlName as string | undefined) ?? "key";
      const valueName = (shape.value.traits.xmlName as string | undefined) ?? "value";
      const entryName = flat ? name : "entry";
      let out = "";
      for (const [key, entry] of entriesOf(value)) {
        if (entry === undefined || entry === null) continue;
        const inner = writeUse(shape.value, valueName, entry, s3);
        out += `<${entryName}><${keyName}>${escapeXml(key, s3)}</${keyName}>${inner}</${entryName}>`;
      }
      return flat ? out : `<${name}${namespaceOf(traits)}>${out}</${name}>`;
    }
    default:
      return `<${name}${namespaceOf(traits)}>${escapeXml(textOf(shape, value), s3)}</${name}>`;
  }
}

/** A simple value as text; `timestamp` is the form of timestamps without one of their own. */
export function textOf(shape: Shape, value: unknown, timestamp: TimestampFormat = "date-time"): string {
  switch (shape.type) {
    case "timestamp":
      return writeTimestamp(value, shape.format ?? timestamp);
    case "blob":
      return encodeBase64(value);
    default:
      return String(value);
  }
}

/** Reads a simple value from text; `undefined` when the text is no such value. */
export function parseSimple(shape: Shape, text: string): unknown {
  switch (shape.type) {
    case "number": {
      const trimmed = text.trim();
      if (/^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(trimmed)) return Number(trimmed);
      if (trimmed === "NaN") return Number.NaN;
      return trimmed === "Infinity" || trimmed === "-Infinity" ? Number(trimmed) : undefined;
    }
    case "boolean": {
      const lower = text.trim().toLowerCase();
      return lower === "true" ? true : lower === "false" ? false : undefined;
    }
    case "timestamp":
      return readTimestamp(text);
    case "blob":
      try {
        return decodeBase64(text);
      } catch {
        return undefined;
      }
    case "string":
    case "big-integer":
    case "big-decimal":
    case "document":
      return text;
    default:
      return undefined;
  }
}

/** Reads a structure from an element; throws an `XmlSyntaxError` where a value is not of its type. */
export function readXmlStructure(
  shape: StructureShape,
  element: XmlElement,
  skip?: (use: Use) => boolean,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  const byName = new Map<string, XmlElement[]>();
  for (const child of element.children) {
    const known = byName.get(child.name);
    if (known) known.push(child);
    else byName.set(child.name, [child]);
  }
  for (const use of shape.members) {
    if (skip?.(use)) continue;
    const name = (use.traits.xmlName as string | undefined) ?? use.name;
    if (use.traits.xmlAttribute) {
      const text = element.attributes[name];
      if (text !== undefined) out[use.name] = simpleValue(use.shape, text);
      continue;
    }
    const elements = byName.get(name);
    if (elements) out[use.name] = readUse(use, elements);
  }
  return out;
}

function readUse(use: Use, elements: XmlElement[]): unknown {
  const { shape, traits } = use;
  const first = elements[0] as XmlElement;
  switch (shape.type) {
    case "structure":
      return readXmlStructure(shape, first);
    case "list": {
      const flat = traits.xmlFlattened ?? shape.traits.xmlFlattened;
      const itemName = (shape.item.traits.xmlName as string | undefined) ?? "member";
      const items = flat ? elements : first.children.filter((child) => child.name === itemName);
      return items.map((element) => readUse(shape.item, [element]));
    }
    case "map": {
      const flat = traits.xmlFlattened ?? shape.traits.xmlFlattened;
      const entries = flat ? elements : first.children.filter((child) => child.name === "entry");
      const keyName = (shape.key.traits.xmlName as string | undefined) ?? "key";
      const valueName = (shape.value.traits.xmlName as string | undefined) ?? "value";
      const out: Record<string, unknown> = {};
      for (const entry of entries) {
        const key = entry.children.find((child) => child.name === keyName);
        const value = entry.children.find((child) => child.name === valueName);
        if (key && value) defineEntry(out, key.text, readUse(shape.value, [value]));
      }
      return out;
    }
    default:
      if (first.children.length > 0) throw new XmlSyntaxError(`unexpected elements in ${first.name}`);
      return simpleValue(shape, first.text);
  }
}

function simpleValue(shape: Shape, text: string): unknown {
  const value = parseSimple(shape, text);
  if (value === undefined) throw new XmlSyntaxError("a value is not of its type");
  return value;
}
