/**
 * What people added to the platform's own VPC (NAT gateway, endpoints, groups, routes …): as the VPC goes, its plumbing
 * goes. Interfaces that somebody else's service uses stay, and keep the VPC from going: the run then says so. In a VPC
 * that was there before the platform nothing is touched.
 */
import { type Fields, gone, ifThere, listAll, look, names, until } from "../calls.ts";
import { type Ground, type Item, inTurn, type Phase } from "../item.ts";
import { valuesOf } from "../ownership.ts";
import { removeGroup } from "../security-group.ts";
import { MANAGED_TAG } from "./file-systems.ts";

export const network: Phase = {
  id: "network",
  title: "clear the VPC of what was added",
  async find(ground) {
    const found = await Promise.all(
      ground.own
        .ids("AWS::EC2::VPC")
        .map((vpc) => look(ground, `what is in VPC ${vpc}`, () => inVpc(ground, vpc))),
    );
    const addresses = await look(ground, "elastic addresses", () => addressItems(ground));
    return inTurn(...merge(found), addresses);
  },
};

const merge = (all: readonly Item[][][]): Item[][] =>
  Array.from({ length: Math.max(0, ...all.map((one) => one.length)) }, (_, rank) =>
    all.flatMap((one) => one[rank] ?? []),
  );

async function inVpc(ground: Ground, vpc: string): Promise<Item[][]> {
  const { clients, own } = ground;
  const list = async (operation: string, member: string, type: string, id: string, filter = "vpc-id") => {
    const input = {
      [operation === "DescribeNatGateways" || operation === "DescribeFlowLogs" ? "Filter" : "Filters"]: [
        { Name: filter, Values: [vpc] },
      ],
    };
    const all = await listAll(clients, "ec2", operation, input, member);
    return all.filter((one) => !own.of(type, String(one[id]))?.live);
  };
  if ((await ifThere(() => clients.call("ec2", "DescribeVpcs", { VpcIds: [vpc] }))) === undefined) return [];
  const make = (kind: string, id: string, remove: () => Promise<unknown>, loses?: string): Item => ({
    kind,
    id,
    why: `in the platform's VPC ${vpc}`,
    ...(loses && { loses }),
    remove: async () => void (await remove()),
  });
  const of = (one: Fields, member: string) => String(one[member]);

  const flowLogs = (
    await list("DescribeFlowLogs", "FlowLogs", "AWS::EC2::FlowLog", "FlowLogId", "resource-id")
  ).map((one) =>
    make("flow log", of(one, "FlowLogId"), () =>
      clients.call("ec2", "DeleteFlowLogs", { FlowLogIds: [of(one, "FlowLogId")] }),
    ),
  );
  const nats = (await list("DescribeNatGateways", "NatGateways", "AWS::EC2::NatGateway", "NatGatewayId"))
    .filter((one) => one.State !== "deleted")
    .map((one) =>
      make(
        "NAT gateway",
        of(one, "NatGatewayId"),
        () => removeNat(ground, one),
        `its public address ${valuesOf(one, "PublicIp").join(", ")}`,
      ),
    );
  const endpoints = (
    await list("DescribeVpcEndpoints", "VpcEndpoints", "AWS::EC2::VPCEndpoint", "VpcEndpointId")
  )
    .filter((one) => !/^deleted/i.test(of(one, "State")) && one.RequesterManaged !== true)
    .map((one) =>
      make("VPC endpoint", `${of(one, "VpcEndpointId")} (${of(one, "ServiceName")})`, () =>
        removeEndpoint(ground, of(one, "VpcEndpointId")),
      ),
    );
  const interfaces = (
    await list(
      "DescribeNetworkInterfaces",
      "NetworkInterfaces",
      "AWS::EC2::NetworkInterface",
      "NetworkInterfaceId",
    )
  )
    .filter((one) => one.Status === "available" && one.RequesterManaged !== true)
    .map((one) =>
      make("network interface", of(one, "NetworkInterfaceId"), () =>
        clients.call("ec2", "DeleteNetworkInterface", { NetworkInterfaceId: of(one, "NetworkInterfaceId") }),
      ),
    );
  const gateways = (
    await list(
      "DescribeInternetGateways",
      "InternetGateways",
      "AWS::EC2::InternetGateway",
      "InternetGatewayId",
      "attachment.vpc-id",
    )
  ).map((one) =>
    make("internet gateway", of(one, "InternetGatewayId"), async () => {
      const InternetGatewayId = of(one, "InternetGatewayId");
      await ifThere(() =>
        clients.call("ec2", "DetachInternetGateway", { InternetGatewayId, VpcId: vpc }),
      ).catch((error: Error) => {
        if (error.name !== "Gateway.NotAttached") throw error;
      });
      await clients.call("ec2", "DeleteInternetGateway", { InternetGatewayId });
    }),
  );
  const peerings = [
    ...(await list(
      "DescribeVpcPeeringConnections",
      "VpcPeeringConnections",
      "AWS::EC2::VPCPeeringConnection",
      "VpcPeeringConnectionId",
      "requester-vpc-info.vpc-id",
    )),
    ...(await list(
      "DescribeVpcPeeringConnections",
      "VpcPeeringConnections",
      "AWS::EC2::VPCPeeringConnection",
      "VpcPeeringConnectionId",
      "accepter-vpc-info.vpc-id",
    )),
  ]
    .filter(
      (one) =>
        !["deleted", "deleting", "rejected", "expired", "failed"].includes(
          (one.Status as { Code?: string } | undefined)?.Code ?? "",
        ),
    )
    .map((one) =>
      make("VPC peering", of(one, "VpcPeeringConnectionId"), () =>
        clients.call("ec2", "DeleteVpcPeeringConnection", {
          VpcPeeringConnectionId: of(one, "VpcPeeringConnectionId"),
        }),
      ),
    );
  const tables = (await list("DescribeRouteTables", "RouteTables", "AWS::EC2::RouteTable", "RouteTableId"))
    .filter((one) => !((one.Associations ?? []) as { Main?: boolean }[]).some((each) => each.Main))
    .map((one) =>
      make("route table", of(one, "RouteTableId"), async () => {
        for (const { RouteTableAssociationId } of (one.Associations ?? []) as {
          RouteTableAssociationId?: string;
        }[])
          await ifThere(() =>
            clients.call("ec2", "DisassociateRouteTable", { AssociationId: RouteTableAssociationId ?? "" }),
          );
        await clients.call("ec2", "DeleteRouteTable", { RouteTableId: of(one, "RouteTableId") });
      }),
    );
  const subnets = (await list("DescribeSubnets", "Subnets", "AWS::EC2::Subnet", "SubnetId")).map((one) =>
    make("subnet", of(one, "SubnetId"), () =>
      clients.call("ec2", "DeleteSubnet", { SubnetId: of(one, "SubnetId") }),
    ),
  );
  const acls = (await list("DescribeNetworkAcls", "NetworkAcls", "AWS::EC2::NetworkAcl", "NetworkAclId"))
    .filter((one) => one.IsDefault !== true)
    .map((one) =>
      make("network ACL", of(one, "NetworkAclId"), () =>
        clients.call("ec2", "DeleteNetworkAcl", { NetworkAclId: of(one, "NetworkAclId") }),
      ),
    );
  const groups = (
    await list("DescribeSecurityGroups", "SecurityGroups", "AWS::EC2::SecurityGroup", "GroupId")
  )
    .filter((one) => one.GroupName !== "default" && !ofDomain(one))
    .map((one) =>
      make("security group", `${of(one, "GroupName")} (${of(one, "GroupId")})`, () =>
        removeGroup(ground, of(one, "GroupId")),
      ),
    );
  return [
    [...flowLogs, ...peerings],
    [...nats],
    [...endpoints, ...interfaces],
    gateways,
    subnets,
    [...tables, ...acls, ...groups],
  ];
}

/** What SageMaker made for a domain goes with what it leaves behind, if it is one of the platform's. */
const ofDomain = (one: Fields): boolean => names(one.Tags)[MANAGED_TAG] !== undefined;

/** Its addresses are marked first: without the gateway nothing would show any more whose they were. */
async function removeNat(ground: Ground, nat: Fields): Promise<void> {
  const { clients, own } = ground;
  const NatGatewayId = String(nat.NatGatewayId);
  const addresses: string[] = [];
  for (const AllocationId of valuesOf(nat.NatGatewayAddresses, "AllocationId")) {
    const found = await ifThere(() =>
      clients.call("ec2", "DescribeAddresses", { AllocationIds: [AllocationId] }),
    );
    // one that another platform calls its own stays allocated
    if (own.tagged(names(found?.Addresses?.[0]?.Tags)) !== "other") addresses.push(AllocationId);
  }
  if (addresses.length > 0)
    await ifThere(() =>
      clients.call("ec2", "CreateTags", {
        Resources: addresses,
        Tags: [{ Key: "platform", Value: own.name }],
      }),
    );
  if (nat.State !== "deleting") await clients.call("ec2", "DeleteNatGateway", { NatGatewayId });
  await until(ground, `NAT gateway ${NatGatewayId}`, async () => {
    const { NatGateways = [] } =
      (await ifThere(() => clients.call("ec2", "DescribeNatGateways", { NatGatewayIds: [NatGatewayId] }))) ??
      {};
    return NatGateways.every((one) => one.State === "deleted");
  });
  for (const AllocationId of addresses) await release(ground, AllocationId);
}

async function release({ clients, own }: Ground, AllocationId: string): Promise<void> {
  if (own.of("AWS::EC2::EIP", AllocationId)) return;
  await ifThere(() => clients.call("ec2", "ReleaseAddress", { AllocationId }));
}

async function removeEndpoint(ground: Ground, id: string): Promise<void> {
  await ground.clients.call("ec2", "DeleteVpcEndpoints", { VpcEndpointIds: [id] });
  await until(ground, `VPC endpoint ${id}`, async () => {
    const found = await ifThere(() =>
      ground.clients.call("ec2", "DescribeVpcEndpoints", { VpcEndpointIds: [id] }),
    );
    return !found || (found.VpcEndpoints ?? []).every((one) => /^deleted$/i.test(one.State ?? ""));
  });
}

/** Addresses that carry the platform's tag and serve nothing any more. */
async function addressItems(ground: Ground): Promise<Item[]> {
  const { clients, own } = ground;
  const { Addresses = [] } = await clients.call("ec2", "DescribeAddresses", {
    Filters: [{ Name: "tag:platform", Values: [own.name] }],
  });
  return Addresses.filter((one) => one.AssociationId === undefined && own.tagged(names(one.Tags)) === "own")
    .filter(
      (one) =>
        !own.resources.some(
          (each) =>
            each.live &&
            each.type === "AWS::EC2::EIP" &&
            [one.AllocationId, one.PublicIp].some((id) => id !== undefined && each.id.includes(id)),
        ),
    )
    .map((one) => ({
      kind: "elastic address",
      id: one.AllocationId ?? one.PublicIp ?? "",
      why: `tagged platform=${own.name}`,
      remove: async () =>
        void (await gone(() =>
          clients.call("ec2", "ReleaseAddress", { AllocationId: one.AllocationId }).then(() => undefined),
        )),
    }));
}
