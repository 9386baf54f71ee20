/** IAM Identity Center: workforce users' way into accounts and applications. */
import type * as Sdk from "@aws-sdk/client-sso-admin";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, Check, Service } from "../../service.ts";
import { applicationOperations } from "./applications.ts";
import { instanceOperations } from "./instances.ts";
import { applications, instances, permissionSets } from "./state.ts";

const operations = { ...instanceOperations, ...applicationOperations };

/** What an operation names: instance, permission set, account, application. */
function arnsOf(input: Record<string, unknown>): string[] {
  const arns: string[] = [];
  for (const name of [
    "InstanceArn",
    "PermissionSetArn",
    "ApplicationArn",
    "ApplicationProviderArn",
    "ResourceArn",
  ]) {
    const value = input[name];
    if (typeof value === "string") arns.push(value);
  }
  const account = input.TargetId ?? input.AccountId;
  if (typeof account === "string") arns.push(`arn:aws:sso:::account/${account}`);
  return arns.length > 0 ? arns : ["*"];
}

const authorization: AuthorizationTable = Object.fromEntries(
  Object.keys(operations).map((operation) => [
    operation,
    (input: Record<string, unknown>, context: ReadContext): Check[] => {
      const keys: Record<string, string | string[]> = {};
      if (Array.isArray(input.Tags)) {
        const tags = input.Tags as { Key?: string; Value?: string }[];
        keys["aws:TagKeys"] = tags.map((tag) => tag.Key ?? "");
        for (const tag of tags) keys[`aws:RequestTag/${tag.Key}`] = tag.Value ?? "";
      }
      if (Array.isArray(input.TagKeys)) keys["aws:TagKeys"] = input.TagKeys as string[];
      return arnsOf(input).map((resource) => {
        const row =
          instances(context).get(resource) ??
          permissionSets(context).get(resource) ??
          applications(context).get(resource);
        const tags = Object.fromEntries((row?.tags ?? []).map((tag) => [tag.Key, tag.Value]));
        return {
          action: `sso:${operation}`,
          resource,
          context: keys,
          // their ARNs name no account: they are the caller's
          facts: { account: context.account, tags },
        };
      });
    },
  ]),
);

export const service: Service<typeof Sdk> = {
  key: "sso-admin",
  actionPrefix: "sso",
  principal: "sso.amazonaws.com",
  operations,
  authorization,
};
