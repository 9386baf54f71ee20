/**
 * Transit gateways. Cross-account sharing is not simulated: a gateway serves the VPCs of its own account and region,
 * and its peers.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
import type { TransitGateway } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, need, notACidr } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, arnOf, change, describe, tagList } from "../kind.ts";
import { transitAttachments, transitGateways, transitRouteTables } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { Switch, TransitGatewayRecord } from "../records.ts";
import { allLive, forget, live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";

const ASN = 64_512;

const view = (one: Readonly<TransitGatewayRecord>, context: ReadContext): TransitGateway => ({
  TransitGatewayId: one.id,
  TransitGatewayArn: arnOf(context, "transit-gateway", one.id),
  State: one.deleted === undefined ? "available" : "deleted",
  OwnerId: context.account,
  Description: one.description,
  CreationTime: new Date(one.created),
  Options: {
    AmazonSideAsn: one.asn,
    ...(one.cidrs.length && { TransitGatewayCidrBlocks: [...one.cidrs] }),
    AutoAcceptSharedAttachments: one.autoAccept,
    DefaultRouteTableAssociation: one.association,
    ...(one.associationTableId && { AssociationDefaultRouteTableId: one.associationTableId }),
    DefaultRouteTablePropagation: one.propagation,
    ...(one.propagationTableId && { PropagationDefaultRouteTableId: one.propagationTableId }),
    VpnEcmpSupport: one.ecmp,
    DnsSupport: one.dns,
    SecurityGroupReferencingSupport: one.groupReferencing,
    MulticastSupport: one.multicast,
  },
  Tags: tagList(one.tags),
});

function switched(value: string | undefined, parameter: string, otherwise: Switch): Switch {
  if (value === undefined) return otherwise;
  if (value === "enable" || value === "disable") return value;
  throw badParameter(parameter, value);
}

function asnOf(value: number | bigint | undefined): number {
  const asn = value === undefined ? ASN : Number(value);
  const ok = (asn >= 64_512 && asn <= 65_534) || (asn >= 4_200_000_000 && asn <= 4_294_967_294);
  if (!ok) throw badParameter("AmazonSideAsn", asn);
  return asn;
}

const blocks = (list: readonly string[] | undefined): string[] =>
  (list ?? []).map((text) => {
    const cidr = parseCidr(text);
    if (!cidr || cidr.prefix > (cidr.family === 4 ? 24 : 64))
      throw notACidr("TransitGatewayCidrBlocks", text);
    return printCidr(cidr);
  });

const newTable = (context: CallContext, transitGatewayId: string): string =>
  add(context, transitRouteTables, {
    id: newId("tgw-rtb"),
    tags: {},
    transitGatewayId,
    routes: [],
    propagations: [],
    created: context.now,
  }).id;

export const transitGatewayOperations: Operations = {
  CreateTransitGateway(input, context) {
    const { Options = {} } = input;
    const id = newId("tgw");
    const association = switched(
      Options.DefaultRouteTableAssociation,
      "DefaultRouteTableAssociation",
      "enable",
    );
    const propagation = switched(
      Options.DefaultRouteTablePropagation,
      "DefaultRouteTablePropagation",
      "enable",
    );
    const record: TransitGatewayRecord = {
      id,
      tags: specifiedTags(input.TagSpecifications, "transit-gateway"),
      description: input.Description ?? "",
      asn: asnOf(Options.AmazonSideAsn),
      cidrs: blocks(Options.TransitGatewayCidrBlocks),
      autoAccept: switched(Options.AutoAcceptSharedAttachments, "AutoAcceptSharedAttachments", "disable"),
      association,
      propagation,
      ecmp: switched(Options.VpnEcmpSupport, "VpnEcmpSupport", "enable"),
      dns: switched(Options.DnsSupport, "DnsSupport", "enable"),
      groupReferencing: switched(
        Options.SecurityGroupReferencingSupport,
        "SecurityGroupReferencingSupport",
        "disable",
      ),
      multicast: switched(Options.MulticastSupport, "MulticastSupport", "disable"),
      created: context.now,
    };
    // both default tables are one
    if (association === "enable" || propagation === "enable") {
      const tableId = newTable(context, id);
      if (association === "enable") record.associationTableId = tableId;
      if (propagation === "enable") record.propagationTableId = tableId;
    }
    return { TransitGateway: { ...view(add(context, transitGateways, record), context), State: "pending" } };
  },

  DescribeTransitGateways(input, context) {
    forget(context, transitGateways);
    const { items, next } = describe(context, transitGateways, input, input.TransitGatewayIds, {
      idsName: "TransitGatewayIds",
    });
    return { TransitGateways: items.map((one) => view(one, context)), NextToken: next };
  },

  ModifyTransitGateway(input, context) {
    const one = live(context, transitGateways, need(input.TransitGatewayId, "TransitGatewayId"));
    const { Options = {} } = input;
    for (const id of [Options.AssociationDefaultRouteTableId, Options.PropagationDefaultRouteTableId]) {
      if (id) live(context, transitRouteTables, id);
    }
    const added = blocks(Options.AddTransitGatewayCidrBlocks);
    const next = change(context, transitGateways, one.id, (draft) => {
      if (input.Description !== undefined) draft.description = input.Description;
      if (Options.AmazonSideAsn !== undefined) draft.asn = asnOf(Options.AmazonSideAsn);
      draft.autoAccept = switched(
        Options.AutoAcceptSharedAttachments,
        "AutoAcceptSharedAttachments",
        one.autoAccept,
      );
      draft.ecmp = switched(Options.VpnEcmpSupport, "VpnEcmpSupport", one.ecmp);
      draft.dns = switched(Options.DnsSupport, "DnsSupport", one.dns);
      draft.groupReferencing = switched(
        Options.SecurityGroupReferencingSupport,
        "SecurityGroupReferencingSupport",
        one.groupReferencing,
      );
      draft.association = switched(
        Options.DefaultRouteTableAssociation,
        "DefaultRouteTableAssociation",
        one.association,
      );
      draft.propagation = switched(
        Options.DefaultRouteTablePropagation,
        "DefaultRouteTablePropagation",
        one.propagation,
      );
      if (draft.association === "disable") delete draft.associationTableId;
      else draft.associationTableId = Options.AssociationDefaultRouteTableId ?? one.associationTableId ?? "";
      if (draft.propagation === "disable") delete draft.propagationTableId;
      else draft.propagationTableId = Options.PropagationDefaultRouteTableId ?? one.propagationTableId ?? "";
      if (!draft.associationTableId) delete draft.associationTableId;
      if (!draft.propagationTableId) delete draft.propagationTableId;
      const kept = draft.cidrs.filter((cidr) => !Options.RemoveTransitGatewayCidrBlocks?.includes(cidr));
      draft.cidrs = [...new Set([...kept, ...added])];
    });
    return { TransitGateway: { ...view(next, context), State: "modifying" } };
  },

  DeleteTransitGateway(input, context) {
    const one = live(context, transitGateways, need(input.TransitGatewayId, "TransitGatewayId"));
    const attached = allLive(context, transitAttachments).filter(
      (attachment) => attachment.transitGatewayId === one.id && attachment.status !== "rejected",
    );
    if (attached.length) {
      const kind = { vpc: "VPC", vpn: "VPN", peering: "Peering" }[attached[0]!.type];
      throw new AwsError(
        "IncorrectState",
        `${one.id} has non-deleted ${kind} Attachments: ${attached.map(({ id }) => id).join(", ")}.`,
      );
    }
    for (const table of allLive(context, transitRouteTables)) {
      if (table.transitGatewayId !== one.id) continue;
      change(context, transitRouteTables, table.id, (draft) => {
        draft.deleted = context.now;
      });
    }
    const next = change(context, transitGateways, one.id, (draft) => {
      draft.deleted = context.now;
    });
    return { TransitGateway: { ...view(next, context), State: "deleting" } };
  },
};
