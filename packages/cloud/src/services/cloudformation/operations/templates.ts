/** Templates: the stack's own, validation, summary. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { neededCapabilities } from "../../../stacks/capabilities.ts";
import { resourceType } from "../../../stacks/resource-types.ts";
import { compile, loadTemplate, outlineOf } from "../../../stacks/template/compile.ts";
import { declaredTransforms } from "../../../stacks/template/include.ts";
import { parameterValue } from "../../../stacks/template/parameters.ts";
import { parseTemplate } from "../../../stacks/template/parse.ts";
import { LANGUAGE_EXTENSIONS, type Template } from "../../../stacks/template/template.ts";
import { isAwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { factsOf } from "../definition.ts";
import { validationError } from "../errors.ts";
import { recompile } from "../prepare.ts";
import { StackSetTables } from "../stack-sets/state.ts";
import { changeSetNamed, StackTables, stackNamed } from "../state.ts";
import { type TemplateInput, templateText } from "../template-source.ts";

function facts(context: CallContext, name = "template") {
  return factsOf(context, {
    id: context.arn("cloudformation", `stack/${name}/0`),
    name,
    notificationArns: [],
  });
}

async function given(
  input: TemplateInput,
  context: CallContext,
): Promise<{ text: string; template: Template }> {
  const text = await templateText(input, context, { kind: "caller" });
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  const body = parseTemplate(text);
  const transforms = declaredTransforms(body);
  // nothing is transformed to look at a template: with macros only its outline can be told
  const opaque = transforms.some((one) => one !== LANGUAGE_EXTENSIONS);
  return { text, template: opaque ? outlineOf(body, transforms) : loadTemplate(body, facts(context)) };
}

/** With parameters as by default: circles that other values make are found by the operation that gives them. */
function refuseCircles(template: Template, context: CallContext): void {
  const values = Object.fromEntries(
    Object.values(template.parameters).map((one) => [one.name, parameterValue(one.type, one.default ?? "")]),
  );
  const nowhere = { importedValue: () => "", stackOutput: () => "", availabilityZones: () => [] };
  try {
    compile(template, facts(context), values, nowhere);
  } catch (error) {
    if (isAwsError(error) && error.message.startsWith("Circular dependency")) throw error;
  }
}

function needs(template: Template) {
  const { capabilities, reason } = neededCapabilities(template);
  return {
    ...(capabilities.length > 0 ? { Capabilities: capabilities as Api.Capability[] } : {}),
    ...(reason === undefined ? {} : { CapabilitiesReason: reason }),
    ...(template.transforms.length > 0 ? { DeclaredTransforms: [...template.transforms] } : {}),
  };
}

export const templateOperations = {
  GetTemplate(input, context) {
    const tables = new StackTables(context);
    if (!input.StackName && !input.ChangeSetName?.startsWith("arn:")) {
      throw validationError("StackName is a required parameter.");
    }
    const definition =
      input.ChangeSetName === undefined
        ? stackNamed(tables, input.StackName)
        : changeSetNamed(context, input.ChangeSetName, input.StackName).definition;
    const text = tables.templateOf(definition);
    const source = tables.processedOf(definition);
    if (input.TemplateStage === "Processed" && declaredTransforms(parseTemplate(text)).length > 0) {
      const { compiled } = recompile(
        { ...definition, text: source },
        facts(context, input.StackName),
        context,
        tables,
      );
      const { Transform: _, ...body } = compiled.template.body;
      return { TemplateBody: JSON.stringify(body), StagesAvailable: ["Original", "Processed"] };
    }
    return { TemplateBody: text, StagesAvailable: ["Original", "Processed"] };
  },

  async ValidateTemplate(input, context) {
    const { template } = await given(input, context);
    refuseCircles(template, context);
    return {
      Parameters: Object.values(template.parameters).map((one) => ({
        ParameterKey: one.name,
        ...(one.default === undefined ? {} : { DefaultValue: one.default }),
        NoEcho: one.noEcho,
        ...(one.description === undefined ? {} : { Description: one.description }),
      })),
      ...(template.description === undefined ? {} : { Description: template.description }),
      ...needs(template),
    };
  },

  async GetTemplateSummary(input, context) {
    const tables = new StackTables(context);
    let template: Template;
    if (input.StackSetName !== undefined) {
      const set = new StackSetTables(context).active(input.StackSetName);
      template = loadTemplate(tables.templateOf(set), facts(context));
    } else if (input.StackName !== undefined) {
      const stack = stackNamed(tables, input.StackName);
      if (stack.status === "REVIEW_IN_PROGRESS") {
        throw validationError("GetTemplateSummary cannot be called on REVIEW_IN_PROGRESS stacks.");
      }
      template = recompile(
        { ...stack, text: tables.processedOf(stack) },
        factsOf(context, stack),
        context,
        tables,
      ).compiled.template;
    } else ({ template } = await given(input, context));
    const types = Object.values(template.resources).map((one) => one.type);
    return {
      Parameters: Object.values(template.parameters).map((one) => ({
        ParameterKey: one.name,
        ...(one.default === undefined ? {} : { DefaultValue: one.default }),
        ParameterType: one.type,
        NoEcho: one.noEcho,
        ...(one.description === undefined ? {} : { Description: one.description }),
        ParameterConstraints:
          one.allowedValues || input.StackSetName !== undefined
            ? { AllowedValues: [...(one.allowedValues ?? [])] }
            : {},
      })),
      ...(template.description === undefined ? {} : { Description: template.description }),
      ...needs(template),
      ResourceTypes: [...new Set(types)].sort(),
      Version: "2010-09-09",
      ...(template.metadata === undefined ? {} : { Metadata: JSON.stringify(template.metadata) }),
      ...(input.StackSetName === undefined ? { ResourceIdentifierSummaries: identifiers(template) } : {}),
      ...(input.TemplateSummaryConfig?.TreatUnrecognizedResourceTypesAsWarnings
        ? { Warnings: { UnrecognizedResourceTypes: [] } }
        : {}),
    };
  },
} satisfies Handlers<typeof Api, CallContext>;

function identifiers(template: Template): Api.ResourceIdentifierSummary[] {
  const byType = new Map<string, string[]>();
  for (const [name, { type }] of Object.entries(template.resources))
    byType.set(type, [...(byType.get(type) ?? []), name]);
  return [...byType].map(([ResourceType, LogicalResourceIds]) => ({
    ResourceType,
    LogicalResourceIds,
    ResourceIdentifiers: [...(resourceType(ResourceType)?.primaryIdentifier ?? [])],
  }));
}
