/** The Parameters section: what a parameter may be ("CloudFormation template Parameters syntax"). */
import { formatError, validationError } from "./errors.ts";
import { isMap, scalarText, type Value, type ValueMap } from "./value.ts";

export interface ParameterDefinition {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly noEcho: boolean;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
  readonly description?: string;
  readonly constraintDescription?: string;
}

const AWS_TYPES = [
  "AWS::EC2::AvailabilityZone::Name",
  "AWS::EC2::Image::Id",
  "AWS::EC2::Instance::Id",
  "AWS::EC2::KeyPair::KeyName",
  "AWS::EC2::SecurityGroup::GroupName",
  "AWS::EC2::SecurityGroup::Id",
  "AWS::EC2::Subnet::Id",
  "AWS::EC2::Volume::Id",
  "AWS::EC2::VPC::Id",
  "AWS::Route53::HostedZone::Id",
];
const VALUE_TYPES = [...AWS_TYPES, ...AWS_TYPES.map((one) => `List<${one}>`)];
const TYPES = new Set([
  "String",
  "Number",
  "CommaDelimitedList",
  "List<Number>",
  "List<String>",
  "AWS::SSM::Parameter::Name",
  ...VALUE_TYPES,
  ...["String", "List<String>", "CommaDelimitedList", ...VALUE_TYPES].map(
    (one) => `AWS::SSM::Parameter::Value<${one}>`,
  ),
]);
const MEMBERS = new Set([
  "AllowedPattern",
  "AllowedValues",
  "ConstraintDescription",
  "Default",
  "Description",
  "MaxLength",
  "MaxValue",
  "MinLength",
  "MinValue",
  "NoEcho",
  "Type",
]);

/** The value type of `AWS::SSM::Parameter::Value<T>`, if it is one. */
export function storedParameterType(type: string): string | undefined {
  return /^AWS::SSM::Parameter::Value<(.+)>$/.exec(type)?.[1];
}

/** Whether values of a type are lists. */
export function isListType(type: string): boolean {
  return type === "CommaDelimitedList" || type.startsWith("List<");
}

/** Reads the section. @throws AwsError `ValidationError` */
export function parameterDefinitions(section: ValueMap): Record<string, ParameterDefinition> {
  return Object.fromEntries(Object.entries(section).map(([name, value]) => [name, definition(name, value)]));
}

function definition(name: string, value: Value): ParameterDefinition {
  if (!/^[A-Za-z0-9]+$/.test(name)) throw formatError(`Parameter name ${name} is non alphanumeric.`);
  if (!isMap(value)) throw formatError("Every Parameters member must be an object.");
  for (const key of Object.keys(value)) {
    if (!MEMBERS.has(key)) throw validationError(`Invalid template parameter property '${key}'`);
  }
  if (value.Type === undefined) throw formatError("Every Parameters object must contain a Type member.");
  if (typeof value.Type !== "string" || !TYPES.has(value.Type)) {
    throw formatError(`Unrecognized parameter type: ${String(value.Type)}`);
  }
  const found: Record<string, unknown> = { name, type: value.Type, noEcho: String(value.NoEcho) === "true" };
  const fallback = value.Default;
  if (fallback !== undefined) {
    found.default = scalarText(fallback);
    if (found.default === undefined) throw formatError("Every Default member must be a string.");
  }
  for (const key of ["Description", "ConstraintDescription", "AllowedPattern"] as const) {
    const one = value[key];
    if (one === undefined) continue;
    const text = scalarText(one);
    if (text === undefined) throw formatError(`Every ${key} member must be a string.`);
    found[key.charAt(0).toLowerCase() + key.slice(1)] = text;
  }
  if (value.AllowedValues !== undefined) {
    const texts = Array.isArray(value.AllowedValues) ? value.AllowedValues.map(scalarText) : [undefined];
    if (texts.includes(undefined)) throw formatError("Every AllowedValues member must be a list of strings.");
    found.allowedValues = texts;
  }
  for (const key of ["MinLength", "MaxLength", "MinValue", "MaxValue"] as const) {
    const one = value[key];
    if (one === undefined) continue;
    const number = Number(scalarText(one));
    if (Number.isNaN(number)) throw formatError(`Every ${key} member must be a number.`);
    found[key.charAt(0).toLowerCase() + key.slice(1)] = number;
  }
  return found as unknown as ParameterDefinition;
}
