/**
 * The layers of one request, each evaluated by itself: what it says before anybody asks what that means together.
 */

import type { CompiledPolicy } from "./compile/policy.ts";
import { LIMITED, NOBODY, type Strength } from "./compile/principal.ts";
import type { CompiledStatement } from "./compile/statement.ts";
import type { Evaluation } from "./evaluation.ts";
import type { OrganizationLevel } from "./policy-set.ts";

/** Neither allows nor denies. */
export const SILENT = 0;
/** Allows. */
export const ALLOWS = 1;
/** Denies explicitly. */
export const DENIES = 2;
/** The layer is not there, and so does not limit. */
export const ABSENT = 3;
export type Verdict = typeof SILENT | typeof ALLOWS | typeof DENIES | typeof ABSENT;

/** A resource policy's verdict is how strongly it allows, or this. */
export const REFUSES = -1;

function anyApplies(
  statements: readonly CompiledStatement[],
  evaluation: Evaluation,
  gateway: boolean,
): boolean {
  for (let i = 0; i < statements.length; i++) {
    if ((statements[i] as CompiledStatement).applies(evaluation, gateway) !== NOBODY) return true;
  }
  return false;
}

/** The verdict of policies that form one layer. */
export function layerVerdict(
  policies: readonly CompiledPolicy[] | undefined,
  evaluation: Evaluation,
  gateway = false,
): Verdict {
  if (policies === undefined || policies.length === 0) return ABSENT;
  let allows = false;
  for (let i = 0; i < policies.length; i++) {
    const found = (policies[i] as CompiledPolicy).candidates(evaluation.action);
    if (found.mayDeny && anyApplies(found.deny, evaluation, gateway)) return DENIES;
    if (!allows && found.mayAllow)
      allows = found.alwaysAllows || anyApplies(found.allow, evaluation, gateway);
  }
  return allows ? ALLOWS : SILENT;
}

/** The verdict of an organisation's levels: any may deny, every one must allow. */
export function levelsVerdict(
  levels: readonly OrganizationLevel[] | undefined,
  evaluation: Evaluation,
  fullAccessImplied: boolean,
): Verdict {
  if (levels === undefined || levels.length === 0) return ABSENT;
  let verdict: Verdict = ALLOWS;
  for (let i = 0; i < levels.length; i++) {
    const level = layerVerdict((levels[i] as OrganizationLevel).policies, evaluation);
    if (level === DENIES) return DENIES;
    if (level !== ALLOWS && !fullAccessImplied) verdict = SILENT;
  }
  return verdict;
}

/** How strongly a resource policy allows the request, or `REFUSES`. */
export function resourceVerdict(
  policy: CompiledPolicy | undefined,
  evaluation: Evaluation,
): Strength | typeof REFUSES {
  if (policy === undefined) return NOBODY;
  const { mayDeny, deny, allow } = policy.candidates(evaluation.action);
  if (mayDeny && anyApplies(deny, evaluation, false)) return REFUSES;
  let best: Strength = NOBODY;
  for (let i = 0; i < allow.length && best <= LIMITED; i++) {
    const strength = (allow[i] as CompiledStatement).applies(evaluation, false);
    if (strength > best) best = strength;
  }
  return best;
}
