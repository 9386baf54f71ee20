/** Address blocks: written right, inside the VPC, apart from each other, and large enough for everybody. */

import { alignedCidr, type Cidr, contains, formatCidr, overlaps, parseCidr, usable } from "../cidr.ts";
import type { Findings } from "../findings.ts";
import { planNetwork } from "../network-plan.ts";
import type { Network } from "../platform.ts";
import { entriesOf, field, listOf, textOf } from "../raw.ts";
import type { PlatformDocument } from "../schema.ts";
import type { Path } from "../source.ts";
import { checkReachability } from "./reachability.ts";

interface Block {
  readonly path: Path;
  readonly cidr: Cidr;
  readonly written: string;
}

/** `network` is the parsed section when its shape is right; the address checks of text run either way. */
export function checkNetwork(
  findings: Findings,
  raw: unknown,
  network: PlatformDocument["network"] | undefined,
): void {
  const written = field(raw, "network");
  const existing = field(written, "existing");
  if (field(written, "cidr") !== undefined && existing !== undefined)
    findings.add({
      code: "SPEC0304",
      path: ["network", "cidr"],
      at: "key",
      message: "`cidr` and `existing` exclude each other",
      label: "a new VPC, or an existing one",
      help: "remove `cidr`: the range of an existing VPC is `existing.cidr`",
    });
  const vpc =
    block(findings, ["network", "cidr"], field(written, "cidr"), 16, 28) ??
    block(findings, ["network", "existing", "cidr"], field(existing, "cidr"), 16, 28);
  const subnets: Block[] = [];
  for (const key of ["subnets", "publicSubnets", "firewallSubnets"] as const)
    for (const [index, text] of listOf(field(written, key)).entries()) {
      const found = block(findings, ["network", key, index], text, 16, 28);
      if (found) subnets.push(found);
    }
  for (const [index, subnet] of listOf(field(existing, "subnets")).entries()) {
    const found = block(
      findings,
      ["network", "existing", "subnets", index, "cidr"],
      field(subnet, "cidr"),
      16,
      28,
    );
    if (found) subnets.push(found);
  }
  for (const [index, one] of subnets.entries()) {
    if (vpc && !contains(vpc.cidr, one.cidr))
      findings.add({
        code: "SPEC0302",
        path: one.path,
        message: `subnet \`${one.written}\` is outside the VPC's \`${vpc.written}\``,
        label: "not inside the VPC",
        help: `choose blocks inside \`${vpc.written}\``,
      });
    const other = subnets.slice(0, index).find((before) => overlaps(before.cidr, one.cidr));
    if (other)
      findings.add({
        code: "SPEC0302",
        path: one.path,
        message: `\`${one.written}\` and \`${other.written}\` overlap`,
        label: `overlaps \`${other.path.join(".")}\``,
        help: "give every subnet a range of its own, or leave the subnets out and let Sagekeep divide the VPC",
      });
  }
  for (const [index, text] of listOf(
    field(field(field(raw, "controls"), "perimeter"), "sourceIps"),
  ).entries())
    block(findings, ["controls", "perimeter", "sourceIps", index], text, 9, 32);
  if (network === undefined || findings.has(["network"])) return;
  checkZones(findings, network);
  const plan = planNetwork(network);
  checkPlanned(findings, plan);
  checkCapacity(findings, raw, plan);
  checkReachability(findings, raw, plan);
}

/** Parses one block; says what is wrong with it. Anything but text was reported already. */
function block(
  findings: Findings,
  path: Path,
  value: unknown,
  widest: number,
  narrowest: number,
): Block | undefined {
  const written = textOf(value);
  if (written === undefined) return undefined;
  const cidr = parseCidr(written);
  if (cidr === undefined) {
    const aligned = alignedCidr(written);
    findings.add({
      code: "SPEC0301",
      path,
      message: `\`${written}\` is not an IPv4 block`,
      label: aligned ? "host bits are set" : "expected CIDR notation",
      help: aligned ? `did you mean \`${aligned}\`?` : "for example `192.168.0.0/16`",
    });
    return undefined;
  }
  if (cidr.prefix < widest || cidr.prefix > narrowest) {
    findings.add({
      code: "SPEC0301",
      path,
      message: `\`${written}\` has a prefix of /${cidr.prefix}`,
      label: `expected /${widest} to /${narrowest}`,
      help: `for example \`${formatCidr({ first: cidr.first, prefix: Math.min(Math.max(cidr.prefix, widest), narrowest) })}\``,
    });
    return undefined;
  }
  return { path, cidr, written };
}

function checkZones(findings: Findings, network: PlatformDocument["network"]): void {
  if (network.existing) {
    const zones = network.existing.subnets.map((subnet) => subnet.zone);
    const twice = zones.findIndex((zone, index) => zones.indexOf(zone) !== index);
    if (twice >= 0)
      findings.add({
        code: "SPEC0304",
        path: ["network", "existing", "subnets", twice, "zone"],
        message: `zone \`${zones[twice]}\` is listed twice`,
        label: "expected one subnet a zone",
        help: "an interface endpoint takes one subnet a zone: keep one of them",
      });
    if (network.internet !== "none" && !network.existing.internetGateway)
      findings.add({
        code: "SPEC0304",
        path: ["network", "internet"],
        message: "internet access in an existing VPC needs its internet gateway",
        label: "no `existing.internetGateway`",
        help: "add `internetGateway: igw-…` to `network.existing`, or write `internet: none`",
      });
    for (const key of [
      "publicSubnets",
      ...(typeof network.internet === "object" ? ["firewallSubnets"] : []),
    ] as const)
      if (network.internet !== "none" && network[key as "publicSubnets"] === undefined)
        findings.add({
          code: "SPEC0304",
          path: ["network", "internet"],
          message: `internet access in an existing VPC needs \`${key}\``,
          label: "which ranges of the VPC are free is not known",
          help: `add \`${key}\`: one free block a zone, of /28 or larger`,
        });
  }
  const zones =
    network.existing?.subnets.length ??
    (typeof network.zones === "number" ? network.zones : network.zones.length);
  for (const key of ["subnets", "publicSubnets", "firewallSubnets"] as const) {
    const blocks = network[key];
    if (blocks !== undefined && blocks.length !== zones)
      findings.add({
        code: "SPEC0304",
        path: ["network", key],
        at: "key",
        message: `\`${key}\` lists ${blocks.length} blocks for ${zones} zones`,
        label: "expected one a zone",
        help: "give one block a zone, or leave the key out",
      });
  }
}

/** The blocks Sagekeep cuts must be at least a /28, and apart from blocks the file names. */
function checkPlanned(findings: Findings, plan: Network): void {
  if (findings.has(["network"])) return;
  const used = plan.zones.flatMap((zone) => [
    zone.privateCidr,
    ...(plan.internet === "none" ? [] : [zone.publicCidr]),
    ...(plan.internet === "firewall" ? [zone.firewallCidr] : []),
  ]);
  const path: Path = plan.existing ? ["network", "existing", "cidr"] : ["network", "cidr"];
  for (const [index, text] of used.entries()) {
    const cidr = parseCidr(text);
    if (cidr === undefined || cidr.prefix > 28) {
      findings.add({
        code: "SPEC0303",
        path,
        message: `\`${plan.cidr}\` is too small: its subnets would be \`${text}\``,
        label: "subnets smaller than /28",
        help: "AWS takes subnets of /16 to /28: use a VPC of /24 or larger, or list the `subnets`",
      });
      return;
    }
    const other = used.slice(0, index).find((before) => overlaps(parseCidr(before)!, cidr));
    if (other !== undefined) {
      findings.add({
        code: "SPEC0302",
        path,
        message: `planned subnets \`${other}\` and \`${text}\` overlap`,
        label: "in this VPC",
        help: "list `publicSubnets` and `firewallSubnets` apart from the private ones",
      });
      return;
    }
  }
}

/** Habits that addresses depend on; those of the file unless given. */
export interface Habits {
  readonly appsPerUser?: number | undefined;
  readonly jobInstancesPerUser?: number | undefined;
}

/**
 * Addresses a platform needs in its private subnets, all zones together, by use.
 *
 * An interface endpoint takes one a zone, a domain's file system one a zone, an app one, a job's instance two
 * (Developer Guide, "Give SageMaker access to resources in your VPC").
 */
export function addressesNeeded(
  plan: Network,
  users: number,
  domains: number,
  habits: Habits = {},
): { total: number; perUser: number; uses: readonly { what: string; count: number; each: string }[] } {
  const zones = plan.zones.length;
  const apps = habits.appsPerUser ?? plan.capacity.appsPerUser;
  const instances = habits.jobInstancesPerUser ?? plan.capacity.jobInstancesPerUser;
  const endpoints = plan.endpoints.filter((name) => name !== "s3").length;
  const uses = [
    {
      what: "interface endpoints",
      count: endpoints * zones,
      each: `${endpoints} endpoints, one address a zone`,
    },
    { what: "file systems", count: domains * zones, each: "one mount target a domain and zone" },
    { what: "apps", count: users * apps, each: `${apps} running a user` },
    {
      what: "jobs",
      count: users * instances * 2,
      each: `${instances} instances a user, two addresses each`,
    },
  ];
  return {
    total: uses.reduce((sum, one) => sum + one.count, 0),
    perUser: apps + instances * 2,
    uses,
  };
}

function checkCapacity(findings: Findings, raw: unknown, plan: Network): void {
  if (findings.has(["network"])) return;
  const users = entriesOf(field(raw, "teams")).flatMap(([, team]) => entriesOf(field(team, "users"))).length;
  const domains = entriesOf(field(raw, "domains")).length;
  const needed = addressesNeeded(plan, users, domains);
  const available = plan.zones.reduce((sum, zone) => sum + usable(parseCidr(zone.privateCidr)!), 0);
  if (needed.total <= available) return;
  const path: Path = plan.existing
    ? ["network", "existing", "subnets"]
    : field(field(raw, "network"), "subnets")
      ? ["network", "subnets"]
      : ["network", "cidr"];
  findings.add({
    code: "SPEC0303",
    path,
    ...(plan.existing ? { at: "key" as const } : {}),
    message: `the private subnets have ${available} addresses, the platform needs ${needed.total}`,
    label: "too small",
    help: `${needed.uses.map((one) => `${one.count} for ${one.what}`).join(", ")}: use larger subnets, more zones, or lower \`network.capacity\``,
  });
}
