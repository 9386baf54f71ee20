/** Deletes a stack's resources, dependents before what they need, honouring retention policies. */
import type { Dependencies } from "../graph.ts";
import { failureReason, isGone } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { type PhysicalResource, physicalOf, type ResourceRecord } from "./records.ts";
import { runGraph } from "./schedule.ts";

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

/** The graph of `removals` by logical id, turned so that a resource comes after everything that needs it. */
function removalOrder(removals: ReadonlyMap<string, Removal[]>): Dependencies {
  const graph = new Map<string, Set<string>>();
  for (const name of removals.keys()) graph.set(name, new Set());
  for (const [name, [first]] of removals) {
    for (const need of first?.record.needs ?? []) if (need !== name) graph.get(need)?.add(name);
  }
  return graph;
}

/** Deletes them all. Names of those that failed, whose dependencies were then left alone. */
export async function removeAll(operation: Operation, removals: readonly Removal[]): Promise<string[]> {
  const byName = new Map<string, Removal[]>();
  for (const one of removals) {
    byName.set(one.record.logicalId, [...(byName.get(one.record.logicalId) ?? []), one]);
  }
  const outcome = await runGraph(
    removalOrder(byName),
    async (name) => {
      for (const one of byName.get(name) ?? []) await removeOne(operation, one);
    },
    { keepGoing: true },
  );
  return outcome.failed.map((one) => one.name);
}

async function removeOne(operation: Operation, { record, physical, retain, whole }: Removal): Promise<void> {
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
  if (whole) journal.resourceStatus({ ...record, ...physical }, "DELETE_IN_PROGRESS");
  else journal.resourceEvent(record, physical.physicalId, physical.properties, "DELETE_IN_PROGRESS");
  try {
    await operation.remove(record, physical);
  } catch (error) {
    if (!isGone(error)) {
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
          isRetained(record.deletionPolicy, options.duringCreate, options.exceptOnCreate) ||
          (options.retain?.includes(record.logicalId) ?? false),
        whole: true,
      },
    ]);
}
