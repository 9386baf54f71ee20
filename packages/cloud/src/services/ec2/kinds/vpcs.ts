/** Kinds: VPCs, subnets, DHCP options, peering connections. */

import type { ReadContext } from "../../../context.ts";
import type { BlockExclusion } from "../../../network/block-public-access.ts";
import { freeAddresses } from "../addressing.ts";
import { type Kind, tableOf } from "../kind.ts";
import { absent, expecting } from "../malformed.ts";
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
    "ipv6-native": (subnet) => subnet.cidr === undefined,
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
  conditions: (subnet) => ({
    "ec2:SubnetID": subnet.id,
    "ec2:AvailabilityZone": subnet.zone,
    "ec2:AvailabilityZoneId": subnet.zoneId,
  }),
};

export const subnetReservations: Kind<R.SubnetReservationRecord> = {
  type: "subnet-cidr-reservation",
  prefix: "scr",
  notFoundCode: "InvalidSubnetCidrReservationID.NotFound",
  notFound: absent("subnet CIDR reservation ID"),
  filters: {
    reservationType: (one) => one.type,
    "reservation-type": (one) => one.type,
    "subnet-id": (one) => one.subnetId,
  },
};

export const dhcpOptions: Kind<R.DhcpOptionsRecord> = {
  type: "dhcp-options",
  prefix: "dopt",
  notFoundCode: "InvalidDhcpOptionID.NotFound",
  notFound: absent("dhcpOption ID"),
  malformed: expecting("InvalidDhcpOptionsId.Malformed", "dopt"),
  filters: {
    "dhcp-options-id": (one) => one.id,
    key: (one) => Object.keys(one.options),
    "owner-id": (_, context) => context.account,
    value: (one) => Object.values(one.options).flat(),
  },
  conditions: (one) => ({ "ec2:DhcpOptionsID": one.id }),
};

const PEERING_MESSAGES = {
  "pending-acceptance": (one: Readonly<R.PeeringRecord>) => `Pending Acceptance by ${one.accepter.account}`,
  active: () => "Active",
  failed: () => "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
  rejected: (one: Readonly<R.PeeringRecord>) => `Rejected by ${one.accepter.account}`,
  deleted: (one: Readonly<R.PeeringRecord>) => `Deleted by ${one.deleter ?? one.requester.account}`,
} as const;

export const peeringMessage = (one: Readonly<R.PeeringRecord>): string => PEERING_MESSAGES[one.status](one);

const cidrOf =
  (pick: (one: Readonly<R.PeeringRecord>) => R.PeeringRecord["requester"]) =>
  (one: Readonly<R.PeeringRecord>, context: ReadContext) => {
    const { account, region, vpcId } = pick(one);
    return tableOf(context.in(account, region), vpcs).get(vpcId)?.cidr;
  };

/** Of a VPC that may be another account's or region's. */
export const vpcArn = (one: R.PeeringRecord["requester"]): string =>
  `arn:aws:ec2:${one.region}:${one.account}:vpc/${one.vpcId}`;

export const peerings: Kind<R.PeeringRecord> = {
  type: "vpc-peering-connection",
  prefix: "pcx",
  notFoundCode: "InvalidVpcPeeringConnectionID.NotFound",
  notFound: absent("vpcPeeringConnection ID"),
  filters: {
    "accepter-vpc-info.cidr-block": cidrOf((one) => one.accepter),
    "accepter-vpc-info.owner-id": (one) => one.accepter.account,
    "accepter-vpc-info.vpc-id": (one) => one.accepter.vpcId,
    "expiration-time": (one) =>
      one.status === "pending-acceptance" ? new Date(one.expires).toISOString() : undefined,
    "requester-vpc-info.cidr-block": cidrOf((one) => one.requester),
    "requester-vpc-info.owner-id": (one) => one.requester.account,
    "requester-vpc-info.vpc-id": (one) => one.requester.vpcId,
    "status-code": (one) => one.status,
    "status-message": (one) => peeringMessage(one),
    "vpc-peering-connection-id": (one) => one.id,
  },
  conditions: (one) => ({
    "ec2:VpcPeeringConnectionID": one.id,
    "ec2:RequesterVpc": vpcArn(one.requester),
    "ec2:AccepterVpc": vpcArn(one.accepter),
  }),
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
