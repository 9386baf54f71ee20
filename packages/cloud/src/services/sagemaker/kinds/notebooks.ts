/** Images, notebook instances and the repositories they clone. */

import type { Kind } from "../engine/kind.ts";
import type { Fields } from "../engine/model.ts";
import { inUse, notFound, validation } from "../errors.ts";
import { imageHooks, imageVersionHooks, newImageVersion } from "../platform/image.ts";
import { notebookHooks } from "../platform/notebook.ts";
import { serving } from "./life.ts";
import { notebookUsage } from "./usage.ts";

const upper = serving("CREATING", "CREATED", "DELETING", "UPDATING");

export const notebookKinds: Kind[] = [
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
];
