/** Systems Manager: the Parameter Store. */
import type * as Ssm from "@aws-sdk/client-ssm";
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, Check, ResourceFacts, Service } from "../../service.ts";
import { noneAuthorization, noneOperations } from "./operations/none-of-these.ts";
import { readOperations } from "./operations/read.ts";
import { writeOperations } from "./operations/write.ts";
import { lookUp, parameterArn, splitName } from "./parameters.ts";

const parameter = (context: ReadContext, text: unknown): string => {
  const name = String(text);
  if (name.startsWith("arn:")) return name;
  const arn = parameterArn(context, splitName(name).name);
  return name.startsWith("/aws/service") ? arn.replace(`:${context.account}:`, "::") : arn;
};

const one = (action: string) => (input: { Name?: unknown }, context: ReadContext) => [
  { action: `ssm:${action}`, resource: parameter(context, input.Name) },
];
const each = (action: string) => (input: { Names?: unknown[] }, context: ReadContext) =>
  (input.Names ?? []).map((name) => ({ action: `ssm:${action}`, resource: parameter(context, name) }));

interface Tag {
  Key?: string;
  Value?: string;
}
const tagKeys = (tags: readonly Tag[] | undefined): Record<string, string | string[]> =>
  tags?.length
    ? {
        "aws:TagKeys": tags.map((tag) => String(tag.Key)),
        ...Object.fromEntries(tags.map((tag) => [`aws:RequestTag/${tag.Key}`, String(tag.Value)])),
      }
    : {};

const tagging =
  (action: string) =>
  (input: { ResourceId?: unknown; Tags?: Tag[]; TagKeys?: string[] }, context: ReadContext): Check[] => [
    {
      action: `ssm:${action}`,
      resource: parameter(context, input.ResourceId),
      context: input.TagKeys?.length ? { "aws:TagKeys": input.TagKeys } : tagKeys(input.Tags),
    },
  ];

const authorization: AuthorizationTable = {
  GetParameter: one("GetParameter"),
  GetParameters: each("GetParameters"),
  GetParametersByPath: (input: { Path?: unknown; Recursive?: boolean }, context) => [
    {
      action: "ssm:GetParametersByPath",
      resource: parameter(context, input.Path),
      context: { "ssm:Recursive": String(input.Recursive ?? false) },
    },
  ],
  GetParameterHistory: one("GetParameterHistory"),
  DescribeParameters: (_, context) => [
    { action: "ssm:DescribeParameters", resource: context.arn("ssm", "*") },
  ],
  PutParameter(input: { Name?: unknown; Overwrite?: boolean; Tags?: Tag[]; Policies?: string }, context) {
    const resource = parameter(context, input.Name);
    const keys = {
      "ssm:Overwrite": String(input.Overwrite ?? false),
      ...(input.Policies && { "ssm:Policies": input.Policies }),
      ...tagKeys(input.Tags),
    };
    const checks: Check[] = [{ action: "ssm:PutParameter", resource, context: keys }];
    if (input.Tags?.length) {
      checks.push({ action: "ssm:AddTagsToResource", resource, context: tagKeys(input.Tags) });
    }
    return checks;
  },
  DeleteParameter: one("DeleteParameter"),
  DeleteParameters: each("DeleteParameters"),
  LabelParameterVersion: one("LabelParameterVersion"),
  UnlabelParameterVersion: one("UnlabelParameterVersion"),
  AddTagsToResource: tagging("AddTagsToResource"),
  RemoveTagsFromResource: tagging("RemoveTagsFromResource"),
  ListTagsForResource: tagging("ListTagsForResource"),
};

export const service: Service<typeof Ssm> = {
  key: "ssm",
  actionPrefix: "ssm",
  principal: "ssm.amazonaws.com",
  operations: { ...readOperations, ...writeOperations, ...noneOperations },
  authorization: { ...authorization, ...noneAuthorization },
  resource(arn, context): ResourceFacts | undefined {
    const match = /^arn:[^:]*:ssm:([^:]*):(\d*):parameter\/(.+)$/.exec(arn);
    if (!match) return undefined;
    const [, region = "", account = "", name = ""] = match;
    const home = context.in(account, region);
    const record = lookUp(home, `/${name}`) ?? lookUp(home, name);
    return record && { account, tags: { ...record.tags } };
  },
};
