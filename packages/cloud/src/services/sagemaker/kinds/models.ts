/** Models, what serves them, and what registers them. */
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import type { Kind } from "../engine/kind.ts";
import { find, kindNamed } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import { conflict, inUse, notFound, validation } from "../errors.ts";
import { componentHooks, endpointHooks } from "../hosting/endpoint.ts";
import { packageHooks, packageName } from "../registry/model-package.ts";
import { plain, running, sayings, serving } from "./life.ts";
import { endpointUsage } from "./usage.ts";

const names = (member: string, input: Fields) =>
  (input[member] as Fields[] | undefined)?.map((one) => one.VariantName);

export const modelKinds: Kind[] = [
  {
    name: "Model",
    type: "model",
    id: ["ModelName"],
    ...sayings.couldNotFind("model"),
    ...sayings.alreadyExisting("model"),
    life: plain,
    hooks: {
      create(_, input, context) {
        if (input.PrimaryContainer !== undefined && input.Containers !== undefined) {
          throw validation(
            "Either a PrimaryContainer or a list of Containers must be provided, but not both.",
          );
        }
        if (input.PrimaryContainer === undefined && input.Containers === undefined) {
          throw validation("One of PrimaryContainer or Containers must be provided.");
        }
        for (const { arn } of rolesIn(input)) demandTrust(arn, context);
      },
      describe: ({ input }) => ({ EnableNetworkIsolation: input.EnableNetworkIsolation ?? false }),
    },
  },
  {
    name: "EndpointConfig",
    type: "endpoint-config",
    id: ["EndpointConfigName"],
    ...sayings.couldNotFind("endpoint configuration"),
    ...sayings.alreadyExisting("endpoint configuration"),
    life: plain,
    hooks: {
      create(_, input, context) {
        const variants = [
          ...(names("ProductionVariants", input) ?? []),
          ...(names("ShadowProductionVariants", input) ?? []),
        ];
        const twice = variants.find((name, index) => variants.indexOf(name) !== index);
        if (twice !== undefined) throw validation(`Variant names must be unique. Found duplicate: ${twice}`);
        for (const variant of (input.ProductionVariants as Fields[] | undefined) ?? []) {
          const { ModelName } = variant;
          if (typeof ModelName === "string" && !find(kindNamed("Model"), [ModelName], context)) {
            throw validation(
              `Could not find model "${context.arn("sagemaker", `model/${ModelName.toLowerCase()}`)}".`,
            );
          }
        }
        for (const { arn } of rolesIn(input)) demandTrust(arn, context);
      },
    },
  },
  {
    name: "Endpoint",
    type: "endpoint",
    usage: endpointUsage,
    id: ["EndpointName"],
    ...sayings.couldNotFind("endpoint"),
    ...sayings.alreadyExisting("endpoint"),
    life: {
      create: [
        ["Creating", 0],
        ["InService", 1],
      ],
      update: [
        ["Updating", 0],
        ["InService", 1],
      ],
      delete: [["Deleting", 0]],
    },
    hooks: endpointHooks,
  },
  {
    name: "InferenceComponent",
    type: "inference-component",
    id: ["InferenceComponentName"],
    ...sayings.couldNotFind("inference component"),
    ...sayings.alreadyExisting("inference component"),
    life: serving("Creating", "InService", "Deleting", "Updating"),
    hooks: componentHooks,
  },
  {
    name: "InferenceExperiment",
    type: "inference-experiment",
    id: ["Name"],
    nameField: "Name",
    arnField: "InferenceExperimentArn",
    statusField: "Status",
    ...sayings.doesNotExist("InferenceExperiment"),
    exists: (_, name) => inUse(`InferenceExperiment with name ${name} already exists.`),
    life: {
      create: [
        ["Creating", 0],
        ["Created", 1],
        ["Running", 1],
      ],
      start: [
        ["Starting", 0],
        ["Running", 1],
      ],
      stop: [
        ["Stopping", 0],
        ["Completed", 1],
      ],
      when: {
        start: ["Created"],
        stop: ["Running", "Created"],
        delete: ["Completed", "Cancelled", "Created"],
      },
    },
    hooks: {
      describe: (resource, context) => ({
        Arn: resource.arn,
        EndpointMetadata: {
          EndpointName: resource.input.EndpointName,
          EndpointStatus: find(kindNamed("Endpoint"), [String(resource.input.EndpointName)], context)?.status,
        },
        ...(resource.status === "Completed" && { CompletionTime: new Date(resource.since) }),
        ModelVariants: ((resource.input.ModelVariants as Fields[] | undefined) ?? []).map((variant) => ({
          ...variant,
          Status: resource.status === "Running" ? "InService" : "Creating",
        })),
      }),
      stop(resource, input) {
        if (input.Reason !== undefined) resource.fields.StatusReason = input.Reason;
        const last = resource.moves?.[resource.moves.length - 1];
        if (last && input.DesiredState === "Cancelled") last.status = "Cancelled";
      },
    },
  },
  {
    name: "InferenceRecommendationsJob",
    type: "inference-recommendations-job",
    id: ["JobName"],
    nameField: "JobName",
    arnField: "JobArn",
    statusField: "Status",
    ...sayings.doesNotExist("InferenceRecommendationsJob"),
    life: {
      ...running("PENDING", "COMPLETED", "STOPPING", "STOPPED", 2),
      when: { stop: ["PENDING", "IN_PROGRESS"] },
    },
    hooks: {
      describe: ({ input }) => ({
        JobDescription: input.JobDescription ?? "",
        ModelName: (input.InputConfig as Fields | undefined)?.ModelName,
        ModelPackageVersionArn: (input.InputConfig as Fields | undefined)?.ModelPackageVersionArn,
      }),
    },
  },
  {
    name: "Algorithm",
    type: "algorithm",
    id: ["AlgorithmName"],
    byArn: "AlgorithmName",
    order: "Ascending",
    missing: (arn) => validation(`Could not find algorithm ${arn}.`),
    exists: (arn) => validation(`Algorithm ${arn} already exists.`),
    life: {
      create: [
        ["Pending", 0],
        ["Completed", 1],
      ],
    },
    hooks: {
      describe: () => ({ AlgorithmStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] } }),
    },
  },
  {
    name: "ModelPackageGroup",
    type: "model-package-group",
    id: ["ModelPackageGroupName"],
    byArn: "ModelPackageGroupName",
    order: "Ascending",
    missing: (arn) => validation(`ModelPackageGroup ${arn} does not exist.`),
    exists: (arn) => validation(`Model Package Group already exists: ${arn}`),
    life: { create: [["Completed", 0]] },
    hooks: {
      delete(resource, _, context) {
        const group = resource.name;
        for (const one of context
          .table<{ input: Fields }>("sagemaker.model-package")
          .list({ prefix: `${group.toLowerCase()}/` })) {
          if (one.input.ModelPackageGroupName === group) {
            throw conflict(
              `Model Package Group ${resource.arn} cannot be deleted because it contains model packages. Delete all model packages in the group and try again.`,
            );
          }
        }
        // a new group of this name counts its versions from 1 again
        context.table("sagemaker.model-package-version").delete(group.toLowerCase());
      },
    },
  },
  {
    name: "ModelPackage",
    type: "model-package",
    id: ["ModelPackageName", "Version"],
    newId: packageName,
    byArn: "ModelPackageName",
    order: "Ascending",
    missing: (arn) => validation(`ModelPackage ${arn} does not exist.`),
    exists: (arn) => validation(`Model package already exists: ${arn}`),
    life: { create: [["Completed", 0]] },
    hooks: packageHooks,
  },
  {
    name: "ModelCard",
    type: "model-card",
    id: ["ModelCardName"],
    byArn: "ModelCardName",
    statusField: "ModelCardStatus",
    missing: (_, name) => notFound(`Model Card ${name} does not exist.`),
    exists: (_, name) => conflict(`ModelCard with name ${name} already exists.`),
    without: ["Update", "Describe"],
    hooks: { describe: ({ fields }) => ({ ModelCardVersion: fields.ModelCardVersion ?? 1 }) },
  },
  {
    name: "ModelCardExportJob",
    type: "model-card-export-job",
    arnPrefix: "model-card",
    id: ["ModelCardName", "ModelCardExportJobName"],
    path: ([card, job]) => `${card}/export-job/${job}`,
    byArn: "ModelCardExportJobArn",
    statusField: "Status",
    ...sayings.doesNotExist("ModelCardExportJob"),
    exists: (_, name) => conflict(`ModelCardExportJob with name ${name} already exists.`),
    life: {
      create: [
        ["InProgress", 0],
        ["Completed", 1],
      ],
    },
    without: ["Create"],
    hooks: {
      filters: { ModelCardExportJobNameContains: (one, wanted) => one.name.includes(String(wanted)) },
      describe: ({ status, fields }) => (status === "Completed" ? { ExportArtifacts: fields.artifacts } : {}),
    },
  },
];
