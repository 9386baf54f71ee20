/**
 * A way out of the VPC, made by a step and taken away by its undo: internet gateway, public subnet, NAT gateway with an
 * address, routes, an egress rule; with a firewall between the private subnets and the NAT gateway when asked for. All of
 * it is found again by its tags, so that an interrupted step can be undone.
 */
import type { Bench } from "../../bench.ts";

const ANYWHERE = "0.0.0.0/0";
/** The NAT variant's networks of the reference platform: free here. */
const PUBLIC = "192.168.64.0/20";
const FIREWALL = "192.168.96.0/20";
const TAG = { Key: "sagekeep:lab", Value: "01-domain way out" };
const RULES = "lab-allowed-domains";
const POLICY = "lab-egress";
const WALL = "lab-egress";

const tagged = [{ Name: `tag:${TAG.Key}`, Values: [TAG.Value] }];
const tags = <const T extends string>(ResourceType: T) => [{ ResourceType, Tags: [TAG] }];
const filter = (Name: string, ...Values: string[]) => [{ Name, Values }];
const plainHttp = {
  IpProtocol: "tcp",
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: ANYWHERE, Description: "sagekeep lab: plain HTTP where routes lead" }],
};

/** Waits for what AWS takes its time with; the local cloud is asked once or twice. */
async function until(bench: Bench, what: string, done: () => Promise<boolean>): Promise<void> {
  const pause = bench.isLocal ? 20 : 5_000;
  for (let tries = 0; tries < 240; tries++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`${what} takes too long`);
}

async function privateTables(bench: Bench): Promise<string[]> {
  const subnets = await Promise.all([1, 2].map((zone) => bench.exported(`network:PrivateSubnet${zone}`)));
  const { RouteTables = [] } = await bench.admin.call("ec2", "DescribeRouteTables", {
    Filters: filter("association.subnet-id", ...subnets),
  });
  return RouteTables.map((one) => one.RouteTableId ?? "");
}

async function subnetWithTable(bench: Bench, CidrBlock: string): Promise<{ subnet: string; table: string }> {
  const { admin } = bench;
  const VpcId = await bench.exported("network:Vpc");
  const first = await bench.exported("network:PrivateSubnet1");
  const { Subnets = [] } = await admin.call("ec2", "DescribeSubnets", { SubnetIds: [first] });
  const AvailabilityZone = Subnets[0]?.AvailabilityZone;
  const made = await admin.call("ec2", "CreateSubnet", {
    VpcId,
    CidrBlock,
    AvailabilityZone,
    TagSpecifications: tags("subnet"),
  });
  const subnet = made.Subnet?.SubnetId ?? "";
  const { RouteTable } = await admin.call("ec2", "CreateRouteTable", {
    VpcId,
    TagSpecifications: tags("route-table"),
  });
  const table = RouteTable?.RouteTableId ?? "";
  await admin.call("ec2", "AssociateRouteTable", { RouteTableId: table, SubnetId: subnet });
  return { subnet, table };
}

/** Makes the NAT gateway and everything around it. @returns its public address */
export async function makeWayOut(bench: Bench, withFirewall = false): Promise<string> {
  await removeWayOut(bench);
  const { admin } = bench;
  const VpcId = await bench.exported("network:Vpc");
  const gateway = await admin.call("ec2", "CreateInternetGateway", {
    TagSpecifications: tags("internet-gateway"),
  });
  const GatewayId = gateway.InternetGateway?.InternetGatewayId ?? "";
  await admin.call("ec2", "AttachInternetGateway", { VpcId, InternetGatewayId: GatewayId });
  const open = await subnetWithTable(bench, PUBLIC);
  await admin.call("ec2", "CreateRoute", {
    RouteTableId: open.table,
    DestinationCidrBlock: ANYWHERE,
    GatewayId,
  });
  const address = await admin.call("ec2", "AllocateAddress", {
    Domain: "vpc",
    TagSpecifications: tags("elastic-ip"),
  });
  const nat = await admin.call("ec2", "CreateNatGateway", {
    SubnetId: open.subnet,
    AllocationId: address.AllocationId,
    TagSpecifications: tags("natgateway"),
  });
  const NatGatewayId = nat.NatGateway?.NatGatewayId ?? "";
  await until(bench, "the NAT gateway", async () => {
    const { NatGateways } = await admin.call("ec2", "DescribeNatGateways", { NatGatewayIds: [NatGatewayId] });
    return NatGateways?.[0]?.State === "available";
  });
  const next = withFirewall
    ? { VpcEndpointId: await makeFirewall(bench, open.table, NatGatewayId) }
    : { NatGatewayId };
  for (const RouteTableId of await privateTables(bench))
    await admin.call("ec2", "CreateRoute", { RouteTableId, DestinationCidrBlock: ANYWHERE, ...next });
  await admin.call("ec2", "AuthorizeSecurityGroupEgress", {
    GroupId: await bench.exported("network:StudioGroup"),
    IpPermissions: [plainHttp],
  });
  return address.PublicIp ?? "";
}

/** Private subnets → firewall → NAT gateway, and answers back through the same firewall. */
async function makeFirewall(bench: Bench, publicTable: string, NatGatewayId: string): Promise<string> {
  const { admin } = bench;
  const VpcId = await bench.exported("network:Vpc");
  const wall = await subnetWithTable(bench, FIREWALL);
  await admin.call("ec2", "CreateRoute", {
    RouteTableId: wall.table,
    DestinationCidrBlock: ANYWHERE,
    NatGatewayId,
  });
  const rules = await admin.call("network-firewall", "CreateRuleGroup", {
    RuleGroupName: RULES,
    Type: "STATEFUL",
    Capacity: 100,
    RuleGroup: ruleGroup(bench, nobody),
    Tags: [TAG],
  });
  const policy = await admin.call("network-firewall", "CreateFirewallPolicy", {
    FirewallPolicyName: POLICY,
    FirewallPolicy: {
      StatelessDefaultActions: ["aws:forward_to_sfe"],
      StatelessFragmentDefaultActions: ["aws:forward_to_sfe"],
      StatefulEngineOptions: { RuleOrder: "STRICT_ORDER" },
      StatefulDefaultActions: ["aws:drop_established"],
      StatefulRuleGroupReferences: [{ ResourceArn: rules.RuleGroupResponse?.RuleGroupArn, Priority: 1 }],
    },
    Tags: [TAG],
  });
  await admin.call("network-firewall", "CreateFirewall", {
    FirewallName: WALL,
    FirewallPolicyArn: policy.FirewallPolicyResponse?.FirewallPolicyArn,
    VpcId,
    SubnetMappings: [{ SubnetId: wall.subnet }],
    Tags: [TAG],
  });
  let endpoint = "";
  await until(bench, "the firewall", async () => {
    const { FirewallStatus } = await admin.call("network-firewall", "DescribeFirewall", {
      FirewallName: WALL,
    });
    endpoint = Object.values(FirewallStatus?.SyncStates ?? {})[0]?.Attachment?.EndpointId ?? "";
    return FirewallStatus?.Status === "READY" && endpoint !== "";
  });
  const subnets = await Promise.all([1, 2].map((zone) => bench.exported(`network:PrivateSubnet${zone}`)));
  const { Subnets = [] } = await admin.call("ec2", "DescribeSubnets", { SubnetIds: subnets });
  for (const { CidrBlock } of Subnets)
    await admin.call("ec2", "CreateRoute", {
      RouteTableId: publicTable,
      DestinationCidrBlock: CidrBlock,
      VpcEndpointId: endpoint,
    });
  return endpoint;
}

/** A domain list that admits nobody. */
const nobody = {
  Targets: ["nobody.invalid"],
  TargetTypes: ["TLS_SNI", "HTTP_HOST"],
  GeneratedRulesType: "ALLOWLIST",
};

const ruleGroup = (bench: Bench, list: object) => ({
  RuleVariables: { IPSets: { HOME_NET: { Definition: [bench.file.platform.network.cidr] } } },
  RulesSource: { RulesSourceList: list as never },
  StatefulRuleOptions: { RuleOrder: "STRICT_ORDER" as const },
});

/** Puts a domain list in force. @param list as Network Firewall's `RulesSourceList`; @default admits nobody */
export async function setAllowedDomains(bench: Bench, list: object = nobody): Promise<void> {
  const which = { RuleGroupName: RULES, Type: "STATEFUL" as const };
  const { UpdateToken } = await bench.admin.call("network-firewall", "DescribeRuleGroup", which);
  const input = { ...which, UpdateToken, RuleGroup: ruleGroup(bench, list) };
  await bench.admin.call("network-firewall", "UpdateRuleGroup", input);
}

/** Takes away what is there of it, in an order that AWS accepts. */
export async function removeWayOut(bench: Bench): Promise<void> {
  const { admin } = bench;
  const GroupId = await bench.exported("network:StudioGroup");
  await admin
    .call("ec2", "RevokeSecurityGroupEgress", { GroupId, IpPermissions: [plainHttp] })
    .catch(ignore("InvalidPermission.NotFound"));
  for (const RouteTableId of await privateTables(bench))
    await admin
      .call("ec2", "DeleteRoute", { RouteTableId, DestinationCidrBlock: ANYWHERE })
      .catch(ignore("InvalidRoute.NotFound"));
  const { RouteTables = [] } = await admin.call("ec2", "DescribeRouteTables", { Filters: tagged });
  for (const { RouteTableId, Routes = [] } of RouteTables)
    for (const { DestinationCidrBlock, GatewayId } of Routes)
      if (GatewayId !== "local")
        await admin.call("ec2", "DeleteRoute", { RouteTableId, DestinationCidrBlock });
  await removeFirewall(bench);
  const { NatGateways = [] } = await admin.call("ec2", "DescribeNatGateways", { Filter: tagged });
  for (const { NatGatewayId, State } of NatGateways)
    if (State !== "deleted" && State !== "deleting")
      await admin.call("ec2", "DeleteNatGateway", { NatGatewayId });
  await until(bench, "the end of the NAT gateway", async () => {
    const now = await admin.call("ec2", "DescribeNatGateways", { Filter: tagged });
    return (now.NatGateways ?? []).every((one) => one.State === "deleted");
  });
  const { Addresses = [] } = await admin.call("ec2", "DescribeAddresses", { Filters: tagged });
  for (const { AllocationId } of Addresses) await admin.call("ec2", "ReleaseAddress", { AllocationId });
  for (const { RouteTableId, Associations = [] } of RouteTables) {
    for (const { RouteTableAssociationId: AssociationId } of Associations)
      await admin.call("ec2", "DisassociateRouteTable", { AssociationId });
    await admin.call("ec2", "DeleteRouteTable", { RouteTableId });
  }
  const { Subnets = [] } = await admin.call("ec2", "DescribeSubnets", { Filters: tagged });
  for (const { SubnetId } of Subnets) await admin.call("ec2", "DeleteSubnet", { SubnetId });
  const { InternetGateways = [] } = await admin.call("ec2", "DescribeInternetGateways", { Filters: tagged });
  for (const { InternetGatewayId, Attachments = [] } of InternetGateways) {
    for (const { VpcId } of Attachments)
      await admin.call("ec2", "DetachInternetGateway", { InternetGatewayId, VpcId });
    await admin.call("ec2", "DeleteInternetGateway", { InternetGatewayId });
  }
}

async function removeFirewall(bench: Bench): Promise<void> {
  const { admin } = bench;
  const gone = ignore("ResourceNotFoundException");
  await admin.call("network-firewall", "DeleteFirewall", { FirewallName: WALL }).catch(gone);
  await until(bench, "the end of the firewall", () =>
    admin.call("network-firewall", "DescribeFirewall", { FirewallName: WALL }).then(
      () => false,
      (error: unknown) => {
        gone(error);
        return true;
      },
    ),
  );
  await admin.call("network-firewall", "DeleteFirewallPolicy", { FirewallPolicyName: POLICY }).catch(gone);
  await admin
    .call("network-firewall", "DeleteRuleGroup", { RuleGroupName: RULES, Type: "STATEFUL" })
    .catch(gone);
}

const ignore = (name: string) => (error: unknown) => {
  if ((error as Error).name !== name) throw error;
};
