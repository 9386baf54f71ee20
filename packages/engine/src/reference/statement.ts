/**
 * Reference twin: whether one statement applies to a request, and in what capacity it names the principal.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
import {
  action as catalogueAction,
  type PolicyKind,
  type PrincipalElement,
  type Statement,
} from "@sagekeep/policy";
import type { Principal, Request } from "../request.ts";
import { blockHolds } from "./conditions.ts";
import { keyReader } from "./context.ts";
import { arnParts, type Lookup, matches, tokens } from "./text.ts";

/** In what capacity a statement names the principal; in this order, a later one grants more. */
export const capacities = ["nobody", "account", "role", "principal"] as const;
export type Capacity = (typeof capacities)[number];

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}

function actionMatches(pattern: string, requested: string): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const [service, ...name] = pattern.toLowerCase().split(":");
  const [wantedService, ...wantedName] = requested.toLowerCase().split(":");
  if (service === "" || name.length === 0 || /[\s,]/.test(pattern)) return false;
  return (
    matches(tokens(service as string, true, undefined), wantedService as string) &&
    matches(tokens(name.join(":"), true, undefined), wantedName.join(":"))
  );
}

function coversAction(statement: Statement, requested: string): boolean {
  if (!/^[^:\s,]+:[^\s,]*$/.test(requested)) return false;
  if (statement.Action !== undefined) return list(statement.Action).some((p) => actionMatches(p, requested));
  return !list(statement.NotAction).some((p) => actionMatches(p, requested));
}

/** Kinds in which a short ARN means "and anything after it". */
const identityLike: readonly PolicyKind[] = ["identity", "inline", "boundary", "session"];

function resourceMatches(
  pattern: string,
  arn: string,
  kind: PolicyKind,
  lookup: Lookup | undefined,
): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const parts = arnParts(pattern, lookup !== undefined);
  const requested = arnParts(arn, false);
  if (requested.length < 6) return false;
  if (parts.length < 6) {
    const wild = parts.some((part) =>
      tokens(part, true, lookup === undefined ? undefined : () => "").some((t) => t === "*" || t === "?"),
    );
    if (kind === "rcp" || (!identityLike.includes(kind) && !wild)) return false;
    while (parts.length < 6) parts.push("*");
  }
  return parts.every((part, index) => matches(tokens(part, true, lookup), requested[index] as string));
}

function coversResource(
  statement: Statement,
  arn: string,
  kind: PolicyKind,
  lookup: Lookup | undefined,
): boolean {
  if (statement.Resource !== undefined && list(statement.Resource).length > 0) {
    return list(statement.Resource).some((p) => resourceMatches(p, arn, kind, lookup));
  }
  if (statement.Resource === undefined && statement.NotResource !== undefined) {
    return !list(statement.NotResource).some((p) => resourceMatches(p, arn, kind, lookup));
  }
  return true;
}

/** The names a principal goes by, weakest first. */
function namesOf(principal: Principal): {
  accounts: string[];
  role: (string | undefined)[];
  own: (string | undefined)[];
} {
  switch (principal.kind) {
    case "root":
      return { accounts: [principal.account], role: [], own: [] };
    case "user":
      return { accounts: [principal.account], role: [], own: [principal.arn, principal.uniqueId] };
    case "session":
      return {
        accounts: [principal.account],
        role: [principal.roleArn, principal.uniqueId],
        own: [principal.arn],
      };
    case "federated-user":
      return {
        accounts: [principal.account],
        role: [principal.userArn, principal.uniqueId],
        own: [principal.arn],
      };
    default:
      return { accounts: [], role: [], own: [] };
  }
}

function namesAccount(element: PrincipalElement, principal: Principal): boolean {
  if (typeof element === "string" || !("account" in principal)) return false;
  const byCanonicalId =
    principal.canonicalUserId !== undefined &&
    list(element.CanonicalUser).includes(principal.canonicalUserId);
  const account = new RegExp(`^(arn:[^:]*:iam:[^:]*:)?${principal.account}(:root)?$`);
  return (
    byCanonicalId ||
    list(element.AWS).some(
      (entry) => account.test(entry) && entry.startsWith("arn:") === entry.endsWith(":root"),
    )
  );
}

function capacityIn(element: PrincipalElement, principal: Principal, rootOnly: boolean): Capacity {
  if (element === "*") return "principal";
  if (typeof element === "string") return "nobody";
  const aws = list(element.AWS);
  if (aws.includes("*")) return "principal";
  if (principal.kind === "service") {
    const names = [principal.service, ...(principal.serviceNames ?? []), "*"];
    return list(element.Service).some((entry) => names.includes(entry)) ? "principal" : "nobody";
  }
  if (principal.kind === "federated") {
    const found = list(element.Federated).some((entry) => entry === principal.provider || entry === "*");
    return found ? "principal" : "nobody";
  }
  const { own, role } = namesOf(principal);
  if (own.some((name) => name !== undefined && aws.includes(name))) return "principal";
  if (role.some((name) => name !== undefined && aws.includes(name))) return "role";
  if (!namesAccount(element, principal)) return "nobody";
  if (principal.kind === "root") return "principal";
  return rootOnly ? "nobody" : "account";
}

/** A `NotPrincipal` in a deny spares only who is listed by every name it goes by. */
function isSpared(element: PrincipalElement, principal: Principal): boolean {
  if (element === "*") return true;
  if (typeof element === "string") return false;
  const aws = list(element.AWS);
  if (aws.includes("*")) return true;
  const { own, role } = namesOf(principal);
  if (!("account" in principal) || principal.kind === "root") {
    return capacityIn(element, principal, false) === "principal";
  }
  const listed = (names: readonly (string | undefined)[]): boolean =>
    names.some((name) => name !== undefined && aws.includes(name));
  const byRole = principal.kind !== "session" || listed(role);
  return namesAccount(element, principal) && listed(own) && byRole;
}

/** What the evaluation of a statement depends on, beside the statement. */
export interface StatementSetting {
  readonly request: Request;
  readonly kind: PolicyKind;
  readonly version: string | undefined;
  readonly bounded: boolean;
  readonly gateway: boolean;
}

const withPrincipal: readonly PolicyKind[] = [
  "resource",
  "bucket",
  "key",
  "trust",
  "accessPoint",
  "endpoint",
  "rcp",
];
const multivalued =
  /^aws:(tagkeys|calledvia|principalorgpaths|principalservicenameslist|resourceorgpaths|sourceorgpaths|vpceorgpaths)$/i;

/** The capacity in which a statement applies: `nobody` when it does not apply. */
export function capacityOf(statement: Statement, setting: StatementSetting): Capacity {
  const { request, kind, version, bounded, gateway } = setting;
  const read = keyReader(request);
  const lookup: Lookup | undefined =
    version !== "2012-10-17"
      ? undefined
      : (key) => {
          const values = multivalued.test(key) ? [] : read(key);
          return values.length === 1 ? values[0] : undefined;
        };
  const arn = catalogueAction(request.action)?.wildcardOnly ? "*" : request.resource.arn;
  if (!coversAction(statement, request.action)) return "nobody";
  if (!coversResource(statement, arn, kind, lookup)) return "nobody";
  if (!blockHolds(statement.Condition, read, lookup)) return "nobody";
  if (!withPrincipal.includes(kind)) return "principal";
  if (statement.Principal !== undefined) return capacityIn(statement.Principal, request.principal, gateway);
  if (statement.NotPrincipal !== undefined) {
    if (statement.Effect === "Deny") {
      return bounded || !isSpared(statement.NotPrincipal, request.principal) ? "principal" : "nobody";
    }
    return capacityIn(statement.NotPrincipal, request.principal, gateway) === "nobody"
      ? "principal"
      : "nobody";
  }
  return kind === "endpoint" || kind === "rcp" ? "principal" : "nobody";
}
