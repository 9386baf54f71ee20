/** What filter patterns of all kinds are made of: regular expressions and comparisons. */
import { mayBacktrack } from "./backtracking.ts";
import { invalid } from "./state.ts";

/** Whether a message matches; for JSON and fields also what the pattern's names stand for. */
export type Matcher = (message: string) => Record<string, string> | undefined;

export const bad = () => invalid("Invalid filter pattern");

/** What Logs supports of regular expressions: no groups, no symbols but these. */
const SUPPORTED = /^(?:[\w\s:#=@/;,.^$?[\]{}|*+-]|\\(?:[dDsSwW^$.|?*+(){}[\]\\/%-]|x[0-9a-fA-F]{2}))*$/;

/** `%expr%` as a regular expression of the simple kind that Logs takes. */
export function regex(source: string): RegExp {
  // what can backtrack for ever is not part of Logs' syntax
  if (!SUPPORTED.test(source) || mayBacktrack(source) || source.length > 200) throw bad();
  try {
    return new RegExp(source);
  } catch {
    throw bad();
  }
}

/** JSON and fields may have two regular expressions. */
export function checkRegexes(pattern: string): void {
  if ((pattern.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/%[^%]+%/g)?.length ?? 0) > 2) throw bad();
}

export type Test = (value: unknown) => boolean;

/** A comparison's right side. */
export function comparison(operator: string, right: string): Test {
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
