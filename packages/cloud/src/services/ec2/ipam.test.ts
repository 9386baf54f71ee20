import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let scope: string;
beforeEach(async () => {
  cloud = await startCloud();
  scope = (await ec2("CreateIpam", { OperatingRegions: [{ RegionName: "us-west-2" }] })).Ipam
    .PrivateDefaultScopeId;
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const pool = async (more: object = {}) =>
  (await ec2("CreateIpamPool", { IpamScopeId: scope, AddressFamily: "ipv4", Locale: "us-east-1", ...more }))
    .IpamPool.IpamPoolId as string;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("IPAM", () => {
  it("has two scopes from the start, its home region, and ARNs of no region", async () => {
    const [ipam] = (await ec2("DescribeIpams")).Ipams;
    expect(ipam).toMatchObject({
      IpamArn: `arn:aws:ec2::${cloud.account}:ipam/${ipam.IpamId}`,
      IpamRegion: "us-east-1",
      ScopeCount: 2,
      OperatingRegions: [{ RegionName: "us-west-2" }, { RegionName: "us-east-1" }],
      State: "create-complete",
    });
    const { IpamScopes } = await ec2("DescribeIpamScopes", {
      Filters: [{ Name: "ipam-scope-type", Values: ["public"] }],
    });
    expect(IpamScopes).toHaveLength(1);
    expect(await failure(ec2("DeleteIpamScope", { IpamScopeId: scope }))).toMatch(/^OperationNotPermitted/);
    await ec2("CreateTags", { Resources: [ipam.IpamId, scope], Tags: [{ Key: "a", Value: "b" }] });
    await pool();
    expect(await failure(ec2("DeleteIpam", { IpamId: ipam.IpamId }))).toMatch(/^DependencyViolation/);
    await ec2("DeleteIpam", { IpamId: ipam.IpamId, Cascade: true });
    expect((await ec2("DescribeIpamPools")).IpamPools).toEqual([]);
    expect((await ec2("DescribeIpamScopes")).IpamScopes).toEqual([]);
  });

  it("gives VPCs blocks out of pools, and takes them back", async () => {
    const top = await pool({ Locale: undefined });
    await ec2("ProvisionIpamPoolCidr", { IpamPoolId: top, Cidr: "10.0.0.0/8" });
    const region = await pool({ SourceIpamPoolId: top, AllocationDefaultNetmaskLength: 24 });
    const provisioned = await ec2("ProvisionIpamPoolCidr", { IpamPoolId: region, NetmaskLength: 16 });
    expect(provisioned.IpamPoolCidr).toMatchObject({ Cidr: "10.0.0.0/16", State: "pending-provision" });
    const vpc = async (more: object) => (await ec2("CreateVpc", { Ipv4IpamPoolId: region, ...more })).Vpc;
    const first = await vpc({ Ipv4NetmaskLength: 20 });
    expect(first.CidrBlock).toBe("10.0.0.0/20");
    expect((await vpc({})).CidrBlock).toBe("10.0.16.0/24");
    expect((await vpc({ CidrBlock: "10.0.32.0/24" })).CidrBlock).toBe("10.0.32.0/24");
    expect(await failure(vpc({ CidrBlock: "10.0.32.0/25" }))).toMatch(/^InvalidParameterValue/);
    expect(await failure(vpc({ Ipv4NetmaskLength: 16 }))).toBe(
      "InvalidParameterValue: The allocation size is too big for the pool.",
    );
    const { IpamPoolAllocations } = await ec2("GetIpamPoolAllocations", { IpamPoolId: region });
    expect(IpamPoolAllocations).toHaveLength(3);
    expect(IpamPoolAllocations[0]).toMatchObject({ ResourceId: first.VpcId, ResourceType: "vpc" });
    expect(await failure(ec2("DeleteIpamPool", { IpamPoolId: region }))).toMatch(/^IncorrectState/);
    await ec2("DeleteVpc", { VpcId: first.VpcId });
    expect((await vpc({ Ipv4NetmaskLength: 20 })).CidrBlock).toBe("10.0.0.0/20");
    // a pool without a locale gives nothing to VPCs
    expect(await failure(ec2("CreateVpc", { Ipv4IpamPoolId: top, Ipv4NetmaskLength: 20 }))).toMatch(
      /^InvalidParameterValue/,
    );
  });

  it("keeps to a pool's rules, and to blocks that nothing else has", async () => {
    const one = await pool({
      AllocationMinNetmaskLength: 20,
      AllocationMaxNetmaskLength: 26,
      AllocationResourceTags: [{ Key: "env", Value: "prod" }],
    });
    await ec2("ProvisionIpamPoolCidr", { IpamPoolId: one, Cidr: "10.1.0.0/16" });
    const vpc = (Ipv4NetmaskLength: number, tagged: boolean) =>
      failure(
        ec2("CreateVpc", {
          Ipv4IpamPoolId: one,
          Ipv4NetmaskLength,
          ...(tagged && {
            TagSpecifications: [{ ResourceType: "vpc", Tags: [{ Key: "env", Value: "prod" }] }],
          }),
        }),
      );
    expect(await vpc(24, true)).toBe("no error");
    expect(await vpc(24, false)).toMatch(/^InvalidParameterValue/);
    expect(await vpc(18, true)).toMatch(/^InvalidParameterValue/);
    const other = await pool();
    expect(await failure(ec2("ProvisionIpamPoolCidr", { IpamPoolId: other, Cidr: "10.1.128.0/17" }))).toMatch(
      /^InvalidParameterValue/,
    );
    expect(await failure(pool({ AddressFamily: "ipv6" }))).toMatch(/not supported/);
    expect(await failure(pool({ Locale: "eu-west-1" }))).toMatch(/^InvalidParameterValue/);
  });

  it("allocates to nobody in particular, after a look at what would come", async () => {
    const one = await pool();
    await ec2("ProvisionIpamPoolCidr", { IpamPoolId: one, Cidr: "10.0.0.0/16" });
    const input = { IpamPoolId: one, NetmaskLength: 24 };
    const preview = await ec2("AllocateIpamPoolCidr", { ...input, PreviewNextCidr: true });
    const { IpamPoolAllocation } = await ec2("AllocateIpamPoolCidr", { ...input, Description: "lab" });
    expect(IpamPoolAllocation).toMatchObject({
      Cidr: preview.IpamPoolAllocation.Cidr,
      ResourceType: "custom",
    });
    const not = await ec2("AllocateIpamPoolCidr", { ...input, DisallowedCidrs: ["10.0.1.0/24"] });
    expect(not.IpamPoolAllocation.Cidr).toBe("10.0.2.0/24");
    const { Cidr, IpamPoolAllocationId } = IpamPoolAllocation;
    expect(await failure(ec2("DeprovisionIpamPoolCidr", { IpamPoolId: one, Cidr: "10.0.0.0/16" }))).toMatch(
      /^IncorrectState/,
    );
    await ec2("ReleaseIpamPoolAllocation", { IpamPoolId: one, Cidr, IpamPoolAllocationId });
    expect((await ec2("AllocateIpamPoolCidr", input)).IpamPoolAllocation.Cidr).toBe(Cidr);
  });
});

it("is made by a stack, with a VPC out of its pool", async () => {
  const [ipam] = (await ec2("DescribeIpams")).Ipams;
  await ec2("DeleteIpam", { IpamId: ipam.IpamId });
  const TemplateBody = JSON.stringify({
    Resources: {
      Ipam: { Type: "AWS::EC2::IPAM", Properties: { OperatingRegions: [{ RegionName: "us-east-1" }] } },
      Pool: {
        Type: "AWS::EC2::IPAMPool",
        Properties: {
          IpamScopeId: { "Fn::GetAtt": ["Ipam", "PrivateDefaultScopeId"] },
          AddressFamily: "ipv4",
          Locale: "us-east-1",
          ProvisionedCidrs: [{ Cidr: "10.0.0.0/16" }],
        },
      },
      More: {
        Type: "AWS::EC2::IPAMPoolCidr",
        Properties: { IpamPoolId: { Ref: "Pool" }, Cidr: "10.7.0.0/16" },
      },
      Lab: {
        Type: "AWS::EC2::IPAMAllocation",
        Properties: { IpamPoolId: { Ref: "Pool" }, NetmaskLength: 24 },
        DependsOn: "More",
      },
      Vpc: {
        Type: "AWS::EC2::VPC",
        Properties: { Ipv4IpamPoolId: { Ref: "Pool" }, Ipv4NetmaskLength: 20 },
        DependsOn: "Lab",
      },
    },
    Outputs: { Block: { Value: { "Fn::GetAtt": ["Vpc", "CidrBlock"] } } },
  });
  const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);
  await cfn("CreateStack", { StackName: "ipam", TemplateBody });
  const [stack] = (await cfn("DescribeStacks", { StackName: "ipam" })).Stacks;
  expect(stack.StackStatus).toBe("CREATE_COMPLETE");
  expect(stack.Outputs[0].OutputValue).toBe("10.0.16.0/20");
  await cfn("DeleteStack", { StackName: "ipam" });
  const [gone] = (await cfn("DescribeStacks", { StackName: stack.StackId })).Stacks;
  expect(gone.StackStatus).toBe("DELETE_COMPLETE");
  expect((await ec2("DescribeIpams")).Ipams).toEqual([]);
});
