/**
 * Where a text stops being JSON. `JSON.parse` of Node 20 gives no position for short texts, and people need the place.
 */

const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside texts
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Index of the first character that cannot be JSON, the text's length when its end is missing; `undefined` for JSON. */
export function jsonErrorAt(text: string): number | undefined {
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  /** What closes each open object and list, innermost last. */
  const open: ("}" | "]")[] = [];
  let expect: "value" | "value or end" | "key" | "key or end" | "comma or end" = "value";
  for (;;) {
    take(space);
    const char = text[at];
    const closer = open.at(-1);
    if (expect === "comma or end") {
      if (closer === undefined) return at === text.length ? undefined : at;
      if (char === ",") expect = closer === "}" ? "key" : "value";
      else if (char === closer) open.pop();
      else return at;
      at++;
      continue;
    }
    if ((expect === "value or end" || expect === "key or end") && char === closer) {
      open.pop();
      expect = "comma or end";
      at++;
      continue;
    }
    if (expect === "key" || expect === "key or end") {
      if (!take(string)) return at;
      take(space);
      if (text[at] !== ":") return at;
      at++;
      expect = "value";
      continue;
    }
    if (char === "{" || char === "[") {
      open.push(char === "{" ? "}" : "]");
      expect = char === "{" ? "key or end" : "value or end";
      at++;
    } else if (take(string) || take(literal)) expect = "comma or end";
    else return at;
  }
}

/** `line 3, column 14`, from one. */
export function lineAndColumn(text: string, position: number): string {
  const lines = text.slice(0, position).split("\n");
  return `line ${lines.length}, column ${(lines[lines.length - 1] as string).length + 1}`;
}
