/**
 * VPC peering, also across accounts and regions: one record on each side.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html
 */
import type { VpcPeeringConnection } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { overlaps, parseCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { combination, missing, need } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, describe, find, tableOf, tagList } from "../kind.ts";
import { peeringMessage, peerings, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { PeeringRecord, VpcRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const WEEK = 7 * 24 * 3_600_000;

/** @param known the accepter's blocks and options are shown only once it has accepted */
const side = (
  context: ReadContext,
  one: PeeringRecord["requester"],
  dns: boolean | undefined,
  known = true,
) => {
  const vpc = tableOf(context.in(one.account, one.region), vpcs).get(one.vpcId);
  return {
    OwnerId: one.account,
    Region: one.region,
    VpcId: one.vpcId,
    ...(vpc &&
      known && { CidrBlock: vpc.cidr, CidrBlockSet: vpc.cidrs.map(({ cidr }) => ({ CidrBlock: cidr })) }),
    ...(known && {
      PeeringOptions: {
        AllowDnsResolutionFromRemoteVpc: dns ?? false,
        AllowEgressFromLocalClassicLinkToRemoteVpc: false,
        AllowEgressFromLocalVpcToRemoteClassicLink: false,
      },
    }),
  };
};

const view = (one: Readonly<PeeringRecord>, context: ReadContext): VpcPeeringConnection => ({
  VpcPeeringConnectionId: one.id,
  RequesterVpcInfo: side(context, one.requester, one.dns?.requester),
  AccepterVpcInfo: side(context, one.accepter, one.dns?.accepter, one.status === "active"),
  Status: { Code: one.status, Message: peeringMessage(one) },
  ...(one.status === "pending-acceptance" && { ExpirationTime: new Date(one.expires) }),
  Tags: tagList(one.tags),
});

/** Changes the record of both sides. */
function settle(
  context: CallContext,
  one: Readonly<PeeringRecord>,
  changes: Pick<PeeringRecord, "status" | "deleter"> | Pick<PeeringRecord, "dns">,
): Readonly<PeeringRecord> {
  for (const { account, region } of [one.requester, one.accepter]) {
    tableOf(context.in(account, region), peerings).update(
      one.id,
      (draft) => void Object.assign(draft, changes),
    );
  }
  return { ...one, ...changes };
}

/** Whether a block of one VPC overlaps with one of the other. */
const overlap = (a: Readonly<VpcRecord>, b: Readonly<VpcRecord>) =>
  a.cidrs.some((one) => b.cidrs.some((other) => overlaps(parseCidr(one.cidr)!, parseCidr(other.cidr)!)));

/** Whose options a caller may change: those of its own side. */
function checkSide(context: CallContext, one: Readonly<PeeringRecord>, role: "requester" | "accepter"): void {
  const { account, region } = one[role];
  if (account !== context.account) {
    throw new AwsError(
      "OperationNotPermitted",
      `User ${context.account} cannot modify ${role} peering options.`,
    );
  }
  if (region !== context.region) {
    throw new AwsError(
      "OperationNotPermitted",
      `Incorrect region (${context.region}) specified for this request. The ${role} options of VPC peering connection ${one.id} must be modified in region ${region}`,
    );
  }
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
      // a peer that cannot be had is no error: the connection fails
      status: there && !overlap(vpc, there) ? "pending-acceptance" : "failed",
      expires: context.now + WEEK,
    };
    add(context, peerings, one);
    if (!mine && one.status !== "failed") add(context.in(account, region), peerings, { ...one, tags: {} });
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
    return { VpcPeeringConnection: view(settle(context, one, { status: "active" }), context) };
  },

  RejectVpcPeeringConnection(input, context) {
    const one = pending(context, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    settle(context, one, { status: "rejected" });
    return { Return: true };
  },

  DeleteVpcPeeringConnection(input, context) {
    const one = find(context, peerings, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    if (one.status !== "active" && one.status !== "pending-acceptance") {
      throw new AwsError(
        "InvalidStateTransition",
        `Invalid state transition for ${one.id}, attempted to transition from ${one.status} to deleting`,
      );
    }
    settle(context, one, { status: "deleted", deleter: context.account });
    return { Return: true };
  },

  ModifyVpcPeeringConnectionOptions(input, context) {
    const one = find(context, peerings, need(input.VpcPeeringConnectionId, "vpcPeeringConnectionId"));
    const asked = {
      requester: input.RequesterPeeringConnectionOptions,
      accepter: input.AccepterPeeringConnectionOptions,
    };
    if (!asked.requester && !asked.accepter) throw missing("accepterPeeringConnectionOptions");
    if (one.status !== "active") {
      throw new AwsError(
        "OperationNotPermitted",
        `Peering ${one.id} is not active. Peering options can be added only to active peerings.`,
      );
    }
    const dns = { ...one.dns };
    for (const role of ["requester", "accepter"] as const) {
      const options = asked[role];
      if (!options) continue;
      checkSide(context, one, role);
      if (
        options.AllowEgressFromLocalClassicLinkToRemoteVpc ||
        options.AllowEgressFromLocalVpcToRemoteClassicLink
      ) {
        throw combination("EC2-Classic is retired: no peering has ClassicLink options.");
      }
      if (options.AllowDnsResolutionFromRemoteVpc !== undefined) {
        dns[role] = options.AllowDnsResolutionFromRemoteVpc;
      }
    }
    settle(context, one, { dns });
    const shown = (role: "requester" | "accepter") =>
      asked[role] && {
        AllowDnsResolutionFromRemoteVpc: dns[role] ?? false,
        AllowEgressFromLocalClassicLinkToRemoteVpc: false,
        AllowEgressFromLocalVpcToRemoteClassicLink: false,
      };
    return {
      RequesterPeeringConnectionOptions: shown("requester"),
      AccepterPeeringConnectionOptions: shown("accepter"),
    };
  },
};
