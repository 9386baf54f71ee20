/** A stack with a reserved block, a group in a second VPC, a permission on an interface and the block of snapshots. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
const StackName = "sharing";

const status = async () => {
  const read = async () => {
    const { Stacks } = await cfn("ListStacks", {}).then(({ StackSummaries }) => ({
      Stacks: StackSummaries as { StackName: string; StackStatus: string }[],
    }));
    return Stacks.find((one) => one.StackName === StackName)?.StackStatus;
  };
  await expect.poll(read, { timeout: 20_000 }).not.toMatch(/_IN_PROGRESS$/);
  return read();
};

it("makes and takes them away", async () => {
  const vpc = (CidrBlock: string) => ({ Type: "AWS::EC2::VPC", Properties: { CidrBlock } });
  const TemplateBody = JSON.stringify({
    Resources: {
      Home: vpc("10.0.0.0/16"),
      Other: vpc("10.1.0.0/16"),
      Subnet: { Type: "AWS::EC2::Subnet", Properties: { VpcId: { Ref: "Home" }, CidrBlock: "10.0.0.0/24" } },
      Reserved: {
        Type: "AWS::EC2::SubnetCidrReservation",
        Properties: {
          SubnetId: { Ref: "Subnet" },
          Cidr: "10.0.0.16/28",
          ReservationType: "explicit",
          Tags: [{ Key: "a", Value: "b" }],
        },
      },
      Group: {
        Type: "AWS::EC2::SecurityGroup",
        Properties: { VpcId: { Ref: "Home" }, GroupName: "shared", GroupDescription: "shared" },
      },
      Shared: {
        Type: "AWS::EC2::SecurityGroupVpcAssociation",
        Properties: { GroupId: { "Fn::GetAtt": ["Group", "GroupId"] }, VpcId: { Ref: "Other" } },
      },
      Interface: { Type: "AWS::EC2::NetworkInterface", Properties: { SubnetId: { Ref: "Subnet" } } },
      Permission: {
        Type: "AWS::EC2::NetworkInterfacePermission",
        Properties: {
          NetworkInterfaceId: { Ref: "Interface" },
          AwsAccountId: "222233334444",
          Permission: "INSTANCE-ATTACH",
        },
      },
      Snapshots: { Type: "AWS::EC2::SnapshotBlockPublicAccess", Properties: { State: "block-all-sharing" } },
    },
    Outputs: {
      Reserved: { Value: { "Fn::GetAtt": ["Reserved", "SubnetCidrReservationId"] } },
      Subnet: { Value: { Ref: "Subnet" } },
      State: { Value: { "Fn::GetAtt": ["Shared", "State"] } },
    },
  });
  await cfn("CreateStack", { StackName, TemplateBody });
  expect(await status()).toBe("CREATE_COMPLETE");
  const [stack] = (await cfn("DescribeStacks", { StackName })).Stacks;
  const outputs = Object.fromEntries(
    stack.Outputs.map((one: { OutputKey: string; OutputValue: string }) => [one.OutputKey, one.OutputValue]),
  );
  expect(outputs.State).toBe("associated");
  const { SubnetIpv4CidrReservations } = await ec2("GetSubnetCidrReservations", { SubnetId: outputs.Subnet });
  expect(SubnetIpv4CidrReservations).toMatchObject([
    { SubnetCidrReservationId: outputs.Reserved, Cidr: "10.0.0.16/28" },
  ]);
  expect(SubnetIpv4CidrReservations[0].Tags).toContainEqual({ Key: "a", Value: "b" });
  expect((await ec2("DescribeNetworkInterfacePermissions")).NetworkInterfacePermissions).toHaveLength(1);
  expect((await ec2("GetSnapshotBlockPublicAccessState")).State).toBe("block-all-sharing");
  await cfn("DeleteStack", { StackName });
  expect(await status()).toBe("DELETE_COMPLETE");
  expect((await ec2("GetSnapshotBlockPublicAccessState")).State).toBe("unblocked");
  expect((await ec2("DescribeVpcs")).Vpcs).toHaveLength(1);
});
