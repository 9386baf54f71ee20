/** Writes a stack's progress: its status, its resources' records, and an event for each step. */
import { randomUUID } from "node:crypto";
import type { CallContext } from "../../context.ts";
import type { ValueMap } from "../template/value.ts";
import { type EventRecord, type ResourceRecord, type StackRecord, StackTables, stackKey } from "./records.ts";

export class Journal {
  readonly stackId: string;
  readonly tables: StackTables;
  readonly #context: CallContext;
  readonly #key: string;
  /** While an update's leftovers are deleted: AWS tells less of them. */
  cleaning = false;
  #next: number;
  /** When the last event was. */
  #last: number;

  constructor(context: CallContext, stackId: string) {
    this.#context = context;
    this.stackId = stackId;
    this.tables = new StackTables(context);
    this.#key = stackKey(stackId);
    const [last, event] = this.tables.events.entries({ prefix: `${this.#key}#` }).at(-1) ?? [];
    this.#next = last ? Number(last.slice(last.lastIndexOf("#") + 1)) + 1 : 0;
    this.#last = event?.time ?? 0;
  }

  get stack(): Readonly<StackRecord> {
    return this.tables.stacks.get(this.#key) as Readonly<StackRecord>;
  }

  now(): number {
    return this.#context.clock.now();
  }

  /** Changes the stack's record without an event. */
  change(edit: (stack: StackRecord) => void): void {
    this.tables.stacks.update(this.#key, edit);
  }

  /** Sets the stack's status, with its event. */
  stackStatus(status: string, reason?: string, edit?: (stack: StackRecord) => void): void {
    this.change((stack) => {
      stack.status = status;
      delete stack.reason;
      if (reason !== undefined) stack.reason = reason;
      // AWS dates a stack's end from when its removal begins, also when a creation is rolled back
      if (status === "DELETE_IN_PROGRESS" || status === "ROLLBACK_IN_PROGRESS") stack.deletedAt = this.now();
      if (stack.changeSetId !== undefined) this.#executed(stack.changeSetId, status);
      if (status === "DELETE_IN_PROGRESS") delete stack.changeSetId;
      edit?.(stack);
    });
    this.#append(() => randomUUID(), {
      logicalId: this.stack.name,
      physicalId: this.stackId,
      type: "AWS::CloudFormation::Stack",
      status,
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** Tells the change set under execution how that ended. */
  #executed(changeSetId: string, status: string): void {
    const outcome = /^(?:CREATE|UPDATE|IMPORT)_COMPLETE/.test(status)
      ? "EXECUTE_COMPLETE"
      : /FAILED$|ROLLBACK/.test(status)
        ? "EXECUTE_FAILED"
        : undefined;
    const sets = this.#context.table<{ id: string; executionStatus: string }>("cloudformation.change-set");
    const key = `${this.#key}#${/changeSet\/([^/]+)\//.exec(changeSetId)?.[1]}`;
    const set = sets.get(key);
    if (outcome === undefined || set?.id !== changeSetId || set.executionStatus !== "EXECUTE_IN_PROGRESS")
      return;
    sets.update(key, (draft) => void (draft.executionStatus = outcome));
  }

  resource(logicalId: string): Readonly<ResourceRecord> | undefined {
    return this.tables.resources.get(`${this.#key}#${logicalId}`);
  }

  resources(): Readonly<ResourceRecord>[] {
    return this.tables.resourcesOf(this.stackId);
  }

  /** Writes a resource's record without an event. */
  keep(record: ResourceRecord): void {
    this.tables.resources.put(`${this.#key}#${record.logicalId}`, record);
  }

  forget(logicalId: string): void {
    this.tables.resources.delete(`${this.#key}#${logicalId}`);
  }

  /** Changes a resource's status, with its event. */
  resourceStatus(record: ResourceRecord, status: string, reason?: string): ResourceRecord {
    const { reason: _, ...rest } = record;
    const next = { ...rest, status, updatedAt: this.now(), ...(reason === undefined ? {} : { reason }) };
    this.keep(next);
    this.resourceEvent(next, next.physicalId, next.properties, status, reason);
    return next;
  }

  /** An event about a physical resource, whatever the record's own state. */
  resourceEvent(
    about: { logicalId: string; type: string },
    physicalId: string | undefined,
    properties: ValueMap,
    status: string,
    reason?: string,
  ): void {
    const id = (time: number): string =>
      `${about.logicalId}-${this.cleaning ? randomUUID() : `${status}-${new Date(time).toISOString()}`}`;
    this.#append(id, {
      logicalId: about.logicalId,
      physicalId: physicalId ?? "",
      type: about.type,
      status,
      ...(reason === undefined ? {} : { reason }),
      ...(this.cleaning ? {} : { properties: JSON.stringify(properties) }),
    });
  }

  /**
   * No two events of a stack have the same time: clients sort by it, and a resource's event is named by it. The CDK
   * stops reading at an event that it has seen.
   */
  #append(id: (time: number) => string, event: Omit<EventRecord, "id" | "time" | "token">): void {
    const token = this.stack.token;
    const time = Math.max(this.now(), this.#last + 1);
    this.#last = time;
    this.tables.events.put(`${this.#key}#${String(this.#next++).padStart(8, "0")}`, {
      ...event,
      id: id(time),
      time,
      ...(token === undefined ? {} : { token }),
    });
  }
}
