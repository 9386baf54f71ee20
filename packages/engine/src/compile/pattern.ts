/**
 * Patterns that may hold policy variables, matched against a stretch of text. Without variables the work is done when
 * the policy is compiled; with them, per request: the values found are literal text, their own `*` included.
 *
 * A variable without a value makes the whole pattern match nothing.
 */
import { Glob, hasVariables, Literal, type Piece } from "@sagekeep/policy";
import type { Evaluation } from "../evaluation.ts";
import { type Key, keyOf } from "./key.ts";

/** Something that matches a stretch of text in the light of a request. */
export interface Pattern {
  /** Whether it matches every text, always. */
  readonly matchesAll: boolean;
  /** The text it equals, when it is just that. */
  readonly exact: string | undefined;
  test(text: string, from: number, to: number, evaluation: Evaluation): boolean;
}

/** Global keys with several values: they cannot be variables. */
const multivalued = new Set([
  "aws:tagkeys",
  "aws:calledvia",
  "aws:principalorgpaths",
  "aws:principalservicenameslist",
  "aws:resourceorgpaths",
  "aws:sourceorgpaths",
  "aws:vpceorgpaths",
]);

/** A variable and its value in a request. */
export interface Variable {
  readonly key: Key | undefined;
  readonly fallback: string | undefined;
}

/** Compiles a variable piece. */
export function variableOf(piece: Piece & { kind: "variable" }): Variable {
  const usable = piece.key !== "" && !multivalued.has(piece.key.toLowerCase());
  return { key: usable ? keyOf(piece.key) : undefined, fallback: piece.fallback };
}

/** The value of a variable: the key's only value, else the default, else `undefined`. */
export function resolve(variable: Variable, evaluation: Evaluation): string | undefined {
  if (variable.key !== undefined) {
    const values = evaluation.values(variable.key);
    if (typeof values === "string") return values;
    if (values !== undefined && values.length === 1) return values[0];
    if (values !== undefined && values.length > 1) return undefined;
  }
  return variable.fallback;
}

class FixedPattern implements Pattern {
  readonly matchesAll: boolean;
  readonly exact: string | undefined;
  readonly #glob: Glob;

  constructor(pieces: readonly Piece[]) {
    this.#glob = new Glob(pieces);
    this.matchesAll = this.#glob.matchesAll;
    this.exact = this.#glob.exact;
  }

  test(text: string, from: number, to: number): boolean {
    return this.#glob.test(text, from, to);
  }
}

type Part = Literal | Variable;

function hasAt(text: string, value: string, at: number): boolean {
  const last = value.length - 1;
  return (
    last < 0 || (text.charCodeAt(at + last) === value.charCodeAt(last) && text.indexOf(value, at) === at)
  );
}

/** Literals and variables, then at most one `*` at the end: the usual shape, compared without a `Glob`. */
class JoinedPattern implements Pattern {
  readonly matchesAll = false;
  readonly exact = undefined;
  readonly #parts: readonly Part[];
  readonly #open: boolean;

  constructor(parts: readonly Part[], open: boolean) {
    this.#parts = parts;
    this.#open = open;
  }

  test(text: string, from: number, to: number, evaluation: Evaluation): boolean {
    let at = from;
    for (const part of this.#parts) {
      if (part instanceof Literal) {
        if (at + part.length > to || !part.isAt(text, at)) return false;
        at += part.length;
        continue;
      }
      const value = resolve(part, evaluation);
      if (value === undefined || at + value.length > to || !hasAt(text, value, at)) return false;
      at += value.length;
    }
    return this.#open || at === to;
  }
}

/** How many resolved forms of a pattern are kept: one for each team or user that asks. */
const mostForms = 256;

/**
 * Variables among wildcards. The form a pattern takes for certain values is compiled once and kept, as the same
 * principal asks again and again.
 */
class VariablePattern implements Pattern {
  readonly matchesAll = false;
  readonly exact = undefined;
  readonly #pieces: readonly (Piece | Variable)[];
  readonly #forms = new Map<string, Glob>();
  readonly #single: boolean;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces.map((piece) => (piece.kind === "variable" ? variableOf(piece) : piece));
    this.#single = pieces.filter((piece) => piece.kind === "variable").length === 1;
  }

  test(text: string, from: number, to: number, evaluation: Evaluation): boolean {
    let values = "";
    for (const piece of this.#pieces) {
      if ("kind" in piece) continue;
      const value = resolve(piece, evaluation);
      if (value === undefined) return false;
      // INVARIANT (one key a form): lengths keep different lists of values apart.
      values = this.#single ? value : `${values}${value.length}:${value}`;
    }
    const form = this.#forms.get(values) ?? this.#compile(values, evaluation);
    return form.test(text, from, to);
  }

  #compile(values: string, evaluation: Evaluation): Glob {
    const resolved: Piece[] = [];
    for (const piece of this.#pieces) {
      if ("kind" in piece) resolved.push(piece);
      else resolved.push({ kind: "literal", text: resolve(piece, evaluation) ?? "" });
    }
    const glob = new Glob(
      collapse(resolved.filter((piece) => piece.kind !== "literal" || piece.text !== "")),
    );
    if (this.#forms.size >= mostForms) this.#forms.clear();
    this.#forms.set(values, glob);
    return glob;
  }
}

function collapse(pieces: readonly Piece[]): Piece[] {
  return pieces.filter((piece, index) => piece.kind !== "many" || pieces[index - 1]?.kind !== "many");
}

/** Compiles pieces into the cheapest pattern that does them justice. */
export function compilePattern(pieces: readonly Piece[]): Pattern {
  if (!hasVariables(pieces)) return new FixedPattern(pieces);
  const open = pieces[pieces.length - 1]?.kind === "many";
  const joined = open ? pieces.slice(0, -1) : pieces;
  if (joined.some((piece) => piece.kind === "one" || piece.kind === "many"))
    return new VariablePattern(pieces);
  const parts = joined.map((piece) =>
    piece.kind === "literal" ? new Literal(piece.text) : variableOf(piece as Piece & { kind: "variable" }),
  );
  return new JoinedPattern(parts, open);
}
