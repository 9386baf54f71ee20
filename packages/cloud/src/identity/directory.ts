/**
 * What the gateway asks the identity services (IAM, STS, Organizations). They implement it in
 * services/iam/directory.ts; keeping the interface here keeps the gateway free of service names.
 */
import type { ReadContext } from "../context.ts";
import type { Caller } from "./caller.ts";

/** A policy as stored: its name for messages, its ARN when managed, its JSON text. */
export interface StoredPolicy {
  name: string;
  arn?: string;
  document: string;
}

/** Policies that apply to a principal, by layer. */
export interface PrincipalPolicies {
  identity: readonly StoredPolicy[];
  boundary?: StoredPolicy;
}

/** Policies of an organisation that bind an account, root first, then each unit, then the account. */
export interface OrganizationPolicies {
  scps: readonly (readonly StoredPolicy[])[];
  rcps: readonly (readonly StoredPolicy[])[];
}

export type CredentialLookup =
  | { status: "active"; secret: string; caller: Caller; sessionToken?: string }
  | { status: "inactive" | "expired" | "unknown" | "token-mismatch" };

export interface IdentityDirectory {
  /** Secret and caller of an access key id (and session token, when the request carried one). */
  credential(accessKeyId: string, sessionToken: string | undefined, context: ReadContext): CredentialLookup;
  /** Identity policies (inline, managed, of groups) and boundary of a caller, as they are now. */
  policiesOf(caller: Caller, context: ReadContext): PrincipalPolicies;
  /** SCPs and RCPs that bind an account; `undefined` outside an organisation or in its management account. */
  organizationPolicies(account: string, context: ReadContext): OrganizationPolicies | undefined;
  /** A session of a role for a service that assumes it; the role must exist (its trust is checked by the caller of this). */
  roleSession(
    roleArn: string,
    sessionName: string,
    options: {
      tags?: Record<string, string>;
      sourceIdentity?: string;
      context?: Record<string, string | string[]>;
    },
    context: ReadContext,
  ): Caller;
  /** The account's root user. */
  root(account: string, context: ReadContext): Caller;
  /** `aws:PrincipalOrgID` and `aws:PrincipalOrgPaths` of an account, when it is in an organisation. */
  organizationOf(account: string, context: ReadContext): { id: string; paths: string[] } | undefined;
}
