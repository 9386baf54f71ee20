/**
 * What AWS's resource specification says of a type: its properties, what `Ref` and `GetAtt` give, which changes
 * need a replacement. The data is generated (tools/resource-types.ts) and parsed at first use.
 */
import { definitions, describedTypes, otherTypes } from "./generated/resource-types.ts";

/** A property's type: a scalar, a list or map of types, a defined structure, or one of several. */
export type PropertyType =
  | { kind: "string" | "integer" | "number" | "boolean" | "json" | "tag" }
  | { kind: "list" | "map"; element: PropertyType }
  | { kind: "structure"; definition: number }
  | { kind: "union"; types: readonly PropertyType[] };

export interface PropertySpec {
  readonly required: boolean;
  readonly replacement: "yes" | "maybe" | "no";
  readonly type: PropertyType;
}
export interface ResourceTypeSpec {
  readonly properties: Readonly<Record<string, PropertySpec>>;
  readonly attributes: readonly string[];
  readonly ref: readonly string[];
  readonly primaryIdentifier: readonly string[];
  readonly tagProperty?: string;
  readonly tagVariant?: "standard" | "asg" | "map";
}

interface RawType {
  p: Record<string, string>;
  a: string[];
  r: string[];
  i: string[];
  t?: string;
  v?: "standard" | "asg" | "map";
}

let others: Set<string> | undefined;
let allStructures: Record<string, string>[] | undefined;
const types = new Map<string, ResourceTypeSpec | undefined>();
const structures = new Map<number, Readonly<Record<string, PropertySpec>>>();

/** `described`: properties are known; `named`: it exists on AWS; `custom`: `Custom::…`; `unknown`: no such type. */
export function typeExistence(type: string): "described" | "named" | "custom" | "unknown" {
  if (type.startsWith("Custom::")) return "custom";
  if (Object.hasOwn(describedTypes, type) || type === "AWS::CDK::Metadata") return "described";
  others ??= new Set(otherTypes.split("\n"));
  return others.has(type) ? "named" : "unknown";
}

/** The description of a type; `undefined` when only its name is known. */
export function resourceType(type: string): ResourceTypeSpec | undefined {
  if (types.has(type)) return types.get(type);
  const text = Object.hasOwn(describedTypes, type) ? describedTypes[type] : undefined;
  const one = text === undefined ? undefined : (JSON.parse(text) as RawType);
  const spec: ResourceTypeSpec | undefined = one && {
    properties: properties(one.p),
    attributes: one.a,
    ref: one.r,
    primaryIdentifier: one.i,
    ...(one.t === undefined ? {} : { tagProperty: one.t }),
    ...(one.v === undefined ? {} : { tagVariant: one.v }),
  };
  types.set(type, spec);
  return spec;
}

/** The properties of a defined structure. */
export function structure(definition: number): Readonly<Record<string, PropertySpec>> {
  let found = structures.get(definition);
  if (!found) {
    allStructures ??= JSON.parse(definitions) as Record<string, string>[];
    found = properties(allStructures[definition] ?? {});
    structures.set(definition, found);
  }
  return found;
}

/** Whether `Fn::GetAtt` may name this attribute of the type. */
export function attributeExists(type: string, spec: ResourceTypeSpec, attribute: string): boolean {
  if (
    type === "AWS::CloudFormation::CustomResource" ||
    type === "AWS::ServiceCatalog::CloudFormationProvisionedProduct"
  )
    return true;
  if (type === "AWS::CloudFormation::Stack" && attribute.startsWith("Outputs.")) return true;
  const first = attribute.split(".")[0] ?? "";
  return (
    spec.attributes.includes(attribute) ||
    spec.attributes.includes(first) ||
    spec.attributes.some((one) => one.startsWith(`${attribute}.`)) ||
    Object.hasOwn(spec.properties, first)
  );
}

function properties(encoded: Record<string, string>): Record<string, PropertySpec> {
  return Object.fromEntries(Object.entries(encoded).map(([name, code]) => [name, property(code)]));
}

function property(code: string): PropertySpec {
  const [, flags = "", type = "j"] = /^([!^~]*)(.*)$/.exec(code) ?? [];
  return {
    required: flags.includes("!"),
    replacement: flags.includes("^") ? "yes" : flags.includes("~") ? "maybe" : "no",
    type: propertyType(type),
  };
}

const SCALARS = { s: "string", i: "integer", n: "number", b: "boolean", j: "json", t: "tag" } as const;

function propertyType(code: string): PropertyType {
  const alternatives = code.split("|");
  if (alternatives.length > 1) return { kind: "union", types: alternatives.map(propertyType) };
  const first = code.charAt(0);
  if (first === "[") return { kind: "list", element: propertyType(code.slice(1)) };
  if (first === "{") return { kind: "map", element: propertyType(code.slice(1)) };
  if (first === "#") return { kind: "structure", definition: Number(code.slice(1)) };
  return { kind: SCALARS[first as keyof typeof SCALARS] ?? "json" };
}
