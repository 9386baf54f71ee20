/** Which properties of a resource differ, and whether AWS can change them in place ("Update behaviors of stack resources"). */
import { type PropertySpec, type PropertyType, resourceType, structure } from "./resource-types.ts";
import { isMap, sameValue, type Value, type ValueMap } from "./template/value.ts";

export type Replacement = "yes" | "maybe" | "no";
export interface PropertyDifference {
  readonly name: string;
  readonly before: Value | undefined;
  readonly after: Value | undefined;
  readonly change: "Add" | "Modify" | "Remove";
  readonly replacement: Replacement;
}

/** The differing top-level properties, in the template's order. */
export function differences(type: string, before: ValueMap, after: ValueMap): PropertyDifference[] {
  const spec = resourceType(type);
  const result: PropertyDifference[] = [];
  for (const name of new Set([...Object.keys(after), ...Object.keys(before)])) {
    const [old, now] = [before[name], after[name]];
    if (sameValue(old, now)) continue;
    result.push({
      name,
      before: old,
      after: now,
      change: old === undefined ? "Add" : now === undefined ? "Remove" : "Modify",
      replacement: spec?.properties[name] ? replacementOf(spec.properties[name], old, now) : "no",
    });
  }
  return result;
}

/** The strongest demand of a set of differences. */
export function strongest(all: readonly Replacement[]): Replacement {
  return all.includes("yes") ? "yes" : all.includes("maybe") ? "maybe" : "no";
}

function replacementOf(spec: PropertySpec, before: Value | undefined, after: Value | undefined): Replacement {
  if (spec.replacement === "yes") return "yes";
  return strongest([spec.replacement, within(spec.type, before, after)]);
}

/** Demands of members deeper down that differ. */
function within(type: PropertyType, before: Value | undefined, after: Value | undefined): Replacement {
  if (sameValue(before, after)) return "no";
  if (type.kind === "union") {
    // the alternatives are spellings of one property; the first that is a structure tells most
    const structured = type.types.find((one) => one.kind === "structure" || one.kind === "list");
    return structured ? within(structured, before, after) : "no";
  }
  if (type.kind === "list" && Array.isArray(before) && Array.isArray(after)) {
    const length = Math.min(before.length, after.length);
    return strongest(Array.from({ length }, (_, index) => within(type.element, before[index], after[index])));
  }
  if (type.kind !== "structure" || !isMap(before) || !isMap(after)) return "no";
  return strongest(
    Object.entries(structure(type.definition)).map(([name, spec]) =>
      sameValue(before[name], after[name]) ? "no" : replacementOf(spec, before[name], after[name]),
    ),
  );
}
