/**
 * What services demand of a policy on their resources beyond its form: that it says who, what and (mostly) on what,
 * speaks of the service's own actions, and names principals that exist. In our own words: AWS's differ by service.
 */
import type { ReadContext } from "../context.ts";
import { policyProblem } from "./compiled.ts";

type Statement = Record<string, unknown>;

export interface Demands {
  /** Prefix of the service's actions. */
  prefix: string;
  /** Statements must have a `Resource`. */
  resource: boolean;
}

/** What is wrong with a resource policy that is to be kept. */
export function resourcePolicyProblem(
  document: string,
  { prefix, resource }: Demands,
  context: ReadContext,
): string | undefined {
  const problem = policyProblem(document, "resource");
  if (problem !== undefined) return problem;
  const { Statement } = JSON.parse(document) as { Statement: Statement | Statement[] };
  const statements = [Statement].flat();
  if (statements.length === 0) return "it has no statements";
  for (const one of statements) {
    const principal = one.Principal ?? one.NotPrincipal;
    if (principal === undefined) return "a statement has no Principal";
    const actions = [one.Action ?? one.NotAction ?? []].flat().map(String);
    if (actions.length === 0) return "a statement has no Action";
    const foreign = actions.find((action) => action !== "*" && !isOf(action, prefix));
    if (foreign !== undefined) return `${foreign} is not an action of ${prefix}`;
    if (resource && [one.Resource ?? one.NotResource ?? []].flat().length === 0)
      return "a statement has no Resource";
    const unknown = awsPrincipals(principal).find((arn) => !mayExist(arn, context));
    if (unknown !== undefined) return `the principal ${unknown} does not exist`;
  }
  return undefined;
}

const isOf = (action: string, prefix: string) => action.toLowerCase().startsWith(`${prefix}:`);

function awsPrincipals(principal: unknown): string[] {
  if (typeof principal !== "object" || principal === null) return [];
  return [(principal as { AWS?: unknown }).AWS ?? []].flat().map(String);
}

/** Users and roles of the account must exist; of other accounts nothing is known. */
function mayExist(arn: string, context: ReadContext): boolean {
  const match = /^arn:[^:]+:iam::(\d{12}):(?:user|role)\//.exec(arn);
  return match?.[1] !== context.account || context.facts(arn) !== undefined;
}
