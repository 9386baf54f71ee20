/** A change set's record: what would change, or why nothing can. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../context.ts";
import type { StackRecord } from "../../stacks/engine/records.ts";
import type { Wanted } from "./definition.ts";
import { importChanges } from "./import-request.ts";
import { NO_CHANGES } from "./nested-change-sets.ts";
import { plannedUpdate, sameOutputs, sameTags } from "./planned-update.ts";
import { deploymentOptions, triggersOf } from "./stack-options.ts";
import type { ChangeSetRecord, StackTables } from "./state.ts";

export function plannedChangeSet(
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
    ImportExistingResources?: boolean | undefined;
    DeploymentConfig?: Api.DeploymentConfig | undefined;
    OnStackFailure?: string | undefined;
    RollbackConfiguration?: Api.RollbackConfiguration | undefined;
  },
): ChangeSetRecord {
  const plan = plannedUpdate(tables, stack, wanted);
  const { deploymentConfig } = deploymentOptions(input);
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
    ...(input.ImportExistingResources === undefined ? {} : { importExisting: input.ImportExistingResources }),
    ...(deploymentConfig === undefined ? {} : { deploymentConfig }),
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    ...(input.RollbackConfiguration === undefined
      ? {}
      : { rollbackTriggers: triggersOf(input.RollbackConfiguration) }),
    ...(input.OnStackFailure === undefined ? {} : { onStackFailure: input.OnStackFailure as "ROLLBACK" }),
  };
}

/** An import into a new stack is refused before there is one. */
export function checkImport(
  tables: StackTables,
  stackId: string,
  wanted: Wanted,
  ids: Readonly<Record<string, string>>,
): void {
  const empty = { id: stackId, outputs: [], parameters: {}, tags: {} } as unknown as StackRecord;
  const { changes, outputs } = plannedUpdate(tables, empty, wanted);
  importChanges(changes, ids, sameOutputs(empty, outputs));
}
