/**
 * Whether and how connections arrive, in random networks, against the reference that sends packets through what the API
 * describes: groups, ACLs, route tables, gateways, NAT, endpoints, a peering. `SEED=n` repeats a run, `RUNS=n` lengthens it.
 */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { tableOf } from "../services/ec2/kind.ts";
import { networkInterfaces } from "../services/ec2/kinds.ts";
import { publicAddress } from "./names.ts";
import { reach } from "./reach.ts";
import { type Described, Packets, type Verdict } from "./reference/packets.ts";
import { resolvePath } from "./resolve.ts";

const SEED = Number(process.env.SEED ?? 20261201);
const RUNS = Number(process.env.RUNS ?? 30);
const PORT = 40_000;
const REGION = "us-east-1";

let cloud: Cloud;
const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
beforeAll(async () => {
  console.log(`reachability: SEED=${SEED}`);
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cidrs = [
  "0.0.0.0/0",
  "10.0.0.0/16",
  "10.0.1.0/24",
  "10.0.2.0/24",
  "10.1.0.0/16",
  "44.192.0.0/11",
  "54.231.0.0/16",
];
const ports = [
  [443, 443],
  [80, 80],
  [1024, 65_535],
  [0, 65_535],
  [32_768, 39_999],
] as const;
const pick = <T>(list: readonly T[]) =>
  fc.integer({ min: 0, max: list.length - 1 }).map((at) => list[at] as T);

const ruleShape = fc.record({
  protocol: pick(["-1", "tcp", "tcp", "tcp", "udp", "icmp"]),
  range: pick(ports),
  peer: pick(["any", "any", "vpc", "peer", "ipv6", "list", "group", "own"]),
});
const rules = fc.array(ruleShape, { maxLength: 3 });
const entry = fc.record({
  egress: fc.boolean(),
  protocol: pick(["-1", "6", "6", "17", "1"]),
  range: pick(ports),
  cidr: pick(cidrs),
  action: pick(["allow", "allow", "allow", "deny"]),
});
/** Most subnets keep the default ACL, which lets everything through. */
const acl = fc
  .integer({ min: 0, max: 3 })
  .chain((one) => (one ? fc.constant(null) : fc.array(entry, { maxLength: 6 })));
const mostly = fc.integer({ min: 0, max: 3 }).map((one) => one > 0);
const hop = pick(["igw", "nat", "nat", "peering", "eni", "none"] as const);
const table = fc.option(
  fc.record({
    default: hop,
    special: hop,
    peer: pick(["peering", "peering", "none"] as const),
    gateway: fc.boolean(),
  }),
  { freq: 4 },
);
const network = fc.record({
  tables: fc.tuple(table, table, table, table),
  acls: fc.tuple(acl, acl, acl, acl),
  sourceIn: pick([0, 1, 2]),
  egress: rules,
  endpointIngress: rules,
  peerIngress: rules,
  openSource: mostly,
  openDoors: mostly,
  elastic: fc.boolean(),
  natIn: pick([0, 1, 2, 2]),
  natPrivate: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
  endpointIn: pick([[0], [1], [0, 1], [2]]),
  privateDns: fc.boolean(),
  dropIgw: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});
type Network = typeof network extends fc.Arbitrary<infer T> ? T : never;

interface Built {
  vpcs: string[];
  source: string;
  peerIp: string;
  endpointName: string;
}

/** Makes the network by the API. Subnets 0 to 2 are in the first VPC, 3 in the peered one. */
async function build(plan: Network): Promise<Built> {
  const vpcs: string[] = [];
  for (const CidrBlock of ["10.0.0.0/16", "10.1.0.0/16"]) {
    const id = (await ec2("CreateVpc", { CidrBlock })).Vpc.VpcId;
    await ec2("ModifyVpcAttribute", { VpcId: id, EnableDnsHostnames: { Value: true } });
    vpcs.push(id);
  }
  const [vpc, other] = vpcs as [string, string];
  const zones = ["a", "b", "a", "a"];
  const subnets: string[] = [];
  for (const [at, zone] of zones.entries()) {
    const CidrBlock = at === 3 ? "10.1.1.0/24" : `10.0.${at + 1}.0/24`;
    const VpcId = at === 3 ? other : vpc;
    const made = await ec2("CreateSubnet", { VpcId, CidrBlock, AvailabilityZone: `${REGION}${zone}` });
    subnets.push(made.Subnet.SubnetId);
  }
  const group = async (VpcId: string, GroupName: string) =>
    (await ec2("CreateSecurityGroup", { VpcId, GroupName, Description: "d" })).GroupId as string;
  const groups = {
    source: await group(vpc, "source"),
    door: await group(vpc, "door"),
    peer: await group(other, "peer"),
  };
  const list = (await ec2("DescribePrefixLists")).PrefixLists.find((one: { PrefixListName: string }) =>
    one.PrefixListName.endsWith(".s3"),
  ).PrefixListId;
  const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
  await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
  const peering = (await ec2("CreateVpcPeeringConnection", { VpcId: vpc, PeerVpcId: other }))
    .VpcPeeringConnection.VpcPeeringConnectionId;
  await ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId: peering });
  const nat = (
    await ec2("CreateNatGateway", {
      SubnetId: subnets[plan.natIn],
      ...(plan.natPrivate
        ? { ConnectivityType: "private" }
        : { AllocationId: (await ec2("AllocateAddress", { Domain: "vpc" })).AllocationId }),
    })
  ).NatGateway.NatGatewayId;
  const eni = async (SubnetId: string | undefined, Groups: string[]) =>
    (await ec2("CreateNetworkInterface", { SubnetId, Groups })).NetworkInterface;
  const source = (await eni(subnets[plan.sourceIn], [groups.source])).NetworkInterfaceId;
  const peer = await eni(subnets[3], [groups.peer]);
  const idle = (await eni(subnets[0], [groups.source])).NetworkInterfaceId;
  if (plan.elastic) {
    const { AllocationId } = await ec2("AllocateAddress", { Domain: "vpc" });
    await ec2("AssociateAddress", { AllocationId, NetworkInterfaceId: source });
  }

  const gatewayTables: string[] = [];
  for (const [at, wanted] of plan.tables.entries()) {
    if (!wanted) continue;
    const VpcId = at === 3 ? other : vpc;
    const id = (await ec2("CreateRouteTable", { VpcId })).RouteTable.RouteTableId;
    await ec2("AssociateRouteTable", { RouteTableId: id, SubnetId: subnets[at] });
    const targets: Record<string, object | undefined> = {
      igw: at === 3 ? undefined : { GatewayId: igw },
      nat: at === 3 ? undefined : { NatGatewayId: nat },
      eni: at === 3 ? undefined : { NetworkInterfaceId: idle },
      peering: { VpcPeeringConnectionId: peering },
    };
    const route = async (DestinationCidrBlock: string, target: string) => {
      if (targets[target])
        await ec2("CreateRoute", { RouteTableId: id, DestinationCidrBlock, ...targets[target] });
    };
    await route("0.0.0.0/0", wanted.default);
    await route("44.192.0.0/11", wanted.special);
    await route(at === 3 ? "10.0.0.0/16" : "10.1.0.0/16", wanted.peer);
    if (wanted.gateway && at !== 3) gatewayTables.push(id);
  }
  await ec2("CreateVpcEndpoint", {
    VpcId: vpc,
    ServiceName: `com.amazonaws.${REGION}.s3`,
    RouteTableIds: gatewayTables,
  });
  const endpoint = (
    await ec2("CreateVpcEndpoint", {
      VpcId: vpc,
      VpcEndpointType: "Interface",
      ServiceName: `com.amazonaws.${REGION}.ssm`,
      SubnetIds: plan.endpointIn.map((at) => subnets[at]),
      SecurityGroupIds: [groups.door],
      PrivateDnsEnabled: plan.privateDns,
    })
  ).VpcEndpoint;
  for (const [at, entries] of plan.acls.entries()) {
    if (!entries) continue;
    const NetworkAclId = (await ec2("CreateNetworkAcl", { VpcId: at === 3 ? other : vpc })).NetworkAcl
      .NetworkAclId;
    for (const [index, one] of entries.entries()) {
      await ec2("CreateNetworkAclEntry", {
        NetworkAclId,
        RuleNumber: 100 - index,
        Egress: one.egress,
        Protocol: one.protocol,
        CidrBlock: one.cidr,
        RuleAction: one.action,
        ...(["6", "17"].includes(one.protocol) && { PortRange: { From: one.range[0], To: one.range[1] } }),
        ...(one.protocol === "1" && { IcmpTypeCode: { Type: -1, Code: -1 } }),
      });
    }
    const Filters = [{ Name: "association.subnet-id", Values: [subnets[at]] }];
    const [old] = (await ec2("DescribeNetworkAcls", { Filters })).NetworkAcls;
    const { NetworkAclAssociationId } = old.Associations.find(
      (one: { SubnetId: string }) => one.SubnetId === subnets[at],
    );
    await ec2("ReplaceNetworkAclAssociation", { AssociationId: NetworkAclAssociationId, NetworkAclId });
  }

  const everything = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
  const allow = async (
    GroupId: string,
    egress: boolean,
    wanted: Network["egress"],
    open: boolean,
    other: string,
  ) => {
    const operation = `AuthorizeSecurityGroup${egress ? "Egress" : "Ingress"}`;
    for (const { protocol, range, peer } of wanted) {
      const whom: Record<string, object> = {
        any: { IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
        vpc: { IpRanges: [{ CidrIp: "10.0.0.0/16" }] },
        peer: { IpRanges: [{ CidrIp: "10.1.0.0/16" }] },
        ipv6: { Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
        list: { PrefixListIds: [{ PrefixListId: list }] },
        group: { UserIdGroupPairs: [{ GroupId: other }] },
        own: { UserIdGroupPairs: [{ GroupId }] },
      };
      const IpPermissions = [
        {
          IpProtocol: protocol,
          ...(protocol !== "-1" && {
            FromPort: protocol === "icmp" ? -1 : range[0],
            ToPort: protocol === "icmp" ? -1 : range[1],
          }),
          ...whom[peer],
        },
      ];
      // two of the same are refused
      await ec2(operation, { GroupId, IpPermissions }).catch(() => {});
    }
    if (open) await ec2(operation, { GroupId, IpPermissions: everything }).catch(() => {});
  };
  await ec2("RevokeSecurityGroupEgress", { GroupId: groups.source, IpPermissions: everything });
  await allow(groups.source, true, plan.egress, plan.openSource, groups.door);
  await allow(groups.door, false, plan.endpointIngress, plan.openDoors, groups.source);
  await allow(groups.peer, false, plan.peerIngress, plan.openDoors, groups.source);
  if (plan.dropIgw && !plan.elastic && plan.natPrivate)
    await ec2("DetachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
  return { vpcs, source, peerIp: peer.PrivateIpAddress, endpointName: endpoint.DnsEntries[0].DnsName };
}

async function described(vpcs: string[]): Promise<Described> {
  const Filters = [{ Name: "vpc-id", Values: vpcs }];
  const lists: Record<string, string[]> = {};
  for (const one of (await ec2("DescribePrefixLists")).PrefixLists) lists[one.PrefixListId] = one.Cidrs;
  return {
    subnets: (await ec2("DescribeSubnets", { Filters })).Subnets,
    tables: (await ec2("DescribeRouteTables", { Filters })).RouteTables,
    acls: (await ec2("DescribeNetworkAcls", { Filters })).NetworkAcls,
    groups: (await ec2("DescribeSecurityGroups", { Filters })).SecurityGroups,
    interfaces: (await ec2("DescribeNetworkInterfaces", { Filters })).NetworkInterfaces,
    addresses: (await ec2("DescribeAddresses")).Addresses,
    nats: (await ec2("DescribeNatGateways", { Filter: Filters })).NatGateways,
    gateways: (await ec2("DescribeInternetGateways")).InternetGateways,
    peerings: (await ec2("DescribeVpcPeeringConnections")).VpcPeeringConnections,
    endpoints: (await ec2("DescribeVpcEndpoints", { Filters })).VpcEndpoints,
    lists,
  };
}

const inside = () => cloud.runtime.within(cloud.account, cloud.region);

/** What the cloud itself says of a host. */
function asked(source: string, host: string): Verdict {
  const { path, none } = resolvePath(inside(), source, { host, port: 443 }, PORT);
  if (none) return { stopped: none.reason as "route" };
  if (path?.endpoint) return { at: "endpoint", id: path.endpoint.id, as: path.sourceIp };
  return { at: "internet", as: path?.sourceIp ?? "" };
}

function askedOfInterface(source: string, ip: string, port: number): Verdict {
  const from = tableOf(inside(), networkInterfaces).get(source)!;
  const found = reach(inside(), from, { destination: ip, port, sourcePort: PORT });
  if (found.none) return { stopped: found.none.reason as "route" };
  if (found.end?.kind !== "interface") return { at: "internet", as: "" };
  return { at: "interface", id: found.end.networkInterface.id, as: found.at.ip };
}

it(
  "arrives where packets sent through the described network arrive",
  async () => {
    const seen = new Map<string, number>();
    const count = (one: Verdict) => {
      const kind = "stopped" in one ? one.stopped : one.at;
      seen.set(kind, (seen.get(kind) ?? 0) + 1);
    };
    await fc.assert(
      fc.asyncProperty(network, async (plan) => {
        const net = await build(plan);
        const facts = await described(net.vpcs);
        const packets = new Packets(facts);
        const zoneOf = (id: string) =>
          facts.interfaces.find((one) => one.NetworkInterfaceId === id).AvailabilityZone;
        /** Address of the SSM endpoint's interface in the zone of who asks, or else of its first subnet. */
        const ssm = facts.endpoints.find((one) => one.VpcEndpointType === "Interface");
        const doors = ssm.NetworkInterfaceIds as string[];
        const door = doors.find((id) => zoneOf(id) === zoneOf(net.source)) ?? doors[0];
        const doorIp = facts.interfaces.find((one) => one.NetworkInterfaceId === door).PrivateIpAddress;
        const address = (host: string) => publicAddress(inside(), host);
        const ssmHost = `ssm.${REGION}.amazonaws.com`;
        const expected: [string, Verdict, Verdict][] = [
          ...[`s3.${REGION}.amazonaws.com`, `kms.${REGION}.amazonaws.com`, "s3.eu-west-1.amazonaws.com"].map(
            (host): [string, Verdict, Verdict] => [
              host,
              asked(net.source, host),
              packets.connect(net.source, address(host), 443, PORT),
            ],
          ),
          [
            ssmHost,
            asked(net.source, ssmHost),
            packets.connect(net.source, plan.privateDns ? doorIp : address(ssmHost), 443, PORT),
          ],
          [
            net.endpointName,
            asked(net.source, net.endpointName),
            packets.connect(net.source, doorIp, 443, PORT),
          ],
          ...[443, 80].map((port): [string, Verdict, Verdict] => [
            `peer ${port}`,
            askedOfInterface(net.source, net.peerIp, port),
            packets.connect(net.source, net.peerIp, port, PORT),
          ]),
        ];
        for (const [host, found, reference] of expected) {
          count(reference);
          expect([host, found]).toEqual([host, reference]);
        }
      }),
      { seed: SEED, numRuns: RUNS },
    );
    console.log(`reachability: ${JSON.stringify(Object.fromEntries(seen))}`);
    for (const kind of ["internet", "endpoint", "interface", "route", "security-group", "network-acl"])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(0);
  },
  60_000 + RUNS * 500,
);
