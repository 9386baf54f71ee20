/** A decision as people read it: what, what blocked it, what would have allowed it. */
import type { Explanation } from "@sagekeep/toolkit";
import { paint } from "./table.ts";

type Statement = Explanation["layers"][number]["matched"][number];

const layerNames: Partial<Record<Explanation["by"], string>> = {
  rcp: "resource control policy",
  scp: "service control policy",
  resource: "resource policy",
  accessPoint: "access point policy",
  blockPublicAccess: "Block Public Access",
  keyGrant: "key grant",
  identity: "identity policy",
  boundary: "permissions boundary",
  session: "session policy",
  endpoint: "VPC endpoint policy",
  root: "the root user",
  always: "AWS: no policy governs it",
  service: "a rule of the service",
};

const values = (given: string | readonly string[] | undefined) => {
  if (given === undefined) return "none";
  const all = typeof given === "string" ? [given] : given;
  return all.length === 0
    ? "none"
    : all
        .slice(0, 4)
        .map((one) => `\`${one}\``)
        .join(", ") + (all.length > 4 ? ` and ${all.length - 4} more` : "");
};

function statement(
  layer: string,
  { policy, sid, index, conditions, resourceMatches, principalMatches }: Statement,
  onlyFailed: boolean,
): string[] {
  const lines = [`${layer} \`${policy}\`, statement ${sid ? `\`${sid}\`` : index + 1}`];
  if (!resourceMatches) lines.push("  its resources do not cover this one");
  if (!principalMatches) lines.push("  it does not name this caller");
  for (const one of conditions) {
    if (onlyFailed && one.holds) continue;
    lines.push(
      `  ${one.operator} ${one.key}: policy ${values(one.policyValues)}, request has ${values(one.requestValues)}`,
    );
  }
  return lines;
}

const indent = (lines: readonly string[], head: string) =>
  lines.map((line, index) => `${index === 0 ? head.padEnd(18) : " ".repeat(18)}${line}`);

export function renderExplanation(explanation: Explanation, who = explanation.principal): string {
  const { allowed, action, resource, by, blockedBy, otherwiseAllowedBy, wouldAllow, layers } = explanation;
  const layer = layerNames[by] ?? by;
  const head = `${allowed ? paint.green("ALLOW") : paint.red("DENY")} ${action} on ${resource} for ${who}`;
  const lines = [head];
  if (allowed) {
    const grants = layers
      .filter((one) => one.outcome === "allow")
      .flatMap((one) =>
        one.matched
          .filter((match) => match.effect === "Allow")
          .slice(0, 1)
          .map((match) => ({ layer: layerNames[one.layer] ?? one.layer, match })),
      );
    if (grants.length === 0) lines.push(...indent([layer], "  allowed by"));
    for (const one of grants) lines.push(...indent(statement(one.layer, one.match, false), "  allowed by"));
    return lines.join("\n");
  }
  if (blockedBy) lines.push(...indent(statement(layer, blockedBy, false), "  blocked by"));
  else lines.push(...indent([`no ${layer} allows it`], "  blocked by"));
  for (const one of otherwiseAllowedBy.slice(0, 2))
    lines.push(...indent(statement("statement of", one, false), "  otherwise by"));
  for (const one of wouldAllow.slice(0, 3))
    lines.push(...indent(statement("statement of", one, true), "  nearest"));
  return lines.join("\n");
}
