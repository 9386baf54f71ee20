/** `AWS::CloudFormation::StackSet`: a self-managed stack set and its instances. */
import { randomUUID } from "node:crypto";
import { ResourceFailure } from "../engine/failure.ts";
import { isMap, sameValue, type Value, type ValueMap } from "../template/value.ts";
import { compact } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";
import { tagList } from "./tags.ts";

const service = "cloudformation";

/** Accounts and regions that share their overrides: what one operation makes, changes or deletes. */
interface Group {
  readonly account: string;
  readonly regions: string[];
  readonly overrides: Value;
  readonly targets: ValueMap;
}

function list(value: Value | undefined): Value[] {
  return Array.isArray(value) ? value : [];
}

/** The instances that properties ask for, by account and overrides. */
function groupsOf(p: ValueMap): Group[] {
  return list(p.StackInstancesGroup).flatMap((one) => {
    if (!isMap(one)) return [];
    const targets = isMap(one.DeploymentTargets) ? one.DeploymentTargets : {};
    const { Accounts, ...others } = targets;
    const regions = list(one.Regions).map(text);
    const overrides = one.ParameterOverrides ?? [];
    const accounts = Object.keys(others).length > 0 ? [undefined] : list(Accounts).map(text);
    return accounts.map((account) => ({
      account: account ?? "",
      regions: [...regions],
      overrides,
      targets: account === undefined ? targets : { Accounts: [account] },
    }));
  });
}

/** Instances of `groups` that are not among `others`, or have other overrides there when `changed` asks for those. */
function difference(groups: readonly Group[], others: readonly Group[], changed = false): Group[] {
  const twin = (account: string, region: string): Group | undefined =>
    others.find((one) => one.account === account && one.regions.includes(region));
  return groups
    .map((one) => ({
      ...one,
      regions: one.regions.filter((region) => {
        const other = twin(one.account, region);
        return changed ? other !== undefined && !sameValue(other.overrides, one.overrides) : !other;
      }),
    }))
    .filter((one) => one.regions.length > 0);
}

function setInput(p: ValueMap, r: ResourceRequest): object {
  return {
    StackSetName: p.StackSetName,
    Description: p.Description,
    TemplateBody: p.TemplateBody,
    TemplateURL: p.TemplateURL,
    Parameters: p.Parameters,
    Capabilities: p.Capabilities,
    Tags: tagList(p, r),
    AdministrationRoleARN: p.AdministrationRoleARN,
    ExecutionRoleName: p.ExecutionRoleName,
    PermissionModel: p.PermissionModel,
    AutoDeployment: p.AutoDeployment,
    ManagedExecution: p.ManagedExecution,
    CallAs: p.CallAs,
  };
}

/** Begins an operation on the set and waits for its end. @throws ResourceFailure when it fails */
async function operate(operation: string, id: string, p: ValueMap, input: object, r: ResourceRequest) {
  const OperationId = randomUUID();
  await r.call(
    service,
    operation,
    compact({
      StackSetName: id,
      OperationId,
      CallAs: p.CallAs,
      OperationPreferences: p.OperationPreferences,
      ...input,
    }),
  );
  const status = await r.until(async () => {
    const { StackSetOperation } = await r.read(service, "DescribeStackSetOperation", {
      StackSetName: id,
      OperationId,
    });
    const now: string = StackSetOperation.Status;
    return /^(?:RUNNING|STOPPING|QUEUED)$/.test(now) ? undefined : now;
  });
  if (status === "SUCCEEDED") return;
  throw new ResourceFailure(
    `Resource handler returned message: "Stack set operation [${OperationId}] was unexpectedly stopped or failed" (RequestToken: ${randomUUID()}, HandlerErrorCode: InternalFailure)`,
  );
}

async function operateAll(
  operation: string,
  id: string,
  p: ValueMap,
  groups: readonly Group[],
  r: ResourceRequest,
): Promise<void> {
  for (const { targets, regions, overrides } of groups) {
    const input = {
      DeploymentTargets: targets,
      Regions: regions,
      ...(operation === "DeleteStackInstances" ? { RetainStacks: false } : { ParameterOverrides: overrides }),
    };
    await operate(operation, id, p, input, r);
  }
}

/** Properties of the instances alone, and of how operations are carried out. */
const ASIDE = new Set(["StackInstancesGroup", "OperationPreferences", "CallAs"]);

export const stackSetTypes: HandlerTable = {
  "AWS::CloudFormation::StackSet": {
    timeoutMinutes: 24 * 60,
    async create(p, r) {
      const { StackSetId } = await r.call(service, "CreateStackSet", compact(setInput(p, r)));
      r.made(StackSetId);
      await operateAll("CreateStackInstances", StackSetId, p, groupsOf(p), r);
      return { physicalId: StackSetId, attributes: { StackSetId } };
    },
    async update({ physicalId, properties }, p, changes, r) {
      const [before, now] = [groupsOf(properties), groupsOf(p)];
      await operateAll("DeleteStackInstances", physicalId, p, difference(before, now), r);
      if (changes.length === 0 || changes.some((one) => !ASIDE.has(one.name))) {
        await operate("UpdateStackSet", physicalId, p, { ...setInput(p, r), StackSetName: physicalId }, r);
      }
      await operateAll("UpdateStackInstances", physicalId, p, difference(now, before, true), r);
      await operateAll("CreateStackInstances", physicalId, p, difference(now, before), r);
    },
    async delete({ physicalId, properties }, r) {
      const { Summaries } = await r.read(service, "ListStackInstances", { StackSetName: physicalId });
      for (const { Account, Region } of Summaries as { Account: string; Region: string }[]) {
        const input = { Accounts: [Account], Regions: [Region], RetainStacks: false };
        await operate("DeleteStackInstances", physicalId, properties, input, r);
      }
      await r.call(
        service,
        "DeleteStackSet",
        compact({ StackSetName: physicalId, CallAs: properties.CallAs }),
      );
    },
  },
};
