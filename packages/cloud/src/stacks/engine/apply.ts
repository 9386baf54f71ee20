/** Brings one resource to what the template asks for: creates, updates in place, replaces, or leaves it. */
import { differences, type PropertyDifference, type Replacement, strongest } from "../difference.ts";
import { withStored } from "../dynamic-references.ts";
import { evaluate } from "../functions/evaluate.ts";
import { resourceType } from "../resource-types.ts";
import type { Physical, ResourceRequest } from "../resources/handler.ts";
import { refuseUnsupported } from "../resources/unsupported-properties.ts";
import { shapedProperties } from "../shape.ts";
import type { Compiled } from "../template/compile.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { isMap, sameValue, type ValueMap } from "../template/value.ts";
import { takeIn } from "./adopt.ts";
import { Cancelled, failureReason, isGone, ResourceFailure } from "./failure.ts";
import type { Operation } from "./operation.ts";
import { type PhysicalResource, physicalOf, type ResourceRecord } from "./records.ts";
import { revealed } from "./reveal.ts";
import { checkStackPolicy } from "./stack-policy.ts";

/** Applies the template's resource `name`. @throws after having written the failure to the journal */
export async function applyResource(
  operation: Operation,
  compiled: Compiled,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = operation;
  const definition = compiled.template.resources[name] as ResourceDefinition;
  const old = journal.resource(name);
  const broken = old?.status === "CREATE_FAILED";
  const fresh = old?.physicalId === undefined || broken;
  const adopted = fresh ? journal.stack.adopt?.[name] : undefined;
  let record = draft(operation, compiled, name, definition, old);
  if (broken && old.physicalId !== undefined) {
    // what a failed creation left is deleted after the new one is made
    const { physicalId: _, ...rest } = record;
    record = { ...rest, stale: [...(record.stale ?? []), physicalOf(old)] };
  }
  try {
    if (signal.aborted) throw new Cancelled("Resource creation cancelled");
    let properties: ValueMap;
    try {
      properties = await resolvedProperties(operation, compiled, name, definition);
      record = withMetadata(operation, compiled, definition, record);
    } catch (error) {
      // the event of the start comes first, as on AWS
      record = journal.resourceStatus(
        { ...record, properties: {} },
        fresh ? "CREATE_IN_PROGRESS" : "UPDATE_IN_PROGRESS",
      );
      throw error;
    }
    if (adopted !== undefined) await adopt(operation, { ...record, properties }, adopted);
    else if (fresh) await create(operation, { ...record, properties, tags: journal.stack.tags }, signal);
    else await change(operation, record, old, properties, signal);
  } catch (error) {
    const reason = failureReason(error, operation.origins.get(error as object));
    const { physicalId, ...unnamed } = journal.resource(name) ?? record;
    // what could not be taken in is none of the stack's
    const latest = physicalId === undefined || adopted !== undefined ? unnamed : { ...unnamed, physicalId };
    // what failed before it changed anything only has its record put back
    const undo = latest.undo ?? (fresh ? undefined : { kind: "replace" as const, before: physicalOf(old) });
    const failed = undo ? { ...latest, undo } : latest;
    const status = adopted !== undefined ? "IMPORT_FAILED" : fresh ? "CREATE_FAILED" : "UPDATE_FAILED";
    journal.resourceStatus(failed, status, reason);
    throw error;
  }
}

/**
 * The resource's properties with every function resolved, in the types that AWS expects. References to secrets stay
 * what they are.
 */
export async function resolvedProperties(
  operation: Operation,
  compiled: Compiled,
  name: string,
  definition: ResourceDefinition,
): Promise<ValueMap> {
  // a type that we lack says so, whatever its properties read
  operation.handler(definition.type);
  const evaluated = await operation.evaluated(compiled.scope, (live) =>
    evaluate(definition.properties, live),
  );
  const resolved = await withStored(evaluated, (service, action, input) =>
    operation.call(service, action, input),
  );
  if (definition.creationPolicy) {
    const policy = evaluate(definition.creationPolicy, operation.liveScope(compiled.scope));
    if (isMap(policy)) operation.creationPolicies.set(name, policy);
  }
  const properties = shapedProperties(name, definition.type, isMap(resolved) ? resolved : {});
  refuseUnsupported(definition.type, properties);
  return properties;
}

export function draft(
  operation: Operation,
  compiled: Compiled,
  name: string,
  definition: ResourceDefinition,
  old: Readonly<ResourceRecord> | undefined,
): ResourceRecord {
  return {
    ...(old ?? { properties: {}, attributes: {}, tags: {}, status: "CREATE_IN_PROGRESS" }),
    logicalId: name,
    type: definition.type,
    updatedAt: operation.journal.now(),
    needs: [...(compiled.dependencies.get(name) ?? [])],
    deletionPolicy: policy(definition.deletionPolicy),
    updateReplacePolicy: policy(definition.updateReplacePolicy),
  };
}

/** The record with the definition's metadata, its functions resolved: what cfn-init and DescribeStackResource read. */
export function withMetadata(
  operation: Operation,
  compiled: Compiled,
  definition: ResourceDefinition,
  record: ResourceRecord,
): ResourceRecord {
  const { metadata: _, ...rest } = record;
  if (definition.metadata === undefined) return rest;
  const value = evaluate(definition.metadata, operation.liveScope(compiled.scope));
  return { ...rest, metadata: JSON.stringify(value) };
}

function policy(value: unknown): string {
  return typeof value === "string" ? value : "Delete";
}

async function create(operation: Operation, start: ResourceRecord, signal: AbortSignal): Promise<void> {
  const { journal } = operation;
  const undo = start.undo ?? { kind: "create" as const };
  const record = journal.resourceStatus({ ...start, attributes: {}, undo }, "CREATE_IN_PROGRESS");
  const made = await make(operation, record, "CREATE_IN_PROGRESS", signal);
  journal.resourceStatus({ ...record, ...made }, "CREATE_COMPLETE");
}

/** Takes in what is there already; a rollback lets go of it again. */
async function adopt(operation: Operation, start: ResourceRecord, physicalId: string): Promise<void> {
  const { tags } = operation.journal.stack;
  const undo = { kind: "create" as const, adopted: true };
  await takeIn(operation, { ...start, physicalId, attributes: {}, tags, undo });
}

/** Makes the physical resource of `record` and waits until it is ready. */
async function make(
  operation: Operation,
  record: ResourceRecord,
  status: string,
  signal: AbortSignal,
): Promise<PhysicalResource> {
  const { journal } = operation;
  const handler = operation.handler(record.type);
  let physicalId: string | undefined;
  const made = (id: string): void => {
    if (physicalId !== undefined) return;
    physicalId = id;
    journal.resourceStatus({ ...record, physicalId: id }, status, "Resource creation Initiated");
  };
  const request = operation.request(record.logicalId, record.type, signal, made);
  const given = await revealed(operation, record, record.properties);
  const result = await handler.create(given, request);
  made(result.physicalId);
  const physical: Physical = {
    physicalId: result.physicalId,
    properties: given,
    attributes: result.attributes ?? {},
  };
  await handler.ready?.(physical, request);
  const attributes = handler.attributes ? await handler.attributes(physical, request) : physical.attributes;
  return { physicalId: result.physicalId, properties: record.properties, attributes, tags: record.tags };
}

async function change(
  operation: Operation,
  record: ResourceRecord,
  old: Readonly<ResourceRecord>,
  properties: ValueMap,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = operation;
  const tags = journal.stack.tags;
  // after a failed update that was not rolled back, what is really there is what was before it
  const base = old.status === "UPDATE_FAILED" && old.undo?.kind === "update" ? old.undo.before : old;
  const changes = differences(record.type, base.properties, properties);
  const retagged = resourceType(record.type)?.tagProperty !== undefined && !sameValue(old.tags, tags);
  const nested = record.type === "AWS::CloudFormation::Stack";
  if (changes.length === 0 && !retagged && !nested && !record.status.endsWith("FAILED")) {
    journal.keep({ ...record, tags });
    return;
  }
  const physical: Physical = {
    physicalId: old.physicalId as string,
    properties: base.properties,
    attributes: old.attributes,
  };
  const replacement = neededReplacement(operation, record.type, changes, physical, properties);
  const before = physicalOf(old);
  checkStackPolicy(
    journal.stack.policyDuringUpdate ?? journal.stack.policy,
    replacement === "yes" ? "Update:Replace" : "Update:Modify",
    record,
  );
  if (replacement !== "yes") refuseFixed(operation, record.type, changes);
  if (replacement === "yes") await replace(operation, record, before, changes, properties, signal);
  else {
    const undo = record.undo ?? { kind: "update" as const, before };
    const next = journal.resourceStatus({ ...record, properties, undo }, "UPDATE_IN_PROGRESS");
    const updated = await updateInPlace(operation, next, physical, properties, changes, signal);
    journal.resourceStatus({ ...next, ...updated, tags }, "UPDATE_COMPLETE");
  }
}

/** An update that cannot be made fails before it changes anything, so that nothing is to be put back. */
function refuseFixed(operation: Operation, type: string, changes: readonly PropertyDifference[]): void {
  const fixed = operation.handler(type).fixed?.(changes.map((one) => one.name)) ?? [];
  if (fixed.length === 0) return;
  throw new ResourceFailure(
    `Resource type ${type} cannot change [${fixed.join(", ")}] in place in the Sagekeep local cloud`,
  );
}

/** Whether the changes need a new physical resource. */
export function neededReplacement(
  operation: Pick<Operation, "handler">,
  type: string,
  changes: readonly PropertyDifference[],
  physical: Physical,
  properties: ValueMap,
): Replacement {
  const own = operation.handler(type).replacement?.(changes, physical, properties);
  return own ?? strongest(changes.map((one) => one.replacement));
}

/** In a rollback, what is to be taken away may never have been put: the update failed before. */
function forgiving(request: ResourceRequest): ResourceRequest {
  return {
    ...request,
    async call(service, operation, input, region) {
      try {
        return await request.call(service, operation, input, region);
      } catch (error) {
        if (/^(?:Delete|Remove|Detach|Disassociate|Untag)/.test(operation) && isGone(error)) return {};
        throw error;
      }
    },
  };
}

/** Changes a physical resource in place, also back again in a rollback. */
export async function updateInPlace(
  operation: Operation,
  record: Pick<ResourceRecord, "logicalId" | "type">,
  physical: Physical,
  properties: ValueMap,
  changes: readonly PropertyDifference[],
  signal: AbortSignal | undefined,
  options: { back?: boolean } = {},
): Promise<Pick<PhysicalResource, "physicalId" | "properties" | "attributes">> {
  const handler = operation.handler(record.type);
  const made = operation.request(record.logicalId, record.type, signal);
  const request = options.back ? forgiving(made) : made;
  if (!handler.update) {
    throw new ResourceFailure(
      `Resource type ${record.type} does not support updates of [${changes.map((one) => one.name).join(", ")}]`,
    );
  }
  const given = await revealed(operation, record, properties);
  const result = await handler.update(physical, given, changes, request);
  const physicalId = result?.physicalId ?? physical.physicalId;
  const now: Physical = { physicalId, properties: given, attributes: physical.attributes };
  await handler.ready?.(now, request);
  const attributes = handler.attributes ? await handler.attributes(now, request) : physical.attributes;
  return { physicalId, properties, attributes };
}

async function replace(
  operation: Operation,
  record: ResourceRecord,
  before: PhysicalResource,
  changes: readonly PropertyDifference[],
  properties: ValueMap,
  signal: AbortSignal,
): Promise<void> {
  const { journal } = operation;
  const nameProperty = operation.handler(record.type).nameProperty;
  journal.resourceStatus(
    record,
    "UPDATE_IN_PROGRESS",
    "Requested update requires the creation of a new physical resource; hence creating one.",
  );
  if (
    nameProperty &&
    properties[nameProperty] !== undefined &&
    !changes.some((one) => one.name === nameProperty)
  ) {
    throw new ResourceFailure(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${String(properties[nameProperty])} and update the stack again.`,
    );
  }
  const undo = record.undo ?? { kind: "replace" as const, before };
  const next: ResourceRecord = { ...record, properties, attributes: {}, tags: journal.stack.tags, undo };
  delete next.physicalId;
  next.stale = [...(record.stale ?? []), before];
  const made = await make(operation, next, "UPDATE_IN_PROGRESS", signal);
  journal.resourceStatus({ ...next, ...made }, "UPDATE_COMPLETE");
}
