/**
 * Patterns that may hold policy variables, matched against a stretch of text. Without variables the work is done when
 * the policy is compiled; with them, per request: the values found are literal text, their own `*` included.
 *
 * A variable without a value makes the whole pattern match nothing.
 */
import { Glob, hasVariables, type Piece } from "@sagekeep/policy";
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

type Part = string | Variable;

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
      const value = typeof part === "string" ? part : resolve(part, evaluation);
      if (value === undefined || at + value.length > to || !text.startsWith(value, at)) return false;
      at += value.length;
    }
    return this.#open || at === to;
  }
}

class VariablePattern implements Pattern {
  readonly matchesAll = false;
  readonly exact = undefined;
  readonly #pieces: readonly (Piece | Variable)[];

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces.map((piece) => (piece.kind === "variable" ? variableOf(piece) : piece));
  }

  test(text: string, from: number, to: number, evaluation: Evaluation): boolean {
    const resolved: Piece[] = [];
    for (const piece of this.#pieces) {
      if ("kind" in piece) {
        resolved.push(piece);
        continue;
      }
      const value = resolve(piece, evaluation);
      if (value === undefined) return false;
      if (value !== "") resolved.push({ kind: "literal", text: value });
    }
    return new Glob(collapse(resolved)).test(text, from, to);
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
    piece.kind === "literal" ? piece.text : variableOf(piece as Piece & { kind: "variable" }),
  );
  return new JoinedPattern(parts, open);
}
