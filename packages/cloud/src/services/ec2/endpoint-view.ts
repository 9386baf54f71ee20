/** How the API shows a VPC endpoint. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html */
import type { VpcEndpoint } from "@aws-sdk/client-ec2";
import type { ReadContext } from "../../context.ts";
import { dnsEntries } from "./endpoint-names.ts";
import { tableOf, tagList } from "./kind.ts";
import { endpointState, securityGroups } from "./kinds.ts";
import type { VpcEndpointRecord } from "./records.ts";

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

/** One that leads to VPC Lattice: AWS shows fewer members, and these values in another case. */
const latticeView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): VpcEndpoint => ({
  VpcEndpointId: endpoint.id,
  VpcEndpointType: endpoint.type,
  VpcId: endpoint.vpcId,
  State: endpointState(endpoint, context.now) === "available" ? "Available" : "Pending",
  SubnetIds: [...endpoint.subnetIds],
  Groups: groupsView(endpoint, context),
  IpAddressType: endpoint.ipAddressType.toUpperCase() as "ipv4",
  PrivateDnsEnabled: endpoint.privateDns,
  NetworkInterfaceIds: [...endpoint.networkInterfaceIds],
  CreationTimestamp: new Date(endpoint.created),
  Tags: tagList(endpoint.tags),
  OwnerId: context.account,
  ...(endpoint.type === "Resource"
    ? { ResourceConfigurationArn: endpoint.targetArn }
    : { ServiceNetworkArn: endpoint.targetArn }),
});

const groupsView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext) =>
  endpoint.groupIds.map((GroupId) => ({
    GroupId,
    GroupName: tableOf(context, securityGroups).get(GroupId)?.name,
  }));

/** As the answer that makes one shows it. */
export const pendingView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): VpcEndpoint => ({
  ...endpointView(endpoint, context),
  State: (endpoint.targetArn ? "Pending" : "pending") as "Pending",
});

export const endpointView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): VpcEndpoint =>
  endpoint.targetArn ? latticeView(endpoint, context) : serviceView(endpoint, context);

const serviceView = (endpoint: Readonly<VpcEndpointRecord>, context: ReadContext): VpcEndpoint => ({
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
  Groups: groupsView(endpoint, context),
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
