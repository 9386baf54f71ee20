/** What the operations of interfaces, addresses, internet and NAT gateways, and what launches take touch. */
import { existing, made, type Targets } from "../authorization-rules.ts";
import { all, arnOf, tableOf } from "../kind.ts";
import * as K from "../kinds.ts";
import { address, attached, keyName, networkInterface, subnet, template, vpc } from "./targets.ts";

export const interfaces: Record<string, Targets[]> = {
  CreateInternetGateway: [made("internet-gateway")],
  DeleteInternetGateway: [existing(K.internetGateways, "InternetGatewayId")],
  AttachInternetGateway: [existing(K.internetGateways, "InternetGatewayId"), vpc],
  DetachInternetGateway: [existing(K.internetGateways, "InternetGatewayId"), vpc],
  CreateEgressOnlyInternetGateway: [made("egress-only-internet-gateway"), vpc],
  DeleteEgressOnlyInternetGateway: [existing(K.egressOnlyGateways, "EgressOnlyInternetGatewayId")],
  CreateNatGateway: [made("natgateway"), subnet, existing(K.addresses, "AllocationId")],
  DeleteNatGateway: [existing(K.natGateways, "NatGatewayId")],
  AssociateNatGatewayAddress: [
    existing(K.natGateways, "NatGatewayId"),
    existing(K.addresses, "AllocationIds"),
  ],
  DisassociateNatGatewayAddress: [
    existing(K.natGateways, "NatGatewayId"),
    existing(K.addresses, (input, context) =>
      all(context, K.addresses)
        .filter((one) => one.associationId && input.AssociationIds?.includes?.(one.associationId))
        .map((one) => one.id),
    ),
  ],
  AssignPrivateNatGatewayAddress: [existing(K.natGateways, "NatGatewayId")],
  UnassignPrivateNatGatewayAddress: [existing(K.natGateways, "NatGatewayId")],
  AllocateAddress: [made("elastic-ip", () => ({ "ec2:Domain": "vpc" }))],
  ReleaseAddress: [address],
  AssociateAddress: [address, networkInterface],
  DisassociateAddress: [address],
  CreateNetworkInterface: [
    made("network-interface", (input, context) => {
      const record = tableOf(context, K.subnets).get(String(input.SubnetId));
      return {
        "ec2:Subnet": arnOf(context, "subnet", input.SubnetId),
        ...(record && {
          "ec2:Vpc": arnOf(context, "vpc", record.vpcId),
          "ec2:AvailabilityZone": record.zone,
        }),
      };
    }),
    subnet,
    existing(K.securityGroups, "Groups"),
  ],
  DeleteNetworkInterface: [networkInterface],
  ModifyNetworkInterfaceAttribute: [networkInterface, existing(K.securityGroups, "Groups")],
  ResetNetworkInterfaceAttribute: [networkInterface],
  AssignPrivateIpAddresses: [networkInterface],
  UnassignPrivateIpAddresses: [networkInterface],
  AssignIpv6Addresses: [networkInterface],
  UnassignIpv6Addresses: [networkInterface],
  AttachNetworkInterface: [networkInterface],
  DetachNetworkInterface: [attached],
  CreateNetworkInterfacePermission: [
    existing(K.networkInterfaces, "NetworkInterfaceId", (input) => ({
      ...(input.AwsAccountId && { "ec2:AuthorizedUser": `arn:aws:iam::${input.AwsAccountId}:root` }),
      ...(input.AwsService && { "ec2:AuthorizedService": String(input.AwsService) }),
      ...(input.Permission && { "ec2:Permission": String(input.Permission) }),
    })),
  ],
  DeleteNetworkInterfacePermission: [
    existing(
      K.networkInterfaces,
      (input, context) =>
        tableOf(context, K.interfacePermissions).get(String(input.NetworkInterfacePermissionId))
          ?.networkInterfaceId,
    ),
  ],
  CreateKeyPair: [made("key-pair", keyName)],
  ImportKeyPair: [made("key-pair", keyName)],
  DeleteKeyPair: [
    existing(
      K.keyPairs,
      (input, context) =>
        input.KeyPairId ?? all(context, K.keyPairs).find((one) => one.name === input.KeyName)?.id,
    ),
  ],
  CreateLaunchTemplate: [made("launch-template")],
  CreateLaunchTemplateVersion: [template],
  ModifyLaunchTemplate: [template],
  DeleteLaunchTemplate: [template],
  DeleteLaunchTemplateVersions: [template],
};
