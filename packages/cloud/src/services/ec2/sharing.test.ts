/** Reserved blocks, further addresses of NAT gateways, groups in further VPCs, peering options, endpoint connections. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}, region?: string) =>
  cloud.call("ec2", operation, input, region ? { region } : {});
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const vpc = async (cidr: string, region?: string) => {
  const VpcId = (await ec2("CreateVpc", { CidrBlock: cidr }, region)).Vpc.VpcId as string;
  const CidrBlock = cidr.replace("/16", "/24");
  const { Subnet } = await ec2("CreateSubnet", { VpcId, CidrBlock }, region);
  return { id: VpcId, subnet: Subnet.SubnetId as string };
};

describe("subnet CIDR reservations", () => {
  it("keep their block out of what is given unasked, and lie inside of the subnet without overlap", async () => {
    const { subnet: SubnetId } = await vpc("10.0.0.0/16");
    const reserve = (Cidr: string, more: object = {}) =>
      ec2("CreateSubnetCidrReservation", { SubnetId, Cidr, ReservationType: "explicit", ...more });
    const made = (await reserve("10.0.0.0/28", { Description: "low" })).SubnetCidrReservation;
    expect(made).toEqual({
      SubnetCidrReservationId: expect.stringMatching(/^scr-[0-9a-f]{17}$/),
      SubnetId,
      Cidr: "10.0.0.0/28",
      ReservationType: "explicit",
      OwnerId: cloud.account,
      Description: "low",
      Tags: [],
    });
    expect(await failure(reserve("10.0.0.8/29"))).toMatch(/^InvalidCidr.Conflict/);
    expect(await failure(reserve("10.0.1.0/28"))).toMatch(/^InvalidSubnet.Range/);
    const ip = async (more: object = {}) =>
      (await ec2("CreateNetworkInterface", { SubnetId, ...more })).NetworkInterface.PrivateIpAddress;
    expect(await ip()).toBe("10.0.0.16");
    expect(await ip({ PrivateIpAddress: "10.0.0.9" })).toBe("10.0.0.9");
    const { SubnetIpv4CidrReservations, SubnetIpv6CidrReservations } = await ec2(
      "GetSubnetCidrReservations",
      { SubnetId },
    );
    expect([SubnetIpv4CidrReservations, SubnetIpv6CidrReservations]).toEqual([[made], []]);
    const { SubnetCidrReservationId } = made;
    await ec2("DeleteSubnetCidrReservation", { SubnetCidrReservationId });
    expect(await ip()).toBe("10.0.0.4");
  });
});

describe("addresses of NAT gateways", () => {
  it("are added to and taken from a public one by elastic IP", async () => {
    const { id: VpcId, subnet: SubnetId } = await vpc("10.0.0.0/16");
    const { InternetGatewayId } = (await ec2("CreateInternetGateway")).InternetGateway;
    await ec2("AttachInternetGateway", { VpcId, InternetGatewayId });
    const eip = async () => (await ec2("AllocateAddress")).AllocationId as string;
    const AllocationId = await eip();
    const { NatGatewayId } = (await ec2("CreateNatGateway", { SubnetId, AllocationId })).NatGateway;
    const second = await eip();
    const added = await ec2("AssociateNatGatewayAddress", { NatGatewayId, AllocationIds: [second] });
    expect(added.NatGatewayAddresses).toMatchObject([
      { AllocationId: second, IsPrimary: false, Status: "associating", PrivateIp: "10.0.0.5" },
    ]);
    const shown = async () =>
      (await ec2("DescribeNatGateways", { NatGatewayIds: [NatGatewayId] })).NatGateways[0]
        .NatGatewayAddresses;
    const [primary, other] = await shown();
    expect([primary.IsPrimary, other.Status]).toEqual([true, "succeeded"]);
    expect(await failure(ec2("ReleaseAddress", { AllocationId: second }))).toMatch(/^InvalidIPAddress.InUse/);
    const drop = (AssociationIds: string[]) =>
      failure(ec2("DisassociateNatGatewayAddress", { NatGatewayId, AssociationIds }));
    expect(await drop([primary.AssociationId])).toMatch(/^InvalidParameterValue/);
    expect(await drop([other.AssociationId])).toBe("no error");
    expect(await shown()).toHaveLength(1);
    expect(await failure(ec2("ReleaseAddress", { AllocationId: second }))).toBe("no error");
    expect(await failure(ec2("AssignPrivateNatGatewayAddress", { NatGatewayId }))).toMatch(
      /^InvalidParameterCombination/,
    );
  });

  it("are assigned to a private one by count or value, eight in all", async () => {
    const { subnet: SubnetId } = await vpc("10.0.0.0/16");
    const made = await ec2("CreateNatGateway", { SubnetId, ConnectivityType: "private" });
    const { NatGatewayId } = made.NatGateway;
    const assign = (more: object) => ec2("AssignPrivateNatGatewayAddress", { NatGatewayId, ...more });
    const first = await assign({ PrivateIpAddresses: ["10.0.0.77"] });
    expect(first.NatGatewayAddresses).toMatchObject([{ PrivateIp: "10.0.0.77", Status: "assigning" }]);
    await assign({ PrivateIpAddressCount: 6 });
    expect(await failure(assign({ PrivateIpAddressCount: 1 }))).toMatch(/^PrivateIpAddressLimitExceeded/);
    const gone = { NatGatewayId, PrivateIpAddresses: ["10.0.0.77"] };
    await ec2("UnassignPrivateNatGatewayAddress", gone);
    expect(await failure(ec2("UnassignPrivateNatGatewayAddress", gone))).toMatch(/^InvalidParameterValue/);
  });
});

describe("security groups in further VPCs", () => {
  it("serve interfaces there once they are associated, and hold group and VPC until they are not", async () => {
    const [home, other] = [await vpc("10.0.0.0/16"), await vpc("10.1.0.0/16")];
    const group = { GroupName: "shared", Description: "d", VpcId: home.id };
    const GroupId = (await ec2("CreateSecurityGroup", group)).GroupId as string;
    const eni = () => ec2("CreateNetworkInterface", { SubnetId: other.subnet, Groups: [GroupId] });
    expect(await failure(eni())).toMatch(/belong to different networks/);
    const pair = { GroupId, VpcId: other.id };
    expect((await ec2("AssociateSecurityGroupVpc", pair)).State).toBe("associating");
    const { NetworkInterfaceId } = (await eni()).NetworkInterface;
    expect(
      (
        await ec2("DescribeSecurityGroupVpcAssociations", {
          Filters: [{ Name: "vpc-id", Values: [other.id] }],
        })
      ).SecurityGroupVpcAssociations,
    ).toEqual([
      {
        GroupId,
        GroupOwnerId: cloud.account,
        VpcId: other.id,
        VpcOwnerId: cloud.account,
        State: "associated",
      },
    ]);
    const there = (await ec2("GetSecurityGroupsForVpc", { VpcId: other.id })).SecurityGroupForVpcs;
    expect(there).toContainEqual(expect.objectContaining({ GroupId, PrimaryVpcId: home.id }));
    expect(await failure(ec2("DisassociateSecurityGroupVpc", pair))).toMatch(/^DependencyViolation/);
    await ec2("DeleteNetworkInterface", { NetworkInterfaceId });
    expect(await failure(ec2("DeleteSecurityGroup", { GroupId }))).toMatch(/^DependencyViolation/);
    expect((await ec2("DisassociateSecurityGroupVpc", pair)).State).toBe("disassociating");
    await ec2("DeleteSecurityGroup", { GroupId });
  });
});

describe("peering connections", () => {
  it("have DNS options on each side once they are active", async () => {
    const [a, b] = [await vpc("10.0.0.0/16"), await vpc("10.1.0.0/16", "eu-west-1")];
    const asked = { VpcId: a.id, PeerVpcId: b.id, PeerRegion: "eu-west-1" };
    const { VpcPeeringConnectionId } = (await ec2("CreateVpcPeeringConnection", asked)).VpcPeeringConnection;
    const requester = {
      VpcPeeringConnectionId,
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    };
    expect(await failure(ec2("ModifyVpcPeeringConnectionOptions", requester))).toBe(
      `OperationNotPermitted: Peering ${VpcPeeringConnectionId} is not active. Peering options can be added only to active peerings.`,
    );
    await ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId }, "eu-west-1");
    expect(
      (await ec2("ModifyVpcPeeringConnectionOptions", requester)).RequesterPeeringConnectionOptions,
    ).toMatchObject({ AllowDnsResolutionFromRemoteVpc: true });
    expect(await failure(ec2("ModifyVpcPeeringConnectionOptions", requester, "eu-west-1"))).toMatch(
      /^OperationNotPermitted: Incorrect region/,
    );
    const [shown] = (await ec2("DescribeVpcPeeringConnections", {}, "eu-west-1")).VpcPeeringConnections;
    expect(shown.RequesterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc).toBe(true);
    expect(shown.AccepterVpcInfo.PeeringOptions.AllowDnsResolutionFromRemoteVpc).toBe(false);
    await ec2("DeleteVpcPeeringConnection", { VpcPeeringConnectionId });
    expect(await failure(ec2("DeleteVpcPeeringConnection", { VpcPeeringConnectionId }))).toBe(
      `InvalidStateTransition: Invalid state transition for ${VpcPeeringConnectionId}, attempted to transition from deleted to deleting`,
    );
  });

  it("fail between VPCs whose blocks overlap", async () => {
    const [a, b] = [await vpc("10.0.0.0/16"), await vpc("10.0.0.0/16")];
    await ec2("CreateVpcPeeringConnection", { VpcId: a.id, PeerVpcId: b.id });
    const [shown] = (await ec2("DescribeVpcPeeringConnections")).VpcPeeringConnections;
    expect(shown.Status).toEqual({
      Code: "failed",
      Message: "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
    });
  });
});

describe("connections to an endpoint service", () => {
  it("wait for the service's owner, who accepts or rejects them", async () => {
    const { id: VpcId } = await vpc("10.0.0.0/16");
    const arn = `arn:aws:elasticloadbalancing:us-east-1:${cloud.account}:loadbalancer/net/one/0123456789abcdef`;
    const service = (await ec2("CreateVpcEndpointServiceConfiguration", { NetworkLoadBalancerArns: [arn] }))
      .ServiceConfiguration;
    const { ServiceId, ServiceName } = service;
    const endpoint = (await ec2("CreateVpcEndpoint", { VpcId, ServiceName, VpcEndpointType: "Interface" }))
      .VpcEndpoint;
    expect(endpoint.State).toBe("pendingAcceptance");
    const VpcEndpointIds = [endpoint.VpcEndpointId];
    const AddAllowedPrincipals = ["arn:aws:iam::222233334444:root", "*"];
    const allow = (principals: string[]) =>
      ec2("ModifyVpcEndpointServicePermissions", { ServiceId, AddAllowedPrincipals: principals });
    const { AddedPrincipals } = await allow(AddAllowedPrincipals);
    expect(AddedPrincipals).toMatchObject([
      { Principal: AddAllowedPrincipals[0], PrincipalType: "Account", ServiceId },
      { Principal: "*", PrincipalType: "All", ServicePermissionId: expect.stringMatching(/^vpce-svc-perm-/) },
    ]);
    expect(await failure(allow(["somebody"]))).toBe("InvalidPrincipal: Invalid Principal: 'somebody'");
    const Filters = [{ Name: "principal-type", Values: ["All"] }];
    const shown = await ec2("DescribeVpcEndpointServicePermissions", { ServiceId, Filters });
    expect(shown.AllowedPrincipals).toHaveLength(1);
    const [connection] = (await ec2("DescribeVpcEndpointConnections")).VpcEndpointConnections;
    expect(connection).toMatchObject({
      ServiceId,
      VpcEndpointId: endpoint.VpcEndpointId,
      VpcEndpointState: "pendingAcceptance",
      NetworkLoadBalancerArns: [arn],
    });
    const settle = async (operation: string) =>
      (await ec2(operation, { ServiceId, VpcEndpointIds })).Unsuccessful as object[];
    expect(await settle("AcceptVpcEndpointConnections")).toEqual([]);
    const state = async () => (await ec2("DescribeVpcEndpoints", { VpcEndpointIds })).VpcEndpoints[0].State;
    expect(await state()).toBe("available");
    expect(await settle("AcceptVpcEndpointConnections")).toHaveLength(1);
    expect(await settle("RejectVpcEndpointConnections")).toEqual([]);
    expect(await state()).toBe("rejected");
  });
});

describe("permissions on network interfaces", () => {
  it("are given to an account, found by filter and taken back", async () => {
    const { subnet: SubnetId } = await vpc("10.0.0.0/16");
    const { NetworkInterfaceId } = (await ec2("CreateNetworkInterface", { SubnetId })).NetworkInterface;
    const asked = { NetworkInterfaceId, AwsAccountId: "222233334444", Permission: "INSTANCE-ATTACH" };
    const made = (await ec2("CreateNetworkInterfacePermission", asked)).InterfacePermission;
    expect(made).toMatchObject({ ...asked, PermissionState: { State: "granted" } });
    const Filters = [{ Name: "network-interface-permission.aws-account-id", Values: ["222233334444"] }];
    const shown = await ec2("DescribeNetworkInterfacePermissions", { Filters });
    expect(shown.NetworkInterfacePermissions).toEqual([made]);
    const { NetworkInterfacePermissionId } = made;
    await ec2("DeleteNetworkInterfacePermission", { NetworkInterfacePermissionId });
    expect((await ec2("DescribeNetworkInterfacePermissions")).NetworkInterfacePermissions).toEqual([]);
  });
});
