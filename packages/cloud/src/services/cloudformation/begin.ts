/** Beginnings of operations: the stack's record is put in progress, and the engine is started on it. */
import { randomUUID } from "node:crypto";
import type { CallContext } from "../../context.ts";
import { createStack, updateStack } from "../../stacks/engine/deploy.ts";
import { importResources } from "../../stacks/engine/import.ts";
import { nestedParent } from "../../stacks/engine/nesting.ts";
import { Operation } from "../../stacks/engine/operation.ts";
import type { StackDefinition, StackRecord } from "../../stacks/engine/records.ts";
import { rollBackCreate, rollBackUpdate } from "../../stacks/engine/rollback.ts";
import { startRun } from "../../stacks/engine/running.ts";
import { callerOf, type Wanted } from "./definition.ts";
import type { Prepared } from "./prepare.ts";
import { StackTables, stackKey } from "./state.ts";

/** How long an answer may wait for the operation that it started, in milliseconds: clients poll every 30 s. */
export const PATIENCE = 2_000;

export function newStackId(context: CallContext, name: string): string {
  return context.arn("cloudformation", `stack/${name}/${randomUUID()}`);
}

/** Parent and root of a stack that is made for a resource of another one. */
export function familyOf(tables: StackTables, input: object): { parentId?: string; rootId?: string } {
  const parent = nestedParent(input);
  const record = parent === undefined ? undefined : tables.find(parent);
  return record ? { parentId: record.id, rootId: record.rootId ?? record.id } : {};
}

export function keepTemplate(tables: StackTables, { definition, prepared }: Wanted): void {
  const { text, processed } = prepared;
  tables.templates.put(definition.template, { text, ...(processed === undefined ? {} : { processed }) });
}

/** Keeps a new stack and writes its first event. */
export function putStack(
  context: CallContext,
  tables: StackTables,
  id: string,
  name: string,
  wanted: Wanted,
  status: string,
  options: Pick<
    StackRecord,
    "disableRollback" | "onFailure" | "retainExceptOnCreate" | "terminationProtection"
  > &
    Partial<StackRecord>,
): void {
  context.store.unitOfWork(() => {
    keepTemplate(tables, wanted);
    tables.stacks.put(stackKey(id), {
      ...wanted.definition,
      ...options,
      id,
      name,
      status,
      createdAt: tables.stacks.get(stackKey(id))?.createdAt ?? context.clock.now(),
    });
    new Operation(context, id, { kind: "caller" }).journal.stackStatus(status, "User Initiated");
  });
}

/** Starts the creation that the stack's record asks for. */
export function runCreate(context: CallContext, id: string, prepared: Prepared): void {
  const tables = new StackTables(context);
  const stack = tables.find(id) as Readonly<StackRecord>;
  const operation = new Operation(context, id, callerOf(stack.roleArn), prepared.imports);
  startRun(
    context.store,
    id,
    async (stop) => {
      // the sentence's end is the rollback's own
      const problem = prepared.problem?.replace(/\. Rollback requested by user\.$/, "");
      if (problem !== undefined) await rollBackCreate(operation, `${problem}. `);
      else await createStack(operation, prepared.compiled, stop);
    },
    (error) => broken(operation, error),
  );
}

/** Keeps the new definition beside the old one and starts the update. */
export function beginUpdate(
  context: CallContext,
  tables: StackTables,
  id: string,
  wanted: Wanted,
  options: Partial<StackRecord>,
): void {
  const operation = new Operation(context, id, callerOf(wanted.definition.roleArn), wanted.prepared.imports);
  context.store.unitOfWork(() => {
    keepTemplate(tables, wanted);
    operation.journal.stackStatus("UPDATE_IN_PROGRESS", "User Initiated", (record) => {
      record.before ??= definitionOf(record);
      for (const key of [
        "description",
        "roleArn",
        "stackOutputs",
        "awaited",
        "keeps",
        "policyDuringUpdate",
        "changeSetId",
        "adopt",
        "deploymentConfig",
        "token",
      ] as const)
        delete record[key];
      Object.assign(record, wanted.definition, { disableRollback: false }, options);
      record.updatedAt = context.clock.now();
    });
  });
  startRun(
    context.store,
    id,
    async (stop) => {
      if (wanted.prepared.problem !== undefined) await rollBackUpdate(operation, wanted.prepared.problem);
      else await updateStack(operation, wanted.prepared.compiled, stop);
    },
    (error) => broken(operation, error),
  );
}

/** Keeps the new definition beside the old one and takes existing resources into the stack. */
export function beginImport(
  context: CallContext,
  id: string,
  { definition, prepared }: Wanted,
  imported: Readonly<Record<string, string>>,
  options: Partial<StackRecord>,
): void {
  const operation = new Operation(context, id, callerOf(definition.roleArn), prepared.imports);
  operation.journal.stackStatus("IMPORT_IN_PROGRESS", "User Initiated", (record) => {
    record.before = definitionOf(record);
    Object.assign(record, definition, options);
    record.updatedAt = context.clock.now();
  });
  startRun(
    context.store,
    id,
    () => importResources(operation, prepared.compiled, imported),
    (error) => broken(operation, error),
  );
}

export function definitionOf(stack: Readonly<StackRecord>): StackDefinition {
  const { template, parameters, resolved, noEcho, tags, capabilities, notificationArns, outputs, imports } =
    stack;
  return {
    template,
    parameters,
    resolved,
    noEcho,
    tags,
    capabilities,
    notificationArns,
    outputs,
    imports,
    ...(stack.description === undefined ? {} : { description: stack.description }),
    ...(stack.stackOutputs === undefined ? {} : { stackOutputs: stack.stackOutputs }),
    ...(stack.roleArn === undefined ? {} : { roleArn: stack.roleArn }),
  };
}

export function token(record: StackRecord, value: string | undefined): void {
  if (value === undefined) delete record.token;
  else record.token = value;
}

/** Failures of the engine itself; the stack's state tells of all others. */
export function ignore(): void {}

/** The engine failed, not the template: say so instead of leaving the stack in progress for ever. */
export function broken(operation: Operation, error: unknown): void {
  const { journal } = operation;
  try {
    const status = journal.stack.status;
    if (!status.endsWith("_IN_PROGRESS")) return;
    const reason = `Internal failure: ${error instanceof Error ? error.message : String(error)}`;
    const failed = status.startsWith("IMPORT")
      ? "IMPORT_ROLLBACK_FAILED"
      : status.startsWith("UPDATE_ROLLBACK")
        ? "UPDATE_ROLLBACK_FAILED"
        : status.startsWith("UPDATE")
          ? "UPDATE_FAILED"
          : status.startsWith("DELETE")
            ? "DELETE_FAILED"
            : status.startsWith("ROLLBACK")
              ? "ROLLBACK_FAILED"
              : "CREATE_FAILED";
    journal.stackStatus(failed, reason);
  } catch {
    // the cloud was closed meanwhile: the next start takes the stack up
  }
}
