/**
 * A resource type's schema as far as the specification that we have tells it: properties and structures, what is
 * required, read-only, creation-only, identifying ("Resource type schema" in the CLI's guide).
 */
import {
  type PropertySpec,
  type PropertyType,
  type ResourceTypeSpec,
  structure,
} from "../../stacks/resource-types.ts";

type Json = Record<string, unknown>;

export function typeSchema(typeName: string, spec: ResourceTypeSpec): Json {
  const definitions = new Map<number, Json | undefined>();
  const properties = Object.fromEntries(
    Object.entries(spec.properties).map(([name, one]) => [name, schemaOf(one.type, definitions)]),
  );
  const settable = new Set(Object.keys(spec.properties));
  const readOnly = spec.attributes.filter((one) => !settable.has(one.split(".")[0] ?? ""));
  for (const name of readOnly) properties[name.split(".")[0] ?? ""] ??= {};
  const pointers = (names: readonly string[]) =>
    names.map((one) => `/properties/${one.replaceAll(".", "/")}`);
  const where = (test: (one: PropertySpec) => boolean) =>
    Object.entries(spec.properties).flatMap(([name, one]) => (test(one) ? [name] : []));
  const tags = spec.tagProperty;
  return {
    typeName,
    ...(definitions.size === 0
      ? {}
      : { definitions: Object.fromEntries([...definitions].map(([at, one]) => [nameOf(at), one])) }),
    properties,
    additionalProperties: false,
    required: where((one) => one.required),
    readOnlyProperties: pointers(readOnly),
    createOnlyProperties: pointers(where((one) => one.replacement === "yes")),
    conditionalCreateOnlyProperties: pointers(where((one) => one.replacement === "maybe")),
    primaryIdentifier: pointers(spec.primaryIdentifier),
    tagging:
      tags === undefined ? { taggable: false } : { taggable: true, tagProperty: `/properties/${tags}` },
  };
}

function schemaOf(type: PropertyType, definitions: Map<number, Json | undefined>): Json {
  switch (type.kind) {
    case "list":
      return { type: "array", items: schemaOf(type.element, definitions) };
    case "map":
      return {
        type: "object",
        patternProperties: { ".*": schemaOf(type.element, definitions) },
        additionalProperties: false,
      };
    case "union":
      return { anyOf: type.types.map((one) => schemaOf(one, definitions)) };
    case "structure":
      define(type.definition, definitions);
      return { $ref: `#/definitions/${nameOf(type.definition)}` };
    case "tag":
      return {
        type: "object",
        properties: { Key: { type: "string" }, Value: { type: "string" } },
        required: ["Key", "Value"],
        additionalProperties: false,
      };
    case "json":
      return { type: ["object", "string"] };
    default:
      return { type: type.kind };
  }
}

/** Structures may hold themselves: each is begun once. */
function define(at: number, definitions: Map<number, Json | undefined>): void {
  if (definitions.has(at)) return;
  definitions.set(at, undefined);
  const members = structure(at);
  definitions.set(at, {
    type: "object",
    properties: Object.fromEntries(
      Object.entries(members).map(([name, one]) => [name, schemaOf(one.type, definitions)]),
    ),
    required: Object.entries(members).flatMap(([name, one]) => (one.required ? [name] : [])),
    additionalProperties: false,
  });
}

function nameOf(at: number): string {
  return `Structure${at}`;
}
