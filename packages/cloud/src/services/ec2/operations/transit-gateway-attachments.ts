/**
 * Attachments of transit gateways: to VPCs (with an interface in a subnet of each zone) and to other gateways.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
 */
import type {
  TransitGatewayAttachment,
  TransitGatewayPeeringAttachment,
  TransitGatewayVpcAttachment,
} from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { invalidValue, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { removeInterface } from "../interfaces.ts";
import { all, change, describe, find, tableOf, tagList } from "../kind.ts";
import { attachmentState, subnets, transitAttachments, transitGateways, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { Switch, TransitGatewayAttachmentRecord } from "../records.ts";
import { allLive, forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";
import { attach, gatewayInterface, undo } from "../transit.ts";

type Attachment = Readonly<TransitGatewayAttachmentRecord>;

const view = (one: Attachment, context: ReadContext): TransitGatewayAttachment => ({
  TransitGatewayAttachmentId: one.id,
  TransitGatewayId: one.transitGatewayId,
  TransitGatewayOwnerId: context.account,
  ResourceOwnerId: one.resourceOwner,
  ResourceType: one.type,
  ResourceId: one.resourceId,
  State: attachmentState(one),
  ...(one.tableId && { Association: { TransitGatewayRouteTableId: one.tableId, State: "associated" } }),
  CreationTime: new Date(one.created),
  Tags: tagList(one.tags),
});

const vpcView = (one: Attachment): TransitGatewayVpcAttachment => ({
  TransitGatewayAttachmentId: one.id,
  TransitGatewayId: one.transitGatewayId,
  VpcId: one.resourceId,
  VpcOwnerId: one.resourceOwner,
  State: attachmentState(one),
  SubnetIds: [...one.subnetIds],
  CreationTime: new Date(one.created),
  Options: {
    DnsSupport: one.dns,
    SecurityGroupReferencingSupport: one.groupReferencing,
    Ipv6Support: one.ipv6,
    ApplianceModeSupport: one.appliance,
  },
  Tags: tagList(one.tags),
});

const MESSAGES: Partial<Record<string, string>> = {
  available: "Available",
  pendingAcceptance: "Pending Acceptance",
  rejected: "Rejected",
  deleted: "Deleted",
};

const peeringView = (one: Attachment): TransitGatewayPeeringAttachment => {
  const end = (side: NonNullable<Attachment["peering"]>["requester"] | undefined) =>
    side && { TransitGatewayId: side.transitGatewayId, OwnerId: side.account, Region: side.region };
  const state = attachmentState(one);
  return {
    TransitGatewayAttachmentId: one.id,
    RequesterTgwInfo: end(one.peering?.requester),
    AccepterTgwInfo: end(one.peering?.accepter),
    Options: { DynamicRouting: "disable" },
    Status: { Code: state, Message: MESSAGES[state] ?? "" },
    State: state,
    CreationTime: new Date(one.created),
    Tags: tagList(one.tags),
  };
};

/** One subnet of a zone, all of the VPC. */
function checkSubnets(context: ReadContext, vpcId: string, ids: readonly string[]): void {
  const zones = new Map<string, string>();
  for (const id of ids) {
    const subnet = find(context, subnets, id);
    if (subnet.vpcId !== vpcId) {
      throw new AwsError("InvalidSubnetID.NotFound", `The subnet ID '${id}' does not exist`);
    }
    const other = zones.get(subnet.zone);
    if (other) {
      throw new AwsError("DuplicateSubnetsInSameZone", `Duplicate Subnets for same AZ: [${other}, ${id}]`);
    }
    zones.set(subnet.zone, id);
  }
}

const options = (
  said: Partial<
    Record<"DnsSupport" | "SecurityGroupReferencingSupport" | "Ipv6Support" | "ApplianceModeSupport", string>
  > = {},
) => {
  const one = (value: string | undefined) => {
    if (value === undefined || value === "enable" || value === "disable") return value as Switch | undefined;
    throw invalidValue(`Value (${value}) for parameter options is invalid.`);
  };
  const dns = one(said.DnsSupport);
  const groupReferencing = one(said.SecurityGroupReferencingSupport);
  const ipv6 = one(said.Ipv6Support);
  const appliance = one(said.ApplianceModeSupport);
  return {
    ...(dns && { dns }),
    ...(groupReferencing && { groupReferencing }),
    ...(ipv6 && { ipv6 }),
    ...(appliance && { appliance }),
  };
};

function vpcAttachment(context: ReadContext, id: string | undefined): Attachment {
  const one = live(context, transitAttachments, need(id, "TransitGatewayAttachmentId"));
  if (one.type === "vpc") return one;
  throw new AwsError(transitAttachments.notFoundCode, transitAttachments.notFound(one.id));
}

/** Both sides of a peering change together. */
function settle(
  context: CallContext,
  one: Attachment,
  how: (draft: TransitGatewayAttachmentRecord) => void,
): void {
  for (const end of [one.peering?.requester, one.peering?.accepter]) {
    if (!end) continue;
    tableOf(context.in(end.account, end.region), transitAttachments).update(one.id, (draft) => how(draft));
  }
}

function pendingPeering(context: CallContext, id: string | undefined, verb: string): Attachment {
  const one = live(context, transitAttachments, need(id, "TransitGatewayAttachmentId"));
  const accepter = one.peering?.accepter;
  if (accepter?.account !== context.account || accepter.region !== context.region) {
    throw invalidValue(`Cannot ${verb} ${one.id} as the source of the peering request.`);
  }
  if (one.status !== "pendingAcceptance") {
    throw new AwsError("IncorrectState", `${one.id} is in invalid state`);
  }
  return one;
}

/** Those of the gateway's own account are accepted as they are made; only one that waits can be settled. */
function settleVpc(
  context: CallContext,
  id: string | undefined,
  status: "available" | "rejected",
): Attachment {
  const one = vpcAttachment(context, id);
  if (one.status !== "pendingAcceptance")
    throw new AwsError("IncorrectState", `${one.id} is in invalid state`);
  return change(context, transitAttachments, one.id, (draft) => {
    draft.status = status;
  });
}

export const transitAttachmentOperations: Operations = {
  CreateTransitGatewayVpcAttachment(input, context) {
    const gateway = live(context, transitGateways, need(input.TransitGatewayId, "TransitGatewayId"));
    const vpc = find(context, vpcs, need(input.VpcId, "VpcId"));
    const subnetIds = [...new Set(need(input.SubnetIds, "SubnetIds"))];
    if (subnetIds.length === 0) need(undefined, "SubnetIds");
    checkSubnets(context, vpc.id, subnetIds);
    const twin = allLive(context, transitAttachments).some(
      (one) => one.transitGatewayId === gateway.id && one.resourceId === vpc.id,
    );
    if (twin) {
      throw new AwsError(
        "DuplicateTransitGatewayAttachment",
        `${gateway.id} has non-deleted Transit Gateway Attachments with same VPC ID.`,
      );
    }
    const one = attach(context, {
      transitGatewayId: gateway.id,
      type: "vpc",
      resourceId: vpc.id,
      subnetIds,
      options: options(input.Options),
      tags: specifiedTags(input.TagSpecifications, "transit-gateway-attachment"),
    });
    return { TransitGatewayVpcAttachment: { ...vpcView(one), State: "pending" } };
  },

  DescribeTransitGatewayVpcAttachments(input, context) {
    forget(context, transitAttachments);
    const from = all(context, transitAttachments).filter((one) => one.type === "vpc");
    const ids = input.TransitGatewayAttachmentIds;
    const { items, next } = describe(context, transitAttachments, input, ids, { from });
    return { TransitGatewayVpcAttachments: items.map(vpcView), NextToken: next };
  },

  DescribeTransitGatewayAttachments(input, context) {
    forget(context, transitAttachments);
    const ids = input.TransitGatewayAttachmentIds;
    const { items, next } = describe(context, transitAttachments, input, ids);
    return { TransitGatewayAttachments: items.map((one) => view(one, context)), NextToken: next };
  },

  ModifyTransitGatewayVpcAttachment(input, context) {
    const one = vpcAttachment(context, input.TransitGatewayAttachmentId);
    const kept = one.subnetIds.filter((id) => !input.RemoveSubnetIds?.includes(id));
    const added = (input.AddSubnetIds ?? []).filter((id) => !kept.includes(id));
    const wanted = [...kept, ...added];
    if (wanted.length === 0) throw invalidValue("An attachment must have at least one subnet.");
    checkSubnets(context, one.resourceId, wanted);
    one.subnetIds.forEach((id, index) => {
      if (!kept.includes(id)) removeInterface(context, one.networkInterfaceIds[index]!);
    });
    const keptInterfaces = one.networkInterfaceIds.filter((_, index) => kept.includes(one.subnetIds[index]!));
    const more = added.map((id) => gatewayInterface(context, one.id, id));
    const next = change(context, transitAttachments, one.id, (draft) => {
      Object.assign(draft, options(input.Options));
      draft.subnetIds = wanted;
      draft.networkInterfaceIds = [...keptInterfaces, ...more];
    });
    return { TransitGatewayVpcAttachment: { ...vpcView(next), State: "modifying" } };
  },

  DeleteTransitGatewayVpcAttachment(input, context) {
    const one = vpcAttachment(context, input.TransitGatewayAttachmentId);
    return { TransitGatewayVpcAttachment: { ...vpcView(undo(context, one.id)), State: "deleting" } };
  },

  AcceptTransitGatewayVpcAttachment: (input, context) => ({
    TransitGatewayVpcAttachment: vpcView(settleVpc(context, input.TransitGatewayAttachmentId, "available")),
  }),
  RejectTransitGatewayVpcAttachment: (input, context) => ({
    TransitGatewayVpcAttachment: vpcView(settleVpc(context, input.TransitGatewayAttachmentId, "rejected")),
  }),

  CreateTransitGatewayPeeringAttachment(input, context) {
    const gateway = live(context, transitGateways, need(input.TransitGatewayId, "TransitGatewayId"));
    const account = need(input.PeerAccountId, "PeerAccountId");
    const region = need(input.PeerRegion, "PeerRegion");
    const peerId = need(input.PeerTransitGatewayId, "PeerTransitGatewayId");
    const there = context.in(account, region);
    const peer = live(there, transitGateways, peerId);
    const peering = {
      requester: { transitGatewayId: gateway.id, account: context.account, region: context.region },
      accepter: { transitGatewayId: peer.id, account, region },
    };
    const base = { id: newId("tgw-attach"), type: "peering", peering, status: "pendingAcceptance" } as const;
    const one = attach(context, {
      ...base,
      transitGatewayId: gateway.id,
      resourceId: peer.id,
      resourceOwner: account,
      tags: specifiedTags(input.TagSpecifications, "transit-gateway-attachment"),
    });
    const mine = account === context.account && region === context.region;
    if (!mine) {
      const resourceOwner = context.account;
      attach(there, { ...base, transitGatewayId: peer.id, resourceId: gateway.id, resourceOwner });
    }
    return { TransitGatewayPeeringAttachment: { ...peeringView(one), State: "initiatingRequest" } };
  },

  DescribeTransitGatewayPeeringAttachments(input, context) {
    forget(context, transitAttachments);
    const from = all(context, transitAttachments).filter((one) => one.type === "peering");
    const ids = input.TransitGatewayAttachmentIds;
    const { items, next } = describe(context, transitAttachments, input, ids, { from });
    return { TransitGatewayPeeringAttachments: items.map(peeringView), NextToken: next };
  },

  AcceptTransitGatewayPeeringAttachment(input, context) {
    const one = pendingPeering(context, input.TransitGatewayAttachmentId, "accept");
    settle(context, one, (draft) => {
      draft.status = "available";
    });
    const next = find(context, transitAttachments, one.id);
    return { TransitGatewayPeeringAttachment: { ...peeringView(next), State: "pending" } };
  },

  RejectTransitGatewayPeeringAttachment(input, context) {
    const one = pendingPeering(context, input.TransitGatewayAttachmentId, "reject");
    settle(context, one, (draft) => {
      draft.status = "rejected";
    });
    return { TransitGatewayPeeringAttachment: peeringView(find(context, transitAttachments, one.id)) };
  },

  DeleteTransitGatewayPeeringAttachment(input, context) {
    const one = live(
      context,
      transitAttachments,
      need(input.TransitGatewayAttachmentId, "TransitGatewayAttachmentId"),
    );
    for (const end of [one.peering?.requester, one.peering?.accepter]) {
      const there = end && context.in(end.account, end.region);
      if (there && tableOf(there, transitAttachments).has(one.id)) undo(there, one.id);
    }
    const next = find(context, transitAttachments, one.id);
    return { TransitGatewayPeeringAttachment: { ...peeringView(next), State: "deleting" } };
  },
};
