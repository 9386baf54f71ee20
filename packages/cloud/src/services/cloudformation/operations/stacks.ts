/** CreateStack, UpdateStack, DeleteStack, and the ways to stop or take up an operation. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { createStack, deleteStack, updateStack } from "../../../stacks/engine/deploy.ts";
import { importResources } from "../../../stacks/engine/import.ts";
import { nestedParent } from "../../../stacks/engine/nesting.ts";
import { Operation } from "../../../stacks/engine/operation.ts";
import { planChanges, plannedOutputs } from "../../../stacks/engine/plan.ts";
import type { ResourceRecord, StackDefinition, StackRecord } from "../../../stacks/engine/records.ts";
import { continueRollBackUpdate, rollBackCreate, rollBackUpdate } from "../../../stacks/engine/rollback.ts";
import { settled, startRun, stopRun } from "../../../stacks/engine/running.ts";
import { putSignal } from "../../../stacks/engine/signals.ts";
import { isStackPolicy } from "../../../stacks/engine/stack-policy.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { callerOf, type Wanted, wantedDefinition } from "../definition.ts";
import { alreadyExists, validationError } from "../errors.ts";
import { deleteNestedSets, executedSet } from "../nested-change-sets.ts";
import type { Prepared } from "../prepare.ts";
import { changeSets, existingStack, StackTables, stackKey } from "../state.ts";
import { objectText } from "../template-source.ts";

/** How long an answer may wait for the operation that it started, in milliseconds: clients poll every 30 s. */
const PATIENCE = 2_000;

export const stackOperations = {
  async CreateStack(input, context) {
    const tables = new StackTables(context);
    checkPattern("stackName", input.StackName, NAME);
    const same = tables.find(input.StackName);
    if (same && same.updatedAt === undefined && isRetry(same, input)) return { StackId: same.id };
    refuseExisting(tables, input);
    if (
      input.OnFailure !== undefined &&
      input.DisableRollback !== undefined &&
      nestedParent(input) === undefined
    ) {
      throw validationError("You can specify either DisableRollback or OnFailure, but not both.");
    }
    // a stack that only has change sets yet may be created without one
    const id = tables.find(input.StackName)?.id ?? newStackId(context, input.StackName);
    const wanted = await wantedDefinition(
      input,
      { id, name: input.StackName },
      undefined,
      context,
      tables,
      false,
    );
    // another request may have been quicker
    refuseExisting(tables, input);
    checkValues(wanted);
    const policy = await policyText(input.StackPolicyBody, input.StackPolicyURL, context);
    const executed = executedSet(context, id);
    obsoleteChangeSets(context, id);
    putStack(context, tables, id, input.StackName, wanted, "CREATE_IN_PROGRESS", {
      disableRollback: input.DisableRollback ?? false,
      onFailure: input.OnFailure ?? "ROLLBACK",
      retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
      terminationProtection: input.EnableTerminationProtection ?? false,
      ...(input.TimeoutInMinutes === undefined ? {} : { timeoutMinutes: input.TimeoutInMinutes }),
      ...(policy === undefined ? {} : { policy }),
      ...(input.RollbackConfiguration === undefined
        ? {}
        : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
      ...executed,
      ...familyOf(tables, input),
    });
    runCreate(context, id, wanted.prepared);
    await settled(context.store, id, PATIENCE);
    return { StackId: id };
  },

  async UpdateStack(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    if (stack.updatedAt !== undefined && isRetry(stack, input)) return { StackId: stack.id };
    checkUpdatable(stack);
    const wanted = await wantedDefinition(input, stack, stack, context, tables, false);
    if (!hasChanges(tables, stack, wanted)) throw validationError("No updates are to be performed.");
    const policy = await policyText(input.StackPolicyBody, input.StackPolicyURL, context);
    const policyDuringUpdate = await policyText(
      input.StackPolicyDuringUpdateBody,
      input.StackPolicyDuringUpdateURL,
      context,
    );
    checkUpdatable(existingStack(tables, stack.id));
    beginUpdate(context, tables, stack.id, wanted, {
      ...executedSet(context, stack.id),
      ...(input.DisableRollback === undefined ? {} : { disableRollback: input.DisableRollback }),
      ...(policy === undefined ? {} : { policy }),
      ...(policyDuringUpdate === undefined ? {} : { policyDuringUpdate }),
      ...(input.RollbackConfiguration === undefined
        ? {}
        : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
      ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
    });
    await settled(context.store, stack.id, PATIENCE);
    return { StackId: stack.id };
  },

  async DeleteStack(input, context) {
    const tables = new StackTables(context);
    const stack = tables.find(input.StackName);
    if (!stack || stack.status === "DELETE_COMPLETE") return {};
    if (stack.terminationProtection) {
      throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
    }
    if (stack.status === "DELETE_IN_PROGRESS") return {};
    if (
      stack.status.endsWith("_IN_PROGRESS") &&
      !/^(?:CREATE|REVIEW|ROLLBACK)_IN_PROGRESS$/.test(stack.status)
    ) {
      throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
    }
    const retain = [...(input.RetainResources ?? [])];
    checkRetained(tables, stack, retain);
    const force = input.DeletionMode === "FORCE_DELETE_STACK";
    if (force) checkFailed(stack, "DeletionMode FORCE_DELETE_STACK");
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    stopRun(context.store, stack.id, "Resource creation cancelled");
    await settled(context.store, stack.id, 60_000);
    for (const [key, one] of changeSets(context).entries({ prefix: `${stackKey(stack.id)}#` })) {
      // what was executed stays to be looked at by its ARN
      if (one.executionStatus.startsWith("EXECUTE_")) continue;
      deleteNestedSets(one, context);
      changeSets(context).delete(key);
    }
    operation.journal.stackStatus("DELETE_IN_PROGRESS", "User Initiated", (record) => {
      if (input.RoleARN !== undefined) record.roleArn = input.RoleARN;
      if (retain.length > 0) record.retain = retain;
      if (force) record.force = true;
      if (!stack.status.endsWith("_IN_PROGRESS")) record.statusBefore = stack.status;
      token(record, input.ClientRequestToken);
    });
    startRun(context.store, stack.id, () => deleteStack(operation), ignore);
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },

  SignalResource(input, context) {
    const tables = new StackTables(context);
    const stack = existingStack(tables, input.StackName);
    const record = tables.resources.get(tables.resourceKey(stack.id, input.LogicalResourceId));
    if (!record) {
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    if (!/_IN_PROGRESS$/.test(stack.status)) {
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be signaled`);
    }
    if (!/^(?:CREATE|UPDATE)_IN_PROGRESS$/.test(record.status)) {
      throw validationError(
        `Resource ${input.LogicalResourceId} is in ${record.status} state and can not be signaled`,
      );
    }
    putSignal(context, stack.id, input.LogicalResourceId, {
      uniqueId: input.UniqueId,
      status: input.Status,
    });
    return {};
  },

  async CancelUpdateStack(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    if (stack.status !== "UPDATE_IN_PROGRESS") {
      throw validationError(`CancelUpdateStack cannot be called from current stack status ${stack.status}`);
    }
    stopRun(context.store, stack.id, "User Initiated");
    return {};
  },

  async ContinueUpdateRollback(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    if (stack.status !== "UPDATE_ROLLBACK_FAILED") {
      throw validationError(
        `Stack:${stack.id} is in ${stack.status} state and can not continue update rollback.`,
      );
    }
    checkSkipped(new StackTables(context), stack, input.ResourcesToSkip ?? []);
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    operation.journal.stackStatus("UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated", (record) =>
      token(record, input.ClientRequestToken),
    );
    const skip = input.ResourcesToSkip ?? [];
    startRun(context.store, stack.id, () => continueRollBackUpdate(operation, skip), ignore);
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },

  async RollbackStack(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    const operation = new Operation(context, stack.id, callerOf(input.RoleARN ?? stack.roleArn));
    operation.journal.change((record) => token(record, input.ClientRequestToken));
    if (stack.status === "CREATE_FAILED") {
      operation.journal.change((record) => {
        record.disableRollback = false;
        record.onFailure = "ROLLBACK";
        record.retainExceptOnCreate = input.RetainExceptOnCreate ?? record.retainExceptOnCreate;
      });
      startRun(context.store, stack.id, () => rollBackCreate(operation, ""), ignore);
    } else if (stack.status === "UPDATE_FAILED") {
      startRun(context.store, stack.id, () => rollBackUpdate(operation, "User Initiated"), ignore);
    } else throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be rolled back.`);
    await settled(context.store, stack.id, PATIENCE);
    return { StackId: stack.id };
  },
} satisfies Handlers<typeof Api, CallContext>;

/** Parent and root of a stack that is made for a resource of another one. */
export function familyOf(tables: StackTables, input: object): { parentId?: string; rootId?: string } {
  const parent = nestedParent(input);
  const record = parent === undefined ? undefined : tables.find(parent);
  return record ? { parentId: record.id, rootId: record.rootId ?? record.id } : {};
}

/** @throws AwsError `AlreadyExistsException` unless the name is free, or its stack is still under review */
function refuseExisting(tables: StackTables, { StackName }: { StackName: string }): void {
  const found = tables.find(StackName);
  if (found && found.status !== "REVIEW_IN_PROGRESS")
    throw alreadyExists(`Stack [${StackName}] already exists`);
}

/** What was planned for a stack that is made in another way cannot be executed any more. */
function obsoleteChangeSets(context: CallContext, stackId: string): void {
  const sets = changeSets(context);
  for (const [key, one] of sets.entries({ prefix: `${stackKey(stackId)}#` })) {
    if (one.executionStatus.startsWith("EXECUTE_")) continue;
    sets.update(key, (draft) => void (draft.executionStatus = "OBSOLETE"));
  }
}

/** A stack policy's text. @throws AwsError `ValidationError` unless it is one */
function checkedPolicy(text: string): string {
  if (isStackPolicy(text)) return text;
  throw validationError("Error validating stack policy: Invalid stack policy");
}

/** A stack policy given as text or as an object in S3; not both. */
export async function policyText(
  body: string | undefined,
  url: string | undefined,
  context: CallContext,
): Promise<string | undefined> {
  if (body !== undefined && url !== undefined) {
    throw validationError("You cannot specify both StackPolicyURL and StackPolicyBody");
  }
  if (url !== undefined) return checkedPolicy(await objectText(url, context, { kind: "caller" }));
  return body === undefined ? undefined : checkedPolicy(body);
}

/** Alarms that take an operation back, and how long they are watched after it. */
export function triggersOf(input: Api.RollbackConfiguration): NonNullable<StackRecord["rollbackTriggers"]> {
  for (const { Arn = "", Type = "" } of input.RollbackTriggers ?? []) {
    if (!/^AWS::CloudWatch::(?:Composite)?Alarm$/.test(Type)) {
      throw validationError("Rollback Trigger Type not supported");
    }
    if (!/^arn:[^:]*:cloudwatch:[^:]*:[^:]*:alarm:.+$/.test(Arn)) {
      throw validationError("RelativeId of a Rollback Trigger's ARN is incorrect");
    }
  }
  return {
    triggers: (input.RollbackTriggers ?? []).map(({ Arn = "", Type = "" }) => ({ Arn, Type })),
    minutes: input.MonitoringTimeInMinutes ?? 0,
  };
}

/** Failures of the engine itself; the stack's state tells of all others. */
export function ignore(): void {}

export function newStackId(context: CallContext, name: string): string {
  return context.arn("cloudformation", `stack/${name}/${randomUUID()}`);
}

/** Names as the service checks them; the pattern of its published model differs for those that may be ARNs. */
export const NAME = "[a-zA-Z][-a-zA-Z0-9]*";
export const NAME_OR_ARN = "[a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*";

/** @throws AwsError `ValidationError` in the words of the generic validation */
export function checkPattern(member: string, value: string, pattern: string): void {
  const tooLong = value.length > 128 && !value.startsWith("arn:");
  if (new RegExp(`^(?:${pattern})$`).test(value) && !tooLong) return;
  const rule = tooLong
    ? "Member must have length less than or equal to 128"
    : `Member must satisfy regular expression pattern: ${pattern}`;
  throw validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
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
      if (prepared.problem !== undefined) await rollBackCreate(operation, `${prepared.problem}. `);
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
      for (const key of ["description", "roleArn", "policyDuringUpdate", "changeSetId", "token"] as const)
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
    ...(stack.roleArn === undefined ? {} : { roleArn: stack.roleArn }),
  };
}

const UPDATABLE = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "UPDATE_FAILED",
  "CREATE_FAILED",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
]);

/** @throws AwsError `ValidationError` when the stack's status does not allow an update */
export function checkUpdatable(stack: Readonly<StackRecord>): void {
  if (!UPDATABLE.has(stack.status)) {
    throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
  }
}

/** The stack as the planner sees it. @throws AwsError when a resource changes its type */
export function plannedUpdate(tables: StackTables, stack: Readonly<StackRecord>, wanted: Wanted) {
  const records = new Map<string, Readonly<ResourceRecord>>();
  for (const one of tables.resourcesOf(stack.id)) records.set(one.logicalId, one);
  const retyped = [...records.values()].filter((one) => {
    const now = wanted.prepared.compiled.template.resources[one.logicalId];
    return now && one.physicalId !== undefined && one.status !== "DELETE_COMPLETE" && now.type !== one.type;
  });
  if (retyped.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${retyped.map((one) => one.logicalId).join(", ")}]`,
    );
  }
  const existing = { records, parameters: stack.parameters, tags: stack.tags };
  const target = {
    compiled: wanted.prepared.compiled,
    parameters: wanted.definition.parameters,
    tags: wanted.definition.tags,
  };
  const changes = planChanges(existing, target);
  return { changes, outputs: plannedOutputs(existing, target, changes) };
}

/** Misused functions whose values are known already are refused with the request, not by the stack. */
function checkValues(wanted: Wanted): void {
  try {
    const empty = { records: new Map(), parameters: {}, tags: {} };
    planChanges(empty, {
      compiled: wanted.prepared.compiled,
      parameters: wanted.definition.parameters,
      tags: {},
    });
  } catch (error) {
    if (error instanceof AwsError && /^Template (?:format )?error/.test(error.message)) throw error;
  }
}

function hasChanges(tables: StackTables, stack: Readonly<StackRecord>, wanted: Wanted): boolean {
  const { changes, outputs } = plannedUpdate(tables, stack, wanted);
  return (
    changes.some((one) => !one.guess) ||
    !sameOutputs(stack, outputs) ||
    !sameTags(stack.tags, wanted.definition.tags)
  );
}

export function sameOutputs(
  stack: Readonly<StackRecord>,
  outputs: Record<string, string | undefined>,
): boolean {
  const now = Object.fromEntries(
    stack.outputs.map((one) => [one.key, `${one.value}\n${one.exportName ?? ""}\n${one.description ?? ""}`]),
  );
  const keys = Object.keys(outputs);
  return keys.length === stack.outputs.length && keys.every((key) => outputs[key] === now[key]);
}

export function sameTags(a: Record<string, string>, b: Record<string, string>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => a[key] === b[key]);
}

function checkRetained(tables: StackTables, stack: Readonly<StackRecord>, retain: readonly string[]): void {
  if (retain.length === 0) return;
  checkFailed(stack, "RetainResources");
  demandResources(tables, stack, retain);
}

function demandResources(
  tables: StackTables,
  stack: Readonly<StackRecord>,
  names: readonly string[],
): Readonly<ResourceRecord>[] {
  const known = new Map(tables.resourcesOf(stack.id).map((one) => [one.logicalId, one]));
  const strange = names.filter((one) => !known.has(one));
  if (strange.length > 0)
    throw validationError(`Resources [${strange.join(", ")}] do not exist in stack [${stack.name}]`);
  return names.flatMap((one) => known.get(one) ?? []);
}

/** @throws AwsError `ValidationError` for a resource whose update did not fail: only such can be skipped */
function checkSkipped(tables: StackTables, stack: Readonly<StackRecord>, names: readonly string[]): void {
  const sound = demandResources(tables, stack, names).filter((one) => one.status !== "UPDATE_FAILED");
  if (sound.length === 0) return;
  throw validationError(
    `The following resource(s) to skip are not in the UPDATE_FAILED state: [${sound.map((one) => one.logicalId).join(", ")}]`,
  );
}

/** @throws AwsError `ValidationError` unless a deletion of the stack has failed */
function checkFailed(stack: Readonly<StackRecord>, option: string): void {
  if (stack.status === "DELETE_FAILED") return;
  throw validationError(
    `Invalid operation on stack [${stack.id}]. ${option} can only be specified when the stack is in the DELETE_FAILED state`,
  );
}

/** Whether a request repeats the stack's last one, by its token: it is answered again and not done again. */
function isRetry(stack: Readonly<StackRecord>, input: { ClientRequestToken?: string | undefined }): boolean {
  return input.ClientRequestToken !== undefined && stack.token === input.ClientRequestToken;
}

export function token(record: StackRecord, value: string | undefined): void {
  if (value === undefined) delete record.token;
  else record.token = value;
}

export { PATIENCE };
