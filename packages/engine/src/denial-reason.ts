/**
 * The words in which AWS names the layer that denied.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { Decision, Layer } from "./decision.ts";

const names: Readonly<Record<Layer, string>> = {
  rcp: "resource control policy",
  scp: "service control policy",
  resource: "resource-based policy",
  accessPoint: "resource-based policy",
  blockPublicAccess: "resource-based policy",
  keyGrant: "resource-based policy",
  identity: "identity-based policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
  root: "identity-based policy",
  service: "identity-based policy",
  always: "identity-based policy",
};

/** AWS's name for the policies of a layer, without article. */
export function policyTypeName(layer: Layer): string {
  return names[layer];
}

/**
 * How AWS's access-denied message ends, after `is not authorized to perform: X on resource: Y `.
 *
 * @example denialReason(decision, "s3:GetObject") // "because no identity-based policy allows the s3:GetObject action"
 */
export function denialReason(decision: Pick<Decision, "outcome" | "by">, action: string): string | undefined {
  if (decision.outcome === "Allowed") return undefined;
  const trust =
    decision.by === "resource" && /^sts:(AssumeRole|TagSession|SetSourceIdentity|SetContext)/i.test(action);
  const name = trust ? "role trust policy" : names[decision.by];
  if (decision.outcome === "ImplicitlyDenied") {
    if (decision.by === "blockPublicAccess")
      return "because public access is blocked by S3 Block Public Access settings";
    if (decision.by === "service") return undefined;
    return `because no ${name} allows the ${action} action`;
  }
  if (trust) return "with an explicit deny in the role trust policy";
  return `with an explicit deny in ${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}
