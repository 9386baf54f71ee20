/**
 * Attributes that `Fn::GetAtt` and `Fn::Sub` name and their resource's type does not have. AWS accepts such a template
 * and fails its operation before anything is made, naming the place (observed answers, recorded by LocalStack's suite).
 */
import { attributePath } from "../functions/lookups.ts";
import { variablesOf } from "../functions/substitution.ts";
import { attributeExists, resourceType } from "../resource-types.ts";
import type { Compiled } from "./compile.ts";
import { intrinsicOf, isMap, type Value } from "./value.ts";

/** CloudFormation's sentence for the first such attribute of what the conditions leave; `undefined` when all are there. */
export function unsupportedAttribute(compiled: Compiled): string | undefined {
  const { template, conditions, dependencies } = compiled;
  for (const name of dependencies.keys()) {
    const found = search(
      template.resources[name]?.properties ?? {},
      `/Resources/${name}/Properties`,
      compiled,
    );
    if (found) return found;
  }
  for (const [name, output] of Object.entries(template.outputs)) {
    if (output.condition !== undefined && !conditions[output.condition]) continue;
    const found = search(output.value, `/Outputs/${name}/Value`, compiled);
    if (found) return found;
  }
  return undefined;
}

function search(value: Value, path: string, compiled: Compiled): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const intrinsic = intrinsicOf(value);
  if (intrinsic?.name === "Fn::If" && Array.isArray(intrinsic.argument)) {
    const [condition, yes, no] = intrinsic.argument;
    const taken = compiled.conditions[String(isMap(condition) ? condition.Condition : condition)];
    return search((taken ? yes : no) ?? null, `${path}/Fn::If/${taken ? 1 : 2}`, compiled);
  }
  for (const [resource, attribute] of named(intrinsic)) {
    const type = compiled.template.resources[resource]?.type;
    const spec = type === undefined ? undefined : resourceType(type);
    if (type === undefined || !spec || attributeExists(type, spec, attribute)) continue;
    return `[Error] ${path}/${intrinsic?.name}: Resource type ${type} does not support attribute {${attribute}}`;
  }
  for (const [key, one] of Object.entries(value)) {
    const found = search(one, `${path}/${key}`, compiled);
    if (found) return found;
  }
  return undefined;
}

/** Resources and attributes that a function names itself, written out. */
function named(intrinsic: { name: string; argument: Value } | undefined): [string, string][] {
  if (intrinsic?.name === "Fn::GetAtt") {
    const { resource, attribute } = attributePath(intrinsic.argument, () => "${}");
    return `${resource}${attribute}`.includes("${}") ? [] : [[resource, attribute]];
  }
  if (intrinsic?.name !== "Fn::Sub") return [];
  const [text, own] = Array.isArray(intrinsic.argument) ? intrinsic.argument : [intrinsic.argument];
  if (typeof text !== "string") return [];
  return variablesOf(text)
    .filter((one) => one.includes(".") && !(isMap(own) && Object.hasOwn(own, one)))
    .map((one) => [one.slice(0, one.indexOf(".")), one.slice(one.indexOf(".") + 1)]);
}
