/** The API of a stack set's instances: its stacks in accounts and regions. */
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { page } from "../paging.ts";
import { asked, begin, checkOverrides, overridesOf, refuseBusy } from "./request.ts";
import { type StackSetRecord, StackSetTables } from "./state.ts";
import { instanceSummary, instanceView } from "./views.ts";

export const stackInstanceOperations = {
  async CreateStackInstances(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.active(input.StackSetName);
    const targets = asked(input);
    refuseBusy(context, set, input);
    const overrides = overridesOf(input.ParameterOverrides);
    checkOverrides(set, overrides);
    for (const { account, region } of targets) {
      const key = tables.instanceKey(set, account, region);
      const before = tables.instances.get(key);
      tables.instances.put(key, {
        ...(before ?? { account, region, overrides: {} }),
        status: "OUTDATED",
        detail: "PENDING",
        ...(overrides ? { overrides } : {}),
      });
    }
    return begin(context, set, "CREATE", targets, input);
  },

  async UpdateStackInstances(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.active(input.StackSetName);
    const targets = asked(input);
    refuseBusy(context, set, input);
    const overrides = overridesOf(input.ParameterOverrides);
    checkOverrides(set, overrides);
    for (const { account, region } of targets) {
      const key = tables.instanceKey(set, account, region);
      if (!tables.instances.has(key)) throw noInstance(set, account, region);
    }
    for (const { account, region } of targets) {
      tables.instances.update(tables.instanceKey(set, account, region), (draft) => {
        draft.detail = "PENDING";
        if (overrides) draft.overrides = overrides;
      });
    }
    return begin(context, set, "UPDATE", targets, input);
  },

  async DeleteStackInstances(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.active(input.StackSetName);
    const wanted = asked(input);
    refuseBusy(context, set, input);
    const targets = wanted.filter(({ account, region }) =>
      tables.instances.has(tables.instanceKey(set, account, region)),
    );
    return begin(context, set, "DELETE", targets, input);
  },

  DescribeStackInstance(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.named(input.StackSetName);
    const { StackInstanceAccount: account, StackInstanceRegion: region } = input;
    const found = tables.instances.get(tables.instanceKey(set, account, region));
    if (!found) throw noInstance(set, account, region);
    return { StackInstance: instanceView(set, found) };
  },

  ListStackInstances(input, context) {
    const tables = new StackSetTables(context);
    const set = tables.named(input.StackSetName);
    const detail = (input.Filters ?? []).find((one) => one.Name === "DETAILED_STATUS")?.Values;
    const last = (input.Filters ?? []).find((one) => one.Name === "LAST_OPERATION_ID")?.Values;
    const all = tables
      .instancesOf(set)
      .filter(
        (one) =>
          (input.StackInstanceAccount === undefined || one.account === input.StackInstanceAccount) &&
          (input.StackInstanceRegion === undefined || one.region === input.StackInstanceRegion) &&
          (detail === undefined || detail.split(",").includes(one.detail)) &&
          (last === undefined || last === one.lastOperationId),
      );
    const { items, NextToken } = page(all, input.NextToken, input.MaxResults ?? 100);
    return { Summaries: items.map((one) => instanceSummary(set, one)), NextToken };
  },
} satisfies Handlers<typeof Api, CallContext>;

function noInstance(set: Readonly<StackSetRecord>, account: string, region: string): AwsError {
  return new AwsError(
    "StackInstanceNotFoundException",
    `Stack instance for stack set ${set.id} account ${account} region ${region} not found`,
  );
}
