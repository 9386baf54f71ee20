import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const vpc = async (cidr = "10.0.0.0/16") => (await ec2("CreateVpc", { CidrBlock: cidr })).Vpc.VpcId as string;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("VPCs", () => {
  it("come with a default group, ACL and main route table", async () => {
    const id = await vpc();
    const Filters = [{ Name: "vpc-id", Values: [id] }];
    const { SecurityGroups } = await ec2("DescribeSecurityGroups", { Filters });
    expect(SecurityGroups).toHaveLength(1);
    expect(SecurityGroups[0]).toMatchObject({
      GroupName: "default",
      IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: SecurityGroups[0].GroupId }] }],
      IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
    });
    const { NetworkAcls } = await ec2("DescribeNetworkAcls", { Filters });
    expect(NetworkAcls[0].IsDefault).toBe(true);
    expect(NetworkAcls[0].Entries.map((one: { RuleNumber: number }) => one.RuleNumber)).toEqual([
      100, 32767, 100, 32767,
    ]);
    await ec2("DeleteVpc", { VpcId: id });
    expect(await failure(ec2("DescribeVpcs", { VpcIds: [id] }))).toBe(
      `InvalidVpcID.NotFound: The vpc ID '${id}' does not exist`,
    );
  });

  it("start with a default one in each region, a public subnet per zone", async () => {
    const { Vpcs } = await ec2("DescribeVpcs", { Filters: [{ Name: "is-default", Values: ["true"] }] });
    expect(Vpcs).toHaveLength(1);
    expect(Vpcs[0].CidrBlock).toBe("172.31.0.0/16");
    const { Subnets } = await ec2("DescribeSubnets", {
      Filters: [{ Name: "default-for-az", Values: ["true"] }],
    });
    expect(Subnets).toHaveLength(6);
    expect(Subnets[0]).toMatchObject({ AvailableIpAddressCount: 4091, MapPublicIpOnLaunch: true });
  });

  it("refuse blocks that are none, too large, or overlap", async () => {
    expect(await failure(ec2("CreateVpc", { CidrBlock: "banana" }))).toBe(
      "InvalidParameterValue: Value (banana) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
    );
    expect(await failure(ec2("CreateVpc", { CidrBlock: "10.0.0.0/8" }))).toBe(
      "InvalidVpc.Range: The CIDR '10.0.0.0/8' is invalid.",
    );
    const id = await vpc();
    await ec2("CreateSubnet", { VpcId: id, CidrBlock: "10.0.1.0/24" });
    expect(await failure(ec2("CreateSubnet", { VpcId: id, CidrBlock: "10.0.1.128/25" }))).toBe(
      "InvalidSubnet.Conflict: The CIDR '10.0.1.128/25' conflicts with another subnet",
    );
    expect(await failure(ec2("CreateSubnet", { VpcId: id, CidrBlock: "10.1.0.0/24" }))).toBe(
      "InvalidSubnet.Range: The CIDR '10.1.0.0/24' is invalid.",
    );
    expect(await failure(ec2("DeleteVpc", { VpcId: id }))).toBe(
      `DependencyViolation: The vpc '${id}' has dependencies and cannot be deleted.`,
    );
  });

  it("keep nothing of a dry run", async () => {
    const before = (await ec2("DescribeVpcs")).Vpcs.length;
    expect(await failure(ec2("CreateVpc", { CidrBlock: "10.9.0.0/16", DryRun: true }))).toMatch(
      /^DryRunOperation/,
    );
    expect((await ec2("DescribeVpcs")).Vpcs).toHaveLength(before);
  });
});

describe("security groups", () => {
  it("refuse a rule twice and name it", async () => {
    const { GroupId } = await ec2("CreateSecurityGroup", {
      GroupName: "web",
      Description: "w",
      VpcId: await vpc(),
    });
    const IpPermissions = [
      { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "10.0.0.0/16" }] },
    ];
    const made = await ec2("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions });
    expect(made.SecurityGroupRules).toHaveLength(1);
    expect(await failure(ec2("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions }))).toBe(
      'InvalidPermission.Duplicate: the specified rule "peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists',
    );
    await ec2("RevokeSecurityGroupIngress", { GroupId, IpPermissions });
    expect(await failure(ec2("RevokeSecurityGroupIngress", { GroupId, IpPermissions }))).toMatch(
      /^InvalidPermission.NotFound/,
    );
  });

  it("cannot go while another refers to them", async () => {
    const VpcId = await vpc();
    const a = (await ec2("CreateSecurityGroup", { GroupName: "a", Description: "a", VpcId })).GroupId;
    const b = (await ec2("CreateSecurityGroup", { GroupName: "b", Description: "b", VpcId })).GroupId;
    const IpPermissions = [{ IpProtocol: "tcp", FromPort: 1, ToPort: 2, UserIdGroupPairs: [{ GroupId: a }] }];
    await ec2("AuthorizeSecurityGroupIngress", { GroupId: b, IpPermissions });
    expect(await failure(ec2("DeleteSecurityGroup", { GroupId: a }))).toBe(
      `DependencyViolation: resource ${a} has a dependent object`,
    );
    await ec2("DeleteSecurityGroup", { GroupId: b });
    await ec2("DeleteSecurityGroup", { GroupId: a });
  });
});

describe("tags and filters", () => {
  it("find by tag, wildcard and refuse what is no filter", async () => {
    const id = await vpc();
    await ec2("CreateTags", { Resources: [id], Tags: [{ Key: "Name", Value: "bank-vpc" }] });
    const find = (Name: string, ...Values: string[]) => ec2("DescribeVpcs", { Filters: [{ Name, Values }] });
    expect((await find("tag:Name", "bank-*")).Vpcs).toHaveLength(1);
    expect((await find("tag:Name", "bank")).Vpcs).toHaveLength(0);
    expect((await find("tag-key", "Name")).Vpcs).toHaveLength(1);
    expect(await failure(find("colour", "red"))).toBe(
      "InvalidParameterValue: The filter 'colour' is invalid",
    );
    const { Tags } = await ec2("DescribeTags", { Filters: [{ Name: "resource-type", Values: ["vpc"] }] });
    expect(Tags).toEqual([{ ResourceId: id, ResourceType: "vpc", Key: "Name", Value: "bank-vpc" }]);
  });
});
