/** `Bool`: `true` or `false`, in any case. Other text matches nothing. */
import type { Evaluation } from "../evaluation.ts";
import { fixedAndTemplates, type Matcher, type Template } from "./matcher.ts";

/** `true`, `false`, or `undefined` for other text. */
export function parseBool(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

export class Bool implements Matcher {
  readonly #accepted: ReadonlySet<boolean | undefined>;
  readonly #templates: readonly Template[];

  constructor(values: readonly string[], variables: boolean) {
    const { fixed, templates } = fixedAndTemplates(values, variables);
    this.#accepted = new Set(fixed.map(parseBool));
    this.#templates = templates;
  }

  matches(value: string, evaluation: Evaluation): boolean {
    const read = parseBool(value);
    if (read === undefined) return false;
    if (this.#accepted.has(read)) return true;
    for (const template of this.#templates) {
      const text = template.resolve(evaluation);
      if (text !== undefined && parseBool(text) === read) return true;
    }
    return false;
  }
}
