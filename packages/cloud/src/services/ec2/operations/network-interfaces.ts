/**
 * Network interfaces. Those that services keep (endpoints, NAT gateways, mount targets, jobs) are requester-managed:
 * an internal call may make one with `Requester: { id, owner }` beside the documented input.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
import type { NetworkInterface, NetworkInterfaceAssociation } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { allocate } from "../addressing.ts";
import { badParameter, combination, invalidValue, missing, need, unsupported } from "../errors.ts";
import { createInterface, groupsFor, inUse, noPrimaryIpv6, removeInterface } from "../interfaces.ts";
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
  const primary = one.privateIps[0];
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
    ...(one.ipv4Prefixes && { Ipv4Prefixes: one.ipv4Prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })) }),
    Ipv6Addresses: one.ipv6Ips.map((Ipv6Address, index) => ({
      Ipv6Address,
      IsPrimaryIpv6: index === 0 && one.primaryIpv6 === true,
    })),
    ...(one.ipv6Ips[0] && { Ipv6Address: one.ipv6Ips[0] }),
    ...(one.ipv6Prefixes && { Ipv6Prefixes: one.ipv6Prefixes.map((Ipv6Prefix) => ({ Ipv6Prefix })) }),
    MacAddress: one.mac,
    OwnerId: context.account,
    ...(primary && { ...named(primary), PrivateIpAddress: primary }),
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
export function own(context: CallContext, id: string | undefined): Readonly<NetworkInterfaceRecord> {
  const one = find(context, networkInterfaces, need(id, "networkInterfaceId"));
  if (one.requesterManaged && !isInternal(context)) {
    throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.", {
      status: 403,
    });
  }
  return one;
}

export const networkInterfaceOperations: Operations = {
  CreateNetworkInterface(input, context) {
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
      ipv4Prefixes: {
        count: input.Ipv4PrefixCount,
        blocks: input.Ipv4Prefixes?.map((one) => one.Ipv4Prefix),
      },
      ipv6Prefixes: {
        count: input.Ipv6PrefixCount,
        blocks: input.Ipv6Prefixes?.map((one) => one.Ipv6Prefix),
      },
      primaryIpv6: input.EnablePrimaryIpv6 ?? false,
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
    if (input.EnaSrdSpecification) throw unsupported("ENA Express");
    if (input.ConnectionTrackingSpecification) throw unsupported("A connection tracking specification");
    if (input.AssociatePublicIpAddress !== undefined) throw unsupported("AssociatePublicIpAddress");
    const groupIds = input.Groups && groupsFor(context, one, input.Groups);
    const given = [
      input.Groups,
      input.Description,
      input.SourceDestCheck,
      input.Attachment,
      input.EnablePrimaryIpv6,
    ].filter((attribute) => attribute !== undefined);
    if (given.length === 0) throw missing("attribute");
    if (given.length > 1) throw combination("Fields for multiple attribute types specified");
    if (input.EnablePrimaryIpv6 === false && one.primaryIpv6) {
      throw invalidValue("A primary IPv6 address cannot be disabled.");
    }
    if (input.EnablePrimaryIpv6 && !one.ipv6Ips.length) throw noPrimaryIpv6();
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
      if (input.EnablePrimaryIpv6) draft.primaryIpv6 = true;
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
