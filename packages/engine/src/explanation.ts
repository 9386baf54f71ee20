/**
 * The shape of an explained decision: every layer's outcome, the statements behind it, and every condition with both
 * sides' values. AWS's `GetRequestAuthorizationDetails` could be served from it.
 */
import type { Layer, Outcome } from "./decision.ts";

/** One condition of a statement, with the values of policy and request. */
export interface ConditionReport {
  readonly operator: string;
  readonly key: string;
  readonly policyValues: readonly string[];
  /** `undefined` when the request has no such key. */
  readonly requestValues: string | readonly string[] | undefined;
  readonly holds: boolean;
}

/** A statement that matched, or that only just did not. */
export interface StatementReport {
  /** Name of the policy. */
  readonly policy: string;
  readonly policyId: string | undefined;
  readonly sid: string | undefined;
  /** Position in the policy's statements, from 0. */
  readonly index: number;
  readonly effect: "Allow" | "Deny";
  /** What the statement covers; the action is always covered. */
  readonly resourceMatches: boolean;
  readonly principalMatches: boolean;
  readonly conditions: readonly ConditionReport[];
}

export type LayerOutcome = "allow" | "explicitDeny" | "implicitDeny" | "notApplicable";

/** What one layer (or one level of an organisation) says. */
export interface LayerReport {
  readonly layer: Layer;
  /** The organisation level, for SCPs and RCPs. */
  readonly level: string | undefined;
  readonly outcome: LayerOutcome;
  /** For resource policies: whom the grant names. A grant to the account only delegates to identity policies. */
  readonly grantsTo: "account" | "role" | "principal" | undefined;
  readonly matched: readonly StatementReport[];
  /** Statements that cover the action but not resource, principal or conditions. */
  readonly nearMisses: readonly StatementReport[];
}

/** A decision with its reasons. */
export interface Explanation {
  readonly outcome: Outcome;
  readonly allowed: boolean;
  readonly by: Layer;
  readonly action: string;
  readonly resource: string;
  /** ARN, service name or `anonymous`. */
  readonly principal: string;
  readonly layers: readonly LayerReport[];
  /** For explicit denials: the statement that denies. */
  readonly blockedBy: StatementReport | undefined;
  /** For denials: the allow statements that match, and would have sufficed for their layers. */
  readonly otherwiseAllowedBy: readonly StatementReport[];
  /** For implicit denials: allow statements of the blocking layer that failed on resource, principal or a condition. */
  readonly wouldAllow: readonly StatementReport[];
  /** AWS's words for a denial: `because no identity-based policy allows the s3:GetObject action`. */
  readonly denialReason: string | undefined;
}
