/** Change sets: made, looked at, deleted. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { type AwsError, isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { familyOf, keepTemplate, newStackId, putStack } from "../begin.ts";
import { changeOf, summary } from "../change-set-views.ts";
import { type Wanted, wantedDefinition } from "../definition.ts";
import { alreadyExists, invalidChangeSetStatus, validationError } from "../errors.ts";
import { withExisting } from "../existing-resources.ts";
import { importedIds } from "../import-request.ts";
import { deleteNestedSets, demandRoot, parentSet, withNestedSets } from "../nested-change-sets.ts";
import { page } from "../paging.ts";
import { checkImport, plannedChangeSet } from "../planned-change-set.ts";
import { checkPattern, checkUpdatable, NAME, NAME_OR_ARN } from "../request-checks.ts";
import {
  type ChangeSetRecord,
  changeSetKey,
  changeSetNamed,
  changeSets,
  existingStack,
  StackTables,
  stackKey,
} from "../state.ts";
import { parametersOf, tagsOf } from "../views.ts";

export const changeSetOperations = {
  async CreateChangeSet(input, context) {
    const tables = new StackTables(context);
    const { ChangeSetName: name, StackName: stackName } = input;
    checkPattern("changeSetName", name, NAME);
    checkPattern("stackName", stackName, NAME_OR_ARN);
    const kind = input.ChangeSetType ?? "UPDATE";
    if (input.DeploymentMode !== undefined) {
      throw validationError(
        `DeploymentMode ${input.DeploymentMode} is not supported by the Sagekeep local cloud`,
      );
    }
    if (kind !== "IMPORT" && input.ResourcesToImport?.length) {
      throw validationError("ResourcesToImport can only be specified for ChangeSetType IMPORT.");
    }
    const found = tables.find(stackName);
    const existing = found?.status === "DELETE_COMPLETE" ? undefined : found;
    if (kind === "CREATE" && found && !existing) throw cannotCreateAgain(stackName, name);
    if (kind === "UPDATE") {
      if (!existing) throw validationError(`Stack [${stackName}] does not exist`);
      checkUpdatable(existing);
    } else if (kind === "IMPORT") {
      if (existing && existing.status !== "REVIEW_IN_PROGRESS") checkUpdatable(existing);
    } else if (existing && existing.status !== "REVIEW_IN_PROGRESS") {
      throw cannotCreateAgain(stackName, name);
    }
    const twin = existing && changeSets(context).get(changeSetKey(existing.id, name));
    // the same request once more
    if (twin && input.ClientToken !== undefined && twin.token === input.ClientToken) {
      return { Id: twin.id, StackId: twin.stackId };
    }
    const executed = twin?.executionStatus.startsWith("EXECUTE_") ?? false;
    if (twin && !executed && !isJustFailed(twin, context)) {
      throw alreadyExists(
        `ChangeSet ${name} cannot be created due to a mismatch with existing attribute TemplateBody`,
      );
    }
    const stackId = existing?.id ?? newStackId(context, stackName);
    const wanted = await wantedDefinition(
      input,
      { id: stackId, name: existing?.name ?? stackName },
      existing,
      context,
      tables,
      true,
    );
    const imported =
      kind === "IMPORT" ? importedIds(input.ResourcesToImport, wanted.prepared.compiled.template) : undefined;
    if (imported && !existing) checkImport(tables, stackId, wanted, imported);
    if (!existing) {
      putStack(context, tables, stackId, stackName, emptied(wanted), "REVIEW_IN_PROGRESS", {
        disableRollback: false,
        onFailure: "ROLLBACK",
        retainExceptOnCreate: false,
        terminationProtection: false,
        ...familyOf(tables, input),
      });
    }
    const stack = existingStack(tables, stackId);
    const planned = plannedChangeSet(context, tables, stack, wanted, { ...input, kind, imported });
    const plan = input.ImportExistingResources ? await withExisting(planned, context) : planned;
    const record = await withNestedSets({ ...plan, ...parentSet(input) }, stack, context);
    keepTemplate(tables, wanted);
    // the name of an executed set is free again; the set itself keeps its ARN
    if (twin && executed) changeSets(context).put(changeSetKey(stackId, `${name}@${twin.id}`), twin);
    changeSets(context).put(changeSetKey(stackId, name), record);
    return { Id: record.id, StackId: stackId };
  },

  DescribeChangeSet(input, context) {
    const record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    const values = input.IncludePropertyValues ?? false;
    const changes = record.changes.filter((one) => !values || !one.guess);
    const { items, NextToken } = page(changes, input.NextToken, 100);
    const { definition } = record;
    return {
      ...summary(record),
      NotificationARNs: definition.notificationArns,
      RollbackConfiguration: record.rollbackTriggers
        ? {
            RollbackTriggers: record.rollbackTriggers.triggers.map((one) => ({ ...one })),
            MonitoringTimeInMinutes: record.rollbackTriggers.minutes,
          }
        : {},
      Capabilities: definition.capabilities as Api.Capability[],
      ...(Object.keys(definition.parameters).length > 0 ? { Parameters: parametersOf(definition) } : {}),
      ...(Object.keys(definition.tags).length > 0 ? { Tags: tagsOf(definition.tags) } : {}),
      ...(record.deploymentConfig ? { DeploymentConfig: { ...record.deploymentConfig } } : {}),
      ...(record.onStackFailure ? { OnStackFailure: record.onStackFailure } : {}),
      Changes: items.map((one) => ({ Type: "Resource" as const, ResourceChange: changeOf(one, values) })),
      NextToken,
    };
  },

  ListChangeSets(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    const all = changeSets(context)
      .list({ prefix: `${stackKey(stack.id)}#` })
      .filter((one) => !one.executionStatus.startsWith("EXECUTE_"));
    const { items, NextToken } = page(all, input.NextToken, 100);
    return { Summaries: items.map(summary), NextToken };
  },

  DeleteChangeSet(input, context) {
    let record: Readonly<ChangeSetRecord>;
    try {
      record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    } catch (error) {
      // its deletion can be asked for again
      if (isAwsError(error) && error.code === "ChangeSetNotFoundException") return {};
      throw error;
    }
    if (record.executionStatus === "EXECUTE_IN_PROGRESS") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
      );
    }
    demandRoot(record, "DeleteChangeSet");
    deleteNestedSets(record, context);
    changeSets(context).delete(changeSetKey(record.stackId, record.name));
    return {};
  },
} satisfies Handlers<typeof Api, CallContext>;

function cannotCreateAgain(stackName: string, name: string): AwsError {
  return validationError(
    `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
  );
}

/**
 * `aws cloudformation deploy` names its sets by the second. On AWS no two fit into one; here they do, and the first
 * may have found nothing to change.
 */
function isJustFailed(set: Readonly<ChangeSetRecord>, context: CallContext): boolean {
  return set.status === "FAILED" && context.clock.now() - set.createdAt < 1500;
}

/** A stack under review has no definition yet. */
function emptied(wanted: Wanted): Wanted {
  return {
    ...wanted,
    definition: { ...wanted.definition, parameters: {}, resolved: {}, tags: {}, capabilities: [] },
  };
}
