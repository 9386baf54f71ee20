/**
 * Secondary addresses of NAT gateways: elastic IPs of public ones, private addresses of private ones.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-working-with.html
 */
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { allocate } from "../addressing.ts";
import { badParameter, combination, invalidValue, need } from "../errors.ts";
import { all, change, find } from "../kind.ts";
import { addresses, natGateways, natState, networkInterfaces, subnets } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { NatGatewayRecord } from "../records.ts";
import { associateAddress, freeAddress } from "./addresses.ts";
import { elasticIp, natAddressView } from "./nat-gateways.ts";

/** Quota "private IP addresses per NAT gateway". */
const MAX_PRIVATE = 8;

/** An available gateway of this connectivity. */
function gatewayOf(
  context: CallContext,
  id: string | undefined,
  connectivity: NatGatewayRecord["connectivity"],
): Readonly<NatGatewayRecord> {
  const gateway = find(context, natGateways, need(id, "natGatewayId"));
  if (gateway.connectivity !== connectivity) {
    throw combination(
      `The operation is supported only for NAT gateways with the connectivity type ${connectivity}.`,
    );
  }
  const state = natState(gateway, context.now);
  if (state !== "available") {
    throw new AwsError("IncorrectState", `NAT gateway ${gateway.id} is in state ${state}.`);
  }
  return gateway;
}

/** Gives the gateway's interface more private addresses; returns them. */
function addPrivate(
  context: CallContext,
  gateway: Readonly<NatGatewayRecord>,
  wanted: readonly string[],
  count: number,
): string[] {
  if (gateway.addresses.length + Math.max(count, wanted.length) > MAX_PRIVATE) {
    throw new AwsError(
      "PrivateIpAddressLimitExceeded",
      `The maximum number of private IP addresses of NAT gateway ${gateway.id} has been reached.`,
    );
  }
  const subnet = find(context, subnets, gateway.subnetId);
  const made = allocate(context, subnet, wanted, Math.max(0, count - wanted.length));
  change(context, networkInterfaces, interfaceOf(gateway), (draft) => void draft.privateIps.push(...made));
  return made;
}

const interfaceOf = (gateway: Readonly<NatGatewayRecord>) => gateway.addresses[0]!.networkInterfaceId;

type AddressOf = NatGatewayRecord["addresses"][number];

/** Takes secondary addresses from the gateway; returns them. */
function drop(
  context: CallContext,
  gateway: Readonly<NatGatewayRecord>,
  gone: readonly Readonly<AddressOf>[],
): void {
  const ips = gone.map((one) => one.privateIp);
  change(context, networkInterfaces, interfaceOf(gateway), (draft) => {
    draft.privateIps = draft.privateIps.filter((ip) => !ips.includes(ip));
  });
  change(context, natGateways, gateway.id, (draft) => {
    draft.addresses = draft.addresses.filter((one) => !ips.includes(one.privateIp));
  });
}

const answer = (
  gateway: Readonly<NatGatewayRecord>,
  changed: readonly Readonly<AddressOf>[],
  Status: "associating" | "disassociating" | "assigning" | "unassigning",
) => ({
  NatGatewayId: gateway.id,
  NatGatewayAddresses: changed.map((one) => ({ ...natAddressView(one), Status })),
});

export const natAddressOperations: Operations = {
  AssociateNatGatewayAddress(input, context) {
    const gateway = gatewayOf(context, input.NatGatewayId, "public");
    const ids = need(input.AllocationIds, "allocationId");
    const wanted = input.PrivateIpAddresses ?? [];
    if (wanted.length && wanted.length !== ids.length) {
      throw combination("The number of private IP addresses must match the number of allocation IDs.");
    }
    const elastic = ids.map((id) => elasticIp(context, id));
    for (const one of elastic) {
      if (!one.associationId) continue;
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${one.id} is already associated with associate-id ${one.associationId}`,
      );
    }
    const networkInterfaceId = interfaceOf(gateway);
    const made = addPrivate(context, gateway, wanted, ids.length).map(
      (privateIp, index): AddressOf => ({
        networkInterfaceId,
        privateIp,
        isPrimary: false,
        allocationId: elastic[index]!.id,
        publicIp: elastic[index]!.publicIp,
        associationId: associateAddress(context, elastic[index]!.id, networkInterfaceId, privateIp),
      }),
    );
    change(context, natGateways, gateway.id, (draft) => void draft.addresses.push(...made));
    return answer(gateway, made, "associating");
  },

  DisassociateNatGatewayAddress(input, context) {
    const gateway = gatewayOf(context, input.NatGatewayId, "public");
    const gone = need(input.AssociationIds, "associationId").map((id) => {
      const one = gateway.addresses.find((address) => address.associationId === id);
      if (!one) {
        throw new AwsError("InvalidAssociationID.NotFound", `The association ID '${id}' does not exist`);
      }
      if (one.isPrimary) {
        throw invalidValue(`The primary address of NAT gateway ${gateway.id} cannot be disassociated.`);
      }
      return one;
    });
    for (const one of all(context, addresses)) {
      if (gone.some(({ allocationId }) => allocationId === one.id)) freeAddress(context, one.id);
    }
    drop(context, gateway, gone);
    return answer(gateway, gone, "disassociating");
  },

  AssignPrivateNatGatewayAddress(input, context) {
    const gateway = gatewayOf(context, input.NatGatewayId, "private");
    const wanted = input.PrivateIpAddresses ?? [];
    const count = input.PrivateIpAddressCount ?? (wanted.length || 1);
    if (wanted.length && input.PrivateIpAddressCount !== undefined) {
      throw combination(
        "The parameters PrivateIpAddresses and PrivateIpAddressCount cannot be used together",
      );
    }
    if (count < 1) throw badParameter("privateIpAddressCount", count);
    const networkInterfaceId = interfaceOf(gateway);
    const made = addPrivate(context, gateway, wanted, count).map(
      (privateIp): AddressOf => ({ networkInterfaceId, privateIp, isPrimary: false }),
    );
    change(context, natGateways, gateway.id, (draft) => void draft.addresses.push(...made));
    return answer(gateway, made, "assigning");
  },

  UnassignPrivateNatGatewayAddress(input, context) {
    const gateway = gatewayOf(context, input.NatGatewayId, "private");
    const gone = need(input.PrivateIpAddresses, "privateIpAddress").map((ip) => {
      const one = gateway.addresses.find((address) => address.privateIp === ip);
      if (one && !one.isPrimary) return one;
      throw invalidValue(
        one
          ? `The primary address of NAT gateway ${gateway.id} cannot be unassigned.`
          : `The private IP address ${ip} is not assigned to NAT gateway ${gateway.id}.`,
      );
    });
    drop(context, gateway, gone);
    return answer(gateway, gone, "unassigning");
  },
};
