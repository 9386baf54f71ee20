/** What a request would change of a stack, asked before anything is done. */
import { planChanges, plannedOutputs } from "../../stacks/engine/plan.ts";
import type { ResourceRecord, StackRecord, StackTables } from "../../stacks/engine/records.ts";
import { AwsError } from "../../wire/errors.ts";
import type { Wanted } from "./definition.ts";
import { validationError } from "./errors.ts";

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
    ...(wanted.prepared.stored && { stored: wanted.prepared.stored }),
  };
  const changes = planChanges(existing, target);
  return { changes, outputs: plannedOutputs(existing, target, changes) };
}

/** Misused functions whose values are known already are refused with the request, not by the stack. */
export function checkValues(wanted: Wanted): void {
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

export function hasChanges(tables: StackTables, stack: Readonly<StackRecord>, wanted: Wanted): boolean {
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
