import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";
import { resolvePath } from "../../network/resolve.ts";

let cloud: Cloud;
let VpcId: string;
let subnets: string[];
beforeEach(async () => {
  cloud = await startCloud();
  VpcId = (await ec2("CreateVpc", { CidrBlock: "10.0.0.0/16" })).Vpc.VpcId;
  for (const Attribute of ["EnableDnsSupport", "EnableDnsHostnames"]) {
    await ec2("ModifyVpcAttribute", { VpcId, [Attribute]: { Value: true } });
  }
  subnets = [];
  for (const [index, zone] of ["a", "b"].entries()) {
    const { Subnet } = await ec2("CreateSubnet", {
      VpcId,
      CidrBlock: `10.0.${index}.0/24`,
      AvailabilityZone: `us-east-1${zone}`,
    });
    subnets.push(Subnet.SubnetId);
  }
});
afterEach(() => cloud.close());

const ec2 = (operation: string, input: object = {}) => cloud.call("ec2", operation, input);
const lattice = (operation: string, input: object = {}) => cloud.call("vpc-lattice", operation, input);
const failure = (work: Promise<unknown>) =>
  work.then(
    () => "no error",
    (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
  );
const gateway = (name = "door", more: object = {}) =>
  lattice("CreateResourceGateway", { name, vpcIdentifier: VpcId, subnetIds: subnets, ...more });
const resource = (resourceGatewayIdentifier: string, more: object = {}) =>
  lattice("CreateResourceConfiguration", {
    name: "thing",
    type: "SINGLE",
    resourceGatewayIdentifier,
    resourceConfigurationDefinition: { ipResource: { ipAddress: "10.0.0.99" } },
    ...more,
  });

describe("service networks", () => {
  it("are found by id and ARN, counted, changed and listed", async () => {
    const made = await lattice("CreateServiceNetwork", { name: "net", tags: { team: "a" } });
    expect(made).toEqual({ id: made.id, arn: made.arn, name: "net", authType: "NONE" });
    expect(made.id).toMatch(/^sn-[0-9a-f]{17}$/);
    expect(made.arn).toBe(`arn:aws:vpc-lattice:us-east-1:${cloud.account}:servicenetwork/${made.id}`);
    await lattice("UpdateServiceNetwork", { serviceNetworkIdentifier: made.id, authType: "AWS_IAM" });
    await lattice("CreateServiceNetworkVpcAssociation", {
      serviceNetworkIdentifier: made.arn,
      vpcIdentifier: VpcId,
    });
    expect(await lattice("GetServiceNetwork", { serviceNetworkIdentifier: made.arn })).toMatchObject({
      authType: "AWS_IAM",
      numberOfAssociatedVPCs: 1,
      numberOfAssociatedServices: 0,
    });
    expect((await lattice("ListServiceNetworks")).items).toHaveLength(1);
    expect(await lattice("ListTagsForResource", { resourceArn: made.arn })).toEqual({ tags: { team: "a" } });
    expect(await failure(lattice("CreateServiceNetwork", { name: "net" }))).toMatch(/^ConflictException: /);
    expect(
      await failure(lattice("GetServiceNetwork", { serviceNetworkIdentifier: "sn-0123456789abcdef0" })),
    ).toBe("ResourceNotFoundException: ServiceNetwork sn-0123456789abcdef0 not found");
  });

  it("keep a VPC, its groups and themselves from deletion while associated", async () => {
    const { id } = await lattice("CreateServiceNetwork", { name: "net" });
    const { GroupId } = await ec2("CreateSecurityGroup", { GroupName: "g", Description: "g", VpcId });
    const input = { serviceNetworkIdentifier: id, vpcIdentifier: VpcId, securityGroupIds: [GroupId] };
    const association = await lattice("CreateServiceNetworkVpcAssociation", input);
    expect(association).toMatchObject({
      status: "CREATE_IN_PROGRESS",
      createdBy: cloud.account,
      securityGroupIds: [GroupId],
    });
    expect(await failure(lattice("CreateServiceNetworkVpcAssociation", input))).toMatch(/^ConflictException/);
    expect(await failure(lattice("DeleteServiceNetwork", { serviceNetworkIdentifier: id }))).toBe(
      `ConflictException: ServiceNetwork ${id} has VPC(s) associated.`,
    );
    expect(await failure(ec2("DeleteSecurityGroup", { GroupId }))).toMatch(/^DependencyViolation/);
    for (const SubnetId of subnets) await ec2("DeleteSubnet", { SubnetId });
    const gone = { serviceNetworkVpcAssociationIdentifier: association.arn };
    expect(await lattice("GetServiceNetworkVpcAssociation", gone)).toMatchObject({
      status: "ACTIVE",
      vpcId: VpcId,
    });
    expect(await lattice("DeleteServiceNetworkVpcAssociation", gone)).toMatchObject({
      status: "DELETE_IN_PROGRESS",
    });
    await ec2("DeleteSecurityGroup", { GroupId });
    await lattice("DeleteServiceNetwork", { serviceNetworkIdentifier: id });
    await ec2("DeleteVpc", { VpcId });
  });

  it("answer the same to the same client token, and refuse it for another request", async () => {
    const first = await lattice("CreateServiceNetwork", { name: "one", clientToken: "t" });
    expect(await lattice("CreateServiceNetwork", { name: "one", clientToken: "t" })).toEqual(first);
    expect(await failure(lattice("CreateServiceNetwork", { name: "two", clientToken: "t" }))).toMatch(
      /^ConflictException/,
    );
  });

  it("have auth policies that count when the type says so", async () => {
    const { id } = await lattice("CreateServiceNetwork", { name: "net" });
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: "*", Action: "vpc-lattice-svcs:Invoke", Resource: "*" }],
    });
    expect(await lattice("PutAuthPolicy", { resourceIdentifier: id, policy })).toEqual({
      policy,
      state: "Inactive",
    });
    await lattice("UpdateServiceNetwork", { serviceNetworkIdentifier: id, authType: "AWS_IAM" });
    expect(await lattice("GetAuthPolicy", { resourceIdentifier: id })).toMatchObject({
      policy,
      state: "Active",
    });
    await lattice("DeleteAuthPolicy", { resourceIdentifier: id });
    expect(await failure(lattice("GetAuthPolicy", { resourceIdentifier: id }))).toMatch(
      /^ResourceNotFoundException/,
    );
    expect(await failure(lattice("PutAuthPolicy", { resourceIdentifier: id, policy: "{" }))).toMatch(
      /^ValidationException/,
    );
  });

  it("hold services, which answer no one for want of listeners", async () => {
    const network = await lattice("CreateServiceNetwork", { name: "net" });
    const one = await lattice("CreateService", { name: "svc-of-mine".replace("svc-", "the-") });
    expect(one.dnsEntry.domainName).toMatch(
      /^the-of-mine-[0-9a-f]{17}\.7d67968\.vpc-lattice-svcs\.us-east-1\.on\.aws$/,
    );
    const made = await lattice("CreateServiceNetworkServiceAssociation", {
      serviceIdentifier: one.id,
      serviceNetworkIdentifier: network.id,
    });
    expect(
      await lattice("GetServiceNetworkServiceAssociation", {
        serviceNetworkServiceAssociationIdentifier: made.id,
      }),
    ).toMatchObject({ serviceName: "the-of-mine", serviceNetworkName: "net", status: "ACTIVE" });
    expect(await failure(lattice("DeleteService", { serviceIdentifier: one.id }))).toMatch(
      /^ConflictException/,
    );
    await lattice("DeleteServiceNetworkServiceAssociation", {
      serviceNetworkServiceAssociationIdentifier: made.arn,
    });
    await lattice("DeleteService", { serviceIdentifier: one.id });
    expect(await failure(lattice("CreateListener", { serviceIdentifier: one.id, name: "l" }))).toMatch(
      /not supported/,
    );
  });
});

describe("resources", () => {
  it("are behind a gateway with an interface in each of its subnets", async () => {
    const door = await gateway();
    expect(door).toMatchObject({
      status: "ACTIVE",
      ipAddressType: "IPV4",
      vpcIdentifier: VpcId,
      subnetIds: subnets,
    });
    const Filters = [{ Name: "subnet-id", Values: subnets }];
    const { NetworkInterfaces } = await ec2("DescribeNetworkInterfaces", { Filters });
    expect(NetworkInterfaces).toHaveLength(2);
    expect(NetworkInterfaces[0].Groups[0].GroupId).toBe(door.securityGroupIds[0]);
    const one = await resource(door.id);
    expect(one).toMatchObject({
      type: "SINGLE",
      status: "ACTIVE",
      portRanges: ["1-65535"],
      protocol: "TCP",
      allowAssociationToShareableServiceNetwork: true,
      resourceGatewayId: door.id,
    });
    expect(await failure(lattice("DeleteResourceGateway", { resourceGatewayIdentifier: door.id }))).toMatch(
      /^ConflictException/,
    );
    await lattice("DeleteResourceConfiguration", { resourceConfigurationIdentifier: one.arn });
    expect(await lattice("DeleteResourceGateway", { resourceGatewayIdentifier: door.arn })).toMatchObject({
      status: "DELETE_IN_PROGRESS",
    });
    expect((await ec2("DescribeNetworkInterfaces", { Filters })).NetworkInterfaces).toEqual([]);
  });

  it("say what fits their type and nothing else", async () => {
    const { id } = await gateway();
    expect(
      await failure(
        resource(id, {
          type: "GROUP",
          customDomainName: "a.example",
          resourceConfigurationDefinition: undefined,
        }),
      ),
    ).toBe("ValidationException: Unexpected attribute customDomainName for type GROUP");
    expect(await failure(resource(id, { portRanges: ["90-80"] }))).toMatch(/^ValidationException/);
    expect(await failure(resource(id, { resourceConfigurationDefinition: {} }))).toMatch(
      /^ValidationException/,
    );
    expect(
      await failure(
        resource(id, {
          type: "ARN",
          resourceConfigurationDefinition: {
            arnResource: { arn: "arn:aws:rds:us-east-1:111122223333:db:x" },
          },
        }),
      ),
    ).toMatch(/not supported/);
    const group = await resource(id, {
      name: "group",
      type: "GROUP",
      resourceConfigurationDefinition: undefined,
    });
    const child = await resource("", {
      type: "CHILD",
      resourceGatewayIdentifier: undefined,
      resourceConfigurationGroupIdentifier: group.id,
      portRanges: ["443"],
    });
    expect(child).toMatchObject({ resourceConfigurationGroupId: group.id, resourceGatewayId: id });
    const { items } = await lattice("ListResourceConfigurations", {
      resourceConfigurationGroupIdentifier: group.id,
    });
    expect(items.map((one: { id: string }) => one.id)).toEqual([child.id]);
    expect(
      await failure(lattice("DeleteResourceConfiguration", { resourceConfigurationIdentifier: group.id })),
    ).toMatch(/^ConflictException/);
  });
});

describe("VPC endpoints", () => {
  const endpoint = (VpcEndpointType: string, more: object) =>
    ec2("CreateVpcEndpoint", { VpcId, VpcEndpointType, SubnetIds: [subnets[0]], ...more });

  it("of type Resource are associated with one configuration and keep it", async () => {
    const one = await resource((await gateway()).id);
    const { VpcEndpoint } = await endpoint("Resource", { ResourceConfigurationArn: one.arn });
    expect(VpcEndpoint).toMatchObject({
      State: "Pending",
      VpcEndpointType: "Resource",
      IpAddressType: "IPV4",
      ResourceConfigurationArn: one.arn,
      PrivateDnsEnabled: false,
    });
    const { VpcEndpointAssociations } = await ec2("DescribeVpcEndpointAssociations");
    expect(VpcEndpointAssociations).toEqual([
      {
        Id: expect.stringMatching(/^vpce-rsc-asc-[0-9a-f]{17}$/),
        VpcEndpointId: VpcEndpoint.VpcEndpointId,
        AssociatedResourceAccessibility: "Accessible",
        AssociatedResourceArn: one.arn,
        DnsEntry: {
          DnsName: `${VpcEndpoint.VpcEndpointId}.${one.id}.4232ccc.vpc-lattice-rsc.us-east-1.on.aws`,
          HostedZoneId: expect.any(String),
        },
        Tags: [],
      },
    ]);
    const { items } = await lattice("ListResourceEndpointAssociations", {
      resourceConfigurationIdentifier: one.id,
    });
    expect(items[0]).toMatchObject({
      vpcEndpointId: VpcEndpoint.VpcEndpointId,
      vpcEndpointOwner: cloud.account,
    });
    expect(
      await failure(lattice("DeleteResourceConfiguration", { resourceConfigurationIdentifier: one.id })),
    ).toMatch(/^ConflictException/);
    await ec2("DeleteVpcEndpoints", { VpcEndpointIds: [VpcEndpoint.VpcEndpointId] });
    await lattice("DeleteResourceConfiguration", { resourceConfigurationIdentifier: one.id });
  });

  it("need their target, subnets, and nothing of other types", async () => {
    const absent = `arn:aws:vpc-lattice:us-east-1:${cloud.account}:servicenetwork/sn-0123456789abcdef0`;
    expect(await failure(endpoint("Resource", {}))).toBe(
      "MissingParameter: The request must contain the parameter resourceConfigurationArn",
    );
    expect(await failure(endpoint("ServiceNetwork", { ServiceNetworkArn: absent }))).toMatch(
      /does not exist/,
    );
    const { arn } = await lattice("CreateServiceNetwork", { name: "net" });
    expect(
      await failure(endpoint("ServiceNetwork", { ServiceNetworkArn: arn, PolicyDocument: "{}" })),
    ).toMatch(/^InvalidParameter: PolicyDocument/);
    expect(await failure(endpoint("ServiceNetwork", { ServiceNetworkArn: arn, SubnetIds: [] }))).toMatch(
      /^MissingParameter/,
    );
  });

  it("lead a request through the resource gateway to what is behind it", async () => {
    // the resource is another endpoint's interface: the API of KMS, only reachable from the gateway's VPC
    const { GroupId } = await ec2("CreateSecurityGroup", { GroupName: "in", Description: "in", VpcId });
    const everybody = [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }];
    await ec2("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: everybody });
    const SecurityGroupIds = [GroupId];
    const kms = await endpoint("Interface", { ServiceName: "com.amazonaws.us-east-1.kms", SecurityGroupIds });
    const door = await gateway("door", {
      securityGroupIds: SecurityGroupIds,
      resourceConfigDnsResolution: "IN_VPC",
    });
    const one = await resource(door.id, {
      portRanges: ["443"],
      customDomainName: "keys.example.com",
      resourceConfigurationDefinition: {
        dnsResource: { domainName: "kms.us-east-1.amazonaws.com", ipAddressType: "IPV4" },
      },
    });
    const network = await lattice("CreateServiceNetwork", { name: "net" });
    const association = await lattice("CreateServiceNetworkResourceAssociation", {
      serviceNetworkIdentifier: network.id,
      resourceConfigurationIdentifier: one.id,
      privateDnsEnabled: true,
    });

    const { Vpc } = await ec2("CreateVpc", { CidrBlock: "10.9.0.0/16" });
    for (const Attribute of ["EnableDnsSupport", "EnableDnsHostnames"]) {
      await ec2("ModifyVpcAttribute", { VpcId: Vpc.VpcId, [Attribute]: { Value: true } });
    }
    const { Subnet } = await ec2("CreateSubnet", { VpcId: Vpc.VpcId, CidrBlock: "10.9.0.0/24" });
    const made = await ec2("CreateVpcEndpoint", {
      VpcId: Vpc.VpcId,
      VpcEndpointType: "ServiceNetwork",
      ServiceNetworkArn: network.arn,
      SubnetIds: [Subnet.SubnetId],
      PrivateDnsEnabled: true,
    });
    const client = await ec2("CreateNetworkInterface", { SubnetId: Subnet.SubnetId });
    const resolve = (host: string, port = 443) =>
      resolvePath(
        cloud.runtime.within(cloud.account, cloud.region),
        client.NetworkInterface.NetworkInterfaceId,
        { host, port },
      );
    const [found] = (await ec2("DescribeVpcEndpointAssociations")).VpcEndpointAssociations;
    expect(found).toMatchObject({
      ServiceNetworkName: "net",
      PrivateDnsEntry: { DnsName: "keys.example.com" },
      DnsEntry: {
        DnsName: `${made.VpcEndpoint.VpcEndpointId}-${association.id}.${one.id}.4232ccc.vpc-lattice-rsc.us-east-1.on.aws`,
      },
    });
    for (const host of ["keys.example.com", found.DnsEntry.DnsName]) {
      expect(resolve(host).path).toMatchObject({
        context: { "aws:SourceVpce": kms.VpcEndpoint.VpcEndpointId, "aws:SourceVpc": VpcId },
        position: { vpcId: Vpc.VpcId },
      });
    }
    expect(resolve("keys.example.com", 80).none?.detail).toMatch(/does not have port 80/);
    await lattice("DeleteServiceNetworkResourceAssociation", {
      serviceNetworkResourceAssociationIdentifier: association.id,
    });
    expect(resolve(found.DnsEntry.DnsName).none?.reason).toBe("name");
  });
});

it("lets another account in by a resource policy only", async () => {
  const network = await lattice("CreateServiceNetwork", { name: "net" });
  const other = { account: "444455556666" };
  const get = () =>
    cloud.call("vpc-lattice", "GetServiceNetwork", { serviceNetworkIdentifier: network.arn }, other);
  expect(await failure(get())).toMatch(/^AccessDeniedException/);
  await lattice("PutResourcePolicy", {
    resourceArn: network.arn,
    policy: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { AWS: "444455556666" },
          Action: ["vpc-lattice:GetServiceNetwork"],
          Resource: network.arn,
        },
      ],
    }),
  });
  expect(await get()).toMatchObject({ name: "net" });
});
