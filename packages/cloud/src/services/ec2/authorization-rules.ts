/**
 * Building blocks of EC2's authorization: an action is authorized on each resource it touches, with its condition
 * keys; making something with tags also needs `ec2:CreateTags` on it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationRule, Check } from "../../service.ts";
import { arnOf, type Kind, tableOf } from "./kind.ts";
import type { Entity } from "./records.ts";
import type { TagSpecificationInput } from "./tagging.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs differ by operation
export type Input = any;
type Context = Record<string, string | string[] | undefined>;

/** A resource of one request, before the action is known. */
export interface Target {
  resource: string;
  context?: Context;
  facts?: Check["facts"];
}
export type Targets = (input: Input, context: ReadContext, operation: string) => Target[];

const listOf = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.map(String)
    : value === undefined || value === null || value === ""
      ? []
      : [String(value)];

/** A resource of `kind` by its id: what is there already. */
export function target<R extends Entity>(context: ReadContext, kind: Kind<R>, id: string): Target {
  const record = tableOf(context, kind).get(id);
  const resource = arnOf(context, kind.type, id);
  if (!record) return { resource };
  const vpc = kind.vpcOf?.(record);
  return {
    resource,
    context: {
      ...(vpc && { "ec2:Vpc": arnOf(context, "vpc", vpc) }),
      ...kind.conditions?.(record, context),
    },
  };
}

/** The resources whose ids are in a member (or list) of the input. */
export const existing =
  <R extends Entity>(
    kind: Kind<R>,
    pick: string | ((input: Input, context: ReadContext) => unknown),
    keys?: (input: Input, context: ReadContext) => Context,
  ): Targets =>
  (input, context) =>
    listOf(typeof pick === "string" ? input[pick] : pick(input, context)).map((id) => {
      const one = target(context, kind, id);
      return keys ? { ...one, context: { ...one.context, ...keys(input, context) } } : one;
    });

/** A resource that the request makes; its tags are the request's for that type. */
export const made =
  (type: string, keys?: (input: Input, context: ReadContext) => Context): Targets =>
  (input, context) => [
    {
      resource: arnOf(context, type, "*"),
      context: { ...requestTags(input.TagSpecifications, type), ...keys?.(input, context) },
      facts: { account: context.account },
    },
  ];

/** `aws:RequestTag/…` and `aws:TagKeys` of a list of tags; nothing without tags. */
export function tagContext(tags: readonly { Key?: string; Value?: string }[] | undefined): Context {
  if (!tags?.length) return {};
  const context: Context = { "aws:TagKeys": tags.map((one) => String(one.Key ?? "")) };
  for (const { Key, Value } of tags) context[`aws:RequestTag/${Key ?? ""}`] = String(Value ?? "");
  return context;
}

const requestTags = (specifications: TagSpecificationInput[] | undefined, type: string): Context =>
  tagContext(
    Array.isArray(specifications)
      ? (specifications.filter((one) => one?.ResourceType === type).flatMap((one) => one.Tags ?? []) as [])
      : [],
  );

/** What a Modify call sets: `ec2:Attribute` are its names, `ec2:Attribute/Name` a value. Ids say where, not what. */
function attributeKeys(input: Input): Context {
  const keys: Context = {};
  const names: string[] = [];
  for (const [name, given] of Object.entries((input ?? {}) as Record<string, unknown>)) {
    if (given === undefined || name === "DryRun" || name === "ClientToken" || /Ids?$/.test(name)) continue;
    names.push(name);
    const value = given !== null && typeof given === "object" && "Value" in given ? given.Value : given;
    if (["string", "number", "boolean"].includes(typeof value)) keys[`ec2:Attribute/${name}`] = String(value);
  }
  return names.length ? { "ec2:Attribute": names, ...keys } : {};
}

/** The rule of an operation that touches these; none at all is `*`. */
export const on =
  (operation: string, ...targets: Targets[]): AuthorizationRule<Input> =>
  (input, context) => {
    const region: Context = { "ec2:Region": context.region };
    const attributes = /^Modify/.test(operation) ? attributeKeys(input) : {};
    const checks: Check[] = targets
      .flatMap((one) => one(input, context, operation))
      .map(({ resource, context: keys, facts }) => ({
        action: `ec2:${operation}`,
        resource,
        context: { ...region, ...attributes, ...keys },
        ...(facts && { facts }),
      }));
    if (checks.length === 0) checks.push({ action: `ec2:${operation}`, resource: "*", context: region });
    for (const one of Array.isArray(input.TagSpecifications) ? input.TagSpecifications : []) {
      if (!one?.ResourceType || !one.Tags?.length) continue;
      checks.push({
        action: "ec2:CreateTags",
        resource: arnOf(context, one.ResourceType, "*"),
        context: { ...region, ...tagContext(one.Tags), "ec2:CreateAction": operation },
        facts: { account: context.account },
      });
    }
    return checks;
  };
