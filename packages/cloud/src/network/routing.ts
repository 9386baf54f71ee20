/**
 * Where a subnet's route table sends an address: the most specific active route.
 * https://docs.aws.amazon.com/vpc/latest/userguide/RouteTables.html#route-tables-priority
 */
import type { ReadContext } from "../context.ts";
import { all } from "../services/ec2/kind.ts";
import { networkAcls, routeTables } from "../services/ec2/kinds.ts";
import { isActive } from "../services/ec2/operations/route-tables.ts";
import type { NetworkAclRecord, RouteTableRecord, RouteTarget } from "../services/ec2/records.ts";
import { cidrHas, parseCidr } from "./cidr.ts";
import { prefixesOf } from "./packet-filter.ts";

/** The table of a subnet: its own, or the VPC's main one. */
export function tableOfSubnet(
  context: ReadContext,
  vpcId: string,
  subnetId: string,
): Readonly<RouteTableRecord> | undefined {
  const tables = all(context, routeTables).filter((one) => one.vpcId === vpcId);
  return (
    tables.find((one) => one.associations.some((a) => a.subnetId === subnetId)) ??
    tables.find((one) => one.associations.some((a) => a.main))
  );
}

export const aclOfSubnet = (context: ReadContext, subnetId: string): Readonly<NetworkAclRecord> | undefined =>
  all(context, networkAcls).find((one) => one.associations.some((a) => a.subnetId === subnetId));

/** The target for an address, `blackhole` when its route leads nowhere any more, `undefined` without a route. */
export function nextHop(
  context: ReadContext,
  table: Readonly<RouteTableRecord>,
  ip: string,
): RouteTarget | "blackhole" | undefined {
  let best: { prefix: number; target: RouteTarget; plain: boolean } | undefined;
  for (const route of table.routes) {
    const blocks = route.prefixListId
      ? prefixesOf(context, route.prefixListId)
      : [route.cidr ?? route.ipv6 ?? ""];
    for (const block of blocks) {
      if (!cidrHas(block, ip)) continue;
      const prefix = parseCidr(block)!.prefix;
      const plain = !route.prefixListId;
      // of equal prefixes a route of its own goes before one of a list
      if (!best || prefix > best.prefix || (prefix === best.prefix && plain && !best.plain)) {
        best = { prefix, target: route.target, plain };
      }
    }
  }
  if (!best) return undefined;
  return isActive(context, table.vpcId, best.target) ? best.target : "blackhole";
}
