/**
 * Elastic IP addresses. They are out of 198.18.0.0/15, the block kept for tests.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
 */
import type { Address } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { badParameter, invalidValue, missing, need, unsupported } from "../errors.ts";
import { newId, newPublicIp } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import { addresses, internetGateways, natGateways, networkInterfaces } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { AddressRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";

const view = (address: Readonly<AddressRecord>, context: ReadContext): Address => ({
  AllocationId: address.id,
  Domain: "vpc",
  PublicIp: address.publicIp,
  PublicIpv4Pool: "amazon",
  NetworkBorderGroup: address.networkBorderGroup,
  ...(address.associationId && {
    AssociationId: address.associationId,
    NetworkInterfaceId: address.networkInterfaceId,
    NetworkInterfaceOwnerId: context.account,
    PrivateIpAddress: address.privateIp,
  }),
  Tags: tagList(address.tags),
});

function freeIp(context: CallContext): string {
  const used = new Set(all(context, addresses).map((one) => one.publicIp));
  for (;;) {
    const ip = newPublicIp();
    if (!used.has(ip)) return ip;
  }
}

const noAddress = (ip: string) => new AwsError("InvalidAddress.NotFound", `Address '${ip}' not found.`);

function byIdOrIp(
  context: ReadContext,
  id: string | undefined,
  ip: string | undefined,
): Readonly<AddressRecord> {
  if (id) return find(context, addresses, id);
  if (!ip) throw missing("allocationId");
  const address = all(context, addresses).find((one) => one.publicIp === ip);
  if (!address) throw noAddress(ip);
  return address;
}

/** Ties an address to a private one of an interface; returns the association's id. */
export function associateAddress(
  context: CallContext,
  id: string,
  networkInterfaceId: string,
  privateIp: string,
): string {
  const associationId = newId("eipassoc");
  change(context, addresses, id, (draft) =>
    Object.assign(draft, { associationId, networkInterfaceId, privateIp }),
  );
  return associationId;
}

/** Unties an address. */
export function freeAddress(context: CallContext, id: string): void {
  change(context, addresses, id, (draft) => {
    delete draft.associationId;
    delete draft.networkInterfaceId;
    delete draft.privateIp;
  });
}

export const addressOperations: Operations = {
  AllocateAddress(input, context) {
    if (input.PublicIpv4Pool && input.PublicIpv4Pool !== "amazon")
      throw invalidValue(`invalid value for parameter pool: ${input.PublicIpv4Pool}`);
    if (input.CustomerOwnedIpv4Pool) throw unsupported("An Outpost");
    if (input.IpamPoolId) throw unsupported("IPAM");
    if (input.Address) throw noAddress(input.Address);
    if (input.Domain && (input.Domain as string) !== "vpc") throw badParameter("domain", input.Domain);
    const address = add(context, addresses, {
      id: newId("eipalloc"),
      tags: specifiedTags(input.TagSpecifications, "elastic-ip"),
      publicIp: freeIp(context),
      networkBorderGroup: input.NetworkBorderGroup ?? context.region,
    });
    const { AllocationId, PublicIp, PublicIpv4Pool, NetworkBorderGroup } = view(address, context);
    return { AllocationId, PublicIp, PublicIpv4Pool, NetworkBorderGroup, Domain: "vpc" };
  },

  DescribeAddresses(input, context) {
    for (const ip of input.PublicIps ?? []) byIdOrIp(context, undefined, ip);
    const from = input.PublicIps?.length
      ? all(context, addresses).filter((one) => input.PublicIps?.includes(one.publicIp))
      : all(context, addresses);
    const { items } = describe(context, addresses, { Filters: input.Filters }, input.AllocationIds, {
      from,
      most: Number.MAX_SAFE_INTEGER,
    });
    return { Addresses: items.map((one) => view(one, context)) };
  },

  DescribeAddressesAttribute(input, context) {
    const { items, next } = describe(
      context,
      addresses,
      { ...input, Filters: undefined },
      input.AllocationIds,
      { least: 1 },
    );
    return {
      Addresses: items.map((one) => ({ PublicIp: one.publicIp, AllocationId: one.id })),
      NextToken: next,
    };
  },

  ReleaseAddress(input, context) {
    const address = byIdOrIp(context, input.AllocationId, input.PublicIp);
    if (address.associationId)
      throw new AwsError("InvalidIPAddress.InUse", `Address ${address.publicIp} is in use.`);
    remove(context, addresses, address.id);
    return {};
  },

  AssociateAddress(input, context) {
    const address = byIdOrIp(context, input.AllocationId, input.PublicIp);
    if (input.InstanceId) {
      throw new AwsError(
        "InvalidInstanceID.NotFound",
        `The instance ID '${input.InstanceId}' does not exist`,
      );
    }
    const one = find(context, networkInterfaces, need(input.NetworkInterfaceId, "networkInterfaceId"));
    const privateIp = input.PrivateIpAddress ?? one.privateIps[0];
    if (!privateIp) throw invalidValue(`The network interface '${one.id}' has no private IPv4 address.`);
    if (!one.privateIps.includes(privateIp)) {
      throw invalidValue(
        `You have specified an invalid private IP address ${privateIp} for interface ${one.id}`,
      );
    }
    if (!all(context, internetGateways).some((gateway) => gateway.vpcId === one.vpcId)) {
      throw new AwsError(
        "Gateway.NotAttached",
        `Network ${one.vpcId} is not attached to any internet gateway`,
      );
    }
    const taken = all(context, addresses).find(
      (other) =>
        other.networkInterfaceId === one.id && other.privateIp === privateIp && other.id !== address.id,
    );
    if (
      (address.associationId && address.networkInterfaceId !== one.id && !input.AllowReassociation) ||
      (taken && !input.AllowReassociation)
    ) {
      throw new AwsError(
        "Resource.AlreadyAssociated",
        `resource ${address.id} is already associated with associate-id ${address.associationId ?? taken?.associationId}`,
      );
    }
    if (taken) freeAddress(context, taken.id);
    // the same again is no other association
    if (address.associationId && address.networkInterfaceId === one.id && address.privateIp === privateIp) {
      return { AssociationId: address.associationId };
    }
    return { AssociationId: associateAddress(context, address.id, one.id, privateIp) };
  },

  DisassociateAddress(input, context) {
    const address = input.AssociationId
      ? all(context, addresses).find((one) => one.associationId === input.AssociationId)
      : byIdOrIp(context, undefined, input.PublicIp);
    if (!address) {
      throw new AwsError(
        "InvalidAssociationID.NotFound",
        `The association ID '${input.AssociationId}' does not exist`,
      );
    }
    if (
      all(context, natGateways).some(
        (one) => one.deleted === undefined && one.addresses.some((a) => a.allocationId === address.id),
      )
    ) {
      throw new AwsError("AuthFailure", "You do not have permission to access the specified resource.", {
        status: 403,
      });
    }
    freeAddress(context, address.id);
    return {};
  },
};
