/** Virtual private, customer and carrier gateways, VPN connections; VPC Block Public Access. */
import { declared, list, map, pick, type Work } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { describeOne, ec2Tags, tagSpecifications } from "./shared.ts";

const service = "ec2";

const propagate =
  (op: string) =>
  async (ids: readonly string[], { p, r }: Work) => {
    for (const id of ids) await r.call(service, op, { RouteTableId: id, GatewayId: text(p.VpnGatewayId) });
  };
const enable = propagate("EnableVgwRoutePropagation");
const disable = propagate("DisableVgwRoutePropagation");
const tables = (value: unknown) => list(value as never).map(text);

export const vpnTypes: HandlerTable = {
  "AWS::EC2::VPNGateway": declared({
    service,
    create: {
      op: "CreateVpnGateway",
      input: (work) => ({
        ...pick(work.p, "Type", "AmazonSideAsn"),
        TagSpecifications: tagSpecifications("vpn-gateway", work),
      }),
    },
    id: (output) => output.VpnGateway.VpnGatewayId,
    attributes: (_, { id }) => ({ VPNGatewayId: id }),
    delete: { op: "DeleteVpnGateway", input: ({ id }) => ({ VpnGatewayId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::CustomerGateway": declared({
    service,
    create: {
      op: "CreateCustomerGateway",
      input: (work) => ({
        ...pick(work.p, "Type", "IpAddress", "BgpAsn", "BgpAsnExtended", "DeviceName", "CertificateArn"),
        TagSpecifications: tagSpecifications("customer-gateway", work),
      }),
    },
    id: (output) => output.CustomerGateway.CustomerGatewayId,
    attributes: (_, { id }) => ({ CustomerGatewayId: id }),
    delete: { op: "DeleteCustomerGateway", input: ({ id }) => ({ CustomerGatewayId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPNConnection": declared({
    service,
    create: {
      op: "CreateVpnConnection",
      input: (work) => ({
        ...pick(work.p, "Type", "CustomerGatewayId", "VpnGatewayId", "TransitGatewayId"),
        Options: {
          ...pick(
            work.p,
            "StaticRoutesOnly",
            "EnableAcceleration",
            "LocalIpv4NetworkCidr",
            "RemoteIpv4NetworkCidr",
          ),
          ...(work.p.VpnTunnelOptionsSpecifications !== undefined && {
            TunnelOptions: list(work.p.VpnTunnelOptionsSpecifications).map((one) =>
              pick(map(one), "PreSharedKey", "TunnelInsideCidr"),
            ),
          }),
        },
        TagSpecifications: tagSpecifications("vpn-connection", work),
      }),
    },
    id: (output) => output.VpnConnection.VpnConnectionId,
    describe: describeOne("DescribeVpnConnections", "VpnConnectionIds", "VpnConnections"),
    ready: (connection) => connection?.State === "available",
    attributes: (_, { id }) => ({ VpnConnectionId: id }),
    delete: { op: "DeleteVpnConnection", input: ({ id }) => ({ VpnConnectionId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPNConnectionRoute": declared({
    service,
    create: {
      op: "CreateVpnConnectionRoute",
      input: ({ p }) => pick(p, "DestinationCidrBlock", "VpnConnectionId"),
    },
    id: (_, { p }) => `${text(p.DestinationCidrBlock)}|${text(p.VpnConnectionId)}`,
    delete: {
      op: "DeleteVpnConnectionRoute",
      input: ({ p }) => pick(p, "DestinationCidrBlock", "VpnConnectionId"),
    },
  }),
  "AWS::EC2::VPNGatewayRoutePropagation": {
    async create(p, r) {
      const physicalId = r.generatedName(64);
      r.made(physicalId);
      await enable(tables(p.RouteTableIds), { p, id: physicalId, attributes: {}, r });
      return { physicalId };
    },
    attributes: async ({ physicalId }) => ({ Id: physicalId }),
    async update(physical, p, _, r) {
      const work = { p, id: physical.physicalId, attributes: {}, r };
      const before = tables(physical.properties.RouteTableIds);
      const now = tables(p.RouteTableIds);
      await disable(
        before.filter((id) => !now.includes(id)),
        { ...work, p: physical.properties },
      );
      await enable(
        now.filter((id) => !before.includes(id)),
        work,
      );
    },
    async delete({ physicalId, properties: p }, r) {
      await disable(tables(p.RouteTableIds), { p, id: physicalId, attributes: {}, r });
    },
  },
  "AWS::EC2::CarrierGateway": declared({
    service,
    create: {
      op: "CreateCarrierGateway",
      input: (work) => ({
        VpcId: work.p.VpcId,
        TagSpecifications: tagSpecifications("carrier-gateway", work),
      }),
    },
    id: (output) => output.CarrierGateway.CarrierGatewayId,
    describe: describeOne("DescribeCarrierGateways", "CarrierGatewayIds", "CarrierGateways"),
    attributes: (gateway, { id }) => ({
      CarrierGatewayId: id,
      OwnerId: gateway.OwnerId,
      State: gateway.State,
    }),
    delete: { op: "DeleteCarrierGateway", input: ({ id }) => ({ CarrierGatewayId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPCBlockPublicAccessOptions": declared({
    service,
    create: {
      op: "ModifyVpcBlockPublicAccessOptions",
      input: ({ p }) => pick(p, "InternetGatewayBlockMode"),
    },
    id: (_, { r }) => r.account,
    steps: [
      {
        of: ["InternetGatewayBlockMode"],
        updateOnly: true,
        op: "ModifyVpcBlockPublicAccessOptions",
        input: ({ p }) => pick(p, "InternetGatewayBlockMode"),
      },
    ],
    describe: {
      op: "DescribeVpcBlockPublicAccessOptions",
      input: () => ({}),
      pick: (output) => output?.VpcBlockPublicAccessOptions,
    },
    attributes: (options, { id }) => ({
      AccountId: id,
      ExclusionsAllowed: options.ExclusionsAllowed,
    }),
    delete: { op: "ModifyVpcBlockPublicAccessOptions", input: () => ({ InternetGatewayBlockMode: "off" }) },
  }),
  "AWS::EC2::VPCBlockPublicAccessExclusion": declared({
    service,
    create: {
      op: "CreateVpcBlockPublicAccessExclusion",
      input: (work) => ({
        ...pick(work.p, "InternetGatewayExclusionMode", "VpcId", "SubnetId"),
        TagSpecifications: tagSpecifications("vpc-block-public-access-exclusion", work),
      }),
    },
    id: (output) => output.VpcBlockPublicAccessExclusion.ExclusionId,
    steps: [
      {
        of: ["InternetGatewayExclusionMode"],
        updateOnly: true,
        op: "ModifyVpcBlockPublicAccessExclusion",
        input: ({ id, p }) => ({ ExclusionId: id, ...pick(p, "InternetGatewayExclusionMode") }),
      },
    ],
    attributes: (_, { id }) => ({ ExclusionId: id }),
    delete: { op: "DeleteVpcBlockPublicAccessExclusion", input: ({ id }) => ({ ExclusionId: id }) },
    tags: ec2Tags,
  }),
};
