/**
 * Resource configurations in service networks, and the VPC endpoints that lead to either.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateServiceNetworkResourceAssociation.html
 */
import type { CallContext, ReadContext } from "../../../context.ts";
import { conflict, invalid, notFound, unsupported } from "../errors.ts";
import { resourceDns } from "../names.ts";
import type { Operations } from "../operation.ts";
import { childrenOf } from "../reachable.ts";
import type { EndpointAssociationRecord, ResourceAssociationRecord } from "../records.ts";
import {
  add,
  dates,
  endpointAssociations,
  find,
  newEntity,
  page,
  remove,
  resourceAssociations,
  resourceConfigurations,
  serviceNetworks,
  tableOf,
  where,
} from "../state.ts";

function view(context: ReadContext, one: Readonly<ResourceAssociationRecord>) {
  const network = tableOf(context, serviceNetworks).get(one.networkId);
  const configuration = tableOf(context, resourceConfigurations).get(one.configurationId);
  const custom = configuration?.customDomainName;
  const dns = resourceDns(one, one.configurationId);
  return {
    id: one.id,
    arn: one.arn,
    status: "ACTIVE" as const,
    createdBy: one.account,
    resourceConfigurationId: one.configurationId,
    resourceConfigurationArn: configuration?.arn,
    resourceConfigurationName: configuration?.name,
    serviceNetworkId: one.networkId,
    serviceNetworkArn: network?.arn,
    serviceNetworkName: network?.name,
    // a group is reached by the names of its members
    ...(configuration?.type !== "GROUP" && { dnsEntry: dns }),
    ...(one.privateDns && custom && { privateDnsEntry: { ...dns, domainName: custom } }),
    isManagedAssociation: false,
    privateDnsEnabled: one.privateDns ?? false,
  };
}

const endpointView = (context: CallContext, one: Readonly<EndpointAssociationRecord>) => ({
  id: one.id,
  arn: one.arn,
  resourceConfigurationId: one.targetId,
  resourceConfigurationArn: tableOf(context, resourceConfigurations).get(one.targetId)?.arn,
  vpcEndpointId: one.vpcEndpointId,
});

export const resourceAssociationOperations: Operations = {
  CreateServiceNetworkResourceAssociation(input, context) {
    const network = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const configuration = find(context, resourceConfigurations, input.resourceConfigurationIdentifier ?? "");
    if (configuration.type === "CHILD") {
      throw invalid(
        `Resource configuration ${configuration.id} of type CHILD cannot be associated by itself`,
      );
    }
    if (network.shareable && !configuration.shareable) {
      throw invalid(
        `Resource configuration ${configuration.id} does not allow association to a shareable service network`,
      );
    }
    const rival = where(
      context,
      resourceAssociations,
      (one) => one.networkId === network.id && one.configurationId === configuration.id,
    )[0];
    if (rival) {
      throw conflict(
        `ResourceConfiguration ${configuration.id} is already associated with service network ${network.id}`,
        resourceAssociations.name,
        rival.id,
      );
    }
    const one = add(context, resourceAssociations, {
      ...newEntity(context, resourceAssociations, input.tags),
      networkId: network.id,
      configurationId: configuration.id,
      ...(input.privateDnsEnabled !== undefined && { privateDns: input.privateDnsEnabled }),
    });
    return {
      id: one.id,
      arn: one.arn,
      status: "CREATE_IN_PROGRESS",
      createdBy: one.account,
      privateDnsEnabled: one.privateDns ?? false,
    };
  },

  GetServiceNetworkResourceAssociation(input, context) {
    const one = find(context, resourceAssociations, input.serviceNetworkResourceAssociationIdentifier ?? "");
    return { ...view(context, one), ...dates(one) };
  },

  ListServiceNetworkResourceAssociations(input, context) {
    const { serviceNetworkIdentifier: network, resourceConfigurationIdentifier: configuration } = input;
    if (!network && !configuration) {
      throw invalid("Either serviceNetworkIdentifier or resourceConfigurationIdentifier must be specified");
    }
    const networkId = network && find(context, serviceNetworks, network).id;
    const configurationId = configuration && find(context, resourceConfigurations, configuration).id;
    const items = where(
      context,
      resourceAssociations,
      (one) =>
        (!networkId || one.networkId === networkId) &&
        (!configurationId || one.configurationId === configurationId),
    );
    const hasChildren = ({ configurationId: id }: ResourceAssociationRecord) =>
      childrenOf(context, id).length > 0;
    if (input.includeChildren && items.some(hasChildren)) throw unsupported("includeChildren");
    return page(
      items.map((one) => ({ ...view(context, one), createdAt: new Date(one.created) })),
      input,
    );
  },

  DeleteServiceNetworkResourceAssociation(input, context) {
    const one = find(context, resourceAssociations, input.serviceNetworkResourceAssociationIdentifier ?? "");
    remove(context, resourceAssociations, one);
    return { id: one.id, arn: one.arn, status: "DELETE_IN_PROGRESS" };
  },

  ListResourceEndpointAssociations(input, context) {
    const { id } = find(context, resourceConfigurations, input.resourceConfigurationIdentifier ?? "");
    const association = input.resourceEndpointAssociationIdentifier;
    const items = where(
      context,
      endpointAssociations,
      (one) =>
        one.targetId === id &&
        (!association || [one.id, one.arn].includes(association)) &&
        (!input.vpcEndpointId || one.vpcEndpointId === input.vpcEndpointId) &&
        (!input.vpcEndpointOwner || one.account === input.vpcEndpointOwner),
    );
    return page(
      items.map((one) => ({
        ...endpointView(context, one),
        resourceConfigurationName: tableOf(context, resourceConfigurations).get(id)?.name,
        vpcEndpointOwner: one.account,
        createdBy: one.account,
        createdAt: new Date(one.created),
      })),
      input,
    );
  },

  DeleteResourceEndpointAssociation(input, context) {
    const identifier = input.resourceEndpointAssociationIdentifier ?? "";
    const one = tableOf(context, endpointAssociations).get(identifier.split("/").pop() ?? "");
    // the owner of the configuration sends the endpoint's owner away
    const owner = one && tableOf(context, resourceConfigurations).get(one.targetId)?.account;
    if (!one || owner !== context.account) throw notFound(endpointAssociations.name, identifier);
    remove(context, endpointAssociations, one);
    return endpointView(context, one);
  },

  ListServiceNetworkVpcEndpointAssociations(input, context) {
    const network = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const items = where(context, endpointAssociations, (one) => one.targetId === network.id);
    return page(
      items.map((one) => ({
        vpcEndpointId: one.vpcEndpointId,
        vpcId: one.vpcId,
        vpcEndpointOwnerId: one.account,
        id: one.id,
        state: "ACTIVE",
        serviceNetworkArn: network.arn,
        createdAt: new Date(one.created),
      })),
      input,
    );
  },
};
