/** Model package groups that steps make: the artifacts that domains and users are told apart by. */
import type { Bench } from "../../bench.ts";
import { call } from "../../model.ts";

const PREFIX = "lab2-";

export const groupName = (name: string) => `${PREFIX}${name}`;
const groupArn = (bench: Bench, name: string) =>
  `arn:aws:sagemaker:${bench.region}:${bench.account}:model-package-group/${groupName(name)}`;
/** The first version of a group. */
const versionArn = (bench: Bench, name: string, version = 1) =>
  `arn:aws:sagemaker:${bench.region}:${bench.account}:model-package/${groupName(name)}/${version}`;

/** Calls about one group, by the short name a step gives it. */
export function aboutGroup(bench: Bench, name: string) {
  const ModelPackageGroupName = groupName(name);
  const ModelPackageName = versionArn(bench, name);
  return {
    create: (team?: string) =>
      call("sagemaker", "CreateModelPackageGroup", {
        ModelPackageGroupName,
        ...(team && { Tags: [{ Key: "team", Value: team }] }),
      }),
    register: () =>
      call("sagemaker", "CreateModelPackage", {
        ModelPackageGroupName,
        InferenceSpecification: {
          Containers: [
            { Image: "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3" },
          ],
          SupportedContentTypes: ["text/csv"],
          SupportedResponseMIMETypes: ["text/csv"],
        },
        ModelApprovalStatus: "PendingManualApproval",
      }),
    describe: () => call("sagemaker", "DescribeModelPackageGroup", { ModelPackageGroupName }),
    remove: () => call("sagemaker", "DeleteModelPackageGroup", { ModelPackageGroupName }),
    describeVersion: () => call("sagemaker", "DescribeModelPackage", { ModelPackageName }),
    approve: () =>
      call("sagemaker", "UpdateModelPackage", {
        ModelPackageArn: ModelPackageName,
        ModelApprovalStatus: "Approved",
      }),
    removeVersion: () => call("sagemaker", "DeleteModelPackage", { ModelPackageName }),
    tag: (Key: string, Value: string) =>
      call("sagemaker", "AddTags", { ResourceArn: groupArn(bench, name), Tags: [{ Key, Value }] }),
    untag: (...TagKeys: string[]) =>
      call("sagemaker", "DeleteTags", { ResourceArn: groupArn(bench, name), TagKeys }),
  };
}

/** Removes every group the steps made, with its versions. */
export async function removeGroups({ admin }: Bench): Promise<void> {
  const { ModelPackageGroupSummaryList } = await admin.call("sagemaker", "ListModelPackageGroups", {
    NameContains: PREFIX,
  });
  for (const { ModelPackageGroupName = "" } of ModelPackageGroupSummaryList ?? []) {
    if (!ModelPackageGroupName.startsWith(PREFIX)) continue;
    const { ModelPackageSummaryList } = await admin.call("sagemaker", "ListModelPackages", {
      ModelPackageGroupName,
    });
    for (const { ModelPackageArn } of ModelPackageSummaryList ?? [])
      await admin.call("sagemaker", "DeleteModelPackage", { ModelPackageName: ModelPackageArn });
    await admin.call("sagemaker", "DeleteModelPackageGroup", { ModelPackageGroupName });
  }
}
