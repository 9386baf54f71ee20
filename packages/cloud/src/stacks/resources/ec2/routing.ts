/** Route tables and routes, internet, egress-only and NAT gateways, addresses. */

import { ResourceFailure } from "../../engine/failure.ts";
import { randomSuffix } from "../../names.ts";
import { declared, pick, type Work } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { describeOne, ec2Tags, tagSpecifications } from "./shared.ts";

const service = "ec2";
const DESTINATIONS = ["DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"] as const;
const TARGETS = [
  "CarrierGatewayId",
  "CoreNetworkArn",
  "EgressOnlyInternetGatewayId",
  "GatewayId",
  "InstanceId",
  "LocalGatewayId",
  "NatGatewayId",
  "NetworkInterfaceId",
  "TransitGatewayId",
  "VpcEndpointId",
  "VpcPeeringConnectionId",
] as const;
const destination = ({ p }: Work): string =>
  text(DESTINATIONS.map((one) => p[one]).find((one) => one !== undefined));

export const routingTypes: HandlerTable = {
  "AWS::EC2::RouteTable": declared({
    service,
    create: {
      op: "CreateRouteTable",
      input: (work) => ({ VpcId: work.p.VpcId, TagSpecifications: tagSpecifications("route-table", work) }),
    },
    id: (output) => output.RouteTable.RouteTableId,
    attributes: (_, { id }) => ({ RouteTableId: id }),
    delete: { op: "DeleteRouteTable", input: ({ id }) => ({ RouteTableId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::Route": declared({
    service,
    create: { op: "CreateRoute", input: ({ p }) => pick(p, "RouteTableId", ...DESTINATIONS, ...TARGETS) },
    id: (_, work) => `${text(work.p.RouteTableId)}|${destination(work)}`,
    steps: [
      {
        of: [...TARGETS],
        updateOnly: true,
        op: "ReplaceRoute",
        input: ({ p }) => pick(p, "RouteTableId", ...DESTINATIONS, ...TARGETS),
      },
    ],
    attributes: (_, work) => ({ CidrBlock: destination(work) }),
    delete: { op: "DeleteRoute", input: ({ p }) => pick(p, "RouteTableId", ...DESTINATIONS) },
  }),
  "AWS::EC2::SubnetRouteTableAssociation": declared({
    service,
    create: { op: "AssociateRouteTable", input: ({ p }) => pick(p, "SubnetId", "RouteTableId") },
    id: (output) => output.AssociationId,
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DisassociateRouteTable", input: ({ id }) => ({ AssociationId: id }) },
  }),
  "AWS::EC2::GatewayRouteTableAssociation": declared({
    service,
    create: { op: "AssociateRouteTable", input: ({ p }) => pick(p, "GatewayId", "RouteTableId") },
    id: (_, { p }) => text(p.GatewayId),
    steps: [
      {
        of: ["RouteTableId"],
        updateOnly: true,
        op: "ReplaceRouteTableAssociation",
        input: ({ p, attributes }) => ({
          AssociationId: attributes.AssociationId,
          RouteTableId: p.RouteTableId,
        }),
      },
    ],
    describe: {
      op: "DescribeRouteTables",
      input: ({ id }) => ({ Filters: [{ Name: "association.gateway-id", Values: [id] }] }),
      pick: (output) => output.RouteTables?.[0],
    },
    attributes: (table, { id }) => ({
      AssociationId: (table.Associations ?? []).find((one: { GatewayId?: string }) => one.GatewayId === id)
        ?.RouteTableAssociationId,
    }),
    delete: {
      op: "DisassociateRouteTable",
      input: ({ attributes }) =>
        attributes.AssociationId === undefined ? undefined : { AssociationId: attributes.AssociationId },
    },
  }),
  "AWS::EC2::InternetGateway": declared({
    service,
    create: {
      op: "CreateInternetGateway",
      input: (work) => ({ TagSpecifications: tagSpecifications("internet-gateway", work) }),
    },
    id: (output) => output.InternetGateway.InternetGatewayId,
    attributes: (_, { id }) => ({ InternetGatewayId: id }),
    delete: { op: "DeleteInternetGateway", input: ({ id }) => ({ InternetGatewayId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::EgressOnlyInternetGateway": declared({
    service,
    create: {
      op: "CreateEgressOnlyInternetGateway",
      input: (work) => ({
        VpcId: work.p.VpcId,
        TagSpecifications: tagSpecifications("egress-only-internet-gateway", work),
      }),
    },
    id: (output) => output.EgressOnlyInternetGateway.EgressOnlyInternetGatewayId,
    attributes: (_, { id }) => ({ Id: id }),
    delete: {
      op: "DeleteEgressOnlyInternetGateway",
      input: ({ id }) => ({ EgressOnlyInternetGatewayId: id }),
    },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPCGatewayAttachment": declared({
    service,
    create: {
      op: "AttachInternetGateway",
      input: ({ p }) =>
        p.InternetGatewayId === undefined ? undefined : pick(p, "InternetGatewayId", "VpcId"),
    },
    id: (_, { p }) => `${p.InternetGatewayId === undefined ? "VGW" : "IGW"}|${text(p.VpcId)}`,
    steps: [
      {
        of: ["VpnGatewayId"],
        run: async ({ p, old, r }) => {
          if (old?.VpnGatewayId !== undefined) {
            await r.call("ec2", "DetachVpnGateway", pick(old, "VpnGatewayId", "VpcId"));
          }
          if (p.VpnGatewayId !== undefined) {
            await r.call("ec2", "AttachVpnGateway", pick(p, "VpnGatewayId", "VpcId"));
          }
        },
      },
      {
        of: ["InternetGatewayId"],
        updateOnly: true,
        run: async ({ p, old, r }) => {
          await r.call("ec2", "DetachInternetGateway", pick(old ?? {}, "InternetGatewayId", "VpcId"));
          await r.call("ec2", "AttachInternetGateway", pick(p, "InternetGatewayId", "VpcId"));
        },
      },
    ],
    attributes: (_, { p }) => ({ AttachmentType: p.InternetGatewayId === undefined ? "VGW" : "IGW" }),
    delete: [
      {
        op: "DetachInternetGateway",
        input: ({ p }) =>
          p.InternetGatewayId === undefined ? undefined : pick(p, "InternetGatewayId", "VpcId"),
      },
      {
        op: "DetachVpnGateway",
        input: ({ p }) => (p.VpnGatewayId === undefined ? undefined : pick(p, "VpnGatewayId", "VpcId")),
      },
    ],
  }),
  "AWS::EC2::NatGateway": declared({
    service,
    create: {
      op: "CreateNatGateway",
      input: (work) => ({
        ...pick(
          work.p,
          "SubnetId",
          "AllocationId",
          "ConnectivityType",
          "PrivateIpAddress",
          "SecondaryAllocationIds",
          "SecondaryPrivateIpAddressCount",
          "SecondaryPrivateIpAddresses",
          "AvailabilityMode",
        ),
        ClientToken: randomSuffix(32),
        TagSpecifications: tagSpecifications("natgateway", work),
      }),
    },
    id: (output) => output.NatGateway.NatGatewayId,
    // how long connections may drain when addresses are taken away, which happens here at once
    steps: [{ of: ["MaxDrainDurationSeconds"], updateOnly: true }],
    describe: describeOne("DescribeNatGateways", "NatGatewayIds", "NatGateways"),
    ready: (gateway) => {
      if (gateway?.State === "failed")
        throw new ResourceFailure(
          `NatGateway ${gateway.NatGatewayId} is in state failed and hence failed to stabilize. Detailed failure message: ${gateway.FailureMessage ?? ""}`,
        );
      return gateway?.State === "available";
    },
    gone: (gateway) => gateway.State === "deleted",
    attributes: (gateway, { id }) => ({
      NatGatewayId: id,
      EniId: gateway.NatGatewayAddresses?.[0]?.NetworkInterfaceId ?? "",
    }),
    delete: { op: "DeleteNatGateway", input: ({ id }) => ({ NatGatewayId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::EIP": declared({
    service,
    create: {
      op: "AllocateAddress",
      input: (work) => ({
        Domain: "vpc",
        ...pick(work.p, "PublicIpv4Pool", "NetworkBorderGroup", "Address"),
        TagSpecifications: tagSpecifications("elastic-ip", work),
      }),
    },
    // Ref is the address; deletion needs the allocation, kept among the attributes
    id: (output) => output.PublicIp,
    steps: [
      {
        of: ["InstanceId"],
        run: async () => {
          throw new ResourceFailure(
            "InstanceId of AWS::EC2::EIP is not supported by the Sagekeep local cloud",
          );
        },
      },
    ],
    describe: {
      op: "DescribeAddresses",
      input: ({ id }) => ({ PublicIps: [id] }),
      pick: (output) => output.Addresses?.[0],
    },
    attributes: (address, { id }) => ({ AllocationId: address.AllocationId, PublicIp: id }),
    delete: {
      op: "ReleaseAddress",
      input: ({ attributes }) =>
        attributes.AllocationId === undefined ? undefined : { AllocationId: attributes.AllocationId },
    },
    tags: {
      put: ({ attributes, r }, tags) =>
        r.call("ec2", "CreateTags", {
          Resources: [attributes.AllocationId],
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      remove: ({ attributes, r }, keys) =>
        r.call("ec2", "DeleteTags", {
          Resources: [attributes.AllocationId],
          Tags: keys.map((Key) => ({ Key })),
        }),
    },
  }),
  "AWS::EC2::EIPAssociation": declared({
    service,
    create: {
      op: "AssociateAddress",
      input: ({ p }) => ({
        ...pick(p, "AllocationId", "NetworkInterfaceId", "InstanceId", "PrivateIpAddress"),
        PublicIp: p.EIP,
      }),
    },
    id: (output) => output.AssociationId,
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DisassociateAddress", input: ({ id }) => ({ AssociationId: id }) },
  }),
};
