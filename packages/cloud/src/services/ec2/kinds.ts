/** Every kind of EC2 networking resource, with the filters its Describe operation documents. */
import type { ReadContext } from "../../context.ts";
import { freeAddresses } from "./addressing.ts";
import { all, type Kind, tableOf } from "./kind.ts";
import type * as R from "./records.ts";

const state = (available: boolean) => (available ? "available" : "pending");

export const vpcs: Kind<R.VpcRecord> = {
  type: "vpc",
  prefix: "vpc",
  notFoundCode: "InvalidVpcID.NotFound",
  notFound: (id) => `The vpc ID '${id}' does not exist`,
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
  notFound: (id) => `The subnet ID '${id}' does not exist`,
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

const ofRules =
  (egress: boolean, pick: (rule: R.RuleRecord) => string | number | undefined) =>
  (group: Readonly<R.SecurityGroupRecord>) =>
    group.rules.filter((rule) => rule.egress === egress).map(pick);

const ruleFilters = (egress: boolean, prefix: string) => ({
  [`${prefix}cidr`]: ofRules(egress, (rule) => rule.cidr),
  [`${prefix}from-port`]: ofRules(egress, (rule) => rule.from),
  [`${prefix}group-id`]: ofRules(egress, (rule) => rule.groupId),
  [`${prefix}group-name`]: (group: Readonly<R.SecurityGroupRecord>, context: ReadContext) =>
    group.rules
      .filter((rule) => rule.egress === egress && rule.groupId)
      .map((rule) => tableOf(context, securityGroups).get(rule.groupId!)?.name),
  [`${prefix}ipv6-cidr`]: ofRules(egress, (rule) => rule.ipv6),
  [`${prefix}prefix-list-id`]: ofRules(egress, (rule) => rule.prefixListId),
  [`${prefix}protocol`]: ofRules(egress, (rule) => rule.protocol),
  [`${prefix}to-port`]: ofRules(egress, (rule) => rule.to),
  [`${prefix}user-id`]: ofRules(egress, (rule) => rule.groupAccount),
});

export const securityGroups: Kind<R.SecurityGroupRecord> = {
  type: "security-group",
  prefix: "sg",
  notFoundCode: "InvalidGroup.NotFound",
  notFound: (id) => `The security group '${id}' does not exist`,
  filters: {
    description: (group) => group.description,
    ...ruleFilters(true, "egress.ip-permission."),
    "group-id": (group) => group.id,
    "group-name": (group) => group.name,
    ...ruleFilters(false, "ip-permission."),
    "owner-id": (_, context) => context.account,
    "vpc-id": (group) => group.vpcId,
  },
  vpcOf: (group) => group.vpcId,
  conditions: (group) => ({ "ec2:SecurityGroupID": group.id }),
};

const route =
  (pick: (one: R.RouteRecord) => string | undefined) =>
  (table: Readonly<R.RouteTableRecord>): (string | undefined)[] =>
    table.routes.map(pick);
const target = (...kinds: R.RouteTarget["kind"][]) =>
  route((one) => (kinds.includes(one.target.kind) ? one.target.id : undefined));

export const routeTables: Kind<R.RouteTableRecord> = {
  type: "route-table",
  prefix: "rtb",
  notFoundCode: "InvalidRouteTableID.NotFound",
  notFound: (id) => `The routeTable ID '${id}' does not exist`,
  filters: {
    "association.gateway-id": (table) => table.associations.map((one) => one.gatewayId),
    "association.route-table-association-id": (table) => table.associations.map((one) => one.id),
    "association.route-table-id": (table) => table.associations.map(() => table.id),
    "association.subnet-id": (table) => table.associations.map((one) => one.subnetId),
    "association.main": (table) =>
      table.associations.length ? table.associations.map((one) => one.main) : [false],
    "association.association-state": (table) => table.associations.map(() => "associated"),
    "owner-id": (_, context) => context.account,
    "route-table-id": (table) => table.id,
    "route.destination-cidr-block": route((one) => one.cidr),
    "route.destination-ipv6-cidr-block": route((one) => one.ipv6),
    "route.destination-prefix-list-id": route((one) => one.prefixListId),
    "route.egress-only-internet-gateway-id": target("egress-only-internet-gateway"),
    "route.gateway-id": target("local", "internet-gateway", "vpc-endpoint", "vpn-gateway"),
    "route.instance-id": () => undefined,
    "route.nat-gateway-id": target("natgateway"),
    "route.network-interface-id": target("network-interface"),
    "route.origin": route((one) => one.origin),
    "route.state": route(() => "active"),
    "route.transit-gateway-id": target("transit-gateway"),
    "route.vpc-peering-connection-id": target("vpc-peering-connection"),
    "vpc-id": (table) => table.vpcId,
  },
  vpcOf: (table) => table.vpcId,
  conditions: (table) => ({ "ec2:RouteTableID": table.id }),
};

export const internetGateways: Kind<R.InternetGatewayRecord> = {
  type: "internet-gateway",
  prefix: "igw",
  notFoundCode: "InvalidInternetGatewayID.NotFound",
  notFound: (id) => `The internetGateway ID '${id}' does not exist`,
  filters: {
    "attachment.state": (gateway) => (gateway.vpcId ? "available" : undefined),
    "attachment.vpc-id": (gateway) => gateway.vpcId,
    "internet-gateway-id": (gateway) => gateway.id,
    "owner-id": (_, context) => context.account,
  },
  conditions: (gateway) => ({ "ec2:InternetGatewayID": gateway.id }),
};

export const egressOnlyGateways: Kind<R.EgressOnlyGatewayRecord> = {
  type: "egress-only-internet-gateway",
  prefix: "eigw",
  notFoundCode: "InvalidGatewayID.NotFound",
  notFound: (id) => `The eigw ID '${id}' does not exist`,
  filters: {},
};

export const natGateways: Kind<R.NatGatewayRecord> = {
  type: "natgateway",
  prefix: "nat",
  notFoundCode: "NatGatewayNotFound",
  notFound: (id) => `NAT gateway ${id} was not found`,
  filters: {
    "nat-gateway-id": (gateway) => gateway.id,
    state: (gateway, context) => natState(gateway, context.now),
    "subnet-id": (gateway) => gateway.subnetId,
    "vpc-id": (gateway) => gateway.vpcId,
  },
  vpcOf: (gateway) => gateway.vpcId,
};

export const natState = (gateway: Readonly<R.NatGatewayRecord>, now: number) =>
  gateway.deleted !== undefined
    ? ("deleted" as const)
    : gateway.failure
      ? ("failed" as const)
      : state(gateway.availableAt <= now);

export const addresses: Kind<R.AddressRecord> = {
  type: "elastic-ip",
  prefix: "eipalloc",
  notFoundCode: "InvalidAllocationID.NotFound",
  notFound: (id) => `The allocation ID '${id}' does not exist`,
  filters: {
    "allocation-id": (address) => address.id,
    "association-id": (address) => address.associationId,
    domain: () => "vpc",
    "instance-id": () => undefined,
    "network-border-group": (address) => address.networkBorderGroup,
    "network-interface-id": (address) => address.networkInterfaceId,
    "network-interface-owner-id": (address, context) =>
      address.networkInterfaceId ? context.account : undefined,
    "private-ip-address": (address) => address.privateIp,
    "public-ip": (address) => address.publicIp,
  },
  conditions: (address) => ({
    "ec2:AllocationId": address.id,
    "ec2:Domain": "vpc",
    "ec2:PublicIpAddress": address.publicIp,
  }),
};

const entry =
  (pick: (one: R.AclEntryRecord) => string | number | boolean | undefined) =>
  (acl: Readonly<R.NetworkAclRecord>): (string | number | boolean | undefined)[] =>
    acl.entries.map(pick);

export const networkAcls: Kind<R.NetworkAclRecord> = {
  type: "network-acl",
  prefix: "acl",
  notFoundCode: "InvalidNetworkAclID.NotFound",
  notFound: (id) => `The networkAcl ID '${id}' does not exist`,
  filters: {
    "association.association-id": (acl) => acl.associations.map((one) => one.id),
    "association.network-acl-id": (acl) => acl.associations.map(() => acl.id),
    "association.subnet-id": (acl) => acl.associations.map((one) => one.subnetId),
    default: (acl) => acl.isDefault,
    "entry.cidr": entry((one) => one.cidr),
    "entry.icmp.code": entry((one) => one.icmpCode),
    "entry.icmp.type": entry((one) => one.icmpType),
    "entry.ipv6-cidr": entry((one) => one.ipv6),
    "entry.port-range.from": entry((one) => one.from),
    "entry.port-range.to": entry((one) => one.to),
    "entry.protocol": entry((one) => one.protocol),
    "entry.rule-action": entry((one) => one.action),
    "entry.egress": entry((one) => one.egress),
    "entry.rule-number": entry((one) => one.number),
    "network-acl-id": (acl) => acl.id,
    "owner-id": (_, context) => context.account,
    "vpc-id": (acl) => acl.vpcId,
  },
  vpcOf: (acl) => acl.vpcId,
  conditions: (acl) => ({ "ec2:NetworkAclID": acl.id }),
};

const elasticOf = (networkInterface: Readonly<R.NetworkInterfaceRecord>, context: ReadContext) =>
  all(context, addresses).filter((one) => one.networkInterfaceId === networkInterface.id);

export const networkInterfaces: Kind<R.NetworkInterfaceRecord> = {
  type: "network-interface",
  prefix: "eni",
  notFoundCode: "InvalidNetworkInterfaceID.NotFound",
  notFound: (id) => `The networkInterface ID '${id}' does not exist`,
  filters: {
    "addresses.association.owner-id": (one, context) => elasticOf(one, context).map(() => context.account),
    "addresses.association.public-ip": (one, context) => elasticOf(one, context).map((ip) => ip.publicIp),
    "addresses.primary": (one) => one.privateIps.map((_, index) => index === 0),
    "addresses.private-ip-address": (one) => one.privateIps,
    "association.allocation-id": (one, context) => elasticOf(one, context).map((ip) => ip.id),
    "association.association-id": (one, context) => elasticOf(one, context).map((ip) => ip.associationId),
    "association.ip-owner-id": (one, context) => elasticOf(one, context).map(() => context.account),
    "association.public-dns-name": () => undefined,
    "association.public-ip": (one, context) => elasticOf(one, context).map((ip) => ip.publicIp),
    "attachment.attach-time": (one) => one.attachment && new Date(one.attachment.time).toISOString(),
    "attachment.attachment-id": (one) => one.attachment?.id,
    "attachment.delete-on-termination": (one) => one.attachment?.deleteOnTermination,
    "attachment.device-index": (one) => one.attachment?.deviceIndex,
    "attachment.instance-id": (one) => one.attachment?.instanceId,
    "attachment.instance-owner-id": (one) => one.attachment?.instanceOwnerId,
    "attachment.status": (one) => one.attachment && "attached",
    "availability-zone": (one) => one.zone,
    "availability-zone-id": (one) => one.zoneId,
    description: (one) => one.description,
    "group-id": (one) => one.groupIds,
    "group-name": (one, context) => one.groupIds.map((id) => tableOf(context, securityGroups).get(id)?.name),
    "interface-type": (one) => one.interfaceType,
    "ipv6-addresses.ipv6-address": (one) => one.ipv6Ips,
    "mac-address": (one) => one.mac,
    "network-interface-id": (one) => one.id,
    "operator.managed": () => false,
    "owner-id": (_, context) => context.account,
    "private-dns-name": (one) => `ip-${one.privateIps[0]?.replaceAll(".", "-")}.ec2.internal`,
    "private-ip-address": (one) => one.privateIps,
    "requester-id": (one) => one.requesterId,
    "requester-managed": (one) => one.requesterManaged,
    "source-dest-check": (one) => one.sourceDestCheck,
    status: (one) => (one.attachment ? "in-use" : "available"),
    "subnet-id": (one) => one.subnetId,
    "vpc-id": (one) => one.vpcId,
  },
  vpcOf: (one) => one.vpcId,
  conditions: (one, context) => ({
    "ec2:NetworkInterfaceID": one.id,
    "ec2:Subnet": context.arn("ec2", `subnet/${one.subnetId}`),
    "ec2:AvailabilityZone": one.zone,
  }),
};

export const vpcEndpoints: Kind<R.VpcEndpointRecord> = {
  type: "vpc-endpoint",
  prefix: "vpce",
  notFoundCode: "InvalidVpcEndpointId.NotFound",
  notFound: (id) => `The Vpc Endpoint Id '${id}' does not exist`,
  filters: {
    "ip-address-type": (one) => one.ipAddressType,
    "service-name": (one) => one.serviceName,
    "service-region": (_, context) => context.region,
    "vpc-endpoint-id": (one) => one.id,
    "vpc-endpoint-state": (one, context) => state(one.availableAt <= context.now),
    "vpc-endpoint-type": (one) => one.type,
    "vpc-id": (one) => one.vpcId,
  },
  vpcOf: (one) => one.vpcId,
  conditions: (one) => ({ "ec2:VpceServiceName": one.serviceName }),
};

export const endpointState = (one: Readonly<R.VpcEndpointRecord>, now: number) =>
  state(one.availableAt <= now);

export const prefixLists: Kind<R.PrefixListRecord> = {
  type: "prefix-list",
  prefix: "pl",
  notFoundCode: "InvalidPrefixListID.NotFound",
  notFound: (id) => `The prefix list ID '${id}' does not exist.`,
  filters: {
    "owner-id": (one, context) => (one.name.startsWith("com.amazonaws.") ? "AWS" : context.account),
    "prefix-list-id": (one) => one.id,
    "prefix-list-name": (one) => one.name,
  },
};

export const flowLogs: Kind<R.FlowLogRecord> = {
  type: "vpc-flow-log",
  prefix: "fl",
  notFoundCode: "InvalidFlowLogId.NotFound",
  notFound: (id) => `These flow log ids in the input list are not found: [TotalCount: 1] ${id}`,
  filters: {
    "deliver-log-status": (one) => (one.deliveryError ? "FAILED" : "SUCCESS"),
    "log-destination-type": (one) => one.destinationType,
    "flow-log-id": (one) => one.id,
    "log-group-name": (one) => one.logGroupName,
    "resource-id": (one) => one.resourceId,
    "traffic-type": (one) => one.trafficType,
  },
};

export const dhcpOptions: Kind<R.DhcpOptionsRecord> = {
  type: "dhcp-options",
  prefix: "dopt",
  notFoundCode: "InvalidDhcpOptionID.NotFound",
  notFound: (id) => `The dhcpOption ID '${id}' does not exist`,
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
  notFound: (id) => `The vpcPeeringConnection ID '${id}' does not exist`,
  filters: {
    "accepter-vpc-info.owner-id": (one) => one.accepter.account,
    "accepter-vpc-info.vpc-id": (one) => one.accepter.vpcId,
    "requester-vpc-info.owner-id": (one) => one.requester.account,
    "requester-vpc-info.vpc-id": (one) => one.requester.vpcId,
    "status-code": (one) => one.status,
    "vpc-peering-connection-id": (one) => one.id,
  },
};

export const endpointServiceConfigurations: Kind<R.EndpointServiceRecord> = {
  type: "vpc-endpoint-service",
  prefix: "vpce-svc",
  notFoundCode: "InvalidVpcEndpointServiceId.NotFound",
  notFound: (id) => `The VpcEndpointService Id '${id}' does not exist`,
  filters: {
    "service-name": (one, context) => `com.amazonaws.vpce.${context.region}.${one.id}`,
    "service-id": (one) => one.id,
    "service-state": () => "Available",
  },
};

/** Every kind; a tag operation finds its kind by the prefix of the id. */
export const kinds: readonly Kind<never>[] = [
  vpcs,
  subnets,
  securityGroups,
  routeTables,
  internetGateways,
  egressOnlyGateways,
  natGateways,
  addresses,
  networkAcls,
  networkInterfaces,
  endpointServiceConfigurations,
  vpcEndpoints,
  prefixLists,
  flowLogs,
  dhcpOptions,
  peerings,
] as unknown as Kind<never>[];

export const kindOfId = (id: string): Kind<R.Entity> | undefined =>
  kinds.find((kind) => id.startsWith(`${kind.prefix}-`)) as unknown as Kind<R.Entity> | undefined;
