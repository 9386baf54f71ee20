/**
 * `Fn::ForEach::Name: [Identifier, Collection, {Key: Value}]` of AWS::LanguageExtensions: one copy of the
 * fragment for each element, with `${Identifier}`, `&{Identifier}` (letters and digits only) and
 * `{Ref: Identifier}` replaced by it.
 */
import { validationError } from "./errors.ts";
import { isMap, scalarText, type Value, type ValueMap } from "./value.ts";

const PREFIX = "Fn::ForEach::";
/** AWS: a template may hold at most five nested loops. */
const MAX_LOOPS = 5;

/** Copies that one template may expand to: far more than the 500 resources that it may have. */
const MAX_COPIES = 20_000;

/** Expands every loop in `value`; `evaluate` resolves collections. @throws AwsError `ValidationError` */
export function expandLoops(
  value: Value,
  evaluate: (value: Value) => Value,
  depth = 0,
  count: { copies: number } = { copies: 0 },
): Value {
  if (Array.isArray(value)) return value.map((one) => expandLoops(one, evaluate, depth, count));
  if (!isMap(value)) return value;
  const result: ValueMap = {};
  for (const [key, one] of Object.entries(value)) {
    if (!key.startsWith(PREFIX)) {
      put(result, key, expandLoops(one, evaluate, depth, count));
      continue;
    }
    if (depth >= MAX_LOOPS) throw invalid(key, "loops may be nested at most five deep");
    for (const [name, copy] of iterations(key, one, evaluate)) {
      if (++count.copies > MAX_COPIES) throw invalid(key, `it expands to more than ${MAX_COPIES} copies`);
      const expanded = expandLoops({ [name]: copy }, evaluate, depth + 1, count) as ValueMap;
      for (const [inner, content] of Object.entries(expanded)) {
        if (Object.hasOwn(result, inner)) throw invalid(key, `duplicate key ${inner}`);
        put(result, inner, content);
      }
    }
  }
  return result;
}

function put(map: ValueMap, key: string, value: Value): void {
  if (key !== "__proto__") map[key] = value;
}

function* iterations(
  loop: string,
  argument: Value,
  evaluate: (value: Value) => Value,
): Generator<[string, Value]> {
  const [identifier, collection, fragment] = Array.isArray(argument) ? argument : [];
  if (typeof identifier !== "string" || !isMap(fragment) || collection === undefined) {
    throw invalid(loop, "expected [Identifier, Collection, {OutputKey: OutputValue}]");
  }
  const elements = evaluate(collection);
  if (!Array.isArray(elements)) throw invalid(loop, "the collection must be a list of strings");
  const seen = new Set<string>();
  for (const element of elements.flatMap((one) => (Array.isArray(one) ? one : [one]))) {
    const text = scalarText(element);
    if (text === undefined) throw invalid(loop, "the collection must be a list of strings");
    if (seen.has(text)) throw invalid(loop, `duplicate element ${text} in the collection`);
    seen.add(text);
    for (const [key, value] of Object.entries(fragment)) {
      const name = replaceText(key, identifier, text);
      if (name === key && !key.startsWith(PREFIX) && elements.length > 1) {
        throw invalid(loop, `the output key ${key} must contain the identifier ${identifier}`);
      }
      yield [name, replaceIn(value, identifier, text)];
    }
  }
}

function replaceIn(value: Value, identifier: string, text: string): Value {
  if (typeof value === "string") return replaceText(value, identifier, text);
  if (Array.isArray(value)) return value.map((one) => replaceIn(one, identifier, text));
  if (!isMap(value)) return value;
  if (value.Ref === identifier && Object.keys(value).length === 1) return text;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      replaceText(key, identifier, text),
      replaceIn(one, identifier, text),
    ]),
  );
}

function replaceText(text: string, identifier: string, element: string): string {
  return text
    .replaceAll(`\${${identifier}}`, element)
    .replaceAll(`&{${identifier}}`, element.replace(/[^A-Za-z0-9]/g, ""));
}

function invalid(loop: string, why: string) {
  return validationError(
    `Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect in ${loop.slice(PREFIX.length)}: ${why}. Rollback requested by user.`,
  );
}
