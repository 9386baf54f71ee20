/** From a request's template and parameters to what the engine works with; everything is checked on the way. */
import type { CallAs, CallContext } from "../../context.ts";
import { checkCapabilities } from "../../stacks/capabilities.ts";
import type { StackTables } from "../../stacks/engine/records.ts";
import { type Compiled, compile, loadTemplate, type StackFacts } from "../../stacks/template/compile.ts";
import { templateError, validationError } from "../../stacks/template/errors.ts";
import { storedParameterType } from "../../stacks/template/parameter-definition.ts";
import { type GivenParameter, parameterTexts, parameterValue } from "../../stacks/template/parameters.ts";
import { checkRules } from "../../stacks/template/rules.ts";
import type { Template } from "../../stacks/template/template.ts";
import type { Value } from "../../stacks/template/value.ts";
import { isAwsError } from "../../wire/errors.ts";
import { missingReference, parameterAttributes } from "./parameter-checks.ts";

export interface Prepared {
  readonly text: string;
  readonly compiled: Compiled;
  readonly parameters: Record<string, string>;
  /** Values fetched from the parameter store. */
  readonly resolved: Record<string, string>;
  readonly noEcho: string[];
  /** Exports that were read. */
  readonly imports: Set<string>;
  /** A parameter that names something that is not there: the operation fails with it, not the request. */
  readonly problem?: string;
}
export interface Request {
  readonly facts: StackFacts;
  readonly parameters: readonly GivenParameter[];
  readonly capabilities: readonly string[];
  readonly previous?: Readonly<Record<string, string>>;
  readonly changeSet: boolean;
  readonly as: CallAs;
}

/** @throws AwsError `ValidationError` or `InsufficientCapabilitiesException` */
export async function prepare(
  text: string,
  request: Request,
  context: CallContext,
  tables: StackTables,
): Promise<Prepared> {
  const { facts } = request;
  let template = loadTemplate(text, facts);
  const parameters = parameterTexts(template, request.parameters, request.previous);
  const resolved = await storedParameters(template, parameters, context, request.as);
  const values: Record<string, Value> = {};
  for (const one of Object.values(template.parameters)) {
    values[one.name] = parameterValue(one.type, resolved[one.name] ?? parameters[one.name] ?? "");
  }
  if (template.transforms.length > 0) template = loadTemplate(text, facts, values);
  checkCapabilities(template, request.capabilities, request.changeSet);
  const imports = new Set<string>();
  const compiled = compile(template, facts, values, surroundings(context, tables, imports));
  checkRules(template, compiled.scope, parameterAttributes(template, values, context));
  const problem = missingReference(template, values, context);
  return {
    text,
    compiled,
    parameters,
    resolved,
    noEcho: Object.values(template.parameters).flatMap((one) => (one.noEcho ? [one.name] : [])),
    imports,
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Compiles a stack's stored template again, with the values that it has. */
export function recompile(
  definition: { text: string; parameters: Record<string, string>; resolved: Record<string, string> },
  facts: StackFacts,
  context: CallContext,
  tables: StackTables,
): { compiled: Compiled; imports: Set<string> } {
  let template = loadTemplate(definition.text, facts);
  const values: Record<string, Value> = {};
  for (const one of Object.values(template.parameters)) {
    values[one.name] = parameterValue(
      one.type,
      definition.resolved[one.name] ?? definition.parameters[one.name] ?? "",
    );
  }
  if (template.transforms.length > 0) template = loadTemplate(definition.text, facts, values);
  const imports = new Set<string>();
  return { compiled: compile(template, facts, values, surroundings(context, tables, imports)), imports };
}

function surroundings(context: CallContext, tables: StackTables, imports: Set<string>) {
  return {
    importedValue(name: string): Value {
      const found = tables.exports.get(name);
      if (!found) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return found.value;
    },
    availabilityZones(region: string): Value[] {
      try {
        const output = context.in(context.account, region).callSync("ec2", "DescribeAvailabilityZones", {});
        return (output.AvailabilityZones as { ZoneName: string }[]).map((one) => one.ZoneName).sort();
      } catch (error) {
        throw templateError(
          `Fn::GetAZs cannot list the zones of ${region}: ${error instanceof Error ? error.message : ""}`,
        );
      }
    },
  };
}

/** Values of `AWS::SSM::Parameter::Value<…>` parameters, read as the caller. */
async function storedParameters(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  context: CallContext,
  as: CallAs,
): Promise<Record<string, string>> {
  const wanted = Object.values(template.parameters).filter(
    (one) => storedParameterType(one.type) !== undefined,
  );
  const resolved: Record<string, string> = {};
  const missing: string[] = [];
  for (const { name } of wanted) {
    const key = parameters[name] ?? "";
    try {
      const output = await context.call("ssm", "GetParameter", { Name: key }, as);
      if (output.Parameter.Type === "SecureString") {
        throw validationError(
          `Parameters [${key}] referenced by template have types not supported by CloudFormation.`,
        );
      }
      resolved[name] = output.Parameter.Value;
    } catch (error) {
      if (!isAwsError(error) || !/ParameterNotFound|ParameterVersionNotFound/.test(error.code)) throw error;
      missing.push(key);
    }
  }
  if (missing.length > 0) {
    throw validationError(
      `Unable to fetch parameters [${missing.join(",")}] from parameter store for this account.`,
    );
  }
  return resolved;
}
