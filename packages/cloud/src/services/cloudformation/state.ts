/** Tables and look-ups of the CloudFormation service; the stacks' own records are the engine's. */
import type { ReadContext } from "../../context.ts";
import type { ResourceChange } from "../../stacks/engine/plan.ts";
import {
  type DeploymentConfig,
  type StackDefinition,
  type StackRecord,
  StackTables,
  stackKey,
} from "../../stacks/engine/records.ts";
import type { Table } from "../../store/table.ts";
import { noSuchChangeSet, validationError } from "./errors.ts";

export interface ChangeSetRecord {
  id: string;
  name: string;
  stackId: string;
  stackName: string;
  type: "CREATE" | "UPDATE" | "IMPORT";
  status: string;
  reason?: string;
  executionStatus: string;
  createdAt: number;
  description?: string;
  definition: StackDefinition;
  changes: ResourceChange[];
  /** Physical ids of the resources to import, by logical id. */
  imported?: Record<string, string>;
  /** The same of those that it found itself (ImportExistingResources); other changes may be beside them. */
  adopt?: Record<string, string>;
  importExisting?: boolean;
  deploymentConfig?: DeploymentConfig;
  includeNestedStacks: boolean;
  /** Identifies the request that made it. */
  token?: string;
  /** The change set that this one was made for, and the first of them all. */
  parentId?: string;
  rootId?: string;
  /** Names of the nested stacks that wait under review, by logical id. */
  nested?: Record<string, string>;
  rollbackTriggers?: NonNullable<StackRecord["rollbackTriggers"]>;
  onStackFailure?: "ROLLBACK" | "DELETE" | "DO_NOTHING";
}

export { StackTables, stackKey };

export function changeSets(context: ReadContext): Table<ChangeSetRecord> {
  return context.table("cloudformation.change-set");
}

/** @throws AwsError `ValidationError` when there is no such stack */
export function stackNamed(tables: StackTables, nameOrId: string | undefined): Readonly<StackRecord> {
  const found = nameOrId === undefined ? undefined : tables.find(nameOrId);
  if (!found) throw validationError(`Stack with id ${nameOrId} does not exist`);
  return found;
}

/** The same where a stack must exist to be changed. */
export function existingStack(tables: StackTables, nameOrId: string | undefined): Readonly<StackRecord> {
  const found = nameOrId === undefined ? undefined : tables.find(nameOrId);
  if (!found || found.status === "DELETE_COMPLETE")
    throw validationError(`Stack [${nameOrId}] does not exist`);
  return found;
}

/** @throws AwsError `ChangeSetNotFoundException` */
export function changeSetNamed(
  context: ReadContext,
  name: string | undefined,
  stackName: string | undefined,
): Readonly<ChangeSetRecord> {
  const all = changeSets(context);
  const nothing = noSuchChangeSet(name ?? "");
  if (name?.startsWith("arn:")) {
    const found = all.list().find((one) => one.id === name);
    if (!found) throw nothing;
    return found;
  }
  if (stackName === undefined || stackName === "") {
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = new StackTables(context).find(stackName);
  if (!stack) throw validationError(`Stack [${stackName}] does not exist`);
  const found = all.get(changeSetKey(stack.id, name ?? ""));
  if (!found) throw nothing;
  return found;
}

export function changeSetKey(stackId: string, name: string): string {
  return `${stackKey(stackId)}#${name}`;
}
