/**
 * Reachability computed a second way, for tests: one packet and its answer go hop by hop through what the EC2 API
 * describes. Slow and plain on purpose; it shares no code with `resolve.ts`, not even for addresses.
 */

// biome-ignore-start lint/suspicious/noExplicitAny: what the API answers, as it is
export interface Described {
  subnets: any[];
  tables: any[];
  acls: any[];
  groups: any[];
  interfaces: any[];
  addresses: any[];
  nats: any[];
  gateways: any[];
  peerings: any[];
  endpoints: any[];
  /** Prefix list id → blocks. */
  lists: Record<string, string[]>;
}

interface Packet {
  from: string;
  to: string;
  fromPort: number;
  toPort: number;
}

/** Where a connection arrives, or the first thing that stopped it. */
export type Verdict =
  | { at: "internet"; as: string }
  | { at: "endpoint"; id: string; as: string }
  | { at: "interface"; id: string; as: string }
  | { stopped: "route" | "public-address" | "security-group" | "network-acl" };

const number = (ip: string) => ip.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

export function inBlock(block: string | undefined, ip: string): boolean {
  if (!block || block.includes(":")) return false;
  const [base = "", length = "32"] = block.split("/");
  const size = 2 ** (32 - Number(length));
  return Math.floor(number(base) / size) === Math.floor(number(ip) / size);
}

const bits = (block: string) => Number(block.split("/")[1]);

export class Packets {
  readonly #net: Described;
  constructor(net: Described) {
    this.#net = net;
  }

  /** A TCP connection from an interface to an address and port. */
  connect(interfaceId: string, to: string, toPort: number, fromPort: number): Verdict {
    const source = this.#interface(interfaceId);
    const packet: Packet = { from: source.PrivateIpAddress, to, fromPort, toPort };
    const target = this.#interfaceIn(source.VpcId, to) ?? this.#peerInterface(source, to);
    if (!this.#lets(source, "IpPermissionsEgress", to, toPort, this.#groupsOf(target)))
      return { stopped: "security-group" };
    const near = target?.SubnetId === source.SubnetId;
    if (!near && !this.#admits(source.SubnetId, true, packet.to, toPort)) return { stopped: "network-acl" };
    const end = this.#forward(source, packet);
    if ("stopped" in end) return end;
    // the answer comes back into the subnet it began in
    if (!near && !this.#admits(source.SubnetId, false, to, fromPort)) return { stopped: "network-acl" };
    return end;
  }

  /** What happens once the packet is before the router of the source's subnet. */
  #forward(source: any, packet: Packet): Verdict {
    let { from, to, fromPort, toPort } = packet;
    let subnet: string = source.SubnetId;
    let sender = source;
    let translated = false;
    for (let hop = 0; hop < 5; hop++) {
      const route = this.#route(sender.VpcId, subnet, to);
      if (!route || route.State === "blackhole") return { stopped: "route" };
      if (route.GatewayId === "local") {
        const target = this.#interfaceIn(sender.VpcId, to);
        return target
          ? this.#arrive(target, sender, translated, { from, to, fromPort, toPort })
          : { stopped: "route" };
      }
      if (route.NatGatewayId) {
        const nat = this.#net.nats.find((one) => one.NatGatewayId === route.NatGatewayId);
        const own = nat.NatGatewayAddresses[0];
        const apart = nat.SubnetId !== subnet;
        const passes =
          (!apart ||
            (this.#admits(nat.SubnetId, false, from, toPort) &&
              this.#admits(nat.SubnetId, true, from, fromPort))) &&
          this.#admits(nat.SubnetId, true, to, toPort) &&
          this.#admits(nat.SubnetId, false, to, fromPort);
        if (!passes) return { stopped: "network-acl" };
        sender = this.#interface(own.NetworkInterfaceId);
        if (nat.ConnectivityType === "private") translated = true;
        [from, subnet, translated] = [own.PrivateIp, nat.SubnetId, true];
        continue;
      }
      if (route.VpcPeeringConnectionId) {
        const target = this.#peerInterface(sender, to);
        if (!target) return { stopped: "route" };
        // the other side must know the way back, over the same peering
        const back = this.#route(target.VpcId, target.SubnetId, from);
        const end = this.#arrive(target, sender, translated, { from, to, fromPort, toPort });
        if ("stopped" in end) return end;
        return back?.VpcPeeringConnectionId && back.State === "active" ? end : { stopped: "route" };
      }
      if (route.GatewayId?.startsWith("vpce-")) return { at: "endpoint", id: route.GatewayId, as: from };
      if (route.GatewayId?.startsWith("igw-")) {
        const nat = this.#net.nats.find((one) =>
          one.NatGatewayAddresses.some((own: any) => own.NetworkInterfaceId === sender.NetworkInterfaceId),
        );
        if (nat?.ConnectivityType === "private") return { stopped: "route" };
        const address = this.#net.addresses.find(
          (one) => one.NetworkInterfaceId === sender.NetworkInterfaceId,
        );
        if (!address) return { stopped: "public-address" };
        const priv = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].some((block) => inBlock(block, to));
        return priv ? { stopped: "route" } : { at: "internet", as: address.PublicIp };
      }
      return { stopped: "route" };
    }
    return { stopped: "route" };
  }

  #arrive(target: any, sender: any, translated: boolean, { from, fromPort, toPort }: Packet): Verdict {
    const near = target.SubnetId === sender.SubnetId;
    if (!near && !this.#admits(target.SubnetId, false, from, toPort)) return { stopped: "network-acl" };
    const seen = translated ? [] : this.#groupsOf(sender);
    if (target.Groups.length && !this.#lets(target, "IpPermissions", from, toPort, seen))
      return { stopped: "security-group" };
    if (!near && !this.#admits(target.SubnetId, true, from, fromPort)) return { stopped: "network-acl" };
    const endpoint = this.#net.endpoints.find((one) =>
      one.NetworkInterfaceIds?.includes(target.NetworkInterfaceId),
    );
    if (endpoint) return { at: "endpoint", id: endpoint.VpcEndpointId, as: from };
    return { at: "interface", id: target.NetworkInterfaceId, as: from };
  }

  #interface(id: string): any {
    return this.#net.interfaces.find((one) => one.NetworkInterfaceId === id);
  }

  #interfaceIn(vpc: string, ip: string): any {
    return this.#net.interfaces.find((one) => one.VpcId === vpc && one.PrivateIpAddress === ip);
  }

  /** The interface with this address in the VPC that the way there leads to by a peering. */
  #peerInterface(source: any, ip: string): any {
    const route = this.#route(source.VpcId, source.SubnetId, ip);
    const peering = this.#net.peerings.find(
      (one) => one.VpcPeeringConnectionId === route?.VpcPeeringConnectionId,
    );
    if (!peering) return undefined;
    const { RequesterVpcInfo: a, AccepterVpcInfo: b } = peering;
    return this.#interfaceIn(a.VpcId === source.VpcId ? b.VpcId : a.VpcId, ip);
  }

  #groupsOf(one: any): string[] {
    return (one?.Groups ?? []).map((group: any) => group.GroupId);
  }

  #route(vpc: string, subnet: string, ip: string): any {
    const own = this.#net.tables.find((one) => one.Associations.some((a: any) => a.SubnetId === subnet));
    const main = this.#net.tables.find(
      (one) => one.VpcId === vpc && one.Associations.some((a: any) => a.Main),
    );
    const found: { length: number; list: boolean; route: any }[] = [];
    for (const route of (own ?? main).Routes) {
      const list = Boolean(route.DestinationPrefixListId);
      const blocks = list ? this.#net.lists[route.DestinationPrefixListId] : [route.DestinationCidrBlock];
      for (const block of blocks ?? [])
        if (inBlock(block, ip)) found.push({ length: bits(block), list, route });
    }
    found.sort((a, b) => b.length - a.length || Number(a.list) - Number(b.list));
    return found[0]?.route;
  }

  /** Whether a group of the interface has a rule for TCP to or from this address and port. */
  #lets(one: any, side: string, ip: string, port: number, groupsThere: string[]): boolean {
    const groups = this.#net.groups.filter((group) => this.#groupsOf(one).includes(group.GroupId));
    return groups.some((group) =>
      group[side].some((rule: any) => {
        if (rule.IpProtocol !== "-1" && rule.IpProtocol !== "tcp") return false;
        if (rule.IpProtocol === "tcp" && (port < rule.FromPort || port > rule.ToPort)) return false;
        return (
          rule.IpRanges.some((range: any) => inBlock(range.CidrIp, ip)) ||
          rule.PrefixListIds.some((list: any) =>
            this.#net.lists[list.PrefixListId]?.some((block) => inBlock(block, ip)),
          ) ||
          rule.UserIdGroupPairs.some((pair: any) => groupsThere.includes(pair.GroupId))
        );
      }),
    );
  }

  #admits(subnet: string, egress: boolean, ip: string, port: number): boolean {
    const acl = this.#net.acls.find((one) => one.Associations.some((a: any) => a.SubnetId === subnet));
    const rules = acl.Entries.filter((one: any) => one.Egress === egress).sort(
      (a: any, b: any) => a.RuleNumber - b.RuleNumber,
    );
    for (const { Protocol, PortRange, CidrBlock, RuleAction } of rules) {
      if (Protocol !== "-1" && Protocol !== "6") continue;
      if (Protocol === "6" && PortRange && (port < PortRange.From || port > PortRange.To)) continue;
      if (inBlock(CidrBlock, ip)) return RuleAction === "allow";
    }
    return false;
  }
}
// biome-ignore-end lint/suspicious/noExplicitAny: what the API answers, as it is
