/** `Bool`: `true` or `false`, in any case. Other text matches nothing. */
import type { Evaluation } from "../evaluation.ts";
import { fixedAndTemplates, type Matcher, type Template } from "./matcher.ts";

/** `true`, `false`, or `undefined` for other text. */
export function parseBool(text: string): boolean | undefined {
  if (text === "true") return true;
  if (text === "false") return false;
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

export class Bool implements Matcher {
  readonly #acceptsTrue: boolean;
  readonly #acceptsFalse: boolean;
  readonly #templates: readonly Template[];

  constructor(values: readonly string[], variables: boolean) {
    const { fixed, templates } = fixedAndTemplates(values, variables);
    this.#acceptsTrue = fixed.some((value) => parseBool(value) === true);
    this.#acceptsFalse = fixed.some((value) => parseBool(value) === false);
    this.#templates = templates;
  }

  matches(value: string, evaluation: Evaluation): boolean {
    const read = parseBool(value);
    if (read === undefined) return false;
    if (read ? this.#acceptsTrue : this.#acceptsFalse) return true;
    for (const template of this.#templates) {
      const text = template.resolve(evaluation);
      if (text !== undefined && parseBool(text) === read) return true;
    }
    return false;
  }
}
