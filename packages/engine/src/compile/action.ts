/**
 * `Action` and `NotAction`: case-insensitive, the service prefix and the name matched separately.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
 */
import { compileWildcard, type Glob } from "@sagekeep/policy";
import type { RequestedAction } from "../action-index.ts";

/** One compiled action pattern. */
export class ActionPattern {
  readonly written: string;
  /** The one service prefix it can cover; `undefined` when it is a wildcard or covers nothing. */
  readonly service: string | undefined;
  readonly matchesAll: boolean;
  readonly #prefix: Glob | undefined;
  readonly #name: Glob | undefined;

  constructor(written: string) {
    const lower = written.toLowerCase();
    const colon = lower.indexOf(":");
    this.written = written;
    this.matchesAll = /^\*+$/.test(lower);
    const usable = colon > 0 && !/[\s,]/.test(lower);
    this.#prefix = usable ? compileWildcard(lower.slice(0, colon)) : undefined;
    this.#name = usable ? compileWildcard(lower.slice(colon + 1)) : undefined;
    this.service = this.matchesAll ? undefined : this.#prefix === undefined ? "" : this.#prefix.exact;
  }

  /** Whether the pattern covers the action. A pattern with whitespace or a comma covers nothing. */
  test(action: RequestedAction): boolean {
    if (this.matchesAll) return true;
    if (this.#prefix === undefined || this.#name === undefined) return false;
    return this.#prefix.test(action.service) && this.#name.test(action.name);
  }
}
