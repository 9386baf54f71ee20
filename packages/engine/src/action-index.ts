/**
 * Actions as the engine handles them: each text is looked up once and gets a small number, by which policies remember
 * the statements that cover it. Only actions of the catalogue get a number, so that made-up names cannot fill memory.
 */
import { action as catalogueAction, supportsRcp } from "@sagekeep/policy";

/** A requested action, prepared. */
export interface RequestedAction {
  /** As asked. */
  readonly text: string;
  /** Lower case, `service:name`. */
  readonly lower: string;
  readonly service: string;
  readonly name: string;
  /** Dense number of the action, or -1 for one the catalogue does not know. */
  readonly id: number;
  /** Whether the action supports no resource types: only `Resource: *` covers it. */
  readonly wildcardOnly: boolean;
  readonly supportsRcp: boolean;
  /** Whether the text can match any pattern at all. */
  readonly valid: boolean;
}

const byText = new Map<string, RequestedAction>();
const ids = new Map<string, number>();
const mostTexts = 50_000;

/** Prepares an action; cached by its text. */
export function requestedAction(text: string): RequestedAction {
  return byText.get(text) ?? prepare(text);
}

function prepare(text: string): RequestedAction {
  const lower = text.toLowerCase();
  const colon = lower.indexOf(":");
  const service = colon < 0 ? lower : lower.slice(0, colon);
  const info = catalogueAction(lower);
  let id = -1;
  if (info !== undefined) {
    id = ids.get(lower) ?? ids.size;
    ids.set(lower, id);
  }
  const prepared: RequestedAction = {
    text,
    lower,
    service,
    name: colon < 0 ? "" : lower.slice(colon + 1),
    id,
    wildcardOnly: info?.wildcardOnly ?? false,
    supportsRcp: supportsRcp(service),
    valid: colon > 0 && !/[\s,]/.test(lower),
  };
  if (byText.size < mostTexts && (info !== undefined || byText.size < 1000)) byText.set(text, prepared);
  return prepared;
}
