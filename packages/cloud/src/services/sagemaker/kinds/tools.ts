/** Tools beside Studio: partner apps, MLflow, projects. */
import type { Kind } from "../engine/kind.ts";
import { conflict, validation } from "../errors.ts";
import { projectHooks } from "../platform/project.ts";
import { randomName } from "../studio/domain.ts";
import { sayings, serving } from "./life.ts";
import { hostLabel, trusted } from "./shared-hooks.ts";

export const toolKinds: Kind[] = [
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
        TrackingServerUrl: `https://${hostLabel(resource.arn)}.${context.region}.experiments.sagemaker.aws`,
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
];
