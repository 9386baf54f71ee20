/** VPC, subnets and the way out: private subnets always, public ones and a firewall when the file asks for them. */

import type { Zone } from "@sagekeep/spec";
import {
  CfnEIP,
  CfnInternetGateway,
  CfnNatGateway,
  CfnRoute,
  CfnRouteTable,
  CfnSubnet,
  CfnSubnetRouteTableAssociation,
  CfnVPC,
  CfnVPCGatewayAttachment,
} from "aws-cdk-lib/aws-ec2";
import { type CfnResource, Fn } from "aws-cdk-lib/core";
import { accept, VPC_REASONS, WAY_OUT_REASONS } from "./acknowledged.ts";
import { buildFirewalls } from "./firewall.ts";
import type { PlatformStack } from "./platform-stack.ts";

const ANYWHERE = "0.0.0.0/0";

export interface Subnets {
  readonly vpc: string;
  /** Ids of the private subnets, one a zone. */
  readonly privateIds: readonly string[];
  /** Ids of the route tables of the private subnets. */
  readonly privateTables: readonly string[];
}

/** Makes or adopts the VPC and its subnets. */
export function buildSubnets(stack: PlatformStack): Subnets {
  const { network } = stack.platform;
  const vpc = network.existing?.vpc ?? newVpc(stack);
  const privates = network.existing
    ? network.existing.subnets.map((subnet) => ({ subnet: subnet.id, table: subnet.routeTable }))
    : network.zones.map((zone) => newSubnet(stack, "Private", zone, zone.privateCidr, vpc));
  if (!network.existing)
    for (const [index, { subnet }] of privates.entries())
      stack.hand(`network:PrivateSubnet${index + 1}`, subnet, `private subnet ${index + 1}`);
  if (network.internet !== "none")
    buildWayOut(
      stack,
      vpc,
      privates.map((one) => one.table),
    );
  return {
    vpc,
    privateIds: privates.map((one) => one.subnet),
    privateTables: [...new Set(privates.map((one) => one.table))],
  };
}

function newVpc(stack: PlatformStack): string {
  const { network, name } = stack.platform;
  const vpc = new CfnVPC(stack, "Vpc", {
    cidrBlock: network.cidr,
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: stack.labels({ Name: name }),
  });
  accept(vpc, VPC_REASONS);
  return vpc.attrVpcId;
}

/** A subnet with a route table of its own. Ids: `PrivateSubnet1`, `PrivateRoutes1`. */
function newSubnet(
  stack: PlatformStack,
  kind: "Private" | "Public" | "Firewall",
  zone: Zone,
  cidr: string,
  vpc: string,
) {
  const number = zone.index + 1;
  const tags = stack.labels({ Name: `${stack.platform.name}-${kind.toLowerCase()}-${number}` });
  const subnet = new CfnSubnet(stack, `${kind}Subnet${number}`, {
    vpcId: vpc,
    cidrBlock: cidr,
    availabilityZone: zone.name ?? Fn.select(zone.index, Fn.getAzs("")),
    mapPublicIpOnLaunch: false,
    tags,
  });
  const table = new CfnRouteTable(stack, `${kind}Routes${number}`, { vpcId: vpc, tags });
  new CfnSubnetRouteTableAssociation(stack, `${kind}Routes${number}OfSubnet`, {
    routeTableId: table.attrRouteTableId,
    subnetId: subnet.attrSubnetId,
  });
  return { subnet: subnet.attrSubnetId, table: table.attrRouteTableId };
}

/**
 * NAT: private → NAT gateway → internet gateway. Firewall: private → firewall → NAT gateway → internet
 * gateway, and answers back through the same firewall (Network Firewall guide, "NAT gateway" architecture).
 */
function buildWayOut(stack: PlatformStack, vpc: string, privateTables: readonly string[]): void {
  const { network, name } = stack.platform;
  const existing = network.existing?.internetGateway;
  const gateway = existing === undefined ? newGateway(stack, vpc) : { id: existing, attachment: undefined };
  const filtered = network.internet === "firewall";
  const firewallSubnets = filtered
    ? network.zones.map((zone) => newSubnet(stack, "Firewall", zone, zone.firewallCidr, vpc))
    : [];
  const firewalls = filtered
    ? buildFirewalls(
        stack,
        vpc,
        firewallSubnets.map((one) => one.subnet),
      )
    : [];
  for (const [index, zone] of network.zones.entries()) {
    const number = index + 1;
    const publicSubnet = newSubnet(stack, "Public", zone, zone.publicCidr, vpc);
    const out = new CfnRoute(stack, `PublicRoutes${number}Out`, {
      routeTableId: publicSubnet.table,
      destinationCidrBlock: ANYWHERE,
      gatewayId: gateway.id,
    });
    accept(out, WAY_OUT_REASONS);
    const address = new CfnEIP(stack, `NatAddress${number}`, {
      domain: "vpc",
      tags: stack.labels({ Name: `${name}-nat-${number}` }),
    });
    const nat = new CfnNatGateway(stack, `Nat${number}`, {
      subnetId: publicSubnet.subnet,
      allocationId: address.attrAllocationId,
      tags: stack.labels({ Name: `${name}-nat-${number}` }),
    });
    for (const before of [out, gateway.attachment]) if (before) nat.addResourceDependency(before);
    if (gateway.attachment) {
      out.addResourceDependency(gateway.attachment);
      address.addResourceDependency(gateway.attachment);
    }
    stack.hand(`network:NatAddress${number}`, address.attrPublicIp, `address of NAT gateway ${number}`);
    new CfnRoute(stack, `PrivateRoutes${number}Out`, {
      routeTableId: privateTables[index]!,
      destinationCidrBlock: ANYWHERE,
      ...(filtered ? { vpcEndpointId: firewalls[index]! } : { natGatewayId: nat.attrNatGatewayId }),
    });
    if (!filtered) continue;
    new CfnRoute(stack, `FirewallRoutes${number}Out`, {
      routeTableId: firewallSubnets[index]!.table,
      destinationCidrBlock: ANYWHERE,
      natGatewayId: nat.attrNatGatewayId,
    });
    new CfnRoute(stack, `PublicRoutes${number}Back`, {
      routeTableId: publicSubnet.table,
      destinationCidrBlock: zone.privateCidr,
      vpcEndpointId: firewalls[index]!,
    });
  }
}

function newGateway(stack: PlatformStack, vpc: string): { id: string; attachment: CfnResource | undefined } {
  const gateway = new CfnInternetGateway(stack, "InternetGateway", {
    tags: stack.labels({ Name: stack.platform.name }),
  });
  const attachment = new CfnVPCGatewayAttachment(stack, "InternetGatewayOfVpc", {
    vpcId: vpc,
    internetGatewayId: gateway.attrInternetGatewayId,
  });
  return { id: gateway.attrInternetGatewayId, attachment };
}
