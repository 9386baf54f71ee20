/**
 * Further addresses and prefixes of a network interface.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html
 */
import { allocate, allocateIpv6 } from "../addressing.ts";
import { invalidValue, missing } from "../errors.ts";
import { all, change, find } from "../kind.ts";
import { addresses, networkInterfaces, subnets } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { delegatePrefixes } from "../prefix-delegation.ts";
import { own } from "./network-interfaces.ts";

/** @throws AwsError unless the interface has all of them */
function checkHas(id: string, what: string, has: readonly string[], given: readonly string[]): void {
  if (given.every((one) => has.includes(one))) return;
  throw invalidValue(`Some of the specified ${what} are not assigned to interface ${id}`);
}

export const interfaceAddressOperations: Operations = {
  AssignPrivateIpAddresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const subnet = find(context, subnets, one.subnetId);
    const wanted = input.PrivateIpAddresses ?? [];
    const count = wanted.length ? 0 : (input.SecondaryPrivateIpAddressCount ?? 0);
    const blocks = delegatePrefixes(context, subnet, 4, {
      count: input.Ipv4PrefixCount,
      blocks: input.Ipv4Prefixes,
    });
    if (!wanted.length && !count && !blocks.length) {
      throw missing("privateIpAddress or secondaryPrivateIpAddressCount");
    }
    const fresh = wanted.filter((ip) => !one.privateIps.includes(ip));
    const ips = allocate(context, subnet, fresh, count);
    change(context, networkInterfaces, one.id, (draft) => {
      draft.privateIps.push(...ips);
      if (blocks.length) draft.ipv4Prefixes = [...(draft.ipv4Prefixes ?? []), ...blocks];
    });
    return {
      NetworkInterfaceId: one.id,
      AssignedPrivateIpAddresses: ips.map((PrivateIpAddress) => ({ PrivateIpAddress })),
      AssignedIpv4Prefixes: blocks.map((Ipv4Prefix) => ({ Ipv4Prefix })),
    };
  },

  UnassignPrivateIpAddresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const gone = input.PrivateIpAddresses ?? [];
    const blocks = input.Ipv4Prefixes ?? [];
    checkHas(one.id, "addresses", one.privateIps.slice(1), gone);
    checkHas(one.id, "prefixes", one.ipv4Prefixes ?? [], blocks);
    change(context, networkInterfaces, one.id, (draft) => {
      draft.privateIps = draft.privateIps.filter((ip) => !gone.includes(ip));
      if (draft.ipv4Prefixes)
        draft.ipv4Prefixes = draft.ipv4Prefixes.filter((block) => !blocks.includes(block));
    });
    // an elastic address goes with the private one that it stood for
    for (const address of all(context, addresses)) {
      if (address.networkInterfaceId !== one.id || !gone.includes(address.privateIp ?? "")) continue;
      change(context, addresses, address.id, (draft) => {
        delete draft.associationId;
        delete draft.networkInterfaceId;
        delete draft.privateIp;
      });
    }
    return {};
  },

  AssignIpv6Addresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const subnet = find(context, subnets, one.subnetId);
    const wanted = input.Ipv6Addresses ?? [];
    const blocks = delegatePrefixes(context, subnet, 6, {
      count: input.Ipv6PrefixCount,
      blocks: input.Ipv6Prefixes,
    });
    const count =
      wanted.length || blocks.length ? (input.Ipv6AddressCount ?? 0) : (input.Ipv6AddressCount ?? 1);
    const ips = allocateIpv6(context, subnet, count, wanted);
    change(context, networkInterfaces, one.id, (draft) => {
      draft.ipv6Ips.push(...ips);
      if (blocks.length) draft.ipv6Prefixes = [...(draft.ipv6Prefixes ?? []), ...blocks];
    });
    return { NetworkInterfaceId: one.id, AssignedIpv6Addresses: ips, AssignedIpv6Prefixes: blocks };
  },

  UnassignIpv6Addresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const gone = input.Ipv6Addresses ?? [];
    const blocks = input.Ipv6Prefixes ?? [];
    checkHas(one.id, "addresses", one.ipv6Ips.slice(one.primaryIpv6 ? 1 : 0), gone);
    checkHas(one.id, "prefixes", one.ipv6Prefixes ?? [], blocks);
    change(context, networkInterfaces, one.id, (draft) => {
      draft.ipv6Ips = draft.ipv6Ips.filter((ip) => !gone.includes(ip));
      if (draft.ipv6Prefixes)
        draft.ipv6Prefixes = draft.ipv6Prefixes.filter((block) => !blocks.includes(block));
    });
    return { NetworkInterfaceId: one.id, UnassignedIpv6Addresses: gone, UnassignedIpv6Prefixes: blocks };
  },
};
