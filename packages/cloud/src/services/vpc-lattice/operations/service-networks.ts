/** Service networks. https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateServiceNetwork.html */
import type { CallContext, ReadContext } from "../../../context.ts";
import { conflict } from "../errors.ts";
import type { Operations } from "../operation.ts";
import type { ServiceNetworkRecord } from "../records.ts";
import {
  add,
  change,
  checkName,
  dates,
  endpointAssociations,
  find,
  newEntity,
  own,
  page,
  remove,
  resourceAssociations,
  serviceAssociations,
  serviceNetworks,
  vpcAssociations,
  where,
} from "../state.ts";

const identity = (one: Readonly<ServiceNetworkRecord>) => ({ id: one.id, name: one.name, arn: one.arn });

function counts(context: ReadContext, { id }: Readonly<ServiceNetworkRecord>) {
  const here = (one: { networkId: string }) => one.networkId === id;
  return {
    vpcs: where(context, vpcAssociations, here).length,
    services: where(context, serviceAssociations, here).length,
    resources: where(context, resourceAssociations, here).length,
    endpoints: where(context, endpointAssociations, (one) => one.targetId === id).length,
  };
}

/** @throws AwsError while something is associated (AWS's words, as cloud-nuke's issues 1158 and 1159 quote them) */
function checkUnused(context: CallContext, one: Readonly<ServiceNetworkRecord>): void {
  const { vpcs, services, resources, endpoints } = counts(context, one);
  const what = vpcs
    ? "VPC(s)"
    : services
      ? "service(s)"
      : resources
        ? "resource(s)"
        : endpoints && "VPC endpoint(s)";
  if (what) throw conflict(`ServiceNetwork ${one.id} has ${what} associated.`, "ServiceNetwork", one.id);
}

export const serviceNetworkOperations: Operations = {
  CreateServiceNetwork(input, context) {
    checkName(context, serviceNetworks, input.name ?? "");
    const one = add(context, serviceNetworks, {
      ...newEntity(context, serviceNetworks, input.tags),
      name: input.name ?? "",
      authType: input.authType ?? "NONE",
      shareable: input.sharingConfig?.enabled ?? true,
    });
    return {
      ...identity(one),
      authType: one.authType,
      ...(input.sharingConfig && { sharingConfig: { enabled: one.shareable } }),
    };
  },

  GetServiceNetwork(input, context) {
    const one = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const { vpcs, services } = counts(context, one);
    return {
      ...identity(one),
      ...dates(one),
      authType: one.authType,
      sharingConfig: { enabled: one.shareable },
      numberOfAssociatedVPCs: vpcs,
      numberOfAssociatedServices: services,
    };
  },

  ListServiceNetworks(input, context) {
    const items = own(context, serviceNetworks).map((one) => {
      const { vpcs, services, resources } = counts(context, one);
      return {
        ...identity(one),
        ...dates(one),
        numberOfAssociatedVPCs: vpcs,
        numberOfAssociatedServices: services,
        numberOfAssociatedResourceConfigurations: resources,
      };
    });
    return page(items, input);
  },

  UpdateServiceNetwork(input, context) {
    const { id } = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const one = change(context, serviceNetworks, id, (draft) => {
      draft.authType = input.authType ?? draft.authType;
    });
    return { ...identity(one), authType: one.authType };
  },

  DeleteServiceNetwork(input, context) {
    const one = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    checkUnused(context, one);
    remove(context, serviceNetworks, one);
    return {};
  },
};
