/** What an update would do, without doing it: the changes of a change set. */
import { differences, type PropertyDifference, type Replacement, strongest } from "../difference.ts";
import { withKnown } from "../dynamic-references.ts";
import { evaluate } from "../functions/evaluate.ts";
import { KNOWN_AFTER_APPLY, type Scope } from "../functions/scope.ts";
import { topologicalOrder } from "../graph.ts";
import { resourceType } from "../resource-types.ts";
import { handlerOf } from "../resources/index.ts";
import { shapedProperties } from "../shape.ts";
import type { Compiled } from "../template/compile.ts";
import { visit } from "../template/references.ts";
import type { ResourceDefinition } from "../template/template.ts";
import { isMap, sameValue, scalarText, type Value, type ValueMap } from "../template/value.ts";
import { attributeOf } from "./operation.ts";
import type { ResourceRecord } from "./records.ts";

export interface ChangeDetail {
  attribute: string;
  name?: string;
  difference?: PropertyDifference;
  requiresRecreation: "Never" | "Conditionally" | "Always";
  evaluation: "Static" | "Dynamic";
  source:
    | "ResourceReference"
    | "ParameterReference"
    | "ResourceAttribute"
    | "DirectModification"
    | "Automatic";
  causingEntity?: string;
  /** Told only together with values. */
  withValues?: boolean;
}
/** Whether a resource gets another physical one: for certain, or only if a conditional replacement happens. */
type Renewal = "certain" | "possible";
export interface ResourceChange {
  action: "Add" | "Modify" | "Remove" | "Import";
  logicalId: string;
  type: string;
  physicalId?: string;
  policyAction?: string;
  /** Of an addition. */
  deletionPolicy?: string;
  replacement?: "True" | "False" | "Conditional";
  scope: string[];
  details: ChangeDetail[];
  before?: ValueMap;
  after?: ValueMap;
  /** The change set of the nested stack. */
  changeSetId?: string;
  /** Listed only because an attribute that it reads might change; not when values are compared. */
  guess?: boolean;
}

/** The stack as it is. */
export interface Existing {
  readonly records: ReadonlyMap<string, Readonly<ResourceRecord>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}
export interface Wanted {
  readonly compiled: Compiled;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** Values of references to stored parameters, by their text. */
  readonly stored?: ReadonlyMap<string, string>;
}

/** Changes from the stack's resources to what the template asks for, in the order they would be made. */
export function planChanges(existing: Existing, wanted: Wanted): ResourceChange[] {
  const changes: ResourceChange[] = [];
  const uncertain = new Map<string, Renewal>();
  const modified = new Set<string>();
  const { compiled } = wanted;
  const scope = plannedScope(compiled.scope, existing, uncertain);
  for (const name of topologicalOrder(compiled.dependencies)) {
    const definition = compiled.template.resources[name] as ResourceDefinition;
    const record = existing.records.get(name);
    if (record?.physicalId === undefined || record.status === "CREATE_FAILED") {
      uncertain.set(name, "possible");
      changes.push(addition(name, definition, scope));
      continue;
    }
    const change =
      modification(definition, record, existing, wanted, scope, uncertain) ??
      guessed(definition, record, wanted, modified);
    if (!change) continue;
    if (!change.guess) modified.add(name);
    if (change.replacement !== "False")
      uncertain.set(name, change.replacement === "True" ? "certain" : "possible");
    changes.push(change);
  }
  for (const [name, record] of existing.records) {
    if (compiled.dependencies.has(name) || record.status === "DELETE_COMPLETE") continue;
    changes.push({
      action: "Remove",
      logicalId: name,
      type: record.type,
      ...(record.physicalId === undefined ? {} : { physicalId: record.physicalId }),
      policyAction:
        record.deletionPolicy === "Delete"
          ? "Delete"
          : record.deletionPolicy === "Snapshot"
            ? "Snapshot"
            : "Retain",
      scope: [],
      details: [],
      before: record.properties,
    });
  }
  return changes.sort((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
}

/** A resource that reads an attribute of a modified one: AWS lists it, as its value might change. */
function guessed(
  definition: ResourceDefinition,
  record: Readonly<ResourceRecord>,
  wanted: Wanted,
  modified: ReadonlySet<string>,
): ResourceChange | undefined {
  const details: ChangeDetail[] = [];
  const spec = resourceType(definition.type);
  for (const [name, value] of Object.entries(definition.properties)) {
    visit(value, {
      branch: (condition) => wanted.compiled.conditions[condition] ?? false,
      attribute: (resource, attribute) => {
        if (!modified.has(resource)) return;
        details.push({
          attribute: "Properties",
          name,
          requiresRecreation: RECREATION[spec?.properties[name]?.replacement ?? "no"],
          evaluation: "Dynamic",
          source: "ResourceAttribute",
          causingEntity: `${resource}.${attribute}`,
        });
      },
    });
  }
  if (details.length === 0) return undefined;
  return {
    action: "Modify",
    logicalId: record.logicalId,
    type: definition.type,
    physicalId: record.physicalId ?? "",
    // it is certain only afterwards, so what needs it is not called uncertain
    replacement: "False",
    scope: ["Properties"],
    details,
    guess: true,
  };
}

function plannedScope(scope: Scope, existing: Existing, uncertain: Pick<ReadonlySet<string>, "has">): Scope {
  return {
    ...scope,
    reference: (name) =>
      uncertain.has(name) ? KNOWN_AFTER_APPLY : (existing.records.get(name)?.physicalId ?? KNOWN_AFTER_APPLY),
    attribute: (name, attribute) => {
      const record = existing.records.get(name);
      if (!record || uncertain.has(name)) return KNOWN_AFTER_APPLY;
      try {
        return attributeOf(record, name, attribute);
      } catch {
        return KNOWN_AFTER_APPLY;
      }
    },
  };
}

function planned(
  logicalId: string,
  definition: ResourceDefinition,
  scope: Scope,
  stored: Wanted["stored"] = new Map(),
): ValueMap {
  const value = withKnown(evaluate(definition.properties, scope), stored);
  const properties = isMap(value) ? value : {};
  try {
    return shapedProperties(logicalId, definition.type, properties);
  } catch {
    // the misfit is reported when the resource is made
    return properties;
  }
}

function addition(name: string, definition: ResourceDefinition, scope: Scope): ResourceChange {
  return {
    action: "Add",
    logicalId: name,
    type: definition.type,
    scope: [],
    details: [],
    after: planned(name, definition, scope),
    ...(typeof definition.deletionPolicy === "string" ? { deletionPolicy: definition.deletionPolicy } : {}),
  };
}

function modification(
  definition: ResourceDefinition,
  record: Readonly<ResourceRecord>,
  existing: Existing,
  wanted: Wanted,
  scope: Scope,
  uncertain: ReadonlyMap<string, Renewal>,
): ResourceChange | undefined {
  const after = planned(record.logicalId, definition, scope, wanted.stored);
  const all = differences(definition.type, record.properties, after).filter((one) => !isUnknown(one));
  const details: ChangeDetail[] = [];
  const attributes = new Set<string>();
  for (const one of all) {
    attributes.add("Properties");
    details.push(...causes(one, definition, existing, wanted, uncertain));
  }
  if (definition.type === "AWS::CloudFormation::Stack" && all.length === 0) {
    attributes.add("Properties");
    details.push({
      attribute: "Properties",
      requiresRecreation: "Never",
      evaluation: "Dynamic",
      source: "Automatic",
    });
  }
  if (
    resourceType(definition.type)?.tagProperty !== undefined &&
    !sameValue(record.tags as Value, wanted.tags as Value)
  ) {
    attributes.add("Tags");
    details.push(direct("Tags"));
  }
  const metadata =
    definition.metadata === undefined ? undefined : JSON.stringify(evaluate(definition.metadata, scope));
  if (metadata !== record.metadata) {
    attributes.add("Metadata");
    details.push(direct("Metadata"));
  }
  for (const [attribute, now, old] of [
    ["DeletionPolicy", definition.deletionPolicy, record.deletionPolicy],
    ["UpdateReplacePolicy", definition.updateReplacePolicy, record.updateReplacePolicy],
  ] as const) {
    if ((now ?? "Delete") === old) continue;
    attributes.add(attribute);
    details.push(direct(attribute));
  }
  if (details.length === 0) return undefined;
  const physical = {
    physicalId: record.physicalId ?? "",
    properties: record.properties,
    attributes: record.attributes,
  };
  const own = handlerOf(definition.type)?.replacement?.(all, physical, after);
  const replacement =
    own === undefined
      ? replacementOf(details)
      : own === "yes"
        ? "True"
        : own === "maybe"
          ? "Conditional"
          : "False";
  const policy = definition.updateReplacePolicy ?? "Delete";
  return {
    action: "Modify",
    logicalId: record.logicalId,
    type: definition.type,
    physicalId: record.physicalId ?? "",
    ...(replacement === "True"
      ? {
          policyAction:
            policy === "Delete"
              ? "ReplaceAndDelete"
              : policy === "Snapshot"
                ? "ReplaceAndSnapshot"
                : "ReplaceAndRetain",
        }
      : {}),
    replacement,
    scope: [...attributes],
    details,
    before: record.properties,
    after,
  };
}

/** A stored parameter that could not be read now is no change by itself. */
function isUnknown(one: PropertyDifference): boolean {
  return typeof one.after === "string" && one.after.includes("{{resolve:ssm:") && one.before !== undefined;
}

function direct(attribute: string): ChangeDetail {
  return { attribute, requiresRecreation: "Never", evaluation: "Static", source: "DirectModification" };
}

const RECREATION = { yes: "Always", maybe: "Conditionally", no: "Never" } as const;

/** Why a property changes: a parameter, another resource, or the template itself. */
function causes(
  one: PropertyDifference,
  definition: ResourceDefinition,
  existing: Existing,
  wanted: Wanted,
  uncertain: ReadonlyMap<string, Renewal>,
): ChangeDetail[] {
  const base = {
    attribute: "Properties",
    name: one.name,
    difference: one,
    requiresRecreation: RECREATION[one.replacement],
  };
  const details: ChangeDetail[] = [];
  const seen = new Set<string>();
  const add = (detail: Omit<ChangeDetail, keyof typeof base>): void => {
    const id = `${detail.source} ${detail.causingEntity}`;
    if (!seen.has(id)) details.push({ ...base, ...detail });
    seen.add(id);
  };
  // as recorded on AWS: what reads a resource that is surely replaced changes for certain
  const renewed = (name: string) => (uncertain.get(name) === "certain" ? "Static" : "Dynamic");
  const value = definition.properties[one.name];
  if (value !== undefined) {
    visit(value, {
      branch: (name) => wanted.compiled.conditions[name] ?? false,
      reference: (name) => {
        if (uncertain.has(name)) {
          add({ evaluation: renewed(name), source: "ResourceReference", causingEntity: name });
        } else if (
          Object.hasOwn(wanted.parameters, name) &&
          existing.parameters[name] !== undefined &&
          existing.parameters[name] !== wanted.parameters[name]
        ) {
          add({ evaluation: "Static", source: "ParameterReference", causingEntity: name });
        }
      },
      attribute: (name, attribute) => {
        if (uncertain.has(name)) {
          const causingEntity = `${name}.${attribute}`;
          add({ evaluation: renewed(name), source: "ResourceAttribute", causingEntity });
        }
      },
    });
  }
  if (details.length === 0) return [{ ...base, evaluation: "Static", source: "DirectModification" }];
  if (details.some((detail) => detail.source === "ParameterReference")) {
    details.push({ ...base, evaluation: "Dynamic", source: "DirectModification" });
  } else if (details.some((detail) => detail.evaluation === "Static")) {
    details.push({ ...base, evaluation: "Dynamic", source: "DirectModification", withValues: true });
  }
  return details;
}

function replacementOf(details: readonly ChangeDetail[]): "True" | "False" | "Conditional" {
  if (details.some((one) => one.requiresRecreation === "Always" && one.evaluation === "Static"))
    return "True";
  const demands = details.map((one): Replacement => (one.requiresRecreation === "Never" ? "no" : "maybe"));
  return strongest(demands) === "no" ? "False" : "Conditional";
}

/** The template's outputs under a plan; `undefined` where they are known only afterwards. */
export function plannedOutputs(
  existing: Existing,
  wanted: Wanted,
  changes: readonly ResourceChange[],
): Record<string, string | undefined> {
  const uncertain = new Set(
    changes.filter((one) => one.action === "Add" || one.replacement !== "False").map((one) => one.logicalId),
  );
  const scope = plannedScope(wanted.compiled.scope, existing, uncertain);
  const outputs: Record<string, string | undefined> = {};
  for (const [key, definition] of Object.entries(wanted.compiled.template.outputs)) {
    if (definition.condition !== undefined && !wanted.compiled.conditions[definition.condition]) continue;
    const name =
      definition.exportName === undefined ? "" : scalarText(evaluate(definition.exportName, scope));
    outputs[key] =
      `${scalarText(evaluate(definition.value, scope))}\n${name}\n${definition.description ?? ""}`;
  }
  return outputs;
}
