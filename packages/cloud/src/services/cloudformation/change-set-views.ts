/** Change sets as the API shows them. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { ChangeDetail, ResourceChange } from "../../stacks/engine/plan.ts";
import { scalarText, type Value } from "../../stacks/template/value.ts";
import type { ChangeSetRecord } from "./state.ts";

export function summary(record: Readonly<ChangeSetRecord>) {
  return {
    ChangeSetId: record.id,
    ChangeSetName: record.name,
    StackId: record.stackId,
    StackName: record.stackName,
    CreationTime: new Date(record.createdAt),
    Status: record.status as Api.ChangeSetStatus,
    ExecutionStatus: record.executionStatus as Api.ExecutionStatus,
    IncludeNestedStacks: record.includeNestedStacks,
    ...(record.importExisting === undefined ? {} : { ImportExistingResources: record.importExisting }),
    ...(record.parentId === undefined ? {} : { ParentChangeSetId: record.parentId }),
    ...(record.rootId === undefined ? {} : { RootChangeSetId: record.rootId }),
    ...(record.reason === undefined ? {} : { StatusReason: record.reason }),
    ...(record.description === undefined ? {} : { Description: record.description }),
  };
}

export function changeOf(one: Readonly<ResourceChange>, values: boolean): Api.ResourceChange {
  return {
    Action: one.action,
    LogicalResourceId: one.logicalId,
    ResourceType: one.type,
    Scope: one.scope as Api.ResourceAttribute[],
    Details: one.details
      .filter((detail) => values || !detail.withValues)
      .map((detail) => detailOf(detail, values)),
    ...(one.physicalId === undefined ? {} : { PhysicalResourceId: one.physicalId }),
    ...(one.changeSetId === undefined ? {} : { ChangeSetId: one.changeSetId }),
    ...(one.policyAction === undefined ? {} : { PolicyAction: one.policyAction as Api.PolicyAction }),
    ...(one.replacement === undefined ? {} : { Replacement: one.replacement }),
    ...(values && one.before ? { BeforeContext: JSON.stringify({ Properties: one.before }) } : {}),
    ...(values && one.after ? { AfterContext: JSON.stringify({ Properties: one.after }) } : {}),
  };
}

function detailOf(detail: Readonly<ChangeDetail>, values: boolean): Api.ResourceChangeDetail {
  const { difference } = detail;
  return {
    Target: {
      Attribute: detail.attribute as Api.ResourceAttribute,
      ...(detail.name === undefined ? {} : { Name: detail.name }),
      RequiresRecreation: detail.requiresRecreation,
      ...(values && difference
        ? {
            Path: `/Properties/${difference.name}`,
            AttributeChangeType: difference.change,
            ...(difference.before === undefined ? {} : { BeforeValue: shown(difference.before) }),
            ...(difference.after === undefined ? {} : { AfterValue: shown(difference.after) }),
          }
        : {}),
    },
    Evaluation: detail.evaluation,
    ChangeSource: detail.source,
    ...(detail.causingEntity === undefined ? {} : { CausingEntity: detail.causingEntity }),
  };
}

function shown(value: Value): string {
  return scalarText(value) ?? JSON.stringify(value);
}
