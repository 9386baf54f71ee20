/**
 * Warns when Studio and jobs would reach no service they cannot work without: no endpoint and no way out.
 *
 * What a VPC-only domain needs: Developer Guide, "Connect Studio in a VPC to external resources".
 */

import type { Findings } from "../findings.ts";
import { hasPath } from "../paths.ts";
import type { Network } from "../platform.ts";
import { field, textOf } from "../raw.ts";
import type { EndpointName } from "../schema.ts";

const NEEDED: readonly EndpointName[] = ["sagemaker.api", "sagemaker.runtime", "s3", "sts"];

export function checkReachability(findings: Findings, raw: unknown, plan: Network): void {
  const region = textOf(field(raw, "region"));
  // an existing VPC may have endpoints and routes of its own
  if (region === undefined || plan.existing || plan.internet === "nat" || findings.has(["network"])) return;
  const cut = NEEDED.filter((endpoint) => !hasPath(plan, region, endpoint));
  if (!cut.length) return;
  const names = cut.map((name) => `\`${name}\``).join(", ");
  findings.add({
    code: "SPEC0305",
    severity: "warning",
    path: ["network", field(field(raw, "network"), "endpoints") === undefined ? "internet" : "endpoints"],
    message: `Studio and jobs reach no ${names}`,
    label:
      plan.internet === "none"
        ? "no endpoint, and no internet"
        : "no endpoint, and the firewall lets no name through",
    help: `add ${cut.length === 1 ? "its endpoint" : "their endpoints"} to \`network.endpoints\`, unless a VPC without ${cut.length === 1 ? "it" : "them"} is meant`,
  });
}
