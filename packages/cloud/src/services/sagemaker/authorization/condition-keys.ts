/**
 * SageMaker's condition keys, each filled from the members of a request that it stands for. Which operation has
 * which key comes from IAM's service authorization reference (generated/operations.json). The deprecated key names
 * are filled beside their successors.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
import type { ReadContext } from "../../../context.ts";
import { arnOf } from "../engine/kind.ts";
import { kindNamed } from "../engine/locate.ts";
import { type Fields, factsOf } from "../engine/model.ts";
import { collect, strings } from "./collect.ts";
import { spaceOf } from "./spaces.ts";

type KeyValue = string | string[] | undefined;
type Extractor = (
  input: Fields,
  context: ReadContext,
  operation: string,
) => KeyValue | Record<string, KeyValue>;

/** Names of a key that AWS has replaced; both are filled. */
export const DEPRECATED: Readonly<Record<string, readonly string[]>> = {
  VolumeKmsKeyArn: ["VolumeKmsKey"],
  OutputKmsKeyArn: ["OutputKmsKey"],
  DomainSharingOutputKmsKeyArn: ["DomainSharingOutputKmsKey"],
  FeatureGroupOnlineStoreKmsKeyArn: ["FeatureGroupOnlineStoreKmsKey"],
  FeatureGroupOfflineStoreKmsKeyArn: ["FeatureGroupOfflineStoreKmsKey"],
};

const named =
  (...names: string[]) =>
  (member: string) =>
    names.includes(member);
const many =
  (...names: string[]): Extractor =>
  (input) =>
    some(strings(collect(input, named(...names))));
const some = (values: string[]): string[] | undefined => (values.length > 0 ? values : undefined);
const one = (value: unknown): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
const first = (input: Fields, ...names: string[]) => one(collect(input, named(...names))[0]);

/** A flag that defaults to false: SageMaker's requests carry it always. */
const flag =
  (name: string): Extractor =>
  (input) =>
    first(input, name) ?? "false";

/** Key ids become key ARNs of the caller's account; ARNs stay; an alias becomes its ARN. */
function keyArn(value: string, context: ReadContext): string {
  if (value.startsWith("arn:")) return value;
  return context.arn("kms", value.startsWith("alias/") ? value : `key/${value}`);
}

const keys = (values: unknown[], context: ReadContext): KeyValue => {
  const arns = strings(values).map((value) => keyArn(value, context));
  return arns.length > 1 ? arns : arns[0];
};

const OUTPUTS = new Set([
  "OutputDataConfig",
  "ProcessingOutputConfig",
  "MonitoringOutputConfig",
  "TransformOutput",
  "OutputConfig",
  "DataQualityJobOutputConfig",
  "ModelBiasJobOutputConfig",
  "ModelExplainabilityJobOutputConfig",
  "ModelQualityJobOutputConfig",
  "S3Output",
]);

const extractors: Record<string, Extractor> = {
  VpcSubnets: (input) =>
    some(
      strings(
        collect(
          input,
          (member, path) =>
            member === "SubnetIds" ||
            member === "SubnetId" ||
            (member === "Subnets" && path.at(-1) === "VpcConfig"),
        ),
      ),
    ),
  VpcSecurityGroupIds: (input) =>
    some(strings(collect(input, (member) => member === "SecurityGroupIds" || member === "SecurityGroups"))),
  InstanceTypes: many("InstanceType"),
  AcceleratorTypes: many("AcceleratorType", "AcceleratorTypes"),
  ImageArns: many("SageMakerImageArn"),
  ImageVersionArns: many("SageMakerImageVersionArn"),
  StudioLifecycleConfigArns: many("LifecycleConfigArn", "LifecycleConfigArns", "BuiltInLifecycleConfigArn"),
  VolumeKmsKeyArn(input, context, operation) {
    const whole = /^Create(Domain|NotebookInstance|EndpointConfig)$/.test(operation);
    const values = collect(
      input,
      (member, path) =>
        member === "VolumeKmsKeyId" ||
        (whole && path.length === 0 && (member === "KmsKeyId" || member === "HomeEfsFileSystemKmsKeyId")),
    );
    return keys(values, context);
  },
  OutputKmsKeyArn: (input, context) =>
    keys(
      collect(input, (member, path) => member === "KmsKeyId" && path.some((part) => OUTPUTS.has(part))),
      context,
    ),
  DomainSharingOutputKmsKeyArn: (input, context) => keys(collect(input, named("S3KmsKeyId")), context),
  NetworkIsolation: flag("EnableNetworkIsolation"),
  InterContainerTrafficEncryption: flag("EnableInterContainerTrafficEncryption"),
  MaxRuntimeInSeconds: (input) => first(input, "MaxRuntimeInSeconds"),
  KeepAlivePeriod: (input) => first(input, "KeepAlivePeriodInSeconds"),
  EnableRemoteDebug: (input) => first(input, "EnableRemoteDebug"),
  AppNetworkAccessType: (input, _, operation) =>
    one(input.AppNetworkAccessType) ?? (operation === "CreateDomain" ? "PublicInternetOnly" : undefined),
  AuthMode: (input) => one(input.AuthMode),
  RootAccess: (input, _, operation) =>
    one(input.RootAccess) ?? (operation === "CreateNotebookInstance" ? "Enabled" : undefined),
  DirectInternetAccess: (input) => one(input.DirectInternetAccess) ?? "Enabled",
  MinimumInstanceMetadataServiceVersion: (input) => first(input, "MinimumInstanceMetadataServiceVersion"),
  NotebookInstanceLifecycleConfigArns: (input, context) =>
    typeof input.LifecycleConfigName === "string"
      ? [arnOf(kindNamed("NotebookInstanceLifecycleConfig"), [input.LifecycleConfigName], context)]
      : undefined,
  ModelArn: (input, context) =>
    some(
      strings(collect(input, named("ModelName"))).map((name) => arnOf(kindNamed("Model"), [name], context)),
    ),
  FileSystemId: (input) => first(input, "FileSystemId"),
  FileSystemAccessMode: (input) => first(input, "FileSystemAccessMode"),
  FileSystemType: (input) => first(input, "FileSystemType"),
  FileSystemDirectoryPath: (input) =>
    one(
      collect(
        input,
        (member, path) => member === "DirectoryPath" && path.at(-1) === "FileSystemDataSource",
      )[0],
    ),
  ServerlessMaxConcurrency: (input) =>
    one(
      collect(input, (member, path) => member === "MaxConcurrency" && path.at(-1) === "ServerlessConfig")[0],
    ),
  ServerlessMemorySize: (input) => first(input, "MemorySizeInMB"),
  DirectGatedModelAccess: (input) => {
    const accepted = first(input, "AcceptEula");
    return accepted === undefined ? undefined : accepted;
  },
  WorkteamArn: (input) => first(input, "WorkteamArn"),
  WorkteamType: (input) => workteamType(first(input, "WorkteamArn")),
  FeatureGroupEnableOnlineStore: (input) => one(collect(input, named("EnableOnlineStore"))[0]) ?? "false",
  FeatureGroupDisableGlueTableCreation: (input) => first(input, "DisableGlueTableCreation"),
  FeatureGroupOfflineStoreConfig: (input) => String(input.OfflineStoreConfig !== undefined),
  FeatureGroupOfflineStoreS3Uri: (input) =>
    one(collect(input, (member, path) => member === "S3Uri" && path.includes("OfflineStoreConfig"))[0]),
  FeatureGroupOfflineStoreKmsKeyArn: (input, context) =>
    keys(
      collect(input, (member, path) => member === "KmsKeyId" && path.includes("OfflineStoreConfig")),
      context,
    ),
  FeatureGroupOnlineStoreKmsKeyArn: (input, context) =>
    keys(
      collect(input, (member, path) => member === "KmsKeyId" && path.includes("OnlineStoreConfig")),
      context,
    ),
  ModelApprovalStatus: (input) => one(input.ModelApprovalStatus),
  "ModelLifeCycle:Stage": (input) => one((input.ModelLifeCycle as Fields | undefined)?.Stage),
  "ModelLifeCycle:StageStatus": (input) => one((input.ModelLifeCycle as Fields | undefined)?.StageStatus),
  CustomerMetadataPropertiesToRemove: (input) =>
    some(strings([input.CustomerMetadataPropertiesToRemove as unknown])),
  "CustomerMetadataProperties/": (input) =>
    Object.fromEntries(
      Object.entries((input.CustomerMetadataProperties ?? {}) as Record<string, string>).map(
        ([name, value]) => [`CustomerMetadataProperties/${name}`, value],
      ),
    ),
  PipelineVersionId: (input) => one(input.PipelineVersionId),
  RemoteAccess: (input) => first(input, "RemoteAccess"),
  OwnerUserProfileArn: (input, context) => spaceOf(input, context)?.owner,
  SpaceSharingType: (input, context) => spaceOf(input, context)?.sharing,
  TargetModel: (input) => one(input.TargetModel),
  TaggingAction: (_, __, operation) => (operation === "AddTags" ? undefined : operation),
  "SearchVisibilityCondition/": (input) =>
    Object.fromEntries(
      ((input.VisibilityConditions as { Key: string; Value: string }[] | undefined) ?? []).map(
        ({ Key, Value }) => [`SearchVisibilityCondition/${Key}`, Value],
      ),
    ),
};

function workteamType(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  if (arn.includes(":workteam/public-crowd/")) return "public-crowd";
  return arn.includes(":workteam/vendor-crowd/") ? "vendor-crowd" : "private-crowd";
}

/** Condition keys of a request. Keys without a value stay absent. */
export function conditionKeys(
  operation: string,
  input: Fields,
  context: ReadContext,
): Record<string, KeyValue> {
  const filled: Record<string, KeyValue> = {};
  for (const key of factsOf(operation).keys) {
    const value = extractors[key]?.(input, context, operation);
    if (value === undefined) continue;
    if (typeof value === "object" && !Array.isArray(value)) {
      for (const [name, part] of Object.entries(value)) filled[`sagemaker:${name}`] = part;
      continue;
    }
    filled[`sagemaker:${key}`] = value;
    for (const old of DEPRECATED[key] ?? []) filled[`sagemaker:${old}`] = value;
  }
  if (operation === "CreateDomain" && filled["sagemaker:VolumeKmsKeyArn"] !== undefined) {
    filled["sagemaker:HomeEfsFileSystemKmsKey"] = filled["sagemaker:VolumeKmsKeyArn"];
  }
  return filled;
}

/** Keys that some operation has but nothing here fills. A test holds it empty. */
export function unfilledKeys(all: Record<string, { keys: string[] }>): string[] {
  return [...new Set(Object.values(all).flatMap(({ keys }) => keys))].filter((key) => !extractors[key]);
}
