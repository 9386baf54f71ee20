/** Change sets: made, looked at, executed, deleted. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { Operation } from "../../../stacks/engine/operation.ts";
import type { ChangeDetail, ResourceChange } from "../../../stacks/engine/plan.ts";
import type { StackRecord } from "../../../stacks/engine/records.ts";
import { settled } from "../../../stacks/engine/running.ts";
import { scalarText, type Value } from "../../../stacks/template/value.ts";
import { type AwsError, isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { factsOf, type Wanted, wantedDefinition } from "../definition.ts";
import { alreadyExists, invalidChangeSetStatus, validationError } from "../errors.ts";
import { importChanges, importedIds } from "../import-request.ts";
import {
  deleteNestedSets,
  demandRoot,
  executeNestedSets,
  NO_CHANGES,
  parentSet,
  withNestedSets,
} from "../nested-change-sets.ts";
import { page } from "../paging.ts";
import { recompile } from "../prepare.ts";
import {
  type ChangeSetRecord,
  changeSetKey,
  changeSetNamed,
  changeSets,
  existingStack,
  StackTables,
  stackKey,
} from "../state.ts";
import { parametersOf, tagsOf } from "../views.ts";
import {
  beginImport,
  beginUpdate,
  checkPattern,
  checkUpdatable,
  familyOf,
  keepTemplate,
  NAME,
  NAME_OR_ARN,
  newStackId,
  PATIENCE,
  plannedUpdate,
  putStack,
  runCreate,
  sameOutputs,
  sameTags,
  token,
  triggersOf,
} from "./stacks.ts";

type ChangeSetTriggers = NonNullable<ChangeSetRecord["rollbackTriggers"]>;

export const changeSetOperations = {
  async CreateChangeSet(input, context) {
    const tables = new StackTables(context);
    const { ChangeSetName: name, StackName: stackName } = input;
    checkPattern("changeSetName", name, NAME);
    checkPattern("stackName", stackName, NAME_OR_ARN);
    const kind = input.ChangeSetType ?? "UPDATE";
    if (input.ImportExistingResources) {
      throw validationError("ImportExistingResources is not supported by the Sagekeep local cloud");
    }
    if (kind !== "IMPORT" && input.ResourcesToImport?.length) {
      throw validationError("ResourcesToImport can only be specified for ChangeSetType IMPORT.");
    }
    const found = tables.find(stackName);
    const existing = found?.status === "DELETE_COMPLETE" ? undefined : found;
    if (kind === "CREATE" && found && !existing) throw cannotCreateAgain(stackName, name);
    if (kind === "UPDATE") {
      if (!existing) throw validationError(`Stack [${stackName}] does not exist`);
      checkUpdatable(existing);
    } else if (kind === "IMPORT") {
      if (existing && existing.status !== "REVIEW_IN_PROGRESS") checkUpdatable(existing);
    } else if (existing && existing.status !== "REVIEW_IN_PROGRESS") {
      throw cannotCreateAgain(stackName, name);
    }
    const twin = existing && changeSets(context).get(changeSetKey(existing.id, name));
    // the same request once more
    if (twin && input.ClientToken !== undefined && twin.token === input.ClientToken) {
      return { Id: twin.id, StackId: twin.stackId };
    }
    const executed = twin?.executionStatus.startsWith("EXECUTE_") ?? false;
    if (twin && !executed && !isJustFailed(twin, context)) {
      throw alreadyExists(
        `ChangeSet ${name} cannot be created due to a mismatch with existing attribute TemplateBody`,
      );
    }
    const stackId = existing?.id ?? newStackId(context, stackName);
    const wanted = await wantedDefinition(
      input,
      { id: stackId, name: existing?.name ?? stackName },
      existing,
      context,
      tables,
      true,
    );
    const imported =
      kind === "IMPORT" ? importedIds(input.ResourcesToImport, wanted.prepared.compiled.template) : undefined;
    if (imported && !existing) checkImport(tables, stackId, wanted, imported);
    if (!existing) {
      putStack(context, tables, stackId, stackName, emptied(wanted), "REVIEW_IN_PROGRESS", {
        disableRollback: false,
        onFailure: "ROLLBACK",
        retainExceptOnCreate: false,
        terminationProtection: false,
        ...familyOf(tables, input),
      });
    }
    const stack = existingStack(tables, stackId);
    const plan = plannedChangeSet(context, tables, stack, wanted, { ...input, kind, imported });
    const record = await withNestedSets({ ...plan, ...parentSet(input) }, stack, context);
    keepTemplate(tables, wanted);
    // the name of an executed set is free again; the set itself keeps its ARN
    if (twin && executed) changeSets(context).put(changeSetKey(stackId, `${name}@${twin.id}`), twin);
    changeSets(context).put(changeSetKey(stackId, name), record);
    return { Id: record.id, StackId: stackId };
  },

  DescribeChangeSet(input, context) {
    const record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    const values = input.IncludePropertyValues ?? false;
    const changes = record.changes.filter((one) => !values || !one.guess);
    const { items, NextToken } = page(changes, input.NextToken, 100);
    const { definition } = record;
    return {
      ...summary(record),
      NotificationARNs: definition.notificationArns,
      RollbackConfiguration: record.rollbackTriggers
        ? {
            RollbackTriggers: record.rollbackTriggers.triggers.map((one) => ({ ...one })),
            MonitoringTimeInMinutes: record.rollbackTriggers.minutes,
          }
        : {},
      Capabilities: definition.capabilities as Api.Capability[],
      ...(Object.keys(definition.parameters).length > 0 ? { Parameters: parametersOf(definition) } : {}),
      ...(Object.keys(definition.tags).length > 0 ? { Tags: tagsOf(definition.tags) } : {}),
      ...(record.onStackFailure ? { OnStackFailure: record.onStackFailure } : {}),
      Changes: items.map((one) => ({ Type: "Resource" as const, ResourceChange: changeOf(one, values) })),
      NextToken,
    };
  },

  ListChangeSets(input, context) {
    const stack = existingStack(new StackTables(context), input.StackName);
    const all = changeSets(context)
      .list({ prefix: `${stackKey(stack.id)}#` })
      .filter((one) => !one.executionStatus.startsWith("EXECUTE_"));
    const { items, NextToken } = page(all, input.NextToken, 100);
    return { Summaries: items.map(summary), NextToken };
  },

  DeleteChangeSet(input, context) {
    let record: Readonly<ChangeSetRecord>;
    try {
      record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    } catch (error) {
      // its deletion can be asked for again
      if (isAwsError(error) && error.code === "ChangeSetNotFoundException") return {};
      throw error;
    }
    if (record.executionStatus === "EXECUTE_IN_PROGRESS") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be deleted in its current execution status of [EXECUTE_IN_PROGRESS]`,
      );
    }
    demandRoot(record, "DeleteChangeSet");
    deleteNestedSets(record, context);
    changeSets(context).delete(changeSetKey(record.stackId, record.name));
    return {};
  },

  async ExecuteChangeSet(input, context) {
    const tables = new StackTables(context);
    const record = changeSetNamed(context, input.ChangeSetName, input.StackName);
    const stack = existingStack(tables, record.stackId);
    const { ClientRequestToken: given } = input;
    // the same request once more
    if (given !== undefined && stack.token === given && stack.changeSetId === record.id) return {};
    demandRoot(record, "ExecuteChangeSet");
    if (record.status !== "CREATE_COMPLETE") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status}]`,
      );
    }
    if (record.executionStatus !== "AVAILABLE") {
      throw invalidChangeSetStatus(
        `ChangeSet [${record.id}] cannot be executed in its current execution status of [${record.executionStatus}]`,
      );
    }
    const text = tables.templateOf(record.definition);
    const { compiled, imports } = recompile(
      { ...record.definition, text: tables.processedOf(record.definition) },
      factsOf(context, { ...stack, notificationArns: record.definition.notificationArns }),
      context,
      tables,
    );
    const { processed } = tables.templates.get(record.definition.template) ?? {};
    const prepared = {
      text,
      ...(processed === undefined ? {} : { processed }),
      compiled,
      parameters: record.definition.parameters,
      resolved: record.definition.resolved,
      noEcho: record.definition.noEcho,
      imports,
    };
    const options: Partial<StackRecord> = {
      changeSetId: record.id,
      nested: { ...record.nested },
      ...(record.rollbackTriggers === undefined
        ? {}
        : { rollbackTriggers: structuredClone(record.rollbackTriggers) as ChangeSetTriggers }),
      ...(input.DisableRollback === undefined ? {} : { disableRollback: input.DisableRollback }),
      ...(input.RetainExceptOnCreate === undefined
        ? {}
        : { retainExceptOnCreate: input.RetainExceptOnCreate }),
    };
    // the others planned from a stack that will not be the same any more
    for (const [key, one] of changeSets(context).entries({ prefix: `${stackKey(stack.id)}#` })) {
      if (one.id === record.id)
        changeSets(context).update(key, (draft) => void (draft.executionStatus = "EXECUTE_IN_PROGRESS"));
      else if (!one.executionStatus.startsWith("EXECUTE_")) {
        deleteNestedSets(one, context);
        changeSets(context).delete(key);
      }
    }
    executeNestedSets(record, context);
    const definition = { ...record.definition, outputs: stack.outputs, imports: stack.imports };
    if (record.imported) {
      const wanted = { definition, prepared };
      beginImport(context, stack.id, wanted, record.imported, {
        ...options,
        ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
      });
      await settled(context.store, stack.id, PATIENCE);
      return {};
    }
    if (stack.status === "REVIEW_IN_PROGRESS") {
      const operation = new Operation(context, stack.id, { kind: "caller" });
      operation.journal.stackStatus("CREATE_IN_PROGRESS", "User Initiated", (draft) => {
        Object.assign(draft, definition, options);
        if (record.onStackFailure) draft.onFailure = record.onStackFailure;
        draft.updatedAt = context.clock.now();
        token(draft, input.ClientRequestToken);
      });
      runCreate(context, stack.id, prepared);
    } else {
      checkUpdatable(stack);
      beginUpdate(
        context,
        tables,
        stack.id,
        { definition, prepared },
        {
          ...options,
          ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
        },
      );
    }
    await settled(context.store, stack.id, PATIENCE);
    return {};
  },
} satisfies Handlers<typeof Api, CallContext>;

function cannotCreateAgain(stackName: string, name: string): AwsError {
  return validationError(
    `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
  );
}

/**
 * `aws cloudformation deploy` names its sets by the second. On AWS no two fit into one; here they do, and the first
 * may have found nothing to change.
 */
function isJustFailed(set: Readonly<ChangeSetRecord>, context: CallContext): boolean {
  return set.status === "FAILED" && context.clock.now() - set.createdAt < 1500;
}

/** An import into a new stack is refused before there is one. */
function checkImport(
  tables: StackTables,
  stackId: string,
  wanted: Wanted,
  ids: Readonly<Record<string, string>>,
): void {
  const empty = { id: stackId, outputs: [], parameters: {}, tags: {} } as unknown as StackRecord;
  const { changes, outputs } = plannedUpdate(tables, empty, wanted);
  importChanges(changes, ids, sameOutputs(empty, outputs));
}

/** A stack under review has no definition yet. */
function emptied(wanted: Wanted): Wanted {
  return {
    ...wanted,
    definition: { ...wanted.definition, parameters: {}, resolved: {}, tags: {}, capabilities: [] },
  };
}

function plannedChangeSet(
  context: CallContext,
  tables: StackTables,
  stack: Readonly<StackRecord>,
  wanted: Wanted,
  input: {
    ChangeSetName: string;
    kind: "CREATE" | "UPDATE" | "IMPORT";
    imported?: Record<string, string> | undefined;
    Description?: string | undefined;
    ClientToken?: string | undefined;
    IncludeNestedStacks?: boolean | undefined;
    OnStackFailure?: string | undefined;
    RollbackConfiguration?: Api.RollbackConfiguration | undefined;
  },
): ChangeSetRecord {
  const plan = plannedUpdate(tables, stack, wanted);
  const { outputs } = plan;
  const changes = input.imported
    ? importChanges(plan.changes, input.imported, sameOutputs(stack, outputs))
    : plan.changes;
  const nothing =
    input.kind === "UPDATE" &&
    !changes.some((one) => !one.guess) &&
    sameOutputs(stack, outputs) &&
    sameTags(stack.tags, wanted.definition.tags);
  const given = wanted.prepared.problem;
  const problem = given?.startsWith("Parameter validation failed")
    ? `${given}. Rollback requested by user.`
    : given;
  const reason = problem ?? (nothing ? NO_CHANGES : undefined);
  return {
    id: context.arn("cloudformation", `changeSet/${input.ChangeSetName}/${randomUUID()}`),
    name: input.ChangeSetName,
    stackId: stack.id,
    stackName: stack.name,
    type: input.kind,
    status: reason === undefined ? "CREATE_COMPLETE" : "FAILED",
    ...(reason === undefined ? {} : { reason }),
    executionStatus: reason === undefined ? "AVAILABLE" : "UNAVAILABLE",
    createdAt: context.clock.now(),
    ...(input.Description === undefined ? {} : { description: input.Description }),
    definition: wanted.definition,
    changes: reason === undefined ? changes : [],
    ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
    ...(input.imported === undefined ? {} : { imported: input.imported }),
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    ...(input.RollbackConfiguration === undefined
      ? {}
      : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
    ...(input.OnStackFailure === undefined ? {} : { onStackFailure: input.OnStackFailure as "ROLLBACK" }),
  };
}

function summary(record: Readonly<ChangeSetRecord>) {
  return {
    ChangeSetId: record.id,
    ChangeSetName: record.name,
    StackId: record.stackId,
    StackName: record.stackName,
    CreationTime: new Date(record.createdAt),
    Status: record.status as Api.ChangeSetStatus,
    ExecutionStatus: record.executionStatus as Api.ExecutionStatus,
    IncludeNestedStacks: record.includeNestedStacks,
    ...(record.parentId === undefined ? {} : { ParentChangeSetId: record.parentId }),
    ...(record.rootId === undefined ? {} : { RootChangeSetId: record.rootId }),
    ...(record.reason === undefined ? {} : { StatusReason: record.reason }),
    ...(record.description === undefined ? {} : { Description: record.description }),
  };
}

function changeOf(one: Readonly<ResourceChange>, values: boolean): Api.ResourceChange {
  return {
    Action: one.action,
    LogicalResourceId: one.logicalId,
    ResourceType: one.type,
    Scope: one.scope as Api.ResourceAttribute[],
    Details: one.details
      .filter((detail) => values || !detail.withValues)
      .map((detail) => detailOf(detail, values)),
    ...(one.physicalId === undefined ? {} : { PhysicalResourceId: one.physicalId }),
    ...(one.changeSetId === undefined ? {} : { ChangeSetId: one.changeSetId }),
    ...(one.policyAction === undefined ? {} : { PolicyAction: one.policyAction as Api.PolicyAction }),
    ...(one.replacement === undefined ? {} : { Replacement: one.replacement }),
    ...(values && one.before ? { BeforeContext: JSON.stringify({ Properties: one.before }) } : {}),
    ...(values && one.after ? { AfterContext: JSON.stringify({ Properties: one.after }) } : {}),
  };
}

function detailOf(detail: Readonly<ChangeDetail>, values: boolean): Api.ResourceChangeDetail {
  const { difference } = detail;
  return {
    Target: {
      Attribute: detail.attribute as Api.ResourceAttribute,
      ...(detail.name === undefined ? {} : { Name: detail.name }),
      RequiresRecreation: detail.requiresRecreation,
      ...(values && difference
        ? {
            Path: `/Properties/${difference.name}`,
            AttributeChangeType: difference.change,
            ...(difference.before === undefined ? {} : { BeforeValue: shown(difference.before) }),
            ...(difference.after === undefined ? {} : { AfterValue: shown(difference.after) }),
          }
        : {}),
    },
    Evaluation: detail.evaluation,
    ChangeSource: detail.source,
    ...(detail.causingEntity === undefined ? {} : { CausingEntity: detail.causingEntity }),
  };
}

function shown(value: Value): string {
  return scalarText(value) ?? JSON.stringify(value);
}
