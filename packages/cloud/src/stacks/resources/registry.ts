/** ECR repositories. */
import { isMap } from "../template/value.ts";
import { declared, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, tagList } from "./tags.ts";

const service = "ecr";

/** CloudFormation's structures spell members with a capital. */
function lowered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lowered);
  if (!isMap(value as never)) return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, one]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      lowered(one),
    ]),
  );
}

const repositoryArn = ({ id, r }: Work): string =>
  `arn:${r.partition}:ecr:${r.region}:${r.account}:repository/${id}`;

const lifecycleText = ({ p }: Work): string =>
  isMap(p.LifecyclePolicy) ? text(p.LifecyclePolicy.LifecyclePolicyText) : "";

export const registryTypes: HandlerTable = {
  "AWS::ECR::Repository": declared({
    service,
    create: {
      op: "CreateRepository",
      input: ({ p, r }) => ({
        repositoryName: p.RepositoryName ?? r.generatedName(256, { lower: true }),
        imageTagMutability: p.ImageTagMutability,
        imageTagMutabilityExclusionFilters: lowered(p.ImageTagMutabilityExclusionFilters),
        imageScanningConfiguration: lowered(p.ImageScanningConfiguration),
        encryptionConfiguration: lowered(p.EncryptionConfiguration),
        tags: tagList(p, r),
      }),
    },
    id: (output) => output.repository.repositoryName,
    steps: [
      {
        of: ["RepositoryPolicyText"],
        run: async ({ id, p, r }) => {
          const policy = policyText(p.RepositoryPolicyText);
          if (policy === undefined) await r.call(service, "DeleteRepositoryPolicy", { repositoryName: id });
          else await r.call(service, "SetRepositoryPolicy", { repositoryName: id, policyText: policy });
        },
      },
      {
        of: ["LifecyclePolicy"],
        run: async (work) => {
          const { id, r } = work;
          const lifecyclePolicyText = lifecycleText(work);
          if (lifecyclePolicyText === "")
            await r.call(service, "DeleteLifecyclePolicy", { repositoryName: id });
          else await r.call(service, "PutLifecyclePolicy", { repositoryName: id, lifecyclePolicyText });
        },
      },
      {
        of: ["ImageTagMutability", "ImageTagMutabilityExclusionFilters"],
        updateOnly: true,
        op: "PutImageTagMutability",
        input: ({ id, p }) => ({
          repositoryName: id,
          imageTagMutability: p.ImageTagMutability ?? "MUTABLE",
          imageTagMutabilityExclusionFilters: lowered(p.ImageTagMutabilityExclusionFilters),
        }),
      },
      {
        of: ["ImageScanningConfiguration"],
        updateOnly: true,
        op: "PutImageScanningConfiguration",
        input: ({ id, p }) => ({
          repositoryName: id,
          imageScanningConfiguration: lowered(p.ImageScanningConfiguration) ?? { scanOnPush: false },
        }),
      },
      // only the deletion looks at it
      { of: ["EmptyOnDelete"], updateOnly: true },
    ],
    describe: {
      op: "DescribeRepositories",
      input: ({ id }) => ({ repositoryNames: [id] }),
      pick: (output) => output.repositories?.[0],
    },
    attributes: (one, work) => ({
      Arn: repositoryArn(work),
      ...pick({ RepositoryUri: one.repositoryUri }, "RepositoryUri"),
    }),
    delete: {
      op: "DeleteRepository",
      input: ({ id, p }) => ({ repositoryName: id, force: p.EmptyOnDelete === true }),
    },
    nameProperty: "RepositoryName",
    tags: {
      put: (work, tags) =>
        work.r.call(service, "TagResource", { resourceArn: repositoryArn(work), tags: keyValues(tags) }),
      remove: (work, tagKeys) =>
        work.r.call(service, "UntagResource", { resourceArn: repositoryArn(work), tagKeys }),
    },
  }),
};
