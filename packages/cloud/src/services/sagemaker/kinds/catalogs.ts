/** Feature groups and hubs: what teams publish for each other. */
import type { Kind } from "../engine/kind.ts";
import { inUse, notFound } from "../errors.ts";
import { featureGroupHooks } from "../platform/feature-group.ts";
import { serving } from "./life.ts";

export const catalogKinds: Kind[] = [
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
];
