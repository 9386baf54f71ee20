/**
 * Lists of what the local cloud has none of: managed nodes, commands, associations, maintenance windows, OpsItems, …
 * Nobody can make one here, so an empty list is the truth. Making one of them answers "not supported".
 */
import type { AuthorizationTable } from "../../../service.ts";
import type { Operations } from "../operation.ts";

/** Operation → the member of its answer that lists them. Each is authorized on `*`. */
export const NONE: Readonly<Record<string, string>> = {
  DescribeActivations: "ActivationList",
  DescribeAutomationExecutions: "AutomationExecutionMetadataList",
  DescribeInstanceInformation: "InstanceInformationList",
  DescribeInventoryDeletions: "InventoryDeletions",
  DescribeMaintenanceWindowSchedule: "ScheduledWindowExecutions",
  DescribeMaintenanceWindows: "WindowIdentities",
  DescribeOpsItems: "OpsItemSummaries",
  DescribePatchGroups: "Mappings",
  DescribeSessions: "Sessions",
  GetInventory: "Entities",
  ListAssociations: "Associations",
  ListCommandInvocations: "CommandInvocations",
  ListCommands: "Commands",
  ListComplianceItems: "ComplianceItems",
  ListComplianceSummaries: "ComplianceSummaryItems",
  ListOpsMetadata: "OpsMetadataList",
  ListResourceComplianceSummaries: "ResourceComplianceSummaryItems",
  ListResourceDataSync: "ResourceDataSyncItems",
};

export const noneOperations = Object.fromEntries(
  Object.entries(NONE).map(([operation, list]) => [operation, () => ({ [list]: [] })]),
) as unknown as Operations;

export const noneAuthorization: AuthorizationTable = Object.fromEntries(
  Object.keys(NONE).map((operation) => [operation, () => [{ action: `ssm:${operation}`, resource: "*" }]]),
);
