/** What CreateChangeSet asks to import: identifiers as physical ids, and nothing else may change. */
import type * as Api from "@aws-sdk/client-cloudformation";
import { canImport } from "../../stacks/engine/adopt.ts";
import type { ResourceChange } from "../../stacks/engine/plan.ts";
import { resourceType } from "../../stacks/resource-types.ts";
import type { Template } from "../../stacks/template/template.ts";
import { validationError } from "./errors.ts";

/** Physical ids by logical id. @throws AwsError `ValidationError` */
export function importedIds(
  wanted: readonly Api.ResourceToImport[] | undefined,
  template: Template,
): Record<string, string> {
  if (!wanted?.length) throw validationError("ResourcesToImport must be specified for ChangeSetType IMPORT.");
  const ids: Record<string, string> = {};
  const bare: string[] = [];
  for (const { LogicalResourceId: name = "", ResourceType: type, ResourceIdentifier = {} } of wanted) {
    const definition = Object.hasOwn(template.resources, name) ? template.resources[name] : undefined;
    if (!definition) {
      throw validationError(`Resource [${name}] to import does not exist in the template.`);
    }
    if (Object.hasOwn(ids, name)) throw validationError(`Duplicate resources to import: [${name}]`);
    if (definition.type !== type) {
      throw validationError(`Resource [${name}] has type ${definition.type} in the template, not ${type}.`);
    }
    if (!canImport(type)) {
      throw validationError(`Importing ${type} is not supported by the Sagekeep local cloud`);
    }
    const names = resourceType(type)?.primaryIdentifier ?? [];
    const given = Object.keys(ResourceIdentifier);
    if (given.length !== names.length || names.some((one) => !ResourceIdentifier[one])) {
      throw validationError(
        `Resource identifiers of [${name}] must be [${names.join(", ")}], not [${given.join(", ")}].`,
      );
    }
    for (const one of names) {
      const property = definition.properties[one];
      if (typeof property !== "string" || property === ResourceIdentifier[one]) continue;
      throw validationError(
        `The identifier ${one} of [${name}] is ${ResourceIdentifier[one]}, but the template has ${property}.`,
      );
    }
    if (definition.deletionPolicy === undefined) bare.push(name);
    ids[name] = names.map((one) => ResourceIdentifier[one]).join("|");
  }
  // the sentence is known from issues of others (aws-quickstart/quickstart-awx#38)
  if (bare.length > 0) {
    throw validationError(
      `The following resources to import [${bare.join(", ")}] must have DeletionPolicy attribute specified in the template.`,
    );
  }
  return ids;
}

/** The plan's additions as imports. @throws AwsError `ValidationError` when anything else would change */
export function importChanges(
  changes: readonly ResourceChange[],
  ids: Readonly<Record<string, string>>,
  sameOutputs: boolean,
): ResourceChange[] {
  const known = changes.filter((one) => !one.guess && !Object.hasOwn(ids, one.logicalId));
  const added = known.filter((one) => one.action === "Add").map((one) => one.logicalId);
  if (added.length > 0) {
    throw validationError(`Resources [${added.join(", ")}] is missing from ResourceToImport list`);
  }
  const existing = changes.filter((one) => Object.hasOwn(ids, one.logicalId) && one.action !== "Add");
  const other = [...known, ...existing].map((one) => one.logicalId);
  if (other.length > 0) {
    throw validationError(
      `You have modified resources [${other.join(", ")}] in your template that are not being imported. Update, create or delete operations cannot be executed during import operations.`,
    );
  }
  if (!sameOutputs) {
    throw validationError("As part of the import operation, you cannot modify or add [Outputs]");
  }
  const planned = new Set(changes.map((one) => one.logicalId));
  const missing = Object.keys(ids).filter((one) => !planned.has(one));
  if (missing.length > 0) {
    throw validationError(`Resources [${missing.join(", ")}] to import already belong to the stack.`);
  }
  return changes
    .filter((one) => Object.hasOwn(ids, one.logicalId))
    .map((one) => ({ ...one, action: "Import", physicalId: ids[one.logicalId] as string }));
}
