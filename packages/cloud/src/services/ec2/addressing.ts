/**
 * Which private addresses of a subnet are taken, and the next free one. Five of each IPv4 block are AWS's own.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import type { ReadContext } from "../../context.ts";
import { cidrHas, parseCidr, parseIp, printIp, sizeOf } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { invalidValue } from "./errors.ts";
import type { NetworkInterfaceRecord, SubnetRecord, SubnetReservationRecord } from "./records.ts";

const RESERVED = 5;

const interfacesIn = (context: ReadContext, subnetId: string) =>
  context
    .table<NetworkInterfaceRecord>("ec2.network-interface")
    .list()
    .filter((one) => one.subnetId === subnetId);

/** Blocks of the subnet's CIDR reservations. */
const reservedBlocks = (context: ReadContext, subnetId: string) =>
  context
    .table<SubnetReservationRecord>("ec2.subnet-cidr-reservation")
    .list()
    .filter((one) => one.subnetId === subnetId)
    .map((one) => parseCidr(one.cidr)!);

const counts = new WeakMap<ReadContext, Map<string, number>>();

/** Counts the addresses of every subnet once for a call that only reads, instead of for each subnet that it shows. */
export function countAddresses(context: ReadContext): void {
  const bySubnet = new Map<string, number>();
  for (const { subnetId, privateIps } of context
    .table<NetworkInterfaceRecord>("ec2.network-interface")
    .list()) {
    bySubnet.set(subnetId, (bySubnet.get(subnetId) ?? 0) + privateIps.length);
  }
  counts.set(context, bySubnet);
}

/** Addresses that are still free. */
export function freeAddresses(context: ReadContext, subnet: Readonly<SubnetRecord>): number {
  const cidr = parseCidr(subnet.cidr)!;
  const counted = counts.get(context);
  const used = counted
    ? (counted.get(subnet.id) ?? 0)
    : interfacesIn(context, subnet.id).reduce((sum, one) => sum + one.privateIps.length, 0);
  return Number(sizeOf(cidr)) - RESERVED - used;
}

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
  const cidr = parseCidr(subnet.cidr)!;
  const used = new Set(interfacesIn(context, subnet.id).flatMap((one) => one.privateIps));
  const kept = reservedBlocks(context, subnet.id);
  const size = sizeOf(cidr);
  const reserved = (value: bigint) => value - cidr.base < 4n || value - cidr.base === size - 1n;
  const taken: string[] = [];
  for (const text of wanted) {
    const ip = parseIp(text);
    if (ip?.family !== 4) throw invalidValue(`invalid value for parameter address: ${text}`);
    if (!cidrHas(cidr, text)) throw invalidValue("Address does not fall within the subnet's address range");
    if (reserved(ip.value)) throw invalidValue("Address is in subnet's reserved address range");
    if (used.has(text)) throw new AwsError("InvalidIPAddress.InUse", `Address ${text} is in use.`);
    used.add(text);
    taken.push(text);
  }
  for (let value = cidr.base + 4n; taken.length < wanted.length + count; value++) {
    if (value >= cidr.base + size - 1n) {
      throw new AwsError(
        "InsufficientFreeAddressesInSubnet",
        `The specified subnet does not have enough free addresses to satisfy the request.`,
      );
    }
    const text = printIp(4, value);
    if (used.has(text) || kept.some((block) => cidrHas(block, text))) continue;
    used.add(text);
    taken.push(text);
  }
  return taken;
}

/** The next free IPv6 address of the subnet's first IPv6 block. */
export function allocateIpv6(context: ReadContext, subnet: Readonly<SubnetRecord>, count: number): string[] {
  const cidr = parseCidr(subnet.ipv6Cidrs[0]?.cidr);
  if (!cidr) throw invalidValue(`The subnet '${subnet.id}' has no IPv6 CIDR block`);
  const used = new Set(interfacesIn(context, subnet.id).flatMap((one) => one.ipv6Ips));
  const found: string[] = [];
  for (let value = cidr.base + 4n; found.length < count; value++) {
    const text = printIp(6, value);
    if (!used.has(text)) found.push(text);
  }
  return found;
}
