/** Kind: route tables. */
import type { Kind } from "../kind.ts";
import { absent } from "../malformed.ts";
import type * as R from "../records.ts";

const route =
  (pick: (one: R.RouteRecord) => string | undefined) =>
  (table: Readonly<R.RouteTableRecord>): (string | undefined)[] =>
    table.routes.map(pick);
const target = (...kinds: R.RouteTarget["kind"][]) =>
  route((one) => (kinds.includes(one.target.kind) ? one.target.id : undefined));

export const routeTables: Kind<R.RouteTableRecord> = {
  type: "route-table",
  prefix: "rtb",
  notFoundCode: "InvalidRouteTableID.NotFound",
  notFound: absent("routeTable ID"),
  filters: {
    "association.gateway-id": (table) => table.associations.map((one) => one.gatewayId),
    "association.route-table-association-id": (table) => table.associations.map((one) => one.id),
    "association.route-table-id": (table) => table.associations.map(() => table.id),
    "association.subnet-id": (table) => table.associations.map((one) => one.subnetId),
    "association.main": (table) =>
      table.associations.length ? table.associations.map((one) => one.main) : [false],
    "association.association-state": (table) => table.associations.map(() => "associated"),
    "owner-id": (_, context) => context.account,
    "route-table-id": (table) => table.id,
    "route.carrier-gateway-id": target("carrier-gateway"),
    "route.destination-cidr-block": route((one) => one.cidr),
    "route.destination-ipv6-cidr-block": route((one) => one.ipv6),
    "route.destination-prefix-list-id": route((one) => one.prefixListId),
    "route.egress-only-internet-gateway-id": target("egress-only-internet-gateway"),
    "route.gateway-id": target("local", "internet-gateway", "vpc-endpoint", "vpn-gateway"),
    "route.instance-id": () => undefined,
    "route.nat-gateway-id": target("natgateway"),
    "route.network-interface-id": target("network-interface"),
    "route.origin": route((one) => one.origin),
    "route.state": route(() => "active"),
    "route.transit-gateway-id": target("transit-gateway"),
    "route.vpc-peering-connection-id": target("vpc-peering-connection"),
    "vpc-id": (table) => table.vpcId,
  },
  vpcOf: (table) => table.vpcId,
  conditions: (table) => ({ "ec2:RouteTableID": table.id }),
};
