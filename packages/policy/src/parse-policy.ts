/**
 * Policies on the way in: read, checked and explained. Errors are what AWS would refuse; warnings what it would store
 * although it cannot be meant.
 */
import { type Diagnostic, Findings } from "./diagnostic.ts";
import { many, type PolicyDocument, type PolicyKind, type Statement, statementsOf } from "./document.ts";
import { checkAction } from "./validate/action.ts";
import { checkConditionKeys, type KeyedStatement } from "./validate/condition-keys.ts";
import { readDocument } from "./validate/read.ts";
import { checkResource, checkWildcardOnly } from "./validate/resource.ts";
import { checkSize } from "./validate/size.ts";
import { checkStructure } from "./validate/structure.ts";

export interface ParseOptions {
  /** Where the policy is to be attached. @default "identity" */
  readonly kind?: PolicyKind;
}

/** A document with what was found about it. */
export interface ParsedPolicy {
  /** Present when the document can be evaluated, even if AWS would refuse it for another reason. */
  readonly policy: PolicyDocument | undefined;
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

function at(base: string, value: unknown, index: number): string {
  return Array.isArray(value) ? `${base}[${index}]` : base;
}

function checkMeaning(
  statement: Statement,
  path: string,
  kind: PolicyKind,
  variables: boolean,
  findings: Findings,
): void {
  const { Action: action, NotAction: notAction, Resource: resource, NotResource: notResource } = statement;
  for (const [index, pattern] of many(action).entries()) {
    checkAction(pattern, at(`${path}.Action`, action, index), false, findings);
  }
  for (const [index, pattern] of many(notAction).entries()) {
    checkAction(pattern, at(`${path}.NotAction`, notAction, index), true, findings);
  }
  for (const [index, pattern] of many(resource).entries()) {
    checkResource(pattern, at(`${path}.Resource`, resource, index), kind, variables, findings);
  }
  for (const [index, pattern] of many(notResource).entries()) {
    checkResource(pattern, at(`${path}.NotResource`, notResource, index), kind, variables, findings);
  }
  if (resource !== undefined) {
    checkWildcardOnly(many(action), many(resource), `${path}.Resource`, statement.Effect, findings);
  }
  checkConditionKeys(statement as KeyedStatement, path, findings);
}

/**
 * Reads a policy from JSON text (or a parsed value) and checks it. Never throws.
 *
 * @example parsePolicy('{"Statement":{"Effect":"Allow","Action":"s3:GetObjct","Resource":"*"}}').warnings[1]?.help
 */
export function parsePolicy(source: string | unknown, options: ParseOptions = {}): ParsedPolicy {
  const kind = options.kind ?? "identity";
  const findings = new Findings();
  const document = readDocument(source, findings);
  if (findings.broken) return { policy: undefined, errors: findings.errors, warnings: findings.warnings };
  checkStructure(document, kind, findings);
  if (findings.broken) return { policy: undefined, errors: findings.errors, warnings: findings.warnings };
  const policy = document as PolicyDocument;
  checkSize(source, kind, findings);
  const variables = policy.Version === "2012-10-17";
  for (const [index, statement] of statementsOf(policy).entries()) {
    const path = Array.isArray(policy.Statement) ? `$.Statement[${index}]` : "$.Statement";
    checkMeaning(statement, path, kind, variables, findings);
  }
  return { policy, errors: findings.errors, warnings: findings.warnings };
}
