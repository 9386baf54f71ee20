/** What a request says about a stack, merged with what the stack has. */
import { randomUUID } from "node:crypto";
import type { CallAs, CallContext } from "../../context.ts";
import type { StackDefinition, StackRecord, StackTables } from "../../stacks/engine/records.ts";
import type { StackFacts } from "../../stacks/template/compile.ts";
import type { GivenParameter } from "../../stacks/template/parameters.ts";
import { validationError } from "./errors.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { storedReferences } from "./stored-references.ts";
import { type TemplateInput, templateText } from "./template-source.ts";

/** Members that CreateStack, UpdateStack and CreateChangeSet share. */
export interface DefinitionInput extends TemplateInput {
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: readonly GivenParameter[] | undefined;
  readonly Capabilities?: readonly string[] | undefined;
  readonly RoleARN?: string | undefined;
  readonly Tags?: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined;
  readonly NotificationARNs?: readonly string[] | undefined;
  readonly ResourceTypes?: readonly string[] | undefined;
}

/** On whose behalf the stack's calls are made. */
export function callerOf(roleArn: string | undefined): CallAs {
  return roleArn === undefined
    ? { kind: "caller" }
    : { kind: "role", arn: roleArn, sessionName: "AWSCloudFormation" };
}

export function factsOf(
  context: CallContext,
  stack: { id: string; name: string; notificationArns: readonly string[] },
): StackFacts {
  return {
    account: context.account,
    region: context.region,
    partition: context.partition,
    stackId: stack.id,
    stackName: stack.name,
    notificationArns: stack.notificationArns,
  };
}

export interface Wanted {
  readonly definition: StackDefinition;
  readonly prepared: Prepared;
}

/** Checks a request and gives the definition that it asks for; the template's text is kept under `template`. */
export async function wantedDefinition(
  input: DefinitionInput,
  identity: { id: string; name: string },
  existing: Readonly<StackRecord> | undefined,
  context: CallContext,
  tables: StackTables,
  changeSet: boolean,
): Promise<Wanted> {
  const roleArn = input.RoleARN ?? existing?.roleArn;
  if (input.RoleARN !== undefined && !context.trusts(input.RoleARN, "cloudformation.amazonaws.com")) {
    throw validationError(`Role ${input.RoleARN} is invalid or cannot be assumed`);
  }
  const as = callerOf(roleArn);
  const text = await textOf(input, existing, context, tables);
  const notificationArns = [...(input.NotificationARNs ?? existing?.notificationArns ?? [])];
  const capabilities = [...(input.Capabilities ?? [])];
  const checked = await prepare(
    text,
    {
      facts: factsOf(context, { ...identity, notificationArns }),
      parameters: input.Parameters ?? [],
      capabilities,
      ...(existing && existing.status !== "REVIEW_IN_PROGRESS" ? { previous: existing.parameters } : {}),
      changeSet,
      as,
    },
    context,
    tables,
  );
  const { values, problem } = await storedReferences(checked, context, as);
  const prepared = {
    ...checked,
    stored: values,
    ...(checked.problem === undefined && problem !== undefined && { problem }),
  };
  if (input.ResourceTypes) checkResourceTypes(prepared, input.ResourceTypes);
  const description = prepared.compiled.template.description;
  return {
    prepared,
    definition: {
      template: randomUUID(),
      parameters: prepared.parameters,
      resolved: prepared.resolved,
      ...(Object.keys(prepared.stackOutputs).length === 0 ? {} : { stackOutputs: prepared.stackOutputs }),
      noEcho: prepared.noEcho,
      tags: input.Tags ? tagsOf(input.Tags) : (existing?.tags ?? {}),
      capabilities,
      notificationArns,
      ...(description === undefined ? {} : { description }),
      ...(roleArn === undefined ? {} : { roleArn }),
      outputs: existing?.outputs ?? [],
      imports: existing?.imports ?? [],
    },
  };
}

/** @throws AwsError `ValidationError` for a type that no entry (`AWS::*`, `AWS::EC2::*`, `AWS::EC2::VPC`) names */
function checkResourceTypes(prepared: Prepared, allowed: readonly string[]): void {
  const fits = (type: string): boolean =>
    allowed.some((one) => (one.endsWith("::*") ? type.startsWith(one.slice(0, -1)) : type === one));
  for (const { type } of Object.values(prepared.compiled.template.resources)) {
    if (fits(type)) continue;
    throw validationError(
      `Resource type ${type} is not allowed by parameter ResourceTypes [${allowed.join(", ")}]`,
    );
  }
}

async function textOf(
  input: DefinitionInput,
  existing: Readonly<StackRecord> | undefined,
  context: CallContext,
  tables: StackTables,
): Promise<string> {
  if (input.UsePreviousTemplate) {
    if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) {
      throw validationError("Use previous template and template body or URL cannot both be specified.");
    }
    if (!existing) throw validationError("No updates are to be performed.");
    return tables.templateOf(existing);
  }
  const text = await templateText(input, context, { kind: "caller" });
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  return text;
}

export function tagsOf(tags: NonNullable<DefinitionInput["Tags"]>): Record<string, string> {
  const result: Record<string, string> = {};
  if (tags.length > 50)
    throw validationError(
      "1 validation error detected: Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
  for (const { Key = "", Value = "" } of tags) {
    if (Object.hasOwn(result, Key))
      throw validationError(`Duplicate tag keys found. Please note that Tag keys are case insensitive.`);
    if (/^aws:/i.test(Key))
      throw validationError("aws: prefixed tag key names are not allowed for external use.");
    result[Key] = Value;
  }
  return result;
}
