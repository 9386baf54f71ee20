/**
 * Taking existing resources into a stack: nothing is made, each is found, described and tagged with the stack's tags.
 * A failure lets go of what was taken in ("Bringing existing resources into CloudFormation management").
 */
import { topologicalOrder } from "../graph.ts";
import type { Compiled } from "../template/compile.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { takeIn } from "./adopt.ts";
import { draft, resolvedProperties, withMetadata } from "./apply.ts";
import { failureReason } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { publishOutputs } from "./outputs.ts";
import type { ResourceRecord } from "./records.ts";
import { settleRecords } from "./settle.ts";

/** Imports resources, by logical id; ends in IMPORT_COMPLETE or IMPORT_ROLLBACK_COMPLETE. */
export async function importResources(
  operation: Operation,
  compiled: Compiled,
  physicalIds: Readonly<Record<string, string>>,
): Promise<void> {
  const { journal } = operation;
  for (const name of topologicalOrder(compiled.dependencies)) {
    const physicalId = physicalIds[name];
    if (physicalId === undefined) continue;
    if (await importOne(operation, compiled, name, physicalId)) continue;
    journal.stackStatus(
      "IMPORT_ROLLBACK_IN_PROGRESS",
      `The following resource(s) failed to import: [${name}]. `,
    );
    return rollBackImport(operation);
  }
  settleRecords(operation);
  await publishOutputs(operation, compiled);
  journal.stackStatus("IMPORT_COMPLETE", undefined, (stack) => {
    delete stack.before;
  });
}

/** Lets go of what the import had taken in; the resources themselves stay as they are. */
export function rollBackImport(operation: Operation): void {
  const { journal } = operation;
  for (const record of journal.resources()) {
    if (record.undo?.kind !== "create") continue;
    journal.resourceEvent(record, record.physicalId, record.properties, "IMPORT_ROLLBACK_IN_PROGRESS");
    journal.resourceEvent(record, record.physicalId, record.properties, "IMPORT_ROLLBACK_COMPLETE");
    journal.forget(record.logicalId);
  }
  journal.stackStatus("IMPORT_ROLLBACK_COMPLETE", undefined, (stack) => {
    if (stack.before) Object.assign(stack, stack.before);
    delete stack.before;
  });
}

/** Whether it could be taken in; the reason is in the journal if not. */
async function importOne(
  operation: Operation,
  compiled: Compiled,
  name: string,
  physicalId: string,
): Promise<boolean> {
  const { journal } = operation;
  const definition = compiled.template.resources[name] as ResourceDefinition;
  let record: ResourceRecord & { physicalId: string } = {
    ...draft(operation, compiled, name, definition, undefined),
    physicalId,
    tags: journal.stack.tags,
    undo: { kind: "create" },
  };
  try {
    record.properties = await resolvedProperties(operation, compiled, name, definition);
    record = { ...withMetadata(operation, compiled, definition, record), physicalId };
    await takeIn(operation, record);
    return true;
  } catch (error) {
    const reason = failureReason(error, operation.origins.get(error as object));
    journal.resourceStatus(journal.resource(name) ?? record, "IMPORT_FAILED", reason);
    return false;
  }
}
