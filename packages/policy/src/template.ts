/**
 * Policy text in pieces: literal text, `*`, `?` and policy variables.
 *
 * A variable is `${key}` or `${key, 'default'}`; `${*}`, `${?}` and `${$}` stand for the character itself. Variables
 * exist only in `Version: 2012-10-17`: in older policies the same text is literal, and its wildcards are wildcards.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */

/** One piece of a pattern. A variable without usable syntax has the empty key: it never has a value. */
export type Piece =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "one" }
  | { readonly kind: "many" }
  | { readonly kind: "variable"; readonly key: string; readonly fallback: string | undefined };

export interface TemplateOptions {
  /** Whether `${…}` is a variable (policy version 2012-10-17). */
  readonly variables: boolean;
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
}

const declaration = /^\s*([^,'\s][^,']*?)\s*(?:,\s*'([^']*)'\s*)?$/;

function variablePiece(inner: string): Piece {
  if (inner === "*" || inner === "?" || inner === "$") return { kind: "literal", text: inner };
  const found = declaration.exec(inner);
  if (found === null) return { kind: "variable", key: "", fallback: undefined };
  return { kind: "variable", key: found[1] as string, fallback: found[2] };
}

/** Where a variable that starts at `start` (its `$`) ends (its `}`), or -1. A quoted default may hold `}`. */
function variableEnd(text: string, start: number): number {
  let quoted = false;
  for (let at = start + 2; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 39) quoted = !quoted;
    else if (char === 125 && !quoted) return at;
  }
  return quoted ? text.indexOf("}", start + 2) : -1;
}

/** Splits policy text into pieces, neighbouring literals joined and neighbouring `*` made one. */
export function parseTemplate(text: string, options: TemplateOptions): Piece[] {
  const pieces: Piece[] = [];
  let literal = "";
  let unterminated = false;
  const flush = (): void => {
    if (literal !== "") pieces.push({ kind: "literal", text: literal });
    literal = "";
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string;
    if (char === "$" && options.variables && !unterminated && text[at + 1] === "{") {
      const end = variableEnd(text, at);
      if (end < 0) unterminated = true;
      else {
        const piece = variablePiece(text.slice(at + 2, end));
        if (piece.kind === "literal") literal += piece.text;
        else {
          flush();
          pieces.push(piece);
        }
        at = end;
        continue;
      }
    }
    if (options.wildcards && char === "*") {
      flush();
      if (pieces[pieces.length - 1]?.kind !== "many") pieces.push({ kind: "many" });
    } else if (options.wildcards && char === "?") {
      flush();
      pieces.push({ kind: "one" });
    } else literal += char;
  }
  flush();
  return pieces;
}

/** Whether any piece is a variable. */
export function hasVariables(pieces: readonly Piece[]): boolean {
  return pieces.some((piece) => piece.kind === "variable");
}

/**
 * Splits pieces at the literal colons outside variables into at most `limit` parts; the last part keeps its colons.
 */
export function splitAtColons(pieces: readonly Piece[], limit: number): Piece[][] {
  const parts: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece.kind !== "literal") {
      (parts[parts.length - 1] as Piece[]).push(piece);
      continue;
    }
    let rest = piece.text;
    while (parts.length < limit) {
      const colon = rest.indexOf(":");
      if (colon < 0) break;
      if (colon > 0)
        (parts[parts.length - 1] as Piece[]).push({ kind: "literal", text: rest.slice(0, colon) });
      parts.push([]);
      rest = rest.slice(colon + 1);
    }
    if (rest !== "") (parts[parts.length - 1] as Piece[]).push({ kind: "literal", text: rest });
  }
  return parts;
}
