/** The API of self-managed stack sets. The stacks themselves are made by run.ts. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { checkCapabilities } from "../../../stacks/capabilities.ts";
import { StackTables } from "../../../stacks/engine/records.ts";
import { settled, startRun, stopRun } from "../../../stacks/engine/running.ts";
import { loadTemplate } from "../../../stacks/template/compile.ts";
import { parameterTexts } from "../../../stacks/template/parameters.ts";
import { AwsError } from "../../../wire/errors.ts";
import type { Handlers } from "../../../wire/types.ts";
import { factsOf, tagsOf } from "../definition.ts";
import { validationError } from "../errors.ts";
import { page } from "../paging.ts";
import { templateText } from "../template-source.ts";
import { targetsOf } from "./preferences.ts";
import { runOperation } from "./run.ts";
import { type OperationRecord, type StackSetRecord, StackSetTables, stackSetArn } from "./state.ts";
import {
  instanceSummary,
  instanceView,
  operationSummary,
  operationView,
  resultView,
  setSummary,
  setView,
} from "./views.ts";

/** How long an answer may wait for the operation that it started, in milliseconds. */
const PATIENCE = 2_000;

interface SetInput {
  readonly TemplateBody?: string | undefined;
  readonly TemplateURL?: string | undefined;
  readonly UsePreviousTemplate?: boolean | undefined;
  readonly Parameters?: Api.Parameter[] | undefined;
  readonly Capabilities?: Api.Capability[] | undefined;
  readonly Tags?: Api.Tag[] | undefined;
  readonly Description?: string | undefined;
  readonly AdministrationRoleARN?: string | undefined;
  readonly ExecutionRoleName?: string | undefined;
  readonly PermissionModel?: Api.PermissionModels | undefined;
  readonly ManagedExecution?: Api.ManagedExecution | undefined;
}

/** The set's record under a request; its template is kept. @throws AwsError */
async function defined(
  input: SetInput,
  context: CallContext,
  before: Pick<StackSetRecord, "id" | "name" | "createdAt"> & Partial<StackSetRecord>,
): Promise<StackSetRecord> {
  if (input.PermissionModel === "SERVICE_MANAGED") {
    throw validationError("PermissionModel SERVICE_MANAGED is not supported by the Sagekeep local cloud");
  }
  const tables = new StackTables(context);
  const text =
    input.UsePreviousTemplate && before.template !== undefined
      ? tables.templateOf({ template: before.template })
      : await templateText(input, context, { kind: "caller" });
  if (text === undefined) throw validationError("Either Template URL or Template Body must be specified.");
  const template = loadTemplate(
    text,
    factsOf(context, { id: stackSetArn(context, before), name: before.name, notificationArns: [] }),
  );
  const capabilities = [...(input.Capabilities ?? before.capabilities ?? [])];
  checkCapabilities(template, capabilities, false);
  const parameters = parameterTexts(template, input.Parameters ?? [], before.parameters);
  const key = randomUUID();
  tables.templates.put(key, { text });
  return {
    ...before,
    status: "ACTIVE",
    ...(input.Description === undefined ? {} : { description: input.Description }),
    template: key,
    parameters,
    noEcho: Object.values(template.parameters).flatMap((one) => (one.noEcho ? [one.name] : [])),
    tags: input.Tags ? tagsOf(input.Tags) : (before.tags ?? {}),
    capabilities,
    administrationRole:
      input.AdministrationRoleARN ??
      before.administrationRole ??
      `arn:${context.partition}:iam::${context.account}:role/AWSCloudFormationStackSetAdministrationRole`,
    executionRole:
      input.ExecutionRoleName ?? before.executionRole ?? "AWSCloudFormationStackSetExecutionRole",
    managedExecution: input.ManagedExecution?.Active ?? before.managedExecution ?? false,
  };
}

interface OperationInput {
  readonly OperationId?: string | undefined;
  readonly OperationPreferences?: Api.StackSetOperationPreferences | undefined;
}

/** @throws AwsError unless a new operation may begin */
function refuseBusy(context: CallContext, set: Readonly<StackSetRecord>, input: OperationInput): void {
  const operations = new StackSetTables(context).operationsOf(set);
  if (operations.some((one) => one.id === input.OperationId)) {
    throw new AwsError("OperationIdAlreadyExistsException", `Operation ${input.OperationId} already exists`);
  }
  const busy = operations.find((one) => one.status === "RUNNING" || one.status === "STOPPING");
  if (!busy) return;
  throw new AwsError(
    "OperationInProgressException",
    `Another Operation on StackSet ${stackSetArn(context, set)} is in progress: ${busy.id}`,
  );
}

async function begin(
  context: CallContext,
  set: Readonly<StackSetRecord>,
  action: OperationRecord["action"],
  targets: readonly { account: string; region: string }[],
  input: OperationInput & { readonly RetainStacks?: boolean | undefined },
): Promise<{ OperationId: string }> {
  const tables = new StackSetTables(context);
  const id = input.OperationId ?? randomUUID();
  tables.operations.put(tables.operationKey(set, id), {
    id,
    action,
    status: "RUNNING",
    createdAt: context.clock.now(),
    preferences: targetsOf(input.OperationPreferences ?? {}, targets),
    retainStacks: input.RetainStacks ?? false,
    results: targets.map(({ account, region }) => ({ account, region, status: "PENDING" })),
    administrationRole: set.administrationRole,
    executionRole: set.executionRole,
  });
  startRun(
    context.store,
    set.id,
    (stop) => runOperation(context, set, id, stop),
    (error) => {
      tables.operations.update(tables.operationKey(set, id), (draft) => {
        draft.status = "FAILED";
        draft.reason = `Internal failure: ${String(error)}`;
      });
    },
  );
  await settled(context.store, set.id, PATIENCE);
  return { OperationId: id };
}

interface TargetInput {
  readonly Accounts?: string[] | undefined;
  readonly Regions?: string[] | undefined;
  readonly DeploymentTargets?: Api.DeploymentTargets | undefined;
}

/** Every account in every region. @throws AwsError `ValidationError` */
function asked(input: TargetInput): { account: string; region: string }[] {
  const accounts = input.Accounts ?? input.DeploymentTargets?.Accounts ?? [];
  if ((input.DeploymentTargets?.OrganizationalUnitIds ?? []).length > 0) {
    throw validationError("OrganizationalUnitIds can only be specified with PermissionModel SERVICE_MANAGED");
  }
  const strange = accounts.find((one) => !/^\d{12}$/.test(one));
  if (strange !== undefined) throw validationError(`Invalid account id: ${strange}`);
  if (accounts.length === 0) throw validationError("Accounts list cannot be empty");
  if ((input.Regions ?? []).length === 0) throw validationError("Regions list cannot be empty");
  return (input.Regions ?? []).flatMap((region) =>
    [...new Set(accounts)].map((account) => ({ account, region })),
  );
}

function overridesOf(list: readonly Api.Parameter[] | undefined): Record<string, string> | undefined {
  return list && Object.fromEntries(list.map((one) => [one.ParameterKey ?? "", one.ParameterValue ?? ""]));
}

/** @throws AwsError for an override of what is no parameter */
function checkOverrides(set: Readonly<StackSetRecord>, overrides: Record<string, string> | undefined): void {
  const strange = Object.keys(overrides ?? {}).filter((one) => !Object.hasOwn(set.parameters, one));
  if (strange.length > 0)
    throw validationError(`Parameters: [${strange.join(", ")}] do not exist in the template`);
}

function operationNamed(tables: StackSetTables, set: Readonly<StackSetRecord>, id: string | undefined) {
  const found = tables.operations.get(tables.operationKey(set, id ?? ""));
  if (!found) throw new AwsError("OperationNotFoundException", `Operation ${id} not found`);
  return found;
}

export const stackSetOperations = {
  async CreateStackSet(input, context) {
    const tables = new StackSetTables(context);
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

function noInstance(set: Readonly<StackSetRecord>, account: string, region: string): AwsError {
  return new AwsError(
    "StackInstanceNotFoundException",
    `Stack instance for stack set ${set.id} account ${account} region ${region} not found`,
  );
}
