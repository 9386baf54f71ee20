/** Kinds: network interfaces, elastic addresses, network ACLs. */
import type { ReadContext } from "../../../context.ts";
import { all, type Kind, tableOf } from "../kind.ts";
import { absent } from "../malformed.ts";
import type * as R from "../records.ts";
import { securityGroups } from "./groups.ts";

export const addresses: Kind<R.AddressRecord> = {
  type: "elastic-ip",
  prefix: "eipalloc",
  notFoundCode: "InvalidAllocationID.NotFound",
  notFound: absent("allocation ID"),
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
  notFound: absent("networkAcl ID"),
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

export const interfacePermissions: Kind<R.InterfacePermissionRecord> = {
  type: "network-interface-permission",
  prefix: "eni-perm",
  notFoundCode: "InvalidPermissionID.NotFound",
  notFound: absent("permission ID"),
  filters: {
    "network-interface-permission.network-interface-permission-id": (one) => one.id,
    "network-interface-permission.network-interface-id": (one) => one.networkInterfaceId,
    "network-interface-permission.aws-account-id": (one) => one.account,
    "network-interface-permission.aws-service": () => undefined,
    "network-interface-permission.permission": (one) => one.permission,
  },
};

export const networkInterfaces: Kind<R.NetworkInterfaceRecord> = {
  type: "network-interface",
  prefix: "eni",
  notFoundCode: "InvalidNetworkInterfaceID.NotFound",
  notFound: absent("networkInterface ID"),
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
    "operator.principal": () => undefined,
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
