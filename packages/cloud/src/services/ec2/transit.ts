/** Attachments of transit gateways: made and undone, with their associations and propagations. */
import type { CallContext, ReadContext } from "../../context.ts";
import { newId } from "./identifiers.ts";
import { createInterface, removeInterface } from "./interfaces.ts";
import { add, all, change, tableOf } from "./kind.ts";
import { transitAttachments, transitGateways, transitRouteTables } from "./kinds.ts";
import type { Switch, Tags, TransitGatewayAttachmentRecord } from "./records.ts";
import { allLive } from "./shown.ts";

export interface NewAttachment {
  id?: string;
  transitGatewayId: string;
  type: TransitGatewayAttachmentRecord["type"];
  resourceId: string;
  resourceOwner?: string;
  subnetIds?: readonly string[];
  options?: Partial<Pick<TransitGatewayAttachmentRecord, "dns" | "ipv6" | "appliance" | "groupReferencing">>;
  peering?: TransitGatewayAttachmentRecord["peering"];
  status?: TransitGatewayAttachmentRecord["status"];
  tags?: Tags;
}

const OFF: Switch = "disable";

/** Interface of the gateway in a subnet. */
export const gatewayInterface = (context: CallContext, attachmentId: string, subnetId: string): string =>
  createInterface(context, {
    subnetId,
    groupIds: [],
    description: `Network Interface for Transit Gateway Attachment ${attachmentId}`,
    interfaceType: "transit_gateway",
    requester: { id: "654654654654", owner: "amazon-aws" },
  }).id;

/** Makes an attachment; one to a VPC or VPN joins the gateway's default route tables. */
export function attach(
  context: CallContext,
  options: NewAttachment,
): Readonly<TransitGatewayAttachmentRecord> {
  const gateway = tableOf(context, transitGateways).get(options.transitGatewayId)!;
  const id = options.id ?? newId("tgw-attach");
  const subnetIds = [...(options.subnetIds ?? [])];
  const joins = options.type !== "peering";
  const tableId = joins && gateway.association === "enable" ? gateway.associationTableId : undefined;
  const one = add(context, transitAttachments, {
    id,
    tags: options.tags ?? {},
    transitGatewayId: gateway.id,
    type: options.type,
    resourceId: options.resourceId,
    resourceOwner: options.resourceOwner ?? context.account,
    subnetIds,
    networkInterfaceIds: subnetIds.map((subnetId) => gatewayInterface(context, id, subnetId)),
    dns: "enable",
    ipv6: OFF,
    appliance: OFF,
    groupReferencing: "enable",
    ...options.options,
    ...(tableId && { tableId }),
    ...(options.peering && { peering: options.peering }),
    status: options.status ?? "available",
    created: context.now,
  });
  if (joins && gateway.propagation === "enable" && gateway.propagationTableId) {
    change(
      context,
      transitRouteTables,
      gateway.propagationTableId,
      (draft) => void draft.propagations.push(id),
    );
  }
  return one;
}

/** Undoes an attachment: its interfaces, associations and propagations; static routes to it become black holes. */
export function undo(context: CallContext, id: string): Readonly<TransitGatewayAttachmentRecord> {
  const one = change(context, transitAttachments, id, (draft) => {
    draft.deleted = context.now;
    delete draft.tableId;
  });
  for (const networkInterfaceId of one.networkInterfaceIds) removeInterface(context, networkInterfaceId);
  for (const table of all(context, transitRouteTables)) {
    if (!table.propagations.includes(id)) continue;
    change(context, transitRouteTables, table.id, (draft) => {
      draft.propagations = draft.propagations.filter((other) => other !== id);
    });
  }
  return one;
}

/** Undoes the attachment of a resource, where it has one. */
export function detach(context: CallContext, resourceId: string): void {
  const one = allLive(context, transitAttachments).find((attachment) => attachment.resourceId === resourceId);
  if (one) undo(context, one.id);
}

/** The attachment of a VPC to a gateway. */
export const attachmentOf = (
  context: ReadContext,
  transitGatewayId: string,
  vpcId: string,
): Readonly<TransitGatewayAttachmentRecord> | undefined =>
  allLive(context, transitAttachments).find(
    (one) =>
      one.transitGatewayId === transitGatewayId &&
      one.type === "vpc" &&
      one.resourceId === vpcId &&
      one.status === "available",
  );
