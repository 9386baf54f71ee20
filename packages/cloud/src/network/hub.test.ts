/** A hub VPC with the endpoints and the way out, reached from a spoke through a transit gateway; public access blocked. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { type NetworkTarget, resolvePath } from "./resolve.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

async function vpc(cidr: string) {
  const VpcId = (await ec2("CreateVpc", { CidrBlock: cidr })).Vpc.VpcId as string;
  await ec2("ModifyVpcAttribute", { VpcId, EnableDnsHostnames: { Value: true } });
  const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
  const table = (await ec2("DescribeRouteTables", { Filters })).RouteTables[0].RouteTableId as string;
  const group = (await ec2("DescribeSecurityGroups", { Filters })).SecurityGroups[0].GroupId as string;
  await ec2("AuthorizeSecurityGroupIngress", {
    GroupId: group,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: 443, ToPort: 443, ...anywhere }],
  });
  const subnet = async (CidrBlock: string) =>
    (await ec2("CreateSubnet", { VpcId, CidrBlock, AvailabilityZone: "us-east-1a" })).Subnet
      .SubnetId as string;
  return { VpcId, table, group, subnet };
}
const route = (RouteTableId: string, DestinationCidrBlock: string, target: object) =>
  ec2("CreateRoute", { RouteTableId, DestinationCidrBlock, ...target });

async function hubAndSpoke() {
  const hub = await vpc("10.100.0.0/16");
  const spoke = await vpc("10.1.0.0/16");
  const doors = await hub.subnet("10.100.0.0/24");
  const open = await hub.subnet("10.100.1.0/24");
  const work = await spoke.subnet("10.1.0.0/24");
  const { TransitGatewayId, Options } = (await ec2("CreateTransitGateway")).TransitGateway;
  const attach = async (VpcId: string, subnet: string) =>
    (await ec2("CreateTransitGatewayVpcAttachment", { TransitGatewayId, VpcId, SubnetIds: [subnet] }))
      .TransitGatewayVpcAttachment.TransitGatewayAttachmentId as string;
  const hubAttachment = await attach(hub.VpcId, doors);
  await attach(spoke.VpcId, work);
  await route(spoke.table, "0.0.0.0/0", { TransitGatewayId });
  await ec2("CreateTransitGatewayRoute", {
    TransitGatewayRouteTableId: Options.AssociationDefaultRouteTableId,
    DestinationCidrBlock: "0.0.0.0/0",
    TransitGatewayAttachmentId: hubAttachment,
  });
  const eni = (await ec2("CreateNetworkInterface", { SubnetId: work })).NetworkInterface.NetworkInterfaceId;
  const resolve = (target: NetworkTarget) =>
    resolvePath(cloud.runtime.within(cloud.account, cloud.region), eni, target);
  return { hub, spoke, doors, open, TransitGatewayId, resolve };
}

it("endpoints of the hub are reached by their own names", async () => {
  const { hub, doors, TransitGatewayId, resolve } = await hubAndSpoke();
  const made = await ec2("CreateVpcEndpoint", {
    VpcId: hub.VpcId,
    VpcEndpointType: "Interface",
    ServiceName: "com.amazonaws.us-east-1.sts",
    SubnetIds: [doors],
  });
  const { VpcEndpointId } = made.VpcEndpoint;
  const [endpoint] = (await ec2("DescribeVpcEndpoints", { VpcEndpointIds: [VpcEndpointId] })).VpcEndpoints;
  const host = endpoint.DnsEntries[0].DnsName;
  // the hub does not know the way back
  expect(resolve({ host }).none?.detail).toContain("find no way back");
  await route(hub.table, "10.1.0.0/16", { TransitGatewayId });
  const { path } = resolve({ host });
  expect(path?.endpoint?.id).toBe(VpcEndpointId);
  expect(path?.context).toMatchObject({ "aws:SourceVpc": hub.VpcId, "aws:SourceVpce": VpcEndpointId });
  // private DNS is the hub's own
  expect(resolve({ service: "sts" }).path).toBeUndefined();
});

it("the way out is the hub's NAT gateway, unless public access is blocked", async () => {
  const { hub, doors, open, TransitGatewayId, resolve } = await hubAndSpoke();
  await route(hub.table, "10.1.0.0/16", { TransitGatewayId });
  const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
  await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: hub.VpcId });
  const publicTable = (await ec2("CreateRouteTable", { VpcId: hub.VpcId })).RouteTable.RouteTableId;
  await ec2("AssociateRouteTable", { RouteTableId: publicTable, SubnetId: open });
  await route(publicTable, "0.0.0.0/0", { GatewayId: igw });
  const { PublicIp, AllocationId } = await ec2("AllocateAddress", { Domain: "vpc" });
  const { NatGatewayId } = (await ec2("CreateNatGateway", { SubnetId: open, AllocationId })).NatGateway;
  await route(hub.table, "0.0.0.0/0", { NatGatewayId });
  const out = { host: "example.com" };
  // NAT's answers have to find the spoke too
  expect(resolve(out).none?.detail).toContain("find no way back");
  await route(publicTable, "10.1.0.0/16", { TransitGatewayId });
  expect(resolve(out).path?.sourceIp).toBe(PublicIp);

  const block = (InternetGatewayBlockMode: string) =>
    ec2("ModifyVpcBlockPublicAccessOptions", { InternetGatewayBlockMode });
  await block("block-ingress");
  expect(resolve(out).path?.sourceIp).toBe(PublicIp);
  await block("block-bidirectional");
  expect(resolve(out).none?.detail).toContain("Block Public Access");
  const [seen] = (await ec2("DescribeVpcs", { VpcIds: [hub.VpcId] })).Vpcs;
  expect(seen.BlockPublicAccessStates).toEqual({ InternetGatewayBlockMode: "block-bidirectional" });
  const { VpcBlockPublicAccessExclusion: excluded } = await ec2("CreateVpcBlockPublicAccessExclusion", {
    SubnetId: open,
    InternetGatewayExclusionMode: "allow-egress",
  });
  expect(resolve(out).path?.sourceIp).toBe(PublicIp);
  await ec2("DeleteVpcBlockPublicAccessExclusion", { ExclusionId: excluded.ExclusionId });
  expect(resolve(out).path).toBeUndefined();
  await block("off");
  expect(resolve(out).path?.sourceIp).toBe(PublicIp);
  expect(doors).toBeDefined();
});

it("a zone without a subnet of the attachment is out of its reach", async () => {
  const { spoke, resolve } = await hubAndSpoke();
  expect(resolve({ host: "10.100.0.250" }).none?.detail).toContain("nothing has the address");
  const other = (
    await ec2("CreateSubnet", {
      VpcId: spoke.VpcId,
      CidrBlock: "10.1.9.0/24",
      AvailabilityZone: "us-east-1b",
    })
  ).Subnet.SubnetId;
  const eni = (await ec2("CreateNetworkInterface", { SubnetId: other })).NetworkInterface.NetworkInterfaceId;
  const context = cloud.runtime.within(cloud.account, cloud.region);
  expect(resolvePath(context, eni, { host: "10.100.0.250" }).none?.detail).toContain(
    "has no subnet in us-east-1b",
  );
});
