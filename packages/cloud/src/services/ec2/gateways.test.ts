/** Virtual private and customer gateways, VPN connections, transit gateways with their attachments and route tables. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}, region?: string) =>
  cloud.call("ec2", operation, input, region ? { region } : {});
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const vpc = async (cidr: string) => {
  const VpcId = (await ec2("CreateVpc", { CidrBlock: cidr })).Vpc.VpcId as string;
  const CidrBlock = cidr.replace("/16", "/24");
  const subnet = (await ec2("CreateSubnet", { VpcId, CidrBlock })).Subnet.SubnetId as string;
  const { RouteTables } = await ec2("DescribeRouteTables", {
    Filters: [{ Name: "vpc-id", Values: [VpcId] }],
  });
  return { id: VpcId, subnet, table: RouteTables[0].RouteTableId as string };
};

describe("virtual private gateways", () => {
  it("are attached to one VPC, and give it the static routes of their connections", async () => {
    const made = (await ec2("CreateVpnGateway", { Type: "ipsec.1", AvailabilityZone: "us-east-1a" }))
      .VpnGateway;
    // recorded by LocalStack's suite: neither tags nor the zone
    expect(made).toEqual({
      VpnGatewayId: made.VpnGatewayId,
      State: "available",
      Type: "ipsec.1",
      AmazonSideAsn: 64512,
      VpcAttachments: [],
    });
    const { VpnGatewayId } = made;
    const one = await vpc("10.0.0.0/16");
    const route = { RouteTableId: one.table, DestinationCidrBlock: "172.20.0.0/16", GatewayId: VpnGatewayId };
    expect(await failure(ec2("CreateRoute", route))).toMatch(/belong to different networks/);
    await ec2("AttachVpnGateway", { VpnGatewayId, VpcId: one.id });
    const Filters = [{ Name: "attachment.vpc-id", Values: [one.id] }];
    expect((await ec2("DescribeVpnGateways", { Filters })).VpnGateways[0].VpcAttachments).toEqual([
      { State: "attached", VpcId: one.id },
    ]);
    expect(await failure(ec2("DeleteVpnGateway", { VpnGatewayId }))).toMatch(/^IncorrectState/);
    expect(await failure(ec2("DeleteVpc", { VpcId: one.id }))).toMatch(/^DependencyViolation/);

    const customer = { Type: "ipsec.1", IpAddress: "203.0.113.9", BgpAsn: 65010 };
    const { CustomerGatewayId } = (await ec2("CreateCustomerGateway", customer)).CustomerGateway;
    const same = (await ec2("CreateCustomerGateway", customer)).CustomerGateway.CustomerGatewayId;
    expect(same).toBe(CustomerGatewayId);
    const { VpnConnectionId, ...connection } = (
      await ec2("CreateVpnConnection", {
        Type: "ipsec.1",
        CustomerGatewayId,
        VpnGatewayId,
        Options: { StaticRoutesOnly: true, TunnelOptions: [{ PreSharedKey: "a.long.enough_key" }] },
      })
    ).VpnConnection;
    expect(connection.CustomerGatewayConfiguration).toContain(
      "<pre_shared_key>a.long.enough_key</pre_shared_key>",
    );
    await ec2("EnableVgwRoutePropagation", { RouteTableId: one.table, GatewayId: VpnGatewayId });
    await ec2("CreateVpnConnectionRoute", { VpnConnectionId, DestinationCidrBlock: "192.168.7.0/24" });
    const tableNow = async () =>
      (await ec2("DescribeRouteTables", { RouteTableIds: [one.table] })).RouteTables[0];
    const learned = await tableNow();
    expect(learned.PropagatingVgws).toEqual([{ GatewayId: VpnGatewayId }]);
    expect(learned.Routes[1]).toEqual({
      DestinationCidrBlock: "192.168.7.0/24",
      GatewayId: VpnGatewayId,
      Origin: "EnableVgwRoutePropagation",
      State: "active",
    });
    await ec2("DetachVpnGateway", { VpnGatewayId, VpcId: one.id });
    expect((await tableNow()).Routes).toHaveLength(1);
    await ec2("DeleteVpnConnection", { VpnConnectionId });
    await ec2("DeleteVpnGateway", { VpnGatewayId });
    const [gone] = (await ec2("DescribeVpnGateways", { VpnGatewayIds: [VpnGatewayId] })).VpnGateways;
    expect(gone.State).toBe("deleted");
    expect(await failure(ec2("DeleteVpnGateway", { VpnGatewayId }))).toBe(
      `InvalidVpnGatewayID.NotFound: The vpnGateway ID '${VpnGatewayId}' does not exist`,
    );
  });
});

describe("transit gateways", () => {
  it("learn the blocks of the VPCs that are attached", async () => {
    const one = await vpc("10.1.0.0/16");
    const two = await vpc("10.2.0.0/16");
    const made = (await ec2("CreateTransitGateway", { Description: "hub" })).TransitGateway;
    const { TransitGatewayId } = made;
    expect(made).toMatchObject({ State: "pending", Options: { AmazonSideAsn: 64512, DnsSupport: "enable" } });
    const TransitGatewayRouteTableId = made.Options.AssociationDefaultRouteTableId;
    expect(made.Options.PropagationDefaultRouteTableId).toBe(TransitGatewayRouteTableId);
    const toHub = { RouteTableId: one.table, DestinationCidrBlock: "10.2.0.0/16", TransitGatewayId };
    expect(await failure(ec2("CreateRoute", toHub))).toBe(
      `InvalidTransitGatewayID.NotFound: The transitGateway ID '${TransitGatewayId}' does not exist`,
    );
    const attach = async (of: { id: string; subnet: string }) =>
      (
        await ec2("CreateTransitGatewayVpcAttachment", {
          TransitGatewayId,
          VpcId: of.id,
          SubnetIds: [of.subnet],
        })
      ).TransitGatewayVpcAttachment.TransitGatewayAttachmentId as string;
    const first = await attach(one);
    expect(await failure(attach(one))).toBe(
      `DuplicateTransitGatewayAttachment: ${TransitGatewayId} has non-deleted Transit Gateway Attachments with same VPC ID.`,
    );
    const second = await attach(two);
    await ec2("CreateRoute", toHub);
    const search = async (...Filters: object[]) =>
      (await ec2("SearchTransitGatewayRoutes", { TransitGatewayRouteTableId, Filters })).Routes;
    const active = { Name: "state", Values: ["active"] };
    expect((await search(active)).map((route: { Type: string }) => route.Type)).toEqual([
      "propagated",
      "propagated",
    ]);
    await ec2("CreateTransitGatewayRoute", {
      TransitGatewayRouteTableId,
      DestinationCidrBlock: "10.2.0.0/16",
      TransitGatewayAttachmentId: first,
    });
    await ec2("CreateTransitGatewayRoute", {
      TransitGatewayRouteTableId,
      DestinationCidrBlock: "10.2.3.0/24",
      Blackhole: true,
    });
    const longest = { Name: "route-search.longest-prefix-match", Values: ["10.2.3.4"] };
    expect(await search(longest)).toEqual([
      { DestinationCidrBlock: "10.2.3.0/24", Type: "static", State: "blackhole" },
    ]);
    const exact = { Name: "route-search.exact-match", Values: ["10.2.0.0/16"] };
    expect(await search(exact)).toMatchObject([
      { Type: "static", TransitGatewayAttachments: [{ ResourceId: one.id }] },
    ]);
    // the interface of the attachment keeps the subnet
    expect(await failure(ec2("DeleteSubnet", { SubnetId: two.subnet }))).toMatch(/^DependencyViolation/);
    expect(await failure(ec2("DeleteTransitGateway", { TransitGatewayId }))).toMatch(
      /^IncorrectState: tgw-\w+ has non-deleted VPC Attachments/,
    );
    for (const TransitGatewayAttachmentId of [first, second]) {
      await ec2("DeleteTransitGatewayVpcAttachment", { TransitGatewayAttachmentId });
    }
    const { RouteTables } = await ec2("DescribeRouteTables", { RouteTableIds: [one.table] });
    expect(RouteTables[0].Routes[1]).toMatchObject({ TransitGatewayId, State: "blackhole" });
    expect(await search(exact)).toMatchObject([{ Type: "static", State: "blackhole" }]);
    await ec2("DeleteSubnet", { SubnetId: two.subnet });
    expect((await ec2("DeleteTransitGateway", { TransitGatewayId })).TransitGateway.State).toBe("deleting");
    expect(
      await failure(
        ec2("CreateTransitGatewayVpcAttachment", {
          TransitGatewayId,
          VpcId: one.id,
          SubnetIds: [one.subnet],
        }),
      ),
    ).toBe(
      `InvalidTransitGatewayID.NotFound: Transit Gateway ${TransitGatewayId} was deleted or does not exist.`,
    );
  });

  it("have tables of their own, with one association an attachment", async () => {
    const one = await vpc("10.1.0.0/16");
    const Options = { DefaultRouteTableAssociation: "disable", DefaultRouteTablePropagation: "disable" };
    const { TransitGatewayId, Options: options } = (await ec2("CreateTransitGateway", { Options }))
      .TransitGateway;
    expect(options).not.toHaveProperty("AssociationDefaultRouteTableId");
    const { TransitGatewayAttachmentId } = (
      await ec2("CreateTransitGatewayVpcAttachment", {
        TransitGatewayId,
        VpcId: one.id,
        SubnetIds: [one.subnet],
      })
    ).TransitGatewayVpcAttachment;
    const table = async () =>
      (await ec2("CreateTransitGatewayRouteTable", { TransitGatewayId })).TransitGatewayRouteTable
        .TransitGatewayRouteTableId as string;
    const [mine, other] = [await table(), await table()];
    const at = { TransitGatewayRouteTableId: mine, TransitGatewayAttachmentId };
    await ec2("AssociateTransitGatewayRouteTable", at);
    expect(
      await failure(ec2("AssociateTransitGatewayRouteTable", { ...at, TransitGatewayRouteTableId: other })),
    ).toBe(
      `Resource.AlreadyAssociated: Transit Gateway Attachment ${TransitGatewayAttachmentId} is already associated to a route table.`,
    );
    await ec2("EnableTransitGatewayRouteTablePropagation", at);
    expect(await failure(ec2("EnableTransitGatewayRouteTablePropagation", at))).toMatch(/Duplicate/);
    const propagations = await ec2("GetTransitGatewayRouteTablePropagations", {
      TransitGatewayRouteTableId: mine,
    });
    expect(propagations.TransitGatewayRouteTablePropagations[0].State).toBe("enabled");
    expect(
      await failure(ec2("DeleteTransitGatewayRouteTable", { TransitGatewayRouteTableId: mine })),
    ).toMatch(/^IncorrectState/);
    await ec2("DisassociateTransitGatewayRouteTable", at);
    await ec2("DeleteTransitGatewayRouteTable", { TransitGatewayRouteTableId: mine });
  });

  it("peer across regions, once the other side accepts", async () => {
    const mine = (await ec2("CreateTransitGateway")).TransitGateway.TransitGatewayId;
    const theirs = (await ec2("CreateTransitGateway", {}, "eu-west-1")).TransitGateway.TransitGatewayId;
    const { TransitGatewayAttachmentId } = (
      await ec2("CreateTransitGatewayPeeringAttachment", {
        TransitGatewayId: mine,
        PeerTransitGatewayId: theirs,
        PeerAccountId: cloud.account,
        PeerRegion: "eu-west-1",
      })
    ).TransitGatewayPeeringAttachment;
    const id = { TransitGatewayAttachmentId };
    expect(await failure(ec2("AcceptTransitGatewayPeeringAttachment", id))).toMatch(/^InvalidParameterValue/);
    await ec2("AcceptTransitGatewayPeeringAttachment", id, "eu-west-1");
    const [seen] = (await ec2("DescribeTransitGatewayPeeringAttachments")).TransitGatewayPeeringAttachments;
    expect(seen).toMatchObject({
      State: "available",
      AccepterTgwInfo: { TransitGatewayId: theirs, Region: "eu-west-1" },
    });
    await ec2("DeleteTransitGatewayPeeringAttachment", id);
    const [gone] = (await ec2("DescribeTransitGatewayPeeringAttachments", {}, "eu-west-1"))
      .TransitGatewayPeeringAttachments;
    expect(gone.State).toBe("deleted");
  });
});
