/** Endpoints, NAT gateways, public addresses and firewalls of an account, priced. */
import { type Inventory, isOwn, tagOf } from "./inventory.ts";
import { HOURS_A_MONTH } from "./sheet.ts";

const tokens = { in: "NextToken", out: "NextToken" };

export async function readEndpoints(inventory: Inventory): Promise<void> {
  const { clients, sheet } = inventory;
  for await (const page of clients.pages("ec2", "DescribeVpcEndpoints", {}, tokens)) {
    for (const one of page.VpcEndpoints ?? []) {
      if (one.VpcEndpointType === "Gateway" || /^delet/i.test(one.State ?? "")) continue;
      const name = (one.ServiceName ?? "").split(".").slice(3).join(".") || (one.ServiceName ?? "");
      if (!isOwn(inventory, `endpoint ${one.VpcEndpointId} (${name})`, one.Tags)) continue;
      const zones = one.SubnetIds?.length ?? 1;
      sheet.add(
        `endpoint ${name}`,
        "network",
        "endpoint-hour",
        zones * HOURS_A_MONTH,
        tagOf(one.Tags, "team"),
      );
    }
  }
  if (sheet.items.length)
    sheet.unknown.push({ what: "traffic through endpoints", why: "the account does not tell; see the bill" });
}

export async function readGateways(inventory: Inventory): Promise<void> {
  const { clients, sheet } = inventory;
  for await (const page of clients.pages("ec2", "DescribeNatGateways", {}, tokens)) {
    for (const one of page.NatGateways ?? []) {
      if (one.State === "deleted" || one.State === "failed") continue;
      if (!isOwn(inventory, `NAT gateway ${one.NatGatewayId}`, one.Tags)) continue;
      sheet.add(`NAT gateway ${one.NatGatewayId}`, "network", "nat-hour", HOURS_A_MONTH);
      sheet.unknown.push({
        what: `traffic through NAT gateway ${one.NatGatewayId}`,
        why: "the account does not tell; see the bill",
      });
    }
  }
  const { Addresses = [] } = await clients.call("ec2", "DescribeAddresses", {});
  for (const one of Addresses)
    if (isOwn(inventory, `public address ${one.PublicIp}`, one.Tags))
      sheet.add(`public address ${one.PublicIp}`, "network", "public-ipv4-hour", HOURS_A_MONTH);
}

export async function readFirewalls(inventory: Inventory): Promise<void> {
  const { clients, sheet } = inventory;
  for await (const page of clients.pages("network-firewall", "ListFirewalls", {}, tokens)) {
    for (const { FirewallArn } of page.Firewalls ?? []) {
      const { Firewall } = await clients.call("network-firewall", "DescribeFirewall", { FirewallArn });
      const what = `firewall ${Firewall?.FirewallName}`;
      if (!isOwn(inventory, what, Firewall?.Tags)) continue;
      const zones = Firewall?.SubnetMappings?.length ?? 1;
      sheet.add(what, "network", "firewall-hour", zones * HOURS_A_MONTH);
    }
  }
}
