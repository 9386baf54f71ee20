/**
 * Making and removing network interfaces, for the operations and for services that keep interfaces in a VPC of the
 * account (endpoints, NAT gateways, EFS mount targets, Studio apps, jobs).
 */
import type { CallContext } from "../../context.ts";
import { cidrHas } from "../../network/cidr.ts";
import { AwsError } from "../../wire/errors.ts";
import { allocate, allocateIpv6 } from "./addressing.ts";
import { invalidValue } from "./errors.ts";
import { newId, newMac } from "./identifiers.ts";
import { add, all, change, find, remove, tableOf } from "./kind.ts";
import { addresses, networkInterfaces, securityGroups, subnets } from "./kinds.ts";
import { expecting } from "./malformed.ts";
import { delegatePrefixes } from "./prefix-delegation.ts";
import type { NetworkInterfaceRecord, SubnetRecord, Tags } from "./records.ts";

/** Quota "security groups per network interface". */
const MAX_GROUPS = 5;

export interface NewInterface {
  subnetId: string;
  /** @default the VPC's default group */
  groupIds?: readonly string[] | undefined;
  /** Private addresses, the first the primary one. @default the next free one */
  privateIps?: readonly string[] | undefined;
  /** Secondary addresses to choose. */
  secondaryCount?: number;
  ipv6Ips?: readonly string[] | undefined;
  ipv6Count?: number;
  /** Blocks of their own, by name or number. */
  ipv4Prefixes?: { count?: number | undefined; blocks?: readonly (string | undefined)[] | undefined };
  ipv6Prefixes?: { count?: number | undefined; blocks?: readonly (string | undefined)[] | undefined };
  primaryIpv6?: boolean;
  description?: string | undefined;
  interfaceType?: string | undefined;
  tags?: Tags;
  /** A service's own: who made it (an account id or an alias like `amazon-elb`), and to whom it is attached. */
  requester?: { id: string; owner: string };
}

/** @throws AwsError when the subnet or a group is not there, or the addresses cannot be had */
export function createInterface(
  context: CallContext,
  options: NewInterface,
): Readonly<NetworkInterfaceRecord> {
  const subnet = find(context, subnets, options.subnetId);
  const { requester } = options;
  const wanted = options.privateIps ?? [];
  // what services make answers at IPv4 addresses
  if (requester && subnet.cidr === undefined) {
    throw invalidValue(`The subnet '${subnet.id}' does not have an IPv4 CIDR block`);
  }
  const own = subnet.cidr === undefined || wanted.length ? 0 : 1;
  const wantsIpv6 = options.ipv6Count ?? (subnet.assignIpv6 && !options.ipv6Ips?.length ? 1 : 0);
  const privateIps = allocate(context, subnet, wanted, own + (options.secondaryCount ?? 0));
  const ipv6Ips = allocateIpv6(context, subnet, wantsIpv6, options.ipv6Ips);
  const ipv4Prefixes = delegatePrefixes(context, subnet, 4, options.ipv4Prefixes ?? {});
  const ipv6Prefixes = delegatePrefixes(context, subnet, 6, options.ipv6Prefixes ?? {});
  if (options.primaryIpv6 && !ipv6Ips.length) throw noPrimaryIpv6();
  for (const block of ipv4Prefixes) {
    if (privateIps.some((ip) => cidrHas(block, ip))) {
      throw new AwsError("InvalidIPAddress.InUse", `The prefix ${block} is in use.`);
    }
  }
  return add(context, networkInterfaces, {
    id: newId("eni"),
    tags: options.tags ?? {},
    vpcId: subnet.vpcId,
    subnetId: subnet.id,
    zone: subnet.zone,
    zoneId: subnet.zoneId,
    description: options.description ?? "",
    mac: newMac(),
    privateIps,
    ipv6Ips,
    ...(ipv4Prefixes.length && { ipv4Prefixes }),
    ...(ipv6Prefixes.length && { ipv6Prefixes }),
    ...(options.primaryIpv6 && { primaryIpv6: true }),
    groupIds: groupsFor(context, subnet, options.groupIds),
    interfaceType: options.interfaceType ?? "interface",
    requesterManaged: requester !== undefined,
    ...(requester && { requesterId: requester.id }),
    sourceDestCheck: !["nat_gateway", "gateway_load_balancer_endpoint"].includes(options.interfaceType ?? ""),
    ...(requester && {
      attachment: {
        id: newId("ela-attach"),
        instanceOwnerId: requester.owner,
        deviceIndex: 1,
        deleteOnTermination: false,
        time: context.now,
      },
    }),
    created: context.now,
  });
}

/** The groups, checked to be of the subnet's VPC; the default one where none is asked for. */
export function groupsFor(
  context: CallContext,
  subnet: Readonly<Pick<SubnetRecord, "vpcId">>,
  ids: readonly string[] | undefined,
): string[] {
  if (ids === undefined) {
    const group = all(context, securityGroups).find(
      (one) => one.vpcId === subnet.vpcId && one.name === "default",
    );
    return group ? [group.id] : [];
  }
  const unique = [...new Set(ids)];
  for (const id of unique) {
    const group = tableOf(context, securityGroups).get(id);
    if (!group) {
      throw (
        expecting("InvalidSecurityGroupId.Malformed", "sg")(id) ??
        new AwsError("InvalidSecurityGroupID.NotFound", `The securityGroup ID '${id}' does not exist`)
      );
    }
    if (group.vpcId !== subnet.vpcId && !group.vpcIds?.includes(subnet.vpcId)) {
      throw new AwsError(
        "InvalidGroup.NotFound",
        "You have specified two resources that belong to different networks.",
      );
    }
  }
  if (unique.length > MAX_GROUPS) {
    throw new AwsError(
      "SecurityGroupsPerInterfaceLimitExceeded",
      "The maximum number of security groups per interface has been reached.",
    );
  }
  return unique;
}

/** Removes an interface and frees its public addresses. */
export function removeInterface(context: CallContext, id: string): void {
  for (const address of all(context, addresses)) {
    if (address.networkInterfaceId !== id) continue;
    change(context, addresses, address.id, (draft) => {
      delete draft.associationId;
      delete draft.networkInterfaceId;
      delete draft.privateIp;
    });
  }
  remove(context, networkInterfaces, id);
}

export const noPrimaryIpv6 = () =>
  invalidValue("A primary IPv6 address needs an IPv6 address on the network interface.");

export const inUse = (id: string) => invalidValue(`Network interface '${id}' is currently in use.`);
