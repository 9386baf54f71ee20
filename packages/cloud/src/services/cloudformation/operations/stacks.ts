/** CreateStack, UpdateStack, DeleteStack. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { deleteStack } from "../../../stacks/engine/deploy.ts";
import { isHeld } from "../../../stacks/engine/nested-updates.ts";
import { nestedParent } from "../../../stacks/engine/nesting.ts";
import { Operation } from "../../../stacks/engine/operation.ts";
import { settled, startRun, stopRun } from "../../../stacks/engine/running.ts";
import type { Handlers } from "../../../wire/types.ts";
import { beginUpdate, familyOf, ignore, newStackId, PATIENCE, putStack, runCreate, token } from "../begin.ts";
import { callerOf, wantedDefinition } from "../definition.ts";
import { validationError } from "../errors.ts";
import { deleteNestedSets, executedSet } from "../nested-change-sets.ts";
import { checkValues, hasChanges } from "../planned-update.ts";
import {
  checkFailed,
  checkPattern,
  checkRetained,
  checkUpdatable,
  isRetry,
  NAME,
  refuseExisting,
} from "../request-checks.ts";
import { deploymentOptions, policyText, triggersOf } from "../stack-options.ts";
import { changeSets, existingStack, StackTables, stackKey } from "../state.ts";

export const stackOperations = {
  async CreateStack(input, context) {
    const tables = new StackTables(context);
    checkPattern("stackName", input.StackName, NAME);
    const same = tables.find(input.StackName);
    if (same && same.updatedAt === undefined && isRetry(same, input)) return { StackId: same.id };
    refuseExisting(tables, input);
    if (
      input.OnFailure !== undefined &&
      input.DisableRollback !== undefined &&
      nestedParent(input) === undefined
    ) {
      throw validationError("You can specify either DisableRollback or OnFailure, but not both.");
    }
    // a stack that only has change sets yet may be created without one
    const id = tables.find(input.StackName)?.id ?? newStackId(context, input.StackName);
    const wanted = await wantedDefinition(
      input,
      { id, name: input.StackName },
      undefined,
      context,
      tables,
      false,
    );
    // another request may have been quicker
    refuseExisting(tables, input);
    checkValues(wanted);
    const policy = await policyText(input.StackPolicyBody, input.StackPolicyURL, context);
    const executed = executedSet(context, id);
    obsoleteChangeSets(context, id);
    putStack(context, tables, id, input.StackName, wanted, "CREATE_IN_PROGRESS", {
      ...deploymentOptions(input),
      disableRollback: input.DisableRollback ?? input.DeploymentConfig?.DisableRollback ?? false,
      onFailure: input.OnFailure ?? "ROLLBACK",
      retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
      terminationProtection: input.EnableTerminationProtection ?? false,
      ...(input.TimeoutInMinutes === undefined ? {} : { timeoutMinutes: input.TimeoutInMinutes }),
      ...(policy === undefined ? {} : { policy }),
      ...(input.RollbackConfiguration === undefined
        ? {}
        : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
      ...executed,
      ...familyOf(tables, input),
    });
    runCreate(context, id, wanted.prepared);
    await settled(context.store, id, PATIENCE);
    return { StackId: id };
  },

  async UpdateStack(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    if (stack.updatedAt !== undefined && isRetry(stack, input)) return { StackId: stack.id };
    const nested = nestedParent(input) !== undefined;
    if (!nested || !isHeld(stack)) checkUpdatable(stack);
    const wanted = await wantedDefinition(input, stack, stack, context, tables, false);
    if (!hasChanges(tables, stack, wanted)) throw validationError("No updates are to be performed.");
    const policy = await policyText(input.StackPolicyBody, input.StackPolicyURL, context);
    const policyDuringUpdate = await policyText(
      input.StackPolicyDuringUpdateBody,
      input.StackPolicyDuringUpdateURL,
      context,
    );
    const latest = existingStack(tables, stack.id);
    if (!nested || !isHeld(latest)) checkUpdatable(latest);
    beginUpdate(context, tables, stack.id, wanted, {
      ...executedSet(context, stack.id),
      ...(nested ? { awaited: true } : {}),
      ...deploymentOptions(input),
      ...(input.DisableRollback === undefined ? {} : { disableRollback: input.DisableRollback }),
      ...(policy === undefined ? {} : { policy }),
      ...(policyDuringUpdate === undefined ? {} : { policyDuringUpdate }),
      ...(input.RollbackConfiguration === undefined
        ? {}
        : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
    });
    await settled(context.store, stack.id, PATIENCE);
    return { StackId: stack.id };
  },

  async DeleteStack(input, context) {
    const tables = new StackTables(context);
    const stack = tables.find(input.StackName);
    if (!stack || stack.status === "DELETE_COMPLETE") return {};
    if (stack.terminationProtection) {
      throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    }
    if (stack.status === "DELETE_IN_PROGRESS") return {};
    if (
      stack.status.endsWith("_IN_PROGRESS") &&
      !isHeld(stack) &&
      !/^(?:CREATE|REVIEW|ROLLBACK)_IN_PROGRESS$/.test(stack.status)
    ) {
      throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    }
    const retain = [...(input.RetainResources ?? [])];
    checkRetained(tables, stack, retain);
    const force = input.DeletionMode === "FORCE_DELETE_STACK";
    if (force) checkFailed(stack, "DeletionMode FORCE_DELETE_STACK");
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    stopRun(context.store, stack.id, "Resource creation cancelled");
    await settled(context.store, stack.id, 60_000);
    for (const [key, one] of changeSets(context).entries({ prefix: `${stackKey(stack.id)}#` })) {
      // what was executed stays to be looked at by its ARN
      if (one.executionStatus.startsWith("EXECUTE_")) continue;
      deleteNestedSets(one, context);
      changeSets(context).delete(key);
    }
    operation.journal.stackStatus("DELETE_IN_PROGRESS", "User Initiated", (record) => {
      if (input.RoleARN !== undefined) record.roleArn = input.RoleARN;
      if (retain.length > 0) record.retain = retain;
      if (force) record.force = true;
      if (!stack.status.endsWith("_IN_PROGRESS")) record.statusBefore = stack.status;
      token(record, input.ClientRequestToken);
    });
    startRun(context.store, stack.id, () => deleteStack(operation), ignore);
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },
} satisfies Handlers<typeof Api, CallContext>;

/** What was planned for a stack that is made in another way cannot be executed any more. */
function obsoleteChangeSets(context: CallContext, stackId: string): void {
  const sets = changeSets(context);
  for (const [key, one] of sets.entries({ prefix: `${stackKey(stackId)}#` })) {
    if (one.executionStatus.startsWith("EXECUTE_")) continue;
    sets.update(key, (draft) => void (draft.executionStatus = "OBSOLETE"));
  }
}
