/** What a VPC endpoint of type Resource or ServiceNetwork leads to. */
import type { ReadContext } from "../../context.ts";
import { endpointDns, endpointServiceDns } from "./names.ts";
import type * as R from "./records.ts";
import {
  endpointAssociations,
  resourceAssociations,
  resourceConfigurations,
  serviceAssociations,
  serviceNetworks,
  services,
  tableOf,
  vpcAssociations,
  where,
} from "./state.ts";

export interface Reachable {
  /** Of the association: the endpoint's own, or the one in the service network. */
  id: string;
  /** ARN of the resource configuration or the service. */
  arn: string;
  dns: { DnsName: string; HostedZoneId: string };
  configuration?: Readonly<R.ResourceConfigurationRecord>;
  /** Group that the configuration is a child of, where the group is what was associated. */
  group?: Readonly<R.ResourceConfigurationRecord>;
  network?: Readonly<R.ServiceNetworkRecord>;
  /** Name of the resource's own in the VPC, when the endpoint has private DNS. */
  customName?: string;
}

export const childrenOf = (context: ReadContext, groupId: string) =>
  where(context, resourceConfigurations, (one) => one.groupId === groupId);

/** A configuration's resources: itself, or a group's children. */
function resources(context: ReadContext, id: string) {
  const configuration = tableOf(context, resourceConfigurations).get(id);
  if (configuration?.type !== "GROUP") return configuration ? [{ configuration }] : [];
  return childrenOf(context, id).map((child) => ({ configuration: child, group: configuration }));
}

const custom = (configuration: Readonly<R.ResourceConfigurationRecord>, wanted: boolean) =>
  wanted && configuration.customDomainName ? { customName: configuration.customDomainName } : {};

/** @param privateDns whether the endpoint has private DNS enabled */
export function reachableThrough(
  context: ReadContext,
  vpcEndpointId: string,
  privateDns: boolean,
): Reachable[] {
  const [endpoint] = where(context, endpointAssociations, (one) => one.vpcEndpointId === vpcEndpointId);
  if (!endpoint) return [];
  const network = tableOf(context, serviceNetworks).get(endpoint.targetId);
  if (!network) {
    return resources(context, endpoint.targetId).map((one) => ({
      ...one,
      ...custom(one.configuration, privateDns),
      id: endpoint.id,
      arn: one.configuration.arn,
      dns: endpointDns(endpoint, one.configuration.id),
    }));
  }
  const here = (one: { networkId: string }) => one.networkId === network.id;
  return [
    ...where(context, resourceAssociations, here).flatMap((association) =>
      resources(context, association.configurationId).map((one) => ({
        ...one,
        ...custom(one.configuration, privateDns && association.privateDns === true),
        network,
        id: association.id,
        arn: one.configuration.arn,
        dns: endpointDns(endpoint, one.configuration.id, association.id),
      })),
    ),
    ...where(context, serviceAssociations, here).map((association) => ({
      network,
      id: association.id,
      arn: tableOf(context, services).get(association.serviceId)?.arn ?? "",
      dns: endpointServiceDns(endpoint, association.id),
    })),
  ];
}

/** Whether an association of a VPC with a service network is so: it keeps the VPC and its groups from deletion. */
export const inServiceNetwork = (
  context: ReadContext,
  fits: (one: Readonly<R.VpcAssociationRecord>) => boolean,
): boolean => where(context, vpcAssociations, fits).length > 0;
