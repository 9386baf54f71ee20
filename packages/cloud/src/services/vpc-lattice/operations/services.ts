/**
 * Services and their associations with service networks. A service without a listener carries no traffic; listeners,
 * rules and target groups are not supported here, so none carries any.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateService.html
 */
import type { ReadContext } from "../../../context.ts";
import { conflict, invalid, unsupported } from "../errors.ts";
import { serviceDns } from "../names.ts";
import type { Operations } from "../operation.ts";
import type { ServiceAssociationRecord, ServiceRecord } from "../records.ts";
import {
  add,
  change,
  checkName,
  dates,
  find,
  newEntity,
  own,
  page,
  remove,
  serviceAssociations,
  serviceNetworks,
  services,
  tableOf,
  where,
} from "../state.ts";

const identity = (one: Readonly<ServiceRecord>) => ({ id: one.id, name: one.name, arn: one.arn });

const custom = (one: Readonly<ServiceRecord> | undefined) =>
  one?.customDomainName ? { customDomainName: one.customDomainName } : {};

function view(context: ReadContext, one: Readonly<ServiceAssociationRecord>) {
  const network = tableOf(context, serviceNetworks).get(one.networkId);
  const service = tableOf(context, services).get(one.serviceId);
  return {
    id: one.id,
    arn: one.arn,
    status: "ACTIVE" as const,
    createdBy: one.account,
    createdAt: new Date(one.created),
    serviceId: one.serviceId,
    serviceName: service?.name,
    serviceArn: service?.arn,
    serviceNetworkId: one.networkId,
    serviceNetworkName: network?.name,
    serviceNetworkArn: network?.arn,
    ...(service && { dnsEntry: serviceDns(service) }),
    ...custom(service),
  };
}

export const serviceOperations: Operations = {
  CreateService(input, context) {
    // there is no Certificate Manager here to look one up in
    if (input.certificateArn) throw unsupported("A certificate of a service");
    checkName(context, services, input.name ?? "");
    const one = add(context, services, {
      ...newEntity(context, services, input.tags),
      name: input.name ?? "",
      authType: input.authType ?? "NONE",
      ...(input.customDomainName && { customDomainName: input.customDomainName }),
    });
    return {
      ...identity(one),
      ...custom(one),
      authType: one.authType,
      dnsEntry: serviceDns(one),
      status: "CREATE_IN_PROGRESS",
    };
  },

  GetService(input, context) {
    const one = find(context, services, input.serviceIdentifier ?? "");
    return {
      ...identity(one),
      ...dates(one),
      ...custom(one),
      authType: one.authType,
      dnsEntry: serviceDns(one),
      status: "ACTIVE",
    };
  },

  ListServices(input, context) {
    const items = own(context, services).map((one) => ({
      ...identity(one),
      ...dates(one),
      ...custom(one),
      dnsEntry: serviceDns(one),
      status: "ACTIVE" as const,
    }));
    return page(items, input);
  },

  UpdateService(input, context) {
    if (input.certificateArn) throw unsupported("A certificate of a service");
    const { id } = find(context, services, input.serviceIdentifier ?? "");
    const one = change(context, services, id, (draft) => {
      draft.authType = input.authType ?? draft.authType;
    });
    return { ...identity(one), ...custom(one), authType: one.authType };
  },

  DeleteService(input, context) {
    const one = find(context, services, input.serviceIdentifier ?? "");
    if (where(context, serviceAssociations, ({ serviceId }) => serviceId === one.id).length) {
      throw conflict(`Service ${one.id} has service network(s) associated.`, services.name, one.id);
    }
    remove(context, services, one);
    return { ...identity(one), status: "DELETE_IN_PROGRESS" };
  },

  CreateServiceNetworkServiceAssociation(input, context) {
    const service = find(context, services, input.serviceIdentifier ?? "");
    const network = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const rival = where(
      context,
      serviceAssociations,
      (one) => one.serviceId === service.id && one.networkId === network.id,
    )[0];
    if (rival) {
      throw conflict(
        `Service ${service.id} is already associated with service network ${network.id}`,
        serviceAssociations.name,
        rival.id,
      );
    }
    const one = add(context, serviceAssociations, {
      ...newEntity(context, serviceAssociations, input.tags),
      serviceId: service.id,
      networkId: network.id,
    });
    return {
      id: one.id,
      arn: one.arn,
      status: "CREATE_IN_PROGRESS",
      createdBy: one.account,
      dnsEntry: serviceDns(service),
      ...custom(service),
    };
  },

  GetServiceNetworkServiceAssociation(input, context) {
    const one = find(context, serviceAssociations, input.serviceNetworkServiceAssociationIdentifier ?? "");
    return view(context, one);
  },

  ListServiceNetworkServiceAssociations(input, context) {
    const { serviceNetworkIdentifier: network, serviceIdentifier: service } = input;
    if (!network && !service) {
      throw invalid("Either serviceNetworkIdentifier or serviceIdentifier must be specified");
    }
    const networkId = network && find(context, serviceNetworks, network).id;
    const serviceId = service && find(context, services, service).id;
    const items = where(
      context,
      serviceAssociations,
      (one) => (!networkId || one.networkId === networkId) && (!serviceId || one.serviceId === serviceId),
    );
    return page(
      items.map((one) => view(context, one)),
      input,
    );
  },

  DeleteServiceNetworkServiceAssociation(input, context) {
    const one = find(context, serviceAssociations, input.serviceNetworkServiceAssociationIdentifier ?? "");
    remove(context, serviceAssociations, one);
    return { id: one.id, arn: one.arn, status: "DELETE_IN_PROGRESS" };
  },
};
