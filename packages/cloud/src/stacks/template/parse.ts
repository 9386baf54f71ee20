/**
 * Template text → plain values. JSON when it starts with `{`, YAML otherwise; short forms (`!Ref x`) become their
 * long forms. Follows "Template formats" and "Intrinsic function reference"; refuses what AWS refuses, with its
 * sentence and place: aliases, text that is neither, too deep nesting.
 */
import {
  isAlias,
  isScalar,
  isSeq,
  isMap as isYamlMap,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import { formatError, templateError } from "./errors.ts";
import { plainScalar } from "./scalars.ts";
import type { Value, ValueMap } from "./value.ts";

/** Nesting that a real template never reaches; keeps recursion bounded. */
const MAX_DEPTH = 200;

/** Reads a template's text. @throws AwsError `ValidationError` naming line and column */
export function parseTemplate(text: string): ValueMap {
  const value = /^\s*\{/.test(text) ? parseJson(text) : parseYaml(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw formatError("unsupported structure.");
  }
  return value;
}

/**
 * What an include holds: key and value pairs in JSON, or in YAML without short forms, and no include of its own.
 * `undefined` for anything else.
 */
export function parseSnippet(text: string): ValueMap | undefined {
  try {
    const value = parseTemplate(text);
    const tagged = !/^\s*\{/.test(text) && hasShortForms(text);
    return tagged || holdsTransform(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function hasShortForms(text: string): boolean {
  let found = false;
  visit(parseDocument(text, { version: "1.1", schema: "failsafe", logLevel: "silent" }), {
    Node: (_, node) => {
      if (node.tag?.startsWith("!") && node.tag !== "!") found = true;
    },
  });
  return found;
}

function holdsTransform(value: Value): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, one]) => key === "Fn::Transform" || holdsTransform(one));
}

function parseJson(text: string): Value {
  let value: Value;
  try {
    value = JSON.parse(text) as Value;
  } catch (error) {
    // AWS's parser has read the character that it could not use
    const offset = jsonOffset(String(error), text);
    throw formatError(`JSON not well-formed. ${placeOf(text, Math.min(offset + 1, text.length))}`);
  }
  checkDepth(value, 0);
  return value;
}

function jsonOffset(message: string, text: string): number {
  const at = /position (\d+)/.exec(message);
  return at ? Number(at[1]) : text.length;
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return `(line ${line}, column ${offset - before.lastIndexOf("\n")})`;
}

function checkDepth(value: Value, depth: number): void {
  if (depth > MAX_DEPTH) throw tooDeep();
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) throw formatError("unsupported structure.");
  for (const one of Array.isArray(value) ? value : Object.values(value)) checkDepth(one, depth + 1);
}

function tooDeep() {
  return formatError(`Template exceeds the maximum nesting depth of ${MAX_DEPTH}.`);
}

function parseYaml(text: string): Value {
  const lines = new LineCounter();
  let document: ReturnType<typeof parseDocument>;
  if (deeplyNested(text)) throw tooDeep();
  try {
    document = parseDocument(text, {
      version: "1.1",
      schema: "failsafe",
      lineCounter: lines,
      uniqueKeys: false,
      logLevel: "silent",
      prettyErrors: false,
    });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
  const problem = document.errors[0];
  if (problem) {
    // AWS points at the text that does not fit, not at the white space before it
    let at = problem.code === "MULTILINE_IMPLICIT_KEY" ? problem.pos[1] : problem.pos[0];
    while (/\s/.test(text[at] ?? "")) at++;
    const { line, col } = lines.linePos(at);
    throw formatError(`YAML not well-formed. (line ${line}, column ${col})`);
  }
  return convert(document.contents as Node | null, lines, 0);
}

/** A cheap guard before the parser recurses: runs of opening brackets or dashes that no template has. */
function deeplyNested(text: string): boolean {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 91 || code === 123) {
      if (++depth > 4 * MAX_DEPTH) return true;
    } else if ((code === 93 || code === 125) && depth > 0) depth--;
    else if (code === 10 && depth < MAX_DEPTH) depth = 0;
  }
  return /(?:- ){200}/.test(text);
}

function convert(node: Node | null, lines: LineCounter, depth: number): Value {
  if (node === null) return null;
  if (depth > MAX_DEPTH) throw tooDeep();
  if (isAlias(node)) throw templateError("YAML aliases are not allowed in CloudFormation templates");
  const tag = shortForm(node, lines);
  const value = convertUntagged(node, lines, depth, tag !== undefined);
  return tag === undefined ? value : expand(tag, value);
}

function convertUntagged(node: Node, lines: LineCounter, depth: number, tagged: boolean): Value {
  if (isScalar(node)) {
    const text = typeof node.value === "string" ? node.value : (node.source ?? "");
    const plain = node.type === undefined || node.type === "PLAIN";
    if (tagged || node.tag === "tag:yaml.org,2002:str") return plain ? text : String(node.value ?? "");
    return plain ? plainScalar(node.source ?? text) : String(node.value ?? "");
  }
  if (isSeq(node)) return node.items.map((one) => convert(one as Node | null, lines, depth + 1));
  if (isYamlMap(node)) return convertMap(node, lines, depth);
  throw formatError("unsupported structure.");
}

function convertMap(node: YAMLMap, lines: LineCounter, depth: number): ValueMap {
  const map: ValueMap = {};
  for (const pair of node.items) {
    const key = pair.key as Node | null;
    if (isAlias(key)) throw templateError("YAML aliases are not allowed in CloudFormation templates");
    if (!isScalar(key)) throw formatError("unsupported structure.");
    const name = key.value === null ? "null" : String(key.value);
    if (name === "__proto__") throw formatError("unsupported structure.");
    map[name] = convert(pair.value as Node | null, lines, depth + 1);
  }
  return map;
}

const STANDARD_TAGS = /^tag:yaml\.org,2002:(?:str|int|float|bool|null|seq|map)$/;
const FUNCTIONS = new Set([
  "And",
  "Base64",
  "Cidr",
  "Contains",
  "EachMemberEquals",
  "EachMemberIn",
  "Equals",
  "FindInMap",
  "GetAZs",
  "GetAtt",
  "GetStackOutput",
  "If",
  "ImportValue",
  "Join",
  "Length",
  "Not",
  "Or",
  "RefAll",
  "Select",
  "Split",
  "Sub",
  "ToJsonString",
  "Transform",
  "ValueOf",
  "ValueOfAll",
]);

/** The long name of a node's short form tag. */
function shortForm(node: Node, lines: LineCounter): string | undefined {
  const tag = node.tag;
  if (!tag || tag === "!" || STANDARD_TAGS.test(tag)) return undefined;
  const name = tag.slice(1);
  if (name === "Ref" || name === "Condition") return name;
  if (FUNCTIONS.has(name)) return `Fn::${name}`;
  const { line, col } = lines.linePos(node.range?.[0] ?? 0);
  throw formatError(`YAML not well-formed. (line ${line}, column ${col})`);
}

function expand(name: string, value: Value): Value {
  if (name === "Fn::GetAtt" && typeof value === "string") {
    const dot = value.indexOf(".");
    return { [name]: dot < 0 ? value : [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [name]: value };
}
