/** What JSON values are: the small questions every check asks. */
import type { Findings } from "../diagnostic.ts";

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a value is, for messages. */
export function nameOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  const text = String(value);
  return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
}

/** Checks a text or a list of texts; returns it as a list, or `undefined` after a finding. */
export function texts(value: unknown, path: string, findings: Findings): string[] | undefined {
  if (typeof value === "string") return [value];
  if (Array.isArray(value) && value.every((entry) => typeof entry === "string")) {
    if (value.length === 0)
      findings.error("POLICY0202", path, "got an empty list, expected at least one text");
    return value as string[];
  }
  findings.fatal("POLICY0202", path, `got ${nameOf(value)}, expected a text or a list of texts`);
  return undefined;
}
