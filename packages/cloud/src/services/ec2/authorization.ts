/**
 * Which resources each EC2 action is authorized on.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, AuthorizationTable } from "../../service.ts";
import {
  existing,
  type Input,
  made,
  on,
  type Target,
  type Targets,
  tagContext,
  target,
} from "./authorization-rules.ts";
import { all, arnOf, tableOf } from "./kind.ts";
import * as K from "./kinds.ts";
import { tagsOfId, typeOfId } from "./operations/tags.ts";

const inVpc = (input: Input, context: ReadContext) =>
  input.VpcId ? { "ec2:Vpc": arnOf(context, "vpc", input.VpcId) } : {};

const vpc = existing(K.vpcs, "VpcId");
const subnet = existing(K.subnets, "SubnetId");
const group = existing(K.securityGroups, (input, context) => {
  if (input.GroupId) return input.GroupId;
  return all(context, K.securityGroups).find((one) => one.name === input.GroupName)?.id;
});
const table = existing(K.routeTables, "RouteTableId");
const acl = existing(K.networkAcls, "NetworkAclId");
const networkInterface = existing(K.networkInterfaces, "NetworkInterfaceId");

/** Rules are resources of their own in ModifySecurityGroupRules and tag calls. */
const rules: Targets = (input, context) =>
  (input.SecurityGroupRules ?? []).flatMap((one: { SecurityGroupRuleId?: string }) =>
    one?.SecurityGroupRuleId
      ? [{ resource: arnOf(context, "security-group-rule", one.SecurityGroupRuleId) }]
      : [],
  );

/** The resources of a tag operation, whatever their kinds. */
const tagged =
  (withTags: boolean): Targets =>
  (input, context): Target[] =>
    (Array.isArray(input.Resources) ? input.Resources : []).map((id: unknown) => {
      const type = typeOfId(String(id)) ?? "*";
      const kind = K.kindOfId(String(id));
      const one = kind ? target(context, kind, String(id)) : { resource: arnOf(context, type, String(id)) };
      const keys =
        withTags || input.Tags?.some?.((tag: { Value?: string }) => tag?.Value !== undefined)
          ? tagContext(input.Tags)
          : input.Tags?.length
            ? { "aws:TagKeys": input.Tags.map((tag: { Key?: string }) => String(tag?.Key ?? "")) }
            : {};
      const tags = tagsOfId(context, String(id));
      return {
        ...one,
        context: { ...one.context, ...keys },
        ...(tags && { facts: { account: context.account, tags: { ...tags } } }),
      };
    });

const endpointKeys = (input: Input, context: ReadContext) => ({
  ...inVpc(input, context),
  ...(input.ServiceName && { "ec2:VpceServiceName": String(input.ServiceName) }),
  ...(input.ServiceName && {
    // the account of a service of its own, `amazon` for AWS's
    "ec2:VpceServiceOwner": String(input.ServiceName).startsWith("com.amazonaws.vpce.")
      ? context.account
      : "amazon",
    "ec2:VpceServiceRegion": String(input.ServiceRegion ?? context.region),
    "ec2:VpceMultiRegion": String(Boolean(input.ServiceRegion && input.ServiceRegion !== context.region)),
  }),
});

const routeTargets: Targets[] = [table];
const address: Targets = existing(
  K.addresses,
  (input, context) =>
    input.AllocationId ??
    all(context, K.addresses).find((one) =>
      input.AssociationId
        ? one.associationId === input.AssociationId
        : input.PublicIp && one.publicIp === input.PublicIp,
    )?.id,
);
const associationTable = existing(
  K.routeTables,
  (input, context) =>
    all(context, K.routeTables).find((one) => one.associations.some((a) => a.id === input.AssociationId))?.id,
);
const associationAcl = existing(
  K.networkAcls,
  (input, context) =>
    all(context, K.networkAcls).find((one) => one.associations.some((a) => a.id === input.AssociationId))?.id,
);
const associationSubnet = existing(K.subnets, (input, context) =>
  all(context, K.networkAcls)
    .flatMap((one) => one.associations)
    .filter((one) => one.id === input.AssociationId)
    .map((one) => one.subnetId),
);
const cidrVpc = existing(
  K.vpcs,
  (input, context) =>
    all(context, K.vpcs).find((one) =>
      [...one.cidrs, ...one.ipv6Cidrs].some((c) => c.id === input.AssociationId),
    )?.id,
);
const cidrSubnet = existing(
  K.subnets,
  (input, context) =>
    all(context, K.subnets).find((one) => one.ipv6Cidrs.some((c) => c.id === input.AssociationId))?.id,
);
const attached = existing(
  K.networkInterfaces,
  (input, context) =>
    all(context, K.networkInterfaces).find((one) => one.attachment?.id === input.AttachmentId)?.id,
);
const exclusion = existing(K.blockExclusions, "ExclusionId");
const vpn = existing(K.vpnConnections, "VpnConnectionId");
const transit = existing(K.transitGateways, "TransitGatewayId");
const attachment = existing(K.transitAttachments, "TransitGatewayAttachmentId");
const transitTable = existing(K.transitRouteTables, "TransitGatewayRouteTableId");
const template = existing(
  K.launchTemplates,
  (input, context) =>
    input.LaunchTemplateId ??
    all(context, K.launchTemplates).find((one) => one.name === input.LaunchTemplateName)?.id,
);
const keyName = (input: Input) => (input.KeyName ? { "ec2:KeyPairName": String(input.KeyName) } : {});
const flowLogResources: Targets = (input, context) => {
  const kind = { VPC: K.vpcs, Subnet: K.subnets, NetworkInterface: K.networkInterfaces }[
    String(input.ResourceType) as "VPC"
  ];
  if (!kind || !Array.isArray(input.ResourceIds)) return [];
  return input.ResourceIds.map((id: string) => target(context, kind, id));
};

/** Operation → what it touches. One that is not here is authorized on `*`. */
const touched: Record<string, Targets[]> = {
  CreateVpc: [made("vpc")],
  DeleteVpc: [vpc],
  ModifyVpcAttribute: [vpc],
  DescribeVpcAttribute: [vpc],
  ModifyVpcTenancy: [vpc],
  AssociateVpcCidrBlock: [vpc],
  DisassociateVpcCidrBlock: [cidrVpc],
  CreateSubnet: [made("subnet", inVpc), vpc],
  DeleteSubnet: [subnet],
  ModifySubnetAttribute: [subnet],
  AssociateSubnetCidrBlock: [subnet],
  CreateSubnetCidrReservation: [subnet],
  DisassociateSubnetCidrBlock: [cidrSubnet],
  CreateSecurityGroup: [made("security-group", inVpc), vpc],
  DeleteSecurityGroup: [group],
  AuthorizeSecurityGroupIngress: [group, ruleOnCreate],
  AuthorizeSecurityGroupEgress: [group, ruleOnCreate],
  RevokeSecurityGroupIngress: [group],
  RevokeSecurityGroupEgress: [group],
  ModifySecurityGroupRules: [group, rules],
  UpdateSecurityGroupRuleDescriptionsIngress: [group],
  UpdateSecurityGroupRuleDescriptionsEgress: [group],
  AssociateSecurityGroupVpc: [group, vpc],
  DisassociateSecurityGroupVpc: [group, vpc],
  DescribeSecurityGroupReferences: [existing(K.securityGroups, "GroupId")],
  GetSecurityGroupsForVpc: [vpc],
  CreateTags: [tagged(true)],
  DeleteTags: [tagged(false)],
  CreateRouteTable: [made("route-table", inVpc), vpc],
  DeleteRouteTable: [table],
  CreateRoute: routeTargets,
  ReplaceRoute: routeTargets,
  DeleteRoute: routeTargets,
  AssociateRouteTable: [table, subnet, existing(K.internetGateways, "GatewayId")],
  DisassociateRouteTable: [associationTable],
  ReplaceRouteTableAssociation: [table, associationTable],
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
  CreateNetworkAcl: [made("network-acl", inVpc), vpc],
  DeleteNetworkAcl: [acl],
  CreateNetworkAclEntry: [acl],
  ReplaceNetworkAclEntry: [acl],
  DeleteNetworkAclEntry: [acl],
  ReplaceNetworkAclAssociation: [acl, associationAcl, associationSubnet],
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
  CreateVpcEndpoint: [
    made("vpc-endpoint", endpointKeys),
    vpc,
    existing(K.routeTables, "RouteTableIds"),
    existing(K.subnets, "SubnetIds"),
    existing(K.securityGroups, "SecurityGroupIds"),
  ],
  ModifyVpcEndpoint: [
    existing(K.vpcEndpoints, "VpcEndpointId"),
    existing(K.routeTables, "AddRouteTableIds"),
    existing(K.routeTables, "RemoveRouteTableIds"),
    existing(K.subnets, "AddSubnetIds"),
    existing(K.securityGroups, "AddSecurityGroupIds"),
    existing(K.securityGroups, "RemoveSecurityGroupIds"),
  ],
  CreateVpcEndpointServiceConfiguration: [
    made("vpc-endpoint-service", (input) =>
      input.PrivateDnsName ? { "ec2:VpceServicePrivateDnsName": String(input.PrivateDnsName) } : {},
    ),
  ],
  ModifyVpcEndpointServiceConfiguration: [
    existing(K.endpointServiceConfigurations, "ServiceId", (input) =>
      input.PrivateDnsName ? { "ec2:VpceServicePrivateDnsName": String(input.PrivateDnsName) } : {},
    ),
  ],
  ModifyVpcEndpointServicePermissions: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DescribeVpcEndpointServicePermissions: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DeleteVpcEndpointServiceConfigurations: [existing(K.endpointServiceConfigurations, "ServiceIds")],
  AcceptVpcEndpointConnections: [existing(K.endpointServiceConfigurations, "ServiceId")],
  RejectVpcEndpointConnections: [existing(K.endpointServiceConfigurations, "ServiceId")],
  DeleteVpcEndpoints: [existing(K.vpcEndpoints, "VpcEndpointIds")],
  CreateManagedPrefixList: [made("prefix-list")],
  ModifyManagedPrefixList: [existing(K.prefixLists, "PrefixListId")],
  DeleteManagedPrefixList: [existing(K.prefixLists, "PrefixListId")],
  GetManagedPrefixListEntries: [existing(K.prefixLists, "PrefixListId")],
  GetManagedPrefixListAssociations: [existing(K.prefixLists, "PrefixListId")],
  RestoreManagedPrefixListVersion: [existing(K.prefixLists, "PrefixListId")],
  CreateVpcBlockPublicAccessExclusion: [made("vpc-block-public-access-exclusion"), vpc, subnet],
  ModifyVpcBlockPublicAccessExclusion: [exclusion],
  DeleteVpcBlockPublicAccessExclusion: [exclusion],
  CreateVpnGateway: [made("vpn-gateway")],
  AttachVpnGateway: [existing(K.vpnGateways, "VpnGatewayId"), vpc],
  DetachVpnGateway: [existing(K.vpnGateways, "VpnGatewayId"), vpc],
  DeleteVpnGateway: [existing(K.vpnGateways, "VpnGatewayId")],
  EnableVgwRoutePropagation: [table, existing(K.vpnGateways, "GatewayId")],
  DisableVgwRoutePropagation: [table, existing(K.vpnGateways, "GatewayId")],
  CreateCustomerGateway: [made("customer-gateway")],
  DeleteCustomerGateway: [existing(K.customerGateways, "CustomerGatewayId")],
  CreateVpnConnection: [
    made("vpn-connection"),
    existing(K.customerGateways, "CustomerGatewayId"),
    existing(K.vpnGateways, "VpnGatewayId"),
    existing(K.transitGateways, "TransitGatewayId"),
  ],
  DeleteVpnConnection: [vpn],
  ModifyVpnConnection: [vpn],
  CreateVpnConnectionRoute: [vpn],
  DeleteVpnConnectionRoute: [vpn],
  CreateCarrierGateway: [made("carrier-gateway", inVpc), vpc],
  DeleteCarrierGateway: [existing(K.carrierGateways, "CarrierGatewayId")],
  CreateTransitGateway: [made("transit-gateway")],
  ModifyTransitGateway: [transit],
  DeleteTransitGateway: [transit],
  CreateTransitGatewayVpcAttachment: [
    made("transit-gateway-attachment"),
    transit,
    vpc,
    existing(K.subnets, "SubnetIds"),
  ],
  ModifyTransitGatewayVpcAttachment: [attachment],
  DeleteTransitGatewayVpcAttachment: [attachment],
  AcceptTransitGatewayVpcAttachment: [attachment],
  RejectTransitGatewayVpcAttachment: [attachment],
  CreateTransitGatewayPeeringAttachment: [made("transit-gateway-attachment"), transit],
  AcceptTransitGatewayPeeringAttachment: [attachment],
  RejectTransitGatewayPeeringAttachment: [attachment],
  DeleteTransitGatewayPeeringAttachment: [attachment],
  CreateTransitGatewayRouteTable: [made("transit-gateway-route-table"), transit],
  DeleteTransitGatewayRouteTable: [transitTable],
  AssociateTransitGatewayRouteTable: [transitTable, attachment],
  DisassociateTransitGatewayRouteTable: [transitTable, attachment],
  EnableTransitGatewayRouteTablePropagation: [transitTable, attachment],
  DisableTransitGatewayRouteTablePropagation: [transitTable, attachment],
  CreateTransitGatewayRoute: [transitTable, attachment],
  ReplaceTransitGatewayRoute: [transitTable, attachment],
  DeleteTransitGatewayRoute: [transitTable],
  SearchTransitGatewayRoutes: [transitTable],
  CreateTransitGatewayPrefixListReference: [
    transitTable,
    attachment,
    existing(K.prefixLists, "PrefixListId"),
  ],
  ModifyTransitGatewayPrefixListReference: [
    transitTable,
    attachment,
    existing(K.prefixLists, "PrefixListId"),
  ],
  DeleteTransitGatewayPrefixListReference: [transitTable, existing(K.prefixLists, "PrefixListId")],
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
  CreateFlowLogs: [made("vpc-flow-log"), flowLogResources],
  DeleteFlowLogs: [existing(K.flowLogs, "FlowLogIds")],
  CreateDhcpOptions: [made("dhcp-options")],
  DeleteDhcpOptions: [existing(K.dhcpOptions, "DhcpOptionsId")],
  AssociateDhcpOptions: [
    existing(K.dhcpOptions, (input) => (input.DhcpOptionsId === "default" ? undefined : input.DhcpOptionsId)),
    vpc,
  ],
  CreateVpcPeeringConnection: [
    made("vpc-peering-connection", (input, context) => ({
      "ec2:RequesterVpc": arnOf(context, "vpc", String(input.VpcId)),
      "ec2:AccepterVpc": K.vpcArn({
        account: String(input.PeerOwnerId ?? context.account),
        region: String(input.PeerRegion ?? context.region),
        vpcId: String(input.PeerVpcId),
      }),
    })),
    vpc,
  ],
  AcceptVpcPeeringConnection: [existing(K.peerings, "VpcPeeringConnectionId"), acceptedVpc],
  RejectVpcPeeringConnection: [existing(K.peerings, "VpcPeeringConnectionId")],
  DeleteVpcPeeringConnection: [existing(K.peerings, "VpcPeeringConnectionId")],
  ModifyVpcPeeringConnectionOptions: [existing(K.peerings, "VpcPeeringConnectionId")],
};

/** The new rule is a resource only where it gets tags. */
function ruleOnCreate(input: Input, context: ReadContext): Target[] {
  return input.TagSpecifications?.length
    ? made("security-group-rule")(input, context, "AuthorizeSecurityGroupIngress")
    : [];
}

function acceptedVpc(input: Input, context: ReadContext): Target[] {
  const peering = tableOf(context, K.peerings).get(String(input.VpcPeeringConnectionId));
  return peering ? [target(context, K.vpcs, peering.accepter.vpcId)] : [];
}

/** Handing the delivery role to flow logs needs `iam:PassRole`. */
const createFlowLogs: AuthorizationRule<Input> = (input, context) => {
  const checks = on("CreateFlowLogs", ...touched.CreateFlowLogs!)(input, context);
  if (input.DeliverLogsPermissionArn) {
    checks.push({
      action: "iam:PassRole",
      resource: String(input.DeliverLogsPermissionArn),
      context: { "iam:PassedToService": "vpc-flow-logs.amazonaws.com" },
    });
  }
  return checks;
};

/** A rule for each of these operations. */
export const authorizationOf = (operations: readonly string[]): AuthorizationTable =>
  Object.fromEntries(
    operations.map((name) => [
      name,
      name === "CreateFlowLogs" ? createFlowLogs : on(name, ...(touched[name] ?? [])),
    ]),
  );

/** For the test that holds this table to the service reference. */
export const touchedOperations: readonly string[] = Object.keys(touched);
