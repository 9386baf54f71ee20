/**
 * Private addresses: how many a platform needs and where they go. FACTS: an endpoint takes one per zone, the
 * file system one per subnet, an app one, a job instance two (five with EFA).
 * https://docs.aws.amazon.com/sagemaker/latest/dg/onboard-vpc.html
 */
import type { Platform } from "@sagekeep/spec";

/** AWS keeps five addresses of every subnet. https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const RESERVED = 5;

export interface CapacityOptions {
  /** Users to plan for. @default those in the file */
  users?: number;
  /** Running apps a user. @default the file's */
  appsPerUser?: number;
  /** Job instances a user at once. @default the file's */
  jobInstancesPerUser?: number;
}

export interface CapacityReport {
  users: number;
  /** Addresses by use, all zones together. */
  uses: { what: string; count: number; each: string }[];
  needed: number;
  subnets: { cidr: string; zone: number; size: number; usable: number }[];
  usable: number;
  free: number;
  fits: boolean;
  /** Users that would fit with the same habits. */
  most: number;
  /** Network for a private subnet of each zone that would fit, when it does not. */
  suggestion?: string;
}

export function capacityOf(platform: Platform, options: CapacityOptions = {}): CapacityReport {
  const { network, domains } = platform;
  const users = options.users ?? platform.users.length;
  const apps = options.appsPerUser ?? network.capacity.appsPerUser;
  const instances = options.jobInstancesPerUser ?? network.capacity.jobInstancesPerUser;
  const cidrs = network.existing
    ? network.existing.subnets.map((one) => ("cidr" in one ? String(one.cidr) : ""))
    : network.zones.map((one) => one.privateCidr);
  const zones = Math.max(1, cidrs.length);
  const interfaceEndpoints = network.endpoints.filter((one) => one !== "s3").length;
  const perUser = apps + instances * 2;
  const uses = [
    {
      what: "interface endpoints",
      count: interfaceEndpoints * zones,
      each: `${interfaceEndpoints} endpoints, one address a zone`,
    },
    { what: "file systems", count: domains.length * zones, each: "one mount target a domain and zone" },
    { what: "apps", count: users * apps, each: `${apps} running a user` },
    { what: "jobs", count: users * instances * 2, each: `${instances} instances a user, two addresses each` },
  ];
  const needed = uses.reduce((sum, one) => sum + one.count, 0);
  const subnets = cidrs.map((cidr, zone) => {
    const bits = Number(cidr.split("/")[1] ?? 32);
    const size = 2 ** (32 - bits);
    return { cidr, zone: zone + 1, size, usable: Math.max(0, size - RESERVED) };
  });
  const usable = subnets.reduce((sum, one) => sum + one.usable, 0);
  const fixed = needed - users * perUser;
  const most = perUser === 0 ? Number.MAX_SAFE_INTEGER : Math.max(0, Math.floor((usable - fixed) / perUser));
  const fits = needed <= usable;
  return {
    users,
    uses,
    needed,
    subnets,
    usable,
    free: usable - needed,
    fits,
    most,
    ...(!fits && { suggestion: suggest(needed, zones) }),
  };
}

/** The smallest prefix whose subnets, one a zone, hold the need. */
function suggest(needed: number, zones: number): string {
  const each = Math.ceil(needed / zones) + RESERVED;
  const bits = 32 - Math.ceil(Math.log2(each));
  return bits >= 16
    ? `private subnets of /${bits} in each of ${zones} ${zones === 1 ? "zone" : "zones"}`
    : "more zones or a second VPC: a subnet holds at most a /16";
}
