/** After an operation is accepted or taken back: its traces in the resources' records go. */
import type { Operation } from "./operation.ts";

export function settleRecords(operation: Operation): void {
  const { journal } = operation;
  for (const record of journal.resources()) {
    if (record.status === "DELETE_COMPLETE" || record.status === "DELETE_SKIPPED")
      journal.forget(record.logicalId);
    else if (record.undo || record.stale) {
      const { undo: _, stale: __, ...rest } = record;
      journal.keep(rest);
    }
  }
}
