/**
 * Further permissions a SageMaker action needs, and when. The Service Authorization Reference lists none for these
 * actions, so the table is written by hand from the Developer Guide's permission tables.
 *
 * Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/api-permissions-reference.html,
 * https://docs.aws.amazon.com/sagemaker/latest/dg/security-iam.html (tagging and passing roles) and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import { action } from "./catalogue.ts";

/** A permission that is checked beside the action's own. */
export interface DependentAction {
  readonly action: string;
  /** The request parameters (dotted paths) any of which makes it necessary; empty when it always is. */
  readonly when: readonly string[];
}

const pass = (...when: string[]): DependentAction => ({ action: "iam:PassRole", when });
const tag: DependentAction = { action: "sagemaker:AddTags", when: ["Tags"] };
const grant = (...when: string[]): DependentAction => ({ action: "kms:CreateGrant", when });
const describeKey = (...when: string[]): DependentAction => ({ action: "kms:DescribeKey", when });

const jobs: readonly (readonly [name: string, key: string, role?: string])[] = [
  ["CreateTrainingJob", "ResourceConfig.VolumeKmsKeyId"],
  ["CreateProcessingJob", "ProcessingResources.ClusterConfig.VolumeKmsKeyId"],
  ["CreateTransformJob", "TransformResources.VolumeKmsKeyId", ""],
  [
    "CreateHyperParameterTuningJob",
    "TrainingJobDefinition.ResourceConfig.VolumeKmsKeyId",
    "TrainingJobDefinition.RoleArn",
  ],
  ["CreateAutoMLJob", "AutoMLJobConfig.SecurityConfig.VolumeKmsKeyId"],
  ["CreateAutoMLJobV2", "SecurityConfig.VolumeKmsKeyId"],
  ["CreateCompilationJob", ""],
  ["CreateLabelingJob", "LabelingJobAlgorithmsConfig.LabelingJobResourceConfig.VolumeKmsKeyId"],
  ["CreateNotebookInstance", "KmsKeyId"],
  ["CreateModel", "", "ExecutionRoleArn"],
  ["CreateEndpointConfig", "KmsKeyId", ""],
  ["CreatePipeline", ""],
  ["CreateFeatureGroup", "OnlineStoreConfig.SecurityConfig.KmsKeyId"],
  ["CreateImage", ""],
  ["CreateInferenceExperiment", "KmsKey"],
];

const table = new Map<string, readonly DependentAction[]>(
  jobs.map(([name, key, role = "RoleArn"]) => [
    `sagemaker:${name}`,
    [...(role === "" ? [] : [pass(role)]), tag, ...(key === "" ? [] : [grant(key), describeKey(key)])],
  ]),
);
table.set("sagemaker:CreateDomain", [
  pass("DefaultUserSettings.ExecutionRole", "DefaultSpaceSettings.ExecutionRole"),
  tag,
  grant("KmsKeyId"),
  describeKey("KmsKeyId"),
]);
table.set("sagemaker:UpdateDomain", [
  pass("DefaultUserSettings.ExecutionRole", "DefaultSpaceSettings.ExecutionRole"),
]);
table.set("sagemaker:CreateUserProfile", [pass("UserSettings.ExecutionRole"), tag]);
table.set("sagemaker:UpdateUserProfile", [pass("UserSettings.ExecutionRole")]);
table.set("sagemaker:UpdateNotebookInstance", [pass("RoleArn")]);
table.set("sagemaker:UpdatePipeline", [pass("RoleArn")]);
for (const name of [
  "CreateApp",
  "CreateSpace",
  "CreateEndpoint",
  "CreateModelPackage",
  "CreateModelPackageGroup",
]) {
  table.set(`sagemaker:${name}`, [tag]);
}

/**
 * What else an action needs: the hand-written table first, else what the Service Authorization Reference lists.
 *
 * @example dependentActions("sagemaker:CreateUserProfile")[0] // iam:PassRole when UserSettings.ExecutionRole is given
 */
export function dependentActions(name: string): readonly DependentAction[] {
  const info = action(name);
  if (info === undefined) return [];
  return (
    table.get(info.action) ?? info.dependentActions.map((dependent) => ({ action: dependent, when: [] }))
  );
}

/** Every action of the hand-written table. */
export const actionsWithDependents: readonly string[] = [...table.keys()];
