/**
 * Endpoint services: AWS's own of the region, and those that accounts make for their load balancers (which the local
 * cloud does not simulate: the ARNs are taken as they are).
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html
 */
import { createHash } from "node:crypto";
import type { ServiceDetail } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { endpointSuffix } from "../endpoint-names.ts";
import { missing, need } from "../errors.ts";
import { predicate } from "../filters.ts";
import { newId } from "../identifiers.ts";
import { add, all, change, describe, find, remove, tagList } from "../kind.ts";
import { endpointServiceConfigurations as configurations, vpcEndpoints } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import { page } from "../pages.ts";
import type { EndpointServiceRecord } from "../records.ts";
import { type EndpointService, endpointService, endpointServices } from "../service-names.ts";
import { specifiedTags } from "../tagging.ts";
import { zonesOf } from "../zones.ts";

export interface KnownService extends EndpointService {
  /** AWS's own. */
  aws: boolean;
  /** Whether its owner accepts each endpoint. @default no */
  acceptanceRequired?: boolean;
}

const own = (one: Readonly<EndpointServiceRecord>, region: string): KnownService => ({
  name: `com.amazonaws.vpce.${region}.${one.id}`,
  types: [one.gateway ? "GatewayLoadBalancer" : "Interface"],
  hosts: one.privateDnsName ? [one.privateDnsName] : [],
  policy: false,
  aws: false,
  acceptanceRequired: one.acceptanceRequired,
});

/** @throws AwsError `InvalidServiceName` when there is none of that name */
export function serviceNamed(context: ReadContext, name: string): KnownService {
  const aws = endpointService(name, context.region);
  if (aws) return { ...aws, aws: true };
  const mine = all(context, configurations)
    .map((one) => own(one, context.region))
    .find((one) => one.name === name);
  if (mine) return mine;
  throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
}

const detail = (
  context: ReadContext,
  service: KnownService,
  type: EndpointService["types"][number],
  record?: Readonly<EndpointServiceRecord>,
): ServiceDetail => ({
  ServiceName: service.name,
  ServiceId:
    record?.id ?? `vpce-svc-${Buffer.from(service.name).toString("hex").slice(-17).padStart(17, "0")}`,
  ServiceType: [{ ServiceType: type }],
  ServiceRegion: context.region,
  AvailabilityZones: zonesOf(context.region).map((one) => one.name),
  Owner: record ? context.account : "amazon",
  BaseEndpointDnsNames: [
    type === "Gateway" ? (service.hosts[0] ?? "") : endpointSuffix(service.name, context.region),
  ],
  ...(type === "Interface" &&
    service.hosts[0] && {
      PrivateDnsName: service.hosts[0],
      PrivateDnsNames: service.hosts.map((PrivateDnsName) => ({ PrivateDnsName })),
      PrivateDnsNameVerificationState: "verified" as const,
    }),
  VpcEndpointPolicySupported: service.policy,
  AcceptanceRequired: record?.acceptanceRequired ?? false,
  ManagesVpcEndpoints: false,
  SupportedIpAddressTypes: ["ipv4"],
  Tags: tagList(record?.tags ?? {}),
});

const configurationView = (one: Readonly<EndpointServiceRecord>, context: ReadContext) => ({
  ServiceId: one.id,
  ServiceName: `com.amazonaws.vpce.${context.region}.${one.id}`,
  ServiceType: [{ ServiceType: one.gateway ? ("GatewayLoadBalancer" as const) : ("Interface" as const) }],
  ServiceState: "Available" as const,
  AvailabilityZones: zonesOf(context.region).map((zone) => zone.name),
  AcceptanceRequired: one.acceptanceRequired,
  ManagesVpcEndpoints: false,
  ...(one.gateway
    ? { GatewayLoadBalancerArns: [...one.balancers] }
    : { NetworkLoadBalancerArns: [...one.balancers] }),
  SupportedIpAddressTypes: ["ipv4" as const],
  BaseEndpointDnsNames: [`${one.id}.${context.region}.vpce.amazonaws.com`],
  ...(one.privateDnsName && { PrivateDnsName: one.privateDnsName }),
  Tags: tagList(one.tags),
});

/** @throws AwsError for what is no principal */
function principalType(arn: string): "All" | "Account" | "OrganizationUnit" | "Role" | "Service" | "User" {
  if (arn === "*") return "All";
  const [prefix, , service, , account = "", resource = ""] = arn.split(":");
  if (prefix === "arn" && service === "organizations") return "OrganizationUnit";
  if (prefix === "arn" && service === "iam" && /^\d{12}$/.test(account)) {
    if (resource === "root") return "Account";
    if (resource.startsWith("user/")) return "User";
    if (resource.startsWith("role/")) return "Role";
  }
  if (/^[\w.-]+\.amazonaws\.com$/.test(arn)) return "Service";
  throw new AwsError("InvalidPrincipal", `Invalid Principal: '${arn}'`);
}

/** A permission's id follows from the service and the principal: the same pair always has the same. */
const permissionView = (ServiceId: string, Principal: string) => ({
  PrincipalType: principalType(Principal),
  Principal,
  ServiceId,
  ServicePermissionId: `vpce-svc-perm-0${createHash("sha256").update(`${ServiceId}/${Principal}`).digest("hex").slice(0, 16)}`,
});

export const endpointServiceOperations: Operations = {
  DescribeVpcEndpointServices(input, context) {
    const mine = all(context, configurations);
    const pairs = [
      ...endpointServices(context.region).flatMap((service) =>
        service.types.map((type) => detail(context, { ...service, aws: true }, type)),
      ),
      ...mine.map((record) => {
        const service = own(record, context.region);
        return detail(context, service, service.types[0]!, record);
      }),
    ];
    for (const name of input.ServiceNames ?? []) serviceNamed(context, name);
    const holds = predicate<ServiceDetail>(
      input.Filters,
      {
        owner: (one) => one.Owner,
        "service-name": (one) => one.ServiceName,
        "service-region": (one) => one.ServiceRegion,
        "service-type": (one) => one.ServiceType?.[0]?.ServiceType,
        "supported-ip-address-types": (one) => one.SupportedIpAddressTypes as string[],
      },
      (one) => Object.fromEntries((one.Tags ?? []).map((tag) => [tag.Key ?? "", tag.Value ?? ""])),
      context,
    );
    const chosen = pairs.filter(
      (one) =>
        (!input.ServiceNames?.length || input.ServiceNames.includes(one.ServiceName ?? "")) && holds(one),
    );
    const { items, next } = page(chosen, input, { least: 1 });
    return {
      ServiceNames: [...new Set(items.map((one) => one.ServiceName ?? ""))],
      ServiceDetails: items,
      NextToken: next,
    };
  },

  CreateVpcEndpointServiceConfiguration(input, context) {
    const gateway = input.GatewayLoadBalancerArns ?? [];
    const network = input.NetworkLoadBalancerArns ?? [];
    if ((gateway.length === 0) === (network.length === 0)) {
      throw new AwsError(
        "InvalidParameter",
        "exactly one of network_load_balancer_arn or gateway_load_balancer_arn is a required member",
      );
    }
    const one = add(context, configurations, {
      id: newId("vpce-svc"),
      tags: specifiedTags(input.TagSpecifications, "vpc-endpoint-service"),
      gateway: gateway.length > 0,
      balancers: gateway.length ? gateway : network,
      acceptanceRequired: input.AcceptanceRequired ?? true,
      allowed: [],
      ...(input.PrivateDnsName && { privateDnsName: input.PrivateDnsName }),
    });
    return { ServiceConfiguration: configurationView(one, context), ClientToken: input.ClientToken };
  },

  DescribeVpcEndpointServiceConfigurations(input, context) {
    const { items, next } = describe(context, configurations, input, input.ServiceIds, { least: 1 });
    return { ServiceConfigurations: items.map((one) => configurationView(one, context)), NextToken: next };
  },

  ModifyVpcEndpointServiceConfiguration(input, context) {
    change(context, configurations, need(input.ServiceId, "serviceId"), (draft) => {
      if (input.AcceptanceRequired !== undefined) draft.acceptanceRequired = input.AcceptanceRequired;
      if (input.PrivateDnsName) draft.privateDnsName = input.PrivateDnsName;
      if (input.RemovePrivateDnsName) delete draft.privateDnsName;
      const gone = [
        ...(input.RemoveGatewayLoadBalancerArns ?? []),
        ...(input.RemoveNetworkLoadBalancerArns ?? []),
      ];
      const more = [...(input.AddGatewayLoadBalancerArns ?? []), ...(input.AddNetworkLoadBalancerArns ?? [])];
      draft.balancers = [...draft.balancers.filter((arn) => !gone.includes(arn)), ...more];
    });
    return { Return: true };
  },

  ModifyVpcEndpointServicePermissions(input, context) {
    const gone = input.RemoveAllowedPrincipals ?? [];
    const old = find(context, configurations, need(input.ServiceId, "serviceId"));
    const kept = old.allowed.filter((arn) => !gone.includes(arn));
    const added = [...new Set(input.AddAllowedPrincipals ?? [])].filter((arn) => !kept.includes(arn));
    for (const arn of added) principalType(arn);
    change(context, configurations, old.id, (draft) => {
      draft.allowed = [...kept, ...added];
    });
    return { ReturnValue: true, AddedPrincipals: added.map((arn) => permissionView(old.id, arn)) };
  },

  DescribeVpcEndpointServicePermissions(input, context) {
    const one = find(context, configurations, need(input.ServiceId, "serviceId"));
    const holds = predicate<string>(
      input.Filters,
      { principal: (arn) => arn, "principal-type": principalType },
      undefined,
      context,
    );
    const { items, next } = page(one.allowed.filter(holds), input, { least: 1 });
    return {
      AllowedPrincipals: items.map((arn) => ({ ...permissionView(one.id, arn), Tags: [] })),
      NextToken: next,
    };
  },

  DeleteVpcEndpointServiceConfigurations(input, context) {
    const ids = input.ServiceIds;
    if (!ids?.length) throw missing("serviceId");
    const unsuccessful = [];
    for (const id of ids) {
      const name = `com.amazonaws.vpce.${context.region}.${id}`;
      const used = all(context, vpcEndpoints).some((one) => one.serviceName === name);
      if (!all(context, configurations).some((one) => one.id === id)) {
        const Message = configurations.notFound(id);
        unsuccessful.push({ ResourceId: id, Error: { Code: configurations.notFoundCode, Message } });
      } else if (used) {
        const Message = `Service has existing active VPC Endpoint connections!`;
        unsuccessful.push({ ResourceId: id, Error: { Code: "ExistingVpcEndpointConnections", Message } });
      } else remove(context, configurations, id);
    }
    return { Unsuccessful: unsuccessful };
  },
};
