import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
let VpcId: string;
/** First half of the VPC's IPv6 block: `2600:1f18:…:ab`. */
let six: string;
beforeEach(async () => {
  cloud = await startCloud();
  const made = await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16", AmazonProvidedIpv6CidrBlock: true });
  VpcId = made.Vpc.VpcId;
  const { Vpcs } = await ec2("DescribeVpcs", { VpcIds: [VpcId] });
  six = Vpcs[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock.replace("00::/56", "");
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const subnet = async (more: object) => (await ec2("CreateSubnet", { VpcId, ...more })).Subnet;
const eni = async (SubnetId: string, more: object = {}) =>
  (await ec2("CreateNetworkInterface", { SubnetId, ...more })).NetworkInterface;
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );

describe("a subnet that has IPv6 only", () => {
  it("has no IPv4 block and no IPv4 addresses, and its interfaces get an IPv6 one", async () => {
    const made = await subnet({ Ipv6Native: true, Ipv6CidrBlock: `${six}01::/64` });
    // as the CLI's documentation shows it
    expect(made).toMatchObject({
      AvailableIpAddressCount: 0,
      AssignIpv6AddressOnCreation: true,
      Ipv6Native: true,
      Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlockState: { State: "associating" } }],
    });
    expect(made.CidrBlock).toBeUndefined();
    const [seen] = (await ec2("DescribeSubnets", { SubnetIds: [made.SubnetId] })).Subnets;
    expect(seen.Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlockState.State).toBe("associated");
    const one = await eni(made.SubnetId);
    expect(one.PrivateIpAddresses).toEqual([]);
    expect(one.PrivateIpAddress).toBeUndefined();
    expect(one.Ipv6Addresses).toHaveLength(1);
    const Filters = [{ Name: "ipv6-native", Values: ["true"] }];
    expect((await ec2("DescribeSubnets", { Filters })).Subnets).toHaveLength(1);
    const SubnetId = made.SubnetId;
    const nat = ec2("CreateNatGateway", { SubnetId, ConnectivityType: "private" });
    expect(await failure(nat)).toMatch(/^InvalidParameterValue/);
    expect(await failure(eni(made.SubnetId, { PrivateIpAddress: "10.0.0.5" }))).toMatch(
      /^InvalidParameterValue/,
    );
  });

  it("needs the one block, refuses the other, and keeps what it needs", async () => {
    expect(await failure(subnet({ Ipv6Native: true }))).toBe(
      "MissingParameter: The request must contain the parameter ipv6CidrBlock",
    );
    const both = { Ipv6Native: true, CidrBlock: "10.0.0.0/24", Ipv6CidrBlock: `${six}01::/64` };
    expect(await failure(subnet(both))).toMatch(/^InvalidParameterCombination/);
    const made = await subnet({ Ipv6Native: true, Ipv6CidrBlock: `${six}01::/64` });
    const added = await ec2("AssociateVpcCidrBlock", { VpcId, CidrBlock: "10.1.0.0/16" });
    const { AssociationId } = added.CidrBlockAssociation;
    await ec2("DisassociateVpcCidrBlock", { AssociationId });
    const { SubnetId, Ipv6CidrBlockAssociationSet: set } = made;
    const AssignIpv6AddressOnCreation = { Value: false };
    expect(await failure(ec2("ModifySubnetAttribute", { SubnetId, AssignIpv6AddressOnCreation }))).toMatch(
      /^InvalidParameterValue/,
    );
    expect(
      await failure(ec2("DisassociateSubnetCidrBlock", { AssociationId: set[0].AssociationId })),
    ).toMatch(/^DependencyViolation/);
  });
});

describe("IPv6 addresses", () => {
  it("are of the subnet, nobody else's, and one however they are written", async () => {
    const { SubnetId } = await subnet({ CidrBlock: "10.0.0.0/24", Ipv6CidrBlock: `${six}02::/64` });
    const one = await eni(SubnetId, { Ipv6Addresses: [{ Ipv6Address: `${six}02:0000:0:0:abcd` }] });
    expect(one.Ipv6Addresses).toEqual([{ Ipv6Address: `${six}02::abcd`, IsPrimaryIpv6: false }]);
    const again = eni(SubnetId, { Ipv6Addresses: [{ Ipv6Address: `${six}02::ABCD` }] });
    expect(await failure(again)).toMatch(/^InvalidIPAddress.InUse/);
    const outside = ec2("AssignIpv6Addresses", {
      NetworkInterfaceId: one.NetworkInterfaceId,
      Ipv6Addresses: [`${six}03::1234`],
    });
    expect(await failure(outside)).toMatch(/^InvalidParameterValue/);
    const gone = ec2("UnassignIpv6Addresses", {
      NetworkInterfaceId: one.NetworkInterfaceId,
      Ipv6Addresses: [`${six}02::9`],
    });
    expect(await failure(gone)).toMatch(/^InvalidParameterValue/);
  });

  it("may be primary, and then stay", async () => {
    const { SubnetId } = await subnet({ CidrBlock: "10.0.0.0/24", Ipv6CidrBlock: `${six}02::/64` });
    const one = await eni(SubnetId, { Ipv6AddressCount: 2, EnablePrimaryIpv6: true });
    expect(one.Ipv6Addresses.map((ip: { IsPrimaryIpv6: boolean }) => ip.IsPrimaryIpv6)).toEqual([
      true,
      false,
    ]);
    const [first] = one.Ipv6Addresses;
    const { NetworkInterfaceId } = one;
    const unassign = { NetworkInterfaceId, Ipv6Addresses: [first.Ipv6Address] };
    expect(await failure(ec2("UnassignIpv6Addresses", unassign))).toMatch(/^InvalidParameterValue/);
    const EnablePrimaryIpv6 = false;
    expect(
      await failure(ec2("ModifyNetworkInterfaceAttribute", { NetworkInterfaceId, EnablePrimaryIpv6 })),
    ).toMatch(/^InvalidParameterValue/);
  });
});

describe("delegated prefixes", () => {
  it("are whole blocks that nothing else is in", async () => {
    const { SubnetId } = await subnet({ CidrBlock: "10.0.0.0/26", Ipv6CidrBlock: `${six}02::/64` });
    const one = await eni(SubnetId, { Ipv4PrefixCount: 1, Ipv6PrefixCount: 1 });
    // 10.0.0.0/28 has AWS's own addresses and the interface's
    expect(one.Ipv4Prefixes).toEqual([{ Ipv4Prefix: "10.0.0.16/28" }]);
    expect(one.Ipv6Prefixes[0].Ipv6Prefix).toMatch(/::\/80$|:\/80$/);
    const [seen] = (await ec2("DescribeSubnets", { SubnetIds: [SubnetId] })).Subnets;
    expect(seen.AvailableIpAddressCount).toBe(64 - 5 - 16 - 1);
    expect(await failure(eni(SubnetId, { PrivateIpAddress: "10.0.0.20" }))).toMatch(
      /^InvalidIPAddress.InUse/,
    );
    const { NetworkInterfaceId } = await eni(SubnetId);
    const assign = (Ipv4Prefixes: string[]) =>
      ec2("AssignPrivateIpAddresses", { NetworkInterfaceId, Ipv4Prefixes });
    expect(await assign(["10.0.0.32/28"])).toMatchObject({
      AssignedIpv4Prefixes: [{ Ipv4Prefix: "10.0.0.32/28" }],
    });
    expect(await failure(assign(["10.0.0.16/28"]))).toMatch(/^InvalidIPAddress.InUse/);
    expect(await failure(assign(["10.0.0.8/28"]))).toMatch(/^InvalidParameterValue/);
    expect(await failure(assign(["10.0.1.0/28"]))).toMatch(/^InvalidParameterValue/);
    // the last block holds the broadcast address, the first the reserved ones
    expect(
      await failure(ec2("AssignPrivateIpAddresses", { NetworkInterfaceId, Ipv4PrefixCount: 1 })),
    ).toMatch(/^InsufficientCidrBlocks/);
    await ec2("UnassignPrivateIpAddresses", { NetworkInterfaceId, Ipv4Prefixes: ["10.0.0.32/28"] });
    expect(await eni(SubnetId, { PrivateIpAddress: "10.0.0.40" })).toBeDefined();
  });
});
