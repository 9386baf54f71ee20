/**
 * The shape of an IAM policy document, as JSON.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

/** A string or a list of them: most policy elements take both. */
export type OneOrMany<T> = T | readonly T[];

/** A value in a condition: IAM also takes JSON numbers and booleans and reads them as strings. */
export type ConditionValue = string | number | boolean;

/** `Condition`: operator → key → accepted values. Operators and keys are ANDed, values ORed. */
export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, OneOrMany<ConditionValue>>>>>;

/** `Principal` by type: account ids and ARNs under `AWS`, services, identity providers, canonical users. */
export interface PrincipalMap {
  readonly AWS?: OneOrMany<string>;
  readonly Service?: OneOrMany<string>;
  readonly Federated?: OneOrMany<string>;
  readonly CanonicalUser?: OneOrMany<string>;
}

/** `Principal` or `NotPrincipal`. */
export type PrincipalElement = "*" | PrincipalMap;

/** One statement. Exactly one of each `X` / `NotX` pair is present in a valid one. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: PrincipalElement;
  readonly NotPrincipal?: PrincipalElement;
  readonly Action?: OneOrMany<string>;
  readonly NotAction?: OneOrMany<string>;
  readonly Resource?: OneOrMany<string>;
  readonly NotResource?: OneOrMany<string>;
  readonly Condition?: ConditionBlock;
}

/** The two versions of the policy language; absent means `2008-10-17`. */
export type PolicyVersion = "2012-10-17" | "2008-10-17";

/** A whole policy document. */
export interface PolicyDocument {
  readonly Version?: PolicyVersion;
  readonly Id?: string;
  readonly Statement: OneOrMany<Statement>;
}

/**
 * Where a policy is attached, which decides its grammar and its quotas.
 *
 * `identity` is a managed policy; `inline` one embedded in a user, group or role; `trust` the policy of a role;
 * `resource` any other resource-based policy (`bucket` and `key` have quotas of their own).
 */
export type PolicyKind =
  | "identity"
  | "inline"
  | "boundary"
  | "session"
  | "resource"
  | "bucket"
  | "key"
  | "trust"
  | "accessPoint"
  | "scp"
  | "rcp"
  | "endpoint";

/** The statements of a document, as a list even when the document holds a single object. */
export function statementsOf(document: PolicyDocument): readonly Statement[] {
  const statements = document.Statement;
  return Array.isArray(statements) ? statements : [statements as Statement];
}

/** A list, whether one value or many were written. */
export function many<T>(value: OneOrMany<T> | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly T[]) : [value as T];
}
