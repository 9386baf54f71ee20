/** JSON selectors, `{ $.status = 404 && $.tags[*] = "a*" }`. */
import { bad, checkRegexes, comparison, type Matcher, type Test } from "./pattern-parts.ts";

const TOKEN =
  /\s*(&&|\|\||\(|\)|>=|<=|!=|=|<|>|"(?:[^"\\]|\\.)*"|%[^%]+%|\$(?:\.(?:[\w@-]+|\*)|\[(?:\d+|\*)\]|\.?\["[^"]+"\]|\.?\['[^']+'\])*|[^\s()=<>!&|"]+)/y;

export function jsonPattern(text: string): Matcher {
  if (!text.endsWith("}")) throw bad();
  checkRegexes(text);
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
    const some = (test: Test) => (document: unknown) => walkAll(document, path).some(test);
    const operator = tokens[at++]?.toUpperCase();
    if (operator === "IS") {
      const what = tokens[at++]?.toUpperCase();
      if (what === "NULL") return some((value) => value === null);
      if (what === "TRUE") return some((value) => value === true);
      if (what === "FALSE") return some((value) => value === false);
      throw bad();
    }
    if (operator === "NOT") {
      if (tokens[at++]?.toUpperCase() !== "EXISTS") throw bad();
      return (document) => walkAll(document, path).length === 0;
    }
    const right = tokens[at++];
    if (!operator || !["=", "!=", "<", ">", "<=", ">="].includes(operator) || right === undefined)
      throw bad();
    return some(comparison(operator, right));
  };
  const root = either();
  if (at !== tokens.length) throw bad();
  const wild = selectors.map((one) => one.match(/\.\*|\[\*\]/g)?.length ?? 0);
  // one in a selector, three in a pattern
  if (wild.some((count) => count > 1) || wild.reduce((sum, count) => sum + count, 0) > 3) throw bad();
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
        const [value] = walkAll(document, steps(name));
        return value === undefined ? [] : [[name, typeof value === "string" ? value : JSON.stringify(value)]];
      }),
    );
  };
}

type Step = string | typeof ANY;
const ANY = Symbol("*");

const steps = (selector: string): Step[] =>
  [...selector.matchAll(/\.?\["([^"]+)"\]|\.?\['([^']+)'\]|\.([\w@-]+|\*)|\[(\d+|\*)\]/g)].map(
    ([, double, single, name, index]) => {
      if (double !== undefined || single !== undefined) return double ?? single ?? "";
      const step = name ?? index ?? "";
      return step === "*" ? ANY : step;
    },
  );

/** Everything that a path selects; `*` stands for every member or element. */
function walkAll(document: unknown, path: readonly Step[]): unknown[] {
  let values = [document];
  for (const step of path) {
    values = values.flatMap((value) => {
      if (typeof value !== "object" || value === null) return [];
      if (step === ANY) return Object.values(value);
      return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
    });
  }
  return values;
}

/** The value that `$.a.b` selects in a JSON message, for metric values. */
export function selectJson(message: string, selector: string): unknown {
  try {
    return walkAll(JSON.parse(message), steps(selector))[0];
  } catch {
    return undefined;
  }
}
