/**
 * One statement, compiled: whom it speaks of, on which resources, under which conditions. Its actions are the
 * business of the policy's index.
 */
import { many, type PolicyKind, type PrincipalElement, type Statement } from "@sagekeep/policy";
import type { RequestedAction } from "../action-index.ts";
import { type Condition, compileConditions } from "../conditions/condition.ts";
import type { Evaluation } from "../evaluation.ts";
import { ActionPattern } from "./action.ts";
import { ACCOUNT, DIRECT, NOBODY, PrincipalMatcher, type Strength } from "./principal.ts";
import { compileResource, type ResourcePattern } from "./resource.ts";

/** Kinds of policies whose statements name principals. */
const principalKinds: ReadonlySet<PolicyKind> = new Set([
  "resource",
  "bucket",
  "key",
  "trust",
  "accessPoint",
  "endpoint",
  "rcp",
]);

/** Whether policies of this kind name principals. */
export function namesPrincipals(kind: PolicyKind): boolean {
  return principalKinds.has(kind);
}

export interface StatementOptions {
  readonly kind: PolicyKind;
  /** Whether `${…}` is a variable (policy version 2012-10-17). */
  readonly variables: boolean;
  /** Compiled parts by their text: statements of one policy repeat each other's resources and conditions. */
  readonly resources: Map<string, ResourcePattern>;
  readonly conditions: Map<string, Condition>;
}

function shared<T>(known: Map<string, T>, text: string, compile: () => T): T {
  const found = known.get(text) ?? compile();
  known.set(text, found);
  return found;
}

/** A compiled statement. */
export class CompiledStatement {
  readonly sid: string | undefined;
  /** Position in the document, from 0. */
  readonly index: number;
  readonly isDeny: boolean;
  readonly actions: readonly ActionPattern[];
  readonly notAction: boolean;
  readonly resources: readonly ResourcePattern[];
  readonly notResource: boolean;
  readonly conditions: readonly Condition[];
  readonly #anyResource: boolean;
  readonly #named: PrincipalMatcher | undefined;
  readonly #gatewayNamed: PrincipalMatcher | undefined;
  readonly #notPrincipal: boolean;
  readonly #namesPrincipals: boolean;
  /** Whether nothing but the action limits the statement: `FullAWSAccess` and its kin. */
  readonly unlimited: boolean;

  constructor(statement: Statement, index: number, options: StatementOptions) {
    const { kind, variables } = options;
    this.sid = statement.Sid;
    this.index = index;
    this.isDeny = statement.Effect === "Deny";
    this.notAction = statement.Action === undefined && statement.NotAction !== undefined;
    this.actions = many(statement.Action ?? statement.NotAction).map((written) => new ActionPattern(written));
    this.notResource = statement.Resource === undefined && statement.NotResource !== undefined;
    const written = many(statement.Resource ?? statement.NotResource);
    this.resources = written.map((entry) =>
      shared(options.resources, entry, () => compileResource(entry, kind, variables)),
    );
    this.#anyResource =
      written.length === 0 || (!this.notResource && this.resources.some((resource) => resource.matchesAll));
    this.conditions = compileConditions(statement.Condition, variables, (text, compile) =>
      shared(options.conditions, text, compile),
    );
    this.#namesPrincipals = namesPrincipals(kind);
    this.#notPrincipal = statement.Principal === undefined && statement.NotPrincipal !== undefined;
    const element = statement.Principal ?? statement.NotPrincipal ?? defaultPrincipal(kind);
    this.#named = element === undefined ? undefined : new PrincipalMatcher(element);
    this.unlimited = this.#anyResource && !this.#namesPrincipals && this.conditions.length === 0;
    this.#gatewayNamed =
      element === undefined || kind !== "endpoint" ? undefined : new PrincipalMatcher(element, true);
  }

  /** Whether the statement's `Action` or `NotAction` covers the action. */
  coversAction(action: RequestedAction): boolean {
    if (!action.valid) return false;
    return this.actions.some((pattern) => pattern.test(action)) !== this.notAction;
  }

  /** Whether `Resource` or `NotResource` covers the resource of the evaluation. */
  coversResource(evaluation: Evaluation): boolean {
    if (this.#anyResource) return true;
    const { resources } = this;
    for (let i = 0; i < resources.length; i++) {
      const resource = resources[i] as ResourcePattern;
      if (resource.covers(evaluation)) return !this.notResource;
    }
    return this.notResource;
  }

  /** How the statement names the principal; `DIRECT` in policies that name none. */
  principalStrength(evaluation: Evaluation, gateway: boolean): Strength {
    if (!this.#namesPrincipals) return DIRECT;
    const named = gateway ? this.#gatewayNamed : this.#named;
    if (named === undefined) return NOBODY;
    if (!this.#notPrincipal) return named.strength(evaluation.principal);
    if (this.isDeny) return evaluation.bounded || !named.exempts(evaluation.principal) ? DIRECT : NOBODY;
    return named.strength(evaluation.principal) >= ACCOUNT ? NOBODY : DIRECT;
  }

  /** Whether every condition holds. */
  conditionsHold(evaluation: Evaluation): boolean {
    const { conditions } = this;
    for (let i = 0; i < conditions.length; i++) {
      if (!(conditions[i] as Condition).holds(evaluation)) return false;
    }
    return true;
  }

  /** How strongly the statement applies to the evaluation, whose action it is known to cover. */
  applies(evaluation: Evaluation, gateway: boolean): Strength {
    if (this.unlimited) return DIRECT;
    if (!this.coversResource(evaluation)) return NOBODY;
    const strength = this.principalStrength(evaluation, gateway);
    return strength !== NOBODY && this.conditionsHold(evaluation) ? strength : NOBODY;
  }
}

/** Endpoint and resource control policies speak of everybody unless they say otherwise. */
function defaultPrincipal(kind: PolicyKind): PrincipalElement | undefined {
  return kind === "endpoint" || kind === "rcp" ? "*" : undefined;
}
