/**
 * Subnets: blocks inside their VPC's, in one zone, that do not overlap.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html
 */
import type { Subnet } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { shownMode } from "../../../network/block-public-access.ts";
import { contains, overlaps, parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { countAddresses, freeAddresses, interfacesIn } from "../addressing.ts";
import {
  badParameter,
  combination,
  dependency,
  invalidValue,
  missing,
  need,
  notACidr,
  unsupported,
} from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, arnOf, change, describe, find, remove, tagList } from "../kind.ts";
import {
  natGateways,
  networkAcls,
  networkInterfaces,
  routeTables,
  subnetReservations,
  subnets,
  vpcs,
} from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { SubnetRecord, Tags, VpcRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";
import { type Zone, zonesOf } from "../zones.ts";

export const subnetView = (subnet: Readonly<SubnetRecord>, context: ReadContext): Subnet => ({
  SubnetId: subnet.id,
  SubnetArn: arnOf(context, "subnet", subnet.id),
  VpcId: subnet.vpcId,
  State: "available",
  AvailabilityZone: subnet.zone,
  AvailabilityZoneId: subnet.zoneId,
  ...(subnet.cidr !== undefined && { CidrBlock: subnet.cidr }),
  AvailableIpAddressCount: freeAddresses(context, subnet),
  DefaultForAz: subnet.isDefault,
  MapPublicIpOnLaunch: subnet.mapPublicIp,
  MapCustomerOwnedIpOnLaunch: false,
  AssignIpv6AddressOnCreation: subnet.assignIpv6,
  EnableDns64: subnet.dns64,
  Ipv6Native: subnet.cidr === undefined,
  Ipv6CidrBlockAssociationSet: subnet.ipv6Cidrs.map((one) => ipv6View(one)),
  OwnerId: context.account,
  PrivateDnsNameOptionsOnLaunch: {
    HostnameType: subnet.hostnameType,
    EnableResourceNameDnsARecord: subnet.aRecord,
    EnableResourceNameDnsAAAARecord: subnet.aaaaRecord,
  },
  BlockPublicAccessStates: { InternetGatewayBlockMode: shownMode(context, subnet.vpcId, subnet.id) },
  Tags: tagList(subnet.tags),
});

/** In the answer that makes it: without what it has none of. */
export const newSubnetView = (subnet: Readonly<SubnetRecord>, context: ReadContext): Subnet => {
  const {
    BlockPublicAccessStates: _,
    MapCustomerOwnedIpOnLaunch: __,
    Tags,
    ...view
  } = subnetView(subnet, context);
  return {
    ...view,
    Ipv6CidrBlockAssociationSet: subnet.ipv6Cidrs.map((one) => ipv6View(one, "associating")),
    ...(Tags?.length && { Tags }),
  };
};

const ipv6View = (
  { id, cidr }: { id: string; cidr: string },
  State: "associated" | "associating" | "disassociating" = "associated",
) => ({
  AssociationId: id,
  Ipv6CidrBlock: cidr,
  Ipv6CidrBlockState: { State },
  Ipv6AddressAttribute: "public" as const,
  IpSource: "amazon" as const,
});

export interface NewSubnet {
  vpc: Readonly<VpcRecord>;
  /** None for a subnet that has IPv6 only. */
  cidr?: string;
  zone: Zone;
  ipv6?: string;
  isDefault?: boolean;
  tags?: Tags;
}

/** Makes a subnet and puts it under its VPC's default network ACL. */
export function createSubnet(context: CallContext, options: NewSubnet): Readonly<SubnetRecord> {
  const { vpc, cidr, zone, ipv6, isDefault = false, tags = {} } = options;
  const subnet = add(context, subnets, {
    id: newId("subnet"),
    tags,
    vpcId: vpc.id,
    zone: zone.name,
    zoneId: zone.id,
    ...(cidr !== undefined && { cidr }),
    ipv6Cidrs: ipv6 ? [{ id: newId("subnet-cidr-assoc"), cidr: ipv6 }] : [],
    isDefault,
    mapPublicIp: isDefault,
    assignIpv6: cidr === undefined,
    dns64: false,
    // names made of IPv4 addresses need some
    hostnameType: cidr === undefined ? "resource-name" : "ip-name",
    aRecord: false,
    aaaaRecord: false,
  });
  const acl = all(context, networkAcls).find((one) => one.vpcId === vpc.id && one.isDefault);
  if (acl) {
    change(context, networkAcls, acl.id, (draft) => {
      draft.associations.push({ id: newId("aclassoc"), subnetId: subnet.id });
    });
  }
  return subnet;
}

function chosenZone(context: CallContext, name: string | undefined, id: string | undefined): Zone {
  const zones = zonesOf(context.region);
  if (name && id)
    throw combination("You cannot specify both the Availability Zone and the Availability Zone ID.");
  if (!name && !id) return zones[0]!;
  const zone = zones.find((one) => (name ? one.name === name : one.id === id));
  if (zone) return zone;
  const known = zones.map((one) => (name ? one.name : one.id)).join(", ");
  throw badParameter(
    name ? "availabilityZone" : "availabilityZoneId",
    name ?? id,
    `Subnets can currently only be created in the following availability zones: ${known}.`,
  );
}

function checkedIpv4(context: CallContext, vpc: Readonly<VpcRecord>, text: string): string {
  const cidr = parseCidr(text);
  if (cidr?.family !== 4) throw notACidr("cidrBlock", text);
  if (
    cidr.prefix < 16 ||
    cidr.prefix > 28 ||
    !vpc.cidrs.some((one) => contains(parseCidr(one.cidr)!, cidr))
  ) {
    throw new AwsError("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
  }
  for (const other of all(context, subnets)) {
    const there = parseCidr(other.cidr);
    if (other.vpcId === vpc.id && there && overlaps(there, cidr)) {
      throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${text}' conflicts with another subnet`);
    }
  }
  return printCidr(cidr);
}

function checkedIpv6(context: CallContext, vpc: Readonly<VpcRecord>, text: string): string {
  const cidr = parseCidr(text);
  if (cidr?.family !== 6) throw badParameter("ipv6CidrBlock", text, "This is not a valid IPv6 CIDR block.");
  if (
    cidr.prefix < 44 ||
    cidr.prefix > 64 ||
    cidr.prefix % 4 !== 0 ||
    !vpc.ipv6Cidrs.some((one) => contains(parseCidr(one.cidr)!, cidr))
  ) {
    throw new AwsError("InvalidSubnet.Range", `The IPv6 CIDR '${text}' is invalid.`);
  }
  for (const other of all(context, subnets)) {
    if (other.vpcId === vpc.id && other.ipv6Cidrs.some((one) => overlaps(parseCidr(one.cidr)!, cidr))) {
      throw new AwsError("InvalidSubnet.Conflict", `The IPv6 CIDR '${text}' conflicts with another subnet`);
    }
  }
  return printCidr(cidr);
}

export const subnetOperations: Operations = {
  CreateSubnet(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    if (input.OutpostArn) throw unsupported("An Outpost");
    if (input.Ipv4IpamPoolId || input.Ipv6IpamPoolId) throw unsupported("IPAM");
    if (input.Ipv6Native && input.CidrBlock) {
      throw combination("The parameter cidrBlock cannot be used with the parameter ipv6Native");
    }
    if (input.Ipv6Native && !input.Ipv6CidrBlock) throw missing("ipv6CidrBlock");
    if (!input.Ipv6Native && !input.CidrBlock) {
      throw missing(input.Ipv6CidrBlock ? "cidrBlock" : "cidrBlock or ipv6CidrBlock");
    }
    const tags = specifiedTags(input.TagSpecifications, "subnet");
    const cidr = input.CidrBlock ? checkedIpv4(context, vpc, input.CidrBlock) : undefined;
    const zone = chosenZone(context, input.AvailabilityZone, input.AvailabilityZoneId);
    const ipv6 = input.Ipv6CidrBlock ? checkedIpv6(context, vpc, input.Ipv6CidrBlock) : undefined;
    const subnet = createSubnet(context, { vpc, zone, tags, ...(cidr && { cidr }), ...(ipv6 && { ipv6 }) });
    return { Subnet: newSubnetView(subnet, context) };
  },

  DescribeSubnets(input, context) {
    countAddresses(context);
    const { items, next } = describe(context, subnets, input, input.SubnetIds, { idsName: "subnetIds" });
    return { Subnets: items.map((one) => subnetView(one, context)), NextToken: next };
  },

  DeleteSubnet(input, context) {
    const { id } = find(context, subnets, need(input.SubnetId, "subnetId"));
    const used =
      all(context, networkInterfaces).some((one) => one.subnetId === id) ||
      all(context, natGateways).some((one) => one.subnetId === id && one.deleted === undefined);
    if (used) throw dependency(`The subnet '${id}' has dependencies and cannot be deleted.`);
    for (const acl of all(context, networkAcls)) {
      if (!acl.associations.some((one) => one.subnetId === id)) continue;
      change(context, networkAcls, acl.id, (draft) => {
        draft.associations = draft.associations.filter((one) => one.subnetId !== id);
      });
    }
    for (const table of all(context, routeTables)) {
      if (!table.associations.some((one) => one.subnetId === id)) continue;
      change(context, routeTables, table.id, (draft) => {
        draft.associations = draft.associations.filter((one) => one.subnetId !== id);
      });
    }
    for (const one of all(context, subnetReservations)) {
      if (one.subnetId === id) remove(context, subnetReservations, one.id);
    }
    remove(context, subnets, id);
    return {};
  },

  ModifySubnetAttribute(input, context) {
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    const { MapPublicIpOnLaunch, AssignIpv6AddressOnCreation, EnableDns64, PrivateDnsHostnameTypeOnLaunch } =
      input;
    const { EnableResourceNameDnsARecordOnLaunch, EnableResourceNameDnsAAAARecordOnLaunch } = input;
    const given = [
      MapPublicIpOnLaunch,
      AssignIpv6AddressOnCreation,
      EnableDns64,
      PrivateDnsHostnameTypeOnLaunch,
      EnableResourceNameDnsARecordOnLaunch,
      EnableResourceNameDnsAAAARecordOnLaunch,
    ].filter((one) => one !== undefined);
    if (given.length === 0) {
      if (input.MapCustomerOwnedIpOnLaunch || input.EnableLniAtDeviceIndex !== undefined) {
        throw unsupported("An Outpost");
      }
      throw missing("mapPublicIpOnLaunch");
    }
    if (given.length > 1) throw combination("Only one subnet attribute can be modified at a time");
    if (subnet.cidr === undefined && AssignIpv6AddressOnCreation?.Value === false) {
      throw invalidValue(
        `Invalid value 'false' for assignIpv6AddressOnCreation. The subnet '${subnet.id}' is IPv6-only.`,
      );
    }
    if (subnet.cidr === undefined && MapPublicIpOnLaunch?.Value) {
      throw invalidValue(
        `Invalid value 'true' for mapPublicIpOnLaunch. The subnet '${subnet.id}' is IPv6-only.`,
      );
    }
    if (subnet.cidr === undefined && PrivateDnsHostnameTypeOnLaunch === "ip-name") {
      throw invalidValue(
        `Invalid value 'ip-name' for privateDnsHostnameTypeOnLaunch. The subnet '${subnet.id}' is IPv6-only.`,
      );
    }
    if (AssignIpv6AddressOnCreation?.Value && !subnet.ipv6Cidrs.length) {
      throw invalidValue(
        `Invalid value 'true' for assignIpv6AddressOnCreation. The subnet '${subnet.id}' does not have an IPv6 CIDR block associated with it.`,
      );
    }
    change(context, subnets, subnet.id, (draft) => {
      if (MapPublicIpOnLaunch) draft.mapPublicIp = MapPublicIpOnLaunch.Value ?? false;
      if (AssignIpv6AddressOnCreation) draft.assignIpv6 = AssignIpv6AddressOnCreation.Value ?? false;
      if (EnableDns64) draft.dns64 = EnableDns64.Value ?? false;
      if (PrivateDnsHostnameTypeOnLaunch) draft.hostnameType = PrivateDnsHostnameTypeOnLaunch;
      if (EnableResourceNameDnsARecordOnLaunch)
        draft.aRecord = EnableResourceNameDnsARecordOnLaunch.Value ?? false;
      if (EnableResourceNameDnsAAAARecordOnLaunch) {
        draft.aaaaRecord = EnableResourceNameDnsAAAARecordOnLaunch.Value ?? false;
      }
    });
    return {};
  },

  AssociateSubnetCidrBlock(input, context) {
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    if (input.Ipv6IpamPoolId) throw unsupported("IPAM");
    if (subnet.ipv6Cidrs.length) {
      throw new AwsError(
        "CidrLimitExceeded",
        `This subnet '${subnet.id}' has met its maximum number of allowed CIDRs: 1`,
      );
    }
    const cidr = checkedIpv6(
      context,
      find(context, vpcs, subnet.vpcId),
      need(input.Ipv6CidrBlock, "ipv6CidrBlock"),
    );
    const one = { id: newId("subnet-cidr-assoc"), cidr };
    change(context, subnets, subnet.id, (draft) => void draft.ipv6Cidrs.push(one));
    return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: ipv6View(one, "associating") };
  },

  DisassociateSubnetCidrBlock(input, context) {
    const id = need(input.AssociationId, "associationId");
    const subnet = all(context, subnets).find((one) => one.ipv6Cidrs.some((cidr) => cidr.id === id));
    if (!subnet) {
      throw new AwsError(
        "InvalidSubnetCidrBlockAssociationID.NotFound",
        `The subnet CIDR block with association ID '${id}' does not exist`,
      );
    }
    const one = subnet.ipv6Cidrs.find((cidr) => cidr.id === id)!;
    const used = interfacesIn(context, subnet.id).some(
      ({ ipv6Ips, ipv6Prefixes }) => ipv6Ips.length || ipv6Prefixes?.length,
    );
    if (subnet.cidr === undefined || used) {
      throw dependency(
        `The subnet CIDR block with association ID '${id}' has dependencies and cannot be removed.`,
      );
    }
    change(context, subnets, subnet.id, (draft) => {
      draft.ipv6Cidrs = draft.ipv6Cidrs.filter((cidr) => cidr.id !== id);
    });
    return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: ipv6View(one, "disassociating") };
  },
};
