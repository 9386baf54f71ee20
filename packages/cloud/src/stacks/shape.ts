/**
 * Checks a resource's resolved properties against AWS's resource specification, and turns scalars into the type
 * asked for ("true" → true, 5 → "5"), as CloudFormation does before it calls a resource's handler.
 */
import { type PropertySpec, type PropertyType, resourceType, structure } from "./resource-types.ts";
import { isSecret } from "./secret-references.ts";
import { isMap, type Value, type ValueMap } from "./template/value.ts";

/** AWS's sentence for properties that do not fit, raised when the resource is about to be made. */
export class PropertyProblem extends Error {}

/** The properties with scalars as the type wants them. @throws PropertyProblem naming every misfit */
export function shapedProperties(logicalId: string, type: string, properties: ValueMap): ValueMap {
  const spec = resourceType(type);
  if (!spec) return properties;
  const problems: string[] = [];
  const shaped = shapeStructure(spec.properties, properties, "#", problems);
  if (problems.length > 0) {
    throw new PropertyProblem(
      `Properties validation failed for resource ${logicalId} with message:\n${problems.join("\n")}`,
    );
  }
  return shaped;
}

function shapeStructure(
  specs: Readonly<Record<string, PropertySpec>>,
  value: ValueMap,
  path: string,
  problems: string[],
): ValueMap {
  const result: ValueMap = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (spec.required && !Object.hasOwn(value, name))
      problems.push(`${path}: required key [${name}] not found`);
  }
  for (const [name, one] of Object.entries(value)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (!spec) problems.push(`${path}: extraneous key [${name}] is not permitted`);
    else result[name] = shape(spec.type, one, `${path}/${name}`, problems);
  }
  return result;
}

const NAMES = {
  string: "String",
  integer: "Integer",
  number: "Number",
  boolean: "Boolean",
  list: "JSONArray",
  map: "JSONObject",
  structure: "JSONObject",
  tag: "JSONObject",
} as const;

function shape(type: PropertyType, value: Value, path: string, problems: string[]): Value {
  const misfit = (): Value => {
    const expected = type.kind in NAMES ? NAMES[type.kind as keyof typeof NAMES] : "JSONObject";
    problems.push(`${path}: expected type: ${expected}, found: ${nameOf(value)}`);
    return value;
  };
  switch (type.kind) {
    case "json":
      return value;
    case "string":
      return typeof value === "string" ? value : typeof value === "object" ? misfit() : String(value);
    case "integer":
    case "number": {
      if (typeof value === "number") return value;
      if (typeof value === "string" && isSecret(value)) return value;
      const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
      return Number.isNaN(number) ? misfit() : number;
    }
    case "boolean":
      if (typeof value === "boolean" || (typeof value === "string" && isSecret(value))) return value;
      if (typeof value === "string" && /^(?:true|yes|on)$/i.test(value)) return true;
      if (typeof value === "string" && /^(?:false|no|off)$/i.test(value)) return false;
      return misfit();
    case "list":
      if (!Array.isArray(value)) return misfit();
      return value.map((one, index) => shape(type.element, one, `${path}/${index}`, problems));
    case "map":
      if (!isMap(value)) return misfit();
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [
          key,
          shape(type.element, one, `${path}/${key}`, problems),
        ]),
      );
    case "tag":
      if (!isMap(value)) return misfit();
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, typeof one === "object" ? one : String(one)]),
      );
    case "structure":
      return isMap(value) ? shapeStructure(structure(type.definition), value, path, problems) : misfit();
    case "union": {
      let best: string[] | undefined;
      for (const one of type.types) {
        const found: string[] = [];
        const shaped = shape(one, value, path, found);
        if (found.length === 0) return shaped;
        if (!best || found.length < best.length) best = found;
      }
      problems.push(...(best ?? []));
      return value;
    }
  }
}

function nameOf(value: Value): string {
  if (Array.isArray(value)) return "JSONArray";
  if (typeof value === "object") return value === null ? "Null" : "JSONObject";
  if (typeof value === "number") return Number.isInteger(value) ? "Integer" : "Double";
  return typeof value === "boolean" ? "Boolean" : "String";
}
