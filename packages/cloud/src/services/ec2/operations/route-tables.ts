/**
 * Route tables, routes and associations.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
import type { Route, RouteTable } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { contains, parseCidr, printCidr } from "../../../network/cidr.ts";
import { AwsError } from "../../../wire/errors.ts";
import { tokenOf } from "../client-tokens.ts";
import { combination, dependency, invalidValue, missing, need, notACidr, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tableOf, tagList } from "../kind.ts";
import {
  carrierGateways,
  egressOnlyGateways,
  internetGateways,
  natGateways,
  networkInterfaces,
  peerings,
  prefixLists,
  routeTables,
  subnets,
  vpcEndpoints,
  vpcs,
  vpnGateways,
} from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { RouteRecord, RouteTableRecord, RouteTarget } from "../records.ts";
import { isAwsPrefixList } from "../service-names.ts";
import { live } from "../shown.ts";
import { specifiedTags } from "../tagging.ts";
import { attachmentOf } from "../transit.ts";
import { localRoutes } from "./vpcs.ts";

/** Whether what a route points at is (still) there: `active`, else `blackhole`. */
export function isActive(context: ReadContext, vpcId: string, { kind, id }: Readonly<RouteTarget>): boolean {
  switch (kind) {
    case "local":
      return true;
    case "internet-gateway":
      return tableOf(context, internetGateways).get(id)?.vpcId === vpcId;
    case "egress-only-internet-gateway":
      return tableOf(context, egressOnlyGateways).has(id);
    case "natgateway": {
      const gateway = tableOf(context, natGateways).get(id);
      return gateway !== undefined && gateway.deleted === undefined && !gateway.failure;
    }
    case "vpc-endpoint":
      return tableOf(context, vpcEndpoints).has(id);
    case "network-interface":
      return tableOf(context, networkInterfaces).get(id)?.attachment !== undefined;
    case "vpc-peering-connection":
      return tableOf(context, peerings).get(id)?.status === "active";
    case "vpn-gateway":
      return (
        tableOf(context, vpnGateways)
          .get(id)
          ?.attachments.some((one) => one.vpcId === vpcId && one.state === "attached") ?? false
      );
    case "transit-gateway":
      return attachmentOf(context, id, vpcId) !== undefined;
    case "carrier-gateway":
      return tableOf(context, carrierGateways).has(id);
    default:
      return false;
  }
}

const routeView = (
  context: ReadContext,
  table: Readonly<RouteTableRecord>,
  one: Readonly<RouteRecord>,
): Route => {
  const { kind, id } = one.target;
  const byKind: Partial<Record<RouteTarget["kind"], keyof Route>> = {
    natgateway: "NatGatewayId",
    "egress-only-internet-gateway": "EgressOnlyInternetGatewayId",
    "network-interface": "NetworkInterfaceId",
    "vpc-peering-connection": "VpcPeeringConnectionId",
    "transit-gateway": "TransitGatewayId",
    "carrier-gateway": "CarrierGatewayId",
  };
  return {
    ...(one.cidr && { DestinationCidrBlock: one.cidr }),
    ...(one.ipv6 && { DestinationIpv6CidrBlock: one.ipv6 }),
    ...(one.prefixListId && { DestinationPrefixListId: one.prefixListId }),
    [byKind[kind] ?? "GatewayId"]: id,
    Origin: one.origin,
    State: isActive(context, table.vpcId, one.target) ? "active" : "blackhole",
  };
};

export const routeTableView = (table: Readonly<RouteTableRecord>, context: ReadContext): RouteTable => ({
  RouteTableId: table.id,
  VpcId: table.vpcId,
  OwnerId: context.account,
  Routes: table.routes.map((one) => routeView(context, table, one)),
  Associations: table.associations.map((one) => ({
    Main: one.main,
    RouteTableAssociationId: one.id,
    RouteTableId: table.id,
    ...(one.subnetId && { SubnetId: one.subnetId }),
    ...(one.gatewayId && { GatewayId: one.gatewayId }),
    AssociationState: { State: "associated" },
  })),
  PropagatingVgws: (table.propagatingVgws ?? []).map((GatewayId) => ({ GatewayId })),
  Tags: tagList(table.tags),
});

interface RouteInput {
  RouteTableId: string;
  DestinationCidrBlock?: string | undefined;
  DestinationIpv6CidrBlock?: string | undefined;
  DestinationPrefixListId?: string | undefined;
  GatewayId?: string | undefined;
  NatGatewayId?: string | undefined;
  EgressOnlyInternetGatewayId?: string | undefined;
  NetworkInterfaceId?: string | undefined;
  VpcPeeringConnectionId?: string | undefined;
  VpcEndpointId?: string | undefined;
  InstanceId?: string | undefined;
  TransitGatewayId?: string | undefined;
  LocalGatewayId?: string | undefined;
  CarrierGatewayId?: string | undefined;
  CoreNetworkArn?: string | undefined;
  LocalTarget?: boolean | undefined;
}

type Destination = Pick<RouteRecord, "cidr" | "ipv6" | "prefixListId">;

function destinationOf(context: ReadContext, input: RouteInput): Destination {
  const { DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId } = input;
  const given = [DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId].filter(Boolean);
  if (given.length === 0) throw missing("destinationCidrBlock");
  if (given.length > 1) {
    throw combination(
      "The request must contain exactly one of destinationCidrBlock, destinationIpv6CidrBlock, destinationPrefixListId",
    );
  }
  if (DestinationCidrBlock) {
    const cidr = parseCidr(DestinationCidrBlock);
    if (cidr?.family !== 4) throw notACidr("destinationCidrBlock", DestinationCidrBlock);
    return { cidr: printCidr(cidr) };
  }
  if (DestinationIpv6CidrBlock) {
    const cidr = parseCidr(DestinationIpv6CidrBlock);
    if (cidr?.family !== 6) throw notACidr("destinationIpv6CidrBlock", DestinationIpv6CidrBlock);
    return { ipv6: printCidr(cidr) };
  }
  if (!isAwsPrefixList(DestinationPrefixListId!, context.region))
    find(context, prefixLists, DestinationPrefixListId!);
  return { prefixListId: DestinationPrefixListId! };
}

const same = (a: Destination, b: Destination) =>
  a.cidr === b.cidr && a.ipv6 === b.ipv6 && a.prefixListId === b.prefixListId;
const print = (one: Destination) => one.cidr ?? one.ipv6 ?? one.prefixListId ?? "";

const apart = (table: string, what: string, id: string) =>
  invalidValue(`route table ${table} and ${what} ${id} belong to different networks`);

function targetOf(context: CallContext, table: Readonly<RouteTableRecord>, input: RouteInput): RouteTarget {
  const { GatewayId, NatGatewayId, EgressOnlyInternetGatewayId, NetworkInterfaceId } = input;
  const { VpcPeeringConnectionId, VpcEndpointId, InstanceId, LocalTarget } = input;
  if (input.LocalGatewayId) throw unsupported("A local gateway");
  if (input.CoreNetworkArn) throw unsupported("A core network");
  const given = [
    GatewayId,
    NatGatewayId,
    EgressOnlyInternetGatewayId,
    NetworkInterfaceId,
    VpcPeeringConnectionId,
    VpcEndpointId,
    InstanceId,
    LocalTarget,
    input.TransitGatewayId,
    input.CarrierGatewayId,
  ].filter(Boolean);
  if (given.length === 0) {
    throw missing(
      "gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, vpcEndpointId, egressOnlyInternetGatewayId, transitGatewayId or localGatewayId",
    );
  }
  if (given.length > 1) throw combination("The request must contain exactly one route target");
  if (LocalTarget || GatewayId === "local") return { kind: "local", id: "local" };
  if (InstanceId)
    throw new AwsError("InvalidInstanceID.NotFound", `The instance ID '${InstanceId}' does not exist`);
  if (NatGatewayId) {
    const gateway = tableOf(context, natGateways).get(NatGatewayId);
    if (!gateway || gateway.deleted !== undefined) {
      throw new AwsError(
        "InvalidNatGatewayID.NotFound",
        `The natGateway ID '${NatGatewayId}' does not exist`,
      );
    }
    if (gateway.vpcId !== table.vpcId) throw apart(table.id, "NAT gateway", NatGatewayId);
    return { kind: "natgateway", id: NatGatewayId };
  }
  if (EgressOnlyInternetGatewayId) {
    const gateway = find(context, egressOnlyGateways, EgressOnlyInternetGatewayId);
    if (gateway.vpcId !== table.vpcId) throw apart(table.id, "network gateway", gateway.id);
    return { kind: "egress-only-internet-gateway", id: gateway.id };
  }
  if (NetworkInterfaceId) {
    const one = find(context, networkInterfaces, NetworkInterfaceId);
    if (one.vpcId !== table.vpcId) throw apart(table.id, "interface", one.id);
    return { kind: "network-interface", id: one.id };
  }
  if (VpcPeeringConnectionId) {
    const peering = find(context, peerings, VpcPeeringConnectionId);
    if (![peering.requester.vpcId, peering.accepter.vpcId].includes(table.vpcId)) {
      throw apart(table.id, "peering connection", peering.id);
    }
    return { kind: "vpc-peering-connection", id: peering.id };
  }
  if (input.TransitGatewayId) {
    // a gateway that the VPC is not attached to is as good as none
    if (!attachmentOf(context, input.TransitGatewayId, table.vpcId)) {
      throw new AwsError(
        "InvalidTransitGatewayID.NotFound",
        `The transitGateway ID '${input.TransitGatewayId}' does not exist`,
      );
    }
    return { kind: "transit-gateway", id: input.TransitGatewayId };
  }
  if (input.CarrierGatewayId) {
    const carrier = find(context, carrierGateways, input.CarrierGatewayId);
    if (carrier.vpcId !== table.vpcId) throw apart(table.id, "network gateway", carrier.id);
    return { kind: "carrier-gateway", id: carrier.id };
  }
  const endpointId = VpcEndpointId ?? (GatewayId?.startsWith("vpce-") ? GatewayId : undefined);
  if (endpointId) {
    const endpoint = find(context, vpcEndpoints, endpointId);
    if (endpoint.type !== "GatewayLoadBalancer") {
      throw new AwsError(
        "RouteNotSupported",
        `Route table contains unsupported route target: ${endpointId}. VPC Endpoints of this type cannot be used as route targets.`,
      );
    }
    return { kind: "vpc-endpoint", id: endpointId };
  }
  if (GatewayId?.startsWith("vgw-")) {
    const vpn = live(context, vpnGateways, GatewayId);
    if (!vpn.attachments.some((one) => one.vpcId === table.vpcId && one.state === "attached")) {
      throw apart(table.id, "network gateway", vpn.id);
    }
    return { kind: "vpn-gateway", id: vpn.id };
  }
  const gateway = tableOf(context, internetGateways).get(GatewayId!);
  if (!gateway)
    throw new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${GatewayId}' does not exist`);
  if (gateway.vpcId !== table.vpcId) throw apart(table.id, "network gateway", gateway.id);
  return { kind: "internet-gateway", id: gateway.id };
}

function checkSpecific(
  context: CallContext,
  table: Readonly<RouteTableRecord>,
  to: Destination,
  target: RouteTarget,
): void {
  const cidr = parseCidr(to.cidr);
  const vpc = find(context, vpcs, table.vpcId);
  if (!cidr || !vpc.cidrs.some((one) => contains(parseCidr(one.cidr)!, cidr))) return;
  if (["network-interface", "vpc-endpoint", "natgateway", "local"].includes(target.kind)) return;
  throw invalidValue(
    `The destination CIDR block ${to.cidr} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
  );
}

function associate(
  context: CallContext,
  tableId: string,
  what: { subnetId: string } | { gatewayId: string },
): string {
  const id = newId("rtbassoc");
  change(
    context,
    routeTables,
    tableId,
    (draft) => void draft.associations.push({ id, main: false, ...what }),
  );
  return id;
}

function tableOfAssociation(context: ReadContext, id: string): Readonly<RouteTableRecord> {
  const table = all(context, routeTables).find((one) => one.associations.some((a) => a.id === id));
  if (!table)
    throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
  return table;
}

export const routeTableOperations: Operations = {
  CreateRouteTable(input, context) {
    const vpc = find(context, vpcs, need(input.VpcId, "vpcId"));
    const table = add(context, routeTables, {
      id: newId("rtb"),
      tags: specifiedTags(input.TagSpecifications, "route-table"),
      vpcId: vpc.id,
      routes: localRoutes(vpc),
      associations: [],
    });
    return { RouteTable: routeTableView(table, context), ClientToken: tokenOf(input) };
  },

  DescribeRouteTables(input, context) {
    const { items, next } = describe(context, routeTables, input, input.RouteTableIds, {
      idsName: "routeTableIds",
    });
    return { RouteTables: items.map((one) => routeTableView(one, context)), NextToken: next };
  },

  DeleteRouteTable(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    if (table.associations.length) {
      throw dependency(`The routeTable '${table.id}' has dependencies and cannot be deleted.`);
    }
    for (const endpoint of all(context, vpcEndpoints)) {
      if (!endpoint.routeTableIds.includes(table.id)) continue;
      change(context, vpcEndpoints, endpoint.id, (draft) => {
        draft.routeTableIds = draft.routeTableIds.filter((id) => id !== table.id);
      });
    }
    remove(context, routeTables, table.id);
    return {};
  },

  CreateRoute(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const to = destinationOf(context, input);
    const target = targetOf(context, table, input);
    const old = table.routes.find((one) => same(one, to));
    if (old && !(old.target.kind === target.kind && old.target.id === target.id)) {
      throw new AwsError("RouteAlreadyExists", `The route identified by ${print(to)} already exists.`);
    }
    if (!old) {
      checkSpecific(context, table, to, target);
      change(
        context,
        routeTables,
        table.id,
        (draft) => void draft.routes.push({ ...to, target, origin: "CreateRoute" }),
      );
    }
    return { Return: true };
  },

  ReplaceRoute(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const to = destinationOf(context, input);
    const old = table.routes.find((one) => same(one, to));
    if (!old) {
      throw invalidValue(
        `There is no route defined for '${print(to)}' in the route table. Use CreateRoute instead.`,
      );
    }
    const target = targetOf(context, table, input);
    checkSpecific(context, table, to, target);
    change(context, routeTables, table.id, (draft) => {
      draft.routes = draft.routes.map((one) => (same(one, to) ? { ...one, target } : one));
    });
    return {};
  },

  DeleteRoute(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const to = destinationOf(context, input);
    const old = table.routes.find((one) => same(one, to));
    if (!old) {
      const kind = to.cidr
        ? "destination-cidr-block"
        : to.ipv6
          ? "destination-ipv6-cidr-block"
          : "destination-prefix-list-id";
      throw new AwsError(
        "InvalidRoute.NotFound",
        `no route with ${kind} ${print(to)} in route table ${table.id}`,
      );
    }
    if (old.target.kind === "local") {
      throw invalidValue(`cannot remove local route ${print(to)} in route table ${table.id}`);
    }
    if (old.prefixListId && old.target.kind === "vpc-endpoint") {
      throw invalidValue(`cannot remove VPC endpoint route ${print(to)} in route table ${table.id}`);
    }
    change(context, routeTables, table.id, (draft) => {
      draft.routes = draft.routes.filter((one) => !same(one, to));
    });
    return {};
  },

  AssociateRouteTable(input, context) {
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    if (input.GatewayId?.startsWith("vgw-")) {
      const vpn = live(context, vpnGateways, input.GatewayId);
      if (!vpn.attachments.some((one) => one.vpcId === table.vpcId && one.state === "attached")) {
        throw apart(table.id, "network gateway", vpn.id);
      }
      const id = associate(context, table.id, { gatewayId: vpn.id });
      return { AssociationId: id, AssociationState: { State: "associated" } };
    }
    if (input.GatewayId) {
      const gateway = find(context, internetGateways, input.GatewayId);
      if (gateway.vpcId !== table.vpcId) throw apart(table.id, "network gateway", gateway.id);
      const id = associate(context, table.id, { gatewayId: gateway.id });
      return { AssociationId: id, AssociationState: { State: "associated" } };
    }
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"));
    if (subnet.vpcId !== table.vpcId) throw apart(table.id, "subnet", subnet.id);
    const other = all(context, routeTables).find((one) =>
      one.associations.some((a) => a.subnetId === subnet.id),
    );
    if (other) {
      const association = other.associations.find((one) => one.subnetId === subnet.id)!;
      if (other.id === table.id)
        return { AssociationId: association.id, AssociationState: { State: "associated" } };
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `The specified association for route table ${table.id} conflicts with an existing association`,
      );
    }
    const id = associate(context, table.id, { subnetId: subnet.id });
    return { AssociationId: id, AssociationState: { State: "associated" } };
  },

  DisassociateRouteTable(input, context) {
    const id = need(input.AssociationId, "associationId");
    const table = tableOfAssociation(context, id);
    if (table.associations.find((one) => one.id === id)?.main) {
      throw invalidValue(`cannot disassociate the main route table association ${id}`);
    }
    change(context, routeTables, table.id, (draft) => {
      draft.associations = draft.associations.filter((one) => one.id !== id);
    });
    return {};
  },

  ReplaceRouteTableAssociation(input, context) {
    const id = need(input.AssociationId, "associationId");
    const table = find(context, routeTables, need(input.RouteTableId, "routeTableId"));
    const from = tableOfAssociation(context, id);
    if (from.vpcId !== table.vpcId) throw apart(table.id, "association", id);
    const { id: _, ...old } = from.associations.find((one) => one.id === id)!;
    const next = newId("rtbassoc");
    change(context, routeTables, from.id, (draft) => {
      draft.associations = draft.associations.filter((one) => one.id !== id);
    });
    change(context, routeTables, table.id, (draft) => void draft.associations.push({ ...old, id: next }));
    return { NewAssociationId: next, AssociationState: { State: "associated" } };
  },
};
