import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../cloud.ts";
import { flushFlows, recordFlows } from "./flow-records.ts";
import { type NetworkTarget, resolvePath } from "./resolve.ts";

let cloud: Cloud;
let vpc: string;
let a: string;
let b: string;
let table: string;
let group: string;
let endpointGroup: string;
let networkInterface: string;

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const resolve = (target: NetworkTarget) =>
  resolvePath(cloud.runtime.within(cloud.account, cloud.region), networkInterface, target);
const allow = (GroupId: string, direction: "Ingress" | "Egress", peer: object, port = 443) =>
  ec2(`AuthorizeSecurityGroup${direction}`, {
    GroupId,
    IpPermissions: [{ IpProtocol: "tcp", FromPort: port, ToPort: port, ...peer }],
  });
const anywhere = { IpRanges: [{ CidrIp: "0.0.0.0/0" }] };

beforeEach(async () => {
  cloud = await startCloud();
  vpc = (await ec2("CreateVpc", { CidrBlock: "192.168.0.0/16" })).Vpc.VpcId;
  await ec2("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: true } });
  const subnet = async (CidrBlock: string, AvailabilityZone: string) =>
    (await ec2("CreateSubnet", { VpcId: vpc, CidrBlock, AvailabilityZone })).Subnet.SubnetId as string;
  a = await subnet("192.168.0.0/20", "us-east-1a");
  b = await subnet("192.168.16.0/20", "us-east-1b");
  table = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
  await ec2("AssociateRouteTable", { RouteTableId: table, SubnetId: a });
  const make = async (GroupName: string) => {
    const { GroupId } = await ec2("CreateSecurityGroup", { GroupName, Description: "d", VpcId: vpc });
    await ec2("RevokeSecurityGroupEgress", { GroupId, IpPermissions: [{ IpProtocol: "-1", ...anywhere }] });
    return GroupId as string;
  };
  group = await make("studio");
  endpointGroup = await make("endpoints");
  const made = await ec2("CreateNetworkInterface", { SubnetId: a, Groups: [group] });
  networkInterface = made.NetworkInterface.NetworkInterfaceId;
});
afterEach(() => cloud.close());

const endpoint = async (service: string, more: object = {}) => {
  const input = {
    VpcId: vpc,
    VpcEndpointType: "Interface",
    ServiceName: `com.amazonaws.us-east-1.${service}`,
    SubnetIds: [a, b],
    SecurityGroupIds: [endpointGroup],
    PrivateDnsEnabled: true,
    ...more,
  };
  return (await ec2("CreateVpcEndpoint", input)).VpcEndpoint.VpcEndpointId as string;
};
const actions = (flows: { direction: string; action: string }[]) =>
  flows.map((one) => `${one.direction} ${one.action}`);

describe("through an interface endpoint", () => {
  it("needs the group of the interface to let out and the endpoint's to let in", async () => {
    const id = await endpoint("ssm");
    expect(resolve({ service: "ssm" }).none?.reason).toBe("security-group");
    await allow(group, "Egress", { UserIdGroupPairs: [{ GroupId: endpointGroup }] });
    const refused = resolve({ service: "ssm" });
    expect(refused.none?.detail).toContain(`the endpoint ${id}`);
    expect(actions(refused.flows)).toEqual(["egress ACCEPT", "ingress REJECT"]);
    await allow(endpointGroup, "Ingress", { UserIdGroupPairs: [{ GroupId: group }] });
    const { path, flows } = resolve({ service: "ssm" });
    expect(path?.context).toEqual({
      "aws:SourceVpc": vpc,
      "aws:SourceVpcArn": `arn:aws:ec2:us-east-1:${cloud.account}:vpc/${vpc}`,
      "aws:SourceVpce": id,
      "aws:VpcSourceIp": "192.168.0.4",
      "aws:VpceAccount": cloud.account,
    });
    expect(path?.endpoint).toEqual({ id, account: cloud.account });
    // same subnet: door in zone a
    expect(actions(flows)).toEqual(["egress ACCEPT", "ingress ACCEPT", "egress ACCEPT", "ingress ACCEPT"]);
  });

  it("finds it by its own names, also without private DNS", async () => {
    const id = await endpoint("ssm", { PrivateDnsEnabled: false });
    await allow(group, "Egress", anywhere);
    await allow(endpointGroup, "Ingress", anywhere);
    expect(resolve({ service: "ssm" }).none?.reason).toBe("route");
    const [one] = (await ec2("DescribeVpcEndpoints", { VpcEndpointIds: [id] })).VpcEndpoints;
    for (const { DnsName } of one.DnsEntries) expect(resolve({ host: DnsName }).path?.endpoint?.id).toBe(id);
  });

  it("is stopped by a network ACL, on the way back too", async () => {
    await endpoint("ssm", { SubnetIds: [b] });
    await allow(group, "Egress", anywhere);
    await allow(endpointGroup, "Ingress", anywhere);
    expect(resolve({ service: "ssm" }).path).toBeDefined();
    const acl = (await ec2("CreateNetworkAcl", { VpcId: vpc })).NetworkAcl.NetworkAclId;
    const { NetworkAcls } = await ec2("DescribeNetworkAcls", {
      Filters: [{ Name: "association.subnet-id", Values: [a] }],
    });
    const own = NetworkAcls[0].Associations.find((one: { SubnetId: string }) => one.SubnetId === a);
    await ec2("ReplaceNetworkAclAssociation", {
      AssociationId: own.NetworkAclAssociationId,
      NetworkAclId: acl,
    });
    const entry = {
      NetworkAclId: acl,
      RuleNumber: 100,
      RuleAction: "allow",
      CidrBlock: "0.0.0.0/0",
      Protocol: "6",
    };
    const out = resolve({ service: "ssm" });
    expect([out.none?.reason, actions(out.flows)]).toEqual(["network-acl", ["egress REJECT"]]);
    await ec2("CreateNetworkAclEntry", { ...entry, Egress: true, PortRange: { From: 443, To: 443 } });
    const back = resolve({ service: "ssm" });
    expect(back.none?.reason).toBe("network-acl");
    expect(actions(back.flows).at(-1)).toBe("ingress REJECT");
    await ec2("CreateNetworkAclEntry", { ...entry, Egress: false, PortRange: { From: 1024, To: 65535 } });
    expect(resolve({ service: "ssm" }).path).toBeDefined();
  });
});

describe("through a gateway endpoint", () => {
  it("needs the route and a group that lets out to the prefix list", async () => {
    const id = await endpoint("s3", {
      VpcEndpointType: "Gateway",
      SubnetIds: undefined,
      SecurityGroupIds: undefined,
      PrivateDnsEnabled: undefined,
      RouteTableIds: [table],
      PolicyDocument: '{"Statement":[]}',
    });
    const { PrefixLists } = await ec2("DescribePrefixLists", {
      Filters: [{ Name: "prefix-list-name", Values: ["com.amazonaws.us-east-1.s3"] }],
    });
    await allow(group, "Egress", { PrefixListIds: [{ PrefixListId: PrefixLists[0].PrefixListId }] });
    for (const host of [
      "s3.us-east-1.amazonaws.com",
      "bucket.s3.us-east-1.amazonaws.com",
      "b.s3.amazonaws.com",
    ]) {
      expect(resolve({ host }).path?.endpoint).toEqual({
        id,
        account: cloud.account,
        policy: { name: id, document: '{"Statement":[]}' },
      });
    }
    expect(resolve({ service: "ec2" }).none?.reason).toBe("security-group");
  });
});

describe("to public addresses", () => {
  it("goes through NAT, whose address is the source", async () => {
    await allow(group, "Egress", anywhere);
    const lost = resolve({ host: "checkip.amazonaws.com" });
    expect([lost.none?.reason, actions(lost.flows)]).toEqual(["route", ["egress ACCEPT"]]);
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
    const route = { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0" };
    await ec2("CreateRoute", { ...route, GatewayId: igw });
    expect(resolve({ host: "checkip.amazonaws.com" }).none?.reason).toBe("public-address");
    const address = await ec2("AllocateAddress", { Domain: "vpc" });
    const nat = await ec2("CreateNatGateway", { SubnetId: b, AllocationId: address.AllocationId });
    await ec2("ReplaceRoute", { ...route, NatGatewayId: nat.NatGateway.NatGatewayId });
    // the NAT gateway's own subnet has no way out yet
    expect(resolve({ host: "checkip.amazonaws.com" }).none?.reason).toBe("route");
    const main = (
      await ec2("DescribeRouteTables", {
        Filters: [
          { Name: "vpc-id", Values: [vpc] },
          { Name: "association.main", Values: ["true"] },
        ],
      })
    ).RouteTables[0].RouteTableId;
    await ec2("CreateRoute", { RouteTableId: main, DestinationCidrBlock: "0.0.0.0/0", GatewayId: igw });
    const { path } = resolve({ host: "checkip.amazonaws.com" });
    expect(path?.sourceIp).toBe(address.PublicIp);
    expect(path?.context).toEqual({ "aws:SourceIp": address.PublicIp });
    expect(path?.endpoint).toBeUndefined();
  });
});

describe("flow logs", () => {
  it("get rejected traffic in their format", async () => {
    const logGroupName = "/flows";
    const RoleName = "flow-logs";
    const principal = { Service: "vpc-flow-logs.amazonaws.com" };
    const statement = (more: object) =>
      JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...more }] });
    const AssumeRolePolicyDocument = statement({ Principal: principal, Action: "sts:AssumeRole" });
    const { Role } = await cloud.call("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument });
    const made = await ec2("CreateFlowLogs", {
      ResourceIds: [vpc],
      ResourceType: "VPC",
      TrafficType: "REJECT",
      LogGroupName: logGroupName,
      DeliverLogsPermissionArn: Role.Arn,
      LogFormat: "${interface-id} ${srcaddr} ${dstport} ${action} ${flow-direction} ${vpc-id}",
    });
    expect(made.Unsuccessful).toEqual([]);
    const attempt = async () => {
      recordFlows(cloud.runtime, resolve({ service: "ec2" }).flows);
      await flushFlows(cloud.runtime);
    };
    await attempt();
    const status = async () => (await ec2("DescribeFlowLogs", { FlowLogIds: made.FlowLogIds })).FlowLogs[0];
    expect(await status()).toMatchObject({
      DeliverLogsStatus: "FAILED",
      DeliverLogsErrorMessage: "Access error",
    });
    const PolicyDocument = statement({ Action: "logs:*", Resource: "*" });
    await cloud.call("iam", "PutRolePolicy", { RoleName, PolicyName: "p", PolicyDocument });
    await attempt();
    expect((await status()).DeliverLogsStatus).toBe("SUCCESS");
    const { events } = await cloud.call("cloudwatch-logs", "FilterLogEvents", { logGroupName });
    expect(events.map((one: { message: string }) => one.message)).toEqual([
      `${networkInterface} 192.168.0.4 443 REJECT egress ${vpc}`,
    ]);
    expect(events[0].logStreamName).toBe(`${networkInterface}-reject`);
  });

  it("are delivered to a bucket, whose policy is seen to", async () => {
    const Bucket = "flow-bucket";
    await cloud.call("s3", "CreateBucket", { Bucket });
    const { FlowLogIds } = await ec2("CreateFlowLogs", {
      ResourceIds: [a],
      ResourceType: "Subnet",
      TrafficType: "ALL",
      LogDestinationType: "s3",
      LogDestination: `arn:aws:s3:::${Bucket}/logs/`,
      LogFormat: "${version} ${interface-id} ${action}",
    });
    const policy = () => cloud.call("s3", "GetBucketPolicy", { Bucket });
    await expect
      .poll(() =>
        policy().then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    recordFlows(cloud.runtime, resolve({ service: "ec2" }).flows);
    await flushFlows(cloud.runtime);
    const [log] = (await ec2("DescribeFlowLogs", { FlowLogIds })).FlowLogs;
    expect(log.DeliverLogsStatus).toBe("SUCCESS");
    const { Contents } = await cloud.call("s3", "ListObjectsV2", { Bucket });
    expect(Contents).toHaveLength(1);
    expect(Contents[0].Key).toMatch(
      /^logs\/AWSLogs\/111122223333\/vpcflowlogs\/us-east-1\/\d{4}\/\d\d\/\d\d\/.*\.log\.gz$/,
    );
    const { Body } = await cloud.call("s3", "GetObject", { Bucket, Key: Contents[0].Key });
    const chunks: Uint8Array[] = [];
    for await (const chunk of Body) chunks.push(chunk);
    expect(gunzipSync(Buffer.concat(chunks)).toString()).toBe(
      `version interface-id action\n2 ${networkInterface} REJECT\n`,
    );
  });

  it("tell the packet's own addresses on both sides of a NAT gateway, and whose they are", async () => {
    const igw = (await ec2("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    await ec2("AttachInternetGateway", { InternetGatewayId: igw, VpcId: vpc });
    const main = (await ec2("CreateRouteTable", { VpcId: vpc })).RouteTable.RouteTableId;
    await ec2("AssociateRouteTable", { RouteTableId: main, SubnetId: b });
    await ec2("CreateRoute", { RouteTableId: main, DestinationCidrBlock: "0.0.0.0/0", GatewayId: igw });
    const { AllocationId } = await ec2("AllocateAddress", { Domain: "vpc" });
    const { NatGateway } = await ec2("CreateNatGateway", { SubnetId: b, AllocationId });
    const NatGatewayId = NatGateway.NatGatewayId;
    await ec2("CreateRoute", { RouteTableId: table, DestinationCidrBlock: "0.0.0.0/0", NatGatewayId });
    await allow(group, "Egress", anywhere);
    const Bucket = "nat-flows";
    await cloud.call("s3", "CreateBucket", { Bucket });
    await ec2("CreateFlowLogs", {
      ResourceIds: [vpc],
      ResourceType: "VPC",
      TrafficType: "ALL",
      LogDestinationType: "s3",
      LogDestination: `arn:aws:s3:::${Bucket}`,
      LogFormat:
        "${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr} ${pkt-src-aws-service} ${pkt-dst-aws-service} ${traffic-path}",
    });
    await expect
      .poll(() =>
        cloud.call("s3", "GetBucketPolicy", { Bucket }).then(
          () => 1,
          () => 0,
        ),
      )
      .toBe(1);
    const { path, flows } = resolve({ service: "s3" });
    expect(path?.context["aws:SourceIp"]).toBeDefined();
    recordFlows(cloud.runtime, flows);
    await flushFlows(cloud.runtime);
    const { Contents } = await cloud.call("s3", "ListObjectsV2", { Bucket });
    const { Body } = await cloud.call("s3", "GetObject", { Bucket, Key: Contents[0].Key });
    const chunks: Uint8Array[] = [];
    for await (const chunk of Body) chunks.push(chunk);
    const [nat] = (await ec2("DescribeNatGateways", { NatGatewayIds: [NatGatewayId] })).NatGateways;
    const own = nat.NatGatewayAddresses[0].PrivateIp;
    const [me, s3] = ["192.168.0.4", flows[0]?.destination];
    // the guide's example "Traffic through a NAT gateway"
    expect(gunzipSync(Buffer.concat(chunks)).toString().trim().split("\n").slice(1)).toEqual([
      `${me} ${s3} ${me} ${s3} - S3 -`,
      `${me} ${own} ${me} ${s3} - S3 -`,
      `${own} ${s3} ${own} ${s3} - S3 8`,
      `${s3} ${own} ${s3} ${own} S3 - -`,
      `${own} ${me} ${s3} ${me} S3 - 1`,
      `${s3} ${me} ${s3} ${me} S3 - -`,
    ]);
  });
});

describe("names", () => {
  it("of an endpoint are public, and lead to a private address: by a peering, never by an internet gateway", async () => {
    const id = await endpoint("ssm");
    await allow(endpointGroup, "Ingress", anywhere);
    const [{ DnsEntries }] = (await ec2("DescribeVpcEndpoints", { VpcEndpointIds: [id] })).VpcEndpoints;
    const host = DnsEntries[0].DnsName as string;
    // another account's VPC, with a public address and a way out
    const other = "222233334444";
    const theirs = (operation: string, input: object = {}) =>
      cloud.call("ec2", operation, input, { account: other });
    const VpcId = (await theirs("CreateVpc", { CidrBlock: "10.9.0.0/16" })).Vpc.VpcId;
    const SubnetId = (await theirs("CreateSubnet", { VpcId, CidrBlock: "10.9.0.0/24" })).Subnet.SubnetId;
    const igw = (await theirs("CreateInternetGateway")).InternetGateway.InternetGatewayId;
    await theirs("AttachInternetGateway", { InternetGatewayId: igw, VpcId });
    const Filters = [{ Name: "vpc-id", Values: [VpcId] }];
    const RouteTableId = (await theirs("DescribeRouteTables", { Filters })).RouteTables[0].RouteTableId;
    await theirs("CreateRoute", { RouteTableId, DestinationCidrBlock: "0.0.0.0/0", GatewayId: igw });
    const eni = (await theirs("CreateNetworkInterface", { SubnetId })).NetworkInterface.NetworkInterfaceId;
    const { AllocationId } = await theirs("AllocateAddress", { Domain: "vpc" });
    await theirs("AssociateAddress", { AllocationId, NetworkInterfaceId: eni });
    const from = () => resolvePath(cloud.runtime.within(other, cloud.region), eni, { host });
    expect(from().none?.detail).toContain("is a private address");
    const { VpcPeeringConnectionId } = (
      await theirs("CreateVpcPeeringConnection", { VpcId, PeerVpcId: vpc, PeerOwnerId: cloud.account })
    ).VpcPeeringConnection;
    await ec2("AcceptVpcPeeringConnection", { VpcPeeringConnectionId });
    const DestinationCidrBlock = "192.168.0.0/16";
    await theirs("CreateRoute", { RouteTableId, DestinationCidrBlock, VpcPeeringConnectionId });
    for (const one of [
      table,
      (
        await ec2("DescribeRouteTables", {
          Filters: [
            { Name: "vpc-id", Values: [vpc] },
            { Name: "association.main", Values: ["true"] },
          ],
        })
      ).RouteTables[0].RouteTableId,
    ])
      await ec2("CreateRoute", {
        RouteTableId: one,
        DestinationCidrBlock: "10.9.0.0/16",
        VpcPeeringConnectionId,
      });
    expect(from().path).toMatchObject({
      context: { "aws:SourceVpce": id, "aws:SourceVpc": vpc, "aws:VpceAccount": cloud.account },
      position: { account: other },
    });
    expect(resolve({ host: host.replace(/^vpce-\w+/, "vpce-0123456789abcdef0") }).none?.reason).toBe("name");
  });

  it("of private DNS need both settings of the VPC, also later", async () => {
    await endpoint("ssm");
    await allow(group, "Egress", anywhere);
    await allow(endpointGroup, "Ingress", anywhere);
    expect(resolve({ service: "ssm" }).path?.endpoint).toBeDefined();
    await ec2("ModifyVpcAttribute", { VpcId: vpc, EnableDnsHostnames: { Value: false } });
    expect(resolve({ service: "ssm" }).none?.reason).toBe("route");
  });

  it("of both address families are S3's too", async () => {
    await allow(group, "Egress", anywhere);
    const VpcEndpointId = (
      await ec2("CreateVpcEndpoint", {
        VpcId: vpc,
        ServiceName: "com.amazonaws.us-east-1.s3",
        RouteTableIds: [table],
      })
    ).VpcEndpoint.VpcEndpointId;
    for (const host of [
      "bucket.s3.dualstack.us-east-1.amazonaws.com",
      "s3-fips.us-east-1.amazonaws.com",
      "111122223333.s3-control.dualstack.us-east-1.amazonaws.com",
    ])
      expect([host, resolve({ host }).path?.endpoint?.id]).toEqual([host, VpcEndpointId]);
  });
});
