/** The conditions that several policies share, written once. */

import type { Platform } from "@sagekeep/spec";
import { OWN_TEAM, type Scope, TEAM_TAG } from "../scope.ts";
import type { Condition } from "./statement.ts";

/** A resource carries the caller's team, or the caller's domain when teams are not told apart. */
export function ownResource(scope: Scope): Condition {
  const { isolation } = scope.platform.controls;
  if (isolation.teams) return { StringEquals: { [`aws:ResourceTag/${TEAM_TAG}`]: OWN_TEAM } };
  if (isolation.domains)
    return { StringEquals: { "aws:ResourceTag/sagemaker:domain-arn": scope.inOwnDomain("domain") } };
  return {};
}

/** A request tags what it makes with the caller's team. */
export function ownRequest(platform: Platform): Condition {
  return platform.controls.isolation.teams
    ? { StringEquals: { [`aws:RequestTag/${TEAM_TAG}`]: OWN_TEAM } }
    : {};
}

/**
 * Every way to write the team tag but the right one. Condition keys ignore case, tags do not: a second tag
 * `Team` beside `team` would leave open which of them a policy sees.
 */
export function misspelledTags(tag: string): readonly string[] {
  let spellings = [""];
  for (const letter of tag) {
    const forms = [...new Set([letter.toLowerCase(), letter.toUpperCase()])];
    spellings = spellings.flatMap((start) => forms.map((form) => start + form));
  }
  return spellings.filter((one) => one !== tag);
}

/** Tags Sagekeep puts on resources and that policies rely on. */
export const PROTECTED_TAGS = [TEAM_TAG, "domain", "platform", "persona", "user"] as const;
