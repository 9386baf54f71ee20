/**
 * The address plan: which subnet gets which block.
 *
 * A new VPC is divided into sixteen equal parts: 0 to 2 private, 4, 6 and 7 public, 12 to 14 for a firewall.
 * For 192.168.0.0/16 that is the layout of the labs (192.168.0.0/20, 192.168.16.0/20, 192.168.64.0/20 …).
 */

import { formatCidr, parseCidr, part } from "./cidr.ts";
import type { Network, Zone } from "./platform.ts";
import type { EndpointName, PlatformDocument } from "./schema.ts";

/** What VpcOnly Studio and jobs of the SageMaker SDK need (Developer Guide, "Connect Studio in a VPC"). */
export const STUDIO_ENDPOINTS: readonly EndpointName[] = [
  "sagemaker.api",
  "sagemaker.runtime",
  "studio",
  "s3",
  "sts",
  "logs",
  "kms",
  "ecr.api",
  "ecr.dkr",
  "monitoring",
  "ssm",
  "servicecatalog",
];

const PRIVATE = [0, 1, 2] as const;
const PUBLIC = [4, 6, 7] as const;
const FIREWALL = [12, 13, 14] as const;
const BITS = 4;

export const DEFAULT_CIDR = "10.0.0.0/16";

/** Fills in the network: zones with their blocks, endpoints as one list. */
export function planNetwork(written: PlatformDocument["network"]): Network {
  const cidr = written.existing?.cidr ?? written.cidr ?? DEFAULT_CIDR;
  const block = parseCidr(cidr);
  const cut = (index: number) => (block === undefined ? "" : formatCidr(part(block, BITS, index)));
  const zones: Zone[] = zoneNames(written).map((name, index) => ({
    name,
    index,
    privateCidr:
      written.existing?.subnets[index]?.cidr ?? written.subnets?.[index] ?? cut(PRIVATE[index % 3]!),
    publicCidr: written.publicSubnets?.[index] ?? cut(PUBLIC[index % 3]!),
    firewallCidr: written.firewallSubnets?.[index] ?? cut(FIREWALL[index % 3]!),
  }));
  const endpoints = typeof written.endpoints === "string" ? { set: written.endpoints } : written.endpoints;
  const chosen = new Set<EndpointName>([
    ...(endpoints.set === "studio" ? STUDIO_ENDPOINTS : []),
    ...("extra" in endpoints ? endpoints.extra : []),
  ]);
  if ("without" in endpoints) for (const name of endpoints.without) chosen.delete(name);
  return {
    cidr,
    existing: written.existing,
    zones,
    internet: typeof written.internet === "string" ? written.internet : "firewall",
    allow: typeof written.internet === "string" ? [] : written.internet.firewall.allow,
    endpoints: [...chosen],
    endpointPolicies: "policies" in endpoints ? endpoints.policies : {},
    flowLogs: written.flowLogs,
    flowLogDays: written.flowLogDays,
    capacity: written.capacity,
  };
}

function zoneNames(written: PlatformDocument["network"]): (string | undefined)[] {
  if (written.existing !== undefined) return written.existing.subnets.map((subnet) => subnet.zone);
  if (typeof written.zones === "number") return new Array<string | undefined>(written.zones).fill(undefined);
  return written.zones;
}
