import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.close());

const cfn = (operation: string, input: object = {}) => cloud.call("cloudformation", operation, input);
const parameters = (values: Record<string, string>) =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
const stackOf = async (StackName: string, from = cloud) =>
  (await from.call("cloudformation", "DescribeStacks", { StackName })).Stacks[0];
const status = async (StackName: string): Promise<string> => (await stackOf(StackName)).StackStatus;
/** The status once the operation is over, on a busy machine too. */
const ended = async (StackName: string): Promise<string> => {
  for (;;) {
    const now = await status(StackName);
    if (!now.endsWith("_IN_PROGRESS")) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const output = async (StackName: string, key: string): Promise<string> =>
  (await stackOf(StackName)).Outputs.find((one: { OutputKey: string }) => one.OutputKey === key)?.OutputValue;
const events = async (StackName: string, from = cloud): Promise<string[]> => {
  const all: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await from.call("cloudformation", "DescribeStackEvents", { StackName, NextToken });
    for (const { LogicalResourceId, ResourceStatus, ResourceStatusReason: reason } of page.StackEvents) {
      all.push(`${LogicalResourceId} ${ResourceStatus}${reason ? ` ${reason}` : ""}`);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return all.reverse();
};
const physical = async (StackName: string, LogicalResourceId: string): Promise<string> =>
  (await cfn("DescribeStackResource", { StackName, LogicalResourceId })).StackResourceDetail
    .PhysicalResourceId;
const PARAMETER = (value: string, more = "") =>
  `Resources: {P: {Type: AWS::SSM::Parameter, ${more} Properties: {Type: String, Value: ${value}}}}\nOutputs: {Name: {Value: !Ref P}, Value: {Value: !GetAtt P.Value}}\n`;

describe("a platform stack", () => {
  it("makes every kind of resource it names, and deletes what it may", async () => {
    const TemplateBody = readFileSync(new URL("./fixtures/platform.yaml", import.meta.url), "utf8");
    const { StackId } = await cfn("CreateStack", {
      StackName: "platform",
      TemplateBody,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    expect(
      await ended(StackId),
      (await events(StackId)).filter((one) => one.includes("FAILED")).join("\n"),
    ).toBe("CREATE_COMPLETE");
    const { Role } = await cloud.call("iam", "GetRole", {
      RoleName: await physical("platform", "ExecutionRole"),
    });
    expect(Role).toMatchObject({
      Path: "/studio/",
      MaxSessionDuration: 7200,
      PermissionsBoundary: { PermissionsBoundaryArn: await physical("platform", "Boundary") },
    });
    const { AttachedPolicies } = await cloud.call("iam", "ListAttachedRolePolicies", {
      RoleName: Role.RoleName,
    });
    expect(AttachedPolicies.map((one: { PolicyName: string }) => one.PolicyName)).toEqual([
      "AmazonSageMakerFullAccess",
    ]);
    expect(
      (await cloud.call("iam", "ListRolePolicies", { RoleName: Role.RoleName })).PolicyNames.sort(),
    ).toEqual(["data", "more"]);
    const Bucket = await output("platform", "Bucket");
    const encryption = await cloud.call("s3", "GetBucketEncryption", { Bucket });
    expect(encryption.ServerSideEncryptionConfiguration.Rules[0]).toMatchObject({
      BucketKeyEnabled: true,
      ApplyServerSideEncryptionByDefault: {
        SSEAlgorithm: "aws:kms",
        KMSMasterKeyID: await output("platform", "Key"),
      },
    });
    expect((await cloud.call("s3", "GetBucketVersioning", { Bucket })).Status).toBe("Enabled");
    expect((await cloud.call("s3", "GetBucketTagging", { Bucket })).TagSet).toContainEqual({
      Key: "team",
      Value: "team-a",
    });
    const domain = await cloud.call("sagemaker", "DescribeDomain", {
      DomainId: await output("platform", "DomainId"),
    });
    expect(domain).toMatchObject({ Status: "InService", AppNetworkAccessType: "VpcOnly" });
    const { Tags } = await cloud.call("sagemaker", "ListTags", { ResourceArn: domain.DomainArn });
    expect(Tags).toContainEqual({ Key: "team", Value: "platform" });

    await cfn("UpdateStack", {
      StackName: "platform",
      UsePreviousTemplate: true,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
      Parameters: parameters({ TeamName: "team-b" }),
    });
    expect(
      await status("platform"),
      (await events(StackId)).filter((one) => one.includes("FAILED")).join("\n"),
    ).toBe("UPDATE_COMPLETE");
    expect((await cloud.call("iam", "ListRoleTags", { RoleName: Role.RoleName })).Tags).toContainEqual({
      Key: "team",
      Value: "team-b",
    });

    await cfn("DeleteStack", { StackName: "platform" });
    for (let tries = 0; tries < 100 && (await status(StackId)) === "DELETE_IN_PROGRESS"; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(
      await status(StackId),
      (await events(StackId)).filter((one) => one.includes("FAILED")).join("\n"),
    ).toBe("DELETE_COMPLETE");
    expect((await events(StackId)).filter((one) => one.includes("SKIPPED"))).toEqual([
      "Subnet DELETE_SKIPPED",
      "VPC DELETE_SKIPPED",
    ]);
    await expect(cloud.call("iam", "GetRole", { RoleName: Role.RoleName })).rejects.toThrow(
      /cannot be found/,
    );
  });
});

describe("types of many services", () => {
  const whole = async (name: string, file: string) => {
    const TemplateBody = readFileSync(new URL(`./fixtures/${file}`, import.meta.url), "utf8");
    const { StackId } = await cfn("CreateStack", {
      StackName: name,
      TemplateBody,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    const ended = async () => {
      for (let tries = 0; tries < 400 && (await status(StackId)).endsWith("IN_PROGRESS"); tries++) {
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      return status(StackId);
    };
    const failures = async () => (await events(StackId)).filter((one) => one.includes("FAILED")).join("\n");
    expect(await ended(), await failures()).toBe("CREATE_COMPLETE");
    return {
      StackId,
      async remove() {
        await cfn("DeleteStack", { StackName: name });
        expect(await ended(), await failures()).toBe("DELETE_COMPLETE");
      },
    };
  };

  it("are made and deleted: firewalls, file systems, trails, providers, prefix lists", async () => {
    const { StackId, remove } = await whole("types", "types.yaml");
    expect(await output("types", "E")).toMatch(/^us-east-1a:vpce-/);
    const { Vpcs } = await cloud.call("ec2", "DescribeVpcs", {
      Filters: [{ Name: "tag:aws:cloudformation:stack-name", Values: ["types"] }],
    });
    expect(Vpcs).toHaveLength(2);
    expect(Vpcs[0].Tags).toContainEqual({ Key: "aws:cloudformation:stack-id", Value: StackId });
    await remove();
  });

  it("are made and deleted: SageMaker's", async () => {
    const { remove } = await whole("learning", "sagemaker.yaml");
    await remove();
  });
});

describe("nested stacks", () => {
  it("are made from templates in S3, updated and deleted with their parent", async () => {
    await cloud.call("s3", "CreateBucket", { Bucket: "templates" });
    const child =
      "Parameters: {V: {Type: String}, L: {Type: CommaDelimitedList}}\nResources: {P: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref V}}}\nOutputs: {Name: {Value: !Ref P}, Second: {Value: !Select [1, !Ref L]}}\n";
    await cloud.call("s3", "PutObject", {
      Bucket: "templates",
      Key: "nested/child.yaml",
      Body: bodyOf(child),
    });
    const parent = (value: string) =>
      `Resources:\n  Child:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: https://templates.s3.us-east-1.amazonaws.com/nested/child.yaml\n      Parameters: {V: ${value}, L: !Join [',', [a, b]]}\nOutputs: {Name: {Value: !GetAtt Child.Outputs.Name}, Second: {Value: !GetAtt Child.Outputs.Second}}\n`;
    const { StackId } = await cfn("CreateStack", { StackName: "parent", TemplateBody: parent("one") });
    expect(await status("parent"), (await events(StackId)).join("\n")).toBe("CREATE_COMPLETE");
    expect(await output("parent", "Second")).toBe("b");
    const nested = await stackOf(await physical("parent", "Child"));
    expect(nested).toMatchObject({ StackStatus: "CREATE_COMPLETE", ParentId: StackId, RootId: StackId });
    const Name = await output("parent", "Name");
    await cfn("UpdateStack", { StackName: "parent", TemplateBody: parent("two") });
    expect(await status("parent")).toBe("UPDATE_COMPLETE");
    expect((await cloud.call("ssm", "GetParameter", { Name })).Parameter.Value).toBe("two");
    await cfn("DeleteStack", { StackName: "parent" });
    expect(await status(StackId)).toBe("DELETE_COMPLETE");
    expect(await status(nested.StackId)).toBe("DELETE_COMPLETE");
    await expect(
      cfn("CreateStack", {
        StackName: "nowhere",
        TemplateURL: "https://templates.s3.amazonaws.com/none.yaml",
      }),
    ).rejects.toThrow(/^S3 error: The specified key does not exist\./);
    await expect(
      cfn("CreateStack", { StackName: "nowhere", TemplateURL: "https://example.com/x.yaml" }),
    ).rejects.toThrow("TemplateURL must be a supported URL.");
  });
});

function bodyOf(text: string) {
  const bytes = Buffer.from(text);
  return Object.assign(
    (async function* () {
      yield bytes;
    })(),
    { length: bytes.length, bytes: async () => bytes },
  );
}

describe("policies and protection", () => {
  it("keep resources, stacks, and failed creations as they say", async () => {
    await cfn("CreateStack", {
      StackName: "kept",
      TemplateBody: PARAMETER("x", "DeletionPolicy: Retain,"),
      EnableTerminationProtection: true,
    });
    const Name = await output("kept", "Name");
    await expect(cfn("DeleteStack", { StackName: "kept" })).rejects.toThrow(
      "Stack [kept] cannot be deleted while TerminationProtection is enabled",
    );
    await cfn("UpdateTerminationProtection", { StackName: "kept", EnableTerminationProtection: false });
    await cfn("DeleteStack", { StackName: "kept" });
    expect((await cloud.call("ssm", "GetParameter", { Name })).Parameter.Value).toBe("x");

    const bad =
      "Resources:\n  Good: {Type: AWS::SSM::Parameter, DeletionPolicy: RetainExceptOnCreate, Properties: {Type: String, Value: x}}\n  Bad: {Type: AWS::EC2::Subnet, DependsOn: Good, Properties: {VpcId: vpc-0, CidrBlock: 10.0.0.0/24}}\n";
    await cfn("CreateStack", { StackName: "stays", TemplateBody: bad, OnFailure: "DO_NOTHING" });
    expect(await status("stays")).toBe("CREATE_FAILED");
    const good = await physical("stays", "Good");
    await cfn("RollbackStack", { StackName: "stays" });
    expect(await status("stays")).toBe("ROLLBACK_COMPLETE");
    await expect(cloud.call("ssm", "GetParameter", { Name: good })).rejects.toThrow();
    const { StackId } = await cfn("CreateStack", {
      StackName: "goes",
      TemplateBody: bad,
      OnFailure: "DELETE",
    });
    expect(await status(StackId)).toBe("DELETE_COMPLETE");
  });

  it("leave out resources of a failed deletion when asked", async () => {
    await cfn("CreateStack", {
      StackName: "stuck",
      TemplateBody: "Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}",
    });
    const VpcId = await physical("stuck", "V");
    const { Subnet } = await cloud.call("ec2", "CreateSubnet", { VpcId, CidrBlock: "10.0.1.0/24" });
    await cfn("DeleteStack", { StackName: "stuck" });
    expect(await stackOf("stuck")).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: "The following resource(s) failed to delete: [V]. ",
    });
    const { StackId } = await stackOf("stuck");
    await cfn("DeleteStack", { StackName: "stuck", RetainResources: ["V"] });
    expect(await status(StackId)).toBe("DELETE_COMPLETE");
    await cloud.call("ec2", "DeleteSubnet", { SubnetId: Subnet.SubnetId });
  });
});

describe("values from elsewhere", () => {
  it("come from the parameter store, as parameters and as dynamic references", async () => {
    await cloud.call("ssm", "PutParameter", { Name: "/net/cidr", Type: "String", Value: "10.3.0.0/16" });
    const body =
      "Parameters: {Cidr: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /net/cidr}, Hidden: {Type: String, NoEcho: true, Default: h}}\nResources:\n  V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: !Ref Cidr, Tags: [{Key: c, Value: 'is {{resolve:ssm:/net/cidr:1}}'}]}}\n";
    await cfn("CreateStack", { StackName: "stored", TemplateBody: body });
    const stack = await stackOf("stored");
    expect(stack.StackStatus).toBe("CREATE_COMPLETE");
    expect(stack.Parameters).toEqual([
      { ParameterKey: "Cidr", ParameterValue: "/net/cidr", ResolvedValue: "10.3.0.0/16" },
      { ParameterKey: "Hidden", ParameterValue: "****" },
    ]);
    const { Vpcs } = await cloud.call("ec2", "DescribeVpcs", { VpcIds: [await physical("stored", "V")] });
    expect(Vpcs[0].Tags).toContainEqual({ Key: "c", Value: "is 10.3.0.0/16" });
    await expect(
      cfn("CreateStack", {
        StackName: "none",
        TemplateBody: body,
        Parameters: parameters({ Cidr: "/nope" }),
      }),
    ).rejects.toThrow("Unable to fetch parameters [/nope] from parameter store for this account.");
    await cfn("CreateStack", {
      StackName: "absent",
      TemplateBody:
        "Parameters: {V: {Type: 'AWS::EC2::VPC::Id'}}\nResources: {S: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref V, CidrBlock: 10.0.0.0/24}}}",
      Parameters: parameters({ V: "vpc-00000000000000000" }),
    });
    expect(await events("absent")).toContain(
      "absent ROLLBACK_IN_PROGRESS Parameter validation failed: parameter value vpc-00000000000000000 for parameter name V does not exist. Rollback requested by user.",
    );
  });
});

describe("a cloud that stops in the middle", () => {
  it("rolls an interrupted creation back at the next start, and finishes a deletion", async () => {
    const state = mkdtempSync(join(tmpdir(), "sagekeep-resume-"));
    const first = await startCloud({ state });
    // a domain that does not get ready before the cloud stops
    await first.runtime.registry.ready("sagemaker");
    const operations = first.runtime.registry.get("sagemaker").operations as Record<string, unknown>;
    const { DescribeDomain } = operations;
    operations.DescribeDomain = () => new Promise(() => {});
    const TemplateBody = readFileSync(new URL("./fixtures/platform.yaml", import.meta.url), "utf8");
    await first.call("cloudformation", "CreateStack", {
      StackName: "cut",
      TemplateBody,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    expect((await stackOf("cut", first)).StackStatus).toBe("CREATE_IN_PROGRESS");
    await first.close();
    operations.DescribeDomain = DescribeDomain;

    const second = await startCloud({ state });
    let now = "";
    for (let tries = 0; tries < 200; tries++) {
      now = (await stackOf("cut", second)).StackStatus;
      if (!now.endsWith("IN_PROGRESS")) break;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    const all = await events("cut", second);
    expect(now, all.filter((one) => one.includes("FAILED")).join("\n")).toBe("ROLLBACK_COMPLETE");
    expect(all).toContain(
      "Domain CREATE_FAILED Interrupted: the local cloud stopped while this resource was in progress",
    );
    expect((await second.call("sagemaker", "ListDomains", {})).Domains).toEqual([]);
    await second.close();
    rmSync(state, { recursive: true, force: true });
  });
});
