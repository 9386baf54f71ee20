/** Amazon ECR: repositories with their policies, and image manifests. */
import type * as Ecr from "@aws-sdk/client-ecr";
import type { AuthorizationRule, Check, Service } from "../../service.ts";
import { imageOperations } from "./operations/images.ts";
import { repositoryOperations } from "./operations/repositories.ts";
import { repositories, repositoryArn } from "./state.ts";

interface Input {
  registryId?: string;
  repositoryName?: string;
  repositoryNames?: string[];
  resourceArn?: string;
  tags?: { Key?: string; Value?: string }[];
  tagKeys?: string[];
}

const tagKeys = ({ tags, tagKeys: keys }: Input): Record<string, string | string[]> => {
  if (keys?.length) return { "aws:TagKeys": keys };
  if (!tags?.length) return {};
  return {
    "aws:TagKeys": tags.map((tag) => String(tag.Key)),
    ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
  };
};

const rule =
  (name: string): AuthorizationRule<Input> =>
  (input, context) => {
    const action = `ecr:${name}`;
    if (["GetAuthorizationToken", "DescribeRegistry"].includes(name)) return [{ action, resource: "*" }];
    const home = input.registryId ? context.in(input.registryId) : context;
    const names = input.repositoryNames ?? (input.repositoryName ? [input.repositoryName] : []);
    const resources = input.resourceArn
      ? [input.resourceArn]
      : names.length
        ? names.map((one) => repositoryArn(home, one))
        : [repositoryArn(home, "*")];
    const facts = name === "CreateRepository" ? { facts: { account: context.account } } : {};
    const checks: Check[] = resources.map((resource) => ({
      action,
      resource,
      context: tagKeys(input),
      ...facts,
    }));
    if (name === "CreateRepository" && input.tags?.length) {
      checks.push({ action: "ecr:TagResource", resource: resources[0]!, context: tagKeys(input), ...facts });
    }
    return checks;
  };

const operations = { ...repositoryOperations, ...imageOperations };

export const service: Service<typeof Ecr> = {
  key: "ecr",
  actionPrefix: "ecr",
  principal: "ecr.amazonaws.com",
  operations,
  authorization: Object.fromEntries(Object.keys(operations).map((name) => [name, rule(name)])),
  resource(arn, context) {
    const match = /^arn:[^:]*:ecr:([^:]*):(\d*):repository\/(.+)$/.exec(arn);
    if (!match) return undefined;
    const [, region = "", account = "", name = ""] = match;
    const one = repositories(context.in(account, region)).get(name);
    return (
      one && {
        account,
        tags: { ...one.tags },
        ...(one.policy && { policy: { name: one.name, document: one.policy } }),
      }
    );
  },
};
