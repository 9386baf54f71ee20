/**
 * Random sequences of networking calls, well formed but in any order: whatever they do, what is left refers to nothing
 * that is gone, addresses are held once, and all of it can be taken away.
 */
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { type Cidr, contains, overlaps, parseCidr } from "../../network/cidr.ts";
import { isAwsError } from "../../wire/errors.ts";

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env.RUNS ?? 25);

let cloud: Cloud;
const internal: unknown[] = [];
beforeAll(() => console.log(`sequences of networking calls: SEED=${SEED}`));

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
type Output = any;
const ec2 = (operation: string, input: object = {}): Promise<Output> => cloud.call("ec2", operation, input);

/** What there is, by kind: ids that some call gave, also of what is gone since. */
class World {
  readonly ids = new Map<string, string[]>();
  /** One of a kind, or one that never was. */
  pick(kind: string, at: number): string {
    const known = this.ids.get(kind) ?? [];
    return known[at % Math.max(1, known.length)] ?? `${kind}-0123456789abcdef0`;
  }
  keep(kind: string, id: string | undefined): void {
    if (id) this.ids.set(kind, [...(this.ids.get(kind) ?? []), id]);
  }
}

type Step = (world: World, a: number, b: number, c: number) => Promise<unknown>;
const perm = (CidrIp: string) => [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2, IpRanges: [{ CidrIp }] }];

const steps: Record<string, Step> = {
  vpc: async (w, a) => w.keep("vpc", (await ec2("CreateVpc", { CidrBlock: `10.${a % 3}.0.0/16` })).Vpc.VpcId),
  subnet: async (w, a, b, c) =>
    w.keep(
      "subnet",
      (
        await ec2("CreateSubnet", {
          VpcId: w.pick("vpc", a),
          CidrBlock: `10.${b % 3}.${c % 4}.${(a % 2) * 16}/${c % 2 ? 24 : 28}`,
          AvailabilityZone: `us-east-1${"ab"[c % 2]}`,
        })
      ).Subnet.SubnetId,
    ),
  sixVpc: async (w, a) =>
    w.keep(
      "vpc",
      (await ec2("CreateVpc", { CidrBlock: `10.${a % 3}.0.0/16`, AmazonProvidedIpv6CidrBlock: true })).Vpc
        .VpcId,
    ),
  sixSubnet: async (w, a, b, c) => {
    const VpcId = w.pick("vpc", a);
    const [vpc] = (await ec2("DescribeVpcs", { VpcIds: [VpcId] })).Vpcs;
    const block = vpc.Ipv6CidrBlockAssociationSet[0]?.Ipv6CidrBlock ?? "2600:1f18:1:200::/56";
    const made = await ec2("CreateSubnet", {
      VpcId,
      Ipv6CidrBlock: block.replace("00::/56", `0${c % 4}::/64`),
      ...(b % 2 ? { Ipv6Native: true } : { CidrBlock: `10.${a % 3}.1${c % 4}.0/24` }),
    });
    w.keep("subnet", made.Subnet.SubnetId);
  },
  assignSix: (w, a, b) =>
    ec2("AssignIpv6Addresses", {
      NetworkInterfaceId: w.pick("eni", a),
      ...(b % 2 ? { Ipv6PrefixCount: 1 } : { Ipv6AddressCount: 1 + (b % 3) }),
    }),
  reserve: (w, a, b) =>
    ec2("CreateSubnetCidrReservation", {
      SubnetId: w.pick("subnet", a),
      Cidr: `10.${b % 3}.${a % 4}.0/26`,
      ReservationType: b % 2 ? "prefix" : "explicit",
    }),
  block: async (w, a, b) => {
    const made = await ec2("AssociateVpcCidrBlock", {
      VpcId: w.pick("vpc", a),
      CidrBlock: `10.${10 + (b % 3)}.0.0/16`,
    });
    w.keep("vpc-cidr-assoc", made.CidrBlockAssociation.AssociationId);
  },
  unblock: (w, a) => ec2("DisassociateVpcCidrBlock", { AssociationId: w.pick("vpc-cidr-assoc", a) }),
  defaultSubnet: (_, a) => ec2("CreateDefaultSubnet", { AvailabilityZone: `us-east-1${"abcdef"[a % 6]}` }),
  group: async (w, a, b) =>
    w.keep(
      "sg",
      (
        await ec2("CreateSecurityGroup", {
          GroupName: `g${b % 3}`,
          Description: "d",
          VpcId: w.pick("vpc", a),
        })
      ).GroupId,
    ),
  authorize: (w, a, b) =>
    ec2("AuthorizeSecurityGroupIngress", {
      GroupId: w.pick("sg", a),
      IpPermissions: [
        b % 2
          ? perm(`10.0.${b % 9}.0/24`)[0]
          : { IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: w.pick("sg", b) }] },
      ],
    }),
  interface: async (w, a, b, c) =>
    w.keep(
      "eni",
      (
        await ec2("CreateNetworkInterface", {
          SubnetId: w.pick("subnet", a),
          ...(b % 3 === 1 && { Groups: [w.pick("sg", b)] }),
          ...(c % 4 === 1 && { Ipv4PrefixCount: 1 }),
          ...(c % 4 === 2 && { SecondaryPrivateIpAddressCount: 2 }),
        })
      ).NetworkInterface.NetworkInterfaceId,
    ),
  assign: (w, a, b) =>
    ec2("AssignPrivateIpAddresses", {
      NetworkInterfaceId: w.pick("eni", a),
      ...(b % 2 ? { Ipv4PrefixCount: 1 } : { SecondaryPrivateIpAddressCount: 1 + (b % 3) }),
    }),
  routes: async (w, a) =>
    w.keep("rtb", (await ec2("CreateRouteTable", { VpcId: w.pick("vpc", a) })).RouteTable.RouteTableId),
  associate: (w, a, b) =>
    ec2("AssociateRouteTable", { RouteTableId: w.pick("rtb", a), SubnetId: w.pick("subnet", b) }),
  route: (w, a, b, c) =>
    ec2("CreateRoute", {
      RouteTableId: w.pick("rtb", a),
      DestinationCidrBlock: `192.168.${b % 4}.0/24`,
      ...[
        { GatewayId: w.pick("igw", b) },
        { NatGatewayId: w.pick("nat", b) },
        { NetworkInterfaceId: w.pick("eni", b) },
        { VpcPeeringConnectionId: w.pick("pcx", b) },
      ][c % 4],
    }),
  internet: async (w) =>
    w.keep("igw", (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId),
  attach: (w, a, b) =>
    ec2("AttachInternetGateway", { InternetGatewayId: w.pick("igw", a), VpcId: w.pick("vpc", b) }),
  detach: (w, a, b) =>
    ec2("DetachInternetGateway", { InternetGatewayId: w.pick("igw", a), VpcId: w.pick("vpc", b) }),
  address: async (w) => w.keep("eipalloc", (await ec2("AllocateAddress")).AllocationId),
  tie: (w, a, b, c) =>
    ec2("AssociateAddress", {
      AllocationId: w.pick("eipalloc", a),
      NetworkInterfaceId: w.pick("eni", b),
      AllowReassociation: c % 2 === 0,
    }),
  nat: async (w, a, b) =>
    w.keep(
      "nat",
      (
        await ec2("CreateNatGateway", {
          SubnetId: w.pick("subnet", a),
          ...(b % 2 ? { AllocationId: w.pick("eipalloc", b) } : { ConnectivityType: "private" }),
        })
      ).NatGateway.NatGatewayId,
    ),
  acl: async (w, a) =>
    w.keep("acl", (await ec2("CreateNetworkAcl", { VpcId: w.pick("vpc", a) })).NetworkAcl.NetworkAclId),
  useAcl: async (w, a, b) => {
    const Filters = [{ Name: "association.subnet-id", Values: [w.pick("subnet", b)] }];
    const [acl] = (await ec2("DescribeNetworkAcls", { Filters })).NetworkAcls;
    const here = acl?.Associations.find((one: Output) => one.SubnetId === w.pick("subnet", b));
    await ec2("ReplaceNetworkAclAssociation", {
      AssociationId: here?.NetworkAclAssociationId ?? "aclassoc-0123456789abcdef0",
      NetworkAclId: w.pick("acl", a),
    });
  },
  peer: async (w, a, b) =>
    w.keep(
      "pcx",
      (await ec2("CreateVpcPeeringConnection", { VpcId: w.pick("vpc", a), PeerVpcId: w.pick("vpc", b) }))
        .VpcPeeringConnection.VpcPeeringConnectionId,
    ),
  accept: (w, a) => ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId: w.pick("pcx", a) }),
  endpoint: async (w, a, b, c) =>
    w.keep(
      "vpce",
      (
        await ec2("CreateVpcEndpoint", {
          VpcId: w.pick("vpc", a),
          ...(c % 2
            ? { ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIds: [w.pick("rtb", b)] }
            : {
                ServiceName: "com.amazonaws.us-east-1.kms",
                VpcEndpointType: "Interface",
                PrivateDnsEnabled: false,
                SubnetIds: [w.pick("subnet", b)],
              }),
        })
      ).VpcEndpoint.VpcEndpointId,
    ),
  deleteVpc: (w, a) => ec2("DeleteVpc", { VpcId: w.pick("vpc", a) }),
  deleteSubnet: (w, a) => ec2("DeleteSubnet", { SubnetId: w.pick("subnet", a) }),
  deleteGroup: (w, a) => ec2("DeleteSecurityGroup", { GroupId: w.pick("sg", a) }),
  deleteInterface: (w, a) => ec2("DeleteNetworkInterface", { NetworkInterfaceId: w.pick("eni", a) }),
  deleteRoutes: (w, a) => ec2("DeleteRouteTable", { RouteTableId: w.pick("rtb", a) }),
  deleteInternet: (w, a) => ec2("DeleteInternetGateway", { InternetGatewayId: w.pick("igw", a) }),
  release: (w, a) => ec2("ReleaseAddress", { AllocationId: w.pick("eipalloc", a) }),
  deleteNat: (w, a) => ec2("DeleteNatGateway", { NatGatewayId: w.pick("nat", a) }),
  deleteAcl: (w, a) => ec2("DeleteNetworkAcl", { NetworkAclId: w.pick("acl", a) }),
  deletePeer: (w, a) => ec2("DeleteVpcPeeringConnection", { VpcPeeringConnectionId: w.pick("pcx", a) }),
  deleteEndpoint: (w, a) => ec2("DeleteVpcEndpoints", { VpcEndpointIds: [w.pick("vpce", a)] }),
};

async function everything() {
  const list = async (operation: string, member: string) => (await ec2(operation))[member] as Output[];
  return {
    vpcs: await list("DescribeVpcs", "Vpcs"),
    subnets: await list("DescribeSubnets", "Subnets"),
    groups: await list("DescribeSecurityGroups", "SecurityGroups"),
    interfaces: await list("DescribeNetworkInterfaces", "NetworkInterfaces"),
    tables: await list("DescribeRouteTables", "RouteTables"),
    acls: await list("DescribeNetworkAcls", "NetworkAcls"),
    internet: await list("DescribeInternetGateways", "InternetGateways"),
    nats: (await list("DescribeNatGateways", "NatGateways")).filter((one) => one.State !== "deleted"),
    addresses: await list("DescribeAddresses", "Addresses"),
    endpoints: await list("DescribeVpcEndpoints", "VpcEndpoints"),
    peerings: (await list("DescribeVpcPeeringConnections", "VpcPeeringConnections")).filter(
      (one) => one.Status.Code === "active",
    ),
  };
}

const idsOf = (all: Output[], name: string) => new Set(all.map((one) => one[name] as string));

/** A subnet's blocks of both families. */
const blocksOf = ({ CidrBlock, Ipv6CidrBlockAssociationSet }: Output): Cidr[] =>
  [CidrBlock, ...Ipv6CidrBlockAssociationSet.map((one: Output) => one.Ipv6CidrBlock)].flatMap(
    (one) => parseCidr(one) ?? [],
  );

async function checkInvariants(): Promise<void> {
  const all = await everything();
  const vpcs = idsOf(all.vpcs, "VpcId");
  const subnets = idsOf(all.subnets, "SubnetId");
  const groups = idsOf(all.groups, "GroupId");
  const interfaces = idsOf(all.interfaces, "NetworkInterfaceId");
  const vpcOfSubnet = new Map(all.subnets.map((one) => [one.SubnetId, one.VpcId]));
  for (const one of [
    ...all.subnets,
    ...all.groups,
    ...all.tables,
    ...all.acls,
    ...all.nats,
    ...all.endpoints,
  ]) {
    expect(vpcs).toContain(one.VpcId);
  }
  for (const one of all.subnets) {
    const vpc = all.vpcs.find(({ VpcId }) => VpcId === one.VpcId);
    const whole = [...vpc.CidrBlockAssociationSet, ...vpc.Ipv6CidrBlockAssociationSet];
    for (const block of blocksOf(one)) {
      expect(whole.some((there) => contains(parseCidr(there.CidrBlock ?? there.Ipv6CidrBlock)!, block))).toBe(
        true,
      );
      for (const other of all.subnets) {
        if (other.VpcId !== one.VpcId || other.SubnetId === one.SubnetId) continue;
        expect(blocksOf(other).some((there) => overlaps(there, block))).toBe(false);
      }
    }
    const acls = all.acls.flatMap(({ Associations }) => Associations);
    expect(acls.filter(({ SubnetId }) => SubnetId === one.SubnetId)).toHaveLength(1);
  }
  const taken = new Map<string, string>();
  for (const one of all.interfaces) {
    expect(vpcOfSubnet.get(one.SubnetId)).toBe(one.VpcId);
    for (const { GroupId } of one.Groups) {
      expect(all.groups.find((group) => group.GroupId === GroupId)?.VpcId).toBe(one.VpcId);
    }
    const subnet = blocksOf(all.subnets.find(({ SubnetId }) => SubnetId === one.SubnetId));
    const blocks = [
      ...one.PrivateIpAddresses.map((ip: Output) => `${ip.PrivateIpAddress}/32`),
      ...(one.Ipv4Prefixes ?? []).map((block: Output) => block.Ipv4Prefix),
      ...one.Ipv6Addresses.map((ip: Output) => `${ip.Ipv6Address}/128`),
      ...(one.Ipv6Prefixes ?? []).map((block: Output) => block.Ipv6Prefix),
    ];
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) {
      expect(subnet.some((there) => contains(there, parseCidr(block)!))).toBe(true);
      for (const [key, owner] of taken) {
        const [place = "", other = ""] = key.split(" ");
        if (place === one.SubnetId && overlaps(parseCidr(other)!, parseCidr(block)!)) {
          throw new Error(`${block} of ${one.NetworkInterfaceId} is held by ${owner}`);
        }
      }
      taken.set(`${one.SubnetId} ${block}`, one.NetworkInterfaceId);
    }
  }
  for (const one of all.groups) {
    for (const { UserIdGroupPairs = [] } of [...one.IpPermissions, ...one.IpPermissionsEgress]) {
      for (const { GroupId } of UserIdGroupPairs) expect(groups).toContain(GroupId);
    }
  }
  const placed = all.tables.flatMap(({ Associations }) => Associations).filter(({ SubnetId }) => SubnetId);
  expect(new Set(placed.map(({ SubnetId }) => SubnetId)).size).toBe(placed.length);
  for (const { SubnetId } of placed) expect(subnets).toContain(SubnetId);
  for (const VpcId of vpcs) {
    const own = all.tables.filter((one) => one.VpcId === VpcId);
    expect(own.filter((one) => one.Associations.some((a: Output) => a.Main))).toHaveLength(1);
    expect(all.acls.filter((one) => one.VpcId === VpcId && one.IsDefault)).toHaveLength(1);
    const gateways = all.internet.filter((one) => one.Attachments.some((a: Output) => a.VpcId === VpcId));
    expect(gateways.length).toBeLessThanOrEqual(1);
  }
  const live = new Set([
    ...interfaces,
    ...idsOf(all.internet, "InternetGatewayId"),
    ...idsOf(all.nats, "NatGatewayId"),
    ...idsOf(all.peerings, "VpcPeeringConnectionId"),
    ...idsOf(all.endpoints, "VpcEndpointId"),
    "local",
  ]);
  for (const route of all.tables.flatMap(({ Routes }) => Routes).filter(({ State }) => State === "active")) {
    const target =
      route.GatewayId ?? route.NatGatewayId ?? route.NetworkInterfaceId ?? route.VpcPeeringConnectionId;
    expect(live).toContain(target);
  }
  for (const one of all.addresses.filter(({ AssociationId }) => AssociationId)) {
    const holder = all.interfaces.find((eni) => eni.NetworkInterfaceId === one.NetworkInterfaceId);
    expect(holder?.PrivateIpAddresses.map((ip: Output) => ip.PrivateIpAddress)).toContain(
      one.PrivateIpAddress,
    );
  }
  for (const one of all.nats) {
    expect(subnets).toContain(one.SubnetId);
    for (const { NetworkInterfaceId } of one.NatGatewayAddresses)
      expect(interfaces).toContain(NetworkInterfaceId);
  }
  for (const one of all.endpoints) {
    for (const id of one.NetworkInterfaceIds ?? []) expect(interfaces).toContain(id);
    for (const id of one.SubnetIds ?? []) expect(subnets).toContain(id);
    for (const id of one.RouteTableIds ?? []) expect(idsOf(all.tables, "RouteTableId")).toContain(id);
  }
}

/** Takes all of it away, in an order that works, and finds nothing left that this test made. */
async function tearDown(): Promise<void> {
  const all = await everything();
  const made = new Set(all.vpcs.filter((one) => !one.IsDefault).map((one) => one.VpcId));
  const mine = (one: Output) => made.has(one.VpcId);
  for (const one of all.endpoints) await ec2("DeleteVpcEndpoints", { VpcEndpointIds: [one.VpcEndpointId] });
  for (const one of all.nats) await ec2("DeleteNatGateway", { NatGatewayId: one.NatGatewayId });
  for (const one of all.peerings)
    await ec2("DeleteVpcPeeringConnection", { VpcPeeringConnectionId: one.VpcPeeringConnectionId });
  for (const one of (await everything()).addresses) {
    if (one.AssociationId) await ec2("DisassociateAddress", { AssociationId: one.AssociationId });
    await ec2("ReleaseAddress", { AllocationId: one.AllocationId });
  }
  for (const { NetworkInterfaceId } of (await everything()).interfaces.filter(mine))
    await ec2("DeleteNetworkInterface", { NetworkInterfaceId });
  for (const { InternetGatewayId, Attachments } of all.internet) {
    const [at] = Attachments.filter(mine);
    if (!at && Attachments.length) continue;
    if (at) await ec2("DetachInternetGateway", { InternetGatewayId, VpcId: at.VpcId });
    await ec2("DeleteInternetGateway", { InternetGatewayId });
  }
  for (const { SubnetId } of all.subnets.filter(mine)) await ec2("DeleteSubnet", { SubnetId });
  for (const one of all.tables.filter(mine)) {
    if (!one.Associations.some((a: Output) => a.Main))
      await ec2("DeleteRouteTable", { RouteTableId: one.RouteTableId });
  }
  for (const one of all.acls.filter(mine))
    if (!one.IsDefault) await ec2("DeleteNetworkAcl", { NetworkAclId: one.NetworkAclId });
  const own = all.groups.filter((one) => mine(one) && one.GroupName !== "default");
  for (const one of own) {
    if (one.IpPermissions.length)
      await ec2("RevokeSecurityGroupIngress", { GroupId: one.GroupId, IpPermissions: one.IpPermissions });
  }
  for (const { GroupId } of own) await ec2("DeleteSecurityGroup", { GroupId });
  for (const VpcId of made) await ec2("DeleteVpc", { VpcId });
  const left = await everything();
  expect(left.vpcs.filter((one) => !one.IsDefault)).toEqual([]);
  expect(left.interfaces).toEqual([]);
  expect(left.addresses).toEqual([]);
}

const call = fc.tuple(fc.constantFrom(...Object.keys(steps)), fc.nat(9), fc.nat(9), fc.nat(9));

it("leave nothing that refers to what is gone, and can be undone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 40, maxLength: 120 }), async (calls) => {
      cloud = await startCloud({ onError: (error) => internal.push(error) });
      const world = new World();
      for (const name of ["vpc", "subnet", "routes", "internet", "address"])
        await steps[name]!(world, 0, 0, 1);
      for (const [name, a, b, c] of calls) {
        try {
          await steps[name]!(world, a, b, c);
        } catch (error) {
          if (!isAwsError(error) || error.fault === "server") throw error;
        }
      }
      try {
        await checkInvariants();
        await tearDown();
      } finally {
        await cloud.close();
      }
    }),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
  expect(internal).toEqual([]);
}, 120_000);
