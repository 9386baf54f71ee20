/**
 * Where a transit gateway sends an address: the routes of the table that the packet's attachment is associated with,
 * set or learned. The most specific wins; of equal ones the set one before the learned one.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
 */
import type { ReadContext } from "../context.ts";
import { tableOf } from "../services/ec2/kind.ts";
import { transitAttachments, transitRouteTables, vpcs, vpnConnections } from "../services/ec2/kinds.ts";
import type {
  TransitGatewayAttachmentRecord,
  TransitGatewayRouteTableRecord,
} from "../services/ec2/records.ts";
import { cidrHas, parseCidr } from "./cidr.ts";
import { prefixesOf } from "./packet-filter.ts";

export interface LearnedRoute {
  cidr?: string;
  /** The list the block is of, when it is referenced. */
  prefixListId?: string;
  /** Absent for a black hole. */
  attachment?: Readonly<TransitGatewayAttachmentRecord>;
  type: "static" | "propagated";
}

const usable = (context: ReadContext, id: string | undefined) => {
  const one = id ? tableOf(context, transitAttachments).get(id) : undefined;
  return one && one.deleted === undefined && one.status === "available" ? one : undefined;
};

/** Blocks that a table learns from an attachment. */
function learned(context: ReadContext, one: Readonly<TransitGatewayAttachmentRecord>): string[] {
  if (one.type === "vpc") {
    const vpc = tableOf(context, vpcs).get(one.resourceId);
    return vpc ? vpc.cidrs.map(({ cidr }) => cidr) : [];
  }
  return one.type === "vpn" ? [...(tableOf(context, vpnConnections).get(one.resourceId)?.routes ?? [])] : [];
}

/** Every route of a table, set ones first. */
export function transitRoutes(
  context: ReadContext,
  table: Readonly<TransitGatewayRouteTableRecord>,
): LearnedRoute[] {
  const routes: LearnedRoute[] = [];
  for (const route of table.routes) {
    const attachment = usable(context, route.attachmentId);
    const to = attachment ? { attachment } : {};
    if (route.cidr) routes.push({ cidr: route.cidr, type: "static", ...to });
    for (const cidr of route.prefixListId ? prefixesOf(context, route.prefixListId) : []) {
      routes.push({ cidr, prefixListId: route.prefixListId!, type: "static", ...to });
    }
  }
  for (const id of table.propagations) {
    const attachment = usable(context, id);
    if (!attachment) continue;
    for (const cidr of learned(context, attachment)) {
      // a route that is set hides a learned one to the same block
      if (!routes.some((one) => one.cidr === cidr && one.type === "static")) {
        routes.push({ cidr, attachment, type: "propagated" });
      }
    }
  }
  return routes;
}

/** @param from attachment the packet came in by. `undefined`: no table or no route */
export function transitHop(
  context: ReadContext,
  from: Readonly<TransitGatewayAttachmentRecord>,
  ip: string,
): LearnedRoute | undefined {
  const table = from.tableId ? tableOf(context, transitRouteTables).get(from.tableId) : undefined;
  if (!table || table.deleted !== undefined) return undefined;
  let best: { prefix: number; route: LearnedRoute } | undefined;
  for (const route of transitRoutes(context, table)) {
    if (!cidrHas(route.cidr, ip)) continue;
    const { prefix } = parseCidr(route.cidr)!;
    if (!best || prefix > best.prefix) best = { prefix, route };
  }
  return best?.route;
}
