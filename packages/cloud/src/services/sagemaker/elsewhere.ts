/**
 * Operations on things that exist only on AWS's side: marketplace subscriptions, reserved capacity, public catalogs.
 * Locally there are none of them: lists are empty, single ones are not found, and what would buy one says that it
 * is not supported.
 */
import { create } from "./engine/change.ts";
import { list } from "./engine/list.ts";
import { kindNamed, require } from "./engine/locate.ts";
import type { Operations } from "./engine/operations.ts";
import { notFound, unsupported, validation } from "./errors.ts";
import { randomName } from "./studio/domain.ts";

const capacity = "no capacity is reserved locally";

export const elsewhereOperations: Operations = {
  ListSubscribedWorkteams: () => ({ SubscribedWorkteams: [] }),
  DescribeSubscribedWorkteam(input) {
    throw validation(`The work team ${input.WorkteamArn} is not subscribed.`);
  },
  ListResourceCatalogs: () => ({ ResourceCatalogs: [] }),
  ListModelMetadata: () => ({ ModelMetadataSummaries: [] }),
  SearchTrainingPlanOfferings: () => ({ TrainingPlanOfferings: [], TrainingPlanExtensionOfferings: [] }),
  CreateTrainingPlan(input) {
    throw validation(
      `TrainingPlanOffering ${input.TrainingPlanOfferingId} does not exist: the Sagekeep local cloud offers no training plans.`,
    );
  },
  ExtendTrainingPlan: () => {
    throw unsupported("ExtendTrainingPlan", capacity);
  },
  ListTrainingPlans: () => ({ TrainingPlanSummaries: [] }),
  DescribeTrainingPlan(input) {
    throw notFound(`TrainingPlan ${input.TrainingPlanName} does not exist.`);
  },
  DescribeTrainingPlanExtensionHistory(input) {
    throw notFound(`TrainingPlan ${input.TrainingPlanArn} does not exist.`);
  },
  DescribeReservedCapacity(input) {
    throw notFound(`ReservedCapacity ${input.ReservedCapacityArn} does not exist.`);
  },
  ListUltraServersByReservedCapacity(input) {
    throw notFound(`ReservedCapacity ${input.ReservedCapacityArn} does not exist.`);
  },
  ListInferenceRecommendationsJobSteps(input, context) {
    require(kindNamed("InferenceRecommendationsJob"), input, context, "ListInferenceRecommendationsJobSteps");
    return { Steps: [] };
  },
  GetScalingConfigurationRecommendation(input, context) {
    const job = require(kindNamed("InferenceRecommendationsJob"), {
      JobName: input.InferenceRecommendationsJobName,
    }, context, "GetScalingConfigurationRecommendation");
    throw unsupported(
      "GetScalingConfigurationRecommendation",
      `the job ${job.name} measured no real endpoint`,
    );
  },
  RenderUiTemplate: () => {
    throw unsupported("RenderUiTemplate", "worker templates need the labeling portal to be rendered");
  },
  ListLabelingJobsForWorkteam(input, context) {
    const { WorkteamArn, ...rest } = input;
    return list(
      {
        ...kindNamed("LabelingJob"),
        hooks: {
          ...kindNamed("LabelingJob").hooks,
          filters: {
            WorkteamArn: (job) =>
              (job.input.HumanTaskConfig as { WorkteamArn?: string } | undefined)?.WorkteamArn ===
              WorkteamArn,
          },
        },
      },
      "ListLabelingJobsForWorkteam",
      { ...rest, WorkteamArn },
      context,
    );
  },
  StartSession: () => {
    throw unsupported(
      "StartSession",
      "remote access to a space needs the SSM session channel; use `sagekeep studio`",
    );
  },
  CreateAutoMLJobV2(input, context) {
    const kind = kindNamed("AutoMLJob");
    const job = create(kind, input, context);
    kind.hooks?.created?.(job, input, context);
    return { AutoMLJobArn: job.arn };
  },
  DescribeJobSchemaVersion: () => {
    throw unsupported("DescribeJobSchemaVersion", "the schemas of generic jobs are AWS's and not here");
  },
  ListJobSchemaVersions: () => {
    throw unsupported("ListJobSchemaVersions", "the schemas of generic jobs are AWS's and not here");
  },
  CreatePresignedNotebookInstanceUrl(input, context) {
    const one = require(kindNamed("NotebookInstance"), input, context, "CreatePresignedNotebookInstanceUrl");
    if (one.status !== "InService") {
      throw validation(`Notebook Instance ${one.arn} is in status ${one.status}. It must be InService.`);
    }
    return { AuthorizedUrl: `https://${one.fields.Url}?authToken=${randomName(64)}` };
  },
  CreatePresignedMlflowTrackingServerUrl(input, context) {
    const one = require(kindNamed(
      "MlflowTrackingServer",
    ), input, context, "CreatePresignedMlflowTrackingServerUrl");
    return {
      AuthorizedUrl: `https://${one.name.toLowerCase()}.${context.region}.experiments.sagemaker.aws/auth?authToken=${randomName(64)}`,
    };
  },
  CreatePresignedMlflowAppUrl(input, context) {
    const one = require(kindNamed("MlflowApp"), input, context, "CreatePresignedMlflowAppUrl");
    return {
      AuthorizedUrl: `https://${one.id[0]?.toLowerCase()}.${context.region}.experiments.sagemaker.aws/auth?authToken=${randomName(64)}`,
    };
  },
  CreatePartnerAppPresignedUrl(input, context) {
    const one = require(kindNamed("PartnerApp"), input, context, "CreatePartnerAppPresignedUrl");
    return {
      Url: `https://${one.id[0]?.toLowerCase()}.partner-app.${context.region}.sagemaker.aws/auth?authToken=${randomName(64)}`,
    };
  },
};
