/** Creating and updating a stack: apply the template, then outputs, then clean-up; or roll back. */

import { handlerOf } from "../resources/index.ts";
import type { Compiled } from "../template/compile.ts";
import { applyResource } from "./apply.ts";
import { failureReason } from "./failure.ts";
import { heldChildren, hold, isHeld } from "./nested-updates.ts";
import type { Operation } from "./operation.ts";
import { importersOf, inWords, publishOutputs } from "./outputs.ts";
import { preflight } from "./preflight.ts";
import { physicalOf, type StackRecord } from "./records.ts";
import { allRemovals, isRetained, type Removal, removeAll } from "./removal.ts";
import { rollBackCreate, rollBackUpdate } from "./rollback.ts";
import { breachedTrigger } from "./rollback-triggers.ts";
import { runGraph } from "./schedule.ts";
import { settleRecords } from "./settle.ts";
import { checkStackPolicy } from "./stack-policy.ts";

/** Creates the stack's resources; ends in CREATE_COMPLETE, or as `onFailure` says. */
export async function createStack(
  operation: Operation,
  compiled: Compiled,
  stop: AbortSignal,
): Promise<void> {
  const { journal } = operation;
  const { timeoutMinutes, createdAt, updatedAt } = journal.stack;
  const limit = new AbortController();
  const cancel =
    timeoutMinutes === undefined
      ? undefined
      : operation.context.clock.at((updatedAt ?? createdAt) + timeoutMinutes * 60_000, () => limit.abort());
  const failed = await applyAll(operation, compiled, AbortSignal.any([stop, limit.signal]));
  cancel?.();
  const reason =
    limit.signal.aborted && failed !== undefined
      ? "Stack creation time exceeded the specified timeout. "
      : failed;
  if (reason === undefined) {
    settleRecords(operation);
    journal.stackStatus("CREATE_COMPLETE");
    return;
  }
  if (stop.aborted) return;
  await rollBackCreate(operation, reason);
}

/** Updates the stack; ends in UPDATE_COMPLETE, UPDATE_ROLLBACK_COMPLETE or a failed state. */
export async function updateStack(
  operation: Operation,
  compiled: Compiled,
  stop: AbortSignal,
): Promise<void> {
  const { journal } = operation;
  let reason = deniedRemovals(operation, compiled) ?? (await applyAll(operation, compiled, stop));
  if (reason === undefined) {
    const keeps = [...compiled.dependencies.keys()];
    if (journal.stack.awaited) hold(operation, keeps);
    else await cleanUp(operation, keeps);
    return;
  }
  if (stop.aborted) reason = String(stop.reason);
  // only failed resources are told in a sentence with its end
  else if (!reason.startsWith("The following resource(s)")) reason = reason.replace(/\. $/, "");
  if (journal.stack.disableRollback && !stop.aborted) journal.stackStatus("UPDATE_FAILED", reason);
  else await rollBackUpdate(operation, reason);
}

/** The reason when the stack's policy forbids the deletion of what the new template leaves out. */
function deniedRemovals(operation: Operation, compiled: Compiled): string | undefined {
  const { journal } = operation;
  const { policy, policyDuringUpdate } = journal.stack;
  const denied: string[] = [];
  for (const record of journal.resources()) {
    if (compiled.dependencies.has(record.logicalId) || record.status.startsWith("DELETE_")) continue;
    try {
      checkStackPolicy(policyDuringUpdate ?? policy, "Update:Delete", record);
    } catch (error) {
      journal.resourceEvent(
        record,
        record.physicalId,
        record.properties,
        "UPDATE_FAILED",
        failureReason(error),
      );
      denied.push(record.logicalId);
    }
  }
  return denied.length > 0
    ? `The following resource(s) failed to update: [${denied.join(", ")}]. `
    : undefined;
}

/** Applies every resource and the outputs; the stack's reason when that failed. */
async function applyAll(
  operation: Operation,
  compiled: Compiled,
  stop: AbortSignal,
): Promise<string | undefined> {
  const { journal } = operation;
  const problem = preflight(compiled);
  if (problem !== undefined) return problem;
  // what we do not support fails before anything is made
  const unsupported = [...compiled.dependencies.keys()].filter(
    (name) => handlerOf(compiled.template.resources[name]?.type ?? "") === undefined,
  );
  const graph =
    unsupported.length > 0
      ? new Map(unsupported.map((name) => [name, new Set<string>()]))
      : compiled.dependencies;
  const existed = new Set(
    journal
      .resources()
      .filter((one) => one.physicalId !== undefined)
      .map((one) => one.logicalId),
  );
  const outcome = await runGraph(graph, (name, signal) => applyResource(operation, compiled, name, signal), {
    stop,
    // where nothing is taken back, what does not need the failed one is made
    keepGoing: unsupported.length > 0 || keepsFailures(journal.stack),
  });
  if (outcome.failed.length > 0 || stop.aborted) {
    const names = outcome.failed.map((one) => one.name);
    const created = names.filter((one) => !existed.has(one));
    const updated = names.filter((one) => existed.has(one));
    return [
      ...(created.length > 0
        ? [`The following resource(s) failed to create: [${created.join(", ")}]. `]
        : []),
      ...(updated.length > 0
        ? [`The following resource(s) failed to update: [${updated.join(", ")}]. `]
        : []),
    ].join("");
  }
  try {
    const breached = await breachedTrigger(operation, stop);
    if (breached !== undefined) return breached;
    await publishOutputs(operation, compiled);
  } catch (error) {
    return `${failureReason(error)}. `.replace(/\.\. $/, ". ");
  }
  return undefined;
}

function keepsFailures({ disableRollback, onFailure, status }: Readonly<StackRecord>): boolean {
  return disableRollback || (status === "CREATE_IN_PROGRESS" && onFailure === "DO_NOTHING");
}

/** Deletes what the new template no longer has, and what was replaced, in this stack and in those nested in it. */
export async function cleanUp(operation: Operation, keeps: readonly string[]): Promise<void> {
  const { journal } = operation;
  const keep = new Set(keeps);
  // the event of one that was held is written already
  if (!isHeld(journal.stack)) journal.stackStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  journal.change((stack) => {
    delete stack.before;
    delete stack.keeps;
    delete stack.awaited;
  });
  await Promise.all(heldChildren(operation).map((one) => cleanUp(one.child, one.keeps)));
  const records = journal.resources();
  const removals: Removal[] = records
    .filter((one) => one.status !== "DELETE_COMPLETE" && one.status !== "DELETE_SKIPPED")
    .flatMap((record) => [
      ...(record.stale ?? []).map((physical) => ({
        record,
        physical,
        retain: isRetained(record.updateReplacePolicy, false),
        whole: false,
      })),
      ...(keep.has(record.logicalId)
        ? []
        : [
            {
              record,
              physical: physicalOf(record),
              retain: isRetained(record.deletionPolicy, false),
              whole: true,
            },
          ]),
    ]);
  journal.cleaning = true;
  const failed = await removeAll(operation, removals);
  journal.cleaning = false;
  settleRecords(operation);
  journal.stackStatus(
    "UPDATE_COMPLETE",
    failed.length > 0 ? `Update successful. One or more resources could not be deleted.` : undefined,
  );
}

/** Deletes the stack; ends in DELETE_COMPLETE or DELETE_FAILED. */
export async function deleteStack(operation: Operation): Promise<void> {
  const { journal } = operation;
  const { retain, id, statusBefore } = journal.stack;
  const used = journal.tables.exports
    .list()
    .filter((one) => one.stackId === id)
    .map((one) => ({ name: one.name, users: importersOf(operation, one.name) }))
    .find((one) => one.users.length > 0);
  if (used) {
    // nothing is begun then, and the stack has the status that it had
    journal.stackStatus(
      statusBefore ?? "DELETE_FAILED",
      `Export ${used.name} cannot be deleted as it is in use by ${inWords(used.users)}`,
      (stack) => {
        delete stack.statusBefore;
        delete stack.deletedAt;
      },
    );
    return;
  }
  const remove = () =>
    removeAll(
      operation,
      allRemovals(journal.resources(), { duringCreate: false, ...(retain ? { retain } : {}) }),
    );
  let failed = await remove();
  while (journal.stack.force && failed.length > 0) {
    for (const name of failed) leaveBehind(operation, name);
    // what those needed was not tried yet
    failed = await remove();
  }
  if (failed.length > 0) {
    journal.stackStatus(
      "DELETE_FAILED",
      `The following resource(s) failed to delete: [${failed.join(", ")}]. `,
    );
    return;
  }
  for (const one of journal.tables.exports.list()) {
    if (one.stackId === id) journal.tables.exports.delete(one.name);
  }
  journal.stackStatus("DELETE_COMPLETE", undefined, (stack) => {
    stack.deletedAt = journal.now();
    stack.imports = [];
    delete stack.force;
  });
}

function leaveBehind({ journal }: Operation, name: string): void {
  const record = journal.resource(name);
  if (record) journal.resourceStatus({ ...record }, "DELETE_SKIPPED");
}
