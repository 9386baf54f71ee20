/**
 * Taking existing resources into a stack: nothing is made, each is found, described and tagged with the stack's tags.
 * A failure lets go of what was taken in ("Bringing existing resources into CloudFormation management").
 */
import { LIVE } from "../drift/live.ts";
import { topologicalOrder } from "../graph.ts";
import { resourceType } from "../resource-types.ts";
import type { Physical } from "../resources/handler.ts";
import type { Compiled } from "../template/compile.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { draft, resolvedProperties, revealed, withMetadata } from "./apply.ts";
import { failureReason, isGone, ResourceFailure } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { publishOutputs } from "./outputs.ts";
import type { ResourceRecord } from "./records.ts";
import { settleRecords } from "./settle.ts";

const TAGGING = "Apply stack-level tags to imported resource if applicable.";

/** Whether resources of this type can be imported: those that can be read back, and are named by their identifier. */
export function canImport(type: string): boolean {
  const spec = resourceType(type);
  return (
    Object.hasOwn(LIVE, type) &&
    spec !== undefined &&
    spec.primaryIdentifier.length > 0 &&
    spec.primaryIdentifier.join() === spec.ref.join()
  );
}

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
  publishOutputs(operation, compiled);
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
  let record: ResourceRecord = {
    ...draft(operation, compiled, name, definition, undefined),
    physicalId,
    tags: journal.stack.tags,
    undo: { kind: "create" },
  };
  try {
    record.properties = await resolvedProperties(operation, compiled, name, definition);
    record = withMetadata(operation, compiled, definition, record);
    record = journal.resourceStatus(record, "IMPORT_IN_PROGRESS", "Resource import started.");
    const physical: Physical = { physicalId, properties: record.properties, attributes: {} };
    await demandFree(operation, record.type, physicalId);
    await demandExisting(operation, record.type, physical);
    const request = operation.request(name, record.type, undefined);
    const handler = operation.handler(record.type);
    record.attributes = handler.attributes ? await handler.attributes(physical, request) : {};
    record = journal.resourceStatus(record, "IMPORT_COMPLETE", "Resource import completed.");
    record = journal.resourceStatus(record, "UPDATE_IN_PROGRESS", TAGGING);
    const tagged = resourceType(record.type)?.tagProperty !== undefined;
    if (tagged && Object.keys(journal.stack.tags).length > 0) {
      const given = await revealed(operation, record, record.properties);
      await handler.update?.({ ...physical, attributes: record.attributes }, given, [], {
        ...request,
        previousStackTags: {},
      });
    }
    journal.resourceStatus(record, "UPDATE_COMPLETE", TAGGING);
    return true;
  } catch (error) {
    const reason = failureReason(error, operation.origins.get(error as object));
    journal.resourceStatus(record, "IMPORT_FAILED", reason);
    return false;
  }
}

/** @throws ResourceFailure when a stack, this one or another, has it already */
async function demandFree(operation: Operation, type: string, physicalId: string): Promise<void> {
  const { tables, stackId } = operation.journal;
  for (const stack of tables.stacks.list()) {
    if (stack.status === "DELETE_COMPLETE") continue;
    for (const one of tables.resourcesOf(stack.id)) {
      const taken = one.type === type && one.physicalId === physicalId && !one.status.startsWith("DELETE_");
      if (!taken || (stack.id === stackId && one.undo?.kind === "create")) continue;
      throw new ResourceFailure(`${physicalId} already exists in stack ${stack.id}`);
    }
  }
}

/** Read as the stack's caller or role, as every other step of it. @throws ResourceFailure when there is none */
async function demandExisting(operation: Operation, type: string, physical: Physical): Promise<void> {
  let found: unknown;
  try {
    found = await LIVE[type]?.(physical, (service, action, input) => operation.call(service, action, input));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
  if (found) return;
  throw new ResourceFailure(
    `Resource of type '${type}' with identifier '${physical.physicalId}' was not found.`,
  );
}
