/**
 * ImportExistingResources ("Import AWS resources into a CloudFormation stack automatically"): a resource that the plan
 * would make and that is there already under its custom name is imported instead.
 */
import type { CallContext } from "../../context.ts";
import { canImport, isThere } from "../../stacks/engine/adopt.ts";
import type { ResourceChange } from "../../stacks/engine/plan.ts";
import { resourceType } from "../../stacks/resource-types.ts";
import { isAwsError } from "../../wire/errors.ts";
import { callerOf } from "./definition.ts";
import type { ChangeSetRecord } from "./state.ts";

const UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** The change set with its additions of existing resources as imports; FAILED when one of them might be deleted. */
export async function withExisting(record: ChangeSetRecord, context: CallContext): Promise<ChangeSetRecord> {
  if (record.status !== "CREATE_COMPLETE") return record;
  const adopt: Record<string, string> = {};
  const unsafe: string[] = [];
  const changes: ResourceChange[] = [];
  for (const change of record.changes) {
    const names = change.action === "Add" ? customNames(change) : undefined;
    const physicalId = names && Object.values(names).join("|");
    if (!physicalId || !(await exists(change, physicalId, record, context))) {
      changes.push(change);
      continue;
    }
    adopt[change.logicalId] = physicalId;
    changes.push({ ...change, action: "Import", physicalId });
    if (!/^Retain(?:ExceptOnCreate)?$/.test(change.deletionPolicy ?? "")) {
      const shown = Object.entries(names).map(([name, value]) => `${name}=${value}`);
      unsafe.push(`${change.logicalId} ({${shown.join(", ")}})`);
    }
  }
  if (unsafe.length === 0) return { ...record, changes, adopt };
  return {
    ...record,
    status: "FAILED",
    executionStatus: "UNAVAILABLE",
    // the sentence is known from the CDK's source, which looks for it
    reason: `CloudFormation is attempting to import some resources because they already exist in your account. The resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the template for successful import. The affected resources are ${unsafe.join(", ")}`,
    changes: [],
  };
}

/** The primary identifier, where the template gives all of it. */
function customNames({ type, after = {} }: ResourceChange): Record<string, string> | undefined {
  if (!canImport(type)) return undefined;
  const names: Record<string, string> = {};
  for (const one of resourceType(type)?.primaryIdentifier ?? []) {
    const value = after[one];
    if (typeof value !== "string" || value.includes(UNKNOWN)) return undefined;
    names[one] = value;
  }
  return names;
}

async function exists(
  { type, after = {} }: ResourceChange,
  physicalId: string,
  { definition }: ChangeSetRecord,
  context: CallContext,
): Promise<boolean> {
  try {
    return await isThere(type, { physicalId, properties: after, attributes: {} }, (service, action, input) =>
      context.call(service, action, input, callerOf(definition.roleArn)),
    );
  } catch (error) {
    // what cannot be read is not known to be there: making it will tell
    if (isAwsError(error)) return false;
    throw error;
  }
}
