/** Looking at stacks, their resources, events, exports. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import type { ResourceRecord, StackRecord } from "../../../stacks/engine/records.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import { policyText } from "../stack-options.ts";
import { existingStack, StackTables, stackKey, stackNamed } from "../state.ts";
import { drifts } from "../state-drift.ts";
import { eventView, resourceView, stackView } from "../views.ts";

const newestFirst = (a: StackRecord, b: StackRecord): number => b.createdAt - a.createdAt;

function resourceOf(context: CallContext, stackName: string | undefined, logicalId: string | undefined) {
  const tables = new StackTables(context);
  const stack = tables.find(stackName ?? "");
  if (!stack) throw validationError(`Stack '${stackName}' does not exist`);
  const resource = tables.resources.get(tables.resourceKey(stack.id, logicalId ?? ""));
  if (!resource) throw validationError(`Resource ${logicalId} does not exist for stack ${stack.name}`);
  return { stack, resource };
}

function withStack(stack: Readonly<StackRecord>, resource: Readonly<ResourceRecord>, context: CallContext) {
  return { StackName: stack.name, StackId: stack.id, ...viewed(stack, resource, context) };
}

function viewed(stack: Readonly<StackRecord>, resource: Readonly<ResourceRecord>, context: CallContext) {
  const key = new StackTables(context).resourceKey(stack.id, resource.logicalId);
  return resourceView(resource, drifts(context).get(key));
}

export const describeOperations = {
  DescribeStacks(input, context) {
    const tables = new StackTables(context);
    if (input.StackName) return { Stacks: [stackView(stackNamed(tables, input.StackName))] };
    const all = tables.stacks
      .list()
      .filter((one) => one.status !== "DELETE_COMPLETE")
      .sort(newestFirst);
    const { items, NextToken } = page(all, input.NextToken, 100);
    return { Stacks: items.map(stackView), NextToken };
  },

  ListStacks(input, context) {
    const wanted = new Set<string>(input.StackStatusFilter ?? []);
    const all = new StackTables(context).stacks
      .list()
      .filter((one) => wanted.size === 0 || wanted.has(one.status))
      .sort(newestFirst);
    const { items, NextToken } = page(all, input.NextToken, 100);
    return {
      StackSummaries: items.map((stack) => {
        const {
          StackId,
          StackName,
          CreationTime,
          StackStatus,
          LastUpdatedTime,
          DeletionTime,
          StackStatusReason,
          ParentId,
          RootId,
          DriftInformation,
        } = stackView(stack);
        return {
          StackId,
          StackName,
          ...(stack.description === undefined ? {} : { TemplateDescription: stack.description }),
          CreationTime,
          ...(LastUpdatedTime ? { LastUpdatedTime } : {}),
          ...(DeletionTime ? { DeletionTime } : {}),
          StackStatus,
          ...(StackStatusReason ? { StackStatusReason } : {}),
          ...(ParentId ? { ParentId } : {}),
          ...(RootId ? { RootId } : {}),
          DriftInformation,
        };
      }),
      NextToken,
    };
  },

  DescribeStackEvents(input, context) {
    const tables = new StackTables(context);
    const stack = tables.find(input.StackName ?? "");
    if (!stack) throw validationError(`Stack [${input.StackName}] does not exist`);
    const all = tables.events.list({ prefix: `${stackKey(stack.id)}#` }).reverse();
    const { items, NextToken } = page(all, input.NextToken, 100);
    return { StackEvents: items.map((one) => eventView(stack, one)), NextToken };
  },

  DescribeStackResource(input, context) {
    const { stack, resource } = resourceOf(context, input.StackName, input.LogicalResourceId);
    return {
      StackResourceDetail: {
        ...withStack(stack, resource, context),
        LastUpdatedTimestamp: new Date(resource.updatedAt),
        Metadata: resource.metadata ?? "{}",
      },
    };
  },

  DescribeStackResources(input, context) {
    const tables = new StackTables(context);
    let stack: Readonly<StackRecord> | undefined;
    if (input.StackName !== undefined) stack = stackNamed(tables, input.StackName);
    else if (input.PhysicalResourceId !== undefined) {
      const id = input.PhysicalResourceId;
      stack = tables.stacks
        .list()
        .find(
          (one) =>
            one.status !== "DELETE_COMPLETE" &&
            tables.resourcesOf(one.id).some((resource) => resource.physicalId === id),
        );
      if (!stack) throw validationError(`Stack for ${id} does not exist`);
    } else throw validationError("Either stackName or physicalResourceId must be specified.");
    const found = stack;
    const all = tables
      .resourcesOf(found.id)
      .filter((one) => input.LogicalResourceId === undefined || one.logicalId === input.LogicalResourceId);
    if (input.LogicalResourceId !== undefined && all.length === 0) {
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${found.name}`);
    }
    return {
      StackResources: all
        .slice(0, 100)
        .map((one) => ({ ...withStack(found, one, context), Timestamp: new Date(one.updatedAt) })),
    };
  },

  ListStackResources(input, context) {
    const tables = new StackTables(context);
    const stack = stackNamed(tables, input.StackName);
    const { items, NextToken } = page(tables.resourcesOf(stack.id), input.NextToken, 100);
    return {
      StackResourceSummaries: items.map((one) => ({
        ...viewed(stack, one, context),
        LastUpdatedTimestamp: new Date(one.updatedAt),
      })),
      NextToken,
    };
  },

  ListExports(input, context) {
    const { items, NextToken } = page(new StackTables(context).exports.list(), input.NextToken, 100);
    return {
      Exports: items.map((one) => ({ ExportingStackId: one.stackId, Name: one.name, Value: one.value })),
      NextToken,
    };
  },

  ListImports(input, context) {
    const tables = new StackTables(context);
    const users = tables.stacks
      .list()
      .filter((one) => one.status !== "DELETE_COMPLETE" && one.imports.includes(input.ExportName))
      .map((one) => one.name);
    if (users.length === 0) {
      throw validationError(`Export '${input.ExportName}' is not imported by any stack.`);
    }
    const { items, NextToken } = page(users, input.NextToken, 100);
    return { Imports: items, NextToken };
  },

  GetStackPolicy(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    return stack.policy === undefined ? {} : { StackPolicyBody: stack.policy };
  },

  async SetStackPolicy(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    const policy = await policyText(input.StackPolicyBody, input.StackPolicyURL, context);
    if (policy === undefined) return {};
    tables.stacks.update(stackKey(stack.id), (draft) => void (draft.policy = policy));
    return {};
  },

  UpdateTerminationProtection(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    if (stack.parentId !== undefined) {
      throw validationError(
        "TerminationProtection cannot be set on a nested stack; set it on the root stack",
      );
    }
    tables.stacks.update(
      stackKey(stack.id),
      (draft) => void (draft.terminationProtection = input.EnableTerminationProtection),
    );
    return { StackId: stack.id };
  },

  DescribeAccountLimits() {
    return {
      AccountLimits: [
        { Name: "StackLimit", Value: 2000 },
        { Name: "StackOutputsLimit", Value: 200 },
        { Name: "ConcurrentResourcesLimit", Value: 2500 },
      ],
    };
  },
} satisfies Handlers<typeof Api, CallContext>;
