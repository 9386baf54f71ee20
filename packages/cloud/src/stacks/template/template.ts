/**
 * A parsed template with its sections checked and typed ("Template sections" in the user guide). Intrinsic
 * functions stay unresolved; what refers to what is checked in references.ts.
 */
import { formatError, validationError } from "./errors.ts";
import { type ParameterDefinition, parameterDefinitions } from "./parameter-definition.ts";
import { isMap, scalarText, type Value, type ValueMap } from "./value.ts";

export interface ResourceDefinition {
  readonly type: string;
  readonly properties: ValueMap;
  readonly dependsOn: readonly string[];
  readonly condition?: string;
  readonly deletionPolicy?: Value;
  readonly updateReplacePolicy?: Value;
  readonly creationPolicy?: ValueMap;
  readonly metadata?: ValueMap;
}
export interface OutputDefinition {
  readonly value: Value;
  readonly description?: string;
  readonly condition?: string;
  readonly exportName?: Value;
}
export interface RuleDefinition {
  readonly condition?: Value;
  readonly assertions: readonly { assert: Value; description?: string }[];
}
export interface Template {
  readonly body: ValueMap;
  readonly description?: string;
  readonly metadata?: Value;
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  readonly mappings: Readonly<Record<string, ValueMap>>;
  readonly conditions: Readonly<Record<string, Value>>;
  readonly rules: Readonly<Record<string, RuleDefinition>>;
  readonly resources: Readonly<Record<string, ResourceDefinition>>;
  readonly outputs: Readonly<Record<string, OutputDefinition>>;
  /** Transforms it declares, in order. */
  readonly transforms: readonly string[];
}

const SECTIONS = new Set([
  "AWSTemplateFormatVersion",
  "Conditions",
  "Description",
  "Hooks",
  "Mappings",
  "Metadata",
  "Outputs",
  "Parameters",
  "Resources",
  "Rules",
  "Transform",
]);
const RESOURCE_MEMBERS = new Set([
  "Condition",
  "CreationPolicy",
  "DeletionPolicy",
  "DependsOn",
  "Metadata",
  "Properties",
  "Type",
  "UpdatePolicy",
  "UpdateReplacePolicy",
  "Version",
]);
const OUTPUT_MEMBERS = new Set(["Condition", "Description", "Export", "Value"]);
export const LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions";

/** Checks the form of every section. @throws AwsError `ValidationError` */
export function readTemplate(body: ValueMap): Template {
  const unknown = Object.keys(body).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0)
    throw validationError(`Invalid template property or properties [${unknown.join(", ")}]`);
  const version = body.AWSTemplateFormatVersion;
  if (version !== undefined && version !== "2010-09-09") {
    throw formatError(`Template format version not supported: ${String(version)}`);
  }
  const description = body.Description;
  if (description !== undefined && typeof description !== "string") {
    throw formatError("Description member must be a string.");
  }
  if (description !== undefined && Buffer.byteLength(description) > 1024) {
    throw formatError("Description length must be less than or equal to 1024 bytes");
  }
  for (const name of ["Parameters", "Rules", "Mappings", "Conditions", "Resources", "Outputs"]) {
    checkNulls(body[name], `/${name}`);
  }
  const outputs = mapSection(body, "Outputs", 200, readOutput);
  return {
    body,
    ...(description === undefined ? {} : { description }),
    ...(body.Metadata === undefined ? {} : { metadata: body.Metadata }),
    parameters: parameterDefinitions(section(body, "Parameters", 200)),
    mappings: mapSection(body, "Mappings", 200, readMapping),
    conditions: section(body, "Conditions", Number.POSITIVE_INFINITY),
    rules: mapSection(body, "Rules", Number.POSITIVE_INFINITY, readRule),
    resources: readResources(body),
    outputs,
    transforms: transformNames(body.Transform),
  };
}

/** Names of the declared transforms. @throws AwsError */
export function transformNames(value: Value | undefined): string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    const name = isMap(one) ? one.Name : one;
    if (typeof name !== "string") throw validationError("Key Name of transform definition must be a string.");
    return name;
  });
}

function section(body: ValueMap, name: string, limit: number): ValueMap {
  const value = body[name];
  if (value === undefined) return {};
  if (!isMap(value)) throw formatError(`[/${name}] ${name} must be a map`);
  const keys = Object.keys(value);
  if (keys.length > limit) {
    throw formatError(
      `Number of ${name.toLowerCase()}, ${keys.length}, is greater than maximum allowed, ${limit}`,
    );
  }
  return value;
}

function mapSection<T>(
  body: ValueMap,
  name: string,
  limit: number,
  read: (key: string, value: Value) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(section(body, name, limit)).map(([key, value]) => [key, read(key, value)]),
  );
}

function checkNulls(value: Value | undefined, path: string): void {
  if (value === null) throw validationError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== "object") return;
  for (const [key, one] of Object.entries(value)) {
    if (key !== "Metadata") checkNulls(one, `${path}/${key}`);
  }
}

function readResources(body: ValueMap): Record<string, ResourceDefinition> {
  const all = body.Resources;
  if (all === undefined || (isMap(all) && Object.keys(all).length === 0)) {
    throw formatError("At least one Resources member must be defined.");
  }
  if (!isMap(all)) throw formatError("Resources must be a map");
  const count = Object.keys(all).length;
  if (count > 500) throw formatError(`Number of resources, ${count}, is greater than maximum allowed, 500`);
  return mapSection(body, "Resources", 500, readResource);
}

function readResource(name: string, value: Value): ResourceDefinition {
  if (!isMap(value)) throw formatError("Any Resources member must be an object.");
  if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Resource name ${name} is non alphanumeric.`);
  if (value.Type === undefined) {
    throw formatError(`[/Resources/${name}] Every Resources object must contain a Type member.`);
  }
  if (typeof value.Type !== "string") throw formatError(`[/Resources/${name}/Type] Type must be a string.`);
  for (const key of Object.keys(value)) {
    if (!RESOURCE_MEMBERS.has(key)) throw validationError(`Invalid template resource property '${key}'`);
  }
  const { Properties = {}, DependsOn = [], Condition, CreationPolicy, Metadata } = value;
  if (!isMap(Properties)) {
    throw formatError(`[/Resources/${name}/Properties] Properties must be an object.`);
  }
  const dependsOn = Array.isArray(DependsOn) ? DependsOn : [DependsOn];
  if (!dependsOn.every((one): one is string => typeof one === "string")) {
    throw formatError(`[/Resources/${name}/DependsOn] Every DependsOn value must be a string.`);
  }
  if (Condition !== undefined && typeof Condition !== "string") {
    throw formatError(`[/Resources/${name}/Condition] Every Condition member must be a string.`);
  }
  for (const key of ["DeletionPolicy", "UpdateReplacePolicy"] as const)
    checkPolicy(name, value.Type, key, value[key]);
  return {
    type: value.Type,
    properties: Properties,
    dependsOn,
    ...(Condition === undefined ? {} : { condition: Condition }),
    ...(value.DeletionPolicy === undefined ? {} : { deletionPolicy: value.DeletionPolicy }),
    ...(value.UpdateReplacePolicy === undefined ? {} : { updateReplacePolicy: value.UpdateReplacePolicy }),
    ...(isMap(CreationPolicy) ? { creationPolicy: CreationPolicy } : {}),
    ...(isMap(Metadata) ? { metadata: Metadata } : {}),
  };
}

const POLICIES = {
  DeletionPolicy: ["Delete", "Retain", "RetainExceptOnCreate", "Snapshot"],
  UpdateReplacePolicy: ["Delete", "Retain", "Snapshot"],
};
/** Types whose deletion can leave a snapshot behind. */
const SNAPSHOT_TYPES =
  /^AWS::(?:DocDB::DBCluster|EC2::Volume|ElastiCache::(?:CacheCluster|ReplicationGroup)|Neptune::DBCluster|RDS::DB(?:Cluster|Instance)|Redshift::Cluster)$/;

function checkPolicy(name: string, type: string, key: keyof typeof POLICIES, value: Value | undefined): void {
  if (value === undefined || isMap(value)) return;
  if (typeof value !== "string" || !POLICIES[key].includes(value)) {
    throw formatError(`Unrecognized ${key} ${String(value)} for resource ${name}`);
  }
  if (value === "Snapshot" && !SNAPSHOT_TYPES.test(type)) {
    throw validationError(`Template error: resource type ${type} does not support deletion policy Snapshot`);
  }
}

function readOutput(name: string, value: Value): OutputDefinition {
  if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Output name ${name} is non alphanumeric.`);
  if (!isMap(value) || value.Value === undefined) {
    throw formatError("Every Outputs member must contain a Value object");
  }
  for (const key of Object.keys(value)) {
    if (!OUTPUT_MEMBERS.has(key)) throw validationError(`Invalid template output property '${key}'`);
  }
  const { Description, Condition, Export } = value;
  if (Description !== undefined && typeof Description !== "string") {
    throw formatError("Every Description member must be a string.");
  }
  if (Condition !== undefined && typeof Condition !== "string") {
    throw formatError("Every Condition member must be a string.");
  }
  if (Export !== undefined && (!isMap(Export) || Export.Name === undefined)) {
    throw formatError(
      `Output ${name} is malformed. The Name field of every Export member must be specified and consist only of alphanumeric characters, colons, or hyphens.`,
    );
  }
  return {
    value: value.Value,
    ...(Description === undefined ? {} : { description: Description }),
    ...(Condition === undefined ? {} : { condition: Condition }),
    ...(isMap(Export) ? { exportName: Export.Name as Value } : {}),
  };
}

function readMapping(name: string, value: Value): ValueMap {
  if (!isMap(value)) throw formatError(`Every Mappings object must be a map: ${name}`);
  for (const [top, inner] of Object.entries(value)) {
    if (!isMap(inner)) throw formatError(`Every Mappings member ${top} must be a map`);
    for (const one of Object.values(inner)) {
      const fits = Array.isArray(one)
        ? one.every((part) => scalarText(part) !== undefined)
        : scalarText(one) !== undefined;
      if (!fits) throw formatError("Every Mappings attribute must be a String or a List.");
    }
  }
  return value;
}

function readRule(name: string, value: Value): RuleDefinition {
  if (!isMap(value) || !Array.isArray(value.Assertions) || value.Assertions.length === 0) {
    throw formatError(`Rule ${name} must contain an Assertions list`);
  }
  const assertions = value.Assertions.map((one) => {
    if (!isMap(one) || one.Assert === undefined)
      throw formatError("Every Assertions member must contain an Assert");
    const description = one.AssertDescription;
    return { assert: one.Assert, ...(typeof description === "string" ? { description } : {}) };
  });
  return { assertions, ...(value.RuleCondition === undefined ? {} : { condition: value.RuleCondition }) };
}
