/** What steps into an operation under way or takes up a failed one: signals, cancelling, rolling back. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { Operation } from "../../../stacks/engine/operation.ts";
import { continueRollBackUpdate, rollBackCreate, rollBackUpdate } from "../../../stacks/engine/rollback.ts";
import { settled, startRun, stopRun } from "../../../stacks/engine/running.ts";
import { putSignal } from "../../../stacks/engine/signals.ts";
import type { Handlers } from "../../../wire/types.ts";
import { ignore, PATIENCE, token } from "../begin.ts";
import { callerOf } from "../definition.ts";
import { validationError } from "../errors.ts";
import { checkSkipped } from "../request-checks.ts";
import { existingStack, StackTables } from "../state.ts";

export const interventions = {
  SignalResource(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    const record = tables.resources.get(tables.resourceKey(stack.id, input.LogicalResourceId));
    if (!record) {
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    if (!/_IN_PROGRESS$/.test(stack.status)) {
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be signaled`);
    }
    if (!/^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(record.status)) {
      throw validationError(
        `Resource ${input.LogicalResourceId} is in ${record.status} state and can not be signaled`,
      );
    }
    putSignal(context, stack.id, input.LogicalResourceId, {
      uniqueId: input.UniqueId,
      status: input.Status,
    });
    return {};
  },

  async CancelUpdateStack(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    if (stack.status !== "UPDATE_IN_PROGRESS") {
      throw validationError(`CancelUpdateStack cannot be called from current stack status ${stack.status}`);
    }
    stopRun(context.store, stack.id, "User Initiated");
    return {};
  },

  async ContinueUpdateRollback(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
      throw validationError(
        `Stack:${stack.id} is in ${stack.status} state and can not continue update rollback.`,
      );
    }
    checkSkipped(new StackTables(context), stack, input.ResourcesToSkip ?? []);
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    operation.journal.stackStatus("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", (record) =>
      token(record, input.ClientRequestToken),
    );
    const skip = input.ResourcesToSkip ?? [];
    startRun(context.store, stack.id, () => continueRollBackUpdate(operation, skip), ignore);
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },

  async RollbackStack(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    operation.journal.change((record) => token(record, input.ClientRequestToken));
    if (stack.status === "CREATE_FAILED") {
      operation.journal.change((record) => {
        record.disableRollback = false;
        record.onFailure = "ROLLBACK";
        record.retainExceptOnCreate = input.RetainExceptOnCreate ?? record.retainExceptOnCreate;
      });
      startRun(context.store, stack.id, () => rollBackCreate(operation, ""), ignore);
    } else if (stack.status === "UPDATE_FAILED") {
      startRun(context.store, stack.id, () => rollBackUpdate(operation, "User Initiated"), ignore);
    } else throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
    await settled(context.store, stack.id, PATIENCE);
    return { StackId: stack.id };
  },
} satisfies Handlers<typeof Api, CallContext>;
