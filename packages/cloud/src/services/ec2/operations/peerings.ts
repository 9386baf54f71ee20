/**
 * VPC peering, also across accounts and regions: one record on each side.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
import type { VpcPeeringConnection } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, describe, find, tableOf, tagList } from "../kind.ts";
import { peerings, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { PeeringRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const WEEK = 7 * 24 * 3_600_000;

const MESSAGES = {
  "pending-acceptance": (one: Readonly<PeeringRecord>) => `Pending Acceptance by ${one.accepter.account}`,
  active: () => "Active",
  rejected: (one: Readonly<PeeringRecord>) => `Rejected by ${one.accepter.account}`,
  deleted: () => "Deleted",
} as const;

/** @param known the accepter's blocks and options are shown only once it has accepted */
const side = (context: ReadContext, one: PeeringRecord["requester"], known = true) => {
  const vpc = tableOf(context.in(one.account, one.region), vpcs).get(one.vpcId);
  return {
    OwnerId: one.account,
    Region: one.region,
    VpcId: one.vpcId,
    ...(vpc &&
      known && { CidrBlock: vpc.cidr, CidrBlockSet: vpc.cidrs.map(({ cidr }) => ({ CidrBlock: cidr })) }),
    ...(known && {
      PeeringOptions: {
        AllowDnsResolutionFromRemoteVpc: false,
        AllowEgressFromLocalClassicLinkToRemoteVpc: false,
        AllowEgressFromLocalVpcToRemoteClassicLink: false,
      },
    }),
  };
};

const view = (one: Readonly<PeeringRecord>, context: ReadContext): VpcPeeringConnection => ({
  VpcPeeringConnectionId: one.id,
  RequesterVpcInfo: side(context, one.requester),
  AccepterVpcInfo: side(context, one.accepter, one.status === "active"),
  Status: { Code: one.status, Message: MESSAGES[one.status](one) },
  ...(one.status === "pending-acceptance" && { ExpirationTime: new Date(one.expires) }),
  Tags: tagList(one.tags),
});

/** Sets the state on both sides. */
function settle(
  context: CallContext,
  one: Readonly<PeeringRecord>,
  status: PeeringRecord["status"],
): Readonly<PeeringRecord> {
  for (const { account, region } of [one.requester, one.accepter]) {
    tableOf(context.in(account, region), peerings).update(one.id, (draft) => {
      draft.status = status;
    });
  }
  return { ...one, status };
}

function pending(context: CallContext, id: string): Readonly<PeeringRecord> {
  const one = find(context, peerings, id);
  if (one.accepter.account !== context.account || one.accepter.region !== context.region) {
    throw new AwsError(
      "OperationNotPermitted",
      one.accepter.account === context.account
        ? `Incorrect region (${context.region}) specified for this request. VPC peering connection ${id} must be accepted in region ${one.accepter.region}`
        : `User (${context.account}) cannot accept peering ${id}`,
    );
  }
  if (one.status !== "pending-acceptance") {
    throw new AwsError(
      "InvalidStateTransition",
      `VpcPeeringConnectionID ${id} is not in the correct state for the request.`,
    );
  }
  return one;
}

export const peeringOperations: Operations = {
  CreateVpcPeeringConnection(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const account = input.PeerOwnerId ?? context.account;
    const region = input.PeerRegion ?? context.region;
    const peerId = need(input.PeerVpcId, "peerVpcId");
    const there = tableOf(context.in(account, region), vpcs).get(peerId);
    const mine = account === context.account && region === context.region;
    if (!there && mine) find(context, vpcs, peerId);
    const one: PeeringRecord = {
      id: newId("pcx"),
      tags: specifiedTags(input.TagSpecifications, "vpc-peering-connection"),
      requester: { account: context.account, region: context.region, vpcId: vpc.id },
      accepter: { account, region, vpcId: peerId },
      status: "pending-acceptance",
      expires: context.now + WEEK,
    };
    add(context, peerings, one);
    if (!mine) add(context.in(account, region), peerings, { ...one, tags: {} });
    return {
      VpcPeeringConnection: {
        ...view(one, context),
        Status: { Code: "initiating-request", Message: `Initiating Request to ${account}` },
      },
    };
  },

  DescribeVpcPeeringConnections(input, context) {
    const ids = input.VpcPeeringConnectionIds;
    const { items, next } = describe(context, peerings, input, ids, { idsName: "vpcPeeringConnectionIds" });
    return { VpcPeeringConnections: items.map((one) => view(one, context)), NextToken: next };
  },

  AcceptVpcPeeringConnection(input, context) {
    const one = pending(context, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    return { VpcPeeringConnection: view(settle(context, one, "active"), context) };
  },

  RejectVpcPeeringConnection(input, context) {
    const one = pending(context, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    settle(context, one, "rejected");
    return { Return: true };
  },

  DeleteVpcPeeringConnection(input, context) {
    const one = find(context, peerings, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    settle(context, one, "deleted");
    return { Return: true };
  },
};
