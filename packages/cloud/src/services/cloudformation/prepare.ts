/** From a request's template and parameters to what the engine works with; everything is checked on the way. */
import type { CallAs, CallContext } from "../../context.ts";
import { checkCapabilities } from "../../stacks/capabilities.ts";
import { referencesIn, storedName, withKnown } from "../../stacks/dynamic-references.ts";
import type { StackTables } from "../../stacks/engine/records.ts";
import { type OutputReference, outputKey } from "../../stacks/functions/scope.ts";
import {
  type Compiled,
  compile,
  earlyScope,
  loadTemplate,
  outlineOf,
  type StackFacts,
} from "../../stacks/template/compile.ts";
import { templateError, validationError } from "../../stacks/template/errors.ts";
import { applyTransforms, declaredTransforms } from "../../stacks/template/include.ts";
import {
  isListType,
  parameterDefinitions,
  storedParameterType,
} from "../../stacks/template/parameter-definition.ts";
import { type GivenParameter, parameterTexts, parameterValue } from "../../stacks/template/parameters.ts";
import { parseTemplate } from "../../stacks/template/parse.ts";
import { checkRules } from "../../stacks/template/rules.ts";
import { LANGUAGE_EXTENSIONS, type Template } from "../../stacks/template/template.ts";
import { isMap, type Value } from "../../stacks/template/value.ts";
import { isAwsError } from "../../wire/errors.ts";
import { missingReference, parameterAttributes } from "./parameter-checks.ts";
import { readStackOutputs } from "./stack-outputs.ts";
import { objectOf } from "./template-source.ts";

export interface Prepared {
  readonly text: string;
  /** The template after its transforms, as JSON, where it is not the text. */
  readonly processed?: string;
  readonly compiled: Compiled;
  readonly parameters: Record<string, string>;
  /** Values fetched from the parameter store. */
  readonly resolved: Record<string, string>;
  /** Outputs that were read of other stacks. */
  readonly stackOutputs: Record<string, string>;
  readonly noEcho: string[];
  /** Values of references to stored parameters in properties, by their text. */
  readonly stored?: ReadonlyMap<string, string>;
  /** Exports that were read. */
  readonly imports: Set<string>;
  /** A transform that failed, a parameter that names what is not there: the operation fails with it, not the request. */
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
  const { facts, capabilities } = request;
  const body = parseTemplate(text);
  const transforms = declaredTransforms(body);
  let template = transforms.length > 0 ? outlineOf(body, transforms) : loadTemplate(body, facts);
  const given = async (source: Template) => {
    const parameters = parameterTexts(source, request.parameters, request.previous);
    checkCapabilities(source, capabilities, request.changeSet);
    const resolved = {
      ...(await storedParameters(source, parameters, context, request.as)),
      ...(await referredParameters(source, parameters, context, request.as)),
    };
    const noEcho = Object.values(source.parameters).flatMap((one) => (one.noEcho ? [one.name] : []));
    return { parameters, resolved, noEcho, values: parameterValues(source, parameters, resolved) };
  };
  let known = await given(template);
  const imports = new Set<string>();
  const stackOutputs: Record<string, string> = {};
  const result = (source: Template, more: { processed?: string; problem?: string } = {}): Prepared => {
    const { values, ...texts } = known;
    const compiled = compile(source, facts, values, surroundings(context, tables, imports, stackOutputs));
    return { text, compiled, ...texts, stackOutputs, imports, ...more };
  };
  let processed: string | undefined;
  if (transforms.length > 0) {
    try {
      const expanded = await applyTransforms(body, {
        account: facts.account,
        scope: earlyScope(body, facts, known.values),
        fetch: (uri) => objectOf(uri, context, request.as),
      });
      const brought = parameterDefinitions(isMap(expanded.Parameters) ? expanded.Parameters : {});
      if (Object.keys(brought).some((one) => !Object.hasOwn(template.parameters, one)))
        known = await given({ ...template, parameters: brought });
      template = loadTemplate(expanded, facts, known.values);
      if (transforms.some((one) => one !== LANGUAGE_EXTENSIONS)) processed = JSON.stringify(expanded);
      checkCapabilities(template, capabilities, true);
    } catch (error) {
      if (!isAwsError(error)) throw error;
      return result({ ...template, resources: {} }, { problem: error.message });
    }
  }
  const { values } = known;
  const done = result(template, processed === undefined ? {} : { processed });
  checkRules(template, done.compiled.scope, parameterAttributes(template, values, context));
  const unread = await readStackOutputs(done.compiled, stackOutputs, context, request.as);
  if (unread !== undefined) return result({ ...template, resources: {}, outputs: {} }, { problem: unread });
  const problem = missingReference(template, values, context);
  return problem === undefined ? done : { ...done, problem };
}

function parameterValues(
  template: Template,
  texts: Readonly<Record<string, string>>,
  resolved: Readonly<Record<string, string>>,
): Record<string, Value> {
  return Object.fromEntries(
    Object.values(template.parameters).map(({ name, type }) => [
      name,
      parameterValue(type, resolved[name] ?? texts[name] ?? ""),
    ]),
  );
}

/** Compiles a stack's stored template again, as its transforms left it, with the values that it has. */
export function recompile(
  definition: {
    text: string;
    parameters: Record<string, string>;
    resolved: Record<string, string>;
    stackOutputs?: Record<string, string>;
  },
  facts: StackFacts,
  context: CallContext,
  tables: StackTables,
): { compiled: Compiled; imports: Set<string> } {
  let template = loadTemplate(definition.text, facts);
  const values = parameterValues(template, definition.parameters, definition.resolved);
  if (template.transforms.length > 0) template = loadTemplate(definition.text, facts, values);
  const imports = new Set<string>();
  return {
    compiled: compile(
      template,
      facts,
      values,
      surroundings(context, tables, imports, definition.stackOutputs ?? {}),
    ),
    imports,
  };
}

function surroundings(
  context: CallContext,
  tables: StackTables,
  imports: Set<string>,
  stackOutputs: Readonly<Record<string, string>>,
) {
  return {
    importedValue(name: string): Value {
      const found = tables.exports.get(name);
      if (!found) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return found.value;
    },
    stackOutput(reference: OutputReference): Value {
      const key = outputKey(reference);
      if (Object.hasOwn(stackOutputs, key)) return stackOutputs[key] as string;
      throw templateError("the attributes in Fn::GetStackOutput must not depend on any resources");
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
    // a name is only looked for, and gives itself
    (one) => storedParameterType(one.type) !== undefined || one.type === "AWS::SSM::Parameter::Name",
  );
  const resolved: Record<string, string> = {};
  const missing: string[] = [];
  const incompatible: string[] = [];
  for (const { name, type } of wanted) {
    const key = parameters[name] ?? "";
    try {
      const output = await context.call("ssm", "GetParameter", { Name: key }, as);
      if (type === "AWS::SSM::Parameter::Name") continue;
      if (output.Parameter.Type === "SecureString") {
        throw validationError(
          `Parameters [${key}] referenced by template have types not supported by CloudFormation.`,
        );
      }
      const list = isListType(storedParameterType(type) ?? "");
      if (list !== (output.Parameter.Type === "StringList")) incompatible.push(key);
      const value = output.Parameter.Value as string;
      resolved[name] = list ? value.replace(/\s*,\s*/g, ",").trim() : value;
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
  if (incompatible.length > 0) {
    throw validationError(
      `Types for SSM parameters [${incompatible.join(", ")}] defined in CFN template and SSM are incompatible`,
    );
  }
  return resolved;
}

/** Values of parameters that hold references to stored ones, which must say their versions. */
async function referredParameters(
  template: Template,
  parameters: Readonly<Record<string, string>>,
  context: CallContext,
  as: CallAs,
): Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  for (const { name } of Object.values(template.parameters)) {
    const text = parameters[name] ?? "";
    const known = new Map<string, string>();
    for (const one of referencesIn(text)) {
      if (one.service !== "ssm") continue;
      if (storedName(one.reference)?.version === undefined) {
        throw templateError(`parameter ${name} should not contain ssm versionless resolver`);
      }
      try {
        const { Parameter } = await context.call("ssm", "GetParameter", { Name: one.reference }, as);
        known.set(one.text, Parameter.Value);
      } catch (error) {
        if (!isAwsError(error) || !/ParameterNotFound|ParameterVersionNotFound/.test(error.code)) throw error;
        throw validationError(`Parameters: [ssm:${one.reference}] cannot be found.`);
      }
    }
    if (known.size > 0) resolved[name] = String(withKnown(text, known));
  }
  return resolved;
}
