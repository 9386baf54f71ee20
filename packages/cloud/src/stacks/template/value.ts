/** What a template is made of once parsed: JSON, with intrinsic functions as objects of one key. */

export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type ValueMap = { [key: string]: Value };

export function isMap(value: unknown): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** CloudFormation's text of a scalar: numbers and booleans become strings wherever a string is needed. */
export function scalarText(value: Value): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** An object of one key that is an intrinsic function (`Ref`, `Condition`, `Fn::…`): its name and argument. */
export function intrinsicOf(value: Value): { name: string; argument: Value } | undefined {
  if (!isMap(value)) return undefined;
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  if (name !== "Ref" && name !== "Condition" && !name.startsWith("Fn::")) return undefined;
  return { name, argument: value[name] as Value };
}

/** Equality of resolved values, in which map order does not count. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => sameValue(one, b[index]));
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
    );
  }
  const [left, right] = [a, b].map((one) =>
    one === undefined || one === null ? undefined : scalarText(one),
  );
  return left !== undefined && left === right;
}
