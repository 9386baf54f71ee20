/**
 * Form bodies of awsQuery and ec2Query: `Filter.1.Value.2=x` read against a shape.
 *
 * Lenient as AWS is: lists with or without their item name (`Tags.member.1`, `Tags.1`), gaps in the numbering.
 */
import { AwsError } from "./errors.ts";
import { defineEntry } from "./json.ts";
import type { Shape, StructureShape, Use } from "./shape.ts";
import { parseSimple } from "./xml.ts";

/** A form parameter's subtree: its own text and what is below it. */
interface Node {
  text?: string;
  readonly below: Map<string, Node>;
}

const maximumSegments = 40;

/** Splits a form body, or a query string, into decoded pairs; the first `=` ends the name. */
export function parseForm(text: string): [string, string][] {
  if (text === "") return [];
  const pairs: [string, string][] = [];
  for (const part of text.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = equals === -1 ? part : part.slice(0, equals);
    pairs.push([decodeForm(name), equals === -1 ? "" : decodeForm(part.slice(equals + 1))]);
  }
  return pairs;
}

function decodeForm(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new AwsError("MalformedQueryString", "The query string is malformed.", { status: 400 });
  }
}

/** How the two query protocols name things. */
export interface FormNaming {
  readonly nameOf: (use: Use) => string;
  readonly wrongType: (parameter: string, text: string, kind: string) => AwsError;
}

const awsQueryNames = (use: Use): string => (use.traits.xmlName as string | undefined) ?? use.name;
const ec2Names = (use: Use): string => {
  const given = use.traits.ec2QueryName as string | undefined;
  if (given) return given;
  const name = awsQueryNames(use);
  return name.charAt(0).toUpperCase() + name.slice(1);
};

export const awsQueryNaming: FormNaming = {
  nameOf: awsQueryNames,
  wrongType: (_, text, kind) =>
    new AwsError(
      "MalformedInput",
      `STRING_VALUE can not be converted to ${kind === "Integer" ? "an" : "a"} ${kind}: ${text}`,
    ),
};
export const ec2Naming: FormNaming = {
  nameOf: ec2Names,
  wrongType: (parameter, text, kind) =>
    new AwsError(
      "InvalidParameterValue",
      `Invalid value '${text}' for ${parameter}. Must be of type ${kind}.`,
    ),
};

/** Reads the input of an operation from the decoded pairs of its form. */
export function readForm(
  shape: StructureShape,
  pairs: readonly (readonly [string, string])[],
  naming: FormNaming,
): Record<string, unknown> {
  const root: Node = { below: new Map() };
  for (const [name, text] of pairs) {
    const segments = name.split(".");
    if (segments.length > maximumSegments) {
      throw new AwsError("MalformedQueryString", "The query string is nested too deeply.", { status: 400 });
    }
    let node = root;
    for (const segment of segments) {
      let next = node.below.get(segment);
      if (!next) {
        next = { below: new Map() };
        node.below.set(segment, next);
      }
      node = next;
    }
    node.text = text;
  }
  return readStructure(shape, root, "", naming);
}

function readStructure(
  shape: StructureShape,
  node: Node,
  path: string,
  naming: FormNaming,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  if (node.below.size === 0) return out;
  for (const use of shape.members) {
    const name = naming.nameOf(use);
    const below = node.below.get(name);
    if (!below) continue;
    const value = readNode(use, below, path === "" ? name : `${path}.${name}`, naming);
    if (value !== undefined) out[use.name] = value;
  }
  return out;
}

function readNode(use: Use, node: Node, path: string, naming: FormNaming): unknown {
  const { shape } = use;
  switch (shape.type) {
    case "structure":
      return readStructure(shape, node, path, naming);
    case "list":
      return numbered(node, [(shape.item.traits.xmlName as string | undefined) ?? "member", "member"]).map(
        ([i, item]) => readNode(shape.item, item, `${path}.${i}`, naming),
      );
    case "map": {
      const keyName = (shape.key.traits.xmlName as string | undefined) ?? "key";
      const valueName = (shape.value.traits.xmlName as string | undefined) ?? "value";
      const out: Record<string, unknown> = {};
      for (const [i, entry] of numbered(node, ["entry"])) {
        const key = entry.below.get(keyName)?.text;
        const value = entry.below.get(valueName);
        if (key !== undefined && value) {
          defineEntry(out, key, readNode(shape.value, value, `${path}.${i}.${valueName}`, naming));
        }
      }
      return out;
    }
    default:
      return readSimple(shape, node, path, naming);
  }
}

function readSimple(shape: Shape, node: Node, path: string, naming: FormNaming): unknown {
  if (node.text === undefined) return undefined;
  if (node.text === "" && shape.type !== "string" && shape.type !== "blob") return undefined;
  const value = parseSimple(shape, node.text);
  if (value === undefined) throw naming.wrongType(path, node.text, kinds[shape.type] ?? "String");
  return value;
}

const kinds: Partial<Record<Shape["type"], string>> = {
  number: "Integer",
  boolean: "Boolean",
  timestamp: "Timestamp",
  blob: "Blob",
};

/** The numbered nodes below, in numeric order, with or without an item name in between. */
function numbered(node: Node, names: readonly string[]): [number, Node][] {
  const found: [number, Node][] = [];
  for (const [segment, below] of node.below) {
    if (/^\d{1,9}$/.test(segment)) found.push([Number(segment), below]);
  }
  if (found.length === 0) {
    for (const name of names) {
      const below = node.below.get(name);
      if (below) return numbered(below, []);
    }
  }
  return found.sort((a, b) => a[0] - b[0]);
}
