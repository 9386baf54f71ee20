/** The API of self-managed stack sets and their operations. The stacks themselves are made by run.ts. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { stopRun } from "../../../stacks/engine/running.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import { checkPattern, NAME } from "../request-checks.ts";
import { asked, begin, defined, refuseBusy } from "./request.ts";
import { type StackSetRecord, StackSetTables } from "./state.ts";
import { operationSummary, operationView, resultView, setSummary, setView } from "./views.ts";

function operationNamed(tables: StackSetTables, set: Readonly<StackSetRecord>, id: string | undefined) {
  const found = tables.operations.get(tables.operationKey(set, id ?? ""));
  if (!found) throw new AwsError("OperationNotFoundException", `Operation ${id} not found`);
  return found;
}

export const stackSetOperations = {
  async CreateStackSet(input, context) {
    const tables = new StackSetTables(context);
    checkPattern("stackSetName", input.StackSetName, NAME);
    if (tables.find(input.StackSetName)) {
      throw new AwsError("NameAlreadyExistsException", "The Name field is already in use");
    }
    if (input.StackId !== undefined) {
      throw validationError("StackId of CreateStackSet is not supported by the Sagekeep local cloud");
    }
    const id = `${input.StackSetName}:${randomUUID()}`;
    const record = await defined(input, context, {
      id,
      name: input.StackSetName,
      createdAt: context.clock.now(),
    });
    tables.sets.put(id, record);
    return { StackSetId: id };
  },

  async UpdateStackSet(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.active(input.StackSetName);
    refuseBusy(context, set, input);
    const record = await defined(input, context, set);
    tables.sets.put(set.id, record);
    const chosen = input.Accounts || input.DeploymentTargets || input.Regions ? asked(input) : undefined;
    const instances = tables.instancesOf(set);
    const isChosen = (one: { account: string; region: string }): boolean =>
      !chosen || chosen.some(({ account, region }) => account === one.account && region === one.region);
    for (const one of instances) {
      const key = tables.instanceKey(set, one.account, one.region);
      if (!isChosen(one)) tables.instances.update(key, (draft) => void (draft.status = "OUTDATED"));
    }
    return begin(context, record, "UPDATE", instances.filter(isChosen), input);
  },

  DeleteStackSet(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.find(input.StackSetName);
    if (!set || set.status === "DELETED") return {};
    refuseBusy(context, set, {});
    if (tables.instancesOf(set).length > 0) {
      throw new AwsError("StackSetNotEmptyException", "StackSet is not empty");
    }
    tables.sets.update(set.id, (draft) => void (draft.status = "DELETED"));
    return {};
  },

  DescribeStackSet(input, context) {
    const tables = new StackSetTables(context);
    return { StackSet: setView(context, tables.named(input.StackSetName), tables) };
  },

  ListStackSets(input, context) {
    const all = new StackSetTables(context).sets
      .list()
      .filter((one) => input.Status === undefined || one.status === input.Status);
    const { items, NextToken } = page(all, input.NextToken, input.MaxResults ?? 100);
    return { Summaries: items.map(setSummary), NextToken };
  },

  DescribeStackSetOperation(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.named(input.StackSetName);
    return { StackSetOperation: operationView(set, operationNamed(tables, set, input.OperationId)) };
  },

  ListStackSetOperations(input, context) {
    const tables = new StackSetTables(context);
    const all = tables.operationsOf(tables.named(input.StackSetName));
    const { items, NextToken } = page(all, input.NextToken, input.MaxResults ?? 100);
    return { Summaries: items.map(operationSummary), NextToken };
  },

  ListStackSetOperationResults(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.named(input.StackSetName);
    const { results } = operationNamed(tables, set, input.OperationId);
    const { items, NextToken } = page(results, input.NextToken, input.MaxResults ?? 100);
    return { Summaries: items.map(resultView), NextToken };
  },

  StopStackSetOperation(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.active(input.StackSetName);
    const operation = operationNamed(tables, set, input.OperationId);
    if (operation.status !== "RUNNING") {
      throw new AwsError("InvalidOperationException", `Operation ${operation.id} is not in progress`);
    }
    tables.operations.update(
      tables.operationKey(set, operation.id),
      (draft) => void (draft.status = "STOPPING"),
    );
    stopRun(context.store, set.id, "Stopped");
    return {};
  },
} satisfies Handlers<typeof Api, CallContext>;
