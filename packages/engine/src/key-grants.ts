/**
 * KMS grants: they allow, never deny, and need neither identity nor key policy.
 *
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
 */
import { keyOf } from "./compile/key.ts";
import { NOBODY, PrincipalMatcher, type Strength } from "./compile/principal.ts";
import type { Evaluation } from "./evaluation.ts";
import type { KeyGrant } from "./policy-set.ts";

const grantees = new WeakMap<KeyGrant, PrincipalMatcher>();

function granteeOf(grant: KeyGrant): PrincipalMatcher {
  let matcher = grantees.get(grant);
  if (matcher === undefined) {
    const name = grant.granteePrincipal;
    matcher = new PrincipalMatcher(
      /^[a-z0-9.-]+\.amazonaws\.com/.test(name) ? { Service: name } : { AWS: name },
    );
    grantees.set(grant, matcher);
  }
  return matcher;
}

function contextHolds(wanted: Readonly<Record<string, string>>, evaluation: Evaluation): boolean {
  return Object.entries(wanted).every(
    ([key, value]) => evaluation.values(keyOf(`kms:EncryptionContext:${key}`)) === value,
  );
}

/** The number of encryption context pairs in the request. */
function contextSize(evaluation: Evaluation): number {
  const prefix = "kms:encryptioncontext:";
  return Object.keys(evaluation.context).filter((key) => key.toLowerCase().startsWith(prefix)).length;
}

function constraintsHold(grant: KeyGrant, evaluation: Evaluation): boolean {
  const { encryptionContextEquals: equal, encryptionContextSubset: subset } = grant.constraints ?? {};
  if (subset !== undefined && !contextHolds(subset, evaluation)) return false;
  if (equal === undefined) return true;
  return Object.keys(equal).length === contextSize(evaluation) && contextHolds(equal, evaluation);
}

/** How strongly a grant allows the request. */
export function grantStrength(grant: KeyGrant, evaluation: Evaluation): Strength {
  const { action } = evaluation;
  if (action.service !== "kms") return NOBODY;
  if (!grant.operations.some((operation) => operation.toLowerCase() === action.name)) return NOBODY;
  if (!constraintsHold(grant, evaluation)) return NOBODY;
  return granteeOf(grant).strength(evaluation.principal);
}
