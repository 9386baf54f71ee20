/** Kinds: VPCs, subnets, DHCP options, peering connections. */
import type { BlockExclusion } from "../../../network/block-public-access.ts";
import { freeAddresses } from "../addressing.ts";
import type { Kind } from "../kind.ts";
import { absent } from "../malformed.ts";
import type * as R from "../records.ts";

export const vpcs: Kind<R.VpcRecord> = {
  type: "vpc",
  prefix: "vpc",
  notFoundCode: "InvalidVpcID.NotFound",
  notFound: absent("vpc ID"),
  filters: {
    cidr: (vpc) => vpc.cidr,
    "cidr-block": (vpc) => vpc.cidr,
    cidrBlock: (vpc) => vpc.cidr,
    "cidr-block-association.cidr-block": (vpc) => vpc.cidrs.map((one) => one.cidr),
    "cidr-block-association.association-id": (vpc) => vpc.cidrs.map((one) => one.id),
    "cidr-block-association.state": (vpc) => vpc.cidrs.map(() => "associated"),
    "dhcp-options-id": (vpc) => vpc.dhcpOptionsId,
    "ipv6-cidr-block-association.ipv6-cidr-block": (vpc) => vpc.ipv6Cidrs.map((one) => one.cidr),
    "ipv6-cidr-block-association.ipv6-pool": (vpc) => vpc.ipv6Cidrs.map((one) => one.pool),
    "ipv6-cidr-block-association.association-id": (vpc) => vpc.ipv6Cidrs.map((one) => one.id),
    "ipv6-cidr-block-association.state": (vpc) => vpc.ipv6Cidrs.map(() => "associated"),
    isDefault: (vpc) => vpc.isDefault,
    "is-default": (vpc) => vpc.isDefault,
    "owner-id": (_, context) => context.account,
    state: () => "available",
    "vpc-id": (vpc) => vpc.id,
  },
  vpcOf: (vpc) => vpc.id,
  conditions: (vpc) => ({ "ec2:VpcID": vpc.id, "ec2:Tenancy": vpc.tenancy }),
};

export const subnets: Kind<R.SubnetRecord> = {
  type: "subnet",
  prefix: "subnet",
  notFoundCode: "InvalidSubnetID.NotFound",
  notFound: absent("subnet ID"),
  filters: {
    "availability-zone": (subnet) => subnet.zone,
    availabilityZone: (subnet) => subnet.zone,
    "availability-zone-id": (subnet) => subnet.zoneId,
    availabilityZoneId: (subnet) => subnet.zoneId,
    "available-ip-address-count": (subnet, context) => freeAddresses(context, subnet),
    cidr: (subnet) => subnet.cidr,
    "cidr-block": (subnet) => subnet.cidr,
    cidrBlock: (subnet) => subnet.cidr,
    "customer-owned-ipv4-pool": () => undefined,
    "default-for-az": (subnet) => subnet.isDefault,
    defaultForAz: (subnet) => subnet.isDefault,
    "enable-dns64": (subnet) => subnet.dns64,
    "enable-lni-at-device-index": () => undefined,
    "ipv6-cidr-block-association.ipv6-cidr-block": (subnet) => subnet.ipv6Cidrs.map((one) => one.cidr),
    "ipv6-cidr-block-association.association-id": (subnet) => subnet.ipv6Cidrs.map((one) => one.id),
    "ipv6-cidr-block-association.state": (subnet) => subnet.ipv6Cidrs.map(() => "associated"),
    "ipv6-native": () => false,
    "map-customer-owned-ip-on-launch": () => false,
    "map-public-ip-on-launch": (subnet) => subnet.mapPublicIp,
    "outpost-arn": () => undefined,
    "owner-id": (_, context) => context.account,
    "private-dns-name-options-on-launch.hostname-type": (subnet) => subnet.hostnameType,
    "private-dns-name-options-on-launch.enable-resource-name-dns-a-record": (subnet) => subnet.aRecord,
    "private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record": (subnet) => subnet.aaaaRecord,
    state: () => "available",
    "subnet-arn": (subnet, context) => context.arn("ec2", `subnet/${subnet.id}`),
    "subnet-id": (subnet) => subnet.id,
    "vpc-id": (subnet) => subnet.vpcId,
  },
  vpcOf: (subnet) => subnet.vpcId,
  conditions: (subnet) => ({ "ec2:SubnetID": subnet.id, "ec2:AvailabilityZone": subnet.zone }),
};

export const dhcpOptions: Kind<R.DhcpOptionsRecord> = {
  type: "dhcp-options",
  prefix: "dopt",
  notFoundCode: "InvalidDhcpOptionID.NotFound",
  notFound: absent("dhcpOption ID"),
  filters: {
    "dhcp-options-id": (one) => one.id,
    key: (one) => Object.keys(one.options),
    "owner-id": (_, context) => context.account,
    value: (one) => Object.values(one.options).flat(),
  },
};

export const peerings: Kind<R.PeeringRecord> = {
  type: "vpc-peering-connection",
  prefix: "pcx",
  notFoundCode: "InvalidVpcPeeringConnectionID.NotFound",
  notFound: absent("vpcPeeringConnection ID"),
  filters: {
    "accepter-vpc-info.owner-id": (one) => one.accepter.account,
    "accepter-vpc-info.vpc-id": (one) => one.accepter.vpcId,
    "requester-vpc-info.owner-id": (one) => one.requester.account,
    "requester-vpc-info.vpc-id": (one) => one.requester.vpcId,
    "status-code": (one) => one.status,
    "vpc-peering-connection-id": (one) => one.id,
  },
};

export const blockExclusions: Kind<BlockExclusion> = {
  type: "vpc-block-public-access-exclusion",
  prefix: "vpcbpa-exclude",
  notFoundCode: "InvalidVpcBlockPublicAccessExclusionId.NotFound",
  notFound: (id) => `The exclusion ID '${id}' does not exist`,
  filters: {
    "resource-arn": (one) => one.resource,
    "internet-gateway-exclusion-mode": (one) => one.mode,
    state: (one) => (one.deleted === undefined ? "create-complete" : "delete-complete"),
  },
};
