/**
 * Private addresses: how many a platform needs, how many it has by the file, and what network would do.
 * https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-vpc.html
 */
import { addressesNeeded, formatCidr, type Habits, type Platform, parseCidr, usable } from "@sagekeep/spec";

export interface CapacityOptions extends Habits {
  /** Users to plan for. @default those in the file */
  users?: number;
}

export interface CapacityReport {
  users: number;
  /** Addresses by use, all zones together. */
  uses: readonly { what: string; count: number; each: string }[];
  needed: number;
  subnets: { cidr: string; zone: string; usable: number }[];
  usable: number;
  free: number;
  fits: boolean;
  /** Users that would fit with the same habits. */
  most: number;
  /** What `network` would have to say for it to fit, when it does not. */
  suggestion?: string;
}

export function capacityOf(platform: Platform, options: CapacityOptions = {}): CapacityReport {
  const { network, domains } = platform;
  const users = options.users ?? platform.users.length;
  const { total: needed, perUser, uses } = addressesNeeded(network, users, domains.length, options);
  const subnets = network.zones.map(({ name, index, privateCidr }) => {
    const block = parseCidr(privateCidr);
    return { cidr: privateCidr, zone: name ?? `zone ${index + 1}`, usable: block ? usable(block) : 0 };
  });
  const all = subnets.reduce((sum, one) => sum + one.usable, 0);
  const fixed = needed - users * perUser;
  const most = perUser === 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, Math.floor((all - fixed) / perUser));
  const fits = needed <= all;
  return {
    users,
    uses,
    needed,
    subnets,
    usable: all,
    free: all - needed,
    fits,
    most,
    ...(!fits && { suggestion: suggestNetwork(platform, needed) }),
  };
}

/** AWS keeps five addresses of every subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED = 5;

/** A `network` that holds so many addresses in its private subnets, as the file would say it. */
function suggestNetwork({ network }: Platform, needed: number): string {
  const zones = network.zones.length;
  const prefix = 32 - Math.ceil(Math.log2(Math.ceil(needed / zones) + RESERVED));
  const more = "more zones, or a second platform in a VPC of its own: a VPC holds at most a /16";
  if (prefix < 16) return more;
  if (network.existing)
    return `private subnets of /${prefix} in each of ${zones} ${zones === 1 ? "zone" : "zones"}`;
  const first = parseCidr(network.cidr)?.first ?? 0;
  const base = first - (first % 2 ** 16);
  const at = (bits: number, index = 0) =>
    formatCidr({ first: base + index * 2 ** (32 - bits), prefix: bits });
  // the plan cuts a VPC into sixteen blocks
  if (prefix - 4 >= 16) return `network: { cidr: ${at(prefix - 4)} }`;
  if (network.internet !== "none" || zones * 2 ** (32 - prefix) > 2 ** 16) return more;
  const subnets = Array.from({ length: zones }, (_, index) => at(prefix, index));
  return `network: { cidr: ${at(16)}, subnets: [${subnets.join(", ")}] }`;
}
