/** Which actions on which stacks an operation needs ("Actions, resources, and condition keys for AWS CloudFormation"). */
import type { ReadContext } from "../../context.ts";
import type { AuthorizationTable, Check } from "../../service.ts";
import { StackSetTables } from "./stack-sets/state.ts";
import { StackTables } from "./state.ts";

interface Input {
  StackName?: string | undefined;
  ChangeSetName?: string | undefined;
  RoleARN?: string | undefined;
  TemplateURL?: string | undefined;
  StackPolicyURL?: string | undefined;
  Tags?: { Key?: string; Value?: string }[] | undefined;
  Parameters?: unknown;
}

/** The stack's ARN; of one that is not there, the ARN with any id. */
function stackArn(input: Input, context: ReadContext): string {
  const name = input.StackName;
  if (name === undefined) {
    const set = /:changeSet\/[^/]+\//.test(input.ChangeSetName ?? "")
      ? changeSetStack(input.ChangeSetName as string, context)
      : undefined;
    return set ?? context.arn("cloudformation", "stack/*/*");
  }
  if (name.startsWith("arn:")) return name;
  return new StackTables(context).find(name)?.id ?? context.arn("cloudformation", `stack/${name}/*`);
}

function changeSetStack(id: string, context: ReadContext): string | undefined {
  return context
    .table<{ id: string; stackId: string }>("cloudformation.change-set")
    .list()
    .find((one) => one.id === id)?.stackId;
}

function keys(input: Input): Record<string, string | string[]> {
  const found: Record<string, string | string[]> = {};
  if (input.RoleARN !== undefined) found["cloudformation:RoleArn"] = input.RoleARN;
  if (input.TemplateURL !== undefined) found["cloudformation:TemplateUrl"] = input.TemplateURL;
  if (input.StackPolicyURL !== undefined) found["cloudformation:StackPolicyUrl"] = input.StackPolicyURL;
  if (input.ChangeSetName !== undefined) found["cloudformation:ChangeSetName"] = input.ChangeSetName;
  const tags = input.Tags ?? [];
  if (tags.length > 0) found["aws:TagKeys"] = tags.map((one) => one.Key ?? "");
  for (const one of tags) found[`aws:RequestTag/${one.Key}`] = one.Value ?? "";
  return found;
}

function onStack(action: string) {
  return (input: Input, context: ReadContext): Check[] => {
    const checks: Check[] = [
      { action: `cloudformation:${action}`, resource: stackArn(input, context), context: keys(input) },
    ];
    if (input.RoleARN !== undefined) {
      checks.push({
        action: "iam:PassRole",
        resource: input.RoleARN,
        context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
      });
    }
    return checks;
  };
}

interface SetInput extends Input {
  StackSetName?: string | undefined;
  AdministrationRoleARN?: string | undefined;
}

function onStackSet(action: string) {
  return (input: SetInput, context: ReadContext): Check[] => {
    const name = input.StackSetName ?? "*";
    const found = new StackSetTables(context).find(name);
    const resource = context.arn("cloudformation", `stackset/${found?.id ?? `${name}:*`}`);
    const checks: Check[] = [{ action: `cloudformation:${action}`, resource, context: keys(input) }];
    if (input.AdministrationRoleARN !== undefined) {
      checks.push({
        action: "iam:PassRole",
        resource: input.AdministrationRoleARN,
        context: { "iam:PassedToService": "cloudformation.amazonaws.com" },
      });
    }
    return checks;
  };
}

function everywhere(action: string) {
  return (): Check[] => [{ action: `cloudformation:${action}`, resource: "*" }];
}

const ON_STACK = [
  "CancelUpdateStack",
  "ContinueUpdateRollback",
  "CreateChangeSet",
  "CreateStack",
  "DeleteChangeSet",
  "DeleteStack",
  "DescribeChangeSet",
  "DescribeEvents",
  "DescribeStackEvents",
  "DescribeStackResourceDrifts",
  "DetectStackDrift",
  "DetectStackResourceDrift",
  "DescribeStackResource",
  "DescribeStackResources",
  "ExecuteChangeSet",
  "GetStackPolicy",
  "GetTemplate",
  "ListChangeSets",
  "ListStackResources",
  "RollbackStack",
  "SetStackPolicy",
  "SignalResource",
  "UpdateStack",
  "UpdateTerminationProtection",
];
const ON_STACK_SET = [
  "CreateStackInstances",
  "CreateStackSet",
  "DeleteStackInstances",
  "DeleteStackSet",
  "DescribeStackInstance",
  "DescribeStackSet",
  "DescribeStackSetOperation",
  "ListStackInstances",
  "ListStackSetOperationResults",
  "ListStackSetOperations",
  "StopStackSetOperation",
  "UpdateStackInstances",
  "UpdateStackSet",
];
const EVERYWHERE = [
  "ActivateOrganizationsAccess",
  "DeactivateOrganizationsAccess",
  "DescribeAccountLimits",
  "DescribeOrganizationsAccess",
  "DescribeStackDriftDetectionStatus",
  "DescribeType",
  "ListExports",
  "ListImports",
  "ListStackSets",
  "ListStacks",
  "ListTypeRegistrations",
  "ListTypes",
  "ValidateTemplate",
];

export const authorization: AuthorizationTable = {
  ...Object.fromEntries(ON_STACK.map((one) => [one, onStack(one)])),
  ...Object.fromEntries(ON_STACK_SET.map((one) => [one, onStackSet(one)])),
  ...Object.fromEntries(EVERYWHERE.map((one) => [one, everywhere(one)])),
  DescribeStacks: (input: Input, context: ReadContext) =>
    input.StackName === undefined
      ? [{ action: "cloudformation:DescribeStacks", resource: context.arn("cloudformation", "stack/*/*") }]
      : onStack("DescribeStacks")(input, context),
  GetTemplateSummary: (input: Input, context: ReadContext) =>
    input.StackName === undefined
      ? [{ action: "cloudformation:GetTemplateSummary", resource: "*" }]
      : onStack("GetTemplateSummary")(input, context),
};
