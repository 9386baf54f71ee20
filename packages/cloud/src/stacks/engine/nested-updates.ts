/**
 * Nested stacks in their parent's update: what they replaced and what their old templates had stays until the root's
 * update is through, so that all of them can be taken back ("Update behaviors of nested stacks").
 */
import { ResourceFailure } from "./failure.ts";
import { Operation } from "./operation.ts";
import { type PhysicalResource, physicalOf, type ResourceRecord, type StackRecord } from "./records.ts";
import { settled } from "./running.ts";

export const NESTED = "AWS::CloudFormation::Stack";

/** Whether the stack has been updated and waits for its parent's update to end. */
export function isHeld(stack: Readonly<StackRecord>): stack is Readonly<StackRecord> & { keeps: string[] } {
  return stack.keeps !== undefined;
}

/** Leaves the clean-up of an update to the parent's. @param keeps names of the new template's resources */
export function hold({ journal }: Operation, keeps: string[]): void {
  journal.stackStatus("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", undefined, (stack) => {
    stack.keeps = keeps;
  });
}

/** The nested stacks that wait for this one's update to end. */
export function heldChildren(operation: Operation): { child: Operation; keeps: readonly string[] }[] {
  return operation.journal.resources().flatMap((record) => {
    if (record.type !== NESTED || record.physicalId === undefined) return [];
    const stack = operation.journal.tables.find(record.physicalId);
    return stack && isHeld(stack) ? [{ child: childOf(operation, stack.id), keeps: stack.keeps }] : [];
  });
}

/**
 * Takes the nested stack of `record` back to what it was before its parent's update, whatever is in S3 by now; one
 * that failed has done so by itself.
 * @param takeBack rolls an update back
 * @throws ResourceFailure unless the nested stack is sound then
 */
export async function putNestedBack(
  operation: Operation,
  record: Readonly<ResourceRecord>,
  before: Readonly<PhysicalResource>,
  takeBack: (child: Operation) => Promise<void>,
): Promise<PhysicalResource> {
  const { store } = operation.context;
  const { tables } = operation.journal;
  const id = record.physicalId ?? "";
  const look = (): Readonly<StackRecord> | undefined => tables.find(id);
  for (let stack = look(); stack && !isHeld(stack) && stack.status.endsWith("_IN_PROGRESS"); stack = look()) {
    await settled(store, id, 1000);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
  const stack = look();
  if (stack && isHeld(stack)) await takeBack(childOf(operation, stack.id));
  const { status, reason } = look() ?? { status: "DELETE_COMPLETE", reason: undefined };
  if (!/^(?:CREATE|(?:UPDATE|IMPORT)(?:_ROLLBACK)?)_COMPLETE$/.test(status)) {
    throw new ResourceFailure(
      `Embedded stack ${id} was not successfully updated. Currently in ${status}${reason ? ` with reason: ${reason}` : ""}`,
    );
  }
  const { properties, tags } = physicalOf(before);
  const physical = { physicalId: id, properties, attributes: {} };
  const request = operation.request(record.logicalId, record.type, undefined);
  const attributes = (await operation.handler(NESTED).attributes?.(physical, request)) ?? {};
  return { physicalId: id, properties, attributes, tags };
}

function childOf({ context, as }: Operation, id: string): Operation {
  return new Operation(context, id, as);
}
