/** VPCs and subnets with their CIDR blocks, DHCP options, peering. */

import { ResourceFailure } from "../../engine/failure.ts";
import type { ValueMap } from "../../template/value.ts";
import { declared, map, pick, type Work } from "../declared.ts";
import { type HandlerTable, type ResourceHandler, text } from "../handler.ts";
import { describeOne, ec2Tags, tagSpecifications } from "./shared.ts";

const service = "ec2";

const vpc = declared({
  service,
  create: {
    op: "CreateVpc",
    input: (work) => ({
      ...pick(work.p, "CidrBlock", "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength"),
      TagSpecifications: tagSpecifications("vpc", work),
    }),
  },
  id: (output) => output.Vpc.VpcId,
  steps: [
    {
      of: ["EnableDnsSupport"],
      op: "ModifyVpcAttribute",
      input: ({ id, p }) => ({ VpcId: id, EnableDnsSupport: { Value: p.EnableDnsSupport ?? true } }),
    },
    {
      of: ["EnableDnsHostnames"],
      op: "ModifyVpcAttribute",
      input: ({ id, p }) => ({ VpcId: id, EnableDnsHostnames: { Value: p.EnableDnsHostnames ?? false } }),
    },
    {
      of: ["InstanceTenancy"],
      updateOnly: true,
      op: "ModifyVpcTenancy",
      input: ({ id }) => ({ VpcId: id, InstanceTenancy: "default" }),
    },
  ],
  replacement: (changes) => {
    if (changes.some((one) => one.name === "CidrBlock" || one.name.startsWith("Ipv4"))) return "yes";
    const tenancy = changes.find((one) => one.name === "InstanceTenancy");
    return tenancy && !(tenancy.before === "dedicated" && tenancy.after === "default") ? "yes" : "no";
  },
  describe: describeOne("DescribeVpcs", "VpcIds", "Vpcs"),
  attributes: (vpc) => ({
    VpcId: vpc.VpcId,
    CidrBlock: vpc.CidrBlock,
    CidrBlockAssociations: (vpc.CidrBlockAssociationSet ?? []).map(
      (one: { AssociationId: string }) => one.AssociationId,
    ),
    Ipv6CidrBlocks: (vpc.Ipv6CidrBlockAssociationSet ?? []).map(
      (one: { Ipv6CidrBlock: string }) => one.Ipv6CidrBlock,
    ),
  }),
  changing: ["CidrBlockAssociations", "Ipv6CidrBlocks"],
  delete: { op: "DeleteVpc", input: ({ id }) => ({ VpcId: id }) },
  tags: ec2Tags,
});

/** A VPC's own values and those of the group and ACL that it was made with. */
const vpcWithDefaults: ResourceHandler = {
  ...vpc,
  async attributes(physical, r) {
    const ofVpc = { Name: "vpc-id", Values: [physical.physicalId] };
    const groupName = { Name: "group-name", Values: ["default"] };
    const isDefault = { Name: "default", Values: ["true"] };
    const groups = await r.read("ec2", "DescribeSecurityGroups", { Filters: [ofVpc, groupName] });
    const acls = await r.read("ec2", "DescribeNetworkAcls", { Filters: [ofVpc, isDefault] });
    return {
      ...(await vpc.attributes?.(physical, r)),
      DefaultSecurityGroup: groups.SecurityGroups[0]?.GroupId ?? "",
      DefaultNetworkAcl: acls.NetworkAcls[0]?.NetworkAclId ?? "",
    };
  },
};

/** Where an IPv6 block comes from; an IPv4 block says neither. */
function sourceOf(p: ValueMap): ValueMap {
  return p.CidrBlock === undefined ? { Ipv6AddressAttribute: "public", IpSource: "amazon" } : {};
}

/** A subnet's IPv6 block gives way to another. */
async function changeIpv6Block({ id, p, r }: Work): Promise<void> {
  const { Subnets } = await r.read(service, "DescribeSubnets", { SubnetIds: [id] });
  for (const one of Subnets[0]?.Ipv6CidrBlockAssociationSet ?? [])
    await r.call(service, "DisassociateSubnetCidrBlock", { AssociationId: one.AssociationId });
  if (p.Ipv6CidrBlock !== undefined)
    await r.call(service, "AssociateSubnetCidrBlock", { SubnetId: id, Ipv6CidrBlock: p.Ipv6CidrBlock });
}

/** Which names instances in a subnet get; one call a setting. */
async function nameOptions({ id, p, r }: Work): Promise<void> {
  const given = map(p.PrivateDnsNameOptionsOnLaunch);
  const modify = (change: object) => r.call(service, "ModifySubnetAttribute", { SubnetId: id, ...change });
  await modify({ PrivateDnsHostnameTypeOnLaunch: given.HostnameType ?? "ip-name" });
  for (const record of ["EnableResourceNameDnsARecord", "EnableResourceNameDnsAAAARecord"])
    await modify({ [`${record}OnLaunch`]: { Value: given[record] ?? false } });
}

export const vpcTypes: HandlerTable = {
  "AWS::EC2::VPC": vpcWithDefaults,
  "AWS::EC2::VPCCidrBlock": declared({
    service,
    create: {
      op: "AssociateVpcCidrBlock",
      input: ({ p }) => ({
        ...pick(
          p,
          "VpcId",
          "CidrBlock",
          "AmazonProvidedIpv6CidrBlock",
          "Ipv6CidrBlock",
          "Ipv6Pool",
          "Ipv6CidrBlockNetworkBorderGroup",
          "Ipv4IpamPoolId",
          "Ipv4NetmaskLength",
        ),
      }),
    },
    id: (output) => (output.CidrBlockAssociation ?? output.Ipv6CidrBlockAssociation).AssociationId,
    delete: { op: "DisassociateVpcCidrBlock", input: ({ id }) => ({ AssociationId: id }) },
    attributes: (_, { id, p }) => ({ Id: id, VpcId: p.VpcId as string, ...sourceOf(p) }),
  }),
  "AWS::EC2::Subnet": declared({
    service,
    create: {
      op: "CreateSubnet",
      input: (work) => ({
        ...pick(
          work.p,
          "VpcId",
          "CidrBlock",
          "AvailabilityZone",
          "AvailabilityZoneId",
          "Ipv6CidrBlock",
          "Ipv6Native",
          "OutpostArn",
        ),
        TagSpecifications: tagSpecifications("subnet", work),
      }),
    },
    id: (output) => output.Subnet.SubnetId,
    steps: [
      { of: ["Ipv6CidrBlock"], updateOnly: true, run: changeIpv6Block },
      ...(["MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64"] as const).map((name) => ({
        of: [name],
        op: "ModifySubnetAttribute",
        input: ({ id, p }: Work) => ({ SubnetId: id, [name]: { Value: p[name] ?? false } }),
      })),
      { of: ["PrivateDnsNameOptionsOnLaunch"], run: nameOptions },
    ],
    describe: describeOne("DescribeSubnets", "SubnetIds", "Subnets"),
    attributes: (subnet) => ({
      SubnetId: subnet.SubnetId,
      VpcId: subnet.VpcId,
      AvailabilityZone: subnet.AvailabilityZone,
      AvailabilityZoneId: subnet.AvailabilityZoneId,
      CidrBlock: subnet.CidrBlock,
      Ipv6CidrBlocks: (subnet.Ipv6CidrBlockAssociationSet ?? []).map(
        (one: { Ipv6CidrBlock: string }) => one.Ipv6CidrBlock,
      ),
      NetworkAclAssociationId: subnet.NetworkAclAssociationId ?? "",
      OutpostArn: subnet.OutpostArn ?? "",
      "BlockPublicAccessStates.InternetGatewayBlockMode":
        subnet.BlockPublicAccessStates?.InternetGatewayBlockMode ?? "off",
    }),
    changing: ["Ipv6CidrBlocks", "NetworkAclAssociationId"],
    delete: { op: "DeleteSubnet", input: ({ id }) => ({ SubnetId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::SubnetCidrBlock": declared({
    service,
    create: {
      op: "AssociateSubnetCidrBlock",
      input: ({ p }) => pick(p, "SubnetId", "Ipv6CidrBlock", "Ipv6NetmaskLength"),
    },
    id: (output) => output.Ipv6CidrBlockAssociation.AssociationId,
    delete: { op: "DisassociateSubnetCidrBlock", input: ({ id }) => ({ AssociationId: id }) },
    attributes: (_, { id, p }) => ({ Id: id, ...sourceOf(p) }),
  }),
  "AWS::EC2::DHCPOptions": declared({
    service,
    create: {
      op: "CreateDhcpOptions",
      input: (work) => ({
        DhcpConfigurations: [
          ["domain-name", work.p.DomainName],
          ["domain-name-servers", work.p.DomainNameServers],
          ["ntp-servers", work.p.NtpServers],
          ["netbios-name-servers", work.p.NetbiosNameServers],
          ["netbios-node-type", work.p.NetbiosNodeType],
          ["ipv6-address-preferred-lease-time", work.p.Ipv6AddressPreferredLeaseTime],
        ]
          .filter(([, value]) => value !== undefined)
          .map(([Key, value]) => ({
            Key,
            Values: (Array.isArray(value) ? value : [value]).map((one) => text(one ?? "")),
          })),
        TagSpecifications: tagSpecifications("dhcp-options", work),
      }),
    },
    id: (output) => output.DhcpOptions.DhcpOptionsId,
    attributes: (_, { id }) => ({ DhcpOptionsId: id }),
    delete: { op: "DeleteDhcpOptions", input: ({ id }) => ({ DhcpOptionsId: id }) },
    tags: ec2Tags,
  }),
  "AWS::EC2::VPCDHCPOptionsAssociation": declared({
    service,
    create: { op: "AssociateDhcpOptions", input: ({ p }) => pick(p, "VpcId", "DhcpOptionsId") },
    id: (_, { p }) => `${text(p.DhcpOptionsId)}|${text(p.VpcId)}`,
    steps: [
      {
        of: ["DhcpOptionsId"],
        updateOnly: true,
        op: "AssociateDhcpOptions",
        input: ({ p }) => pick(p, "VpcId", "DhcpOptionsId"),
      },
    ],
    delete: { op: "AssociateDhcpOptions", input: ({ p }) => ({ VpcId: p.VpcId, DhcpOptionsId: "default" }) },
  }),
  "AWS::EC2::VPCPeeringConnection": declared({
    service,
    create: {
      op: "CreateVpcPeeringConnection",
      input: (work) => {
        const input = {
          ...pick(work.p, "VpcId", "PeerVpcId", "PeerOwnerId", "PeerRegion"),
          TagSpecifications: tagSpecifications("vpc-peering-connection", work),
        };
        const { PeerOwnerId: owner, PeerRoleArn: role } = work.p;
        if (role === undefined || owner === undefined || owner === work.r.account) return input;
        throw new ResourceFailure(
          "PeerRoleArn of AWS::EC2::VPCPeeringConnection in another account is not supported by the Sagekeep local cloud",
        );
      },
    },
    id: (output) => output.VpcPeeringConnection.VpcPeeringConnectionId,
    // CloudFormation accepts a peering within the account itself
    steps: [
      {
        of: ["VpcId"],
        run: async ({ id, p, r }) => {
          if (p.PeerOwnerId === undefined || p.PeerOwnerId === r.account) {
            await r.call("ec2", "AcceptVpcPeeringConnection", { VpcPeeringConnectionId: id });
          }
        },
      },
    ],
    attributes: (_, { id }) => ({ Id: id }),
    delete: { op: "DeleteVpcPeeringConnection", input: ({ id }) => ({ VpcPeeringConnectionId: id }) },
    tags: ec2Tags,
  }),
};
