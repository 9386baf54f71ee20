/**
 * Carries out one operation of a stack set: region after region, some accounts at a time, until the tolerated failures
 * are used up ("How stack set operations work"). In each account a stack is made as the execution role, which the
 * administration role assumes.
 */
import { randomUUID } from "node:crypto";
import type { CallAs, CallContext } from "../../../context.ts";
import { StackTables } from "../../../stacks/engine/records.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { validationError } from "../errors.ts";
import { type OperationRecord, type OperationResult, type StackSetRecord, StackSetTables } from "./state.ts";

/** Milliseconds between two looks at a stack. */
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 500;

type Target = Pick<OperationResult, "account" | "region">;

/** Runs to the end, which its record tells; nothing is thrown for what fails in a target. */
export async function runOperation(
  context: CallContext,
  set: Pick<StackSetRecord, "id">,
  operationId: string,
  stop: AbortSignal,
): Promise<void> {
  const tables = new StackSetTables(context);
  const key = tables.operationKey(set, operationId);
  const operation = tables.operations.get(key) as Readonly<OperationRecord>;
  const { regionOrder, failureTolerance, maxConcurrent } = operation.preferences;
  const update = (target: Target, change: Partial<OperationResult>): void => {
    tables.operations.update(key, (draft) => {
      const result = draft.results.find(
        (one) => one.account === target.account && one.region === target.region,
      );
      if (result) Object.assign(result, change);
    });
  };
  let exceeded = false;
  for (const region of regionOrder) {
    const targets = operation.results.filter((one) => one.region === region);
    let failures = 0;
    for (let at = 0; at < targets.length; at += maxConcurrent) {
      const round = targets.slice(at, at + maxConcurrent);
      const outcomes = await Promise.all(
        round.map(async (target) => {
          if (exceeded || stop.aborted) {
            const reason = stop.aborted
              ? "Cancelled since the operation was stopped"
              : "Cancelled since failure tolerance has exceeded";
            update(target, { status: "CANCELLED", reason });
            return true;
          }
          update(target, { status: "RUNNING" });
          const problem = await runTarget(context, set, operation, target);
          update(
            target,
            problem === undefined ? { status: "SUCCEEDED" } : { status: "FAILED", reason: problem },
          );
          return problem === undefined;
        }),
      );
      failures += outcomes.filter((one) => !one).length;
      if (failures > failureTolerance) exceeded = true;
    }
  }
  tables.operations.update(key, (draft) => {
    draft.status = stop.aborted ? "STOPPED" : exceeded ? "FAILED" : "SUCCEEDED";
    draft.endedAt = context.clock.now();
  });
}

/** The reason why it failed in one account and region. */
async function runTarget(
  context: CallContext,
  set: Pick<StackSetRecord, "id">,
  operation: Readonly<OperationRecord>,
  target: Target,
): Promise<string | undefined> {
  const tables = new StackSetTables(context);
  const key = tables.instanceKey(set, target.account, target.region);
  let problem: string | undefined;
  try {
    const as = await executionRole(context, operation, target.account);
    if (operation.action === "DELETE")
      problem = await removeStack(context, key, operation.retainStacks, as, target);
    else
      problem = await makeStack(
        context,
        tables.sets.get(set.id) as Readonly<StackSetRecord>,
        key,
        as,
        target,
      );
  } catch (error) {
    problem = isAwsError(error) ? error.message : `Internal failure: ${String(error)}`;
  }
  if (tables.instances.has(key)) {
    tables.instances.update(key, (draft) => {
      draft.lastOperationId = operation.id;
      delete draft.reason;
      if (problem !== undefined) draft.reason = problem;
      draft.detail = problem === undefined ? "SUCCEEDED" : "FAILED";
      draft.status =
        problem === undefined ? "CURRENT" : operation.action === "DELETE" ? "INOPERABLE" : "OUTDATED";
    });
  }
  return problem;
}

/** @throws AwsError in the words of StackSets when one role cannot be had as the other */
async function executionRole(
  context: CallContext,
  { administrationRole, executionRole }: Readonly<OperationRecord>,
  account: string,
): Promise<CallAs> {
  const nameOf = (arn: string): string => arn.slice(arn.lastIndexOf("/") + 1);
  const arn = `arn:${context.partition}:iam::${account}:role/${executionRole}`;
  const sessionName = randomUUID();
  if (!context.trusts(administrationRole, "cloudformation.amazonaws.com")) {
    throw validationError(
      `Account ${context.account} should have '${nameOf(administrationRole)}' role with trust relationship to CloudFormation service.`,
    );
  }
  try {
    const as: CallAs = { kind: "role", arn: administrationRole, sessionName };
    await context.call("sts", "AssumeRole", { RoleArn: arn, RoleSessionName: sessionName }, as);
  } catch {
    throw validationError(
      `Account ${account} should have '${executionRole}' role with trust relationship to Role '${nameOf(administrationRole)}'.`,
    );
  }
  return { kind: "role", arn, sessionName, assumed: true };
}

async function makeStack(
  context: CallContext,
  set: Readonly<StackSetRecord>,
  key: string,
  as: CallAs,
  { account, region }: Target,
): Promise<string | undefined> {
  const { instances } = new StackSetTables(context);
  const there = context.in(context.account, region);
  const stacks = new StackTables(context.in(account, region));
  const instance = instances.get(key);
  const known = instance?.stackId === undefined ? undefined : stacks.find(instance.stackId);
  const body = new StackTables(context).templateOf(set);
  const input = {
    TemplateBody: body,
    Parameters: Object.entries({ ...set.parameters, ...instance?.overrides }).map(
      ([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }),
    ),
    Capabilities: set.capabilities,
    Tags: Object.entries(set.tags).map(([Key, Value]) => ({ Key, Value })),
  };
  let id = known?.id;
  if (known && /^(?:ROLLBACK_(?:COMPLETE|FAILED)|CREATE_FAILED|DELETE_FAILED)$/.test(known.status)) {
    await there.call("cloudformation", "DeleteStack", { StackName: known.id }, as);
    await finished(context, account, region, known.id);
    id = undefined;
  } else if (known?.status === "DELETE_COMPLETE") id = undefined;
  if (id === undefined) {
    const StackName = `StackSet-${set.name}-${randomUUID()}`;
    id = (await there.call("cloudformation", "CreateStack", { StackName, ...input }, as)).StackId as string;
    const made = id;
    instances.update(key, (draft) => void (draft.stackId = made));
  } else {
    try {
      await there.call("cloudformation", "UpdateStack", { StackName: id, ...input }, as);
    } catch (error) {
      if (isAwsError(error) && error.message === "No updates are to be performed.") return undefined;
      throw error;
    }
  }
  const status = await finished(context, account, region, id);
  return /^(?:CREATE|UPDATE)_COMPLETE$/.test(status) ? undefined : failureOf(stacks, id);
}

async function removeStack(
  context: CallContext,
  key: string,
  retain: boolean,
  as: CallAs,
  { account, region }: Target,
): Promise<string | undefined> {
  const { instances } = new StackSetTables(context);
  const id = instances.get(key)?.stackId;
  if (id !== undefined && !retain) {
    await context.in(context.account, region).call("cloudformation", "DeleteStack", { StackName: id }, as);
    const status = await finished(context, account, region, id);
    if (status !== "DELETE_COMPLETE") return failureOf(new StackTables(context.in(account, region)), id);
  }
  instances.delete(key);
  return undefined;
}

async function finished(context: CallContext, account: string, region: string, id: string): Promise<string> {
  const stacks = new StackTables(context.in(account, region));
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const status = stacks.find(id)?.status ?? "DELETE_COMPLETE";
    if (!status.endsWith("_IN_PROGRESS")) return status;
    await new Promise<void>((resolve) => setTimeout(resolve, pause));
  }
}

/** The first resource that failed, as StackSets tells it. */
function failureOf(stacks: StackTables, id: string): string {
  const failed = stacks.events
    .list({ prefix: `${id.slice(id.indexOf(":stack/") + 7)}#` })
    .reverse()
    .filter((one) => one.status.endsWith("_FAILED") && one.physicalId !== id)
    .at(-1);
  if (!failed) return stacks.find(id)?.reason ?? "The stack failed";
  return `ResourceLogicalId:${failed.logicalId}, ResourceType:${failed.type}, ResourceStatusReason:${failed.reason ?? ""}.`;
}
