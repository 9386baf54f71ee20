/**
 * Filter patterns: terms, JSON selectors and space-delimited fields.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
import { fieldPattern } from "./field-pattern.ts";
import { jsonPattern } from "./json-pattern.ts";
import { bad, type Matcher, regex } from "./pattern-parts.ts";

/** @throws AwsError when the pattern cannot be read */
export function compilePattern(pattern: string | undefined): Matcher {
  const text = (pattern ?? "").trim();
  if (!text) return () => ({});
  if (text.startsWith("{")) return jsonPattern(text);
  if (text.startsWith("[")) return fieldPattern(text);
  return termPattern(text);
}

function termPattern(text: string): Matcher {
  const tokens = text.match(/[?-]?(?:"(?:[^"\\]|\\.)*"|%[^%]+%|[^\s"]+)/g);
  // an open quote, or anything else that is no term
  if (tokens?.join("") !== text.replace(/"(?:[^"\\]|\\.)*"|%[^%]+%|\s+/g, (one) => (one.trim() ? one : "")))
    throw bad();
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
