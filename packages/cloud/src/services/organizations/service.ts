/** Organizations: accounts in a tree, and the policies that bind them. */
import type * as Sdk from "@aws-sdk/client-organizations";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, ResourceFacts, Service } from "../../service.ts";
import { accountOperations } from "./accounts.ts";
import { membershipOf } from "./directory.ts";
import { nodes, policies } from "./state.ts";
import { trustedServiceOperations } from "./trusted-services.ts";
import { unitAndPolicyOperations } from "./units-and-policies.ts";

const operations = { ...accountOperations, ...unitAndPolicyOperations, ...trustedServiceOperations };

/** Inputs that name something with an ARN, in the order in which they are judged. */
const NAMED = [
  "PolicyId",
  "TargetId",
  "AccountId",
  "OrganizationalUnitId",
  "ParentId",
  "RootId",
  "ResourceId",
  "DestinationParentId",
  "SourceParentId",
] as const;

function arnsOf(input: Record<string, unknown>, context: ReadContext): string[] {
  const found = membershipOf(context.account, context);
  if (!found) return [];
  const { id } = found.organization;
  return NAMED.flatMap((name) => {
    const value = input[name];
    if (typeof value !== "string") return [];
    return (policies(context, id).get(value) ?? nodes(context, id).get(value))?.arn ?? [];
  });
}

/** Organizations' actions take the things they name, and `*` where they name none. */
const authorization: AuthorizationTable = Object.fromEntries(
  Object.keys(operations).map((operation) => [
    operation,
    (input: Record<string, unknown>, context: ReadContext) => {
      const keys: Record<string, string | string[]> = {};
      const type = input.PolicyType ?? input.Filter ?? input.Type;
      if (typeof type === "string") keys["organizations:PolicyType"] = type;
      if (typeof input.ServicePrincipal === "string") {
        keys["organizations:ServicePrincipal"] = input.ServicePrincipal;
      }
      if (Array.isArray(input.Tags)) {
        const tags = input.Tags as { Key?: string; Value?: string }[];
        keys["aws:TagKeys"] = tags.map((tag) => tag.Key ?? "");
        for (const tag of tags) keys[`aws:RequestTag/${tag.Key}`] = tag.Value ?? "";
      }
      if (Array.isArray(input.TagKeys)) keys["aws:TagKeys"] = input.TagKeys as string[];
      const arns = arnsOf(input, context);
      return (arns.length > 0 ? arns : ["*"]).map((resource) => ({
        action: `organizations:${operation}`,
        resource,
        context: keys,
      }));
    },
  ]),
);

export const service: Service<typeof Sdk> = {
  key: "organizations",
  actionPrefix: "organizations",
  principal: "organizations.amazonaws.com",
  operations,
  authorization,
  resource(arn, context): ResourceFacts | undefined {
    const [, , , , owner = "", resource = ""] = arn.split(":");
    const parts = resource.split("/");
    // AWS's own policies belong to whoever uses them
    if (owner === "aws") return { account: context.caller.account };
    const id = parts.at(-1) ?? "";
    const organization = parts[1] ?? "";
    const found = policies(context, organization).get(id) ?? nodes(context, organization).get(id);
    if (!found) return undefined;
    return { account: owner, tags: Object.fromEntries(found.tags.map((tag) => [tag.Key, tag.Value])) };
  },
};
