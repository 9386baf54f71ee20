/** Deletes a stack's resources, dependents before what they need, honouring retention policies. */
import { isAwsError } from "../../wire/errors.ts";
import type { Dependencies } from "../graph.ts";
import { failureReason, isGone } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { type PhysicalResource, physicalOf, type ResourceRecord } from "./records.ts";
import { type Outcome, runGraph } from "./schedule.ts";

const STILL_USED = /DependencyViolation|DeleteConflict|ResourceInUse|InUse|Conflict/;

/** One physical resource to delete, or to leave behind. */
export interface Removal {
  readonly record: Readonly<ResourceRecord>;
  readonly physical: PhysicalResource;
  readonly retain: boolean;
  /** The record itself goes, or only a replaced physical resource of it. */
  readonly whole: boolean;
}

/** Whether a resource stays behind when it is deleted. */
export function isRetained(policy: string, duringCreate: boolean, exceptOnCreate = false): boolean {
  if (duringCreate && exceptOnCreate) return false;
  return policy === "Retain" || (policy === "RetainExceptOnCreate" && !duringCreate);
}

/** Whether the operation under way found it instead of making it. */
export function isAdopted({ undo }: Readonly<ResourceRecord>): boolean {
  return undo?.kind === "create" && undo.adopted === true;
}

/** The graph of `removals` by logical id, turned so that a resource comes after everything that needs it. */
function removalOrder(removals: ReadonlyMap<string, Removal[]>): Dependencies {
  const graph = new Map<string, Set<string>>();
  for (const name of removals.keys()) graph.set(name, new Set());
  for (const [name, [first]] of removals) {
    for (const need of first?.record.needs ?? []) if (need !== name) graph.get(need)?.add(name);
  }
  return graph;
}

/** Another resource still uses it: a later attempt may do. */
class StillUsed extends Error {}

/**
 * Deletes them all. What something else still uses is tried again as long as other deletions get done, as the
 * template need not say all that depends on each other. Names of those that failed; what they need stays.
 */
export async function removeAll(operation: Operation, removals: readonly Removal[]): Promise<string[]> {
  let left = removals;
  for (;;) {
    const last = await removeRound(operation, left, true);
    if (last.failed.length === 0) return [];
    const done = new Set(last.done);
    const retryable = last.failed.some((one) => one.error instanceof StillUsed);
    left = left.filter((one) => !done.has(one.record.logicalId));
    if (retryable && done.size > 0) continue;
    const final = retryable ? await removeRound(operation, left, false) : last;
    return final.failed.map((one) => one.name);
  }
}

async function removeRound(
  operation: Operation,
  removals: readonly Removal[],
  lenient: boolean,
): Promise<Outcome> {
  const byName = new Map<string, Removal[]>();
  for (const one of removals) {
    byName.set(one.record.logicalId, [...(byName.get(one.record.logicalId) ?? []), one]);
  }
  return runGraph(
    removalOrder(byName),
    async (name) => {
      for (const one of byName.get(name) ?? []) await removeOne(operation, one, lenient);
    },
    { keepGoing: true },
  );
}

async function removeOne(
  operation: Operation,
  { record, physical, retain, whole }: Removal,
  lenient: boolean,
): Promise<void> {
  const { journal } = operation;
  const done = (status: string): void => {
    const latest = journal.resource(record.logicalId) ?? record;
    if (whole) journal.resourceStatus({ ...latest, ...physical }, status);
    else {
      const stale = (latest.stale ?? []).filter((one) => one.physicalId !== physical.physicalId);
      journal.keep({ ...latest, stale });
      journal.resourceEvent(record, physical.physicalId, physical.properties, status);
    }
  };
  if (retain) {
    done("DELETE_SKIPPED");
    return;
  }
  if (physical.physicalId === undefined) {
    // it was never made
    const latest = journal.resource(record.logicalId);
    if (whole && latest) journal.resourceStatus(latest, "DELETE_COMPLETE");
    return;
  }
  const again = whole && journal.resource(record.logicalId)?.status === "DELETE_IN_PROGRESS";
  if (again) journal.keep({ ...record, ...physical, status: "DELETE_IN_PROGRESS" });
  else if (whole) journal.resourceStatus({ ...record, ...physical }, "DELETE_IN_PROGRESS");
  else journal.resourceEvent(record, physical.physicalId, physical.properties, "DELETE_IN_PROGRESS");
  try {
    await operation.remove(record, physical);
  } catch (error) {
    if (!isGone(error)) {
      if (lenient && isAwsError(error) && STILL_USED.test(error.code)) throw new StillUsed();
      const reason = failureReason(error, operation.origins.get(error as object));
      const latest = journal.resource(record.logicalId) ?? record;
      if (whole) journal.resourceStatus({ ...latest, ...physical }, "DELETE_FAILED", reason);
      else journal.resourceEvent(record, physical.physicalId, physical.properties, "DELETE_FAILED", reason);
      throw error;
    }
  }
  done("DELETE_COMPLETE");
}

/** Everything that the stack has and is not deleted yet, replaced leftovers included. */
export function allRemovals(
  records: readonly Readonly<ResourceRecord>[],
  options: { duringCreate: boolean; exceptOnCreate?: boolean; retain?: readonly string[] },
): Removal[] {
  return records
    .filter((one) => one.status !== "DELETE_COMPLETE" && one.status !== "DELETE_SKIPPED")
    .flatMap((record) => [
      ...(record.stale ?? []).map((physical) => ({
        record,
        physical,
        retain: record.updateReplacePolicy === "Retain",
        whole: false,
      })),
      {
        record,
        physical: physicalOf(record),
        retain:
          isAdopted(record) ||
          isRetained(record.deletionPolicy, options.duringCreate, options.exceptOnCreate) ||
          (options.retain?.includes(record.logicalId) ?? false),
        whole: true,
      },
    ]);
}
