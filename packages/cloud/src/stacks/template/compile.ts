/**
 * Template text and parameters → what an operation works with: the transformed template, parameter values,
 * conditions, dependency graph, and the scope in which its functions are resolved.
 */
import { truth } from "../functions/booleans.ts";
import { evaluate, evaluateMaybe } from "../functions/evaluate.ts";
import { type Evaluated, NO_VALUE, type OutputReference, type Scope } from "../functions/scope.ts";
import { type Dependencies, dependenciesOf } from "../graph.ts";
import { templateError, validationError } from "./errors.ts";
import { parameterDefinitions } from "./parameter-definition.ts";
import { parseTemplate } from "./parse.ts";
import { readTemplate, type Template } from "./template.ts";
import { applyExtensions, isExtended } from "./transforms.ts";
import { validateTemplate } from "./validate.ts";
import { isMap, type Value, type ValueMap } from "./value.ts";

/** The stack that a template is compiled for. */
export interface StackFacts {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  readonly stackId: string;
  readonly stackName: string;
  readonly notificationArns: readonly string[];
}

/** What functions need of the world around the stack. */
export interface Surroundings {
  importedValue(name: string): Value;
  stackOutput(reference: OutputReference): Value;
  availabilityZones(region: string): Value[];
}

export interface Compiled {
  readonly template: Template;
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly dependencies: Dependencies;
  /** Parameters, mappings and conditions; resources are not known in it. */
  readonly scope: Scope;
}

/**
 * Reads a template and applies the language extensions, with what parameters are known. Checks form and names.
 * @param source its text, or what other transforms made of it
 */
export function loadTemplate(
  source: string | ValueMap,
  facts: StackFacts,
  values?: Readonly<Record<string, Value>>,
): Template {
  const body = typeof source === "string" ? parseTemplate(source) : source;
  const extended = isExtended(body);
  const transformed = extended
    ? applyExtensions(body, (current) => earlyScope(current, facts, values ?? defaultsOf(current)))
    : body;
  const template = readTemplate(transformed);
  validateTemplate(template, extended);
  return template;
}

/** Resolves conditions and dependencies under the given parameter values. @throws AwsError `ValidationError` */
export function compile(
  template: Template,
  facts: StackFacts,
  values: Readonly<Record<string, Value>>,
  surroundings: Surroundings,
): Compiled {
  const scope = templateScope(template, facts, values, surroundings);
  const conditions = Object.fromEntries(
    Object.keys(template.conditions).map((name) => [name, scope.condition(name)]),
  );
  return { template, conditions, dependencies: dependenciesOf(template, scope.condition), scope };
}

/** What can be read of a template whose transforms did not run: none of it is made. */
export function outlineOf(body: ValueMap, transforms: readonly string[]): Template {
  const resources = Object.entries(isMap(body.Resources) ? body.Resources : {}).flatMap(([name, one]) =>
    isMap(one) && typeof one.Type === "string"
      ? [[name, { type: one.Type, properties: isMap(one.Properties) ? one.Properties : {}, dependsOn: [] }]]
      : [],
  );
  return {
    body,
    ...(typeof body.Description === "string" ? { description: body.Description } : {}),
    ...(body.Metadata === undefined ? {} : { metadata: body.Metadata }),
    parameters: parameterDefinitions(isMap(body.Parameters) ? body.Parameters : {}),
    mappings: {},
    conditions: {},
    rules: {},
    resources: Object.fromEntries(resources),
    outputs: {},
    transforms,
  };
}

/** Parameters, mappings and conditions, while resources are not known yet. */
export function earlyScope(
  body: ValueMap,
  facts: StackFacts,
  values: Readonly<Record<string, Value>>,
): Scope {
  const mappings = (isMap(body.Mappings) ? body.Mappings : {}) as Record<string, ValueMap>;
  const conditions = isMap(body.Conditions) ? body.Conditions : {};
  return templateScope({ mappings, conditions, transforms: ["AWS::LanguageExtensions"] }, facts, values, {
    importedValue: () => {
      throw templateError("Fn::ImportValue cannot be used where AWS::LanguageExtensions resolves values");
    },
    stackOutput: () => {
      throw templateError("Fn::GetStackOutput cannot be used where AWS::LanguageExtensions resolves values");
    },
    availabilityZones: () => {
      throw templateError("Fn::GetAZs cannot be used where AWS::LanguageExtensions resolves values");
    },
  });
}

function defaultsOf(body: ValueMap): Record<string, Value> {
  const definitions = parameterDefinitions(isMap(body.Parameters) ? body.Parameters : {});
  return Object.fromEntries(
    Object.values(definitions).map((one) => {
      const text = one.default ?? "";
      const list = one.type === "CommaDelimitedList" || one.type.startsWith("List<");
      return [one.name, list ? text.split(",").map((part) => part.trim()) : text];
    }),
  );
}

function templateScope(
  template: Pick<Template, "mappings" | "conditions" | "transforms">,
  facts: StackFacts,
  values: Readonly<Record<string, Value>>,
  surroundings: Surroundings,
): Scope {
  const pseudo: Record<string, Evaluated> = pseudoParameters(facts);
  const known = new Map<string, boolean>();
  const open = new Set<string>();
  const scope: Scope = {
    extended: template.transforms.includes("AWS::LanguageExtensions"),
    parameter: (name) =>
      Object.hasOwn(values, name) ? values[name] : Object.hasOwn(pseudo, name) ? pseudo[name] : undefined,
    condition: (name) => {
      const found = known.get(name);
      if (found !== undefined) return found;
      if (!Object.hasOwn(template.conditions, name)) {
        throw templateError(`unresolved condition dependency ${name} in Fn::If`);
      }
      if (open.has(name))
        throw templateError(`Found circular condition dependency between ${[...open].at(-1)} and ${name}`);
      open.add(name);
      const result = truth(
        template.conditions[name] as Value,
        {
          scope,
          maybe: (one) => evaluateMaybe(one, scope),
          value: (one) => evaluate(one, scope),
        },
        "Condition",
      );
      open.delete(name);
      known.set(name, result);
      return result;
    },
    hasMapping: (map) => Object.hasOwn(template.mappings, map),
    mapping: (map, top, second) => {
      const found = Object.hasOwn(template.mappings, map) ? template.mappings[map] : undefined;
      const inner = found && Object.hasOwn(found, top) ? found[top] : undefined;
      return isMap(inner) && Object.hasOwn(inner, second) ? inner[second] : undefined;
    },
    reference: (name) => {
      throw validationError(
        `Template format error: Unresolved resource dependencies [${name}] in the Resources block of the template`,
      );
    },
    attribute: (name) => {
      throw templateError(`instance of Fn::GetAtt references undefined resource ${name}`);
    },
    importedValue: surroundings.importedValue,
    stackOutput: surroundings.stackOutput,
    availabilityZones: surroundings.availabilityZones,
  };
  return scope;
}

function pseudoParameters(facts: StackFacts): Record<string, Evaluated> {
  return {
    "AWS::AccountId": facts.account,
    "AWS::NotificationARNs": [...facts.notificationArns],
    "AWS::NoValue": NO_VALUE,
    "AWS::Partition": facts.partition,
    "AWS::Region": facts.region,
    "AWS::StackId": facts.stackId,
    "AWS::StackName": facts.stackName,
    "AWS::URLSuffix": facts.partition === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com",
  };
}
