/** Properties are applied, changed and read back, or refused by name; attributes that others change are read anew. */
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object) => cloud.call("cloudformation", operation, input);

async function settled(StackName: string): Promise<{ status: string; reasons: string[]; outputs: object }> {
  for (;;) {
    const [stack] = (await cfn("DescribeStacks", { StackName })).Stacks;
    if (!stack.StackStatus.endsWith("_IN_PROGRESS")) {
      const { StackEvents } = await cfn("DescribeStackEvents", { StackName });
      return {
        status: stack.StackStatus,
        reasons: StackEvents.filter((one: { ResourceStatus: string }) =>
          one.ResourceStatus.endsWith("_FAILED"),
        ).map((one: { ResourceStatusReason?: string }) => one.ResourceStatusReason),
        outputs: Object.fromEntries(
          (stack.Outputs ?? []).map((one: { OutputKey: string; OutputValue: string }) => [
            one.OutputKey,
            one.OutputValue,
          ]),
        ),
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function run(verb: "CreateStack" | "UpdateStack", StackName: string, template: object, V = "one") {
  await cfn(verb, {
    StackName,
    TemplateBody: JSON.stringify({ Parameters: { V: { Type: "String" } }, ...template }),
    Parameters: [{ ParameterKey: "V", ParameterValue: V }],
    Capabilities: ["CAPABILITY_NAMED_IAM"],
  });
  return settled(StackName);
}

const V = { Ref: "V" };

describe("attributes that other resources change", () => {
  const template = (two: boolean) => ({
    Resources: {
      Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
      Six: {
        Type: "AWS::EC2::VPCCidrBlock",
        Properties: { VpcId: { Ref: "Vpc" }, AmazonProvidedIpv6CidrBlock: true },
      },
      Subnet: {
        Type: "AWS::EC2::Subnet",
        DependsOn: "Six",
        Properties: {
          VpcId: { Ref: "Vpc" },
          CidrBlock: "10.0.0.0/24",
          Ipv6CidrBlock: {
            "Fn::Select": [
              two ? 1 : 0,
              { "Fn::Cidr": [{ "Fn::Select": [0, { "Fn::GetAtt": "Vpc.Ipv6CidrBlocks" }] }, 2, 64] },
            ],
          },
          PrivateDnsNameOptionsOnLaunch: { HostnameType: "resource-name", EnableResourceNameDnsARecord: two },
        },
      },
    },
    Outputs: {
      Block: { Value: { "Fn::Select": [0, { "Fn::GetAtt": ["Vpc", "Ipv6CidrBlocks"] }] } },
      Blocks: { Value: { "Fn::Join": [",", { "Fn::GetAtt": ["Vpc", "CidrBlockAssociations"] }] } },
    },
  });

  it("are those of now", async () => {
    const made = await run("CreateStack", "six", template(false));
    expect(made).toMatchObject({ status: "CREATE_COMPLETE", reasons: [] });
    expect(made.outputs).toMatchObject({ Block: expect.stringMatching(/::\/56$/) });
    const changed = await run("UpdateStack", "six", template(true));
    expect(changed).toMatchObject({ status: "UPDATE_COMPLETE", reasons: [] });
    const { Subnets } = await cloud.call("ec2", "DescribeSubnets", {
      Filters: [{ Name: "cidr-block", Values: ["10.0.0.0/24"] }],
    });
    expect(Subnets[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock).toMatch(/01::\/64$/);
    expect(Subnets[0].PrivateDnsNameOptionsOnLaunch).toEqual({
      HostnameType: "resource-name",
      EnableResourceNameDnsARecord: true,
      EnableResourceNameDnsAAAARecord: false,
    });
  });
});

describe("properties", () => {
  it("of a bucket that has many of them are put and taken away one by one", async () => {
    const template = (metrics: object[]) => ({
      Resources: {
        Bucket: {
          Type: "AWS::S3::Bucket",
          Properties: {
            BucketName: "many-of-them",
            MetricsConfigurations: metrics,
            InventoryConfigurations: [
              {
                Id: "list",
                Enabled: "true",
                IncludedObjectVersions: "All",
                ScheduleFrequency: "Daily",
                Destination: { BucketArn: "arn:aws:s3:::reports", Format: "CSV", Prefix: V },
              },
            ],
          },
        },
      },
    });
    const Bucket = "many-of-them";
    const first = [{ Id: "a" }, { Id: "b", Prefix: V, TagFilters: [{ Key: "k", Value: "v" }] }];
    expect((await run("CreateStack", "many", template(first))).reasons).toEqual([]);
    expect((await run("UpdateStack", "many", template(first.slice(1)), "two")).reasons).toEqual([]);
    const { MetricsConfigurationList } = await cloud.call("s3", "ListBucketMetricsConfigurations", {
      Bucket,
    });
    expect(MetricsConfigurationList).toEqual([
      { Id: "b", Filter: { And: { Prefix: "two", Tags: [{ Key: "k", Value: "v" }] } } },
    ]);
    const { InventoryConfiguration } = await cloud.call("s3", "GetBucketInventoryConfiguration", {
      Bucket,
      Id: "list",
    });
    expect(InventoryConfiguration).toMatchObject({
      IsEnabled: true,
      Destination: { S3BucketDestination: { Bucket: "arn:aws:s3:::reports", Format: "CSV", Prefix: "two" } },
      Schedule: { Frequency: "Daily" },
    });
  });

  it("of a prefix list grow before entries need the room", async () => {
    const template = (count: number) => ({
      Resources: {
        List: {
          Type: "AWS::EC2::PrefixList",
          Properties: {
            PrefixListName: V,
            AddressFamily: "IPv4",
            MaxEntries: String(count),
            Entries: Array.from({ length: count }, (_, index) => ({ Cidr: `10.${index}.0.0/16` })),
          },
        },
      },
    });
    expect((await run("CreateStack", "list", template(1))).reasons).toEqual([]);
    expect((await run("UpdateStack", "list", template(5), "two")).reasons).toEqual([]);
    expect((await run("UpdateStack", "list", template(2), "two")).reasons).toEqual([]);
    const { PrefixLists } = await cloud.call("ec2", "DescribeManagedPrefixLists", {
      Filters: [{ Name: "prefix-list-name", Values: ["two"] }],
    });
    expect(PrefixLists[0].MaxEntries).toBe(2);
  });
});

describe("an update in place", () => {
  it("moves a group, gives an interface more addresses, and leads a gateway to another table", async () => {
    const table = { Type: "AWS::EC2::RouteTable", Properties: { VpcId: { Ref: "Vpc" } } };
    const template = (Path: string, count: number, to: string) => ({
      Resources: {
        Group: { Type: "AWS::IAM::Group", Properties: { GroupName: "moved", Path } },
        Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.7.0.0/16" } },
        Subnet: {
          Type: "AWS::EC2::Subnet",
          Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.7.0.0/24" },
        },
        Card: {
          Type: "AWS::EC2::NetworkInterface",
          Properties: { SubnetId: { Ref: "Subnet" }, SecondaryPrivateIpAddressCount: count },
        },
        Gateway: { Type: "AWS::EC2::InternetGateway" },
        Attached: {
          Type: "AWS::EC2::VPCGatewayAttachment",
          Properties: { VpcId: { Ref: "Vpc" }, InternetGatewayId: { Ref: "Gateway" } },
        },
        A: table,
        B: table,
        Led: {
          Type: "AWS::EC2::GatewayRouteTableAssociation",
          DependsOn: "Attached",
          Properties: { GatewayId: { Ref: "Gateway" }, RouteTableId: { Ref: to } },
        },
      },
      Outputs: {
        Card: { Value: { Ref: "Card" } },
        B: { Value: { Ref: "B" } },
        Led: { Value: { Ref: "Led" } },
      },
    });
    expect((await run("CreateStack", "placed", template("/a/", 3, "A"))).reasons).toEqual([]);
    const { reasons, outputs } = await run("UpdateStack", "placed", template("/b/", 1, "B"));
    expect(reasons).toEqual([]);
    const { Card, B, Led } = outputs as Record<string, string>;
    const { Group } = await cloud.call("iam", "GetGroup", { GroupName: "moved" });
    expect(Group.Path).toBe("/b/");
    const { NetworkInterfaces } = await cloud.call("ec2", "DescribeNetworkInterfaces", {
      NetworkInterfaceIds: [Card],
    });
    expect(NetworkInterfaces[0].PrivateIpAddresses).toHaveLength(2);
    const { RouteTables } = await cloud.call("ec2", "DescribeRouteTables", { RouteTableIds: [B] });
    expect(RouteTables[0].Associations).toMatchObject([{ GatewayId: Led }]);
  });

  it("that cannot be made leaves the stack as it was", async () => {
    const template = (KeySpec: string) => ({
      Resources: { Key: { Type: "AWS::KMS::Key", Properties: { KeySpec, KeyUsage: "SIGN_VERIFY" } } },
    });
    expect((await run("CreateStack", "fixed", template("RSA_2048"))).reasons).toEqual([]);
    const { status, reasons } = await run("UpdateStack", "fixed", template("RSA_4096"));
    expect(status).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(reasons).toEqual([
      "Resource type AWS::KMS::Key cannot change [KeySpec] in place in the Sagekeep local cloud",
    ]);
  });
});

/** The registry's schemas of the types name these as updatable: docs lag behind. */
test("what the registry's schema says can be changed in place is", async () => {
  const template = {
    Conditions: { After: { "Fn::Equals": [V, "two"] } },
    Resources: {
      Bucket: {
        Type: "AWS::S3::Bucket",
        Properties: {
          ObjectLockEnabled: { "Fn::If": ["After", true, { Ref: "AWS::NoValue" }] },
          VersioningConfiguration: { Status: "Enabled" },
        },
      },
      Vpc: { Type: "AWS::EC2::VPC", Properties: { CidrBlock: "10.0.0.0/16" } },
      A: { Type: "AWS::EC2::Subnet", Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.0.0.0/24" } },
      B: { Type: "AWS::EC2::Subnet", Properties: { VpcId: { Ref: "Vpc" }, CidrBlock: "10.0.1.0/24" } },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: {
              Effect: "Allow",
              Principal: { Service: "sagemaker.amazonaws.com" },
              Action: "sts:AssumeRole",
            },
          },
        },
      },
      Domain: {
        Type: "AWS::SageMaker::Domain",
        Properties: {
          DomainName: "in-place",
          AuthMode: "IAM",
          VpcId: { Ref: "Vpc" },
          SubnetIds: [{ Ref: "A" }, { "Fn::If": ["After", { Ref: "B" }, { Ref: "AWS::NoValue" }] }],
          AppNetworkAccessType: { "Fn::If": ["After", "VpcOnly", "PublicInternetOnly"] },
          DefaultUserSettings: {
            ExecutionRole: { "Fn::GetAtt": ["Role", "Arn"] },
            SecurityGroups: [{ "Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"] }],
          },
        },
      },
      Image: {
        Type: "AWS::SageMaker::AppImageConfig",
        Properties: { AppImageConfigName: "in-place", Tags: [{ Key: "of", Value: V }] },
      },
    },
    Outputs: { Bucket: { Value: { Ref: "Bucket" } }, Domain: { Value: { Ref: "Domain" } } },
  };
  const made = await run("CreateStack", "in-place", template);
  expect(made.reasons).toEqual([]);
  const changed = await run("UpdateStack", "in-place", template, "two");
  expect(changed).toMatchObject({ status: "UPDATE_COMPLETE", outputs: made.outputs });
  const { Bucket, Domain } = made.outputs as { Bucket: string; Domain: string };
  expect(await cloud.call("s3", "GetObjectLockConfiguration", { Bucket })).toMatchObject({
    ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" },
  });
  const domain = await cloud.call("sagemaker", "DescribeDomain", { DomainId: Domain });
  expect(domain.AppNetworkAccessType).toBe("VpcOnly");
  expect(domain.SubnetIds).toHaveLength(2);
  const back = await run("UpdateStack", "in-place", template, "one");
  expect(back.reasons.join()).toContain("Object Lock cannot be disabled");
});
