/**
 * Change sets of nested stacks ("Change sets for nested stacks"): the root's makes one for each nested stack that it
 * adds or changes, which are executed and deleted with it. A nested stack that does not exist yet waits under review.
 */
import type { CallContext } from "../../context.ts";
import { markNested } from "../../stacks/engine/nesting.ts";
import type { ResourceChange } from "../../stacks/engine/plan.ts";
import type { StackRecord } from "../../stacks/engine/records.ts";
import { generatedName, randomSuffix } from "../../stacks/names.ts";
import { isMap, scalarText, type Value, type ValueMap } from "../../stacks/template/value.ts";
import { isAwsError } from "../../wire/errors.ts";
import { callerOf } from "./definition.ts";
import { validationError } from "./errors.ts";
import { type ChangeSetRecord, changeSetKey, changeSets, StackTables, stackKey } from "./state.ts";

export const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";
const TYPE = "AWS::CloudFormation::Stack";
const UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** Inputs that are made here, and the set that they are made for: no client can forge that. */
const parents = new WeakMap<object, { id: string; root: string }>();

/** The parent and root of the change set that `input` asks for, where it is a nested one. */
export function parentSet(input: object): { parentId?: string; rootId?: string } {
  const found = parents.get(input);
  return found ? { parentId: found.id, rootId: found.root } : {};
}

/** The record with a change set for each nested stack; FAILED when one of them cannot be made. */
export async function withNestedSets(
  record: ChangeSetRecord,
  stack: Readonly<StackRecord>,
  context: CallContext,
): Promise<ChangeSetRecord> {
  if (!record.includeNestedStacks || record.status !== "CREATE_COMPLETE") return record;
  const changes: ResourceChange[] = [];
  const nested: Record<string, string> = {};
  try {
    for (const change of record.changes) {
      const made = await nestedSet(record, change, stack, context);
      // what changes nothing inside, and nothing of itself, is no change
      if (made === "same") continue;
      changes.push(made ? { ...change, changeSetId: made.id } : change);
      if (made && change.action === "Add") nested[change.logicalId] = made.stackName;
    }
  } catch (error) {
    if (!isAwsError(error)) throw error;
    deleteNestedSets(record, context);
    return {
      ...record,
      status: "FAILED",
      executionStatus: "UNAVAILABLE",
      reason: error.message,
      changes: [],
    };
  }
  if (changes.length === 0 && record.changes.length > 0) {
    return { ...record, status: "FAILED", executionStatus: "UNAVAILABLE", reason: NO_CHANGES, changes };
  }
  return { ...record, changes, nested };
}

async function nestedSet(
  root: Readonly<ChangeSetRecord>,
  change: ResourceChange,
  stack: Readonly<StackRecord>,
  context: CallContext,
): Promise<Readonly<ChangeSetRecord> | "same" | undefined> {
  if (change.type !== TYPE || change.guess || (change.action !== "Add" && change.action !== "Modify")) return;
  const { TemplateURL, Parameters, Tags } = change.after ?? {};
  if (typeof TemplateURL !== "string" || JSON.stringify(change.after).includes(UNKNOWN)) return;
  const adding = change.action === "Add";
  const { definition } = root;
  const prefix = `${root.name}-${change.logicalId}`.slice(0, 114);
  const input = {
    StackName: adding ? generatedName(stack.name, change.logicalId, 128) : change.physicalId,
    ChangeSetName: `${prefix}-${randomSuffix(13).toUpperCase()}`,
    ChangeSetType: adding ? "CREATE" : "UPDATE",
    TemplateURL,
    Parameters: parameters(isMap(Parameters) ? Parameters : {}),
    Capabilities: definition.capabilities,
    IncludeNestedStacks: true,
    ...(root.importExisting === undefined ? {} : { ImportExistingResources: root.importExisting }),
    ...(definition.roleArn === undefined ? {} : { RoleARN: definition.roleArn }),
    Tags: tags(definition.tags, Tags),
  };
  parents.set(input, { id: root.id, root: root.rootId ?? root.id });
  const output = await context.call(
    "cloudformation",
    "CreateChangeSet",
    markNested(input, stack.id),
    callerOf(definition.roleArn),
  );
  const key = changeSetKey(output.StackId, input.ChangeSetName);
  const made = changeSets(context).get(key) as Readonly<ChangeSetRecord>;
  if (made.status !== "FAILED") return made;
  changeSets(context).delete(key);
  if (made.reason !== NO_CHANGES) throw validationError(made.reason ?? "");
  return change.details.every((one) => one.source === "Automatic") ? "same" : undefined;
}

function parameters(values: ValueMap): object[] {
  return Object.entries(values).map(([ParameterKey, value]) => ({
    ParameterKey,
    ParameterValue: (Array.isArray(value) ? value : [value]).map((one) => scalarText(one) ?? "").join(","),
  }));
}

function tags(ofStack: Readonly<Record<string, string>>, own: Value | undefined): object[] {
  const all: Record<string, string> = { ...ofStack };
  for (const one of Array.isArray(own) ? own : []) {
    if (isMap(one)) all[scalarText(one.Key as Value) ?? ""] = scalarText(one.Value as Value) ?? "";
  }
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

/** The sets that were made for this one, and theirs. */
function descendants(
  record: Readonly<ChangeSetRecord>,
  context: CallContext,
): [string, Readonly<ChangeSetRecord>][] {
  const all = changeSets(context).entries();
  const found: [string, Readonly<ChangeSetRecord>][] = [];
  const wanted = [record.id];
  for (let id = wanted.pop(); id !== undefined; id = wanted.pop()) {
    for (const [key, one] of all) {
      if (one.parentId !== id) continue;
      found.push([key, one]);
      wanted.push(one.id);
    }
  }
  return found;
}

/** Deletes the nested change sets, and the nested stacks that only had them. */
export function deleteNestedSets(record: Readonly<ChangeSetRecord>, context: CallContext): void {
  const tables = new StackTables(context);
  for (const [key, one] of descendants(record, context)) {
    changeSets(context).delete(key);
    if (tables.stacks.get(stackKey(one.stackId))?.status === "REVIEW_IN_PROGRESS") {
      tables.stacks.delete(stackKey(one.stackId));
    }
  }
}

/** Marks them as under execution: each ends with its own stack. */
export function executeNestedSets(record: Readonly<ChangeSetRecord>, context: CallContext): void {
  for (const [key] of descendants(record, context)) {
    changeSets(context).update(key, (draft) => void (draft.executionStatus = "EXECUTE_IN_PROGRESS"));
  }
}

/** The nested change set that an operation on the stack executes, if its parent's execution has come to it. */
export function executedSet(
  context: CallContext,
  stackId: string,
): Pick<StackRecord, "changeSetId" | "adopt"> {
  const set = changeSets(context)
    .list({ prefix: `${stackKey(stackId)}#` })
    .find((one) => one.parentId !== undefined && one.executionStatus === "EXECUTE_IN_PROGRESS");
  return set ? { changeSetId: set.id, adopt: { ...set.adopt } } : {};
}

/** @throws AwsError `ValidationError` for a nested set: its root is what can be executed and deleted */
export function demandRoot(record: Readonly<ChangeSetRecord>, operation: string): void {
  if (record.rootId === undefined) return;
  throw validationError(
    `${operation} cannot be performed on the nested change set [${record.id}]. Use its root change set [${record.rootId}].`,
  );
}
