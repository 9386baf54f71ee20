/**
 * AWS::LanguageExtensions: loops are expanded and functions in names and policies resolved; its other functions are
 * resolved with the rest. The other transforms are in include.ts.
 */
import { evaluate } from "../functions/evaluate.ts";
import type { Scope } from "../functions/scope.ts";
import { formatError } from "./errors.ts";
import { expandLoops } from "./for-each.ts";
import { LANGUAGE_EXTENSIONS, transformNames } from "./template.ts";
import { intrinsicOf, isMap, type Value, type ValueMap } from "./value.ts";

/** Whether `AWS::LanguageExtensions` is declared. */
export function isExtended(body: ValueMap): boolean {
  return transformNames(body.Transform).includes(LANGUAGE_EXTENSIONS);
}

/** The template after AWS::LanguageExtensions. `scope` knows parameters, mappings and conditions. */
export function applyExtensions(body: ValueMap, scope: (body: ValueMap) => Scope): ValueMap {
  const early = scope(body);
  const expanded = { ...body };
  for (const name of ["Conditions", "Resources", "Outputs"]) {
    const section = body[name];
    if (section !== undefined) expanded[name] = expandLoops(section, (one) => evaluate(one, early));
  }
  const late = scope(expanded);
  const resources = expanded.Resources;
  if (isMap(resources)) {
    expanded.Resources = Object.fromEntries(
      Object.entries(resources).map(([name, one]) => [
        name,
        isMap(one) ? resolveResource(name, one, late) : one,
      ]),
    );
  }
  if (isMap(expanded.Outputs)) {
    for (const [name, one] of Object.entries(expanded.Outputs)) {
      if (!isMap(one) || !isMap(one.Condition)) continue;
      expanded.Outputs = {
        ...expanded.Outputs,
        [name]: { ...one, Condition: conditionName(name, one.Condition, late) },
      };
    }
  }
  if (expanded.Outputs !== undefined) expanded.Outputs = resolveNames(expanded.Outputs, late);
  return expanded;
}

const POLICIES = ["DeletionPolicy", "UpdateReplacePolicy"] as const;

function resolveResource(name: string, resource: ValueMap, scope: Scope): ValueMap {
  const result = { ...resource };
  for (const policy of POLICIES) {
    const value = resource[policy];
    if (value === undefined || !intrinsicOf(value)) continue;
    const resolved = evaluate(value, scope);
    if (typeof resolved !== "string")
      throw formatError(`[/Resources/${name}/${policy}] ${policy} must be a string`);
    result[policy] = resolved;
  }
  if (isMap(resource.Condition)) result.Condition = conditionName(name, resource.Condition, scope);
  if (resource.Properties !== undefined) result.Properties = resolveNames(resource.Properties, scope);
  return result;
}

/** Loops name conditions with functions ("Examples of Fn::ForEach in the Conditions section"). */
function conditionName(owner: string, condition: Value, scope: Scope): Value {
  const name = evaluate(condition, scope);
  if (typeof name === "string") return name;
  throw formatError(`[/Resources/${owner}/Condition] Every Condition member must be a string.`);
}

/** Functions that the transform replaces by their value, unless they read resources. */
const REPLACED = new Set(["Fn::Length", "Fn::ToJsonString", "Fn::FindInMap"]);

/** Resolves the transform's own functions, and functions that stand where a resource's or attribute's name belongs. */
function resolveNames(value: Value, scope: Scope): Value {
  if (Array.isArray(value)) return value.map((one) => resolveNames(one, scope));
  if (!isMap(value)) return value;
  const intrinsic = intrinsicOf(value);
  if (intrinsic && REPLACED.has(intrinsic.name)) {
    try {
      return evaluate(value, scope);
    } catch {
      // it needs what is not there yet, or is wrong: both are found when it is resolved with the rest
    }
  }
  if (intrinsic?.name === "Ref" && isMap(intrinsic.argument))
    return { Ref: evaluate(intrinsic.argument, scope) };
  if (intrinsic?.name === "Fn::GetAtt" && Array.isArray(intrinsic.argument)) {
    return { "Fn::GetAtt": intrinsic.argument.map((one) => (isMap(one) ? evaluate(one, scope) : one)) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolveNames(one, scope)]));
}
