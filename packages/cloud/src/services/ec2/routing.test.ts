import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

async function network() {
  const vpc = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc.VpcId as string;
  const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
    (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock, AvailabilityZone })).Subnet.SubnetId as string;
  const a = await subnet("10.0.0.0/24", "us-east-1a");
  const b = await subnet("10.0.1.0/24", "us-east-1b");
  const table = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId as string;
  return { vpc, a, b, table };
}

describe("routes", () => {
  it("turn into black holes when their target goes", async () => {
    const { vpc, a, table } = await network();
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    const route = { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0" };
    expect(await failure(ec2("CreateRoute", { ...route, GatewayId: igw }))).toBe(
      `InvalidParameterValue: route table ${table} and network gateway ${igw} belong to different networks`,
    );
    await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
    await ec2("CreateRoute", { ...route, GatewayId: igw });
    const address = (await ec2("AllocateAddress", { Domain: "vpc" })).AllocationId;
    const made = await ec2("CreateNatGateway", { SubnetId: a, AllocationId: address });
    expect(made.NatGateway.State).toBe("pending");
    const NatGatewayId = made.NatGateway.NatGatewayId;
    expect(await failure(ec2("CreateRoute", { ...route, NatGatewayId }))).toBe(
      "RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.",
    );
    await ec2("ReplaceRoute", { ...route, NatGatewayId });
    expect(await failure(ec2("DetachInternetGateway", { InternetGatewayId: igw, VpcId: vpc }))).toMatch(
      /^DependencyViolation: Network .* has some mapped public address/,
    );
    const [gateway] = (await ec2("DescribeNatGateways", { NatGatewayIds: [NatGatewayId] })).NatGateways;
    expect(gateway).toMatchObject({ State: "available", NatGatewayAddresses: [{ AllocationId: address }] });
    await ec2("DeleteNatGateway", { NatGatewayId });
    const state = async () =>
      (await ec2("DescribeRouteTables", { RouteTableIds: [table] })).RouteTables[0].Routes[1].State;
    expect(await state()).toBe("blackhole");
    await ec2("ReleaseAddress", { AllocationId: address });
    await ec2("DetachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
  });

  it("are associated with a subnet once", async () => {
    const { vpc, a, table } = await network();
    const { AssociationId } = await ec2("AssociateRouteTable", { RouteTableId: table, SubnetId: a });
    const other = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
    expect(await failure(ec2("AssociateRouteTable", { RouteTableId: other, SubnetId: a }))).toMatch(
      /^Resource.AlreadyAssociated/,
    );
    const { NewAssociationId } = await ec2("ReplaceRouteTableAssociation", {
      AssociationId,
      RouteTableId: other,
    });
    expect(await failure(ec2("DeleteRouteTable", { RouteTableId: other }))).toMatch(/^DependencyViolation/);
    await ec2("DisassociateRouteTable", { AssociationId: NewAssociationId });
    await ec2("DeleteRouteTable", { RouteTableId: other });
  });
});

describe("endpoints", () => {
  it("of gateways are routes to the prefix list", async () => {
    const { vpc, table } = await network();
    const input = { VpcId: vpc, ServiceName: "com.amazonaws.us-east-1.s3", RouteTableIds: [table] };
    const { VpcEndpointId } = (await ec2("CreateVpcEndpoint", input)).VpcEndpoint;
    const [own] = (await ec2("DescribeRouteTables", { RouteTableIds: [table] })).RouteTables;
    const { PrefixLists } = await ec2("DescribePrefixLists", {
      Filters: [{ Name: "prefix-list-name", Values: [input.ServiceName] }],
    });
    expect(own.Routes[1]).toMatchObject({
      DestinationPrefixListId: PrefixLists[0].PrefixListId,
      GatewayId: VpcEndpointId,
      State: "active",
    });
    expect(await failure(ec2("CreateVpcEndpoint", input))).toMatch(/^RouteAlreadyExists/);
    await ec2("ModifyVpcEndpoint", { VpcEndpointId, RemoveRouteTableIds: [table] });
    expect((await ec2("DescribeRouteTables", { RouteTableIds: [table] })).RouteTables[0].Routes).toHaveLength(
      1,
    );
  });

  it("of interfaces have one in each subnet, DNS names and a security group", async () => {
    const { vpc, a, b } = await network();
    const input = {
      VpcId: vpc,
      VpcEndpointType: "Interface",
      ServiceName: "com.amazonaws.us-east-1.sagemaker.api",
      SubnetIds: [a, b],
      PrivateDnsEnabled: true,
    };
    expect(await failure(ec2("CreateVpcEndpoint", input))).toMatch(
      /^InvalidParameter: Enabling private DNS requires/,
    );
    await ec2("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
    const { VpcEndpointId } = (await ec2("CreateVpcEndpoint", input)).VpcEndpoint;
    const [one] = (await ec2("DescribeVpcEndpoints", { VpcEndpointIds: [VpcEndpointId] })).VpcEndpoints;
    expect(one.State).toBe("available");
    expect(one.NetworkInterfaceIds).toHaveLength(2);
    const names = one.DnsEntries.map((entry: { DnsName: string }) => entry.DnsName);
    expect(names[0]).toMatch(
      new RegExp(`^${VpcEndpointId}-[0-9a-f]{8}\\.api\\.sagemaker\\.us-east-1\\.vpce\\.amazonaws\\.com$`),
    );
    expect(names).toContain("api.sagemaker.us-east-1.amazonaws.com");
    expect(await failure(ec2("CreateVpcEndpoint", input))).toMatch(
      /conflicting DNS domain for api.sagemaker/,
    );
    expect(await failure(ec2("DeleteSubnet", { SubnetId: a }))).toMatch(/^DependencyViolation/);
    const NetworkInterfaceId = one.NetworkInterfaceIds[0];
    expect(await failure(ec2("DeleteNetworkInterface", { NetworkInterfaceId }))).toMatch(
      /is currently in use/,
    );
    await ec2("DeleteVpcEndpoints", { VpcEndpointIds: [VpcEndpointId] });
    const again = await ec2("DeleteVpcEndpoints", { VpcEndpointIds: [VpcEndpointId] });
    expect(again.Unsuccessful[0].Error.Code).toBe("InvalidVpcEndpoint.NotFound");
    await ec2("DeleteSubnet", { SubnetId: a });
  });

  it("list their services, the one of Studio among them", async () => {
    const { ServiceNames } = await ec2("DescribeVpcEndpointServices");
    expect(ServiceNames).toContain("aws.sagemaker.us-east-1.studio");
    const wrong = { VpcId: (await network()).vpc, ServiceName: "com.amazonaws.us-east-1.nope" };
    expect(await failure(ec2("CreateVpcEndpoint", wrong))).toBe(
      "InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.nope' does not exist",
    );
  });
});

describe("interfaces", () => {
  it("take addresses of their subnet and give them back", async () => {
    const { a } = await network();
    const free = async () =>
      (await ec2("DescribeSubnets", { SubnetIds: [a] })).Subnets[0].AvailableIpAddressCount as number;
    expect(await free()).toBe(251);
    const one = (await ec2("CreateNetworkInterface", { SubnetId: a, SecondaryPrivateIpAddressCount: 2 }))
      .NetworkInterface;
    expect(one.PrivateIpAddress).toBe("10.0.0.4");
    expect(await free()).toBe(248);
    const at = (PrivateIpAddress: string) =>
      failure(ec2("CreateNetworkInterface", { SubnetId: a, PrivateIpAddress }));
    expect(await at("10.0.0.4")).toBe("InvalidIPAddress.InUse: Address 10.0.0.4 is in use.");
    expect(await at("10.0.0.2")).toMatch(/reserved address range/);
    expect(await at("10.0.1.9")).toMatch(/does not fall within/);
    await ec2("DeleteNetworkInterface", { NetworkInterfaceId: one.NetworkInterfaceId });
    expect(await free()).toBe(251);
  });
});

describe("client tokens", () => {
  it("make a request once", async () => {
    const { a } = await network();
    const input = { SubnetId: a, ClientToken: "token", Description: "x" };
    const first = await ec2("CreateNetworkInterface", input);
    expect(await ec2("CreateNetworkInterface", input)).toEqual(first);
    expect(await failure(ec2("CreateNetworkInterface", { ...input, Description: "y" }))).toMatch(
      /^IdempotentParameterMismatch/,
    );
    const Filters = [{ Name: "subnet-id", Values: [a] }];
    expect((await ec2("DescribeNetworkInterfaces", { Filters })).NetworkInterfaces).toHaveLength(1);
  });
});

describe("defaults", () => {
  it("are made again only when they are gone", async () => {
    expect(await failure(ec2("CreateDefaultVpc"))).toMatch(/^DefaultVpcAlreadyExists/);
    const [one] = (
      await ec2("DescribeSubnets", { Filters: [{ Name: "availability-zone", Values: ["us-east-1b"] }] })
    ).Subnets;
    await ec2("DeleteSubnet", { SubnetId: one.SubnetId });
    const { Subnet } = await ec2("CreateDefaultSubnet", { AvailabilityZone: "us-east-1b" });
    expect(Subnet).toMatchObject({ CidrBlock: one.CidrBlock, DefaultForAz: true });
  });
});
