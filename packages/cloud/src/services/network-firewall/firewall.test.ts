import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { resolvePath } from "../../network/resolve.ts";
import { domainMatches } from "./inspect.ts";
import { hostMatches, parseRules } from "./suricata.ts";

it("matches domains as lists write them", () => {
  expect(domainMatches(".pypi.org", "files.pypi.org")).toBe(true);
  expect(domainMatches(".pypi.org", "pypi.org")).toBe(true);
  expect(domainMatches("pypi.org", "files.pypi.org")).toBe(false);
  expect(domainMatches(".pypi.org", "evilpypi.org")).toBe(false);
});

it("reads rules by host, refuses what it would not work", () => {
  const [rule] = parseRules(
    'pass tls $HOME_NET any -> any 443 (tls.sni; dotprefix; content:".pypi.org"; nocase; endswith; sid:1; rev:1;)',
  );
  expect(hostMatches(rule!, "files.pypi.org")).toBe(true);
  expect(hostMatches(rule!, "pypi.org")).toBe(true);
  expect(hostMatches(rule!, "pypi.org.evil.com")).toBe(false);
  expect(() => parseRules('drop http any any -> any any (pcre:"/x/"; sid:1;)')).toThrow(
    "keyword pcre is not supported",
  );
  expect(() => parseRules("drop everything")).toThrow("Illegal rule syntax");
});

describe("a firewall between NAT and the internet gateway", () => {
  let cloud: Cloud;
  let eni: string;
  const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
  const nfw = (operation: string, input: object = {}) => cloud.call("network-firewall", operation, input);
  const resolve = (host: string, port = 443) =>
    resolvePath(cloud.runtime.within(cloud.account, cloud.region), eni, { host, port, secure: port === 443 });
  let ruleGroup: { UpdateToken: string; RuleGroupResponse: { RuleGroupArn: string } };
  let firewall: string;
  let natTable: string;
  const list = (...Targets: string[]) => ({
    RulesSource: {
      RulesSourceList: { Targets, TargetTypes: ["TLS_SNI", "HTTP_HOST"], GeneratedRulesType: "ALLOWLIST" },
    },
  });

  beforeEach(async () => {
    cloud = await startCloud();
    const VpcId = (await ec2("CreateVpc", { CidrBlock: "192.168.0.0/16" })).Vpc.VpcId;
    const subnet = async (third: number) => {
      const made = await ec2("CreateSubnet", { VpcId, CidrBlock: `192.168.${third}.0/24` });
      const { RouteTableId } = (await ec2("CreateRouteTable", { VpcId })).RouteTable;
      await ec2("AssociateRouteTable", { RouteTableId, SubnetId: made.Subnet.SubnetId });
      return { id: made.Subnet.SubnetId as string, table: RouteTableId as string };
    };
    const [inner, nat, wall] = [await subnet(0), await subnet(64), await subnet(96)];
    natTable = nat.table;
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId });
    const { AllocationId } = await ec2("AllocateAddress");
    const made = await ec2("CreateNatGateway", { SubnetId: nat.id, AllocationId });
    ruleGroup = await nfw("CreateRuleGroup", {
      RuleGroupName: "allowed",
      Type: "STATEFUL",
      Capacity: 100,
      RuleGroup: list(".amazonaws.com", "pypi.org"),
    });
    const policy = await nfw("CreateFirewallPolicy", {
      FirewallPolicyName: "policy",
      FirewallPolicy: {
        StatelessDefaultActions: ["aws:forward_to_sfe"],
        StatelessFragmentDefaultActions: ["aws:forward_to_sfe"],
        StatefulRuleGroupReferences: [{ ResourceArn: ruleGroup.RuleGroupResponse.RuleGroupArn }],
      },
    });
    await nfw("CreateFirewall", {
      FirewallName: "wall",
      FirewallPolicyArn: policy.FirewallPolicyResponse.FirewallPolicyArn,
      VpcId,
      SubnetMappings: [{ SubnetId: wall.id }],
    });
    const { FirewallStatus } = await nfw("DescribeFirewall", { FirewallName: "wall" });
    firewall = FirewallStatus.SyncStates["us-east-1a"].Attachment.EndpointId;
    const DestinationCidrBlock = "0.0.0.0/0";
    await ec2("CreateRoute", {
      RouteTableId: inner.table,
      DestinationCidrBlock,
      NatGatewayId: made.NatGateway.NatGatewayId,
    });
    await ec2("CreateRoute", { RouteTableId: nat.table, DestinationCidrBlock, VpcEndpointId: firewall });
    await ec2("CreateRoute", { RouteTableId: wall.table, DestinationCidrBlock, GatewayId: igw });
    eni = (await ec2("CreateNetworkInterface", { SubnetId: inner.id })).NetworkInterface.NetworkInterfaceId;
  });
  afterEach(() => cloud.close());

  it("lets through the hosts of its list and drops others, by TLS and HTTP", async () => {
    expect(resolve("checkip.amazonaws.com").path).toBeDefined();
    expect(resolve("checkip.amazonaws.com", 80).path).toBeDefined();
    expect(resolve("pypi.org").path).toBeDefined();
    expect(resolve("files.pypi.org").none?.reason).toBe("firewall");
    expect(resolve("example.com", 80).none?.detail).toContain("by its rule group allowed");
    // a domain list says nothing of other traffic
    expect(
      resolvePath(cloud.runtime.within(cloud.account, cloud.region), eni, {
        host: "example.com",
        port: 22,
        secure: false,
      }).path,
    ).toBeDefined();
  });

  it("changes with its rule group, and stays while a route leads through it", async () => {
    const { RuleGroupArn } = ruleGroup.RuleGroupResponse;
    const { UpdateToken } = ruleGroup;
    await nfw("UpdateRuleGroup", { RuleGroupArn, UpdateToken, RuleGroup: list("example.com") });
    expect(resolve("example.com").path).toBeDefined();
    expect(resolve("pypi.org").none?.reason).toBe("firewall");
    await expect(
      nfw("UpdateRuleGroup", { RuleGroupArn, UpdateToken, RuleGroup: list("x.com") }),
    ).rejects.toMatchObject({
      code: "InvalidTokenException",
    });
    await expect(nfw("DeleteRuleGroup", { RuleGroupArn })).rejects.toMatchObject({
      code: "InvalidOperationException",
    });
    await expect(nfw("DeleteFirewall", { FirewallName: "wall" })).rejects.toMatchObject({
      code: "InvalidOperationException",
    });
    await ec2("DeleteRoute", { RouteTableId: natTable, DestinationCidrBlock: "0.0.0.0/0" });
    await nfw("DeleteFirewall", { FirewallName: "wall" });
    await expect(ec2("DescribeVpcEndpoints", { VpcEndpointIds: [firewall] })).rejects.toMatchObject({
      code: "InvalidVpcEndpointId.NotFound",
    });
  });
});
