/**
 * NAT gateways. A new one is pending in the answer that makes it and available at once after (its state follows the
 * clock: `SAGEKEEP_NAT_DELAY_MS`); a deleted one is shown for an hour.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
import type { NatGateway, NatGatewayAddress } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { tokenOf } from "../client-tokens.ts";
import { combination, invalidValue, need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { createInterface, removeInterface } from "../interfaces.ts";
import { add, all, change, describe, find, remove, tableOf, tagList } from "../kind.ts";
import { addresses, internetGateways, natGateways, natState, subnets } from "../kinds.ts";
import { isMalformed } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import type { AddressRecord, NatGatewayRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";
import { associateAddress } from "./addresses.ts";

const SHOWN_AFTER_DELETE = 3_600_000;

const delay = () => Number(process.env.SAGEKEEP_NAT_DELAY_MS ?? 0) || 0;

export const natAddressView = (one: Readonly<NatGatewayRecord["addresses"][number]>): NatGatewayAddress => ({
  ...(one.allocationId && { AllocationId: one.allocationId, AssociationId: one.associationId }),
  ...(one.publicIp && { PublicIp: one.publicIp }),
  NetworkInterfaceId: one.networkInterfaceId,
  PrivateIp: one.privateIp,
  IsPrimary: one.isPrimary,
  Status: "succeeded",
});

const view = (gateway: Readonly<NatGatewayRecord>, now: number): NatGateway => ({
  NatGatewayId: gateway.id,
  VpcId: gateway.vpcId,
  SubnetId: gateway.subnetId,
  ConnectivityType: gateway.connectivity,
  AvailabilityMode: "zonal",
  State: natState(gateway, now),
  CreateTime: new Date(gateway.created),
  ...(gateway.deleted !== undefined && { DeleteTime: new Date(gateway.deleted) }),
  ...(gateway.failure && { FailureCode: gateway.failure.code, FailureMessage: gateway.failure.message }),
  NatGatewayAddresses: gateway.addresses.map(natAddressView),
  Tags: tagList(gateway.tags),
});

const malformedSubnet = isMalformed("InvalidSubnet", "subnet", "subnet");
const malformedElasticIp = isMalformed("InvalidElasticIpID.Malformed", "eipalloc", "elastic-ip");

/** @throws AwsError when there is none of that allocation id */
export function elasticIp(context: ReadContext, id: string): Readonly<AddressRecord> {
  const address = tableOf(context, addresses).get(id);
  if (address) return address;
  throw (
    malformedElasticIp(id) ??
    new AwsError("InvalidElasticIpID.NotFound", `Elastic IP address ${id} not found`)
  );
}

export const natGatewayOperations: Operations = {
  CreateNatGateway(input, context) {
    if ((input.AvailabilityMode as string | undefined) === "regional")
      throw unsupported("A regional NAT gateway");
    const subnet = find(context, subnets, need(input.SubnetId, "subnetId"), malformedSubnet);
    const connectivity = input.ConnectivityType ?? "public";
    if (connectivity !== "public" && connectivity !== "private") {
      throw invalidValue(`Value (${connectivity}) for parameter connectivityType is invalid.`);
    }
    if (connectivity === "private" && (input.AllocationId || input.SecondaryAllocationIds?.length)) {
      throw combination("AllocationId cannot be specified when ConnectivityType is private");
    }
    const allocations =
      connectivity === "public"
        ? [need(input.AllocationId, "allocationId"), ...(input.SecondaryAllocationIds ?? [])]
        : [];
    const elastic = allocations.map((id) => elasticIp(context, id));
    for (const one of elastic) {
      if (!one.associationId) continue;
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${one.id} is already associated with associate-id ${one.associationId}`,
      );
    }
    const secondary = input.SecondaryPrivateIpAddresses ?? [];
    const id = newId("nat");
    const tags = specifiedTags(input.TagSpecifications, "natgateway");
    const noGateway =
      connectivity === "public" && !all(context, internetGateways).some((one) => one.vpcId === subnet.vpcId);
    const record: NatGatewayRecord = {
      id,
      tags,
      vpcId: subnet.vpcId,
      subnetId: subnet.id,
      connectivity,
      addresses: [],
      created: context.now,
      availableAt: context.now + delay(),
    };
    if (noGateway) {
      record.failure = {
        code: "Gateway.NotAttached",
        message: `Network ${subnet.vpcId} has no Internet gateway attached`,
      };
    } else {
      const made = createInterface(context, {
        subnetId: subnet.id,
        groupIds: [],
        ...(input.PrivateIpAddress && { privateIps: [input.PrivateIpAddress, ...secondary] }),
        secondaryCount: input.PrivateIpAddress
          ? 0
          : (input.SecondaryPrivateIpAddressCount ?? secondary.length) || Math.max(0, elastic.length - 1),
        description: `Interface for NAT Gateway ${id}`,
        interfaceType: "nat_gateway",
        requester: { id: context.account, owner: "amazon-aws" },
      });
      record.addresses = made.privateIps.map((privateIp, index) => {
        const own = elastic[index];
        return {
          networkInterfaceId: made.id,
          privateIp,
          isPrimary: index === 0,
          ...(own && {
            allocationId: own.id,
            publicIp: own.publicIp,
            associationId: associateAddress(context, own.id, made.id, privateIp),
          }),
        };
      });
    }
    const gateway = add(context, natGateways, record);
    return {
      NatGateway: { ...view(gateway, context.now), State: "pending" },
      ClientToken: tokenOf(input),
    };
  },

  DescribeNatGateways(input, context) {
    for (const one of all(context, natGateways)) {
      if (one.deleted !== undefined && one.deleted + SHOWN_AFTER_DELETE < context.now) {
        remove(context, natGateways, one.id);
      }
    }
    const { items, next } = describe(
      context,
      natGateways,
      { MaxResults: input.MaxResults, NextToken: input.NextToken, Filters: input.Filter },
      input.NatGatewayIds,
      { idsName: "natGatewayIds" },
    );
    return { NatGateways: items.map((one) => view(one, context.now)), NextToken: next };
  },

  DeleteNatGateway(input, context) {
    const gateway = find(context, natGateways, need(input.NatGatewayId, "natGatewayId"));
    for (const id of new Set(gateway.addresses.map((one) => one.networkInterfaceId)))
      removeInterface(context, id);
    change(context, natGateways, gateway.id, (draft) => {
      draft.deleted ??= context.now;
    });
    return { NatGatewayId: gateway.id };
  },
};
