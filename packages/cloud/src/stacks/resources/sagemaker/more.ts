/** SageMaker types outside Studio, training and hosting: experiments, registry, clusters, edge, labeling. */
import { declared, list, map, pick } from "../declared.ts";
import { type HandlerTable, text } from "../handler.ts";
import { keyValues, tagList } from "../tags.ts";
import { type Kind, service } from "./kind.ts";

const named = (name: string, more: Partial<Kind> = {}): Kind & { type: string } => ({
  type: name,
  kind: name,
  key: `${name}Name`,
  name: `${name}Name`,
  ...more,
});

export const moreKinds: readonly (Kind & { type: string })[] = [
  named("Action", { update: ["Description", "Status", "Properties"] }),
  named("Context", { update: ["Description", "Properties"] }),
  {
    type: "Artifact",
    kind: "Artifact",
    key: "ArtifactArn",
    update: ["ArtifactName", "Properties"],
  },
  named("Experiment", { update: ["DisplayName", "Description"] }),
  named("TrialComponent", {
    update: ["DisplayName", "Status", "Parameters", "InputArtifacts", "OutputArtifacts"],
  }),
  named("Algorithm", { status: "AlgorithmStatus", ready: ["Completed"] }),
  named("Hub", {
    status: "HubStatus",
    update: ["HubDescription", "HubDisplayName", "HubSearchKeywords"],
    slow: true,
  }),
  named("HumanTaskUi", { status: "HumanTaskUiStatus", slow: true }),
  named("Workforce", {
    wrap: "Workforce",
    status: "Status",
    update: ["OidcConfig", "SourceIpConfig", "WorkforceVpcConfig", "IpAddressType"],
    slow: true,
  }),
  named("DeviceFleet", { ref: "name", update: ["Description", "OutputConfig", "RoleArn"] }),
  named("Cluster", {
    limit: 63,
    status: "ClusterStatus",
    update: [
      "NodeRecovery",
      "InstanceGroups",
      "RestrictedInstanceGroups",
      "Orchestrator",
      "ClusterRole",
      "RestrictedInstanceGroupsConfig",
      "NodeProvisioningMode",
      "AutoScaling",
      "TieredStorageConfig",
    ],
    slow: true,
  }),
  {
    type: "ClusterSchedulerConfig",
    kind: "ClusterSchedulerConfig",
    key: "ClusterSchedulerConfigId",
    keyOf: (id) => id.split("/").at(-1) ?? id,
    status: "Status",
    update: ["Description", "SchedulerConfig"],
    change: async ({ id, r }) => {
      const ClusterSchedulerConfigId = id.split("/").at(-1);
      const now = await r.read(service, "DescribeClusterSchedulerConfig", { ClusterSchedulerConfigId });
      return { TargetVersion: now.ClusterSchedulerConfigVersion };
    },
    slow: true,
  },
  named("InferenceComponent", {
    limit: 63,
    status: "InferenceComponentStatus",
    before: () => ({ EndpointArn: undefined, DeploymentConfig: undefined }),
    update: ["Specification", "Specifications", "RuntimeConfig", "DeploymentConfig"],
    slow: true,
  }),
  {
    type: "ModelPackage",
    kind: "ModelPackage",
    key: "ModelPackageName",
    updateKey: "ModelPackageArn",
    status: "ModelPackageStatus",
    before: () => ({
      AdditionalInferenceSpecificationsToAdd: undefined,
      ApprovalDescription: undefined,
      LastModifiedTime: undefined,
      ModelPackageStatusDetails: undefined,
      ModelPackageVersion: undefined,
    }),
    update: [
      "AdditionalInferenceSpecificationsToAdd",
      "ApprovalDescription",
      "CustomerMetadataProperties",
      "ModelApprovalStatus",
      "ModelCard",
      "SourceUri",
    ],
    change: ({ id }) => ({ ModelPackageArn: id }),
  },
  {
    type: "MlflowApp",
    kind: "MlflowApp",
    key: "Arn",
    arn: "Arn",
    told: (id) => ({ MlflowAppId: id.split("/").at(-1) ?? "" }),
    status: "Status",
    update: ["ArtifactStoreUri", "ModelRegistrationMode", "WeeklyMaintenanceWindowStart"],
    slow: true,
  },
  {
    type: "PartnerApp",
    kind: "PartnerApp",
    key: "Arn",
    arn: "Arn",
    status: "Status",
    ready: ["Available"],
    update: [
      "Tier",
      "EnableIamSessionBasedIdentity",
      "EnableAutoMinorVersionUpgrade",
      "AppVersion",
      "ApplicationConfig",
      "MaintenanceConfig",
    ],
    slow: true,
  },
];

export const moreTypes: HandlerTable = {
  "AWS::SageMaker::Device": declared({
    service,
    create: {
      op: "RegisterDevices",
      input: ({ p, r }) => ({
        DeviceFleetName: p.DeviceFleetName,
        Devices: list(p.Device),
        Tags: tagList(p, r),
      }),
    },
    id: (_, { p }) => text(map(p.Device).DeviceName),
    steps: [
      {
        of: ["Device"],
        updateOnly: true,
        op: "UpdateDevices",
        input: ({ p }) => ({ DeviceFleetName: p.DeviceFleetName, Devices: list(p.Device) }),
      },
    ],
    describe: {
      op: "DescribeDevice",
      input: ({ p, id }) => ({ DeviceFleetName: p.DeviceFleetName, DeviceName: id }),
      pick: (output) => output,
    },
    attributes: (state) => pick({ __arn: state.DeviceArn }, "__arn"),
    delete: {
      op: "DeregisterDevices",
      input: ({ p, id }) => ({ DeviceFleetName: p.DeviceFleetName, DeviceNames: [id] }),
    },
    tags: {
      put: ({ attributes, r }, tags) =>
        r.call(service, "AddTags", { ResourceArn: attributes.__arn, Tags: keyValues(tags) }),
      remove: ({ attributes, r }, TagKeys) =>
        r.call(service, "DeleteTags", { ResourceArn: attributes.__arn, TagKeys }),
    },
  }),
};
