/**
 * A matcher answers whether one value of the request fits any value of the policy; negation, set operators and missing
 * keys are the business of `condition.ts`.
 */
import { type Piece, parseTemplate } from "@sagekeep/policy";
import { resolve, type Variable, variableOf } from "../compile/pattern.ts";
import type { Evaluation } from "../evaluation.ts";

export interface Matcher {
  /** Whether `value`, a value of the request, fits at least one of the policy's values. */
  matches(value: string, evaluation: Evaluation): boolean;
}

/** A policy value that holds variables: literal parts and variables, joined per request. */
export class Template {
  readonly #parts: readonly (string | Variable)[];

  constructor(pieces: readonly Piece[]) {
    this.#parts = pieces.map((piece) => {
      if (piece.kind === "variable") return variableOf(piece);
      return piece.kind === "literal" ? piece.text : "";
    });
  }

  /** The text, or `undefined` when a variable has no value. */
  resolve(evaluation: Evaluation): string | undefined {
    let text = "";
    for (const part of this.#parts) {
      const value = typeof part === "string" ? part : resolve(part, evaluation);
      if (value === undefined) return undefined;
      text += value;
    }
    return text;
  }
}

/** Policy values without wildcards, sorted into fixed texts and templates. */
export function fixedAndTemplates(
  values: readonly string[],
  variables: boolean,
): { readonly fixed: string[]; readonly templates: Template[] } {
  const fixed: string[] = [];
  const templates: Template[] = [];
  for (const value of values) {
    const pieces = parseTemplate(value, { variables, wildcards: false });
    if (pieces.some((piece) => piece.kind === "variable")) templates.push(new Template(pieces));
    else fixed.push(pieces.map((piece) => (piece.kind === "literal" ? piece.text : "")).join(""));
  }
  return { fixed, templates };
}
