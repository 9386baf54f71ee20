/**
 * `Fn::GetStackOutput`: outputs of other stacks, of other regions and accounts too, are read as the operation begins
 * and kept with the stack ("Fn::GetStackOutput" in the template reference: a weak reference).
 */
import type { CallAs, CallContext } from "../../context.ts";
import { evaluate } from "../../stacks/functions/evaluate.ts";
import { outputReference } from "../../stacks/functions/lookups.ts";
import { type OutputReference, outputKey } from "../../stacks/functions/scope.ts";
import type { Compiled } from "../../stacks/template/compile.ts";
import { visit } from "../../stacks/template/references.ts";
import type { Value } from "../../stacks/template/value.ts";
import { isAwsError } from "../../wire/errors.ts";

/** Reads what the template's resources and outputs need into `values`; the reason why one cannot be had. */
export async function readStackOutputs(
  compiled: Compiled,
  values: Record<string, string>,
  context: CallContext,
  as: CallAs,
): Promise<string | undefined> {
  for (const reference of references(compiled)) {
    const key = outputKey(reference);
    if (Object.hasOwn(values, key)) continue;
    try {
      const value = await outputOf(reference, context, as);
      if (value === undefined)
        return `Output ${reference.outputName} does not exist in stack ${reference.stackName}`;
      values[key] = value;
    } catch (error) {
      if (!isAwsError(error)) throw error;
      return error.message.replace(/\.$/, "");
    }
  }
  return undefined;
}

/** The references in what will be made; those whose names need resources are told when they are resolved. */
function references({ template, conditions, dependencies, scope }: Compiled): OutputReference[] {
  const found: OutputReference[] = [];
  const collect = (value: Value): void =>
    visit(value, {
      branch: (condition) => conditions[condition] ?? false,
      intrinsic: (name, argument) => {
        if (name !== "Fn::GetStackOutput") return;
        const reference = readable(() =>
          outputReference(argument, { scope, value: (one) => evaluate(one, scope) }),
        );
        if (reference) found.push(reference);
      },
    });
  for (const name of dependencies.keys()) {
    const { properties = {}, metadata } = template.resources[name] ?? {};
    collect(properties);
    if (metadata !== undefined) collect(metadata);
  }
  for (const { condition, value, exportName } of Object.values(template.outputs)) {
    if (condition !== undefined && !conditions[condition]) continue;
    collect(value);
    if (exportName !== undefined) collect(exportName);
  }
  return found;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

/** Read with the stack's permissions, or with a role that those may assume. @throws AwsError */
async function outputOf(
  { stackName, outputName, region, roleArn }: OutputReference,
  context: CallContext,
  as: CallAs,
): Promise<string | undefined> {
  let reader = as;
  if (roleArn !== undefined) {
    const sessionName = "AWSCloudFormation";
    await context.call("sts", "AssumeRole", { RoleArn: roleArn, RoleSessionName: sessionName }, as);
    reader = { kind: "role", arn: roleArn, sessionName, assumed: true };
  }
  const there = context.in(context.account, region);
  const { Stacks } = await there.call("cloudformation", "DescribeStacks", { StackName: stackName }, reader);
  const outputs: { OutputKey: string; OutputValue: string }[] = Stacks[0]?.Outputs ?? [];
  return outputs.find((one) => one.OutputKey === outputName)?.OutputValue;
}
