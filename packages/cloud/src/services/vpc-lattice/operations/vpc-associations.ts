/**
 * A VPC and a service network: from then on clients in the VPC reach what the network holds.
 * https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/API_CreateServiceNetworkVpcAssociation.html
 */
import type { CallContext, ReadContext } from "../../../context.ts";
import { tableOf as ec2Table } from "../../ec2/kind.ts";
import { securityGroups, vpcs } from "../../ec2/kinds.ts";
import { conflict, invalid, notFound } from "../errors.ts";
import type { Operations } from "../operation.ts";
import type { VpcAssociationRecord } from "../records.ts";
import {
  add,
  change,
  dates,
  find,
  newEntity,
  page,
  remove,
  serviceNetworks,
  tableOf,
  vpcAssociations,
  where,
} from "../state.ts";

/** @throws AwsError when one is not there or of another VPC */
export function checkGroups(context: CallContext, vpcId: string, ids: readonly string[]): string[] {
  for (const id of ids) {
    const group = ec2Table(context, securityGroups).get(id);
    if (!group) throw notFound("SecurityGroup", id);
    if (group.vpcId !== vpcId && !group.vpcIds?.includes(vpcId)) {
      throw invalid(`SecurityGroup ${id} does not belong to VPC ${vpcId}`, "securityGroupIds");
    }
  }
  return [...new Set(ids)];
}

const identity = (one: Readonly<VpcAssociationRecord>) => ({ id: one.id, arn: one.arn });

const options = (one: Readonly<VpcAssociationRecord>) => ({
  ...(one.privateDns !== undefined && { privateDnsEnabled: one.privateDns }),
  ...(one.dnsOptions && { dnsOptions: structuredClone(one.dnsOptions) as object }),
});

function view(context: ReadContext, one: Readonly<VpcAssociationRecord>) {
  const network = tableOf(context, serviceNetworks).get(one.networkId);
  return {
    ...identity(one),
    ...dates(one),
    ...options(one),
    status: "ACTIVE" as const,
    createdBy: one.account,
    vpcId: one.vpcId,
    serviceNetworkId: one.networkId,
    serviceNetworkName: network?.name,
    serviceNetworkArn: network?.arn,
  };
}

/** One that the caller made, or that is with a network of the caller's. */
function visible(context: ReadContext, identifier: string): Readonly<VpcAssociationRecord> {
  const one = tableOf(context, vpcAssociations).get(identifier.split("/").pop() ?? "");
  const owner = one && tableOf(context, serviceNetworks).get(one.networkId)?.account;
  const seen = one?.region === context.region && [one.account, owner].includes(context.account);
  if (!one || !seen) throw notFound(vpcAssociations.name, identifier);
  return one;
}

export const vpcAssociationOperations: Operations = {
  CreateServiceNetworkVpcAssociation(input, context) {
    const network = find(context, serviceNetworks, input.serviceNetworkIdentifier ?? "");
    const vpcId = input.vpcIdentifier ?? "";
    if (!ec2Table(context, vpcs).has(vpcId)) throw notFound("Vpc", vpcId);
    const rival = where(context, vpcAssociations, (one) => one.vpcId === vpcId)[0];
    if (rival) {
      throw conflict(
        `VPC ${vpcId} is already associated with service network ${rival.networkId}`,
        vpcAssociations.name,
        rival.id,
      );
    }
    if (input.dnsOptions && !input.privateDnsEnabled) {
      throw invalid("dnsOptions requires privateDnsEnabled to be true", "dnsOptions");
    }
    const one = add(context, vpcAssociations, {
      ...newEntity(context, vpcAssociations, input.tags),
      networkId: network.id,
      vpcId,
      groupIds: checkGroups(context, vpcId, input.securityGroupIds ?? []),
      ...(input.privateDnsEnabled !== undefined && { privateDns: input.privateDnsEnabled }),
      ...(input.dnsOptions && { dnsOptions: structuredClone(input.dnsOptions) }),
    });
    return {
      ...identity(one),
      ...options(one),
      status: "CREATE_IN_PROGRESS",
      createdBy: one.account,
      securityGroupIds: [...one.groupIds],
    };
  },

  GetServiceNetworkVpcAssociation(input, context) {
    const one = visible(context, input.serviceNetworkVpcAssociationIdentifier ?? "");
    return { ...view(context, one), securityGroupIds: [...one.groupIds] };
  },

  ListServiceNetworkVpcAssociations(input, context) {
    const { serviceNetworkIdentifier: network, vpcIdentifier: vpc } = input;
    if (!network && !vpc) {
      throw invalid("Either serviceNetworkIdentifier or vpcIdentifier must be specified");
    }
    const wanted = network && find(context, serviceNetworks, network);
    const items = where(
      context,
      vpcAssociations,
      (one) =>
        (!wanted || one.networkId === wanted.id) &&
        (!vpc || one.vpcId === vpc) &&
        (one.account === context.account || (wanted && wanted.account === context.account) === true),
    );
    return page(
      items.map((one) => view(context, one)),
      input,
    );
  },

  UpdateServiceNetworkVpcAssociation(input, context) {
    const { id, vpcId } = find(context, vpcAssociations, input.serviceNetworkVpcAssociationIdentifier ?? "");
    const groupIds = checkGroups(context, vpcId, input.securityGroupIds ?? []);
    const one = change(context, vpcAssociations, id, (draft) => {
      draft.groupIds = groupIds;
    });
    return {
      ...identity(one),
      status: "UPDATE_IN_PROGRESS",
      createdBy: one.account,
      securityGroupIds: [...one.groupIds],
    };
  },

  DeleteServiceNetworkVpcAssociation(input, context) {
    const one = visible(context, input.serviceNetworkVpcAssociationIdentifier ?? "");
    remove(context, vpcAssociations, one);
    return { ...identity(one), status: "DELETE_IN_PROGRESS" };
  },
};
