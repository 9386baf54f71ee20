/**
 * Reference twin: patterns and variables, written to be read beside the AWS pages, not to be fast.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */

/** A character of a pattern: itself, any one, any number; or a hole where a variable had no value. */
export type Token = { char: string } | "?" | "*" | "hole";

/** Looks up a variable: its only value, or `undefined`. */
export type Lookup = (key: string) => string | undefined;

/**
 * Turns policy text into tokens. `lookup` is given when variables are resolved (version 2012-10-17 and an operator
 * or element that takes them); `wild` when `*` and `?` are wildcards. What a variable stands for is literal.
 */
export function tokens(text: string, wild: boolean, lookup: Lookup | undefined): Token[] {
  const result: Token[] = [];
  let rest = text;
  while (rest !== "") {
    const variable = lookup === undefined ? null : /^\$\{((?:[^}']|'[^']*')*)\}/.exec(rest);
    if (variable !== null && lookup !== undefined) {
      result.push(...variableTokens(variable[1] as string, lookup));
      rest = rest.slice(variable[0].length);
      continue;
    }
    const char = rest[0] as string;
    if (wild && char === "*") result.push("*");
    else if (wild && char === "?") result.push("?");
    else result.push({ char });
    rest = rest.slice(1);
  }
  return result;
}

function variableTokens(inside: string, lookup: Lookup): Token[] {
  const literal = (value: string): Token[] => value.split("").map((char) => ({ char }));
  if (["*", "?", "$"].includes(inside)) return literal(inside);
  const comma = inside.indexOf(",");
  const key = (comma < 0 ? inside : inside.slice(0, comma)).trim();
  const after = comma < 0 ? "" : inside.slice(comma + 1).trim();
  const quoted = /^'([^']*)'$/.exec(after);
  if (key === "" || key.includes("'") || (comma >= 0 && quoted === null)) return ["hole"];
  const value = lookup(key);
  if (value !== undefined) return literal(value);
  return quoted === null ? ["hole"] : literal(quoted[1] as string);
}

/** Whether the tokens match the text as a whole. A table: does pattern up to i match text up to j? */
export function matches(pattern: readonly Token[], text: string): boolean {
  if (pattern.includes("hole")) return false;
  let row: boolean[] = [true, ...new Array<boolean>(text.length).fill(false)];
  for (const token of pattern) {
    const next = new Array<boolean>(text.length + 1).fill(false);
    for (let j = 0; j <= text.length; j++) {
      if (token === "*") next[j] = (row[j] as boolean) || (j > 0 && (next[j - 1] as boolean));
      else if (j > 0 && (token === "?" || (token !== "hole" && token.char === text[j - 1])))
        next[j] = row[j - 1] as boolean;
    }
    row = next;
  }
  return row[text.length] as boolean;
}

/** Splits policy text at the colons outside `${…}` into at most six parts. */
export function arnParts(text: string, variables: boolean): string[] {
  const parts = [""];
  let rest = text;
  while (rest !== "") {
    const variable = variables ? /^\$\{(?:[^}']|'[^']*')*\}/.exec(rest) : null;
    const piece = variable === null ? (rest[0] as string) : variable[0];
    if (piece === ":" && parts.length < 6) parts.push("");
    else parts[parts.length - 1] += piece;
    rest = rest.slice(piece.length);
  }
  return parts;
}
