/** Kinds: transit gateways, their attachments and route tables. */
import { type Kind, tableOf } from "../kind.ts";
import type * as R from "../records.ts";

const gone = (what: string) => (id: string) => `${what} ${id} was deleted or does not exist.`;

export const transitGateways: Kind<R.TransitGatewayRecord> = {
  type: "transit-gateway",
  prefix: "tgw",
  notFoundCode: "InvalidTransitGatewayID.NotFound",
  notFound: gone("Transit Gateway"),
  filters: {
    "options.propagation-default-route-table-id": (one) => one.propagationTableId,
    "options.amazon-side-asn": (one) => one.asn,
    "options.association-default-route-table-id": (one) => one.associationTableId,
    "options.auto-accept-shared-attachments": (one) => one.autoAccept,
    "options.default-route-table-association": (one) => one.association,
    "options.default-route-table-propagation": (one) => one.propagation,
    "options.dns-support": (one) => one.dns,
    "options.vpn-ecmp-support": (one) => one.ecmp,
    "owner-id": (_, context) => context.account,
    state: (one) => (one.deleted === undefined ? "available" : "deleted"),
    "transit-gateway-id": (one) => one.id,
  },
  conditions: (one) => ({ "ec2:transitGatewayId": one.id }),
};

export const attachmentState = (one: Readonly<R.TransitGatewayAttachmentRecord>) =>
  one.deleted === undefined ? one.status : ("deleted" as const);

export const transitAttachments: Kind<R.TransitGatewayAttachmentRecord> = {
  type: "transit-gateway-attachment",
  prefix: "tgw-attach",
  notFoundCode: "InvalidTransitGatewayAttachmentID.NotFound",
  notFound: gone("Transit Gateway Attachment"),
  filters: {
    "association.state": (one) => (one.tableId ? "associated" : undefined),
    "association.transit-gateway-route-table-id": (one) => one.tableId,
    "local-owner-id": (_, context) => context.account,
    "remote-owner-id": (one) => one.peering?.accepter.account,
    "resource-id": (one) => one.resourceId,
    "resource-owner-id": (one) => one.resourceOwner,
    "resource-type": (one) => one.type,
    state: attachmentState,
    "transit-gateway-attachment-id": (one) => one.id,
    "transit-gateway-id": (one) => one.transitGatewayId,
    "transit-gateway-owner-id": (_, context) => context.account,
    "vpc-id": (one) => (one.type === "vpc" ? one.resourceId : undefined),
  },
  conditions: (one) => ({ "ec2:transitGatewayAttachmentId": one.id }),
};

export const transitRouteTables: Kind<R.TransitGatewayRouteTableRecord> = {
  type: "transit-gateway-route-table",
  prefix: "tgw-rtb",
  notFoundCode: "InvalidRouteTableID.NotFound",
  notFound: gone("Transit Gateway Route Table"),
  filters: {
    "default-association-route-table": (one, context) =>
      tableOf(context, transitGateways).get(one.transitGatewayId)?.associationTableId === one.id,
    "default-propagation-route-table": (one, context) =>
      tableOf(context, transitGateways).get(one.transitGatewayId)?.propagationTableId === one.id,
    state: (one) => (one.deleted === undefined ? "available" : "deleted"),
    "transit-gateway-id": (one) => one.transitGatewayId,
    "transit-gateway-route-table-id": (one) => one.id,
  },
  conditions: (one) => ({ "ec2:transitGatewayRouteTableId": one.id }),
};
