/**
 * SageMaker types. CloudFormation's properties are those of the API's Create operations (other spellings are listed),
 * so a type is mostly its names: create, describe, update and delete follow from the kind.
 */
import { ResourceFailure } from "../engine/failure.ts";
import { resourceType } from "../resource-types.ts";
import { isMap, type ValueMap } from "../template/value.ts";
import { compact, declared, map, pick, type Work } from "./declared.ts";
import { type HandlerTable, type ResourceHandler, type ResourceRequest, text } from "./handler.ts";
import { named } from "./naming.ts";
import { keyValues, type TagStyle, tagList } from "./tags.ts";

const service = "sagemaker";

interface Kind {
  /** `Domain` of `CreateDomain`. */
  readonly kind: string;
  /** Member that names it in Describe and Delete. */
  readonly key: string;
  /** CloudFormation's name of that property, and the length of generated names. */
  readonly name?: string;
  readonly limit?: number;
  /** Member of the create output that is the ARN. @default `${kind}Arn` */
  readonly arn?: string;
  /** What `Ref` gives. @default the ARN */
  readonly ref?: "arn" | "name" | ((output: ValueMap, p: ValueMap) => string);
  /** Further members that identify it. */
  readonly with?: readonly string[];
  /** Properties under another name in the API. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Properties that Update takes; none: no update. */
  readonly update?: readonly string[];
  readonly status?: string;
  readonly attributes?: readonly string[];
  readonly before?: (work: Work) => object;
}

const READY = new Set([
  "InService",
  "Active",
  "ACTIVE",
  "Completed",
  "CreateCompleted",
  "Created",
  "CREATED",
  "Scheduled",
  "Stopped",
  "Running",
]);
const FAILED = /failed|DELETE_FAILED/i;

const sagemakerTags: TagStyle = {
  put: ({ attributes, r }, tags) =>
    r.call(service, "AddTags", { ResourceArn: attributes.__arn, Tags: keyValues(tags) }),
  remove: ({ attributes, r }, TagKeys) =>
    r.call(service, "DeleteTags", { ResourceArn: attributes.__arn, TagKeys }),
};

function kind(type: string, one: Kind): ResourceHandler {
  const arnMember = one.arn ?? `${one.kind}Arn`;
  const rename = (p: ValueMap): ValueMap =>
    Object.fromEntries(Object.entries(p).map(([name, value]) => [one.rename?.[name] ?? name, value]));
  const identity = ({ p, attributes, id }: Work): ValueMap => ({
    [one.key]: attributes.__name ?? (one.name ? (p[one.name] ?? "") : id),
    ...pick(rename(p), ...(one.with ?? [])),
  });
  const spec = resourceType(type);
  const handler = declared({
    service,
    create: {
      op: `Create${one.kind}`,
      input: (work) => {
        const { Tags: _, ...rest } = work.p;
        return {
          ...rename(rest),
          ...one.before?.(work),
          Tags: spec?.tagProperty === undefined ? undefined : tagList(work.p, work.r),
        };
      },
    },
    id: (output, { p }) =>
      typeof one.ref === "function"
        ? one.ref(output, p)
        : one.ref === "name"
          ? text(p[one.name ?? ""])
          : text(output[arnMember]),
    describe: { op: `Describe${one.kind}`, input: identity, pick: (output) => output },
    ready: (state) => {
      const status = one.status ? text(state?.[one.status]) : "";
      if (!one.status) return true;
      if (FAILED.test(status)) {
        throw new ResourceFailure(
          `Resource of type '${type}' with identifier '${text(state[one.key])}' did not stabilize. ${text(state.FailureReason)}`.trim(),
        );
      }
      return READY.has(status);
    },
    attributes: (state, work) => {
      const values: ValueMap = {};
      for (const name of spec?.attributes ?? []) {
        const value = state[name];
        if (value !== undefined) values[name] = value instanceof Date ? value.toISOString() : value;
      }
      const own = text(state[arnMember]) || (work.id.startsWith("arn:") ? work.id : "");
      if (own) values[arnMember] = own;
      return {
        ...values,
        ...(own ? { __arn: own } : {}),
        ...(state[one.key] ? { __name: state[one.key] } : {}),
      };
    },
    steps: one.update
      ? [
          {
            of: one.update,
            updateOnly: true,
            op: `Update${one.kind}`,
            input: (work) => ({ ...identity(work), ...rename(pick(work.p, ...(one.update ?? []))) }),
          },
        ]
      : [],
    delete: { op: `Delete${one.kind}`, input: identity },
    ...(spec?.tagProperty === undefined ? {} : { tags: sagemakerTags }),
    ...(one.name === undefined ? {} : { nameProperty: one.name }),
  });
  return one.name && one.limit ? named(handler, one.name, one.limit) : handler;
}

const simple: readonly (Kind & { type: string })[] = [
  {
    type: "UserProfile",
    kind: "UserProfile",
    key: "UserProfileName",
    name: "UserProfileName",
    ref: "name",
    with: ["DomainId"],
    update: ["UserSettings"],
    status: "Status",
  },
  {
    type: "Space",
    kind: "Space",
    key: "SpaceName",
    name: "SpaceName",
    ref: "name",
    with: ["DomainId"],
    update: ["SpaceSettings", "SpaceDisplayName"],
    status: "Status",
  },
  {
    type: "App",
    kind: "App",
    key: "AppName",
    name: "AppName",
    ref: "name",
    with: ["DomainId", "UserProfileName", "SpaceName", "AppType"],
    status: "Status",
  },
  {
    type: "AppImageConfig",
    kind: "AppImageConfig",
    key: "AppImageConfigName",
    name: "AppImageConfigName",
    ref: "name",
    update: ["KernelGatewayImageConfig", "JupyterLabAppImageConfig", "CodeEditorAppImageConfig"],
  },
  {
    type: "Image",
    kind: "Image",
    key: "ImageName",
    name: "ImageName",
    rename: { ImageRoleArn: "RoleArn", ImageDisplayName: "DisplayName", ImageDescription: "Description" },
    update: ["ImageRoleArn", "ImageDisplayName", "ImageDescription"],
    status: "ImageStatus",
  },
  {
    type: "StudioLifecycleConfig",
    kind: "StudioLifecycleConfig",
    key: "StudioLifecycleConfigName",
    name: "StudioLifecycleConfigName",
    ref: "name",
  },
  { type: "Model", kind: "Model", key: "ModelName", name: "ModelName", limit: 63 },
  {
    type: "EndpointConfig",
    kind: "EndpointConfig",
    key: "EndpointConfigName",
    name: "EndpointConfigName",
    limit: 63,
  },
  {
    type: "Endpoint",
    kind: "Endpoint",
    key: "EndpointName",
    name: "EndpointName",
    limit: 63,
    update: [
      "EndpointConfigName",
      "DeploymentConfig",
      "RetainAllVariantProperties",
      "ExcludeRetainedVariantProperties",
      "RetainDeploymentConfig",
    ],
    status: "EndpointStatus",
  },
  {
    type: "ModelPackageGroup",
    kind: "ModelPackageGroup",
    key: "ModelPackageGroupName",
    name: "ModelPackageGroupName",
    status: "ModelPackageGroupStatus",
  },
  {
    type: "Project",
    kind: "Project",
    key: "ProjectName",
    name: "ProjectName",
    status: "ProjectStatus",
    update: ["ProjectDescription"],
  },
  {
    type: "NotebookInstance",
    kind: "NotebookInstance",
    key: "NotebookInstanceName",
    name: "NotebookInstanceName",
    limit: 63,
    update: [
      "InstanceType",
      "RoleArn",
      "VolumeSizeInGB",
      "LifecycleConfigName",
      "DefaultCodeRepository",
      "AdditionalCodeRepositories",
      "RootAccess",
      "AcceleratorTypes",
      "InstanceMetadataServiceConfiguration",
    ],
    status: "NotebookInstanceStatus",
  },
  {
    type: "NotebookInstanceLifecycleConfig",
    kind: "NotebookInstanceLifecycleConfig",
    key: "NotebookInstanceLifecycleConfigName",
    name: "NotebookInstanceLifecycleConfigName",
    limit: 63,
    update: ["OnCreate", "OnStart"],
  },
  {
    type: "CodeRepository",
    kind: "CodeRepository",
    key: "CodeRepositoryName",
    name: "CodeRepositoryName",
    limit: 63,
    update: ["GitConfig"],
  },
  {
    type: "FeatureGroup",
    kind: "FeatureGroup",
    key: "FeatureGroupName",
    name: "FeatureGroupName",
    ref: "name",
    status: "FeatureGroupStatus",
  },
  {
    type: "MonitoringSchedule",
    kind: "MonitoringSchedule",
    key: "MonitoringScheduleName",
    name: "MonitoringScheduleName",
    update: ["MonitoringScheduleConfig"],
    status: "MonitoringScheduleStatus",
  },
  ...["DataQuality", "ModelBias", "ModelExplainability", "ModelQuality"].map((one) => ({
    type: `${one}JobDefinition`,
    kind: `${one}JobDefinition`,
    key: "JobDefinitionName",
    name: "JobDefinitionName",
    limit: 63,
    arn: "JobDefinitionArn",
  })),
  {
    type: "MlflowTrackingServer",
    kind: "MlflowTrackingServer",
    key: "TrackingServerName",
    name: "TrackingServerName",
    arn: "TrackingServerArn",
    ref: "name",
    status: "TrackingServerStatus",
    update: [
      "ArtifactStoreUri",
      "TrackingServerSize",
      "AutomaticModelRegistration",
      "WeeklyMaintenanceWindowStart",
    ],
  },
  {
    type: "Workteam",
    kind: "Workteam",
    key: "WorkteamName",
    name: "WorkteamName",
    limit: 63,
    update: ["Description", "MemberDefinitions", "NotificationConfiguration"],
  },
  {
    type: "ModelCard",
    kind: "ModelCard",
    key: "ModelCardName",
    name: "ModelCardName",
    ref: "name",
    status: "ModelCardProcessingStatus",
    update: ["Content", "ModelCardStatus"],
  },
];

const DOMAIN_UPDATES = [
  "DefaultUserSettings",
  "DefaultSpaceSettings",
  "DomainSettings",
  "AppSecurityGroupManagement",
  "AppNetworkAccessType",
  "SubnetIds",
  "TagPropagation",
];

/** Waits until a description says that there is none any more. */
async function untilGone(op: string, input: object, r: ResourceRequest): Promise<void> {
  await r.until(async () => {
    try {
      await r.read(service, op, input);
      return undefined;
    } catch {
      return true;
    }
  });
}

/** A type whose deletion takes a while. */
function slowlyGone(
  handler: ResourceHandler,
  op: string,
  input: (physical: Parameters<ResourceHandler["delete"]>[0]) => object,
): ResourceHandler {
  return {
    ...handler,
    async delete(physical, r) {
      await handler.delete(physical, r);
      await untilGone(op, input(physical), r);
    },
  };
}

const byType: Record<string, ResourceHandler> = Object.fromEntries(
  simple.map((one) => [`AWS::SageMaker::${one.type}`, kind(`AWS::SageMaker::${one.type}`, one)]),
);
const profile = byType["AWS::SageMaker::UserProfile"] as ResourceHandler;
const space = byType["AWS::SageMaker::Space"] as ResourceHandler;
const app = byType["AWS::SageMaker::App"] as ResourceHandler;
const notebook = byType["AWS::SageMaker::NotebookInstance"] as ResourceHandler;
const endpoint = byType["AWS::SageMaker::Endpoint"] as ResourceHandler;

export const sagemakerTypes: HandlerTable = {
  ...byType,
  "AWS::SageMaker::Domain": slowlyGone(
    {
      ...kind("AWS::SageMaker::Domain", {
        kind: "Domain",
        key: "DomainId",
        arn: "DomainArn",
        ref: (output) => text(output.DomainId) || (text(output.DomainArn).split("/").pop() ?? ""),
        update: DOMAIN_UPDATES,
        status: "Status",
      }),
      nameProperty: "DomainName",
      async delete({ physicalId }, r) {
        // AWS's handler asks for the home file system to be kept
        await r.call(service, "DeleteDomain", {
          DomainId: physicalId,
          RetentionPolicy: { HomeEfsFileSystem: "Retain" },
        });
      },
    },
    "DescribeDomain",
    ({ physicalId }) => ({ DomainId: physicalId }),
  ),
  "AWS::SageMaker::UserProfile": slowlyGone(profile, "DescribeUserProfile", ({ properties: p }) =>
    pick(p, "DomainId", "UserProfileName"),
  ),
  "AWS::SageMaker::Space": slowlyGone(space, "DescribeSpace", ({ properties: p }) =>
    pick(p, "DomainId", "SpaceName"),
  ),
  "AWS::SageMaker::App": {
    ...app,
    async delete(physical, r) {
      const identity = pick(
        physical.properties,
        "DomainId",
        "UserProfileName",
        "SpaceName",
        "AppType",
        "AppName",
      );
      await app.delete(physical, r);
      await r.until(async () => {
        try {
          const state = await r.read(service, "DescribeApp", identity);
          return state.Status === "Deleted" ? true : undefined;
        } catch {
          return true;
        }
      });
    },
  },
  "AWS::SageMaker::Endpoint": slowlyGone(endpoint, "DescribeEndpoint", ({ properties: p, attributes }) => ({
    EndpointName: p.EndpointName ?? attributes.EndpointName,
  })),
  "AWS::SageMaker::NotebookInstance": {
    ...notebook,
    async delete(physical, r) {
      const name = {
        NotebookInstanceName: physical.attributes.__name ?? physical.properties.NotebookInstanceName,
      };
      const state = await r.read(service, "DescribeNotebookInstance", name);
      if (state.NotebookInstanceStatus === "InService") await r.call(service, "StopNotebookInstance", name);
      await r.until(async () => {
        const { NotebookInstanceStatus: now } = await r.read(service, "DescribeNotebookInstance", name);
        return now === "Stopped" || now === "Failed" ? true : undefined;
      });
      await r.call(service, "DeleteNotebookInstance", name);
      await untilGone("DescribeNotebookInstance", name, r);
    },
  },
  "AWS::SageMaker::Pipeline": declared({
    service,
    create: {
      op: "CreatePipeline",
      input: ({ p, r }) => ({ ...pipeline(p), PipelineName: p.PipelineName, Tags: tagList(p, r) }),
    },
    id: (_, { p }) => text(p.PipelineName),
    steps: [
      {
        of: [
          "PipelineDisplayName",
          "PipelineDescription",
          "PipelineDefinition",
          "RoleArn",
          "ParallelismConfiguration",
        ],
        updateOnly: true,
        op: "UpdatePipeline",
        input: ({ id, p }) => ({ ...pipeline(p), PipelineName: id }),
      },
    ],
    describe: { op: "DescribePipeline", input: ({ id }) => ({ PipelineName: id }), pick: (output) => output },
    attributes: (one) => ({ __arn: one.PipelineArn }),
    delete: {
      op: "DeletePipeline",
      input: ({ id, r }) => ({ PipelineName: id, ClientRequestToken: r.generatedName(60) }),
    },
    tags: sagemakerTags,
    nameProperty: "PipelineName",
  }),
  "AWS::SageMaker::ImageVersion": declared({
    service,
    create: { op: "CreateImageVersion", input: ({ p, r }) => ({ ...p, ClientToken: r.generatedName(36) }) },
    id: (output) => output.ImageVersionArn,
    describe: {
      op: "DescribeImageVersion",
      input: ({ id }) => ({ ImageName: id.split("/").at(-2), Version: Number(id.split("/").at(-1)) }),
      pick: (output) => output,
    },
    ready: (one) => {
      if (FAILED.test(text(one?.ImageVersionStatus)))
        throw new ResourceFailure(text(one.FailureReason) || "image version failed");
      return one?.ImageVersionStatus === "CREATED";
    },
    attributes: (one, { id }) =>
      pickState(one, ["ImageArn", "Version", "ContainerImage"], { ImageVersionArn: id }),
    delete: {
      op: "DeleteImageVersion",
      input: ({ id }) => ({ ImageName: id.split("/").at(-2), Version: Number(id.split("/").at(-1)) }),
    },
  }),
};

function pickState(state: ValueMap, names: readonly string[], more: ValueMap): ValueMap {
  return { ...pick(state, ...names), ...more };
}

/** `PipelineDefinition` is an object here: the text itself, or a place in S3. */
function pipeline(p: ValueMap): object {
  const definition = map(p.PipelineDefinition);
  const place = definition.PipelineDefinitionS3Location;
  const { Bucket, Key, Version } = map(place);
  return compact({
    ...pick(p, "PipelineDisplayName", "PipelineDescription", "RoleArn", "ParallelismConfiguration"),
    PipelineDefinition: definition.PipelineDefinitionBody,
    PipelineDefinitionS3Location: isMap(place)
      ? compact({ Bucket, ObjectKey: Key, VersionId: Version })
      : undefined,
  });
}
