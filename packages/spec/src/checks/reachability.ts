/**
 * Warns when Studio and jobs would reach no service they cannot work without (no endpoint and no way out), or reach
 * S3 in a way that the data's perimeter refuses.
 *
 * What a VPC-only domain needs: Developer Guide, "Connect Studio in a VPC to external resources".
 */

import type { Findings } from "../findings.ts";
import { hasPath, isShutOut } from "../paths.ts";
import type { Network } from "../platform.ts";
import { field, textOf } from "../raw.ts";
import type { EndpointName } from "../schema.ts";

const NEEDED: readonly EndpointName[] = ["sagemaker.api", "sagemaker.runtime", "s3", "sts"];

export function checkReachability(findings: Findings, raw: unknown, plan: Network): void {
  const region = textOf(field(raw, "region"));
  if (region === undefined || findings.has(["network"])) return;
  const cut = NEEDED.filter((endpoint) => !hasPath(plan, region, endpoint));
  if (cut.length > 0) warnOfCut(findings, raw, plan, cut);
  const perimeter = field(field(field(raw, "controls"), "perimeter"), "data") !== false;
  if (!cut.includes("s3") && isShutOut(plan, perimeter)) {
    findings.add({
      code: "SPEC0306",
      severity: "warning",
      path: ["network", "endpoints"],
      message: "nobody reads data: its buckets answer inside the network only, and there is no `s3` endpoint",
      label: "without `s3`, requests come from the internet",
      help: "add `s3` to `network.endpoints`, which costs nothing, or set `controls.perimeter.data: false`",
    });
  }
}

function warnOfCut(findings: Findings, raw: unknown, plan: Network, cut: readonly EndpointName[]): void {
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
