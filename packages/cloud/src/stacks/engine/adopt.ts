/** Taking in one resource that is there already: it is found, described and tagged with the stack's tags, not changed. */
import { LIVE, type Read } from "../drift/live.ts";
import { resourceType } from "../resource-types.ts";
import type { Physical } from "../resources/handler.ts";
import { isGone, ResourceFailure } from "./failure.ts";
import type { Operation } from "./operation.ts";
import type { ResourceRecord } from "./records.ts";
import { revealed } from "./reveal.ts";

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

/** Takes in the resource that `record` names. @throws when there is none, or a stack has it already */
export async function takeIn(
  operation: Operation,
  start: ResourceRecord & { physicalId: string },
): Promise<void> {
  const { journal } = operation;
  const { physicalId } = start;
  let record = journal.resourceStatus(start, "IMPORT_IN_PROGRESS", "Resource import started.");
  const physical: Physical = { physicalId, properties: record.properties, attributes: {} };
  await demandFree(operation, record.type, physicalId);
  await demandExisting(operation, record.type, physical);
  const request = operation.request(record.logicalId, record.type, undefined);
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
}

/** Whether there is such a resource. @throws AwsError when it cannot be read */
export async function isThere(type: string, physical: Physical, read: Read): Promise<boolean> {
  try {
    return (await LIVE[type]?.(physical, read)) !== undefined;
  } catch (error) {
    if (!isGone(error)) throw error;
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
  const read: Read = (service, action, input) => operation.call(service, action, input);
  if (await isThere(type, physical, read)) return;
  throw new ResourceFailure(
    `Resource of type '${type}' with identifier '${physical.physicalId}' was not found.`,
  );
}
