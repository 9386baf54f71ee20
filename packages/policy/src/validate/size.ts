/** Size quotas of policies. */
import type { Findings } from "../diagnostic.ts";
import type { PolicyKind } from "../document.ts";
import { kindRules } from "./kinds.ts";

/** How many characters of a policy AWS counts against the quota of its kind. */
export function countedSize(source: string, kind: PolicyKind): number {
  return kindRules[kind].size?.countsWhitespace === false ? source.replace(/\s/g, "").length : source.length;
}

/** Checks the quota of the kind. A document given as an object is measured in its shortest form. */
export function checkSize(source: unknown, kind: PolicyKind, findings: Findings): void {
  const quota = kindRules[kind].size;
  if (quota === undefined) return;
  const text = typeof source === "string" ? source : JSON.stringify(source);
  const size = countedSize(text, kind);
  if (size <= quota.most) return;
  const counted = quota.countsWhitespace ? "characters" : "characters without whitespace";
  findings.error(
    "POLICY0401",
    "$",
    `policy is ${size} ${counted}, expected at most ${quota.most}`,
    `${quota.most} is the quota of ${quota.what}: split it, or shorten it with wildcards and conditions`,
  );
}
