/** Functions that look something up: Ref, GetAtt, FindInMap, ImportValue, GetAZs, and those of Rules. */
import { templateError } from "../template/errors.ts";
import { isMap, scalarText, type Value } from "../template/value.ts";
import type { Evaluator, IntrinsicFunction } from "./evaluate.ts";
import { type Evaluated, isUnknown, KNOWN_AFTER_APPLY, type OutputReference } from "./scope.ts";

export const lookupFunctions: Readonly<Record<string, IntrinsicFunction>> = {
  Ref: (argument, evaluator) => {
    const name = isMap(argument) && evaluator.scope.extended ? evaluator.value(argument) : argument;
    if (typeof name !== "string") throw templateError("every Ref object must have a single String value.");
    return evaluator.scope.parameter(name) ?? evaluator.scope.reference(name);
  },
  "Fn::GetAtt": (argument, evaluator) => {
    const { resource, attribute } = attributePath(argument, (one) => evaluator.value(one));
    return evaluator.scope.attribute(resource, attribute);
  },
  "Fn::FindInMap": findInMap,
  "Fn::ImportValue": (argument, evaluator) => {
    const name = scalarText(evaluator.value(argument));
    if (name === undefined || name === "") {
      throw templateError(
        "the attribute in Fn::ImportValue must not depend on any resources, imported values, or Fn::GetAZs",
      );
    }
    return evaluator.scope.importedValue(name);
  },
  "Fn::GetStackOutput": (argument, evaluator) => {
    const reference = outputReference(argument, evaluator);
    return Object.values(reference).some(isUnknown)
      ? KNOWN_AFTER_APPLY
      : evaluator.scope.stackOutput(reference);
  },
  "Fn::GetAZs": (argument, evaluator) => {
    const region = evaluator.value(argument);
    if (typeof region !== "string")
      throw templateError("every Fn::GetAZs object must have a String-typed value.");
    const current = evaluator.scope.parameter("AWS::Region");
    return evaluator.scope.availabilityZones(region || String(current));
  },
  ...Object.fromEntries(
    [
      "Fn::Contains",
      "Fn::EachMemberEquals",
      "Fn::EachMemberIn",
      "Fn::RefAll",
      "Fn::ValueOf",
      "Fn::ValueOfAll",
    ].map((name) => [name, (argument: Value, evaluator: Evaluator) => rule(name, argument, evaluator)]),
  ),
};

function rule(name: string, argument: Value, { scope }: Evaluator): Evaluated {
  if (!scope.ruleFunction) throw templateError(`${name} can only be used in the Rules section`);
  return scope.ruleFunction(name, argument);
}

/** Resource and attribute of a GetAtt, whichever form; names may be functions only with the extensions. */
export function attributePath(
  argument: Value,
  evaluate: (value: Value) => Value,
): { resource: string; attribute: string } {
  const parts = typeof argument === "string" ? splitOnce(argument) : argument;
  if (Array.isArray(parts) && parts.length >= 2) {
    const [resource, ...rest] = parts.map((one) => (isMap(one) ? evaluate(one) : one));
    const attribute = rest.map((one) => scalarText(one as Value) ?? "").join(".");
    if (typeof resource === "string" && resource && attribute) return { resource, attribute };
  }
  throw templateError(
    "Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
  );
}

/** The output that a `Fn::GetStackOutput` names. @throws AwsError `ValidationError` */
export function outputReference(
  argument: Value,
  evaluator: Pick<Evaluator, "scope" | "value">,
): OutputReference {
  const members = isMap(argument) ? argument : {};
  const read = (name: string): string | undefined =>
    members[name] === undefined ? undefined : scalarText(evaluator.value(members[name])) || undefined;
  const stackName = read("StackName");
  const outputName = read("OutputName");
  if (stackName === undefined || outputName === undefined) {
    throw templateError("every Fn::GetStackOutput object requires StackName and OutputName");
  }
  const strange = Object.keys(members).find((one) => !OUTPUT_MEMBERS.has(one));
  if (strange !== undefined) throw templateError(`Fn::GetStackOutput does not support the member ${strange}`);
  const roleArn = read("RoleArn");
  const region = read("Region") ?? String(evaluator.scope.parameter("AWS::Region"));
  return { stackName, outputName, region, ...(roleArn === undefined ? {} : { roleArn }) };
}

const OUTPUT_MEMBERS = new Set(["StackName", "OutputName", "Region", "RoleArn"]);

function splitOnce(text: string): Value[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

function findInMap(argument: Value, evaluator: Evaluator): Evaluated {
  const list = Array.isArray(argument) ? argument : [];
  const options = evaluator.scope.extended && list.length === 4 ? list[3] : undefined;
  if (list.length !== 3 && !isMap(options)) {
    throw templateError(
      "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value",
    );
  }
  const names = list.slice(0, 3).map((one) => evaluator.value(one));
  if (names.some(isUnknown)) return KNOWN_AFTER_APPLY;
  const [map, top, second] = names.map((one) => scalarText(one) ?? "") as [string, string, string];
  const found = evaluator.scope.mapping(map, top, second);
  if (found !== undefined) return found;
  if (isMap(options) && "DefaultValue" in options) return evaluator.maybe(options.DefaultValue as Value);
  if (!evaluator.scope.hasMapping(map)) {
    throw templateError(`Mapping named '${map}' is not present in the 'Mappings' section of template.`);
  }
  throw templateError(`Unable to get mapping for ${map}::${top}::${second}`);
}
