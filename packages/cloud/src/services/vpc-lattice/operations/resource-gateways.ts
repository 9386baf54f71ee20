/**
 * Resource gateways: where connections to resources enter the VPC that the resources are in, an interface a subnet.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateResourceGateway.html
 */
import type { CallContext } from "../../../context.ts";
import { createInterface, groupsFor, removeInterface } from "../../ec2/interfaces.ts";
import { change as changeEc2, tableOf as ec2Table } from "../../ec2/kind.ts";
import { networkInterfaces, subnets, vpcs } from "../../ec2/kinds.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import type { Operations } from "../operation.ts";
import type { ResourceGatewayRecord } from "../records.ts";
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
  resourceConfigurations,
  resourceGateways,
  where,
} from "../state.ts";
import { checkGroups } from "./vpc-associations.ts";

const DEFAULT_ADDRESSES = 16;

const view = (one: Readonly<ResourceGatewayRecord>) => ({
  id: one.id,
  arn: one.arn,
  name: one.name,
  status: "ACTIVE" as const,
  subnetIds: [...one.subnetIds],
  securityGroupIds: [...one.groupIds],
  ipAddressType: one.ipAddressType,
  ...(one.ipAddressType !== "IPV6" && { ipv4AddressesPerEni: one.ipv4AddressesPerEni }),
  ...(one.dnsResolution && { resourceConfigDnsResolution: one.dnsResolution }),
});

/** @throws AwsError when one is not there, of another VPC or without addresses of the family */
function checkSubnets(context: CallContext, vpcId: string, ids: readonly string[], type: string): string[] {
  for (const id of ids) {
    const subnet = ec2Table(context, subnets).get(id);
    if (!subnet) throw notFound("Subnet", id);
    if (subnet.vpcId !== vpcId) throw invalid(`Subnet ${id} does not belong to VPC ${vpcId}`, "subnetIds");
    const hasIpv6 = subnet.ipv6Cidrs.length > 0;
    if (type !== "IPV4" && !hasIpv6) {
      throw invalid(`Subnet ${id} does not support IP address type ${type}`, "subnetIds");
    }
  }
  return [...new Set(ids)];
}

export const resourceGatewayOperations: Operations = {
  CreateResourceGateway(input, context) {
    const vpcId = input.vpcIdentifier;
    if (!vpcId) throw invalid("vpcIdentifier must be specified", "vpcIdentifier");
    if (!input.subnetIds?.length) throw invalid("subnetIds must be specified", "subnetIds");
    if (!ec2Table(context, vpcs).has(vpcId)) throw notFound("Vpc", vpcId);
    checkName(context, resourceGateways, input.name ?? "");
    const type = input.ipAddressType ?? "IPV4";
    const subnetIds = checkSubnets(context, vpcId, input.subnetIds, type);
    const groupIds = input.securityGroupIds?.length
      ? checkGroups(context, vpcId, input.securityGroupIds)
      : groupsFor(context, { vpcId }, undefined);
    const base = newEntity(context, resourceGateways, input.tags);
    const one = add(context, resourceGateways, {
      ...base,
      name: input.name ?? "",
      vpcId,
      subnetIds,
      groupIds,
      networkInterfaceIds: subnetIds.map(
        (subnetId) =>
          createInterface(context, {
            subnetId,
            groupIds,
            ipv6Count: type === "IPV4" ? 0 : 1,
            description: `VPC Lattice Resource Gateway ${base.id}`,
            requester: { id: "vpc-lattice", owner: "amazon-aws" },
          }).id,
      ),
      ipAddressType: type,
      ipv4AddressesPerEni: input.ipv4AddressesPerEni ?? DEFAULT_ADDRESSES,
      ...(input.resourceConfigDnsResolution && { dnsResolution: input.resourceConfigDnsResolution }),
    });
    return { ...view(one), vpcIdentifier: one.vpcId };
  },

  GetResourceGateway(input, context) {
    const one = find(context, resourceGateways, input.resourceGatewayIdentifier ?? "");
    return { ...view(one), ...dates(one), vpcId: one.vpcId };
  },

  ListResourceGateways(input, context) {
    const items = own(context, resourceGateways).map((one) => ({
      ...view(one),
      ...dates(one),
      vpcIdentifier: one.vpcId,
    }));
    return page(items, input);
  },

  UpdateResourceGateway(input, context) {
    const old = find(context, resourceGateways, input.resourceGatewayIdentifier ?? "");
    const groupIds = checkGroups(context, old.vpcId, input.securityGroupIds ?? old.groupIds);
    const one = change(context, resourceGateways, old.id, (draft) => {
      draft.groupIds = groupIds;
    });
    for (const id of one.networkInterfaceIds) {
      changeEc2(context, networkInterfaces, id, (draft) => {
        draft.groupIds = [...groupIds];
      });
    }
    return { ...view(one), ipAddressType: one.ipAddressType as "IPV4", vpcId: one.vpcId };
  },

  DeleteResourceGateway(input, context) {
    const one = find(context, resourceGateways, input.resourceGatewayIdentifier ?? "");
    if (where(context, resourceConfigurations, ({ gatewayId }) => gatewayId === one.id).length) {
      throw conflict(
        `ResourceGateway ${one.id} has resource configuration(s) associated.`,
        resourceGateways.name,
        one.id,
      );
    }
    for (const id of one.networkInterfaceIds) removeInterface(context, id);
    remove(context, resourceGateways, one);
    return { id: one.id, arn: one.arn, name: one.name, status: "DELETE_IN_PROGRESS" };
  },
};
