/**
 * Filter patterns: terms, JSON selectors and space-delimited fields.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { mayBacktrack } from "./backtracking.ts";
import { invalid } from "./state.ts";

/** Whether a message matches; for JSON and fields also what the pattern's names stand for. */
export type Matcher = (message: string) => Record<string, string> | undefined;

/** @throws AwsError when the pattern cannot be read */
export function compilePattern(pattern: string | undefined): Matcher {
  const text = (pattern ?? "").trim();
  if (!text) return () => ({});
  if (text.startsWith("{")) return jsonPattern(text);
  if (text.startsWith("[")) return fieldPattern(text);
  return termPattern(text);
}

const bad = () => invalid("Invalid filter pattern");

/** `%expr%` as a regular expression of the simple kind that Logs takes. */
function regex(source: string): RegExp {
  // what can backtrack for ever is not part of Logs' syntax
  if (mayBacktrack(source) || source.length > 200) throw bad();
  try {
    return new RegExp(source);
  } catch {
    throw bad();
  }
}

function termPattern(text: string): Matcher {
  const tokens = text.match(/[?-]?(?:"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s"]+)/g);
  if (!tokens) throw bad();
  const need: ((message: string) => boolean)[] = [];
  const any: typeof need = [];
  const not: typeof need = [];
  for (const token of tokens) {
    const sign = token[0] === "?" || token[0] === "-" ? token[0] : "";
    const body = token.slice(sign.length);
    if (!sign && !/^["%\w./:=@,*|#$&^~!+()<>'`;\\[\]{}-]/.test(body)) throw bad();
    (sign === "?" ? any : sign === "-" ? not : need).push(term(body));
  }
  return (message) => {
    if (not.some((test) => test(message))) return undefined;
    // optional terms beside required ones are ignored, as Logs does
    if (need.length) return need.every((test) => test(message)) ? {} : undefined;
    return !any.length || any.some((test) => test(message)) ? {} : undefined;
  };
}

function term(body: string): (message: string) => boolean {
  if (body.startsWith("%") && body.endsWith("%") && body.length > 2) {
    const expression = regex(body.slice(1, -1));
    return (message) => expression.test(message);
  }
  const plain = body.startsWith('"') ? body.slice(1, -1).replace(/\\(.)/g, "$1") : body;
  return (message) => message.includes(plain);
}

type Test = (value: unknown) => boolean;

/** A comparison's right side. */
function comparison(operator: string, right: string): Test {
  const negated = operator === "!=";
  if (operator === "=" || negated) {
    if (right.startsWith("%") && right.endsWith("%") && right.length > 2) {
      const expression = regex(right.slice(1, -1));
      return (value) => value !== undefined && expression.test(String(value)) !== negated;
    }
    const quoted = right.startsWith('"');
    const text = quoted ? right.slice(1, -1).replace(/\\(.)/g, "$1") : right;
    const number = quoted ? Number.NaN : Number(text);
    const expression = wildcard(text);
    return (value) => {
      if (value === undefined || value === null || typeof value === "object") return false;
      const same =
        !Number.isNaN(number) && text !== "" && !Number.isNaN(Number(value))
          ? Number(value) === number
          : expression.test(String(value));
      return same !== negated;
    };
  }
  const number = Number(right);
  if (right === "" || Number.isNaN(number)) throw bad();
  return (value) => {
    if (value === undefined || value === null || value === "" || typeof value === "object") return false;
    const own = Number(value);
    if (operator === ">") return own > number;
    if (operator === "<") return own < number;
    return operator === ">=" ? own >= number : own <= number;
  };
}

const wildcard = (text: string) =>
  new RegExp(
    `^${text
      .split(/\*+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&"))
      .join("[\\s\\S]*")}$`,
  );

// JSON

const TOKEN =
  /\s*(&&|\|\||\(|\)|>=|<=|!=|=|<|>|"(?:[^"\\]|\\.)*"|%[^%]+%|\$(?:\.[\w@-]+|\[\d+\]|\["[^"]+"\]|\['[^']+'\])*|[^\s()=<>!&|"]+)/y;

function jsonPattern(text: string): Matcher {
  if (!text.endsWith("}")) throw bad();
  const source = text.slice(1, -1);
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const match = TOKEN.exec(source);
    if (!match) throw bad();
    tokens.push(match[1]!);
  }
  let at = 0;
  const selectors: string[] = [];
  type Node = (document: unknown) => boolean;
  const either = (): Node => {
    const parts = [both()];
    while (tokens[at] === "||") {
      at++;
      parts.push(both());
    }
    return (document) => parts.some((part) => part(document));
  };
  const both = (): Node => {
    const parts = [one()];
    while (tokens[at] === "&&") {
      at++;
      parts.push(one());
    }
    return (document) => parts.every((part) => part(document));
  };
  const one = (): Node => {
    if (tokens[at] === "(") {
      at++;
      const inner = either();
      if (tokens[at++] !== ")") throw bad();
      return inner;
    }
    const selector = tokens[at++];
    if (!selector?.startsWith("$")) throw bad();
    selectors.push(selector);
    const path = steps(selector);
    const operator = tokens[at++]?.toUpperCase();
    if (operator === "IS") {
      const what = tokens[at++]?.toUpperCase();
      if (what === "NULL") return (document) => walk(document, path) === null;
      if (what === "TRUE") return (document) => walk(document, path) === true;
      if (what === "FALSE") return (document) => walk(document, path) === false;
      throw bad();
    }
    if (operator === "NOT") {
      if (tokens[at++]?.toUpperCase() !== "EXISTS") throw bad();
      return (document) => walk(document, path) === undefined;
    }
    if (operator === "EXISTS") return (document) => walk(document, path) !== undefined;
    const right = tokens[at++];
    if (!operator || !["=", "!=", "<", ">", "<=", ">="].includes(operator) || right === undefined)
      throw bad();
    const test = comparison(operator, right);
    return (document) => test(walk(document, path));
  };
  const root = either();
  if (at !== tokens.length) throw bad();
  return (message) => {
    let document: unknown;
    try {
      document = JSON.parse(message);
    } catch {
      return undefined;
    }
    if (typeof document !== "object" || document === null || !root(document)) return undefined;
    return Object.fromEntries(
      selectors.flatMap((name) => {
        const value = walk(document, steps(name));
        return value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)]];
      }),
    );
  };
}

const steps = (selector: string): string[] =>
  [...selector.matchAll(/\.([\w@-]+)|\[(\d+)\]|\["([^"]+)"\]|\['([^']+)'\]/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? "",
  );

function walk(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** The value that `$.a.b` selects in a JSON message, for metric values. */
export function selectJson(message: string, selector: string): unknown {
  try {
    return walk(JSON.parse(message), steps(selector));
  } catch {
    return undefined;
  }
}

// fields

function fieldPattern(text: string): Matcher {
  if (!text.endsWith("]")) throw bad();
  const parts = splitFields(text.slice(1, -1));
  const dots = parts.indexOf("...");
  const fields = parts.map((part) => {
    if (part === "...") return { name: "...", test: () => true };
    const match = /^([\w-]+)?\s*(.*)$/s.exec(part);
    const name = match?.[1] ?? "";
    const alternatives = (match?.[2] ?? "").trim();
    if (!name && part) throw bad();
    if (!alternatives) return { name, test: () => true };
    return { name, test: conditions(name, part) };
  });
  return (message) => {
    const words = message.trim().match(/\[[^\]]*\]|"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
    const values = words.map((word) => (/^["[]/.test(word) ? word.slice(1, -1) : word));
    const extra = values.length - (fields.length - 1);
    if (dots >= 0 ? extra < 0 : values.length !== fields.length) return undefined;
    const named: Record<string, string> = {};
    let at = 0;
    for (const [index, field] of fields.entries()) {
      if (index === dots) {
        at += extra;
        continue;
      }
      const value = values[at++] ?? "";
      if (!field.test(value)) return undefined;
      named[`$${field.name || index + 1}`] = value;
    }
    return named;
  };
}

/** Splits at commas outside of quotes and expressions. */
const splitFields = (text: string): string[] =>
  (text.match(/(?:"(?:[^"\\]|\\.)*"|%[^%]+%|[^,"%])+/g) ?? []).map((part) => part.trim());

/** `status=4* || status=5*`, with `&&` binding tighter. */
function conditions(name: string, text: string): Test {
  const alternatives = text.split("||").map((alternative) =>
    alternative.split("&&").map((one) => {
      const match = /^\s*([\w-]+)\s*(!=|>=|<=|=|>|<)\s*("(?:[^"\\]|\\.)*"|%[^%]+%|\S+)\s*$/.exec(one);
      if (!match || match[1] !== name) throw bad();
      return comparison(match[2]!, match[3]!);
    }),
  );
  return (value) => alternatives.some((tests) => tests.every((test) => test(value)));
}
