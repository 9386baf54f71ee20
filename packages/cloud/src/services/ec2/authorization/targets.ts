/** Resources that several EC2 operations touch, found from what a request names. */
import type { ReadContext } from "../../../context.ts";
import {
  existing,
  type Input,
  made,
  type Target,
  type Targets,
  tagContext,
  target,
} from "../authorization-rules.ts";
import { all, arnOf, tableOf } from "../kind.ts";
import * as K from "../kinds.ts";
import { tagsOfId, typeOfId } from "../operations/tags.ts";

export const inVpc = (input: Input, context: ReadContext) =>
  input.VpcId ? { "ec2:Vpc": arnOf(context, "vpc", input.VpcId) } : {};

export const vpc = existing(K.vpcs, "VpcId");
export const subnet = existing(K.subnets, "SubnetId");
export const group = existing(K.securityGroups, (input, context) => {
  if (input.GroupId) return input.GroupId;
  return all(context, K.securityGroups).find((one) => one.name === input.GroupName)?.id;
});
export const table = existing(K.routeTables, "RouteTableId");
export const acl = existing(K.networkAcls, "NetworkAclId");
export const networkInterface = existing(K.networkInterfaces, "NetworkInterfaceId");

/** Rules are resources of their own in ModifySecurityGroupRules and tag calls. */
export const rules: Targets = (input, context) =>
  (input.SecurityGroupRules ?? []).flatMap((one: { SecurityGroupRuleId?: string }) =>
    one?.SecurityGroupRuleId
      ? [{ resource: arnOf(context, "security-group-rule", one.SecurityGroupRuleId) }]
      : [],
  );

/** The resources of a tag operation, whatever their kinds. */
export const tagged =
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

export const endpointKeys = (input: Input, context: ReadContext) => ({
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

export const routeTargets: Targets[] = [table];
export const address: Targets = existing(
  K.addresses,
  (input, context) =>
    input.AllocationId ??
    all(context, K.addresses).find((one) =>
      input.AssociationId
        ? one.associationId === input.AssociationId
        : input.PublicIp && one.publicIp === input.PublicIp,
    )?.id,
);
export const associationTable = existing(
  K.routeTables,
  (input, context) =>
    all(context, K.routeTables).find((one) => one.associations.some((a) => a.id === input.AssociationId))?.id,
);
export const associationAcl = existing(
  K.networkAcls,
  (input, context) =>
    all(context, K.networkAcls).find((one) => one.associations.some((a) => a.id === input.AssociationId))?.id,
);
export const associationSubnet = existing(K.subnets, (input, context) =>
  all(context, K.networkAcls)
    .flatMap((one) => one.associations)
    .filter((one) => one.id === input.AssociationId)
    .map((one) => one.subnetId),
);
export const cidrVpc = existing(
  K.vpcs,
  (input, context) =>
    all(context, K.vpcs).find((one) =>
      [...one.cidrs, ...one.ipv6Cidrs].some((c) => c.id === input.AssociationId),
    )?.id,
);
export const cidrSubnet = existing(
  K.subnets,
  (input, context) =>
    all(context, K.subnets).find((one) => one.ipv6Cidrs.some((c) => c.id === input.AssociationId))?.id,
);
export const attached = existing(
  K.networkInterfaces,
  (input, context) =>
    all(context, K.networkInterfaces).find((one) => one.attachment?.id === input.AttachmentId)?.id,
);
export const exclusion = existing(K.blockExclusions, "ExclusionId");
export const vpn = existing(K.vpnConnections, "VpnConnectionId");
export const transit = existing(K.transitGateways, "TransitGatewayId");
export const attachment = existing(K.transitAttachments, "TransitGatewayAttachmentId");
export const transitTable = existing(K.transitRouteTables, "TransitGatewayRouteTableId");
export const template = existing(
  K.launchTemplates,
  (input, context) =>
    input.LaunchTemplateId ??
    all(context, K.launchTemplates).find((one) => one.name === input.LaunchTemplateName)?.id,
);
export const keyName = (input: Input) => (input.KeyName ? { "ec2:KeyPairName": String(input.KeyName) } : {});
export const flowLogResources: Targets = (input, context) => {
  const kind = { VPC: K.vpcs, Subnet: K.subnets, NetworkInterface: K.networkInterfaces }[
    String(input.ResourceType) as "VPC"
  ];
  if (!kind || !Array.isArray(input.ResourceIds)) return [];
  return input.ResourceIds.map((id: string) => target(context, kind, id));
};

/** The new rule is a resource only where it gets tags. */
export function ruleOnCreate(input: Input, context: ReadContext): Target[] {
  return input.TagSpecifications?.length
    ? made("security-group-rule")(input, context, "AuthorizeSecurityGroupIngress")
    : [];
}

export function acceptedVpc(input: Input, context: ReadContext): Target[] {
  const peering = tableOf(context, K.peerings).get(String(input.VpcPeeringConnectionId));
  return peering ? [target(context, K.vpcs, peering.accepter.vpcId)] : [];
}
