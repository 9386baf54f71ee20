/**
 * The named capabilities personas are built from, and the personas that come with Sagekeep.
 *
 * A capability is one thing a person does. What it permits exactly is written once, in
 * `@sagekeep/constructs`; here are the words, so that a file can be checked without AWS CDK.
 */

export const CAPABILITIES = {
  read: "see the platform: describe and list SageMaker resources",
  settings: "read the platform's own SSM parameters",
  studio: "open Studio apps in private spaces",
  "shared-spaces": "work in the team's shared spaces",
  data: "read and write the data of the team, and read what is shared with it",
  jobs: "run processing, training, tuning and transform jobs",
  experiments: "track experiments, trials, actions and artifacts",
  models: "create models from artifacts",
  registry: "use the model registry",
  "feature-store": "create and use feature groups",
  pipelines: "create and run pipelines",
  endpoints: "deploy endpoints and invoke them",
  monitoring: "monitor endpoints for quality, bias and drift",
  images: "manage app image configurations",
  "service-catalog": "see Service Catalog products",
  logs: "read the logs of the own domain",
  canvas: "use SageMaker Canvas",
  "domain-administration": "create and change user profiles, spaces and apps of others",
  /** Reaches a model package group of any team, but of the own domain only, by the automatic tags. */
  "domain-registry": "use every model package group of the own domain",
} as const;

export type Capability = keyof typeof CAPABILITIES;

/** The kinds of workload that run under a role of their own. */
export const WORKLOADS = ["processing", "training", "tuning", "pipeline", "hosting", "monitoring"] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Which job roles a capability needs to pass to SageMaker. */
export const WORKLOADS_OF: Readonly<Partial<Record<Capability, readonly Workload[]>>> = {
  jobs: ["processing", "training", "tuning"],
  models: ["hosting"],
  pipelines: ["pipeline"],
  endpoints: ["hosting"],
  monitoring: ["monitoring"],
  "feature-store": ["processing"],
};

const EVERYONE: readonly Capability[] = ["read", "settings", "logs"];
const SCIENCE: readonly Capability[] = [
  ...EVERYONE,
  "studio",
  "shared-spaces",
  "data",
  "jobs",
  "experiments",
  "models",
  "registry",
  "feature-store",
];

/** The personas every platform has; a platform file may add its own and override these. */
export const PERSONAS: Readonly<Record<string, readonly Capability[]>> = {
  "data-scientist": SCIENCE,
  mlops: [...SCIENCE, "pipelines", "endpoints", "monitoring", "images", "service-catalog"],
  "ml-admin": [...EVERYONE, "studio", "images", "service-catalog", "domain-administration"],
  viewer: EVERYONE,
  "multi-domain": [...EVERYONE, "studio", "data", "domain-registry"],
};
