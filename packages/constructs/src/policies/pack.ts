/**
 * Fits statements into managed policies. IAM counts 6,144 characters without white space a policy
 * (IAM User Guide, "IAM and AWS STS quotas"); an import of another stack's value is counted at its longest.
 */

import { ConstructsError } from "../errors.ts";
import { document, type Statement } from "./statement.ts";

export const MANAGED_POLICY_CHARACTERS = 6_144;
export const POLICIES_PER_ROLE = 10;
export const TRUST_POLICY_CHARACTERS = 2_048;
/** Room for what an unresolved value may become: an ARN of a key has 75 characters. */
const TOKEN_CHARACTERS = 80;

/** Characters IAM counts. */
export function policySize(statements: readonly Statement[]): number {
  return JSON.stringify(document(statements))
    .replace(/\$\{Token\[[^\]]*\]\}/g, "x".repeat(TOKEN_CHARACTERS))
    .replace(/\s/g, "").length;
}

/** Fills policies in order; a statement larger than a policy is divided by its actions. @throws when it cannot be */
export function pack(statements: readonly Statement[], limit = MANAGED_POLICY_CHARACTERS): Statement[][] {
  const bins: Statement[][] = [];
  for (const statement of statements.flatMap((one) => divide(one, limit))) {
    const bin = bins.at(-1);
    if (bin !== undefined && policySize([...bin, statement]) <= limit) bin.push(statement);
    else bins.push([statement]);
  }
  return bins;
}

function divide(statement: Statement, limit: number): Statement[] {
  if (policySize([statement]) <= limit) return [statement];
  const list = statement.Action.length >= statement.Resource.length ? "Action" : "Resource";
  const values = statement[list];
  // A NotAction- or NotResource-like meaning never occurs here: both halves together equal the whole.
  if (values.length < 2)
    throw new ConstructsError(
      "SYNTH0001",
      `statement \`${statement.Sid}\` alone exceeds the ${limit} characters of a managed policy`,
      "shorten its condition, or write several statements",
    );
  const half = Math.ceil(values.length / 2);
  return [
    ...divide({ ...statement, [list]: values.slice(0, half) }, limit),
    ...divide({ ...statement, Sid: `${statement.Sid}More`, [list]: values.slice(half) }, limit),
  ];
}
