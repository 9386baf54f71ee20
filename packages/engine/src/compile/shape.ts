/**
 * The least a document must be to be compiled at all: objects, lists and texts where a policy has them. Everything
 * finer is the business of `parsePolicy`.
 */
import { PolicyShapeError } from "../errors.ts";

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function areTexts(value: unknown): boolean {
  return (
    typeof value === "string" || (Array.isArray(value) && value.every((entry) => typeof entry === "string"))
  );
}

function isScalar(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

/** @throws PolicyShapeError naming the first place that does not fit. */
export function checkShape(document: unknown, name: string): void {
  const fail = (path: string, got: unknown, expected: string): never => {
    const kind = got === null ? "null" : Array.isArray(got) ? "a list" : `\`${typeof got}\``;
    throw new PolicyShapeError(
      name,
      path,
      `got ${kind}, expected ${expected}`,
      `give ${expected} at ${path}`,
    );
  };
  if (!isObject(document)) fail("$", document, "a policy object");
  const { Statement } = document as Record<string, unknown>;
  const list = Array.isArray(Statement) ? Statement : [Statement];
  for (const [index, statement] of list.entries()) {
    const at = `$.Statement[${index}]`;
    if (!isObject(statement)) {
      fail(at, statement, "a statement object");
      continue;
    }
    if (statement.Effect !== "Allow" && statement.Effect !== "Deny")
      fail(`${at}.Effect`, statement.Effect, "`Allow` or `Deny`");
    if (statement.Action === undefined && statement.NotAction === undefined)
      fail(`${at}.Action`, undefined, "`Action` or `NotAction`");
    for (const element of ["Action", "NotAction", "Resource", "NotResource"]) {
      const value = statement[element];
      if (value !== undefined && !areTexts(value))
        fail(`${at}.${element}`, value, "a text or a list of texts");
    }
    for (const element of ["Principal", "NotPrincipal"])
      checkPrincipal(statement[element], `${at}.${element}`, fail);
    checkCondition(statement.Condition, `${at}.Condition`, fail);
  }
}

type Fail = (path: string, got: unknown, expected: string) => never;

function checkPrincipal(value: unknown, path: string, fail: Fail): void {
  if (value === undefined || typeof value === "string") return;
  if (!isObject(value)) fail(path, value, "`*` or an object");
  for (const [type, entries] of Object.entries(value as object)) {
    if (!areTexts(entries)) fail(`${path}.${type}`, entries, "a text or a list of texts");
  }
}

function checkCondition(value: unknown, path: string, fail: Fail): void {
  if (value === undefined) return;
  if (!isObject(value)) fail(path, value, "an object");
  for (const [operator, keys] of Object.entries(value as object)) {
    if (!isObject(keys)) fail(`${path}.${operator}`, keys, "an object of condition keys");
    for (const [key, values] of Object.entries(keys as object)) {
      const fits = isScalar(values) || (Array.isArray(values) && values.every(isScalar));
      if (!fits) fail(`${path}.${operator}.${key}`, values, "a text or a list of texts");
    }
  }
}
