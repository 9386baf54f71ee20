/**
 * VPC endpoints: gateway endpoints are routes to a prefix list, interface endpoints an interface in each subnet.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html
 */
import { policyProblem } from "../../../gateway/compiled.ts";
import { AwsError } from "../../../wire/errors.ts";
import {
  addInterface,
  addRoute,
  checkPrivateDns,
  deleteEndpoint,
  removeRoute,
  unsuitable,
  vpcOf,
} from "../endpoint-parts.ts";
import { endpointView, pendingView } from "../endpoint-view.ts";
import { need, unsupported } from "../errors.ts";
import { newId } from "../identifiers.ts";
import { groupsFor, removeInterface } from "../interfaces.ts";
import { add, change, describe, find, tableOf } from "../kind.ts";
import { networkInterfaces, vpcEndpoints, vpcs } from "../kinds.ts";
import type { Operations } from "../operation.ts";
import type { VpcEndpointRecord } from "../records.ts";
import { specifiedTags } from "../tagging.ts";
import { serviceNamed } from "./endpoint-services.ts";
import { createLatticeEndpoint } from "./lattice-endpoints.ts";

const MAX_POLICY = 20_480;

const delay = () => Number(process.env.SAGEKEEP_ENDPOINT_DELAY_MS ?? 0) || 0;

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

/** Types whose interfaces have security groups, and that may answer to names of their own. */
const hasGroups = (type: VpcEndpointRecord["type"]) => type !== "Gateway" && type !== "GatewayLoadBalancer";

export const vpcEndpointOperations: Operations = {
  CreateVpcEndpoint(input, context) {
    const vpc = vpcOf(context, need(input.VpcId, "vpcId"));
    const type = (input.VpcEndpointType as string | undefined) ?? "Gateway";
    const availableAt = context.now + (type === "Gateway" ? 0 : delay());
    if (type === "Resource" || type === "ServiceNetwork") {
      const endpoint = createLatticeEndpoint(context, input, type, vpc, availableAt);
      return {
        VpcEndpoint: pendingView(endpoint, context),
        ClientToken: input.ClientToken,
      };
    }
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
      availableAt,
    });
    return {
      VpcEndpoint:
        type === "Gateway" || endpoint.connection
          ? endpointView(endpoint, context)
          : pendingView(endpoint, context),
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
    if (!hasGroups(old.type) && (input.AddSecurityGroupIds?.length || input.RemoveSecurityGroupIds?.length)) {
      throw unsuitable(old.type, "SecurityGroupIds");
    }
    if (old.targetArn && input.PolicyDocument) throw unsuitable(old.type, "PolicyDocument");
    const next = structuredClone(old) as VpcEndpointRecord;
    if (input.ResetPolicy) delete next.policy;
    const policy = checkedPolicy(input.PolicyDocument);
    if (policy) next.policy = policy;
    if (input.PrivateDnsEnabled !== undefined) {
      if (!hasGroups(old.type)) throw unsuitable(old.type, "PrivateDnsEnabled");
      if (input.PrivateDnsEnabled && old.type === "Interface") {
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
