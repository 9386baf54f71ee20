/** Changes of a network interface's further addresses, in place. */
import { list, map, type Step, type Work } from "../declared.ts";
import { text } from "../handler.ts";

const service = "ec2";

interface Interface {
  PrivateIpAddresses?: { PrivateIpAddress: string; Primary?: boolean }[];
  Ipv6Addresses?: { Ipv6Address: string }[];
}

async function interfaceOf({ id, r }: Work): Promise<Interface> {
  const { NetworkInterfaces } = await r.read(service, "DescribeNetworkInterfaces", {
    NetworkInterfaceIds: [id],
  });
  return NetworkInterfaces[0] ?? {};
}

/** Secondary addresses: the template's own, or as many as it counts. */
async function changeSecondary(work: Work): Promise<void> {
  const { id, p, r } = work;
  const now = ((await interfaceOf(work)).PrivateIpAddresses ?? [])
    .filter((one) => !one.Primary)
    .map((one) => one.PrivateIpAddress);
  const named = list(p.PrivateIpAddresses)
    .map(map)
    .filter((one) => one.Primary !== true)
    .map((one) => text(one.PrivateIpAddress));
  const wanted = named.length + Number(p.SecondaryPrivateIpAddressCount ?? 0);
  const kept = now.filter((one) => named.includes(one));
  const others = now.filter((one) => !named.includes(one)).slice(0, Math.max(0, wanted - named.length));
  const gone = now.filter((one) => !kept.includes(one) && !others.includes(one));
  const added = named.filter((one) => !now.includes(one));
  const more = wanted - named.length - others.length;
  const NetworkInterfaceId = id;
  if (gone.length > 0)
    await r.call(service, "UnassignPrivateIpAddresses", { NetworkInterfaceId, PrivateIpAddresses: gone });
  if (added.length > 0)
    await r.call(service, "AssignPrivateIpAddresses", { NetworkInterfaceId, PrivateIpAddresses: added });
  if (more > 0)
    await r.call(service, "AssignPrivateIpAddresses", {
      NetworkInterfaceId,
      SecondaryPrivateIpAddressCount: more,
    });
}

/** IPv6 addresses, alike. */
async function changeIpv6(work: Work): Promise<void> {
  const { id, p, r } = work;
  const now = ((await interfaceOf(work)).Ipv6Addresses ?? []).map((one) => one.Ipv6Address);
  const named = list(p.Ipv6Addresses).map((one) => text(map(one).Ipv6Address));
  const count = Number(p.Ipv6AddressCount ?? 0);
  const others = now.filter((one) => !named.includes(one)).slice(0, count);
  const gone = now.filter((one) => !named.includes(one) && !others.includes(one));
  const added = named.filter((one) => !now.includes(one));
  const NetworkInterfaceId = id;
  if (gone.length > 0)
    await r.call(service, "UnassignIpv6Addresses", { NetworkInterfaceId, Ipv6Addresses: gone });
  if (added.length > 0)
    await r.call(service, "AssignIpv6Addresses", { NetworkInterfaceId, Ipv6Addresses: added });
  if (count > others.length)
    await r.call(service, "AssignIpv6Addresses", {
      NetworkInterfaceId,
      Ipv6AddressCount: count - others.length,
    });
}

export const addressSteps: readonly Step[] = [
  { of: ["PrivateIpAddresses", "SecondaryPrivateIpAddressCount"], updateOnly: true, run: changeSecondary },
  { of: ["Ipv6Addresses", "Ipv6AddressCount"], updateOnly: true, run: changeIpv6 },
];
