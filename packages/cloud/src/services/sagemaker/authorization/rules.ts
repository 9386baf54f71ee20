/**
 * What a caller must be allowed to do for each operation: the operation's own action on each resource it is about,
 * with all its condition keys; `sagemaker:AddTags` where it tags what it makes; `iam:PassRole` on every role.
 */
import type { ReadContext } from "../../../context.ts";
import type { AuthorizationTable, Check } from "../../../service.ts";
import { arnField, arnOf, type Kind } from "../engine/kind.ts";
import { idsIn, kindOfType } from "../engine/locate.ts";
import { type Fields, factsOf } from "../engine/model.ts";
import type { Tag } from "../engine/tags.ts";
import { conditionKeys } from "./condition-keys.ts";
import { passRoleChecks } from "./roles.ts";

/** ARNs that a request of an operation is about; `*` when IAM knows no resource for it. */
export function resourcesOf(operation: string, input: Fields, context: ReadContext): string[] {
  const special = SPECIAL[operation];
  if (special) return special(input, context);
  const types = factsOf(operation).on ?? [];
  if (types.length === 0) return ["*"];
  if (types[0] === "any") return [String(input.ResourceArn)];
  const arns = types.flatMap((type) => {
    const optional = type.endsWith("?");
    const kind = kindOfType(optional ? type.slice(0, -1) : type);
    const arn = kind && arnIn(kind, input, context);
    if (arn) return [arn];
    return optional || !kind ? [] : [context.arn("sagemaker", `${kind.arnPrefix ?? kind.type}/*`)];
  });
  return arns.length > 0 ? [...new Set(arns)] : ["*"];
}

function arnIn(kind: Kind, input: Fields, context: ReadContext): string | undefined {
  for (const member of [kind.byArn, arnField(kind)]) {
    const value = member === undefined ? undefined : input[member];
    if (typeof value === "string" && value.startsWith("arn:")) return value;
  }
  const ids = idsIn(kind, input);
  return ids && arnOf(kind, ids, context);
}

type Resources = (input: Fields, context: ReadContext) => string[];

const members =
  (...names: string[]): Resources =>
  (input) =>
    names.map((name) => String(input[name]));

const SPECIAL: Record<string, Resources> = {
  AddAssociation: members("SourceArn", "DestinationArn"),
  DeleteAssociation: members("SourceArn", "DestinationArn"),
  BatchDescribeModelPackage: (input) => (input.ModelPackageArnList as string[] | undefined) ?? ["*"],
  CreateApp: app,
  DeleteApp: app,
  DescribeApp: app,
  CreateModelPackage(input, context) {
    const name = input.ModelPackageGroupName ?? input.ModelPackageName;
    if (typeof name !== "string") return ["*"];
    const plain = name.startsWith("arn:") ? name.slice(name.lastIndexOf("/") + 1) : name;
    const versioned = input.ModelPackageGroupName !== undefined;
    return [context.arn("sagemaker", `model-package/${plain.toLowerCase()}${versioned ? "/*" : ""}`)];
  },
  DisassociateTrialComponent: (input, context) => [
    context.arn("sagemaker", `experiment-trial/${String(input.TrialName).toLowerCase()}`),
    context.arn("sagemaker", `experiment-trial-component/${String(input.TrialComponentName).toLowerCase()}`),
  ],
  StartSession: members("ResourceIdentifier"),
  RetryPipelineExecution: members("PipelineExecutionArn"),
  SendPipelineExecutionStepSuccess: (_, context) => [context.arn("sagemaker", "pipeline/*")],
  SendPipelineExecutionStepFailure: (_, context) => [context.arn("sagemaker", "pipeline/*")],
  RegisterDevices: devices,
  DeregisterDevices: devices,
  UpdateDevices: devices,
};

function app(input: Fields, context: ReadContext): string[] {
  const { DomainId, UserProfileName, SpaceName, AppType, AppName } = input;
  const owner = UserProfileName ?? SpaceName ?? "*";
  return [context.arn("sagemaker", `app/${DomainId}/${owner}/${AppType}/${AppName}`.toLowerCase())];
}

function devices(input: Fields, context: ReadContext): string[] {
  const listed = (input.Devices ?? input.DeviceNames ?? []) as ({ DeviceName?: string } | string)[];
  return listed.map((one) => {
    const name = typeof one === "string" ? one : one.DeviceName;
    return context.arn("sagemaker", `device-fleet/${input.DeviceFleetName}/device/${name}`.toLowerCase());
  });
}

/** Tags of a request as condition keys. */
export function tagKeys(input: Fields): Record<string, string | string[]> {
  const tags = input.Tags as Tag[] | undefined;
  const removed = input.TagKeys as string[] | undefined;
  if (!tags?.length) return removed?.length ? { "aws:TagKeys": removed } : {};
  const keys: Record<string, string | string[]> = { "aws:TagKeys": tags.map(({ Key }) => Key ?? "") };
  for (const { Key, Value } of tags) keys[`aws:RequestTag/${Key}`] = Value ?? "";
  return keys;
}

/** The checks of an operation. */
export function checksOf(operation: string, input: Fields, context: ReadContext): Check[] {
  const tags = tagKeys(input);
  const keys = { ...tags, ...conditionKeys(operation, input, context) };
  const resources = resourcesOf(operation, input, context);
  const checks: Check[] = resources.map((resource) => ({
    action: `sagemaker:${operation}`,
    resource,
    context: keys,
  }));
  const made = resources[0];
  if (operation !== "AddTags" && Array.isArray(input.Tags) && input.Tags.length > 0 && made) {
    checks.push({
      action: "sagemaker:AddTags",
      resource: made,
      context: { ...tags, "sagemaker:TaggingAction": operation },
    });
  }
  if (/^(Create|Update|Render|Start)/.test(operation)) checks.push(...passRoleChecks(input, made));
  return checks;
}

/** A rule for each of `operations`. */
export function rulesFor(operations: Iterable<string>): AuthorizationTable {
  const table: AuthorizationTable = {};
  for (const operation of operations) {
    table[operation] = (input: Fields, context: ReadContext) => checksOf(operation, input, context);
  }
  return table;
}
