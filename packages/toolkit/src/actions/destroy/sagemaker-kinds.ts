/**
 * What people make with SageMaker: how each kind is listed, described, stopped and deleted. A table.
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations.html
 */

export interface WorkKind {
  /** In words. */
  what: string;
  /** As in operation names: `TrainingJob` of `DescribeTrainingJob`. */
  name: string;
  /** @default `List${name}s` */
  list?: string;
  /** Member of the list's answer that holds the items. */
  items: string;
  /** Member of an item that names it. */
  nameField: string;
  /** Member of an item with its ARN. @default `${name}Arn` */
  arnField?: string;
  /** Input member of Describe, Stop and Delete. @default `nameField` */
  key?: string;
  /** Item member whose value the key takes. @default `nameField` */
  keyFrom?: string;
  /** Filter of the list while only what runs matters. */
  running?: Record<string, unknown>;
  statusField?: string;
  /** States in which it runs and can be stopped, and the state of stopping. */
  stop?: { when: readonly string[]; through: readonly string[] };
  /** States that pass by themselves before it can be deleted. */
  settling?: readonly string[];
  /** Operation names that differ. */
  describe?: string;
  /** `false`: it is stopped, its record costs nothing and stays as evidence. @default true */
  deleted?: boolean;
  /** Members of the description that name something it belongs to, with that thing's kind. */
  parents?: readonly { member: string; kind: string }[];
  /** Costs money while it is there (or, for a job, while it runs). */
  billable?: boolean;
  loses?: string;
}

const job = (what: string, name: string, items: string, more: Partial<WorkKind> = {}): WorkKind => ({
  what,
  name,
  items,
  nameField: `${name}Name`,
  running: { StatusEquals: "InProgress" },
  statusField: `${name}Status`,
  stop: { when: ["InProgress"], through: ["InProgress", "Stopping"] },
  deleted: false,
  billable: true,
  ...more,
});

const shouting: Partial<WorkKind> = {
  running: { StatusEquals: "INPROGRESS" },
  stop: { when: ["STARTING", "INPROGRESS"], through: ["STARTING", "INPROGRESS", "STOPPING"] },
};

const definition = (what: string, stem: string): WorkKind => ({
  what: `${what} job definition`,
  name: `${stem}JobDefinition`,
  items: "JobDefinitionSummaries",
  nameField: "MonitoringJobDefinitionName",
  arnField: "MonitoringJobDefinitionArn",
  key: "JobDefinitionName",
});

/** Jobs that start other jobs come first, so that nothing new starts behind the back. */
export const STARTERS: readonly WorkKind[] = [
  {
    what: "monitoring schedule",
    name: "MonitoringSchedule",
    items: "MonitoringScheduleSummaries",
    nameField: "MonitoringScheduleName",
    statusField: "MonitoringScheduleStatus",
    settling: ["Pending"],
    parents: [
      { member: "EndpointName", kind: "Endpoint" },
      { member: "MonitoringJobDefinitionName", kind: "JobDefinition" },
    ],
    billable: true,
  },
  job("tuning job", "HyperParameterTuningJob", "HyperParameterTuningJobSummaries"),
  job("AutoML job", "AutoMLJob", "AutoMLJobSummaries", { describe: "DescribeAutoMLJobV2" }),
  job("labeling job", "LabelingJob", "LabelingJobSummaryList"),
];

export const JOBS: readonly WorkKind[] = [
  job("processing job", "ProcessingJob", "ProcessingJobSummaries"),
  job("training job", "TrainingJob", "TrainingJobSummaries"),
  job("transform job", "TransformJob", "TransformJobSummaries", {
    parents: [{ member: "ModelName", kind: "Model" }],
  }),
  job("compilation job", "CompilationJob", "CompilationJobSummaries", shouting),
  job("optimization job", "OptimizationJob", "OptimizationJobSummaries", shouting),
  job("recommendation job", "InferenceRecommendationsJob", "InferenceRecommendationsJobs", {
    nameField: "JobName",
    arnField: "JobArn",
    statusField: "Status",
    running: { StatusEquals: "IN_PROGRESS" },
    stop: { when: ["PENDING", "IN_PROGRESS"], through: ["PENDING", "IN_PROGRESS", "STOPPING"] },
  }),
];

/** In the order in which they let go of each other. */
export const SERVING: readonly (readonly WorkKind[])[] = [
  [
    {
      what: "inference experiment",
      name: "InferenceExperiment",
      items: "InferenceExperiments",
      nameField: "Name",
      arnField: "Arn",
      statusField: "Status",
      stop: { when: ["Running"], through: ["Creating", "Starting", "Running", "Updating", "Stopping"] },
      billable: true,
    },
    {
      what: "inference component",
      name: "InferenceComponent",
      items: "InferenceComponents",
      nameField: "InferenceComponentName",
      statusField: "InferenceComponentStatus",
      settling: ["Creating", "Updating"],
      parents: [{ member: "EndpointName", kind: "Endpoint" }],
      billable: true,
    },
  ],
  [
    {
      what: "endpoint",
      name: "Endpoint",
      items: "Endpoints",
      nameField: "EndpointName",
      statusField: "EndpointStatus",
      settling: ["Creating", "Updating", "SystemUpdating", "RollingBack"],
      parents: [{ member: "EndpointConfigName", kind: "EndpointConfig" }],
      billable: true,
    },
  ],
  [
    {
      what: "endpoint configuration",
      name: "EndpointConfig",
      items: "EndpointConfigs",
      nameField: "EndpointConfigName",
      parents: [{ member: "ModelName", kind: "Model" }],
    },
    definition("data quality", "DataQuality"),
    definition("model quality", "ModelQuality"),
    definition("model bias", "ModelBias"),
    definition("explainability", "ModelExplainability"),
  ],
  [{ what: "model", name: "Model", items: "Models", nameField: "ModelName" }],
];

export const ARTIFACTS: readonly (readonly WorkKind[])[] = [
  [
    {
      what: "notebook instance",
      name: "NotebookInstance",
      items: "NotebookInstances",
      nameField: "NotebookInstanceName",
      statusField: "NotebookInstanceStatus",
      stop: { when: ["InService"], through: ["Pending", "InService", "Updating", "Stopping"] },
      billable: true,
      loses: "its volume",
    },
    {
      what: "MLflow tracking server",
      name: "MlflowTrackingServer",
      items: "TrackingServerSummaries",
      nameField: "TrackingServerName",
      arnField: "TrackingServerArn",
      billable: true,
      loses: "its experiments' records",
    },
    {
      what: "MLflow app",
      name: "MlflowApp",
      items: "Summaries",
      nameField: "Name",
      arnField: "Arn",
      key: "Arn",
      keyFrom: "Arn",
      billable: true,
      loses: "its experiments' records",
    },
    {
      what: "partner app",
      name: "PartnerApp",
      items: "Summaries",
      nameField: "Name",
      arnField: "Arn",
      key: "Arn",
      keyFrom: "Arn",
      billable: true,
    },
    {
      what: "cluster",
      name: "Cluster",
      items: "ClusterSummaries",
      nameField: "ClusterName",
      billable: true,
    },
    {
      what: "feature group",
      name: "FeatureGroup",
      items: "FeatureGroupSummaries",
      nameField: "FeatureGroupName",
      statusField: "FeatureGroupStatus",
      settling: ["Creating"],
      billable: true,
      loses: "the records of its online store (an offline store stays in its bucket)",
    },
    {
      what: "pipeline",
      name: "Pipeline",
      items: "PipelineSummaries",
      nameField: "PipelineName",
      loses: "its definition and the history of its runs",
    },
    {
      what: "model card",
      name: "ModelCard",
      items: "ModelCardSummaries",
      nameField: "ModelCardName",
      loses: "its versions",
    },
    {
      what: "project",
      name: "Project",
      items: "ProjectSummaryList",
      nameField: "ProjectName",
      statusField: "ProjectStatus",
    },
    { what: "algorithm", name: "Algorithm", items: "AlgorithmSummaryList", nameField: "AlgorithmName" },
    {
      what: "flow definition",
      name: "FlowDefinition",
      items: "FlowDefinitionSummaries",
      nameField: "FlowDefinitionName",
    },
    {
      what: "image",
      name: "Image",
      items: "Images",
      nameField: "ImageName",
      statusField: "ImageStatus",
      settling: ["CREATING", "UPDATING"],
    },
  ],
  [
    {
      what: "notebook lifecycle configuration",
      name: "NotebookInstanceLifecycleConfig",
      items: "NotebookInstanceLifecycleConfigs",
      nameField: "NotebookInstanceLifecycleConfigName",
    },
    {
      what: "code repository",
      name: "CodeRepository",
      list: "ListCodeRepositories",
      items: "CodeRepositorySummaryList",
      nameField: "CodeRepositoryName",
    },
    {
      what: "Studio lifecycle configuration",
      name: "StudioLifecycleConfig",
      items: "StudioLifecycleConfigs",
      nameField: "StudioLifecycleConfigName",
    },
    {
      what: "app image configuration",
      name: "AppImageConfig",
      items: "AppImageConfigs",
      nameField: "AppImageConfigName",
    },
  ],
];

export const PACKAGE_GROUP: WorkKind = {
  what: "model package group",
  name: "ModelPackageGroup",
  items: "ModelPackageGroupSummaryList",
  nameField: "ModelPackageGroupName",
  loses: "the registered versions of its models",
};

export const EXPERIMENT: WorkKind = {
  what: "experiment",
  name: "Experiment",
  items: "ExperimentSummaries",
  nameField: "ExperimentName",
  loses: "the records of its trials",
};

export const ALL_KINDS: readonly WorkKind[] = [
  ...STARTERS,
  ...JOBS,
  ...SERVING.flat(),
  ...ARTIFACTS.flat(),
  PACKAGE_GROUP,
  EXPERIMENT,
];
