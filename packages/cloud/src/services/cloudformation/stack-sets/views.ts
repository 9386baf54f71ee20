/** Stack sets, instances and operations as the API shows them. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { ReadContext } from "../../../context.ts";
import { StackTables } from "../../../stacks/engine/records.ts";
import {
  type OperationRecord,
  type OperationResult,
  type StackInstanceRecord,
  type StackSetRecord,
  type StackSetTables,
  stackSetArn,
} from "./state.ts";

const pairs = (values: Readonly<Record<string, string>>): Api.Parameter[] =>
  Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));

export function setView(
  context: ReadContext,
  set: Readonly<StackSetRecord>,
  tables: StackSetTables,
): Api.StackSet {
  const instances = tables.instancesOf(set);
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    ...(set.description === undefined ? {} : { Description: set.description }),
    Status: set.status,
    TemplateBody: new StackTables(context).templateOf(set),
    Parameters: pairs(set.parameters).map((one) =>
      set.noEcho.includes(one.ParameterKey ?? "") ? { ...one, ParameterValue: "****" } : one,
    ),
    Capabilities: set.capabilities as Api.Capability[],
    Tags: Object.entries(set.tags).map(([Key, Value]) => ({ Key, Value })),
    StackSetARN: stackSetArn(context, set),
    AdministrationRoleARN: set.administrationRole,
    ExecutionRoleName: set.executionRole,
    StackSetDriftDetectionDetails: {
      DriftStatus: "NOT_CHECKED",
      DriftDetectionStatus: "COMPLETED",
      TotalStackInstancesCount: instances.length,
      DriftedStackInstancesCount: 0,
      InSyncStackInstancesCount: 0,
      InProgressStackInstancesCount: 0,
      FailedStackInstancesCount: 0,
    },
    OrganizationalUnitIds: [],
    PermissionModel: "SELF_MANAGED",
    ManagedExecution: { Active: set.managedExecution },
    Regions: [...new Set(instances.map((one) => one.region))],
  };
}

export function setSummary(set: Readonly<StackSetRecord>): Api.StackSetSummary {
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    ...(set.description === undefined ? {} : { Description: set.description }),
    Status: set.status,
    PermissionModel: "SELF_MANAGED",
    DriftStatus: "NOT_CHECKED",
    ManagedExecution: { Active: set.managedExecution },
  };
}

export function instanceSummary(
  set: Readonly<StackSetRecord>,
  one: Readonly<StackInstanceRecord>,
): Api.StackInstanceSummary {
  return {
    StackSetId: set.id,
    Region: one.region,
    Account: one.account,
    ...(one.stackId === undefined ? {} : { StackId: one.stackId }),
    Status: one.status,
    ...(one.reason === undefined ? {} : { StatusReason: one.reason }),
    StackInstanceStatus: { DetailedStatus: one.detail },
    OrganizationalUnitId: "",
    DriftStatus: "NOT_CHECKED",
    ...(one.lastOperationId === undefined ? {} : { LastOperationId: one.lastOperationId }),
  };
}

export function instanceView(
  set: Readonly<StackSetRecord>,
  one: Readonly<StackInstanceRecord>,
): Api.StackInstance {
  return { ...instanceSummary(set, one), ParameterOverrides: pairs(one.overrides) };
}

export function operationSummary(one: Readonly<OperationRecord>): Api.StackSetOperationSummary {
  return {
    OperationId: one.id,
    Action: one.action,
    Status: one.status,
    CreationTimestamp: new Date(one.createdAt),
    ...(one.endedAt === undefined ? {} : { EndTimestamp: new Date(one.endedAt) }),
    StatusDetails: { FailedStackInstancesCount: failures(one) },
    OperationPreferences: preferences(one),
  };
}

export function operationView(
  set: Readonly<StackSetRecord>,
  one: Readonly<OperationRecord>,
): Api.StackSetOperation {
  return {
    OperationId: one.id,
    StackSetId: set.id,
    Action: one.action,
    Status: one.status,
    OperationPreferences: preferences(one),
    ...(one.action === "DELETE" ? { RetainStacks: one.retainStacks } : {}),
    AdministrationRoleARN: one.administrationRole,
    ExecutionRoleName: one.executionRole,
    CreationTimestamp: new Date(one.createdAt),
    ...(one.endedAt === undefined ? {} : { EndTimestamp: new Date(one.endedAt) }),
    DeploymentTargets: { Accounts: [...new Set(one.results.map(({ account }) => account))] },
    ...(one.reason === undefined ? {} : { StatusReason: one.reason }),
    StatusDetails: { FailedStackInstancesCount: failures(one) },
  };
}

export function resultView(one: Readonly<OperationResult>): Api.StackSetOperationResultSummary {
  return {
    Account: one.account,
    Region: one.region,
    Status: one.status,
    ...(one.reason === undefined ? {} : { StatusReason: one.reason }),
    // no function can be a gate here
    AccountGateResult: {
      Status: "SKIPPED",
      StatusReason: `Function not found: arn:aws:lambda:${one.region}:${one.account}:function:AWSCloudFormationStackSetAccountGate`,
    },
    OrganizationalUnitId: "",
  };
}

const failures = ({ results }: Readonly<OperationRecord>): number =>
  results.filter((one) => one.status === "FAILED").length;

const preferences = ({
  preferences: { shown },
}: Readonly<OperationRecord>): Api.StackSetOperationPreferences => ({
  RegionOrder: [],
  ...shown,
});
