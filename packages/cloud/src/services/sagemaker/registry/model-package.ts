/** Model packages: versions of a group, approval, policies of groups, and cards. */
import { compilePolicy, PolicyShapeError } from "@sagekeep/engine";
import type { CallContext } from "../../../context.ts";
import { actorOf } from "../engine/actor.ts";
import { draft, mergeUpdate, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, locate, require } from "../engine/locate.ts";
import { type Fields, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { validation } from "../errors.ts";

/** Name of a group given by name or ARN. */
const plain = (value: unknown) => String(value).split("/").pop() ?? "";

/** Ids of a new package: its own name, or its group's with the next version. */
export function packageName(input: Fields, context: CallContext): string[] {
  const { ModelPackageName, ModelPackageGroupName } = input;
  if (ModelPackageName !== undefined && ModelPackageGroupName !== undefined) {
    throw validation(
      "Both ModelPackageName and ModelPackageGroupName are provided in the input. Cannot determine which one to use.",
    );
  }
  if (ModelPackageGroupName === undefined) {
    if (ModelPackageName === undefined) throw validation("Missing ARN.");
    return [String(ModelPackageName)];
  }
  const group = plain(ModelPackageGroupName);
  const found = find(kindNamed("ModelPackageGroup"), [group], context);
  if (!found) throw validation("Model Package Group does not exist.");
  const counters = context.table<{ last: number }>("sagemaker.model-package-version");
  const last = (counters.get(group.toLowerCase())?.last ?? 0) + 1;
  counters.put(group.toLowerCase(), { last });
  return [found.name, String(last)];
}

export const packageHooks: Hooks = {
  create(resource, input) {
    const [name = "", version = ""] = resource.id;
    resource.name = name;
    const versioned = version !== "";
    if (versioned) resource.input.ModelPackageGroupName = name;
    resource.fields = {
      ...(versioned
        ? {
            ModelPackageVersion: Number(version),
            ModelPackageName: undefined,
            ModelApprovalStatus: input.ModelApprovalStatus ?? "PendingManualApproval",
          }
        : { ModelPackageName: name }),
    };
  },
  update(resource, input, context) {
    const { ModelApprovalStatus, AdditionalInferenceSpecificationsToAdd, ...rest } = input;
    mergeUpdate(kindNamed("ModelPackage"))(resource, { ...rest, ModelPackageArn: undefined });
    if (ModelApprovalStatus !== undefined) resource.fields.ModelApprovalStatus = ModelApprovalStatus;
    if (Array.isArray(AdditionalInferenceSpecificationsToAdd)) {
      const old = (resource.input.AdditionalInferenceSpecifications as unknown[] | undefined) ?? [];
      resource.input.AdditionalInferenceSpecifications = [...old, ...AdditionalInferenceSpecificationsToAdd];
    }
    resource.modified = context.now;
  },
  describe: (resource) => ({
    ModelPackageStatusDetails: { ValidationStatuses: [], ImageScanStatuses: [] },
    ModelPackageName: resource.id[1] === undefined ? resource.id[0] : `${resource.id[0]}/${resource.id[1]}`,
  }),
  filters: {
    ModelPackageGroupName: (one, wanted) => one.input.ModelPackageGroupName === plain(wanted),
    ModelPackageType: (one, wanted) =>
      wanted === "Both" || (wanted === "Versioned") === (one.input.ModelPackageGroupName !== undefined),
    ModelApprovalStatus: (one, wanted) => one.fields.ModelApprovalStatus === wanted,
  },
};

const groupKind = () => kindNamed("ModelPackageGroup");

export const registryOperations: Operations = {
  UpdateModelPackage(input, context) {
    const kind = kindNamed("ModelPackage");
    const located = locate(String(input.ModelPackageArn), context);
    if (located?.kind !== kind) throw validation(`ModelPackage ${input.ModelPackageArn} does not exist.`);
    const one = draft(located.resource);
    packageHooks.update?.(one, input, context);
    one.changedBy = actorOf(context);
    return { ModelPackageArn: save(kind, one, context).arn };
  },
  BatchDescribeModelPackage(input, context) {
    const summaries: Fields = {};
    const errors: Fields = {};
    for (const arn of input.ModelPackageArnList as string[]) {
      const located = locate(arn, context);
      if (located?.kind.name === "ModelPackage") {
        const members = membersOf(located.kind, located.resource, context);
        summaries[arn] = pick(members, [
          "ModelPackageGroupName",
          "ModelPackageVersion",
          "ModelPackageArn",
          "ModelPackageDescription",
          "CreationTime",
          "InferenceSpecification",
          "ModelPackageStatus",
          "ModelApprovalStatus",
        ]);
      } else {
        errors[arn] = {
          ErrorCode: "ValidationException",
          ErrorResponse: `ModelPackage ${arn} does not exist.`,
        };
      }
    }
    return { ModelPackageSummaries: summaries, BatchDescribeModelPackageErrorMap: errors };
  },
  PutModelPackageGroupPolicy(input, context) {
    const group = draft(require(groupKind(), input, context, "PutModelPackageGroupPolicy"));
    try {
      compilePolicy(JSON.parse(String(input.ResourcePolicy)), { name: group.name, kind: "resource" });
    } catch (error) {
      throw validation(
        error instanceof PolicyShapeError
          ? `Invalid resource policy: ${error.message}`
          : "Invalid resource policy: the policy is not valid JSON.",
      );
    }
    group.fields.ResourcePolicy = input.ResourcePolicy;
    return { ModelPackageGroupArn: save(groupKind(), group, context).arn };
  },
  GetModelPackageGroupPolicy(input, context) {
    const group = require(groupKind(), input, context, "GetModelPackageGroupPolicy");
    if (group.fields.ResourcePolicy === undefined) {
      throw validation(`Cannot find resource policy for: ${group.arn}`);
    }
    return { ResourcePolicy: group.fields.ResourcePolicy };
  },
  DeleteModelPackageGroupPolicy(input, context) {
    const group = draft(require(groupKind(), input, context, "DeleteModelPackageGroupPolicy"));
    delete group.fields.ResourcePolicy;
    save(groupKind(), group, context);
    return {};
  },
};
