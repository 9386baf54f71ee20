/** Repositories, their policies and tags. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */

import { randomBytes } from "node:crypto";
import type { Repository as RepositoryView } from "@aws-sdk/client-ecr";
import type { CallContext, ReadContext } from "../../../context.ts";
import { policyProblem } from "../../../gateway/compiled.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import {
  imageKey,
  images,
  imagesOf,
  invalid,
  pageOf,
  type Repository,
  registryOf,
  repositories,
  repository,
  repositoryArn,
  tagList,
} from "../state.ts";

const TOKEN_LIFE = 12 * 3_600_000;

const host = (context: ReadContext) => `${context.account}.dkr.ecr.${context.region}.amazonaws.com`;

const view = (one: Readonly<Repository>, context: ReadContext): RepositoryView => ({
  repositoryArn: repositoryArn(context, one.name),
  registryId: context.account,
  repositoryName: one.name,
  repositoryUri: `${host(context)}/${one.name}`,
  createdAt: new Date(one.created),
  imageTagMutability: one.mutability as "MUTABLE",
  ...(one.exclusionFilters && {
    imageTagMutabilityExclusionFilters: structuredClone(one.exclusionFilters) as [],
  }),
  imageScanningConfiguration: { scanOnPush: one.scanOnPush },
  encryptionConfiguration: { ...one.encryption } as { encryptionType: "AES256" },
});

function byArn(context: CallContext, arn: string): Readonly<Repository> {
  const [, , , , account = "", path = ""] = arn.split(":");
  if (account !== context.account || !path.startsWith("repository/")) {
    throw invalid("Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'");
  }
  return repository(context, path.slice("repository/".length));
}

const checkedPolicy = (text: string): string => {
  if (policyProblem(text, "resource") === undefined) return text;
  throw invalid(
    "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid repository policy provided'",
  );
};

export const repositoryOperations: Operations = {
  CreateRepository(input, context) {
    const name = input.repositoryName;
    if (
      !/^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name) ||
      name.length < 2 ||
      name.length > 256
    ) {
      throw invalid(
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*''",
      );
    }
    if (repositories(context).has(name)) {
      throw new AwsError(
        "RepositoryAlreadyExistsException",
        `The repository with name '${name}' already exists in the registry with id '${context.account}'`,
      );
    }
    const { encryptionType = "AES256", kmsKey } = input.encryptionConfiguration ?? {};
    const one = repositories(context).put(name, {
      name,
      created: context.now,
      mutability: input.imageTagMutability ?? "MUTABLE",
      ...(input.imageTagMutabilityExclusionFilters && {
        exclusionFilters: input.imageTagMutabilityExclusionFilters as [],
      }),
      scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
      encryption: {
        encryptionType,
        ...(encryptionType !== "AES256" && { kmsKey: kmsKey ?? context.arn("kms", "alias/aws/ecr") }),
      },
      tags: Object.fromEntries((input.tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
    });
    return { repository: view(one, context) };
  },

  DescribeRepositories(input, context) {
    const home = registryOf(context, input.registryId);
    const known = input.repositoryNames?.length
      ? input.repositoryNames.map((name) => repository(home, name))
      : repositories(home).list();
    const { items, next } = pageOf(known, input.maxResults ?? 100, input.nextToken);
    return { repositories: items.map((one) => view(one, home)), nextToken: next };
  },

  DeleteRepository(input, context) {
    const one = repository(context, input.repositoryName);
    const own = imagesOf(context, one.name);
    if (own.length && !input.force) {
      throw new AwsError(
        "RepositoryNotEmptyException",
        `The repository with name '${one.name}' in registry with id '${context.account}' cannot be deleted because it still contains images`,
      );
    }
    for (const image of own) images(context).delete(imageKey(one.name, image.digest));
    repositories(context).delete(one.name);
    return { repository: view(one, context) };
  },

  SetRepositoryPolicy(input, context) {
    const one = repository(context, input.repositoryName);
    const policyText = checkedPolicy(input.policyText);
    repositories(context).update(one.name, (draft) => {
      draft.policy = policyText;
    });
    return { registryId: context.account, repositoryName: one.name, policyText };
  },
  GetRepositoryPolicy(input, context) {
    const one = repository(registryOf(context, input.registryId), input.repositoryName);
    if (!one.policy) throw noPolicy(context, one.name);
    return { registryId: context.account, repositoryName: one.name, policyText: one.policy };
  },
  DeleteRepositoryPolicy(input, context) {
    const one = repository(context, input.repositoryName);
    if (!one.policy) throw noPolicy(context, one.name);
    repositories(context).update(one.name, (draft) => {
      delete draft.policy;
    });
    return { registryId: context.account, repositoryName: one.name, policyText: one.policy };
  },

  PutLifecyclePolicy(input, context) {
    const one = repository(context, input.repositoryName);
    try {
      if (!Array.isArray((JSON.parse(input.lifecyclePolicyText) as { rules?: unknown }).rules))
        throw new Error();
    } catch {
      throw invalid(
        "Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation failure'",
      );
    }
    repositories(context).update(one.name, (draft) => {
      draft.lifecycle = { text: input.lifecyclePolicyText, evaluated: 0 };
    });
    return {
      registryId: context.account,
      repositoryName: one.name,
      lifecyclePolicyText: input.lifecyclePolicyText,
    };
  },
  GetLifecyclePolicy(input, context) {
    const one = repository(context, input.repositoryName);
    if (!one.lifecycle) throw noLifecycle(context, one.name);
    return {
      registryId: context.account,
      repositoryName: one.name,
      lifecyclePolicyText: one.lifecycle.text,
      lastEvaluatedAt: new Date(one.lifecycle.evaluated),
    };
  },
  DeleteLifecyclePolicy(input, context) {
    const one = repository(context, input.repositoryName);
    if (!one.lifecycle) throw noLifecycle(context, one.name);
    repositories(context).update(one.name, (draft) => {
      delete draft.lifecycle;
    });
    return { registryId: context.account, repositoryName: one.name, lifecyclePolicyText: one.lifecycle.text };
  },

  PutImageTagMutability(input, context) {
    const one = repository(context, input.repositoryName);
    repositories(context).update(one.name, (draft) => {
      draft.mutability = input.imageTagMutability;
    });
    return {
      registryId: context.account,
      repositoryName: one.name,
      imageTagMutability: input.imageTagMutability,
    };
  },
  PutImageScanningConfiguration(input, context) {
    const one = repository(context, input.repositoryName);
    const scanOnPush = input.imageScanningConfiguration.scanOnPush ?? false;
    repositories(context).update(one.name, (draft) => {
      draft.scanOnPush = scanOnPush;
    });
    return {
      registryId: context.account,
      repositoryName: one.name,
      imageScanningConfiguration: { scanOnPush },
    };
  },

  /** The token opens no registry: the local cloud serves none. It has the form and life of ECR's. */
  GetAuthorizationToken(input, context) {
    const authorizationToken = Buffer.from(`AWS:${randomBytes(48).toString("base64url")}`).toString("base64");
    const expiresAt = new Date(context.now + TOKEN_LIFE);
    const ids = input.registryIds?.length ? input.registryIds : [context.account];
    return {
      authorizationData: ids.map((id) => ({
        authorizationToken,
        expiresAt,
        proxyEndpoint: `https://${host(context.in(id))}`,
      })),
    };
  },

  DescribeRegistry: (_, context) => ({
    registryId: context.account,
    replicationConfiguration: { rules: [] },
  }),

  TagResource({ resourceArn, tags }, context) {
    repositories(context).update(byArn(context, resourceArn).name, (draft) => {
      for (const { Key = "", Value = "" } of tags) draft.tags[Key] = Value;
    });
    return {};
  },
  UntagResource({ resourceArn, tagKeys }, context) {
    repositories(context).update(byArn(context, resourceArn).name, (draft) => {
      for (const key of tagKeys) delete draft.tags[key];
    });
    return {};
  },
  ListTagsForResource: ({ resourceArn }, context) => ({ tags: tagList(byArn(context, resourceArn).tags) }),
};

const noPolicy = (context: ReadContext, name: string) =>
  new AwsError(
    "RepositoryPolicyNotFoundException",
    `Repository policy does not exist for the repository with name '${name}' in the registry with id '${context.account}'`,
  );
const noLifecycle = (context: ReadContext, name: string) =>
  new AwsError(
    "LifecyclePolicyNotFoundException",
    `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${context.account}'`,
  );
