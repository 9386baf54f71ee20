/**
 * What was under way when the cloud stopped: no stack stays in progress for ever. Deletions and rollbacks go on;
 * creations and updates fail with their reason and roll back. The caller's credentials are gone by then, so
 * without a role of its own the stack is put right by the service itself.
 */
import type { CallAs } from "../../context.ts";
import type { CloudRuntime } from "../../service.ts";
import { cleanUp, deleteStack } from "../../stacks/engine/deploy.ts";
import { rollBackImport } from "../../stacks/engine/import.ts";
import { isHeld } from "../../stacks/engine/nested-updates.ts";
import { Operation } from "../../stacks/engine/operation.ts";
import { type StackRecord, StackTables } from "../../stacks/engine/records.ts";
import {
  cleanUpRollBack,
  continueRollBackCreate,
  continueRollBackUpdate,
  rollBackCreate,
  rollBackUpdate,
} from "../../stacks/engine/rollback.ts";
import { startRun } from "../../stacks/engine/running.ts";
import { broken } from "./begin.ts";
import { factsOf } from "./definition.ts";
import { recompile } from "./prepare.ts";
import { StackSetTables } from "./stack-sets/state.ts";

const REASON = "Interrupted: the local cloud stopped while this resource was in progress";

export function resume(cloud: CloudRuntime): void {
  failStackSetOperations(cloud);
  for (const scope of cloud.store.scopes("cloudformation.stack")) {
    const [account = "", region = ""] = scope.split("/");
    const context = cloud.within(account, region);
    for (const stack of new StackTables(context).stacks.list()) {
      if (!stack.status.endsWith("_IN_PROGRESS") || stack.status === "REVIEW_IN_PROGRESS") continue;
      // its parent's operation takes it up
      if (isHeld(stack)) continue;
      const as: CallAs = { kind: "internal" };
      const operation = new Operation(context, stack.id, as);
      startRun(
        cloud.store,
        stack.id,
        () => takeUp(operation, stack),
        (error) => broken(operation, error),
      );
    }
  }
}

/** An operation on stack sets ends where it was; the stacks that it had begun are taken up as stacks. */
function failStackSetOperations(cloud: CloudRuntime): void {
  for (const scope of cloud.store.scopes("cloudformation.stack-set-operation")) {
    const [account = "", region = ""] = scope.split("/");
    const { operations } = new StackSetTables(cloud.within(account, region));
    for (const [key, one] of operations.entries()) {
      if (one.status !== "RUNNING" && one.status !== "STOPPING") continue;
      operations.update(key, (draft) => {
        draft.status = one.status === "STOPPING" ? "STOPPED" : "FAILED";
        draft.reason = "Interrupted: the local cloud stopped while this operation was in progress";
        for (const result of draft.results) {
          if (result.status === "PENDING" || result.status === "RUNNING") result.status = "CANCELLED";
        }
      });
    }
  }
}

async function takeUp(operation: Operation, stack: Readonly<StackRecord>): Promise<void> {
  const failed = interruptedResources(operation);
  const named = failed.length > 0 ? `[${failed.join(", ")}]` : "[]";
  switch (stack.status) {
    case "CREATE_IN_PROGRESS":
      return rollBackCreate(
        operation,
        `The following resource(s) failed to create: ${named}. The local cloud stopped while the stack was being created. `,
      );
    case "IMPORT_IN_PROGRESS":
      operation.journal.stackStatus(
        "IMPORT_ROLLBACK_IN_PROGRESS",
        "The local cloud stopped while resources were being imported.",
      );
      return rollBackImport(operation);
    case "IMPORT_ROLLBACK_IN_PROGRESS":
      return rollBackImport(operation);
    case "ROLLBACK_IN_PROGRESS":
      return continueRollBackCreate(operation);
    case "UPDATE_IN_PROGRESS":
      return rollBackUpdate(
        operation,
        `The following resource(s) failed to update: ${named}. The local cloud stopped while the stack was being updated. `,
      );
    case "UPDATE_ROLLBACK_IN_PROGRESS":
      return continueRollBackUpdate(operation, []);
    case "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS":
      return cleanUpRollBack(operation);
    case "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": {
      const { context, journal } = operation;
      const text = journal.tables.processedOf(stack);
      return cleanUp(operation, [
        ...recompile(
          { ...stack, text },
          factsOf(context, stack),
          context,
          journal.tables,
        ).compiled.dependencies.keys(),
      ]);
    }
    default:
      return deleteStack(operation);
  }
}

/** Marks what was in the middle of something as failed; deletions are simply tried again. */
function interruptedResources(operation: Operation): string[] {
  const names: string[] = [];
  for (const record of operation.journal.resources()) {
    if (!/^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(record.status)) continue;
    names.push(record.logicalId);
    operation.journal.resourceStatus({ ...record }, record.status.replace("_IN_PROGRESS", "_FAILED"), REASON);
  }
  return names;
}
