/** Transit gateways, their attachments, route tables and routes. */
import { declared, list, map, pick } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { describeOne, ec2Tags, listChanges, tagSpecifications } from "./shared.ts";

const service = "ec2";

const SWITCHES = [
  "AutoAcceptSharedAttachments",
  "DefaultRouteTableAssociation",
  "DefaultRouteTablePropagation",
  "DnsSupport",
  "SecurityGroupReferencingSupport",
  "VpnEcmpSupport",
] as const;
const LATER = ["AssociationDefaultRouteTableId", "PropagationDefaultRouteTableId"] as const;

const gateway = declared({
  service,
  create: {
    op: "CreateTransitGateway",
    input: (work) => ({
      ...pick(work.p, "Description"),
      Options: pick(work.p, ...SWITCHES, "AmazonSideAsn", "MulticastSupport", "TransitGatewayCidrBlocks"),
      TagSpecifications: tagSpecifications("transit-gateway", work),
    }),
  },
  id: (output) => output.TransitGateway.TransitGatewayId,
  steps: [
    {
      of: ["Description", ...SWITCHES],
      updateOnly: true,
      op: "ModifyTransitGateway",
      input: ({ id, p }) => ({
        TransitGatewayId: id,
        ...pick(p, "Description"),
        Options: pick(p, ...SWITCHES),
      }),
    },
    {
      of: [...LATER],
      op: "ModifyTransitGateway",
      input: ({ id, p }) => ({ TransitGatewayId: id, Options: pick(p, ...LATER) }),
    },
    {
      of: ["TransitGatewayCidrBlocks"],
      updateOnly: true,
      op: "ModifyTransitGateway",
      input: ({ id, p, old }) => {
        const [AddTransitGatewayCidrBlocks, RemoveTransitGatewayCidrBlocks] = listChanges(
          old?.TransitGatewayCidrBlocks,
          p.TransitGatewayCidrBlocks,
        );
        return {
          TransitGatewayId: id,
          Options: { AddTransitGatewayCidrBlocks, RemoveTransitGatewayCidrBlocks },
        };
      },
    },
  ],
  describe: describeOne("DescribeTransitGateways", "TransitGatewayIds", "TransitGateways"),
  ready: (one) => one?.State === "available",
  attributes: (one, { id }) => ({ Id: id, TransitGatewayArn: one.TransitGatewayArn }),
  delete: { op: "DeleteTransitGateway", input: ({ id }) => ({ TransitGatewayId: id }) },
  gone: (one) => one.State === "deleted",
  tags: ec2Tags,
});

const options = (value: unknown) => {
  const said = pick(
    map(value as never),
    "ApplianceModeSupport",
    "DnsSupport",
    "Ipv6Support",
    "SecurityGroupReferencingSupport",
  );
  return Object.keys(said).length ? said : undefined;
};

const attachment = declared({
  service,
  create: {
    op: "CreateTransitGatewayVpcAttachment",
    input: (work) => ({
      ...pick(work.p, "TransitGatewayId", "VpcId", "SubnetIds"),
      Options: options(work.p.Options),
      TagSpecifications: tagSpecifications("transit-gateway-attachment", work),
    }),
  },
  id: (output) => output.TransitGatewayVpcAttachment.TransitGatewayAttachmentId,
  steps: [
    {
      of: ["SubnetIds", "Options", "AddSubnetIds", "RemoveSubnetIds"],
      updateOnly: true,
      op: "ModifyTransitGatewayVpcAttachment",
      input: ({ id, p, old }) => {
        const [added, removed] = listChanges(old?.SubnetIds, p.SubnetIds);
        return {
          TransitGatewayAttachmentId: id,
          AddSubnetIds: [...added, ...list(p.AddSubnetIds).map(text)],
          RemoveSubnetIds: [...removed, ...list(p.RemoveSubnetIds).map(text)],
          Options: options(p.Options),
        };
      },
    },
  ],
  describe: describeOne(
    "DescribeTransitGatewayVpcAttachments",
    "TransitGatewayAttachmentIds",
    "TransitGatewayVpcAttachments",
  ),
  ready: (one) => one?.State === "available",
  attributes: (_, { id }) => ({ Id: id }),
  delete: {
    op: "DeleteTransitGatewayVpcAttachment",
    input: ({ id }) => ({ TransitGatewayAttachmentId: id }),
  },
  gone: (one) => one.State === "deleted",
  tags: ec2Tags,
});

const PAIR = ["TransitGatewayRouteTableId", "TransitGatewayAttachmentId"] as const;
/** A tie between a table and an attachment. */
const tie = (make: string, undo: string) =>
  declared({
    service,
    create: { op: make, input: ({ p }) => pick(p, ...PAIR) },
    id: (_, { p }) => PAIR.map((name) => text(p[name])).join("_"),
    delete: { op: undo, input: ({ p }) => pick(p, ...PAIR) },
  });

export const transitTypes: HandlerTable = {
  "AWS::EC2::TransitGateway": gateway,
  "AWS::EC2::TransitGatewayAttachment": attachment,
  "AWS::EC2::TransitGatewayVpcAttachment": attachment,
  "AWS::EC2::TransitGatewayRouteTable": declared({
    service,
    create: {
      op: "CreateTransitGatewayRouteTable",
      input: (work) => ({
        TransitGatewayId: work.p.TransitGatewayId,
        TagSpecifications: tagSpecifications("transit-gateway-route-table", work),
      }),
    },
    id: (output) => output.TransitGatewayRouteTable.TransitGatewayRouteTableId,
    attributes: (_, { id }) => ({ TransitGatewayRouteTableId: id }),
    delete: { op: "DeleteTransitGatewayRouteTable", input: ({ id }) => ({ TransitGatewayRouteTableId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::TransitGatewayRoute": declared({
    service,
    create: {
      op: "CreateTransitGatewayRoute",
      input: ({ p }) => pick(p, ...PAIR, "DestinationCidrBlock", "Blackhole"),
    },
    id: (_, { p }) => `${text(p.TransitGatewayRouteTableId)}_${text(p.DestinationCidrBlock)}`,
    delete: {
      op: "DeleteTransitGatewayRoute",
      input: ({ p }) => pick(p, "TransitGatewayRouteTableId", "DestinationCidrBlock"),
    },
  }),
  "AWS::EC2::TransitGatewayRouteTableAssociation": tie(
    "AssociateTransitGatewayRouteTable",
    "DisassociateTransitGatewayRouteTable",
  ),
  "AWS::EC2::TransitGatewayRouteTablePropagation": tie(
    "EnableTransitGatewayRouteTablePropagation",
    "DisableTransitGatewayRouteTablePropagation",
  ),
  "AWS::EC2::TransitGatewayPeeringAttachment": declared({
    service,
    create: {
      op: "CreateTransitGatewayPeeringAttachment",
      input: (work) => ({
        ...pick(work.p, "TransitGatewayId", "PeerTransitGatewayId", "PeerAccountId", "PeerRegion"),
        TagSpecifications: tagSpecifications("transit-gateway-attachment", work),
      }),
    },
    id: (output) => output.TransitGatewayPeeringAttachment.TransitGatewayAttachmentId,
    describe: describeOne(
      "DescribeTransitGatewayPeeringAttachments",
      "TransitGatewayAttachmentIds",
      "TransitGatewayPeeringAttachments",
    ),
    attributes: (one, { id }) => ({
      TransitGatewayAttachmentId: id,
      State: one.State,
      "Status.Code": one.Status?.Code,
      "Status.Message": one.Status?.Message,
      CreationTime: one.CreationTime === undefined ? "" : new Date(one.CreationTime).toISOString(),
    }),
    delete: {
      op: "DeleteTransitGatewayPeeringAttachment",
      input: ({ id }) => ({ TransitGatewayAttachmentId: id }),
    },
    tags: ec2Tags,
  }),
};
