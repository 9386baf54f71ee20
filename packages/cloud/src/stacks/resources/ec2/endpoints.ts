/** VPC endpoints, network interfaces, flow logs. */
import { ResourceFailure } from "../../engine/failure.ts";
import type { Value } from "../../template/value.ts";
import { declared, list, pick, policyText } from "../declared.ts";
import type { HandlerTable } from "../handler.ts";
import { addressSteps } from "./interface-addresses.ts";
import { describeOne, ec2Tags, listChanges, tagSpecifications } from "./shared.ts";

const service = "ec2";

export const endpointTypes: HandlerTable = {
  "AWS::EC2::VPCEndpoint": declared({
    service,
    create: {
      op: "CreateVpcEndpoint",
      input: (work) => ({
        ...pick(
          work.p,
          "VpcId",
          "ServiceName",
          "VpcEndpointType",
          "RouteTableIds",
          "SubnetIds",
          "SecurityGroupIds",
          "PrivateDnsEnabled",
          "IpAddressType",
          "DnsOptions",
          "ServiceRegion",
          "ResourceConfigurationArn",
          "ServiceNetworkArn",
        ),
        PolicyDocument: policyText(work.p.PolicyDocument),
        TagSpecifications: tagSpecifications("vpc-endpoint", work),
      }),
    },
    id: (output) => output.VpcEndpoint.VpcEndpointId,
    steps: [
      {
        of: [
          "PolicyDocument",
          "RouteTableIds",
          "SubnetIds",
          "SecurityGroupIds",
          "PrivateDnsEnabled",
          "IpAddressType",
          "DnsOptions",
        ],
        updateOnly: true,
        op: "ModifyVpcEndpoint",
        input: ({ id, p, old = {} }) => {
          const [addTables, removeTables] = listChanges(old.RouteTableIds, p.RouteTableIds);
          const [addSubnets, removeSubnets] = listChanges(old.SubnetIds, p.SubnetIds);
          const [addGroups, removeGroups] = listChanges(old.SecurityGroupIds, p.SecurityGroupIds);
          const some = (all: string[]) => (all.length > 0 ? all : undefined);
          return {
            VpcEndpointId: id,
            ResetPolicy:
              old.PolicyDocument !== undefined && p.PolicyDocument === undefined ? true : undefined,
            PolicyDocument: policyText(p.PolicyDocument),
            AddRouteTableIds: some(addTables),
            RemoveRouteTableIds: some(removeTables),
            AddSubnetIds: some(addSubnets),
            RemoveSubnetIds: some(removeSubnets),
            AddSecurityGroupIds: some(addGroups),
            RemoveSecurityGroupIds: some(removeGroups),
            PrivateDnsEnabled:
              p.PrivateDnsEnabled === old.PrivateDnsEnabled ? undefined : (p.PrivateDnsEnabled ?? false),
            IpAddressType: p.IpAddressType,
            DnsOptions: p.DnsOptions,
          };
        },
      },
    ],
    describe: describeOne("DescribeVpcEndpoints", "VpcEndpointIds", "VpcEndpoints"),
    ready: (endpoint) => {
      const state = String(endpoint?.State ?? "").toLowerCase();
      if (state === "failed" || state === "rejected") {
        throw new ResourceFailure(
          `VpcEndpoint ${endpoint.VpcEndpointId} failed to stabilize: ${endpoint.LastError?.Message ?? state}`,
        );
      }
      return state === "available" || state === "pendingacceptance";
    },
    gone: (endpoint) => String(endpoint.State).toLowerCase() === "deleted",
    attributes: (endpoint, { id }) => ({
      Id: id,
      CreationTimestamp: new Date(endpoint.CreationTimestamp ?? 0).toISOString(),
      DnsEntries: (endpoint.DnsEntries ?? []).map(
        (one: { HostedZoneId?: string; DnsName?: string }) =>
          `${one.HostedZoneId ?? ""}:${one.DnsName ?? ""}`,
      ),
      NetworkInterfaceIds: endpoint.NetworkInterfaceIds ?? [],
    }),
    delete: { op: "DeleteVpcEndpoints", input: ({ id }) => ({ VpcEndpointIds: [id] }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::NetworkInterface": declared({
    service,
    create: {
      op: "CreateNetworkInterface",
      input: (work) => ({
        ...pick(
          work.p,
          "SubnetId",
          "Description",
          "PrivateIpAddress",
          "PrivateIpAddresses",
          "SecondaryPrivateIpAddressCount",
          "InterfaceType",
          "Ipv6AddressCount",
          "Ipv6Addresses",
          "Ipv4Prefixes",
          "Ipv4PrefixCount",
          "Ipv6Prefixes",
          "Ipv6PrefixCount",
          "EnablePrimaryIpv6",
        ),
        Groups: work.p.GroupSet,
        TagSpecifications: tagSpecifications("network-interface", work),
      }),
    },
    id: (output) => output.NetworkInterface.NetworkInterfaceId,
    steps: [
      {
        of: ["GroupSet"],
        updateOnly: true,
        op: "ModifyNetworkInterfaceAttribute",
        input: ({ id, p }) => ({ NetworkInterfaceId: id, Groups: list(p.GroupSet) }),
      },
      {
        of: ["Description"],
        updateOnly: true,
        op: "ModifyNetworkInterfaceAttribute",
        input: ({ id, p }) => ({ NetworkInterfaceId: id, Description: { Value: p.Description ?? "" } }),
      },
      ...addressSteps,
      {
        of: ["SourceDestCheck"],
        op: "ModifyNetworkInterfaceAttribute",
        input: ({ id, p }) => ({
          NetworkInterfaceId: id,
          SourceDestCheck: { Value: p.SourceDestCheck ?? true },
        }),
      },
    ],
    describe: describeOne("DescribeNetworkInterfaces", "NetworkInterfaceIds", "NetworkInterfaces"),
    attributes: (one, { id }) => ({
      Id: id,
      VpcId: one.VpcId ?? "",
      PrimaryPrivateIpAddress: one.PrivateIpAddress ?? "",
      ...(one.Ipv6Address && { PrimaryIpv6Address: one.Ipv6Address }),
      SecondaryPrivateIpAddresses: (one.PrivateIpAddresses ?? [])
        .filter((address: { Primary?: boolean }) => !address.Primary)
        .map((address: { PrivateIpAddress: string }) => address.PrivateIpAddress),
    }),
    delete: { op: "DeleteNetworkInterface", input: ({ id }) => ({ NetworkInterfaceId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::FlowLog": declared({
    service,
    create: {
      op: "CreateFlowLogs",
      input: (work) => ({
        ResourceIds: [work.p.ResourceId as Value],
        ...pick(
          work.p,
          "ResourceType",
          "TrafficType",
          "LogDestinationType",
          "LogDestination",
          "LogGroupName",
          "DeliverLogsPermissionArn",
          "DeliverCrossAccountRole",
          "LogFormat",
          "MaxAggregationInterval",
          "DestinationOptions",
        ),
        TagSpecifications: tagSpecifications("vpc-flow-log", work),
      }),
    },
    id: (output) => {
      const problem = output.Unsuccessful?.[0]?.Error;
      if (problem)
        throw new ResourceFailure(`${problem.Message} (Service: Ec2, Error Code: ${problem.Code})`);
      return output.FlowLogIds[0];
    },
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DeleteFlowLogs", input: ({ id }) => ({ FlowLogIds: [id] }) },
    tags: ec2Tags,
  }),
};
