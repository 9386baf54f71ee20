/** Where what a resource has differs from what its template asked for; properties nobody asked for are not compared. */
import { isMap, sameValue, scalarText, type Value, type ValueMap } from "../template/value.ts";

export interface Difference {
  path: string;
  expected?: Value;
  actual?: Value;
  kind: "ADD" | "REMOVE" | "NOT_EQUAL";
}

/** Differences, by path; properties that cannot be read back count as equal. */
export function driftOf(expected: ValueMap, actual: ValueMap): Difference[] {
  return Object.entries(expected).flatMap(([name, value]) =>
    Object.hasOwn(actual, name) ? differences(`/${name}`, value, actual[name] as Value) : [],
  );
}

function differences(path: string, expected: Value, actual: Value | undefined): Difference[] {
  if (actual === undefined) return [{ path, expected, kind: "REMOVE" }];
  if (Array.isArray(expected) && Array.isArray(actual)) return listDifferences(path, expected, actual);
  if (isMap(expected) && isMap(actual)) {
    return Object.entries(expected).flatMap(([name, value]) =>
      differences(`${path}/${name}`, value, actual[name]),
    );
  }
  // one statement may stand without its list
  if (Array.isArray(expected) !== Array.isArray(actual)) {
    const [a, b] = [[expected].flat(), [actual].flat()] as [Value[], Value[]];
    if (a.length === 1 && b.length === 1) return differences(path, a[0] as Value, b[0] as Value);
  }
  return same(expected, actual) ? [] : [{ path, expected, actual, kind: "NOT_EQUAL" }];
}

/** Lists are compared as sets: services give them in an order of their own. */
function listDifferences(path: string, expected: Value[], actual: Value[]): Difference[] {
  const left = actual.map((value, index) => ({ value, index }));
  const missing: { value: Value; index: number }[] = [];
  expected.forEach((value, index) => {
    const found = left.findIndex((one) => differences("", value, one.value).length === 0);
    if (found >= 0) left.splice(found, 1);
    else missing.push({ value, index });
  });
  return [
    ...missing.flatMap(({ value, index }): Difference[] => {
      // the same thing with another value: named by its key
      const twin = left.findIndex(
        (one) => identity(one.value) !== undefined && identity(one.value) === identity(value),
      );
      if (twin < 0) return [{ path: `${path}/${index}`, expected: value, kind: "REMOVE" }];
      const [other] = left.splice(twin, 1);
      return differences(`${path}/${index}`, value, other?.value);
    }),
    ...left.map(({ value, index }): Difference => ({ path: `${path}/${index}`, actual: value, kind: "ADD" })),
  ];
}

function identity(value: Value): string | undefined {
  if (!isMap(value)) return undefined;
  for (const name of ["Key", "PolicyName", "Sid", "Id"]) {
    const one = value[name];
    if (typeof one === "string") return `${name}=${one}`;
  }
  return undefined;
}

function same(a: Value, b: Value): boolean {
  const [left, right] = [scalarText(a), scalarText(b)];
  return left !== undefined && right !== undefined ? left === right : sameValue(a, b);
}
