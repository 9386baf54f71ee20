/** Values in a pipeline definition: parameters, properties of steps that have run, execution variables, joins. */
import type { Fields } from "../engine/model.ts";

export interface Scope {
  parameters: Record<string, unknown>;
  /** Describe outputs of steps, by name. */
  steps: Record<string, Fields>;
  execution: Record<string, unknown>;
}

/** The value with every reference resolved. @throws Error for what does not resolve */
export function resolve(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((one) => resolve(one, scope));
  if (typeof value !== "object" || value === null) return value;
  const node = value as Fields;
  const names = Object.keys(node);
  if (names.length === 1 && typeof node.Get === "string") return get(node.Get, scope);
  const join = node["Std:Join"] as { On?: string; Values?: unknown[] } | undefined;
  if (names.length === 1 && join)
    return (join.Values ?? []).map((one) => String(resolve(one, scope))).join(join.On ?? "");
  const file = node["Std:JsonGet"] as { PropertyFile?: { Get?: string }; Path?: string } | undefined;
  if (names.length === 1 && file) {
    const found = get(file.PropertyFile?.Get ?? "", scope);
    return walk(found, file.Path ?? "");
  }
  const resolved: Fields = {};
  for (const name of names) resolved[name] = resolve(node[name], scope);
  return resolved;
}

function get(reference: string, scope: Scope): unknown {
  const [head = "", ...rest] = reference.split(".");
  const path = rest.join(".");
  if (head === "Parameters") return known(scope.parameters[path], reference);
  if (head === "Execution") return known(scope.execution[path], reference);
  if (head === "Steps") {
    const [name = ""] = path.split(/[.[]/);
    return known(walk(scope.steps[name], path.slice(name.length)), reference);
  }
  throw new Error(`cannot resolve the reference ${reference}`);
}

function known(value: unknown, reference: string): unknown {
  if (value === undefined) throw new Error(`cannot resolve the reference ${reference}`);
  return value;
}

/** Follows `.a.b[0]['c']`. */
function walk(value: unknown, path: string): unknown {
  let at = value;
  for (const [, plain, quoted, index] of path.matchAll(
    /\.?([A-Za-z_][\w-]*)|\[['"]([^'"]+)['"]\]|\[(\d+)\]/g,
  )) {
    const key = plain ?? quoted ?? index ?? "";
    at = at === null || typeof at !== "object" ? undefined : byName(at, key);
  }
  return at;
}

/** A member; a list of named things also answers to their names (`Outputs['train']`). */
function byName(at: object, key: string): unknown {
  const own = (at as Fields)[key];
  if (own !== undefined || !Array.isArray(at)) return own;
  return at.find(
    (one) =>
      typeof one === "object" &&
      one !== null &&
      Object.entries(one).some(([name, value]) => /Name$/.test(name) && value === key),
  );
}

/** Whether a condition of a Condition step holds. */
export function holds(condition: Fields, scope: Scope): boolean {
  const left = resolve(condition.LeftValue, scope);
  const right = resolve(condition.RightValue, scope);
  switch (condition.Type) {
    case "Equals":
      return left === right || String(left) === String(right);
    case "GreaterThan":
      return Number(left) > Number(right);
    case "GreaterThanOrEqualTo":
      return Number(left) >= Number(right);
    case "LessThan":
      return Number(left) < Number(right);
    case "LessThanOrEqualTo":
      return Number(left) <= Number(right);
    case "In": {
      const value = resolve(condition.QueryValue, scope);
      return ((condition.Values as unknown[] | undefined) ?? []).some((one) => resolve(one, scope) === value);
    }
    case "Not":
      return !holds(condition.Expression as Fields, scope);
    case "Or":
      return ((condition.Conditions as Fields[] | undefined) ?? []).some((one) => holds(one, scope));
    default:
      throw new Error(`the condition type ${condition.Type} is not supported`);
  }
}
