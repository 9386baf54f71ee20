/**
 * Where routes lead a packet, from an interface to an address: through route tables, peerings, transit gateways, NAT
 * gateways and firewalls, into other VPCs, accounts and regions. Only routes: groups, ACLs and firewalls are asked by
 * resolve.ts, along the steps that are found here.
 */
import type { ReadContext } from "../context.ts";
import { all, tableOf } from "../services/ec2/kind.ts";
import {
  addresses,
  natGateways,
  natState,
  networkInterfaces,
  peerings,
  subnets,
  transitAttachments,
  vpcEndpoints,
} from "../services/ec2/kinds.ts";
import type {
  AddressRecord,
  NatGatewayRecord,
  NetworkInterfaceRecord,
  RouteTarget,
  TransitGatewayAttachmentRecord,
  VpcEndpointRecord,
} from "../services/ec2/records.ts";
import { attachmentOf } from "../services/ec2/transit.ts";
import { blocksInternet } from "./block-public-access.ts";
import { isPrivate } from "./cidr.ts";
import type { NoPath, Obstacle } from "./no-path.ts";
import { nextHop, tableOfSubnet } from "./routing.ts";
import { transitHop } from "./transit.ts";

/** A packet about to be routed by the table of a subnet. */
export interface Place {
  /** Of the account and region that own the VPC. */
  context: ReadContext;
  vpcId: string;
  subnetId: string;
  /** Source address it has here. */
  ip: string;
  /** Interface that has the source address. */
  networkInterface: Readonly<NetworkInterfaceRecord>;
}

export type Step =
  | { kind: "nat"; from: Place; gateway: Readonly<NatGatewayRecord>; door: Readonly<NetworkInterfaceRecord> }
  | { kind: "firewall"; from: Place; endpoint: Readonly<VpcEndpointRecord> }
  | { kind: "peering"; from: Place; id: string; to: ReadContext }
  /** From the subnet of one attachment to that of another. */
  | { kind: "transit"; from: Place; id: string; subnetOut: string; to: ReadContext; subnetIn: string };

export type End =
  | { kind: "interface"; context: ReadContext; networkInterface: Readonly<NetworkInterfaceRecord> }
  | { kind: "gateway-endpoint"; endpoint: Readonly<VpcEndpointRecord> }
  | { kind: "internet"; address: Readonly<AddressRecord> }
  | { kind: "lost"; none: NoPath };

export interface Walk {
  steps: Step[];
  end: End;
  /** Where it was when it ended. */
  at: Place;
  /** Target of the first route. */
  first?: RouteTarget;
}

const MAX_HOPS = 16;

export const placeOf = (context: ReadContext, one: Readonly<NetworkInterfaceRecord>): Place => ({
  context,
  vpcId: one.vpcId,
  subnetId: one.subnetId,
  ip: one.privateIps[0] ?? "",
  networkInterface: one,
});

/** @param name what the destination is called in explanations, e.g. a host name */
export function walkRoutes(start: Place, destination: string, name = destination): Walk {
  const steps: Step[] = [];
  let at = start;
  let first: RouteTarget | undefined;
  const done = (end: End): Walk => ({ steps, end, at, ...(first && { first }) });
  const lost = (reason: Obstacle, detail: string) => done({ kind: "lost", none: { reason, detail } });

  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const { context } = at;
    const table = tableOfSubnet(context, at.vpcId, at.subnetId);
    const next = table && nextHop(context, table, destination);
    if (hop === 0 && next && next !== "blackhole") first = next;
    if (!next || next === "blackhole") {
      const how = next ? "a route that leads nowhere any more (blackhole)" : "no route";
      const where = name === destination ? name : `${name} (${destination})`;
      return lost("route", `the route table ${table?.id} of ${at.subnetId} has ${how} for ${where}`);
    }
    switch (next.kind) {
      case "local": {
        const found = interfaceAt(context, at.vpcId, destination);
        if (!found) return lost("route", `nothing has the address ${destination} in ${at.vpcId}`);
        return done({ kind: "interface", context, networkInterface: found });
      }
      case "vpc-endpoint": {
        const endpoint = tableOf(context, vpcEndpoints).get(next.id);
        if (endpoint?.type === "Gateway") {
          if (at.vpcId === start.vpcId) return done({ kind: "gateway-endpoint", endpoint });
          return lost("route", `the gateway endpoint ${endpoint.id} serves only ${at.vpcId} itself`);
        }
        if (!endpoint) return lost("route", `nothing answers behind the endpoint ${next.id}`);
        steps.push({ kind: "firewall", from: at, endpoint });
        at = { ...at, subnetId: endpoint.subnetIds[0] ?? at.subnetId };
        break;
      }
      case "natgateway": {
        const gateway = tableOf(context, natGateways).get(next.id);
        const own = gateway?.addresses.find((one) => one.isPrimary);
        const door = own && tableOf(context, networkInterfaces).get(own.networkInterfaceId);
        if (!gateway || !own || !door || natState(gateway, context.now) !== "available") {
          return lost("route", `the NAT gateway ${next.id} is not available`);
        }
        steps.push({ kind: "nat", from: at, gateway, door });
        at = { ...at, subnetId: gateway.subnetId, ip: own.privateIp, networkInterface: door };
        break;
      }
      case "internet-gateway": {
        const address = all(context, addresses).find(
          (one) => one.networkInterfaceId === at.networkInterface.id && one.privateIp === at.ip,
        );
        if (steps.some((one) => one.kind === "nat" && one.gateway.connectivity === "private")) {
          return lost("route", "a private NAT gateway leads to no public address");
        }
        if (!address) {
          return lost(
            "public-address",
            `${at.networkInterface.id} has no public address: an internet gateway carries nothing for it`,
          );
        }
        if (isPrivate(destination)) {
          return lost(
            "route",
            `${destination} is a private address: an internet gateway carries nothing to it`,
          );
        }
        const behindNat = at.networkInterface.interfaceType === "nat_gateway";
        const blocked = blocksInternet(context, at.vpcId, at.subnetId, behindNat);
        if (blocked) return lost("route", blocked);
        return done({ kind: "internet", address });
      }
      case "vpc-peering-connection": {
        const peering = tableOf(context, peerings).get(next.id);
        const mine = (side: { vpcId: string }) => side.vpcId === at.vpcId;
        const side = peering && (mine(peering.requester) ? peering.accepter : peering.requester);
        if (!side) return lost("route", `the peering connection ${next.id} does not exist`);
        const to = context.in(side.account, side.region);
        steps.push({ kind: "peering", from: at, id: next.id, to });
        // peering is not transitive: what is not in the other VPC is not reached by it
        const found = interfaceAt(to, side.vpcId, destination);
        if (!found) {
          return lost("route", `nothing has the address ${destination} in ${side.vpcId} behind ${next.id}`);
        }
        return done({ kind: "interface", context: to, networkInterface: found });
      }
      case "transit-gateway": {
        const across = throughTransit(at, next.id, destination);
        if ("none" in across) return done({ kind: "lost", none: across.none });
        steps.push({ kind: "transit", from: at, id: next.id, ...across });
        const { to, subnetIn, vpcId } = across;
        at = { ...at, context: to, vpcId, subnetId: subnetIn };
        break;
      }
      default:
        return lost(
          "route",
          `the route of ${at.subnetId} for ${destination} leads to ${next.id}, which carries nothing to it`,
        );
    }
  }
  return lost("route", `the routes for ${destination} go round in a circle`);
}

export const interfaceAt = (
  context: ReadContext,
  vpcId: string,
  ip: string,
): Readonly<NetworkInterfaceRecord> | undefined =>
  all(context, networkInterfaces).find((one) => one.vpcId === vpcId && one.privateIps.includes(ip));

/** The subnet of an attachment in a zone, or its first. */
function subnetIn(
  context: ReadContext,
  one: Readonly<TransitGatewayAttachmentRecord>,
  zone: string | undefined,
): string | undefined {
  const inZone = one.subnetIds.find((id) => tableOf(context, subnets).get(id)?.zone === zone);
  return inZone ?? one.subnetIds[0];
}

type Across = { subnetOut: string; to: ReadContext; subnetIn: string; vpcId: string };

/** From one attachment of a transit gateway to another, also over its peers. */
function throughTransit(at: Place, gatewayId: string, destination: string): Across | { none: NoPath } {
  const lost = (detail: string) => ({ none: { reason: "route" as const, detail } });
  const zone = tableOf(at.context, subnets).get(at.subnetId)?.zone;
  let context = at.context;
  let from = attachmentOf(context, gatewayId, at.vpcId);
  if (!from) return lost(`${at.vpcId} is not attached to ${gatewayId}`);
  const subnetOut = subnetIn(context, from, zone);
  if (!subnetOut || tableOf(context, subnets).get(subnetOut)?.zone !== zone) {
    return lost(
      `the attachment ${from.id} has no subnet in ${zone}: from there ${gatewayId} is out of reach`,
    );
  }
  for (let hop = 0; hop < MAX_HOPS; hop++) {
    const route = transitHop(context, from, destination);
    if (!route) return lost(`the transit gateway has no route to ${destination} for ${from.id}`);
    const to = route.attachment;
    if (!to) return lost(`the transit gateway's route to ${destination} is a black hole`);
    if (to.type === "vpn")
      return lost(`the transit gateway sends ${destination} into the VPN ${to.resourceId}`);
    if (to.type === "vpc") {
      const subnet = subnetIn(context, to, zone);
      if (!subnet) return lost(`the attachment ${to.id} has no subnet`);
      return { subnetOut, to: context, subnetIn: subnet, vpcId: to.resourceId };
    }
    const { requester, accepter } = to.peering!;
    const other = requester.transitGatewayId === to.transitGatewayId ? accepter : requester;
    context = context.in(other.account, other.region);
    const there = tableOf(context, transitAttachments).get(to.id);
    if (!there) return lost(`the peering ${to.id} has no other side`);
    from = there;
  }
  return lost(`the transit gateways send ${destination} round in a circle`);
}
