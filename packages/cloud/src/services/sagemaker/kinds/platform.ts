/** Images, notebooks, repositories, features, hubs, people, edge, clusters, partner tools. */
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import type { Hooks, Kind } from "../engine/kind.ts";
import type { Fields } from "../engine/model.ts";
import { conflict, inUse, notFound, validation } from "../errors.ts";
import { clusterHooks, clusterOwned } from "../platform/cluster.ts";
import { edgePlanHooks } from "../platform/edge.ts";
import { featureGroupHooks } from "../platform/feature-group.ts";
import { imageHooks, imageVersionHooks, newImageVersion } from "../platform/image.ts";
import { notebookHooks } from "../platform/notebook.ts";
import { projectHooks } from "../platform/project.ts";
import { randomName } from "../studio/domain.ts";
import { plain, running, sayings, serving } from "./life.ts";
import { clusterUsage, notebookUsage } from "./usage.ts";

const trusted: Hooks = {
  create(_, input, context) {
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
  },
};

const upper = serving("CREATING", "CREATED", "DELETING", "UPDATING");

export const platformKinds: Kind[] = [
  {
    name: "Image",
    type: "image",
    id: ["ImageName"],
    missing: (_, name) => notFound(`No Image with the name ${name} exists.`),
    exists: (_, name) => inUse(`Image with the name ${name} already exists.`),
    life: { ...upper, when: { delete: ["CREATED", "CREATE_FAILED", "UPDATE_FAILED"] } },
    hooks: imageHooks,
  },
  {
    name: "ImageVersion",
    type: "image-version",
    id: ["ImageName", "Version"],
    newId: newImageVersion,
    order: "Descending",
    without: ["Describe", "Update", "Delete"],
    missing: (_, name) => notFound(`ImageVersion ${name} does not exist.`),
    life: upper,
    hooks: imageVersionHooks,
  },
  {
    name: "NotebookInstance",
    type: "notebook-instance",
    usage: notebookUsage,
    id: ["NotebookInstanceName"],
    sortBy: "Name",
    order: "Ascending",
    missing: () => validation("RecordNotFound"),
    exists: (arn) => validation(`Cannot create a duplicate Notebook Instance (${arn})`),
    life: {
      create: [
        ["Pending", 0],
        ["InService", 1],
      ],
      update: [
        ["Updating", 0],
        ["Stopped", 1],
      ],
      stop: [
        ["Stopping", 0],
        ["Stopped", 1],
      ],
      start: [
        ["Pending", 0],
        ["InService", 1],
      ],
      delete: [["Deleting", 0]],
    },
    hooks: notebookHooks,
  },
  {
    name: "NotebookInstanceLifecycleConfig",
    type: "notebook-instance-lifecycle-config",
    id: ["NotebookInstanceLifecycleConfigName"],
    order: "Ascending",
    missing: (arn, _, operation) =>
      validation(
        `Unable to ${operation.startsWith("Delete") ? "delete" : "describe"} Notebook Instance Lifecycle Config '${arn}'. (Details: Notebook Instance Lifecycle Config does not exist.)`,
      ),
    exists: (arn) =>
      validation(
        `Unable to create Notebook Instance Lifecycle Config ${arn}. (Details: Notebook Instance Lifecycle Config already exists.)`,
      ),
  },
  {
    name: "CodeRepository",
    type: "code-repository",
    id: ["CodeRepositoryName"],
    listOperation: "ListCodeRepositories",
    sortBy: "Name",
    order: "Ascending",
    missing: (arn) => validation(`Cannot find CodeRepository: "${arn}"`),
    exists: (arn) => validation(`Cannot create already existing CodeRepository: "${arn}"`),
    hooks: {
      update(resource, input) {
        resource.input.GitConfig = {
          ...(resource.input.GitConfig as Fields),
          ...(input.GitConfig as Fields),
        };
      },
    },
  },
  {
    name: "FeatureGroup",
    type: "feature-group",
    id: ["FeatureGroupName"],
    byArn: "FeatureGroupName",
    missing: (_, name) => notFound(`Feature Group '${name}' does not exist.`),
    exists: (_, name) =>
      inUse(
        `Resource Already Exists: FeatureGroup with name ${name} already exists. Choose a different name.`,
      ),
    life: {
      create: [
        ["Creating", 0],
        ["Created", 1],
      ],
      delete: [["Deleting", 0]],
      when: { delete: ["Created", "CreateFailed", "DeleteFailed"], update: ["Created"] },
    },
    hooks: featureGroupHooks,
  },
  {
    name: "Hub",
    type: "hub",
    id: ["HubName"],
    byArn: "HubName",
    missing: (_, name) => notFound(`Hub ${name} does not exist.`),
    exists: (_, name) => inUse(`Hub ${name} already exists.`),
    life: serving("Creating", "InService", "Deleting", "Updating"),
    hooks: {
      delete(resource, _, context) {
        if (
          context.table("sagemaker.hub-content").list({ prefix: `${resource.name.toLowerCase()}/`, limit: 1 })
            .length > 0
        ) {
          throw inUse(`Hub ${resource.name} cannot be deleted because it contains hub content.`);
        }
      },
    },
  },
  {
    name: "HubContent",
    type: "hub-content",
    id: ["HubName", "HubContentType", "HubContentName", "HubContentVersion"],
    without: ["List", "Describe", "Delete", "Update"],
    missing: (_, name) => notFound(`HubContent ${name} does not exist.`),
    exists: (_, name) => inUse(`HubContent version ${name} already exists.`),
    life: serving("Importing", "Available", "Deleting"),
    hooks: {
      describe: (resource, context) => ({
        HubContentName: resource.id[2],
        HubArn: context.arn("sagemaker", `hub/${resource.id[0]}`.toLowerCase()),
        HubName: resource.id[0],
        HubContentDocument: resource.input.HubContentDocument ?? "{}",
        DocumentSchemaVersion: resource.input.DocumentSchemaVersion ?? "1.0.0",
        OriginalCreationTime: new Date(resource.created),
      }),
    },
  },
  {
    name: "HumanTaskUi",
    type: "human-task-ui",
    id: ["HumanTaskUiName"],
    missing: (arn) => notFound(`HumanTaskUi ${arn} does not exist.`),
    exists: (arn) => inUse(`HumanTaskUi ${arn} already exists.`),
    life: { create: [["Active", 0]] },
  },
  {
    name: "FlowDefinition",
    type: "flow-definition",
    id: ["FlowDefinitionName"],
    missing: (arn) => notFound(`FlowDefinition ${arn} does not exist.`),
    exists: (arn) => inUse(`FlowDefinition ${arn} already exists.`),
    life: {
      create: [
        ["Initializing", 0],
        ["Active", 1],
      ],
      delete: [["Deleting", 0]],
    },
    hooks: trusted,
  },
  {
    name: "LabelingJob",
    type: "labeling-job",
    id: ["LabelingJobName"],
    order: "Ascending",
    missing: (arn) => notFound(`Could not find labeling job ${arn}.`),
    exists: (arn) => inUse(`Labeling job names must be unique, and ${arn} already exists.`),
    // nobody labels locally: it stays in progress until it is stopped
    life: {
      create: [
        ["Initializing", 0],
        ["InProgress", 1],
      ],
      stop: [
        ["Stopping", 0],
        ["Stopped", 1],
      ],
      when: { stop: ["Initializing", "InProgress"] },
    },
    hooks: {
      ...trusted,
      describe: (resource) => {
        const human = resource.input.HumanTaskConfig as Fields | undefined;
        return {
          LabelCounters: {
            TotalLabeled: 0,
            HumanLabeled: 0,
            MachineLabeled: 0,
            FailedNonRetryableError: 0,
            Unlabeled: 0,
          },
          JobReferenceCode: resource.name.slice(0, 16),
          WorkteamArn: human?.WorkteamArn,
          PreHumanTaskLambdaArn: human?.PreHumanTaskLambdaArn,
          WorkRequesterAccountId: resource.arn.split(":")[4],
          NumberOfHumanWorkersPerDataObject: human?.NumberOfHumanWorkersPerDataObject,
        };
      },
    },
  },
  {
    name: "Workforce",
    type: "workforce",
    id: ["WorkforceName"],
    statusField: "Status",
    order: "Ascending",
    wrap: "Workforce",
    missing: (_, name) => validation(`No workforce found in account with name ${name}.`),
    exists: (_, name) => validation(`Workforce ${name} already exists.`),
    life: {
      create: [
        ["Initializing", 0],
        ["Active", 1],
      ],
      update: [
        ["Updating", 0],
        ["Active", 1],
      ],
      delete: [["Deleting", 0]],
    },
    hooks: {
      describe: (resource, context) => ({
        SubDomain: `${randomless(resource.arn)}.labeling.${context.region}.sagemaker.aws`,
      }),
    },
  },
  {
    name: "Workteam",
    type: "workteam",
    id: ["WorkteamName"],
    order: "Ascending",
    wrap: "Workteam",
    arnField: "WorkteamArn",
    path: ([name]) => `private-crowd/${name}`,
    missing: (arn) => validation(`The work team ${arn} does not exist.`),
    exists: (arn) => validation(`Work team ${arn} already exists.`),
    hooks: {
      describe: (resource, context) => ({
        WorkforceArn: context.arn(
          "sagemaker",
          `workforce/${resource.input.WorkforceName ?? "default"}`.toLowerCase(),
        ),
        SubDomain: `${randomless(resource.arn)}.labeling.${context.region}.sagemaker.aws`,
      }),
    },
  },
  {
    name: "DeviceFleet",
    type: "device-fleet",
    id: ["DeviceFleetName"],
    missing: (_, name) => validation(`No devicefleet with name ${name} found.`),
    exists: (_, name) => inUse(`Device fleet ${name} already exists.`),
    hooks: {
      delete(resource, _, context) {
        if (
          context.table("sagemaker.device").list({ prefix: `${resource.name.toLowerCase()}/`, limit: 1 })
            .length > 0
        ) {
          throw inUse(`Device fleet ${resource.name} has devices. Deregister them first.`);
        }
      },
      describe: ({ name, input }) =>
        input.EnableIotRoleAlias === true ? { IotRoleAlias: `SageMakerEdge-${name}` } : {},
    },
  },
  {
    name: "Device",
    type: "device",
    arnPrefix: "device-fleet",
    id: ["DeviceFleetName", "DeviceName"],
    path: ([fleet, device]) => `${fleet}/device/${device}`,
    missing: (_, name) => validation(`No device with name ${name} found.`),
    exists: (_, name) => inUse(`Device ${name} is already registered.`),
    hooks: { describe: ({ created }) => ({ RegistrationTime: new Date(created) }) },
  },
  {
    name: "EdgeDeploymentPlan",
    type: "edge-deployment-plan",
    arnPrefix: "edge-deployment",
    id: ["EdgeDeploymentPlanName"],
    missing: (_, name) => notFound(`Edge deployment plan ${name} does not exist.`),
    exists: (_, name) => inUse(`Edge deployment plan ${name} already exists.`),
    hooks: edgePlanHooks,
  },
  {
    name: "EdgePackagingJob",
    type: "edge-packaging-job",
    id: ["EdgePackagingJobName"],
    missing: (_, name) => notFound(`Edge packaging job ${name} does not exist.`),
    exists: (_, name) => inUse(`Edge packaging job ${name} already exists.`),
    life: {
      ...running("STARTING", "COMPLETED", "STOPPING", "STOPPED", 2),
      when: { stop: ["STARTING", "INPROGRESS"] },
    },
    hooks: trusted,
  },
  {
    name: "Cluster",
    type: "cluster",
    usage: clusterUsage,
    id: ["ClusterName"],
    byArn: "ClusterName",
    order: "Ascending",
    missing: (_, name) => notFound(`Cluster with name ${name} does not exist.`),
    exists: (_, name) =>
      inUse(`Resource Already Exists: Cluster with name ${name} already exists. Choose a different name.`),
    life: serving("Creating", "InService", "Deleting", "Updating"),
    hooks: clusterHooks,
  },
  {
    name: "ClusterSchedulerConfig",
    type: "cluster-scheduler-config",
    id: ["ClusterSchedulerConfigId"],
    newId: () => [randomName(12)],
    nameField: "Name",
    statusField: "Status",
    order: "Ascending",
    ...sayings.doesNotExist("ClusterSchedulerConfig"),
    life: clusterOwned.life,
    hooks: clusterOwned.hooks("ClusterSchedulerConfig"),
  },
  {
    name: "ComputeQuota",
    type: "compute-quota",
    id: ["ComputeQuotaId"],
    newId: () => [randomName(12)],
    nameField: "Name",
    statusField: "Status",
    order: "Ascending",
    ...sayings.doesNotExist("ComputeQuota"),
    life: clusterOwned.life,
    hooks: clusterOwned.hooks("ComputeQuota"),
  },
  {
    name: "PartnerApp",
    type: "partner-app",
    id: ["AppId"],
    newId: () => [`app-${randomName(12).toUpperCase()}`],
    byArn: "Arn",
    nameField: "Name",
    arnField: "Arn",
    statusField: "Status",
    ...sayings.doesNotExist("PartnerApp"),
    life: serving("Creating", "Available", "Deleting", "Updating"),
    hooks: {
      ...trusted,
      describe: (resource, context) => ({
        BaseUrl: `https://${resource.id[0]?.toLowerCase()}.partner-app.${context.region}.sagemaker.aws`,
        Version: "1.0",
      }),
    },
  },
  {
    name: "MlflowTrackingServer",
    type: "mlflow-tracking-server",
    id: ["TrackingServerName"],
    nameField: "TrackingServerName",
    arnField: "TrackingServerArn",
    statusField: "TrackingServerStatus",
    order: "Ascending",
    ...sayings.doesNotExist("TrackingServer"),
    exists: (_, name) => conflict(`TrackingServer with name ${name} already exists.`),
    life: {
      create: [
        ["Creating", 0],
        ["Created", 1],
      ],
      update: [
        ["Updating", 0],
        ["Updated", 1],
      ],
      stop: [
        ["Stopping", 0],
        ["Stopped", 1],
      ],
      start: [
        ["Starting", 0],
        ["Started", 1],
      ],
      delete: [["Deleting", 0]],
      when: { stop: ["Created", "Started", "Updated"], start: ["Stopped"] },
    },
    hooks: {
      ...trusted,
      describe: (resource, context) => ({
        IsActive: ["Created", "Started", "Updated"].includes(resource.status ?? "") ? "Active" : "Inactive",
        TrackingServerUrl: `https://${randomless(resource.arn)}.${context.region}.experiments.sagemaker.aws`,
        MlflowVersion: resource.input.MlflowVersion ?? "3.0",
        TrackingServerSize: resource.input.TrackingServerSize ?? "Small",
      }),
    },
  },
  {
    name: "MlflowApp",
    type: "mlflow-app",
    id: ["AppId"],
    newId: () => [`app-${randomName(12).toUpperCase()}`],
    byArn: "Arn",
    nameField: "Name",
    arnField: "Arn",
    statusField: "Status",
    order: "Ascending",
    ...sayings.doesNotExist("MlflowApp"),
    life: serving("Creating", "Created", "Deleting", "Updating"),
    hooks: { ...trusted, describe: () => ({ MlflowVersion: "3.4" }) },
  },
  {
    name: "Project",
    type: "project",
    id: ["ProjectName"],
    order: "Ascending",
    missing: (arn) => validation(`Project ${arn} does not exist.`),
    exists: (_, name) => validation(`Project with name ${name} already exists.`),
    life: {
      create: [
        ["CreateInProgress", 0],
        ["CreateCompleted", 1],
      ],
      update: [
        ["UpdateInProgress", 0],
        ["UpdateCompleted", 1],
      ],
      delete: [["DeleteInProgress", 0]],
    },
    hooks: projectHooks,
  },
  {
    name: "AIWorkloadConfig",
    type: "ai-workload-config",
    id: ["AIWorkloadConfigName"],
    ...sayings.doesNotExist("AIWorkloadConfig"),
    life: plain,
  },
  {
    name: "AIBenchmarkJob",
    type: "ai-benchmark-job",
    id: ["AIBenchmarkJobName"],
    ...sayings.doesNotExist("AIBenchmarkJob"),
    life: { ...running("InProgress", "Completed", "Stopping", "Stopped"), when: { stop: ["InProgress"] } },
    hooks: trusted,
  },
  {
    name: "AIRecommendationJob",
    type: "ai-recommendation-job",
    id: ["AIRecommendationJobName"],
    ...sayings.doesNotExist("AIRecommendationJob"),
    life: { ...running("InProgress", "Completed", "Stopping", "Stopped"), when: { stop: ["InProgress"] } },
    hooks: trusted,
  },
  {
    name: "Job",
    type: "job",
    id: ["JobCategory", "JobName"],
    nameField: "JobName",
    ...sayings.doesNotExist("Job"),
    exists: (arn) => inUse(`Job ${arn} already exists.`),
    life: {
      ...running("InProgress", "Completed", "Stopping", "Stopped"),
      when: { stop: ["InProgress"], delete: ["Completed", "Failed", "Stopped"] },
    },
    hooks: {
      ...trusted,
      describe: ({ status, tags }) => ({
        SecondaryStatus: status,
        JobSecondaryStatus: status,
        Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    },
  },
];

/** A label for host names that stays the same for the same resource. */
function randomless(arn: string): string {
  let hash = 5381;
  for (const char of arn) hash = ((hash << 5) + hash + char.charCodeAt(0)) >>> 0;
  return hash.toString(36);
}
