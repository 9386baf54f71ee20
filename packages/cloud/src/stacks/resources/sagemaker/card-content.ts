/** A model card's content: a structure in templates, JSON with names_like_this in the API. */
import { type PropertyType, resourceType, structure } from "../../resource-types.ts";
import { isMap, type Value } from "../../template/value.ts";
import type { Work } from "../declared.ts";

const snake = (name: string): string => name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "_").toLowerCase();

/** Members of structures are respelt; keys of maps are the template's own. */
function respelt(type: PropertyType, value: Value): Value {
  if (type.kind === "union") return respelt(type.types[0] ?? { kind: "json" }, value);
  if (type.kind === "list" && Array.isArray(value)) return value.map((one) => respelt(type.element, one));
  if (!isMap(value)) return value;
  if (type.kind === "map") {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, respelt(type.element, one)]));
  }
  if (type.kind !== "structure") return value;
  const members = structure(type.definition);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      snake(name),
      respelt(members[name]?.type ?? { kind: "json" }, one),
    ]),
  );
}

export function cardContent({ p }: Work): { Content?: string } {
  const type = resourceType("AWS::SageMaker::ModelCard")?.properties.Content?.type;
  if (p.Content === undefined || !type) return {};
  return { Content: typeof p.Content === "string" ? p.Content : JSON.stringify(respelt(type, p.Content)) };
}
