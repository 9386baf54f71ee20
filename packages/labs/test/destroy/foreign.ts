/** Things of other people in the same account, some of them with names and tags that come close to the platform's. */
import type { Clients } from "@sagekeep/toolkit";

/** Makes one and answers how to see that it is there, unchanged. @throws what the call throws when it is not */
export type Foreign = (admin: Clients, name: string) => Promise<() => Promise<unknown>>;

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "sagemaker.amazonaws.com" }, Action: "sts:AssumeRole" },
  ],
});
const demand = (fact: unknown, what: string) => {
  if (!fact) throw new Error(`${what} is not as it was`);
};

async function role(admin: Clients, name: string): Promise<string> {
  const made = await admin.call("iam", "CreateRole", { RoleName: name, AssumeRolePolicyDocument: trust });
  return made.Role?.Arn ?? "";
}

async function network(admin: Clients): Promise<{ vpc: string; subnet: string; group: string }> {
  const { Vpc } = await admin.call("ec2", "CreateVpc", { CidrBlock: "10.9.0.0/16" });
  const vpc = Vpc?.VpcId ?? "";
  const { Subnet } = await admin.call("ec2", "CreateSubnet", { VpcId: vpc, CidrBlock: "10.9.1.0/24" });
  const made = await admin.call("ec2", "CreateSecurityGroup", {
    VpcId: vpc,
    GroupName: "own",
    Description: "own",
  });
  return { vpc, subnet: Subnet?.SubnetId ?? "", group: made.GroupId ?? "" };
}

export const foreigners: Readonly<Record<string, Foreign>> = {
  bucket: async (admin, name) => {
    const Bucket = `workshop-${name}-bucket`;
    await admin.call("s3", "CreateBucket", { Bucket });
    await admin.call("s3", "PutObject", { Bucket, Key: "precious", Body: "x" });
    return () => admin.call("s3", "GetObject", { Bucket, Key: "precious" });
  },
  "bucket of another platform": async (admin, name) => {
    const Bucket = `workshop-${name}-other`;
    await admin.call("s3", "CreateBucket", { Bucket });
    await admin.call("s3", "PutBucketTagging", {
      Bucket,
      Tagging: { TagSet: [{ Key: "platform", Value: "other" }] },
    });
    return () => admin.call("s3", "HeadBucket", { Bucket });
  },
  role: async (admin, name) => {
    const RoleName = `workshop-${name}`;
    await role(admin, RoleName);
    await admin.call("iam", "PutRolePolicy", {
      RoleName,
      PolicyName: "p",
      PolicyDocument:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    });
    return () => admin.call("iam", "GetRolePolicy", { RoleName, PolicyName: "p" });
  },
  network: async (admin) => {
    const { vpc, subnet, group } = await network(admin);
    const { InternetGateway } = await admin.call("ec2", "CreateInternetGateway", {});
    const InternetGatewayId = InternetGateway?.InternetGatewayId ?? "";
    await admin.call("ec2", "AttachInternetGateway", { InternetGatewayId, VpcId: vpc });
    const address = await admin.call("ec2", "AllocateAddress", { Domain: "vpc" });
    const nat = await admin.call("ec2", "CreateNatGateway", {
      SubnetId: subnet,
      AllocationId: address.AllocationId ?? "",
    });
    return async () => {
      await admin.call("ec2", "DescribeSecurityGroups", { GroupIds: [group] });
      await admin.call("ec2", "DescribeAddresses", { AllocationIds: [address.AllocationId ?? ""] });
      const { NatGateways } = await admin.call("ec2", "DescribeNatGateways", {
        NatGatewayIds: [nat.NatGateway?.NatGatewayId ?? ""],
      });
      demand(NatGateways?.[0]?.State === "available", "the NAT gateway");
      const { InternetGateways } = await admin.call("ec2", "DescribeInternetGateways", {
        InternetGatewayIds: [InternetGatewayId],
      });
      demand(InternetGateways?.[0]?.Attachments?.length === 1, "the internet gateway");
    };
  },
  key: async (admin, name) => {
    // the platform's tag alone, without its words, proves nothing
    const { KeyMetadata } = await admin.call("kms", "CreateKey", {
      Description: name,
      Tags: [{ TagKey: "platform", TagValue: "workshop" }],
    });
    const KeyId = KeyMetadata?.KeyId ?? "";
    return async () =>
      demand(
        (await admin.call("kms", "DescribeKey", { KeyId })).KeyMetadata?.KeyState === "Enabled",
        "the key",
      );
  },
  domain: async (admin, name) => {
    const { vpc, subnet } = await network(admin);
    const { DomainArn = "" } = await admin.call("sagemaker", "CreateDomain", {
      DomainName: name,
      AuthMode: "IAM",
      VpcId: vpc,
      SubnetIds: [subnet],
      DefaultUserSettings: { ExecutionRole: await role(admin, `workshop-${name}-studio`) },
      Tags: [{ Key: "team", Value: "team-a" }],
    });
    const DomainId = DomainArn.split("/").pop() ?? "";
    await until(
      async () => (await admin.call("sagemaker", "DescribeDomain", { DomainId })).Status === "InService",
    );
    await admin.call("sagemaker", "CreateUserProfile", { DomainId, UserProfileName: "guest" });
    await until(
      async () =>
        (await admin.call("sagemaker", "DescribeUserProfile", { DomainId, UserProfileName: "guest" }))
          .Status === "InService",
    );
    const app = { DomainId, UserProfileName: "guest", AppType: "JupyterServer" as const, AppName: "default" };
    await admin.call("sagemaker", "CreateApp", app);
    await until(async () => (await admin.call("sagemaker", "DescribeApp", app)).Status === "InService");
    return async () => {
      demand((await admin.call("sagemaker", "DescribeApp", app)).Status === "InService", "the app");
      const { HomeEfsFileSystemId } = await admin.call("sagemaker", "DescribeDomain", { DomainId });
      const { MountTargets } = await admin.call("efs", "DescribeMountTargets", {
        FileSystemId: HomeEfsFileSystemId,
      });
      demand(MountTargets?.length === 1, "the mount target");
      const { SecurityGroups } = await admin.call("ec2", "DescribeSecurityGroups", {
        Filters: [{ Name: "group-name", Values: [`security-group-for-*bound-nfs-${DomainId}`] }],
      });
      demand(SecurityGroups?.length === 2, "the NFS groups");
    };
  },
  "log group": async (admin, name) => {
    const logGroupName = `/aws/sagemaker/Endpoints/${name}`;
    await admin.call("cloudwatch-logs", "CreateLogGroup", { logGroupName });
    await admin.call("cloudwatch-logs", "CreateLogStream", { logGroupName, logStreamName: "s" });
    return async () => {
      const { logStreams } = await admin.call("cloudwatch-logs", "DescribeLogStreams", { logGroupName });
      demand(logStreams?.length === 1, "the log stream");
    };
  },
  "endpoint and notebook": async (admin, name) => {
    const RoleArn = await role(admin, `workshop-${name}-hosting`);
    const Tags = [{ Key: "team", Value: "team-a" }];
    await admin.call("sagemaker", "CreateModel", {
      ModelName: name,
      ExecutionRoleArn: RoleArn,
      PrimaryContainer: { Image: "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1" },
      Tags,
    });
    await admin.call("sagemaker", "CreateEndpointConfig", {
      EndpointConfigName: name,
      Tags,
      ProductionVariants: [
        { VariantName: "all", ModelName: name, InstanceType: "ml.m5.large", InitialInstanceCount: 1 },
      ],
    });
    await admin.call("sagemaker", "CreateEndpoint", { EndpointName: name, EndpointConfigName: name, Tags });
    await admin.call("sagemaker", "CreateNotebookInstance", {
      NotebookInstanceName: name,
      InstanceType: "ml.t3.medium",
      RoleArn,
      Tags,
    });
    await admin
      .call("sagemaker", "CreateModelPackageGroup", {
        ModelPackageGroupName: name,
        Tags: [
          {
            Key: "sagemaker:domain-arn",
            Value: "arn:aws:sagemaker:us-east-1:111122223333:domain/d-somebodyelse",
          },
        ],
      })
      .catch(() => {});
    await until(
      async () =>
        (await admin.call("sagemaker", "DescribeEndpoint", { EndpointName: name })).EndpointStatus ===
        "InService",
    );
    return async () => {
      await admin.call("sagemaker", "DescribeModel", { ModelName: name });
      demand(
        (await admin.call("sagemaker", "DescribeEndpoint", { EndpointName: name })).EndpointStatus ===
          "InService",
        "the endpoint",
      );
      demand(
        (await admin.call("sagemaker", "DescribeNotebookInstance", { NotebookInstanceName: name }))
          .NotebookInstanceStatus === "InService",
        "the notebook",
      );
    };
  },
  stack: async (admin, name) => {
    const StackName = `workshop-${name}-stack`;
    const TemplateBody = JSON.stringify({
      Resources: {
        Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: `workshop-${name}-stacked` } },
      },
    });
    await admin.call("cloudformation", "CreateStack", {
      StackName,
      TemplateBody,
      Tags: [{ Key: "platform", Value: "other" }],
    });
    await until(
      async () =>
        (await admin.call("cloudformation", "DescribeStacks", { StackName })).Stacks?.[0]?.StackStatus ===
        "CREATE_COMPLETE",
    );
    return async () => {
      demand(
        (await admin.call("cloudformation", "DescribeStacks", { StackName })).Stacks?.[0]?.StackStatus ===
          "CREATE_COMPLETE",
        "the stack",
      );
      await admin.call("s3", "HeadBucket", { Bucket: `workshop-${name}-stacked` });
    };
  },
  "file system": async (admin, name) => {
    const { FileSystemId } = await admin.call("efs", "CreateFileSystem", {
      CreationToken: name,
      Tags: [{ Key: "platform", Value: "workshop" }],
    });
    return () => admin.call("efs", "DescribeFileSystems", { FileSystemId });
  },
  "policy and parameter": async (admin, name) => {
    const { Policy } = await admin.call("iam", "CreatePolicy", {
      PolicyName: `workshop-${name}`,
      PolicyDocument:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
    });
    await admin.call("ssm", "PutParameter", { Name: `/workshop/${name}`, Type: "String", Value: "x" });
    return async () => {
      await admin.call("iam", "GetPolicy", { PolicyArn: Policy?.Arn ?? "" });
      await admin.call("ssm", "GetParameter", { Name: `/workshop/${name}` });
    };
  },
};

async function until(done: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await done()) return;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  throw new Error("it never got ready");
}
