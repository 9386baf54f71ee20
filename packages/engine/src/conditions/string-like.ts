/** `StringLike`: `*` and `?` match any characters, `:` and `/` included; case matters. */
import { parseTemplate } from "@sagekeep/policy";
import { compilePattern, type Pattern } from "../compile/pattern.ts";
import type { Evaluation } from "../evaluation.ts";
import type { Matcher } from "./matcher.ts";

export class StringLike implements Matcher {
  readonly #patterns: readonly Pattern[];

  constructor(values: readonly string[], variables: boolean) {
    this.#patterns = values.map((value) =>
      compilePattern(parseTemplate(value, { variables, wildcards: true })),
    );
  }

  matches(value: string, evaluation: Evaluation): boolean {
    for (const pattern of this.#patterns) {
      if (pattern.test(value, 0, value.length, evaluation)) return true;
    }
    return false;
  }
}
