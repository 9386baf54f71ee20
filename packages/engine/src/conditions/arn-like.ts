/**
 * `ArnLike` and `ArnEquals`, which behave alike: each of the six parts matches by itself, so `*` crosses a `:` only in
 * the last. A value that is not an ARN matches nothing, except the pattern `*`.
 */
import { parseTemplate, splitAtColons } from "@sagekeep/policy";
import { compilePattern, type Pattern } from "../compile/pattern.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Matcher } from "./matcher.ts";

export class ArnLike implements Matcher {
  readonly #everything: boolean;
  /** Values without wildcards and variables: the parts of equal ARNs are equal. */
  readonly #exact: ReadonlySet<string>;
  readonly #patterns: readonly (readonly Pattern[])[];

  constructor(values: readonly string[], variables: boolean) {
    this.#everything = values.some((value) => /^\*+$/.test(value));
    const exact = new Set<string>();
    const patterns: Pattern[][] = [];
    for (const value of values) {
      const pieces = parseTemplate(value, { variables, wildcards: true });
      if (pieces.length === 1 && pieces[0]?.kind === "variable") {
        patterns.push([compilePattern(pieces)]);
        continue;
      }
      const parts = splitAtColons(pieces, 6);
      const [only] = pieces;
      if (pieces.length === 1 && only?.kind === "literal") {
        if (parts.length === 6) exact.add(only.text);
      } else if (parts.length === 6) patterns.push(parts.map(compilePattern));
    }
    this.#exact = exact;
    this.#patterns = patterns;
  }

  matches(value: string, evaluation: Evaluation): boolean {
    if (this.#everything || (this.#exact.size > 0 && this.#exact.has(value))) return true;
    for (const pattern of this.#patterns) {
      if (pattern.length === 1) {
        if ((pattern[0] as Pattern).test(value, 0, value.length, evaluation)) return true;
      } else if (sixPartsMatch(pattern, value, evaluation)) return true;
    }
    return false;
  }
}

function sixPartsMatch(pattern: readonly Pattern[], value: string, evaluation: Evaluation): boolean {
  let from = 0;
  for (let part = 0; part < 5; part++) {
    const to = value.indexOf(":", from);
    if (to < 0 || !(pattern[part] as Pattern).test(value, from, to, evaluation)) return false;
    from = to + 1;
  }
  return (pattern[5] as Pattern).test(value, from, value.length, evaluation);
}
