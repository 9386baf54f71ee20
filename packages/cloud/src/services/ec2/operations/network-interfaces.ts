/**
 * Network interfaces. Those that services keep (endpoints, NAT gateways, mount targets, jobs) are requester-managed:
 * an internal call may make one with `Requester: { id, owner }` beside the documented input.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
import type { NetworkInterface, NetworkInterfaceAssociation } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { allocate, allocateIpv6 } from "../addressing.ts";
import { badParameter, invalidValue, missing, need, unsupported } from "../errors.ts";
import { createInterface, groupsFor, inUse, removeInterface } from "../interfaces.ts";
import { all, change, describe, find, tableOf, tagList } from "../kind.ts";
import { addresses, networkInterfaces, securityGroups, subnets, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { AddressRecord, NetworkInterfaceRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

/** True inside another service's work. */
const isInternal = (context: CallContext) => Boolean((context as { internal?: boolean }).internal);

const association = (
  context: ReadContext,
  address: Readonly<AddressRecord> | undefined,
): NetworkInterfaceAssociation | undefined =>
  address && {
    AllocationId: address.id,
    AssociationId: address.associationId,
    IpOwnerId: context.account,
    PublicDnsName: "",
    PublicIp: address.publicIp,
  };

const hostName = (context: ReadContext, ip: string) => {
  const domain = context.region === "us-east-1" ? "ec2.internal" : `${context.region}.compute.internal`;
  return `ip-${ip.replaceAll(".", "-")}.${domain}`;
};

export function interfaceView(one: Readonly<NetworkInterfaceRecord>, context: ReadContext): NetworkInterface {
  const elastic = all(context, addresses).filter((address) => address.networkInterfaceId === one.id);
  const dns = tableOf(context, vpcs).get(one.vpcId)?.dnsSupport ?? false;
  const primary = one.privateIps[0] ?? "";
  const named = (ip: string) => (dns ? { PrivateDnsName: hostName(context, ip) } : {});
  return {
    NetworkInterfaceId: one.id,
    Association: association(
      context,
      elastic.find((address) => address.privateIp === primary),
    ),
    ...(one.attachment && {
      Attachment: {
        AttachmentId: one.attachment.id,
        AttachTime: new Date(one.attachment.time),
        DeleteOnTermination: one.attachment.deleteOnTermination,
        DeviceIndex: one.attachment.deviceIndex,
        InstanceOwnerId: one.attachment.instanceOwnerId,
        ...(one.attachment.instanceId && { InstanceId: one.attachment.instanceId }),
        NetworkCardIndex: 0,
        Status: "attached",
      },
    }),
    AvailabilityZone: one.zone,
    AvailabilityZoneId: one.zoneId,
    Description: one.description,
    Groups: one.groupIds.map((GroupId) => ({
      GroupId,
      GroupName: tableOf(context, securityGroups).get(GroupId)?.name,
    })),
    InterfaceType: one.interfaceType as NetworkInterface["InterfaceType"],
    Ipv6Addresses: one.ipv6Ips.map((Ipv6Address) => ({ Ipv6Address, IsPrimaryIpv6: false })),
    MacAddress: one.mac,
    OwnerId: context.account,
    ...named(primary),
    PrivateIpAddress: primary,
    PrivateIpAddresses: one.privateIps.map((ip, index) => ({
      Association: association(
        context,
        elastic.find((address) => address.privateIp === ip),
      ),
      Primary: index === 0,
      ...named(ip),
      PrivateIpAddress: ip,
    })),
    RequesterId: one.requesterId,
    RequesterManaged: one.requesterManaged,
    SourceDestCheck: one.sourceDestCheck,
    Status: one.attachment ? "in-use" : "available",
    SubnetId: one.subnetId,
    TagSet: tagList(one.tags),
    VpcId: one.vpcId,
  };
}

/** One that the caller may change: not a service's own. */
function own(context: CallContext, id: string | undefined): Readonly<NetworkInterfaceRecord> {
  const one = find(context, networkInterfaces, need(id, "networkInterfaceId"));
  if (one.requesterManaged && !isInternal(context)) {
    throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.", {
      status: 403,
    });
  }
  return one;
}

function noPrefixes(input: {
  Ipv4PrefixCount?: number | undefined;
  Ipv4Prefixes?: unknown[] | undefined;
  Ipv6PrefixCount?: number | undefined;
  Ipv6Prefixes?: unknown[] | undefined;
}): void {
  if (
    input.Ipv4PrefixCount ||
    input.Ipv4Prefixes?.length ||
    input.Ipv6PrefixCount ||
    input.Ipv6Prefixes?.length
  ) {
    throw unsupported("Prefix delegation");
  }
}

export const networkInterfaceOperations: Operations = {
  CreateNetworkInterface(input, context) {
    noPrefixes(input);
    const listed = input.PrivateIpAddresses ?? [];
    const primary = input.PrivateIpAddress ?? listed.find((one) => one.Primary)?.PrivateIpAddress;
    const secondary = listed
      .filter((one) => !one.Primary && one.PrivateIpAddress !== primary)
      .map((one) => one.PrivateIpAddress ?? "");
    const requester = isInternal(context)
      ? (input as { Requester?: { id: string; owner: string } }).Requester
      : undefined;
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    const privateIps = primary
      ? [primary, ...secondary]
      : secondary.length
        ? [...allocate(context, subnet, [], 1), ...secondary]
        : undefined;
    const one = createInterface(context, {
      subnetId: subnet.id,
      groupIds: input.Groups?.length ? input.Groups : undefined,
      privateIps,
      secondaryCount: input.SecondaryPrivateIpAddressCount ?? 0,
      ipv6Ips: input.Ipv6Addresses?.map((ip) => ip.Ipv6Address ?? ""),
      ...(input.Ipv6AddressCount !== undefined && { ipv6Count: input.Ipv6AddressCount }),
      description: input.Description,
      interfaceType: input.InterfaceType,
      tags: specifiedTags(input.TagSpecifications, "network-interface", isInternal(context)),
      ...(requester && { requester }),
    });
    const view = interfaceView(one, context);
    return {
      NetworkInterface: { ...view, ...(requester ? {} : { Status: "pending" as "available" }) },
      ClientToken: input.ClientToken,
    };
  },

  DescribeNetworkInterfaces(input, context) {
    const ids = input.NetworkInterfaceIds;
    const { items, next } = describe(context, networkInterfaces, input, ids, {
      idsName: "networkInterfaceIds",
    });
    return { NetworkInterfaces: items.map((one) => interfaceView(one, context)), NextToken: next };
  },

  DeleteNetworkInterface(input, context) {
    const one = find(context, networkInterfaces, need(input.NetworkInterfaceId, "networkInterfaceId"));
    if (one.attachment && !isInternal(context)) throw inUse(one.id);
    removeInterface(context, one.id);
    return {};
  },

  DescribeNetworkInterfaceAttribute(input, context) {
    const one = find(context, networkInterfaces, need(input.NetworkInterfaceId, "networkInterfaceId"));
    const NetworkInterfaceId = one.id;
    const view = interfaceView(one, context);
    switch (need(input.Attribute as string | undefined, "attribute")) {
      case "description":
        return { NetworkInterfaceId, Description: { Value: one.description } };
      case "groupSet":
        return { NetworkInterfaceId, Groups: view.Groups };
      case "sourceDestCheck":
        return { NetworkInterfaceId, SourceDestCheck: { Value: one.sourceDestCheck } };
      case "attachment":
        return { NetworkInterfaceId, Attachment: view.Attachment };
      default:
        throw badParameter("attribute", input.Attribute, "Unknown attribute.");
    }
  },

  ModifyNetworkInterfaceAttribute(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const groupIds = input.Groups && groupsFor(context, one, input.Groups);
    if (!input.Groups && !input.Description && !input.SourceDestCheck && !input.Attachment) {
      throw missing("attribute");
    }
    if (input.Attachment && one.attachment?.id !== input.Attachment.AttachmentId) {
      throw new AwsError(
        "InvalidAttachmentID.NotFound",
        `The attachment ID '${input.Attachment.AttachmentId}' does not exist`,
      );
    }
    change(context, networkInterfaces, one.id, (draft) => {
      if (groupIds) draft.groupIds = groupIds;
      if (input.Description) draft.description = input.Description.Value ?? "";
      if (input.SourceDestCheck) draft.sourceDestCheck = input.SourceDestCheck.Value ?? true;
      if (input.Attachment && draft.attachment) {
        draft.attachment.deleteOnTermination = input.Attachment.DeleteOnTermination ?? false;
      }
    });
    return {};
  },

  ResetNetworkInterfaceAttribute(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    change(context, networkInterfaces, one.id, (draft) => {
      draft.sourceDestCheck = true;
    });
    return {};
  },

  AssignPrivateIpAddresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    noPrefixes(input);
    const wanted = input.PrivateIpAddresses ?? [];
    const count = wanted.length ? 0 : (input.SecondaryPrivateIpAddressCount ?? 0);
    if (!wanted.length && !count) throw missing("privateIpAddress or secondaryPrivateIpAddressCount");
    const fresh = wanted.filter((ip) => !one.privateIps.includes(ip));
    const ips = allocate(context, find(context, subnets, one.subnetId), fresh, count);
    change(context, networkInterfaces, one.id, (draft) => void draft.privateIps.push(...ips));
    return {
      NetworkInterfaceId: one.id,
      AssignedPrivateIpAddresses: ips.map((PrivateIpAddress) => ({ PrivateIpAddress })),
      AssignedIpv4Prefixes: [],
    };
  },

  UnassignPrivateIpAddresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const gone = input.PrivateIpAddresses ?? [];
    for (const ip of gone) {
      if (one.privateIps[0] === ip || !one.privateIps.includes(ip)) {
        throw invalidValue(`Some of the specified addresses are not assigned to interface ${one.id}`);
      }
    }
    change(context, networkInterfaces, one.id, (draft) => {
      draft.privateIps = draft.privateIps.filter((ip) => !gone.includes(ip));
    });
    return {};
  },

  AssignIpv6Addresses(input, context) {
    noPrefixes(input);
    const one = own(context, input.NetworkInterfaceId);
    const subnet = find(context, subnets, one.subnetId);
    const ips = input.Ipv6Addresses ?? allocateIpv6(context, subnet, input.Ipv6AddressCount ?? 1);
    change(context, networkInterfaces, one.id, (draft) => void draft.ipv6Ips.push(...ips));
    return { NetworkInterfaceId: one.id, AssignedIpv6Addresses: ips, AssignedIpv6Prefixes: [] };
  },

  UnassignIpv6Addresses(input, context) {
    const one = own(context, input.NetworkInterfaceId);
    const gone = input.Ipv6Addresses ?? [];
    change(context, networkInterfaces, one.id, (draft) => {
      draft.ipv6Ips = draft.ipv6Ips.filter((ip) => !gone.includes(ip));
    });
    return { NetworkInterfaceId: one.id, UnassignedIpv6Addresses: gone, UnassignedIpv6Prefixes: [] };
  },

  AttachNetworkInterface(input, context) {
    own(context, input.NetworkInterfaceId);
    throw new AwsError(
      "InvalidInstanceID.NotFound",
      `The instance ID '${need(input.InstanceId, "instanceId")}' does not exist`,
    );
  },

  DetachNetworkInterface(input, context) {
    const id = need(input.AttachmentId, "attachmentId");
    const one = all(context, networkInterfaces).find((candidate) => candidate.attachment?.id === id);
    if (!one) {
      throw new AwsError(
        "InvalidAttachmentID.NotFound",
        `The network interface attachment ID '${id}' does not exist`,
      );
    }
    if (!isInternal(context)) {
      throw new AwsError("OperationNotPermitted", "You are not allowed to manage 'ela-attach' attachments.");
    }
    change(context, networkInterfaces, one.id, (draft) => {
      delete draft.attachment;
    });
    return {};
  },
};
