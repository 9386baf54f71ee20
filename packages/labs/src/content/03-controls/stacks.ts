/** CloudFormation stacks that a step makes and takes away again. */
import type { Bench } from "../../bench.ts";
import { until } from "./waiting.ts";

const gone = (error: unknown) => /does not exist/.test((error as Error).message);

/** Makes the stack; one left by an interrupted run is replaced. @throws Error with CloudFormation's reason */
export async function makeStack(
  bench: Bench,
  StackName: string,
  TemplateBody: string,
  parameters: Record<string, string> = {},
): Promise<void> {
  const { admin } = bench;
  await removeStack(bench, StackName);
  await admin.call("cloudformation", "CreateStack", {
    StackName,
    TemplateBody,
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({
      ParameterKey,
      ParameterValue,
    })),
    Capabilities: ["CAPABILITY_IAM"],
    Tags: [{ Key: "sagekeep:lab", Value: "03-controls" }],
  });
  await until(bench, `stack ${StackName}`, async () => {
    const { Stacks } = await admin.call("cloudformation", "DescribeStacks", { StackName });
    const status = Stacks?.[0]?.StackStatus ?? "";
    if (/ROLLBACK|FAILED/.test(status))
      throw new Error(`stack ${StackName}: ${await reason(bench, StackName)}`);
    return status === "CREATE_COMPLETE";
  });
}

async function reason({ admin }: Bench, StackName: string): Promise<string> {
  const { StackEvents } = await admin.call("cloudformation", "DescribeStackEvents", { StackName });
  const failed = StackEvents?.findLast((one) => one.ResourceStatus?.endsWith("FAILED"));
  return failed
    ? `${failed.LogicalResourceId}: ${failed.ResourceStatusReason}`
    : "it failed without saying why";
}

/** Removes the stack, if there is one. */
export async function removeStack(bench: Bench, StackName: string): Promise<void> {
  const { admin } = bench;
  let asked = false;
  await until(bench, `stack ${StackName} to go`, async () => {
    try {
      const { Stacks } = await admin.call("cloudformation", "DescribeStacks", { StackName });
      const status = Stacks?.[0]?.StackStatus ?? "DELETE_COMPLETE";
      if (status === "DELETE_COMPLETE") return true;
      if (status === "DELETE_FAILED" && asked)
        throw new Error(`stack ${StackName} cannot be deleted: ${await reason(bench, StackName)}`);
      if (!/IN_PROGRESS$/.test(status)) {
        await admin.call("cloudformation", "DeleteStack", { StackName });
        asked = true;
      }
      return false;
    } catch (error) {
      if (gone(error)) return true;
      throw error;
    }
  });
}

/** A value of the stack's outputs. */
export async function outputOf({ admin }: Bench, StackName: string, key: string): Promise<string> {
  const { Stacks } = await admin.call("cloudformation", "DescribeStacks", { StackName });
  const value = Stacks?.[0]?.Outputs?.find((one) => one.OutputKey === key)?.OutputValue;
  if (!value) throw new Error(`stack ${StackName} has no output ${key}: prepare the step first`);
  return value;
}

/** Deletes every object of an unversioned bucket; nothing happens when there is no such bucket. */
export async function emptyBucket({ admin }: Bench, Bucket: string): Promise<void> {
  const token = { in: "ContinuationToken", out: "NextContinuationToken" };
  try {
    for await (const page of admin.pages("s3", "ListObjectsV2", { Bucket }, token))
      for (const { Key } of page.Contents ?? []) await admin.call("s3", "DeleteObject", { Bucket, Key });
  } catch (error) {
    if (!/NoSuchBucket|NotFound/.test((error as Error).name)) throw error;
  }
}
