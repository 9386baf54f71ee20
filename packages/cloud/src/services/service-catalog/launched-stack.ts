/** What was launched, seen through the CloudFormation stack behind it. */
import type { CallContext, ReadContext } from "../../context.ts";
import { isAwsError } from "../../wire/errors.ts";
import { type LaunchRecord, notFound, type Provisioned, provisioned, tagList } from "./state.ts";

export function recordView(one: Readonly<LaunchRecord>, status: string, context: ReadContext) {
  const { provisioned: pp } = one;
  return {
    RecordId: one.id,
    ProvisionedProductName: pp.name,
    Status: status as "SUCCEEDED",
    CreatedTime: new Date(one.created),
    UpdatedTime: new Date(context.now),
    ProvisionedProductType: "CFN_STACK",
    RecordType: one.type,
    ProvisionedProductId: pp.id,
    ProductId: pp.product,
    ProvisioningArtifactId: pp.artifact,
    PathId: pp.path,
    RecordErrors: one.error === undefined ? [] : [{ Code: "CloudFormation", Description: one.error }],
    RecordTags: tagList(pp.tags),
    ...(pp.launchRole !== undefined && { LaunchRoleArn: pp.launchRole }),
  };
}

export interface Stack {
  StackId: string;
  StackStatus: string;
  StackStatusReason?: string;
  Outputs?: { OutputKey: string; OutputValue: string; Description?: string }[];
}

/** Outputs of the stack, and the one that Service Catalog adds. */
export function outputsOf(stack: Stack | undefined): NonNullable<Stack["Outputs"]> {
  if (!stack) return [];
  const own = {
    OutputKey: "CloudformationStackARN",
    OutputValue: stack.StackId,
    Description: "The ARN of the launched Cloudformation Stack",
  };
  return [own, ...(stack.Outputs ?? [])];
}

/** The stack behind what was launched; `undefined` when it is gone. */
export async function stackOf(one: Readonly<Provisioned>, context: CallContext): Promise<Stack | undefined> {
  try {
    const { Stacks } = await context.call("cloudformation", "DescribeStacks", { StackName: one.stack });
    const [stack] = Stacks as Stack[];
    return stack?.StackStatus === "DELETE_COMPLETE" ? undefined : stack;
  } catch (error) {
    if (isAwsError(error)) return undefined;
    throw error;
  }
}

export function statusOf(stack: Stack | undefined): "AVAILABLE" | "UNDER_CHANGE" | "TAINTED" | "ERROR" {
  const status = stack?.StackStatus ?? "";
  if (status.endsWith("_IN_PROGRESS")) return "UNDER_CHANGE";
  if (status === "CREATE_COMPLETE" || status === "UPDATE_COMPLETE") return "AVAILABLE";
  return status === "UPDATE_ROLLBACK_COMPLETE" ? "TAINTED" : "ERROR";
}

export async function detail(one: Readonly<Provisioned>, context: CallContext) {
  const stack = await stackOf(one, context);
  return {
    Name: one.name,
    Arn: one.arn,
    Type: "CFN_STACK",
    Id: one.id,
    Status: statusOf(stack),
    ...(stack?.StackStatusReason !== undefined && { StatusMessage: stack.StackStatusReason }),
    CreatedTime: new Date(one.created),
    IdempotencyToken: one.token,
    LastRecordId: one.lastRecord,
    LastProvisioningRecordId: one.lastRecord,
    ProductId: one.product,
    ProvisioningArtifactId: one.artifact,
    ...(one.launchRole !== undefined && { LaunchRoleArn: one.launchRole }),
    PhysicalId: stack?.StackId,
    stack,
  };
}

export function launchedOf(
  id: string | undefined,
  name: string | undefined,
  context: ReadContext,
): Readonly<Provisioned> {
  const found = provisioned(context)
    .list()
    .find((one) => (id === undefined ? one.name === name : one.id === id));
  if (!found) throw notFound(`Provisioned product ${id ?? name} not found.`);
  return found;
}
