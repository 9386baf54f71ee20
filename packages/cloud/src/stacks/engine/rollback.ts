/** Taking back a failed creation or update. */
import { differences } from "../difference.ts";
import type { Dependencies } from "../graph.ts";
import { updateInPlace } from "./apply.ts";
import { failureReason } from "./failure.ts";
import { NESTED, putNestedBack } from "./nested-updates.ts";
import type { Operation } from "./operation.ts";
import { restoreOutputs } from "./outputs.ts";
import { physicalOf, type ResourceRecord } from "./records.ts";
import { allRemovals, isAdopted, isRetained, type Removal, removeAll } from "./removal.ts";
import { runGraph } from "./schedule.ts";
import { settleRecords } from "./settle.ts";

/** After a failed creation: what the stack's `onFailure` asks for. */
export async function rollBackCreate(operation: Operation, reason: string): Promise<void> {
  const { journal } = operation;
  const { onFailure, disableRollback } = journal.stack;
  if (disableRollback || onFailure === "DO_NOTHING") {
    journal.stackStatus("CREATE_FAILED", reason);
    return;
  }
  const deleting = onFailure === "DELETE";
  if (deleting) journal.stackStatus("DELETE_IN_PROGRESS", `${reason}Delete requested by user.`);
  else journal.stackStatus("ROLLBACK_IN_PROGRESS", `${reason}Rollback requested by user.`);
  await continueRollBackCreate(operation);
}

/** The deletions of a create's rollback; also taken up again after a crash. */
export async function continueRollBackCreate(operation: Operation): Promise<void> {
  const { journal } = operation;
  const deleting = journal.stack.status === "DELETE_IN_PROGRESS";
  restoreOutputs(operation);
  const failed = await removeAll(
    operation,
    allRemovals(journal.resources(), {
      duringCreate: true,
      exceptOnCreate: journal.stack.retainExceptOnCreate,
    }),
  );
  if (failed.length > 0) {
    journal.stackStatus(
      deleting ? "DELETE_FAILED" : "ROLLBACK_FAILED",
      `The following resource(s) failed to delete: [${failed.join(", ")}]. `,
    );
  } else if (deleting) {
    journal.stackStatus("DELETE_COMPLETE", undefined, (stack) => {
      stack.deletedAt = journal.now();
    });
  } else journal.stackStatus("ROLLBACK_COMPLETE");
}

/** After a failed or cancelled update: puts every resource back, then deletes what the update had made. */
export async function rollBackUpdate(operation: Operation, reason: string): Promise<void> {
  operation.journal.stackStatus("UPDATE_ROLLBACK_IN_PROGRESS", reason);
  await continueRollBackUpdate(operation, []);
}

/** The steps of an update's rollback. @param skip logical ids to leave as they are */
export async function continueRollBackUpdate(operation: Operation, skip: readonly string[]): Promise<void> {
  const { journal } = operation;
  journal.change((stack) => {
    if (stack.before) {
      for (const key of ["description", "roleArn", "stackOutputs"] as const) delete stack[key];
      Object.assign(stack, stack.before);
    }
    delete stack.keeps;
  });
  restoreOutputs(operation);
  const changed = journal.resources().filter((one) => one.undo && one.undo.kind !== "create");
  const names = new Set(changed.map((one) => one.logicalId));
  const graph: Dependencies = new Map(
    changed.map((one) => [one.logicalId, new Set(one.needs.filter((need) => names.has(need)))]),
  );
  const outcome = await runGraph(graph, (name) => putBack(operation, name, skip.includes(name)), {
    keepGoing: true,
  });
  if (outcome.failed.length > 0) {
    const failed = outcome.failed.map((one) => one.name).join(", ");
    journal.stackStatus(
      "UPDATE_ROLLBACK_FAILED",
      `The following resource(s) failed to update: [${failed}]. `,
    );
    return;
  }
  journal.stackStatus("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  await cleanUpRollBack(operation);
}

/** Takes back the update of a nested stack that was held for its parent's. */
async function rollBackNested(child: Operation): Promise<void> {
  child.journal.stackStatus("UPDATE_ROLLBACK_IN_PROGRESS");
  await continueRollBackUpdate(child, []);
}

async function putBack(operation: Operation, name: string, skip: boolean): Promise<void> {
  const { journal } = operation;
  const record = journal.resource(name) as Readonly<ResourceRecord>;
  const undo = record.undo;
  if (!undo || undo.kind === "create") return;
  const { undo: _, ...rest } = record;
  if (skip) {
    journal.resourceStatus({ ...rest, ...undo.before }, "UPDATE_COMPLETE", "Resource update skipped");
    return;
  }
  if (undo.kind === "replace") {
    const stale = (record.stale ?? []).filter((one) => one.physicalId !== undo.before.physicalId);
    if (record.physicalId !== undefined && record.physicalId !== undo.before.physicalId)
      stale.push(physicalOf(record));
    journal.resourceStatus({ ...rest, ...undo.before, stale }, "UPDATE_COMPLETE");
    return;
  }
  const changes = differences(record.type, record.properties, undo.before.properties);
  const running = journal.resourceStatus(record, "UPDATE_IN_PROGRESS");
  try {
    const physical = {
      physicalId: record.physicalId as string,
      properties: record.properties,
      attributes: record.attributes,
    };
    const { properties } = undo.before;
    const updated =
      record.type === NESTED
        ? await putNestedBack(operation, record, undo.before, rollBackNested)
        : await updateInPlace(operation, record, physical, properties, changes, undefined, { back: true });
    const { undo: __, ...settled } = running;
    journal.resourceStatus({ ...settled, ...updated, tags: undo.before.tags }, "UPDATE_COMPLETE");
  } catch (error) {
    journal.resourceStatus(
      running,
      "UPDATE_FAILED",
      failureReason(error, operation.origins.get(error as object)),
    );
    throw error;
  }
}

/** Deletes what the rolled back update had created or put in the place of others. */
export async function cleanUpRollBack(operation: Operation): Promise<void> {
  const { journal } = operation;
  const removals = journal.resources().flatMap((record): Removal[] => [
    ...(record.stale ?? []).map((physical) => ({ record, physical, retain: false, whole: false })),
    ...(record.undo?.kind === "create" && record.status !== "DELETE_COMPLETE"
      ? [
          {
            record,
            physical: physicalOf(record),
            retain: isRetained(record.deletionPolicy, true) || isAdopted(record),
            whole: true,
          },
        ]
      : []),
  ]);
  journal.cleaning = true;
  await removeAll(operation, removals);
  journal.cleaning = false;
  settleRecords(operation);
  journal.stackStatus("UPDATE_ROLLBACK_COMPLETE", undefined, (stack) => {
    delete stack.before;
    delete stack.awaited;
  });
}
