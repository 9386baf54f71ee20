/** `StringEquals` and `StringEqualsIgnoreCase`: whole texts, wildcards are ordinary characters. */
import type { Evaluation } from "../evaluation.ts";
import { fixedAndTemplates, type Matcher, type Template } from "./matcher.ts";

export class StringEquals implements Matcher {
  readonly #only: string | undefined;
  readonly #fixed: ReadonlySet<string>;
  readonly #templates: readonly Template[];
  readonly #ignoreCase: boolean;

  constructor(values: readonly string[], variables: boolean, ignoreCase: boolean) {
    const { fixed, templates } = fixedAndTemplates(values, variables);
    const compared = ignoreCase ? fixed.map((value) => value.toLowerCase()) : fixed;
    this.#only = compared.length === 1 && templates.length === 0 ? compared[0] : undefined;
    this.#fixed = new Set(compared);
    this.#templates = templates;
    this.#ignoreCase = ignoreCase;
  }

  matches(value: string, evaluation: Evaluation): boolean {
    const compared = this.#ignoreCase ? value.toLowerCase() : value;
    if (this.#only !== undefined) return this.#only === compared;
    if (this.#fixed.has(compared)) return true;
    for (const template of this.#templates) {
      const text = template.resolve(evaluation);
      if (text !== undefined && (this.#ignoreCase ? text.toLowerCase() : text) === compared) return true;
    }
    return false;
  }
}
