/**
 * What a recorded call asked for: its action, the ARN it was about, and condition keys, read from its parameters.
 * The ARN comes from the action catalogue's patterns: `training-job/${TrainingJobName}` and a parameter of that name.
 */
import { action as catalogued } from "@sagekeep/policy";
import type { TrailEvent } from "./events.ts";

export interface RecordedQuestion {
  action: string;
  resource: string;
  context: Record<string, string | string[]>;
}

/** Event sources whose action prefix is another word. */
const prefixes: Readonly<Record<string, string>> = { monitoring: "cloudwatch", email: "ses" };

/** Event names that are not the action's. */
const renamed: Readonly<Record<string, string>> = {
  "s3:ListBuckets": "s3:ListAllMyBuckets",
  "s3:ListObjects": "s3:ListBucket",
  "s3:ListObjectsV2": "s3:ListBucket",
  "s3:HeadBucket": "s3:ListBucket",
  "s3:HeadObject": "s3:GetObject",
  "s3:CopyObject": "s3:PutObject",
  "s3:CreateMultipartUpload": "s3:PutObject",
  "s3:UploadPart": "s3:PutObject",
  "s3:CompleteMultipartUpload": "s3:PutObject",
  "s3:DeleteObjects": "s3:DeleteObject",
  "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
  "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
  "s3:GetBucketLifecycle": "s3:GetLifecycleConfiguration",
  "s3:PutBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:DeleteBucketLifecycle": "s3:PutLifecycleConfiguration",
  "s3:DeleteBucketPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
  "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
  "s3:PutBucketReplication": "s3:PutReplicationConfiguration",
  "s3:DeleteBucketReplication": "s3:PutReplicationConfiguration",
  "s3:DeleteBucketTagging": "s3:PutBucketTagging",
  "s3:GetBucketCors": "s3:GetBucketCORS",
  "s3:PutBucketCors": "s3:PutBucketCORS",
  "s3:DeleteBucketCors": "s3:PutBucketCORS",
};

/** @returns `undefined` for what no policy of the account decides (sign-ins, service events, unknown actions) */
export function questionOf(event: TrailEvent): RecordedQuestion | undefined {
  const source = event.eventSource.split(".", 1)[0] as string;
  const written = `${prefixes[source] ?? source}:${event.eventName}`;
  const name = renamed[written] ?? written;
  const info = catalogued(name);
  if (!info) return undefined;
  const parameters = flat(event.requestParameters ?? {});
  const account = event.recipientAccountId ?? event.userIdentity.accountId ?? "";
  const named = event.resources?.find((one) => one.ARN)?.ARN;
  const resource = named ?? fill(info.resources, parameters, account, event.awsRegion ?? "us-east-1") ?? "*";
  return { action: name, resource, context: contextOf(event, parameters) };
}

type Values = Map<string, string[]>;

/** Every text in the parameters by the lower-case name of its member, however deep. */
function flat(value: unknown, name = "", into: Values = new Map(), depth = 0): Values {
  if (depth > 8) return into;
  if (Array.isArray(value)) for (const one of value) flat(one, name, into, depth + 1);
  else if (typeof value === "object" && value !== null)
    for (const [key, one] of Object.entries(value)) flat(one, key.toLowerCase(), into, depth + 1);
  else if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    const before = into.get(name);
    if (before) before.push(String(value));
    else into.set(name, [String(value)]);
  }
  return into;
}

function fill(
  resources: NonNullable<ReturnType<typeof catalogued>>["resources"],
  parameters: Values,
  account: string,
  region: string,
): string | undefined {
  for (const { arn: pattern } of resources) {
    let complete = true;
    const arn = pattern.replace(/\$\{(\w+)\}/g, (_, variable: string) => {
      const known = { Partition: "aws", Region: region, Account: account }[variable];
      const value =
        known ??
        parameters.get(variable.toLowerCase())?.[0] ??
        parameters.get(`${variable.toLowerCase()}name`)?.[0] ??
        parameters.get(`${variable.toLowerCase().replace(/name$/, "")}id`)?.[0] ??
        short(variable, parameters);
      if (value === undefined) complete = false;
      return value?.startsWith("arn:") ? (value.split(/[:/]/).pop() ?? "") : (value ?? "");
    });
    if (complete) return arn;
  }
  // the caller may have given the ARN itself
  for (const [name, values] of parameters)
    if (name.endsWith("arn") && name !== "rolearn" && values[0]?.startsWith("arn:")) return values[0];
  return undefined;
}

/** `BucketName` is `bucketName` in events, `ObjectName` is `key`, a parameter's full name is `name`. */
function short(variable: string, parameters: Values): string | undefined {
  const alias = {
    ObjectName: "key",
    ParameterNameWithoutLeadingSlash: "name",
    KeyId: "keyid",
    RoleNameWithPath: "rolename",
    UserNameWithPath: "username",
  }[variable];
  return alias ? parameters.get(alias)?.[0]?.replace(/^\//, "") : undefined;
}

/** Request parameter → SageMaker condition key. */
const sagemakerKeys: readonly [string, string][] = [
  ["subnets", "sagemaker:VpcSubnets"],
  ["subnetids", "sagemaker:VpcSubnets"],
  ["securitygroupids", "sagemaker:VpcSecurityGroupIds"],
  ["instancetype", "sagemaker:InstanceTypes"],
  ["volumekmskeyid", "sagemaker:VolumeKmsKeyArn"],
  ["kmskeyid", "sagemaker:OutputKmsKeyArn"],
  ["enablenetworkisolation", "sagemaker:NetworkIsolation"],
  ["enableintercontainertrafficencryption", "sagemaker:InterContainerTrafficEncryption"],
  ["appnetworkaccesstype", "sagemaker:AppNetworkAccessType"],
];
const several = new Set(["sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds", "sagemaker:InstanceTypes"]);

function contextOf(event: TrailEvent, parameters: Values): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = {};
  if (event.vpcEndpointId) context["aws:SourceVpce"] = event.vpcEndpointId;
  else if (event.sourceIPAddress && /^[\d.]+$|:/.test(event.sourceIPAddress))
    context["aws:SourceIp"] = event.sourceIPAddress;
  if (event.userIdentity.invokedBy) context["aws:ViaAWSService"] = "true";
  const tags = (event.requestParameters as { tags?: { key?: string; value?: string }[] } | null | undefined)
    ?.tags;
  if (Array.isArray(tags)) {
    context["aws:TagKeys"] = tags.flatMap(({ key }) => key ?? []);
    for (const { key, value } of tags) if (key) context[`aws:RequestTag/${key}`] = value ?? "";
  }
  if (event.eventSource.startsWith("sagemaker.")) {
    for (const [name, key] of sagemakerKeys) {
      const values = parameters.get(name);
      if (values?.length) context[key] = several.has(key) ? values : (values[0] as string);
    }
  }
  return context;
}
