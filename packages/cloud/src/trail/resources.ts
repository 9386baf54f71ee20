/** Which resources a call names: for the `resources` of data events, and for `LookupEvents` by resource. */
import type { FinishedCall } from "./event.ts";

/** `resources` of a data event: the object and its bucket, or the endpoint. */
export function eventResources(
  call: Pick<FinishedCall, "service" | "input" | "account" | "region">,
): { accountId?: string; type: string; ARN: string }[] | undefined {
  const input = (call.input ?? {}) as Record<string, unknown>;
  if (call.service === "s3" && typeof input.Bucket === "string") {
    const bucket = input.Bucket.startsWith("arn:") ? input.Bucket : `arn:aws:s3:::${input.Bucket}`;
    const holder = { accountId: call.account, type: "AWS::S3::Bucket", ARN: bucket };
    if (typeof input.Key !== "string") return [holder];
    return [{ type: "AWS::S3::Object", ARN: `${bucket}/${input.Key}` }, holder];
  }
  if (typeof input.EndpointName === "string") {
    const ARN = `arn:aws:sagemaker:${call.region}:${call.account}:endpoint/${input.EndpointName}`;
    return [{ accountId: call.account, type: "AWS::SageMaker::Endpoint", ARN }];
  }
  return undefined;
}

/** A resource as LookupEvents lists it. */
export interface NamedResource {
  ResourceType: string;
  ResourceName: string;
}

/** Types of resources by the parameter that names them, per event source. */
const PARAMETERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  iam: {
    roleName: "AWS::IAM::Role",
    userName: "AWS::IAM::User",
    groupName: "AWS::IAM::Group",
    policyArn: "AWS::IAM::Policy",
    policyName: "AWS::IAM::Policy",
    instanceProfileName: "AWS::IAM::InstanceProfile",
    accessKeyId: "AWS::IAM::AccessKey",
    openIDConnectProviderArn: "AWS::IAM::OpenIDConnectProvider",
    sAMLProviderArn: "AWS::IAM::SamlProvider",
  },
  sts: {
    roleArn: "AWS::IAM::Role",
    accessKeyId: "AWS::IAM::AccessKey",
    assumedRoleId: "AWS::STS::AssumedRole",
    arn: "AWS::STS::AssumedRole",
  },
  s3: { bucketName: "AWS::S3::Bucket" },
  kms: { keyId: "AWS::KMS::Key", targetKeyId: "AWS::KMS::Key" },
  ssm: { name: "AWS::SSM::Parameter" },
  logs: { logGroupName: "AWS::Logs::LogGroup" },
  cloudformation: { stackName: "AWS::CloudFormation::Stack" },
  cloudtrail: { name: "AWS::CloudTrail::Trail" },
  ec2: {
    vpcId: "AWS::EC2::VPC",
    subnetId: "AWS::EC2::Subnet",
    groupId: "AWS::EC2::SecurityGroup",
    groupName: "AWS::EC2::SecurityGroup",
    routeTableId: "AWS::EC2::RouteTable",
    internetGatewayId: "AWS::EC2::InternetGateway",
    natGatewayId: "AWS::EC2::NatGateway",
    networkAclId: "AWS::EC2::NetworkAcl",
    networkInterfaceId: "AWS::EC2::NetworkInterface",
    allocationId: "AWS::EC2::EIP",
    vpcEndpointId: "AWS::EC2::VPCEndpoint",
    flowLogId: "AWS::EC2::FlowLog",
  },
  sagemaker: {
    domainId: "AWS::SageMaker::Domain",
    userProfileName: "AWS::SageMaker::UserProfile",
    spaceName: "AWS::SageMaker::Space",
    appName: "AWS::SageMaker::App",
    trainingJobName: "AWS::SageMaker::TrainingJob",
    processingJobName: "AWS::SageMaker::ProcessingJob",
    modelName: "AWS::SageMaker::Model",
    endpointName: "AWS::SageMaker::Endpoint",
    endpointConfigName: "AWS::SageMaker::EndpointConfig",
    notebookInstanceName: "AWS::SageMaker::NotebookInstance",
    pipelineName: "AWS::SageMaker::Pipeline",
    studioLifecycleConfigName: "AWS::SageMaker::StudioLifecycleConfig",
  },
  secretsmanager: { secretId: "AWS::SecretsManager::Secret", name: "AWS::SecretsManager::Secret" },
  elasticfilesystem: { fileSystemId: "AWS::EFS::FileSystem" },
};

/** The resources an event is about, as the event history knows them. */
export function namedResources(event: {
  eventSource: string;
  requestParameters: Record<string, unknown> | null;
  responseElements: Record<string, unknown> | null;
  resources?: { type?: string; ARN: string }[];
}): NamedResource[] {
  const found = new Map<string, NamedResource>();
  const add = (ResourceType: string, ResourceName: unknown) => {
    if (typeof ResourceName !== "string" || ResourceName === "" || ResourceName.length > 1024) return;
    found.set(`${ResourceType}|${ResourceName}`, { ResourceType, ResourceName });
  };
  const service = event.eventSource.split(".")[0] ?? "";
  const table = PARAMETERS[service === "monitoring" ? "cloudwatch" : service];
  for (const part of [event.requestParameters, event.responseElements]) {
    if (!part) continue;
    if (table) look(part, table, add, 0);
  }
  for (const { type, ARN } of event.resources ?? [])
    add(type ?? "AWS::Resource", ARN.replace(/^arn:aws:s3:::/, ""));
  return [...found.values()].slice(0, 50);
}

function look(
  value: Record<string, unknown>,
  table: Readonly<Record<string, string>>,
  add: (type: string, name: unknown) => void,
  depth: number,
): void {
  for (const key in value) {
    const one = value[key];
    if (typeof one === "string") {
      const type = table[key];
      if (type) {
        add(type, one);
      } else if (key.endsWith("Arn") || key === "arn") {
        const short = table[`${key.slice(0, -3)}Name`];
        if (short) add(short, one);
      }
    } else if (depth < 2 && typeof one === "object" && one !== null && !Array.isArray(one)) {
      look(one as Record<string, unknown>, table, add, depth + 1);
    }
  }
}
