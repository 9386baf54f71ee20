/** Fields between spaces, `[ip, user, ..., status = 4*]`. */
import { bad, checkRegexes, comparison, type Matcher, type Test } from "./pattern-parts.ts";

export function fieldPattern(text: string): Matcher {
  if (!text.endsWith("]")) throw bad();
  checkRegexes(text);
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
  const names = fields.map((field) => field.name).filter((name) => name !== "");
  if (new Set(names).size !== names.length) throw bad();
  return (message) => {
    const values = dots >= 0 ? wordsOf(message) : wordsOf(message, fields.length);
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

/** Words, quoted and bracketed ones without their marks. The last of `limit` is all that is left of the line. */
function wordsOf(message: string, limit = Number.POSITIVE_INFINITY): string[] {
  const text = message.trim();
  const words = [...text.matchAll(/\[[^\]]*\]|"(?:[^"\\]|\\.)*"|\S+/g)];
  const bare = words.map(([word]) => (/^(?:"[\s\S]*"|\[[\s\S]*\])$/.test(word) ? word.slice(1, -1) : word));
  if (words.length <= limit) return bare;
  return [...bare.slice(0, limit - 1), text.slice(words[limit - 1]?.index ?? 0)];
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
