/** Records as the API shows them. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { Drift } from "../../stacks/drift/detect.ts";
import type {
  EventRecord,
  ResourceRecord,
  StackDefinition,
  StackRecord,
} from "../../stacks/engine/records.ts";

export function parametersOf(definition: Readonly<StackDefinition>): Api.Parameter[] {
  return Object.entries(definition.parameters).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: definition.noEcho.includes(ParameterKey) ? "****" : value,
    // told of stored parameters, not of references to them
    ...(definition.resolved[ParameterKey] === undefined || value.includes("{{resolve:")
      ? {}
      : { ResolvedValue: definition.resolved[ParameterKey] }),
  }));
}

export function tagsOf(tags: Readonly<Record<string, string>>): Api.Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function stackView(stack: Readonly<StackRecord>): Api.Stack {
  const parameters = parametersOf(stack);
  return {
    StackId: stack.id,
    StackName: stack.name,
    ...(stack.changeSetId === undefined ? {} : { ChangeSetId: stack.changeSetId }),
    ...(stack.description === undefined ? {} : { Description: stack.description }),
    ...(parameters.length > 0 ? { Parameters: parameters } : {}),
    CreationTime: new Date(stack.createdAt),
    ...(stack.updatedAt === undefined ? {} : { LastUpdatedTime: new Date(stack.updatedAt) }),
    ...(stack.deletedAt === undefined ? {} : { DeletionTime: new Date(stack.deletedAt) }),
    RollbackConfiguration: stack.rollbackTriggers
      ? {
          RollbackTriggers: stack.rollbackTriggers.triggers.map((one) => ({ ...one })),
          MonitoringTimeInMinutes: stack.rollbackTriggers.minutes,
        }
      : {},
    StackStatus: stack.status as Api.StackStatus,
    ...(stack.reason === undefined ? {} : { StackStatusReason: stack.reason }),
    DisableRollback: stack.disableRollback,
    ...(stack.deploymentConfig === undefined ? {} : { DeploymentConfig: { ...stack.deploymentConfig } }),
    NotificationARNs: stack.notificationArns,
    ...(stack.timeoutMinutes === undefined ? {} : { TimeoutInMinutes: stack.timeoutMinutes }),
    ...(stack.capabilities.length > 0 ? { Capabilities: stack.capabilities as Api.Capability[] } : {}),
    ...(stack.outputs.length > 0
      ? {
          Outputs: stack.outputs.map((one) => ({
            OutputKey: one.key,
            OutputValue: one.value,
            ...(one.description === undefined ? {} : { Description: one.description }),
            ...(one.exportName === undefined ? {} : { ExportName: one.exportName }),
          })),
        }
      : {}),
    ...(stack.roleArn === undefined ? {} : { RoleARN: stack.roleArn }),
    Tags: tagsOf(stack.tags),
    // a stack that is gone has nothing to protect
    ...(stack.status === "DELETE_COMPLETE"
      ? {}
      : { EnableTerminationProtection: stack.terminationProtection }),
    ...(stack.parentId === undefined ? {} : { ParentId: stack.parentId }),
    ...(stack.rootId === undefined ? {} : { RootId: stack.rootId }),
    DriftInformation: stack.drift
      ? { StackDriftStatus: stack.drift.status, LastCheckTimestamp: new Date(stack.drift.at) }
      : { StackDriftStatus: "NOT_CHECKED" },
  };
}

export function eventView(stack: Readonly<StackRecord>, event: Readonly<EventRecord>): Api.StackEvent {
  return {
    StackId: stack.id,
    EventId: event.id,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.time),
    ResourceStatus: event.status as Api.ResourceStatus,
    ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
    ...(event.properties === undefined ? {} : { ResourceProperties: event.properties }),
    ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
  };
}

/** A resource with a member named `time` for its last change: the operations disagree on that member's name. */
export function resourceView(resource: Readonly<ResourceRecord>, drift?: Readonly<Drift>) {
  return {
    LogicalResourceId: resource.logicalId,
    ...(resource.physicalId === undefined ? {} : { PhysicalResourceId: resource.physicalId }),
    ResourceType: resource.type,
    ResourceStatus: resource.status as Api.ResourceStatus,
    ...(resource.reason === undefined ? {} : { ResourceStatusReason: resource.reason }),
    DriftInformation: drift
      ? { StackResourceDriftStatus: drift.status, LastCheckTimestamp: new Date(drift.at) }
      : { StackResourceDriftStatus: "NOT_CHECKED" as const },
  };
}
