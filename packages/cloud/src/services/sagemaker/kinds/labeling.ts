/** Work that people do: labeling jobs, review flows, workforces and their teams. */
import type { Kind } from "../engine/kind.ts";
import type { Fields } from "../engine/model.ts";
import { inUse, notFound, validation } from "../errors.ts";
import { hostLabel, trusted } from "./shared-hooks.ts";

export const labelingKinds: Kind[] = [
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
        SubDomain: `${hostLabel(resource.arn)}.labeling.${context.region}.sagemaker.aws`,
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
        SubDomain: `${hostLabel(resource.arn)}.labeling.${context.region}.sagemaker.aws`,
      }),
    },
  },
];
