/**
 * `Principal` and `NotPrincipal`: who a resource-based statement speaks of, and how strongly it grants.
 *
 * The strength decides what else must allow: a grant to the account only delegates to its identity policies; one to a
 * role (or to the parent of a federated user) is limited by boundary and session policy; one to a user, a session, a
 * service or to `*` is not.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import { isAccountId, many, type PrincipalElement, parseArn } from "@sagekeep/policy";
import type { Principal } from "../request.ts";

/** Not the principal. */
export const NOBODY = 0;
/** The principal's account: delegates to identity policies. */
export const ACCOUNT = 1;
/** The role, or the parent user of a federated session: limited by boundary and session policy. */
export const LIMITED = 2;
/** The principal itself, or everybody. */
export const DIRECT = 3;
export type Strength = typeof NOBODY | typeof ACCOUNT | typeof LIMITED | typeof DIRECT;

const uniqueId = /^A(?:IDA|ROA)[A-Z0-9]+$/;

/** A compiled `Principal` or `NotPrincipal` element. */
export class PrincipalMatcher {
  readonly everybody: boolean;
  readonly #accounts = new Set<string>();
  readonly #names = new Set<string>();
  readonly #services = new Set<string>();
  readonly #providers = new Set<string>();
  readonly #canonical = new Set<string>();
  /** In a gateway endpoint's policy, an account means its root user only. */
  readonly #rootOnly: boolean;

  constructor(element: PrincipalElement, rootOnly = false) {
    this.#rootOnly = rootOnly;
    if (typeof element === "string") {
      this.everybody = element === "*";
      return;
    }
    const aws = many(element.AWS);
    this.everybody = aws.includes("*");
    for (const entry of aws) {
      const arn = parseArn(entry);
      if (isAccountId(entry)) this.#accounts.add(entry);
      else if (arn?.service === "iam" && arn.resource === "root") this.#accounts.add(arn.account);
      else if (arn !== undefined || uniqueId.test(entry)) this.#names.add(entry);
    }
    for (const entry of many(element.Service)) this.#services.add(entry);
    for (const entry of many(element.Federated)) this.#providers.add(entry);
    for (const entry of many(element.CanonicalUser)) this.#canonical.add(entry);
  }

  /** How the element names the principal. */
  strength(principal: Principal): Strength {
    if (this.everybody) return DIRECT;
    switch (principal.kind) {
      case "anonymous":
        return NOBODY;
      case "service":
        return this.#namesService(principal.service, principal.serviceNames) ? DIRECT : NOBODY;
      case "federated":
        return this.#providers.has(principal.provider) || this.#providers.has("*") ? DIRECT : NOBODY;
      case "root":
        return this.#namesAccount(principal) ? DIRECT : NOBODY;
      case "user":
        if (this.#names.has(principal.arn) || this.#hasId(principal.uniqueId)) return DIRECT;
        return this.#namesUsersOf(principal) ? ACCOUNT : NOBODY;
      case "session":
        if (this.#names.has(principal.arn)) return DIRECT;
        if (this.#names.has(principal.roleArn) || this.#hasId(principal.uniqueId)) return LIMITED;
        return this.#namesUsersOf(principal) ? ACCOUNT : NOBODY;
      case "federated-user":
        if (this.#names.has(principal.arn)) return DIRECT;
        if (this.#names.has(principal.userArn) || this.#hasId(principal.uniqueId)) return LIMITED;
        return this.#namesUsersOf(principal) ? ACCOUNT : NOBODY;
    }
  }

  /**
   * Whether a `NotPrincipal` with this list leaves the principal alone: every name it goes by must be listed, the
   * account's too, and for a session the role's and the session's.
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
   */
  exempts(principal: Principal): boolean {
    if (this.everybody) return true;
    switch (principal.kind) {
      case "anonymous":
      case "service":
      case "federated":
      case "root":
        return this.strength(principal) === DIRECT;
      case "user":
        return (
          this.#namesAccount(principal) && (this.#names.has(principal.arn) || this.#hasId(principal.uniqueId))
        );
      case "session":
        return (
          this.#namesAccount(principal) &&
          this.#names.has(principal.arn) &&
          (this.#names.has(principal.roleArn) || this.#hasId(principal.uniqueId))
        );
      case "federated-user":
        return this.#namesAccount(principal) && this.#names.has(principal.arn);
    }
  }

  #hasId(id: string | undefined): boolean {
    return id !== undefined && this.#names.has(id);
  }

  #namesService(service: string, others: readonly string[] | undefined): boolean {
    if (this.#services.size === 0) return false;
    if (this.#services.has(service) || this.#services.has("*")) return true;
    return others?.some((name) => this.#services.has(name)) ?? false;
  }

  #namesAccount(principal: { readonly account: string; readonly canonicalUserId?: string }): boolean {
    if (this.#accounts.has(principal.account)) return true;
    return principal.canonicalUserId !== undefined && this.#canonical.has(principal.canonicalUserId);
  }

  #namesUsersOf(principal: { readonly account: string; readonly canonicalUserId?: string }): boolean {
    return !this.#rootOnly && this.#namesAccount(principal);
  }
}
