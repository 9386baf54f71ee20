/**
 * VPC endpoints: gateway endpoints are routes to a prefix list, interface endpoints an interface in each subnet.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
 */

import type { VpcEndpoint } from "@aws-sdk/client-ec2";
import type { CallContext, ReadContext } from "../../../context.ts";
import { policyProblem } from "../../../gateway/compiled.ts";
import { AwsError } from "../../../wire/errors.ts";
import { dnsEntries } from "../endpoint-names.ts";
import { need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { createInterface, groupsFor, removeInterface } from "../interfaces.ts";
import { add, all, change, describe, find, remove, tableOf, tagList } from "../kind.ts";
import {
  endpointState,
  networkInterfaces,
  routeTables,
  securityGroups,
  subnets,
  vpcEndpoints,
  vpcs,
} from "../kinds.ts";
import { expectingPlain } from "../malformed.ts";
import type { Operations } from "../operation.ts";
import type { SubnetRecord, VpcEndpointRecord, VpcRecord } from "../records.ts";
import { awsPrefixLists } from "../service-names.ts";
import { specifiedTags } from "../tagging.ts";
import { type KnownService, serviceNamed } from "./endpoint-services.ts";

/** What an endpoint lets through that was given no policy. */
const FULL_ACCESS = JSON.stringify(
  { Statement: [{ Action: "*", Effect: "Allow", Principal: "*", Resource: "*" }] },
  null,
  2,
);
const FULL_ACCESS_GATEWAY = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

const MAX_POLICY = 20_480;

const delay = () => Number(process.env.SAGEKEEP_ENDPOINT_DELAY_MS ?? 0) || 0;

export const endpointView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): VpcEndpoint => ({
  VpcEndpointId: endpoint.id,
  VpcEndpointType: endpoint.type,
  VpcId: endpoint.vpcId,
  ServiceName: endpoint.serviceName,
  ServiceRegion: context.region,
  // the API writes these in lower case, whatever the SDK's type says
  State: endpointState(endpoint, context.now) as "Available",
  ...(endpoint.type !== "GatewayLoadBalancer" && {
    PolicyDocument: endpoint.policy ?? (endpoint.type === "Gateway" ? FULL_ACCESS_GATEWAY : FULL_ACCESS),
  }),
  RouteTableIds: [...endpoint.routeTableIds],
  SubnetIds: [...endpoint.subnetIds],
  Groups: endpoint.groupIds.map((GroupId) => ({
    GroupId,
    GroupName: tableOf(context, securityGroups).get(GroupId)?.name,
  })),
  IpAddressType: endpoint.ipAddressType,
  DnsOptions: {
    DnsRecordIpType: endpoint.dnsRecordIpType as "ipv4",
    ...(endpoint.privateDnsOnlyForInboundResolver !== undefined && {
      PrivateDnsOnlyForInboundResolverEndpoint: endpoint.privateDnsOnlyForInboundResolver,
    }),
  },
  PrivateDnsEnabled: endpoint.privateDns,
  RequesterManaged: endpoint.requesterManaged,
  NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
  DnsEntries: dnsEntries(endpoint, context),
  CreationTimestamp: new Date(endpoint.created),
  OwnerId: context.account,
  Tags: tagList(endpoint.tags),
});

/** A policy as given. @throws AwsError when it is no JSON object or too long */
function checkedPolicy(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (text.length > MAX_POLICY) {
    throw new AwsError(
      "InvalidParameter",
      `The policy document exceeds the maximum size of ${MAX_POLICY} characters.`,
    );
  }
  if (policyProblem(text, "endpoint") === undefined) return text;
  throw new AwsError(
    "InvalidPolicyDocument",
    "The specified policy document is not a valid JSON policy document.",
  );
}

const prefixListOf = (context: ReadContext, serviceName: string) =>
  awsPrefixLists(context.region).find((one) => one.name === serviceName);

/** Adds the endpoint's route to a table. @throws AwsError when another endpoint of the service is there */
function addRoute(
  context: CallContext,
  endpoint: Pick<VpcEndpointRecord, "id" | "vpcId" | "serviceName">,
  tableId: string,
): void {
  const table = find(context, routeTables, tableId, expectingPlain("InvalidRouteTableId.Malformed", "rtb"));
  if (table.vpcId !== endpoint.vpcId) {
    throw new AwsError("InvalidParameter", `Route table ${tableId} does not belong to VPC ${endpoint.vpcId}`);
  }
  const prefixListId = prefixListOf(context, endpoint.serviceName)!.id;
  if (table.routes.some((one) => one.prefixListId === prefixListId)) {
    throw new AwsError(
      "RouteAlreadyExists",
      `route table ${tableId} already has a route with destination-prefix-list-id ${prefixListId}`,
    );
  }
  change(context, routeTables, tableId, (draft) => {
    draft.routes.push({
      prefixListId,
      target: { kind: "vpc-endpoint", id: endpoint.id },
      origin: "CreateRoute",
    });
  });
}

function removeRoute(context: CallContext, endpointId: string, tableId: string): void {
  if (!tableOf(context, routeTables).has(tableId)) return;
  change(context, routeTables, tableId, (draft) => {
    draft.routes = draft.routes.filter((one) => one.target.id !== endpointId);
  });
}

/** Makes the endpoint's interface in a subnet. @throws AwsError when its zone has one already */
function addInterface(
  context: CallContext,
  endpoint: Pick<VpcEndpointRecord, "id" | "vpcId" | "groupIds" | "type">,
  subnetId: string,
  others: readonly string[],
  ip?: string,
): string {
  const subnet = subnetOf(context, subnetId);
  if (subnet.vpcId !== endpoint.vpcId) {
    throw new AwsError("InvalidParameter", `Subnet ${subnetId} does not belong to VPC ${endpoint.vpcId}`);
  }
  if (others.some((id) => id !== subnetId && tableOf(context, subnets).get(id)?.zone === subnet.zone)) {
    throw new AwsError(
      "DuplicateSubnetsInSameZone",
      `Found another VPC endpoint subnet in the availability zone of ${subnetId}. VPC endpoint subnets should be in different availability zones supported by the VPC endpoint service.`,
    );
  }
  const balancer = endpoint.type === "GatewayLoadBalancer";
  return createInterface(context, {
    subnetId,
    groupIds: balancer ? [] : endpoint.groupIds,
    ...(ip && { privateIps: [ip] }),
    description: `VPC Endpoint Interface ${endpoint.id}`,
    interfaceType: balancer ? "gateway_load_balancer_endpoint" : "vpc_endpoint",
    requester: { id: "727180483921", owner: "amazon-aws" },
  }).id;
}

/** @throws AwsError when the VPC has no DNS, or another endpoint answers for the same names */
function checkPrivateDns(
  context: ReadContext,
  vpc: Readonly<VpcRecord>,
  service: KnownService,
  self?: string,
): void {
  if (!vpc.dnsSupport || !vpc.dnsHostnames) {
    throw new AwsError(
      "InvalidParameter",
      `Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for ${vpc.id}`,
    );
  }
  const name = service.hosts[0];
  if (!name) {
    throw new AwsError(
      "InvalidParameter",
      `Private DNS can't be enabled because the service ${service.name} does not provide a private DNS name.`,
    );
  }
  const rival = all(context, vpcEndpoints).find(
    (one) => one.vpcId === vpc.id && one.privateDns && one.serviceName === service.name && one.id !== self,
  );
  if (rival) {
    throw new AwsError(
      "InvalidParameter",
      `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name.replace(/^\*\./, "")} in the VPC ${vpc.id}`,
    );
  }
}

function unsuitable(type: string, parameter: string): AwsError {
  return new AwsError(
    "InvalidParameter",
    `${parameter} cannot be specified for an endpoint of type ${type}.`,
  );
}

/** Removes an endpoint with its routes and interfaces. */
export function deleteEndpoint(context: CallContext, endpoint: Readonly<VpcEndpointRecord>): void {
  for (const id of endpoint.routeTableIds) removeRoute(context, endpoint.id, id);
  for (const id of endpoint.networkInterfaceIds) removeInterface(context, id);
  remove(context, vpcEndpoints, endpoint.id);
}

/** These operations have codes and sentences of their own for a VPC and a subnet. */
function vpcOf(context: ReadContext, id: string): Readonly<VpcRecord> {
  const vpc = tableOf(context, vpcs).get(id);
  if (vpc) return vpc;
  const malformed = expectingPlain("InvalidVpcId.Malformed", "vpc");
  throw malformed(id) ?? new AwsError("InvalidVpcId.NotFound", `The Vpc Id ${id} does not exist`);
}

function subnetOf(context: ReadContext, id: string): Readonly<SubnetRecord> {
  const subnet = tableOf(context, subnets).get(id);
  if (subnet) return subnet;
  const malformed = expectingPlain("InvalidSubnetId.Malformed", "subnet");
  throw malformed(id) ?? new AwsError("InvalidSubnetId.NotFound", subnets.notFound(id));
}

export const vpcEndpointOperations: Operations = {
  CreateVpcEndpoint(input, context) {
    const vpc = vpcOf(context, need(input.VpcId, "vpcId"));
    const type = (input.VpcEndpointType as string | undefined) ?? "Gateway";
    if (type === "Resource" || type === "ServiceNetwork") throw unsupported(`A VPC endpoint of type ${type}`);
    if (type !== "Gateway" && type !== "Interface" && type !== "GatewayLoadBalancer") {
      throw new AwsError("InvalidParameter", `Value (${type}) for parameter vpcEndpointType is invalid.`);
    }
    if (input.ServiceRegion && input.ServiceRegion !== context.region)
      throw unsupported("An endpoint service of another region");
    const service = serviceNamed(context, need(input.ServiceName, "serviceName"));
    if (!service.types.includes(type)) {
      throw new AwsError(
        "InvalidParameter",
        `VPC endpoint type ${type} is not supported for service ${service.name}. Use one of: [${service.types.join(", ")}].`,
      );
    }
    const routeTableIds = input.RouteTableIds ?? [];
    const subnetIds = [
      ...new Set([
        ...(input.SubnetIds ?? []),
        ...(input.SubnetConfigurations ?? []).flatMap((one) => one.SubnetId ?? []),
      ]),
    ];
    if (type !== "Gateway" && routeTableIds.length) throw unsuitable(type, "RouteTableIds");
    if (type === "Gateway" && subnetIds.length) throw unsuitable(type, "SubnetIds");
    if (type !== "Interface" && input.SecurityGroupIds?.length) throw unsuitable(type, "SecurityGroupIds");
    if (type === "GatewayLoadBalancer" && input.PolicyDocument) throw unsuitable(type, "PolicyDocument");
    if (type === "GatewayLoadBalancer" && subnetIds.length > 1) {
      throw new AwsError(
        "InvalidParameter",
        "Only one subnet can be specified for GatewayLoadBalancer type VPC Endpoint.",
      );
    }
    const policy = checkedPolicy(input.PolicyDocument);
    // an interface endpoint to a service with names of its own has them unless told otherwise
    const wantsDns =
      type === "Interface" && (input.PrivateDnsEnabled ?? (service.aws && service.hosts.length > 0));
    if (input.PrivateDnsEnabled && type !== "Interface") throw unsuitable(type, "PrivateDnsEnabled");
    if (wantsDns) checkPrivateDns(context, vpc, service);
    const inbound = input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint;
    const groupIds =
      type === "Interface"
        ? groupsFor(
            context,
            { vpcId: vpc.id },
            input.SecurityGroupIds?.length ? input.SecurityGroupIds : undefined,
          )
        : [];
    const base = { id: newId("vpce"), vpcId: vpc.id, serviceName: service.name, type, groupIds } as const;
    for (const id of routeTableIds) addRoute(context, base, id);
    const ipOf = (id: string) => input.SubnetConfigurations?.find((one) => one.SubnetId === id)?.Ipv4;
    const networkInterfaceIds = subnetIds.map((id) => addInterface(context, base, id, subnetIds, ipOf(id)));
    const endpoint = add(context, vpcEndpoints, {
      ...base,
      tags: specifiedTags(input.TagSpecifications, "vpc-endpoint"),
      ...(policy && { policy }),
      routeTableIds: [...routeTableIds],
      subnetIds,
      networkInterfaceIds,
      privateDns: Boolean(wantsDns),
      ...(inbound !== undefined && { privateDnsOnlyForInboundResolver: inbound }),
      ipAddressType: input.IpAddressType ?? "ipv4",
      dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? (type === "Gateway" ? "service-defined" : "ipv4"),
      requesterManaged: Boolean(
        (context as { internal?: boolean }).internal &&
          (input as { RequesterManaged?: boolean }).RequesterManaged,
      ),
      ...(service.acceptanceRequired && { connection: "pendingAcceptance" as const }),
      created: context.now,
      availableAt: context.now + (type === "Gateway" ? 0 : delay()),
    });
    const view = endpointView(endpoint, context);
    return {
      VpcEndpoint:
        type === "Gateway" || endpoint.connection ? view : { ...view, State: "pending" as "Pending" },
      ClientToken: input.ClientToken,
    };
  },

  DescribeVpcEndpoints(input, context) {
    const ids = input.VpcEndpointIds;
    const { items, next } = describe(context, vpcEndpoints, input, ids, {
      least: 1,
      idsName: "vpcEndpointIds",
    });
    return { VpcEndpoints: items.map((one) => endpointView(one, context)), NextToken: next };
  },

  ModifyVpcEndpoint(input, context) {
    const old = find(context, vpcEndpoints, need(input.VpcEndpointId, "vpcEndpointId"));
    if (input.PolicyDocument && input.ResetPolicy) {
      throw new AwsError("InvalidParameter", "PolicyDocument and ResetPolicy cannot be used together.");
    }
    if (old.type !== "Gateway" && (input.AddRouteTableIds?.length || input.RemoveRouteTableIds?.length)) {
      throw unsuitable(old.type, "RouteTableIds");
    }
    if (old.type === "Gateway" && (input.AddSubnetIds?.length || input.RemoveSubnetIds?.length)) {
      throw unsuitable(old.type, "SubnetIds");
    }
    if (
      old.type !== "Interface" &&
      (input.AddSecurityGroupIds?.length || input.RemoveSecurityGroupIds?.length)
    ) {
      throw unsuitable(old.type, "SecurityGroupIds");
    }
    const next = structuredClone(old) as VpcEndpointRecord;
    if (input.ResetPolicy) delete next.policy;
    const policy = checkedPolicy(input.PolicyDocument);
    if (policy) next.policy = policy;
    if (input.PrivateDnsEnabled !== undefined) {
      if (old.type !== "Interface") throw unsuitable(old.type, "PrivateDnsEnabled");
      if (input.PrivateDnsEnabled) {
        const vpc = find(context, vpcs, old.vpcId);
        checkPrivateDns(context, vpc, serviceNamed(context, old.serviceName), old.id);
      }
      next.privateDns = input.PrivateDnsEnabled;
    }
    if (input.IpAddressType) next.ipAddressType = input.IpAddressType;
    if (input.DnsOptions?.DnsRecordIpType) next.dnsRecordIpType = input.DnsOptions.DnsRecordIpType;
    if (input.DnsOptions?.PrivateDnsOnlyForInboundResolverEndpoint !== undefined) {
      next.privateDnsOnlyForInboundResolver = input.DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint;
    }
    for (const id of input.RemoveRouteTableIds ?? []) {
      removeRoute(context, old.id, id);
      next.routeTableIds = next.routeTableIds.filter((one) => one !== id);
    }
    for (const id of input.AddRouteTableIds ?? []) {
      if (next.routeTableIds.includes(id)) continue;
      addRoute(context, old, id);
      next.routeTableIds.push(id);
    }
    const removed = new Set(input.RemoveSecurityGroupIds);
    const added = input.AddSecurityGroupIds ?? [];
    if (removed.size || added.length) {
      const wanted = [...new Set([...next.groupIds.filter((id) => !removed.has(id)), ...added])];
      if (wanted.length === 0) {
        throw new AwsError(
          "InvalidParameter",
          "An interface endpoint must have at least one security group.",
        );
      }
      next.groupIds = groupsFor(context, old, wanted);
      for (const id of next.networkInterfaceIds) {
        change(context, networkInterfaces, id, (draft) => {
          draft.groupIds = next.groupIds;
        });
      }
    }
    for (const id of input.RemoveSubnetIds ?? []) {
      const index = next.subnetIds.indexOf(id);
      if (index < 0)
        throw new AwsError("InvalidParameter", `Subnet ${id} is not associated with the endpoint ${old.id}.`);
      next.subnetIds.splice(index, 1);
      removeInterface(context, next.networkInterfaceIds.splice(index, 1)[0]!);
    }
    for (const id of input.AddSubnetIds ?? []) {
      if (next.subnetIds.includes(id)) continue;
      next.networkInterfaceIds.push(addInterface(context, next, id, next.subnetIds));
      next.subnetIds.push(id);
    }
    tableOf(context, vpcEndpoints).put(old.id, next);
    return { Return: true };
  },

  DeleteVpcEndpoints(input, context) {
    const unsuccessful = [];
    for (const id of need(input.VpcEndpointIds, "vpcEndpointIds")) {
      const endpoint = tableOf(context, vpcEndpoints).get(id);
      if (!endpoint) {
        unsuccessful.push({
          ResourceId: id,
          // not the code of DescribeVpcEndpoints: Ansible's and Terraform's providers wait for this one
          Error: { Code: "InvalidVpcEndpoint.NotFound", Message: vpcEndpoints.notFound(id) },
        });
      } else if (endpoint.requesterManaged && !(context as { internal?: boolean }).internal) {
        const Message =
          "Operation is not allowed for requester-managed VPC endpoints for the service " +
          endpoint.serviceName;
        unsuccessful.push({ ResourceId: id, Error: { Code: "OperationNotPermitted", Message } });
      } else deleteEndpoint(context, endpoint);
    }
    return { Unsuccessful: unsuccessful };
  },
};
