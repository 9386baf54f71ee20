/**
 * Which private addresses of a subnet are taken, and the next free one. Five of each IPv4 block are AWS's own.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import type { ReadContext } from "../../context.ts";
import { type Cidr, cidrHas, parseCidr, parseIp, printIp, sizeOf } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { invalidValue } from "./errors.ts";
import type { NetworkInterfaceRecord, SubnetRecord, SubnetReservationRecord } from "./records.ts";

const RESERVED = 5;
/** Addresses of a delegated IPv4 prefix. */
const PREFIX_SIZE = 16;

export const interfacesIn = (context: ReadContext, subnetId: string) =>
  context
    .table<NetworkInterfaceRecord>("ec2.network-interface")
    .list()
    .filter((one) => one.subnetId === subnetId);

/** Blocks of the subnet's CIDR reservations. */
export const reservedBlocks = (
  context: ReadContext,
  subnetId: string,
  types: readonly string[] = ["prefix", "explicit"],
): Cidr[] =>
  context
    .table<SubnetReservationRecord>("ec2.subnet-cidr-reservation")
    .list()
    .filter((one) => one.subnetId === subnetId && types.includes(one.type))
    .map((one) => parseCidr(one.cidr)!);

const takenBy = ({ privateIps, ipv4Prefixes = [] }: Readonly<NetworkInterfaceRecord>) =>
  privateIps.length + ipv4Prefixes.length * PREFIX_SIZE;

const counts = new WeakMap<ReadContext, Map<string, number>>();

/** Counts the addresses of every subnet once for a call that only reads, instead of for each subnet that it shows. */
export function countAddresses(context: ReadContext): void {
  const bySubnet = new Map<string, number>();
  for (const one of context.table<NetworkInterfaceRecord>("ec2.network-interface").list()) {
    bySubnet.set(one.subnetId, (bySubnet.get(one.subnetId) ?? 0) + takenBy(one));
  }
  counts.set(context, bySubnet);
}

/** IPv4 addresses that are still free. */
export function freeAddresses(context: ReadContext, subnet: Readonly<SubnetRecord>): number {
  const cidr = parseCidr(subnet.cidr);
  if (!cidr) return 0;
  const counted = counts.get(context);
  const used = counted
    ? (counted.get(subnet.id) ?? 0)
    : interfacesIn(context, subnet.id).reduce((sum, one) => sum + takenBy(one), 0);
  return Number(sizeOf(cidr)) - RESERVED - used;
}

const noneLeft = () =>
  new AwsError(
    "InsufficientFreeAddressesInSubnet",
    "The specified subnet does not have enough free addresses to satisfy the request.",
  );

/**
 * `count` free addresses of the subnet, lowest first, after the `wanted` ones.
 * @throws AwsError when a wanted one is taken or outside, or too few are free
 */
export function allocate(
  context: ReadContext,
  subnet: Readonly<SubnetRecord>,
  wanted: readonly string[],
  count: number,
): string[] {
  if (wanted.length + count === 0) return [];
  const cidr = parseCidr(subnet.cidr);
  if (!cidr) throw invalidValue(`The subnet '${subnet.id}' does not have an IPv4 CIDR block`);
  const there = interfacesIn(context, subnet.id);
  const used = new Set(there.flatMap((one) => one.privateIps));
  const delegated = there.flatMap((one) => one.ipv4Prefixes ?? []).map((one) => parseCidr(one)!);
  const kept = reservedBlocks(context, subnet.id);
  const size = sizeOf(cidr);
  const reserved = (value: bigint) => value - cidr.base < 4n || value - cidr.base === size - 1n;
  const inUse = (text: string) => used.has(text) || delegated.some((block) => cidrHas(block, text));
  const taken: string[] = [];
  for (const text of wanted) {
    const ip = parseIp(text);
    if (ip?.family !== 4) throw invalidValue(`invalid value for parameter address: ${text}`);
    if (!cidrHas(cidr, text)) throw invalidValue("Address does not fall within the subnet's address range");
    if (reserved(ip.value)) throw invalidValue("Address is in subnet's reserved address range");
    if (inUse(text)) throw new AwsError("InvalidIPAddress.InUse", `Address ${text} is in use.`);
    used.add(text);
    taken.push(text);
  }
  for (let value = cidr.base + 4n; taken.length < wanted.length + count; value++) {
    if (value >= cidr.base + size - 1n) throw noneLeft();
    const text = printIp(4, value);
    if (inUse(text) || kept.some((block) => cidrHas(block, text))) continue;
    used.add(text);
    taken.push(text);
  }
  return taken;
}

/**
 * `count` free IPv6 addresses of the subnet's block after the `wanted` ones, as AWS prints them.
 * @throws AwsError when a wanted one is taken or outside, or the subnet has no block
 */
export function allocateIpv6(
  context: ReadContext,
  subnet: Readonly<SubnetRecord>,
  count: number,
  wanted: readonly string[] = [],
): string[] {
  if (wanted.length + count === 0) return [];
  const cidr = parseCidr(subnet.ipv6Cidrs[0]?.cidr);
  if (!cidr) throw invalidValue(`The subnet '${subnet.id}' has no IPv6 CIDR block`);
  const there = interfacesIn(context, subnet.id);
  const used = new Set(there.flatMap((one) => one.ipv6Ips));
  const blocks = there.flatMap((one) => one.ipv6Prefixes ?? []).map((one) => parseCidr(one)!);
  const inUse = (text: string) => used.has(text) || blocks.some((block) => cidrHas(block, text));
  const found: string[] = [];
  for (const text of wanted) {
    const ip = parseIp(text);
    if (ip?.family !== 6) throw invalidValue(`invalid value for parameter address: ${text}`);
    const printed = printIp(6, ip.value);
    if (!cidrHas(cidr, printed))
      throw invalidValue("Address does not fall within the subnet's address range");
    if (ip.value - cidr.base < 4n) throw invalidValue("Address is in subnet's reserved address range");
    if (inUse(printed)) throw new AwsError("InvalidIPAddress.InUse", `Address ${printed} is in use.`);
    used.add(printed);
    found.push(printed);
  }
  const kept = reservedBlocks(context, subnet.id);
  for (let value = cidr.base + 4n; found.length < wanted.length + count; value++) {
    const block = [...blocks, ...kept].find((one) => cidrHas(one, printIp(6, value)));
    // over a whole block at once: it may be a large one
    if (block) value = block.base + sizeOf(block) - 1n;
    else {
      const text = printIp(6, value);
      if (!used.has(text)) found.push(text);
    }
    if (value >= cidr.base + sizeOf(cidr)) throw noneLeft();
  }
  return found;
}
