/** What requests say of a stack set and its instances, and the start of an operation on them. */
import { randomUUID } from "node:crypto";
import type * as Api from "@aws-sdk/client-cloudformation";
import type { CallContext } from "../../../context.ts";
import { checkCapabilities } from "../../../stacks/capabilities.ts";
import { StackTables } from "../../../stacks/engine/records.ts";
import { settled, startRun } from "../../../stacks/engine/running.ts";
import { loadTemplate } from "../../../stacks/template/compile.ts";
import { parameterTexts } from "../../../stacks/template/parameters.ts";
import { AwsError } from "../../../wire/errors.ts";
import { factsOf, tagsOf } from "../definition.ts";
import { validationError } from "../errors.ts";
import { templateText } from "../template-source.ts";
import { targetsOf } from "./preferences.ts";
import { runOperation } from "./run.ts";
import { type OperationRecord, type StackSetRecord, StackSetTables, stackSetArn } from "./state.ts";

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
  readonly AutoDeployment?: Api.AutoDeployment | undefined;
  readonly CallAs?: Api.CallAs | undefined;
}

/** The set's record under a request; its template is kept. @throws AwsError */
export async function defined(
  input: SetInput,
  context: CallContext,
  before: Pick<StackSetRecord, "id" | "name" | "createdAt"> & Partial<StackSetRecord>,
): Promise<StackSetRecord> {
  if (input.PermissionModel === "SERVICE_MANAGED") {
    throw validationError("PermissionModel SERVICE_MANAGED is not supported by the Sagekeep local cloud");
  }
  if (input.AutoDeployment !== undefined) {
    throw validationError("AutoDeployment can only be specified with PermissionModel SERVICE_MANAGED");
  }
  if (input.CallAs === "DELEGATED_ADMIN") {
    throw validationError("CallAs DELEGATED_ADMIN is not supported by the Sagekeep local cloud");
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
export function refuseBusy(context: CallContext, set: Readonly<StackSetRecord>, input: OperationInput): void {
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

export async function begin(
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
export function asked(input: TargetInput): { account: string; region: string }[] {
  const accounts = input.Accounts ?? input.DeploymentTargets?.Accounts ?? [];
  if ((input.DeploymentTargets?.OrganizationalUnitIds ?? []).length > 0) {
    throw validationError("StackSets with SELF_MANAGED permission model can only have accounts as target");
  }
  for (const member of ["AccountsUrl", "AccountFilterType"] as const) {
    if (input.DeploymentTargets?.[member] === undefined) continue;
    throw validationError(`DeploymentTargets.${member} is not supported by the Sagekeep local cloud`);
  }
  const strange = accounts.find((one) => !/^\d{12}$/.test(one));
  if (strange !== undefined) throw validationError(`Invalid account id: ${strange}`);
  if (accounts.length === 0) throw validationError("Accounts list cannot be empty");
  if ((input.Regions ?? []).length === 0) throw validationError("Regions list cannot be empty");
  return (input.Regions ?? []).flatMap((region) =>
    [...new Set(accounts)].map((account) => ({ account, region })),
  );
}

export function overridesOf(list: readonly Api.Parameter[] | undefined): Record<string, string> | undefined {
  return list && Object.fromEntries(list.map((one) => [one.ParameterKey ?? "", one.ParameterValue ?? ""]));
}

/** @throws AwsError for an override of what is no parameter */
export function checkOverrides(
  set: Readonly<StackSetRecord>,
  overrides: Record<string, string> | undefined,
): void {
  const strange = Object.keys(overrides ?? {}).filter((one) => !Object.hasOwn(set.parameters, one));
  if (strange.length > 0)
    throw validationError(`Parameters: [${strange.join(", ")}] do not exist in the template`);
}
