/** Stacks with VPN and transit gateways, launch templates and key pairs: made, changed, deleted with nothing left. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);

async function settled(StackName: string, status: string) {
  const read = async () => (await cfn("DescribeStacks", { StackName })).Stacks[0];
  await expect.poll(async () => (await read()).StackStatus, { timeout: 20_000 }).not.toMatch(/_IN_PROGRESS$/);
  const stack = await read();
  const { StackEvents } = await cfn("DescribeStackEvents", { StackName: stack.StackId });
  const reasons = StackEvents.map(
    (one: { ResourceStatusReason?: string }) => one.ResourceStatusReason,
  ).filter(Boolean);
  expect([stack.StackStatus, reasons.filter((one: string) => !/Initiated|Eventual/.test(one))]).toEqual([
    status,
    [],
  ]);
  return Object.fromEntries(
    (stack.Outputs ?? []).map((one: { OutputKey: string; OutputValue: string }) => [
      one.OutputKey,
      one.OutputValue,
    ]),
  );
}

const template = (description: string, imageId: string) => ({
  Resources: {
    Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
    Subnet: {
      Type: "AWS::EC2::Subnet",
      Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.0.0.0/24" },
    },
    Table: { Type: "AWS::EC2::RouteTable", Properties: { VpcId: { Ref: "Vpc" } } },
    Vgw: { Type: "AWS::EC2::VPNGateway", Properties: { Type: "ipsec.1", Tags: [{ Key: "a", Value: "b" }] } },
    Attached: {
      Type: "AWS::EC2::VPCGatewayAttachment",
      Properties: { VpcId: { Ref: "Vpc" }, VpnGatewayId: { Ref: "Vgw" } },
    },
    Propagation: {
      Type: "AWS::EC2::VPNGatewayRoutePropagation",
      DependsOn: "Attached",
      Properties: { RouteTableIds: [{ Ref: "Table" }], VpnGatewayId: { Ref: "Vgw" } },
    },
    Customer: {
      Type: "AWS::EC2::CustomerGateway",
      Properties: { Type: "ipsec.1", IpAddress: "203.0.113.7", BgpAsn: 65001 },
    },
    Vpn: {
      Type: "AWS::EC2::VPNConnection",
      Properties: {
        Type: "ipsec.1",
        StaticRoutesOnly: true,
        CustomerGatewayId: { Ref: "Customer" },
        VpnGatewayId: { Ref: "Vgw" },
      },
    },
    VpnRoute: {
      Type: "AWS::EC2::VPNConnectionRoute",
      Properties: { DestinationCidrBlock: "172.30.0.0/16", VpnConnectionId: { Ref: "Vpn" } },
    },
    Hub: {
      Type: "AWS::EC2::TransitGateway",
      Properties: {
        Description: description,
        DefaultRouteTableAssociation: "disable",
        DefaultRouteTablePropagation: "disable",
      },
    },
    Spoke: {
      Type: "AWS::EC2::TransitGatewayVpcAttachment",
      Properties: {
        TransitGatewayId: { Ref: "Hub" },
        VpcId: { Ref: "Vpc" },
        SubnetIds: [{ Ref: "Subnet" }],
      },
    },
    HubTable: {
      Type: "AWS::EC2::TransitGatewayRouteTable",
      Properties: { TransitGatewayId: { Ref: "Hub" } },
    },
    Associated: {
      Type: "AWS::EC2::TransitGatewayRouteTableAssociation",
      Properties: {
        TransitGatewayAttachmentId: { Ref: "Spoke" },
        TransitGatewayRouteTableId: { Ref: "HubTable" },
      },
    },
    Learned: {
      Type: "AWS::EC2::TransitGatewayRouteTablePropagation",
      Properties: {
        TransitGatewayAttachmentId: { Ref: "Spoke" },
        TransitGatewayRouteTableId: { Ref: "HubTable" },
      },
    },
    Hole: {
      Type: "AWS::EC2::TransitGatewayRoute",
      Properties: {
        Blackhole: true,
        DestinationCidrBlock: "192.168.0.0/16",
        TransitGatewayRouteTableId: { Ref: "HubTable" },
      },
    },
    ToHub: {
      Type: "AWS::EC2::Route",
      DependsOn: "Spoke",
      Properties: {
        RouteTableId: { Ref: "Table" },
        DestinationCidrBlock: "10.8.0.0/16",
        TransitGatewayId: { Ref: "Hub" },
      },
    },
    Key: { Type: "AWS::EC2::KeyPair", Properties: { KeyName: "stack-key", KeyType: "ed25519" } },
    Template: {
      Type: "AWS::EC2::LaunchTemplate",
      Properties: { LaunchTemplateData: { ImageId: imageId, KeyName: { Ref: "Key" } } },
    },
  },
  Outputs: {
    Hub: { Value: { "Fn::GetAtt": ["Hub", "TransitGatewayArn"] } },
    Key: { Value: { "Fn::GetAtt": ["Key", "KeyPairId"] } },
    Latest: { Value: { "Fn::GetAtt": ["Template", "LatestVersionNumber"] } },
    Table: { Value: { Ref: "Table" } },
  },
});

it("are made, changed and deleted", async () => {
  const StackName = "gateways";
  const first = JSON.stringify(template("first", "ami-00000001"));
  await cfn("CreateStack", { StackName, TemplateBody: first });
  const made = await settled(StackName, "CREATE_COMPLETE");
  expect(made.Hub).toMatch(/^arn:aws:ec2:us-east-1:\d+:transit-gateway\/tgw-/);
  const Name = `/ec2/keypair/${made.Key}`;
  const { Parameter } = await cloud.call("ssm", "GetParameter", { Name, WithDecryption: true });
  expect(Parameter.Value).toContain("PRIVATE KEY");
  const { RouteTables } = await ec2("DescribeRouteTables", { RouteTableIds: [made.Table] });
  expect(
    RouteTables[0].Routes.map((one: { DestinationCidrBlock: string; State: string }) => [
      one.DestinationCidrBlock,
      one.State,
    ]).sort(),
  ).toEqual([
    ["10.0.0.0/16", "active"],
    ["10.8.0.0/16", "active"],
    ["172.30.0.0/16", "active"],
  ]);

  const second = JSON.stringify(template("second", "ami-00000002"));
  await cfn("UpdateStack", { StackName, TemplateBody: second });
  expect((await settled(StackName, "UPDATE_COMPLETE")).Latest).toBe("2");
  const [hub] = (await ec2("DescribeTransitGateways")).TransitGateways;
  expect(hub.Description).toBe("second");

  const { StackId } = (await cfn("DescribeStacks", { StackName })).Stacks[0];
  await cfn("DeleteStack", { StackName });
  await settled(StackId, "DELETE_COMPLETE");
  expect((await ec2("DescribeLaunchTemplates")).LaunchTemplates).toEqual([]);
  expect((await ec2("DescribeKeyPairs")).KeyPairs).toEqual([]);
  const states = async (operation: string, member: string) =>
    (await ec2(operation))[member].map((one: { State: string }) => one.State);
  expect(await states("DescribeTransitGateways", "TransitGateways")).toEqual(["deleted"]);
  expect(await states("DescribeVpnGateways", "VpnGateways")).toEqual(["deleted"]);
  await expect(cloud.call("ssm", "GetParameter", { Name })).rejects.toMatchObject({
    code: "ParameterNotFound",
  });
}, 60_000);
