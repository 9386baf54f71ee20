/**
 * Answers of AWS that other projects recorded (LocalStack's `tests/aws/services/ec2`, moto's `aws_verified` tests, the
 * e2e tests of the AWS controllers for Kubernetes), asked of our cloud with data of our own.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}, region?: string) =>
  cloud.call("ec2", operation, input, region ? { region } : {});
const vpc = async (cidr = "10.20.0.0/16") =>
  (await ec2("CreateVpc", { CidrBlock: cidr })).Vpc.VpcId as string;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("ids of the wrong form", () => {
  it("are as good as unknown where VPCs are given to classic operations", async () => {
    for (const [operation, input] of [
      ["CreateSubnet", { VpcId: "my-vpc", CidrBlock: "10.0.0.0/24" }],
      ["CreateRouteTable", { VpcId: "my-vpc" }],
      ["CreateSecurityGroup", { VpcId: "my-vpc", GroupName: "g", Description: "d" }],
    ] as const) {
      expect(await failure(ec2(operation, input))).toBe(
        "InvalidVpcID.NotFound: The vpc ID 'my-vpc' does not exist",
      );
    }
    expect(await failure(ec2("DescribeSubnets", { SubnetIds: ["$(ref)", "subnet-0000aaaa"] }))).toBe(
      "InvalidSubnetID.NotFound: The subnet IDs '$(ref), subnet-0000aaaa' do not exist",
    );
  });

  it("are malformed to operations that look at the form", async () => {
    const vpcId = await vpc();
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    expect(await failure(ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: "my-vpc" }))).toBe(
      'InvalidVpcId.Malformed: Invalid id: "my-vpc" (expecting "vpc-...")',
    );
    expect(
      await failure(ec2("CreateVpcEndpoint", { VpcId: "my-vpc", ServiceName: "com.amazonaws.us-east-1.s3" })),
    ).toBe(
      "InvalidVpcId.Malformed: Invalid Id: 'my-vpc' (expecting 'vpc-...; the Id may only contain lowercase alphanumeric characters and a single dash')",
    );
    expect(await failure(ec2("CreateNatGateway", { SubnetId: "my-subnet" }))).toBe(
      "InvalidSubnet: The subnet ID 'my-subnet' is malformed",
    );
    const subnet = (await ec2("CreateSubnet", { VpcId: vpcId, CidrBlock: "10.20.1.0/24" })).Subnet.SubnetId;
    expect(await failure(ec2("CreateNatGateway", { SubnetId: subnet, AllocationId: "my-ip" }))).toBe(
      "InvalidElasticIpID.Malformed: The elastic-ip ID 'my-ip' is malformed",
    );
    expect(await failure(ec2("DescribeSecurityGroups", { GroupIds: ["i-00112233"] }))).toBe(
      'InvalidGroupId.Malformed: Invalid id: "i-00112233" (expecting "sg-...")',
    );
    expect(await failure(ec2("DeleteSecurityGroup", { GroupId: "sg-1\tsg-2" }))).toBe(
      "InvalidGroupId.Malformed: The security-group ID 'sg-1\tsg-2' is malformed",
    );
    expect(
      await failure(
        ec2("DescribeSecurityGroupRules", { Filters: [{ Name: "group-id", Values: ["nonsense"] }] }),
      ),
    ).toBe("InvalidGroupId.Malformed: The security group ID 'nonsense' is malformed");
    expect(await failure(ec2("CreateEgressOnlyInternetGateway", { VpcId: "vpc-01234567a" }))).toBe(
      "InvalidVpcId.Malformed: The vpc ID vpc-01234567a is malformed",
    );
  });
});

describe("answers that make something", () => {
  it("leave out tags there are none of", async () => {
    const { Vpc } = await ec2("CreateVpc", { CidrBlock: "10.9.0.0/16" });
    expect(Object.keys(Vpc).sort()).toEqual([
      "CidrBlock",
      "CidrBlockAssociationSet",
      "DhcpOptionsId",
      "InstanceTenancy",
      "Ipv6CidrBlockAssociationSet",
      "IsDefault",
      "OwnerId",
      "State",
      "VpcId",
    ]);
    const group = await ec2("CreateSecurityGroup", {
      GroupName: "plain",
      Description: "plain",
      VpcId: Vpc.VpcId,
    });
    expect(Object.keys(group).sort()).toEqual(["GroupId", "SecurityGroupArn"]);
  });

  it("name what is wrong with an address pool or a DHCP option", async () => {
    expect(await failure(ec2("AllocateAddress", { PublicIpv4Pool: "mine" }))).toBe(
      "InvalidParameterValue: invalid value for parameter pool: mine",
    );
    const options = { DhcpConfigurations: [{ Key: "time-zone", Values: ["UTC"] }] };
    expect(await failure(ec2("CreateDhcpOptions", options))).toBe(
      "InvalidParameterValue: Value (time-zone) for parameter name is invalid. Unknown DHCP option",
    );
  });
});

describe("flow logs", () => {
  const to = async (more: object) => ({
    ResourceType: "VPC",
    ResourceIds: [await vpc()],
    TrafficType: "ALL",
    LogDestinationType: "s3",
    ...more,
  });

  it("fail one by one when the bucket is not there", async () => {
    const input = await to({ LogDestination: "arn:aws:s3:::nobody-has-this-bucket" });
    const answer = await ec2("CreateFlowLogs", input);
    expect(answer.FlowLogIds).toEqual([]);
    expect(answer.ClientToken).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.Unsuccessful).toEqual([
      {
        ResourceId: input.ResourceIds[0],
        Error: { Code: "400", Message: "LogDestination: nobody-has-this-bucket does not exist" },
      },
    ]);
  });

  it("want one destination, of the type that is named", async () => {
    const both = await to({ LogDestination: "arn:aws:s3:::b", LogGroupName: "g" });
    expect(await failure(ec2("CreateFlowLogs", both))).toBe(
      "InvalidParameter: Please only provide LogGroupName or only provide LogDestination.",
    );
    expect(await failure(ec2("CreateFlowLogs", await to({})))).toBe(
      "InvalidParameter: LogDestination can't be empty if LogGroupName is not provided.",
    );
    expect(await failure(ec2("CreateFlowLogs", await to({ LogGroupName: "g" })))).toBe(
      "InvalidParameter: LogDestination type must be cloud-watch-logs if LogGroupName is provided.",
    );
  });

  it("are all named when several are unknown", async () => {
    expect(await failure(ec2("DeleteFlowLogs", { FlowLogIds: ["fl-00000001", "fl-00000002"] }))).toBe(
      "InvalidFlowLogId.NotFound: These flow log ids in the input list are not found: [TotalCount: 2] fl-00000001 fl-00000002",
    );
  });
});

it("peering shows the accepter's blocks once it has accepted", async () => {
  const mine = await vpc("10.31.0.0/24");
  const theirs = (await ec2("CreateVpc", { CidrBlock: "10.32.0.0/24" }, "eu-west-1")).Vpc.VpcId;
  const id = (
    await ec2("CreateVpcPeeringConnection", { VpcId: mine, PeerVpcId: theirs, PeerRegion: "eu-west-1" })
  ).VpcPeeringConnection.VpcPeeringConnectionId;
  const seen = async (region: string) =>
    (await ec2("DescribeVpcPeeringConnections", { VpcPeeringConnectionIds: [id] }, region))
      .VpcPeeringConnections[0];
  const before = await seen("eu-west-1");
  expect(before.AccepterVpcInfo).toEqual({ OwnerId: cloud.account, Region: "eu-west-1", VpcId: theirs });
  expect(before.RequesterVpcInfo.CidrBlockSet).toEqual([{ CidrBlock: "10.31.0.0/24" }]);
  expect(before.ExpirationTime).toBeInstanceOf(Date);
  await ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId: id }, "eu-west-1");
  const after = await seen("us-east-1");
  expect(after.AccepterVpcInfo.CidrBlock).toBe("10.32.0.0/24");
  expect(after.Status).toEqual({ Code: "active", Message: "Active" });
  expect(after).not.toHaveProperty("ExpirationTime");
});
