/**
 * What a resource really has, in the words of its template properties: only properties that can be read back and
 * compared. A type that is not here is not checked for drift.
 */
import { list, map } from "../resources/declared.ts";
import type { Physical } from "../resources/handler.ts";
import { text } from "../resources/handler.ts";
import { isMap, type Value, type ValueMap } from "../template/value.ts";

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
export type Read = (service: string, operation: string, input: object) => Promise<any>;
/** The live properties; `undefined` when the resource is gone. @throws AwsError of the service */
export type Live = (physical: Physical, read: Read) => Promise<ValueMap | undefined>;

// biome-ignore lint/suspicious/noExplicitAny: outputs differ by operation
type Output = any;

/** Policy text, which IAM keeps URL-encoded in places, as a document. */
function document(value: unknown): Value {
  if (typeof value !== "string") return (value ?? "") as Value;
  for (const one of [value, decoded(value)]) {
    try {
      return JSON.parse(one) as Value;
    } catch {
      // the other form
    }
  }
  return value;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

const defined = (value: object): ValueMap =>
  Object.fromEntries(
    Object.entries(value).filter(([, one]) => one !== undefined && one !== null),
  ) as ValueMap;

const lowered = (
  tags: readonly { Key?: string; Value?: string; key?: string; value?: string }[] = [],
): Value => tags.map((one) => ({ Key: one.Key ?? one.key ?? "", Value: one.Value ?? one.value ?? "" }));

/** The answer, or nothing when the service says that there is none of it. */
async function orNothing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch {
    return undefined;
  }
}

function ec2(operation: string, ids: string, member: string, view: (one: Output) => object): Live {
  return async ({ physicalId }, read) => {
    const output = await read("ec2", operation, { [ids]: [physicalId] });
    const one = output[member]?.[0];
    return one && defined({ ...view(one), Tags: lowered(one.Tags) });
  };
}

/** EC2's permissions as the list of single rules that templates have. */
function rules(permissions: readonly Output[], peer: "Source" | "Destination"): Value[] {
  return permissions.flatMap((one: Output) => {
    const ports = defined({ IpProtocol: one.IpProtocol, FromPort: one.FromPort, ToPort: one.ToPort });
    const rule = (own: object, from: Output): Value =>
      defined({ ...ports, ...own, Description: from.Description }) as Value;
    return [
      ...(one.IpRanges ?? []).map((each: Output) => rule({ CidrIp: each.CidrIp }, each)),
      ...(one.Ipv6Ranges ?? []).map((each: Output) => rule({ CidrIpv6: each.CidrIpv6 }, each)),
      ...(one.PrefixListIds ?? []).map((each: Output) =>
        rule({ [`${peer}PrefixListId`]: each.PrefixListId }, each),
      ),
      ...(one.UserIdGroupPairs ?? []).map((each: Output) =>
        rule({ [`${peer}SecurityGroupId`]: each.GroupId }, each),
      ),
    ];
  });
}

async function vpc({ physicalId }: Physical, read: Read): Promise<ValueMap | undefined> {
  const { Vpcs } = await read("ec2", "DescribeVpcs", { VpcIds: [physicalId] });
  const one = Vpcs?.[0];
  if (!one) return undefined;
  const attribute = async (Attribute: string, member: string) =>
    (await read("ec2", "DescribeVpcAttribute", { VpcId: physicalId, Attribute }))[member]?.Value;
  return defined({
    CidrBlock: one.CidrBlock,
    InstanceTenancy: one.InstanceTenancy,
    EnableDnsSupport: await attribute("enableDnsSupport", "EnableDnsSupport"),
    EnableDnsHostnames: await attribute("enableDnsHostnames", "EnableDnsHostnames"),
    Tags: lowered(one.Tags),
  });
}

async function inlinePolicies(kind: "Role" | "User" | "Group", name: string, read: Read): Promise<Value> {
  const key = { [`${kind}Name`]: name };
  const { PolicyNames } = await read("iam", `List${kind}Policies`, key);
  return Promise.all(
    (PolicyNames as string[]).map(async (PolicyName) => ({
      PolicyName,
      PolicyDocument: document(
        (await read("iam", `Get${kind}Policy`, { ...key, PolicyName })).PolicyDocument,
      ),
    })),
  );
}

async function attached(kind: "Role" | "User" | "Group", name: string, read: Read): Promise<Value> {
  const output = await read("iam", `ListAttached${kind}Policies`, { [`${kind}Name`]: name });
  return output.AttachedPolicies.map((one: Output) => one.PolicyArn);
}

function principal(kind: "Role" | "User" | "Group", view: (one: Output) => object): Live {
  return async ({ physicalId, properties }, read) => {
    const one = (await read("iam", `Get${kind}`, { [`${kind}Name`]: physicalId }))[kind];
    const named = list(properties.Policies).map((each) => text(map(each).PolicyName));
    const inline = (await inlinePolicies(kind, physicalId, read)) as ValueMap[];
    return defined({
      Path: one.Path,
      ...view(one),
      ManagedPolicyArns: await attached(kind, physicalId, read),
      // policies that other resources of the stack put on it are theirs
      Policies: inline.filter((each) => named.includes(text(each.PolicyName))),
    });
  };
}

async function bucket({ physicalId: Bucket }: Physical, read: Read): Promise<ValueMap | undefined> {
  await read("s3", "HeadBucket", { Bucket });
  const get = (operation: string): Promise<Output> => orNothing(read("s3", operation, { Bucket }));
  const encryption = (await get("GetBucketEncryption"))?.ServerSideEncryptionConfiguration?.Rules;
  const versioning = (await get("GetBucketVersioning"))?.Status;
  const logging = (await get("GetBucketLogging"))?.LoggingEnabled;
  return defined({
    BucketName: Bucket,
    PublicAccessBlockConfiguration: (await get("GetPublicAccessBlock"))?.PublicAccessBlockConfiguration ?? {},
    VersioningConfiguration: versioning && { Status: versioning },
    BucketEncryption: encryption && {
      ServerSideEncryptionConfiguration: encryption.map((one: Output) =>
        defined({
          ServerSideEncryptionByDefault: one.ApplyServerSideEncryptionByDefault,
          BucketKeyEnabled: one.BucketKeyEnabled,
        }),
      ),
    },
    LoggingConfiguration: logging
      ? defined({ DestinationBucketName: logging.TargetBucket, LogFilePrefix: logging.TargetPrefix })
      : {},
    OwnershipControls: (await get("GetBucketOwnershipControls"))?.OwnershipControls,
    Tags: lowered((await get("GetBucketTagging"))?.TagSet),
  });
}

async function key({ physicalId: KeyId }: Physical, read: Read): Promise<ValueMap | undefined> {
  const { KeyMetadata: one } = await read("kms", "DescribeKey", { KeyId });
  if (one.KeyState === "PendingDeletion") return undefined;
  const { Policy } = await read("kms", "GetKeyPolicy", { KeyId, PolicyName: "default" });
  const rotation = await orNothing<Output>(read("kms", "GetKeyRotationStatus", { KeyId }));
  const { Tags } = await read("kms", "ListResourceTags", { KeyId });
  return defined({
    Description: one.Description,
    Enabled: one.Enabled,
    EnableKeyRotation: rotation?.KeyRotationEnabled,
    KeyPolicy: document(Policy),
    KeySpec: one.KeySpec,
    KeyUsage: one.KeyUsage,
    MultiRegion: one.MultiRegion,
    Tags: (Tags ?? []).map((tag: Output) => ({ Key: tag.TagKey, Value: tag.TagValue })),
  });
}

async function parameter({ physicalId: Name }: Physical, read: Read): Promise<ValueMap | undefined> {
  const { Parameter } = await read("ssm", "GetParameter", { Name });
  const { Parameters } = await read("ssm", "DescribeParameters", {
    ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [Name] }],
  });
  const about = Parameters?.[0] ?? {};
  return defined({
    Name,
    Type: Parameter.Type,
    Value: Parameter.Value,
    Description: about.Description,
    AllowedPattern: about.AllowedPattern,
    Tier: about.Tier,
    DataType: Parameter.DataType,
  });
}

async function logGroup({ physicalId }: Physical, read: Read): Promise<ValueMap | undefined> {
  const { logGroups } = await read("cloudwatch-logs", "DescribeLogGroups", {
    logGroupNamePrefix: physicalId,
  });
  const one = logGroups.find((each: Output) => each.logGroupName === physicalId);
  return (
    one &&
    defined({
      LogGroupName: one.logGroupName,
      RetentionInDays: one.retentionInDays ?? "",
      KmsKeyId: one.kmsKeyId ?? "",
      LogGroupClass: one.logGroupClass,
    })
  );
}

export const LIVE: Readonly<Record<string, Live>> = {
  "AWS::EC2::VPC": vpc,
  "AWS::EC2::Subnet": ec2("DescribeSubnets", "SubnetIds", "Subnets", (one) => ({
    VpcId: one.VpcId,
    CidrBlock: one.CidrBlock,
    AvailabilityZone: one.AvailabilityZone,
    MapPublicIpOnLaunch: one.MapPublicIpOnLaunch,
  })),
  "AWS::EC2::SecurityGroup": ec2("DescribeSecurityGroups", "GroupIds", "SecurityGroups", (one) => ({
    VpcId: one.VpcId,
    GroupName: one.GroupName,
    GroupDescription: one.Description,
    SecurityGroupIngress: rules(one.IpPermissions ?? [], "Source"),
    SecurityGroupEgress: rules(one.IpPermissionsEgress ?? [], "Destination"),
  })),
  "AWS::EC2::RouteTable": ec2("DescribeRouteTables", "RouteTableIds", "RouteTables", (one) => ({
    VpcId: one.VpcId,
  })),
  "AWS::EC2::InternetGateway": ec2(
    "DescribeInternetGateways",
    "InternetGatewayIds",
    "InternetGateways",
    () => ({}),
  ),
  "AWS::EC2::VPCEndpoint": ec2("DescribeVpcEndpoints", "VpcEndpointIds", "VpcEndpoints", (one) => ({
    VpcId: one.VpcId,
    ServiceName: one.ServiceName,
    VpcEndpointType: one.VpcEndpointType,
    PrivateDnsEnabled: one.PrivateDnsEnabled,
    PolicyDocument: document(one.PolicyDocument),
    RouteTableIds: one.RouteTableIds,
    SubnetIds: one.SubnetIds,
    SecurityGroupIds: (one.Groups ?? []).map((each: Output) => each.GroupId),
  })),
  "AWS::IAM::Role": principal("Role", (one) => ({
    RoleName: one.RoleName,
    AssumeRolePolicyDocument: document(one.AssumeRolePolicyDocument),
    Description: one.Description,
    MaxSessionDuration: one.MaxSessionDuration,
    PermissionsBoundary: one.PermissionsBoundary?.PermissionsBoundaryArn,
    Tags: lowered(one.Tags),
  })),
  "AWS::IAM::User": principal("User", (one) => ({
    UserName: one.UserName,
    PermissionsBoundary: one.PermissionsBoundary?.PermissionsBoundaryArn,
    Tags: lowered(one.Tags),
  })),
  "AWS::IAM::Group": principal("Group", (one) => ({ GroupName: one.GroupName })),
  "AWS::IAM::ManagedPolicy": async ({ physicalId: PolicyArn }, read) => {
    const { Policy } = await read("iam", "GetPolicy", { PolicyArn });
    const version = { PolicyArn, VersionId: Policy.DefaultVersionId };
    const { PolicyVersion } = await read("iam", "GetPolicyVersion", version);
    return defined({
      ManagedPolicyName: Policy.PolicyName,
      Path: Policy.Path,
      Description: Policy.Description,
      PolicyDocument: document(PolicyVersion.Document),
    });
  },
  "AWS::S3::Bucket": bucket,
  "AWS::S3::BucketPolicy": async ({ properties }, read) => {
    const { Policy } = await read("s3", "GetBucketPolicy", { Bucket: properties.Bucket });
    return defined({ Bucket: properties.Bucket, PolicyDocument: document(Policy) });
  },
  "AWS::KMS::Key": key,
  "AWS::KMS::Alias": async ({ physicalId, properties }, read) => {
    const { Aliases } = await read("kms", "ListAliases", {});
    const one = Aliases.find((each: Output) => each.AliasName === physicalId);
    const target = text(properties.TargetKeyId);
    return (
      one && {
        AliasName: physicalId,
        TargetKeyId: target.endsWith(one.TargetKeyId) ? target : one.TargetKeyId,
      }
    );
  },
  "AWS::SSM::Parameter": parameter,
  "AWS::SecretsManager::Secret": async ({ physicalId: SecretId }, read) => {
    const one = await read("secrets-manager", "DescribeSecret", { SecretId });
    return defined({
      Name: one.Name,
      Description: one.Description,
      KmsKeyId: one.KmsKeyId,
      Tags: lowered(one.Tags),
    });
  },
  "AWS::Logs::LogGroup": logGroup,
  "AWS::CloudWatch::Alarm": async ({ physicalId }, read) => {
    const { MetricAlarms } = await read("cloudwatch", "DescribeAlarms", { AlarmNames: [physicalId] });
    return MetricAlarms?.[0] && plain(MetricAlarms[0]);
  },
  "AWS::EFS::FileSystem": async ({ physicalId: FileSystemId }, read) => {
    const { FileSystems } = await read("efs", "DescribeFileSystems", { FileSystemId });
    const one = FileSystems?.[0];
    return (
      one &&
      defined({
        Encrypted: one.Encrypted,
        KmsKeyId: one.KmsKeyId,
        PerformanceMode: one.PerformanceMode,
        ThroughputMode: one.ThroughputMode,
        FileSystemTags: lowered(one.Tags),
      })
    );
  },
  "AWS::ECR::Repository": async ({ physicalId }, read) => {
    const { repositories } = await read("ecr", "DescribeRepositories", { repositoryNames: [physicalId] });
    const one = repositories?.[0];
    return (
      one &&
      defined({
        RepositoryName: one.repositoryName,
        ImageTagMutability: one.imageTagMutability,
        ImageScanningConfiguration: { ScanOnPush: one.imageScanningConfiguration?.scanOnPush ?? false },
      })
    );
  },
  "AWS::SageMaker::Domain": sagemaker("Domain", ({ physicalId }) => ({ DomainId: physicalId })),
  "AWS::SageMaker::UserProfile": sagemaker("UserProfile", ({ physicalId, properties }) => ({
    DomainId: properties.DomainId,
    UserProfileName: physicalId,
  })),
  "AWS::SageMaker::ModelPackageGroup": sagemaker("ModelPackageGroup", ({ physicalId }) => ({
    ModelPackageGroupName: physicalId.split("/").at(-1),
  })),
};

/** SageMaker describes with the names that it was created with. */
function sagemaker(kind: string, key: (physical: Physical) => object): Live {
  return async (physical, read) => plain(await read("sagemaker", `Describe${kind}`, key(physical)));
}

/** Without dates and what else is not a template's value. */
function plain(value: unknown): ValueMap {
  const told = JSON.parse(JSON.stringify(value)) as Value;
  return isMap(told) ? told : {};
}
