/** Every kind of EC2 resource, with the filters its Describe operation documents. The kinds are in kinds/. */
import type { Kind } from "./kind.ts";
import { endpointServiceConfigurations, flowLogs, prefixLists, vpcEndpoints } from "./kinds/endpoints.ts";
import { egressOnlyGateways, internetGateways, natGateways } from "./kinds/gateways.ts";
import { securityGroups } from "./kinds/groups.ts";
import { addresses, networkAcls, networkInterfaces } from "./kinds/interfaces.ts";
import { ipamPools, ipamScopes, ipams } from "./kinds/ipam.ts";
import { keyPairs, launchTemplates } from "./kinds/launching.ts";
import { routeTables } from "./kinds/route-tables.ts";
import { transitAttachments, transitGateways, transitRouteTables } from "./kinds/transit.ts";
import { blockExclusions, dhcpOptions, peerings, subnetReservations, subnets, vpcs } from "./kinds/vpcs.ts";
import { carrierGateways, customerGateways, vpnConnections, vpnGateways } from "./kinds/vpn.ts";
import type * as R from "./records.ts";

export * from "./kinds/endpoints.ts";
export * from "./kinds/gateways.ts";
export * from "./kinds/groups.ts";
export * from "./kinds/interfaces.ts";
export * from "./kinds/ipam.ts";
export * from "./kinds/launching.ts";
export * from "./kinds/route-tables.ts";
export * from "./kinds/transit.ts";
export * from "./kinds/vpcs.ts";
export * from "./kinds/vpn.ts";

/** Every kind, those of the longest prefix first; a tag operation finds its kind by the prefix of the id. */
export const kinds: readonly Kind<never>[] = [
  vpcs,
  subnets,
  securityGroups,
  routeTables,
  internetGateways,
  egressOnlyGateways,
  natGateways,
  addresses,
  networkAcls,
  networkInterfaces,
  endpointServiceConfigurations,
  vpcEndpoints,
  prefixLists,
  flowLogs,
  dhcpOptions,
  peerings,
  keyPairs,
  launchTemplates,
  vpnGateways,
  customerGateways,
  vpnConnections,
  carrierGateways,
  transitGateways,
  transitAttachments,
  transitRouteTables,
  blockExclusions,
  subnetReservations,
  ipams,
  ipamScopes,
  ipamPools,
].sort((a, b) => b.prefix.length - a.prefix.length) as unknown as Kind<never>[];

export const kindOfId = (id: string): Kind<R.Entity> | undefined =>
  kinds.find((kind) => id.startsWith(`${kind.prefix}-`)) as unknown as Kind<R.Entity> | undefined;
