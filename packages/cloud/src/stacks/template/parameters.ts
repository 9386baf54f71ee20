/** Values for a template's parameters: given, previous or default ones, checked in AWS's words. */
import { validationError } from "./errors.ts";
import { isListType, type ParameterDefinition, storedParameterType } from "./parameter-definition.ts";
import type { Template } from "./template.ts";
import type { Value } from "./value.ts";

export interface GivenParameter {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

/** Text of each parameter, defaults included. @throws AwsError `ValidationError` */
export function parameterTexts(
  template: Template,
  given: readonly GivenParameter[],
  previous: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const values: Record<string, string> = {};
  const strange: string[] = [];
  const seen = new Set<string>();
  for (const { ParameterKey: key, ParameterValue: value, UsePreviousValue: keep } of given) {
    if (!key) throw validationError("Parameter key must not be empty");
    if (seen.has(key)) throw validationError(`Duplicate parameters not supported: ${key}`);
    seen.add(key);
    if (!Object.hasOwn(template.parameters, key)) {
      strange.push(key);
      continue;
    }
    if (keep) {
      if (value !== undefined) {
        throw validationError(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
        );
      }
      const old = previous?.[key];
      if (previous && old === undefined) {
        throw validationError(
          `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
        );
      }
      if (old !== undefined) values[key] = old;
    } else if (value !== undefined) values[key] = value;
  }
  if (strange.length > 0)
    throw validationError(`Parameters: [${strange.join(", ")}] do not exist in the template`);
  const missing: string[] = [];
  for (const { name, type } of Object.values(template.parameters)) {
    const unset = values[name] === undefined && template.parameters[name]?.default === undefined;
    if (unset && storedParameterType(type) !== undefined)
      throw validationError(`Parameter ${name} should either have input value or default value`);
  }
  for (const definition of Object.values(template.parameters)) {
    if (values[definition.name] !== undefined) continue;
    if (definition.default === undefined) missing.push(definition.name);
    else values[definition.name] = definition.default;
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  for (const definition of Object.values(template.parameters))
    checkConstraints(definition, values[definition.name] ?? "");
  return values;
}

/** What `Ref` gives: a text or, for list types, the list. `text` is the resolved value for stored parameters. */
export function parameterValue(type: string, text: string): Value {
  const effective = storedParameterType(type) ?? type;
  if (!isListType(effective)) return text;
  return text === "" ? [] : text.split(",").map((one) => one.trim());
}

function checkConstraints(definition: ParameterDefinition, text: string): void {
  const effective = storedParameterType(definition.type);
  // constraints of a stored parameter bind its key, of a list each element
  const parts =
    effective === undefined && isListType(definition.type) && text !== ""
      ? text.split(",").map((one) => one.trim())
      : [text];
  for (const part of parts) {
    const problem = violation(definition, part);
    if (!problem) continue;
    throw validationError(
      definition.constraintDescription === undefined
        ? problem
        : `Parameter ${definition.name} failed to satisfy constraint: ${definition.constraintDescription}`,
    );
  }
}

function violation(definition: ParameterDefinition, text: string): string | undefined {
  const { name } = definition;
  const numeric = definition.type === "Number" || definition.type === "List<Number>";
  if (numeric && (text.trim() === "" || Number.isNaN(Number(text)))) {
    return `Parameter '${name}' must be a number`;
  }
  if (definition.allowedValues && !definition.allowedValues.includes(text)) {
    return `Parameter '${name}' must be one of AllowedValues`;
  }
  if (definition.allowedPattern !== undefined && !matches(definition.allowedPattern, text)) {
    return `Parameter '${name}' must match pattern ${definition.allowedPattern}`;
  }
  if (definition.minLength !== undefined && text.length < definition.minLength) {
    return `Parameter '${name}' must contain at least ${definition.minLength} characters`;
  }
  if (definition.maxLength !== undefined && text.length > definition.maxLength) {
    return `Parameter '${name}' must contain at most ${definition.maxLength} characters`;
  }
  if (numeric && definition.minValue !== undefined && Number(text) < definition.minValue) {
    return `Parameter '${name}' must be a number not less than ${definition.minValue}`;
  }
  if (numeric && definition.maxValue !== undefined && Number(text) > definition.maxValue) {
    return `Parameter '${name}' must be a number not greater than ${definition.maxValue}`;
  }
  return undefined;
}

/** Whether a whole text matches a pattern of Java's dialect, as far as it is the same in JavaScript. */
function matches(pattern: string, text: string): boolean {
  const javascript = pattern
    .replaceAll("\\p{Alnum}", "[A-Za-z0-9]")
    .replaceAll("\\p{Alpha}", "[A-Za-z]")
    .replaceAll("\\p{ASCII}", "[\\x00-\\x7F]")
    .replaceAll("\\A", "^")
    .replace(/\\[zZ]/g, "$")
    .replace(/([*+?}])\+/g, "$1");
  const insensitive = javascript.startsWith("(?i)");
  const source = insensitive ? javascript.slice(4) : javascript;
  for (const flags of ["u", ""]) {
    try {
      return new RegExp(`^(?:${source})$`, insensitive ? `${flags}i` : flags).test(text);
    } catch {
      // not valid with this flag
    }
  }
  throw validationError(`Template format error: AllowedPattern ${pattern} is not a valid regular expression`);
}
