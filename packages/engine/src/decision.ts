/**
 * The answer. Every possible decision is one frozen object made beforehand, so that deciding allocates nothing.
 */

export type Outcome = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied";

/**
 * The layer that decided. `root` is the account's root user, who needs no policy; `always` an action no policy
 * governs (`sts:GetCallerIdentity`); `service` a rule of the service itself (a root user cannot assume a role).
 */
export type Layer =
  | "rcp"
  | "scp"
  | "resource"
  | "accessPoint"
  | "blockPublicAccess"
  | "keyGrant"
  | "identity"
  | "boundary"
  | "session"
  | "endpoint"
  | "root"
  | "service"
  | "always";

/** Outcome and deciding layer. Decisions are shared: compare them by identity if you like, do not change them. */
export interface Decision {
  readonly outcome: Outcome;
  readonly allowed: boolean;
  readonly by: Layer;
}

const layers: readonly Layer[] = [
  "rcp",
  "scp",
  "resource",
  "accessPoint",
  "blockPublicAccess",
  "keyGrant",
  "identity",
  "boundary",
  "session",
  "endpoint",
  "root",
  "service",
  "always",
];

function table(outcome: Outcome): Readonly<Record<Layer, Decision>> {
  const entries = layers.map((by) => [by, Object.freeze({ outcome, allowed: outcome === "Allowed", by })]);
  return Object.freeze(Object.fromEntries(entries)) as Readonly<Record<Layer, Decision>>;
}

/** Allowed by a layer. */
export const allowedBy: Readonly<Record<Layer, Decision>> = table("Allowed");
/** Denied because a layer that had to allow did not. */
export const implicitlyDeniedBy: Readonly<Record<Layer, Decision>> = table("ImplicitlyDenied");
/** Denied by a matching `Deny` statement of a layer. */
export const explicitlyDeniedBy: Readonly<Record<Layer, Decision>> = table("ExplicitlyDenied");
