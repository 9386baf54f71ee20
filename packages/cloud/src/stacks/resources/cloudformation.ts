/** CloudFormation's own types: nested stacks, and the metadata that CDK adds. */
import { isAwsError } from "../../wire/errors.ts";
import { ResourceFailure } from "../engine/failure.ts";
import { markNested } from "../engine/nesting.ts";
import type { ValueMap } from "../template/value.ts";
import { compact, map } from "./declared.ts";
import { type HandlerTable, type ResourceRequest, text } from "./handler.ts";
import { tagList } from "./tags.ts";

const service = "cloudformation";

interface StackState {
  StackStatus: string;
  StackStatusReason?: string;
  Outputs?: { OutputKey: string; OutputValue: string }[];
}

interface StackEvent {
  PhysicalResourceId: string;
  ResourceStatus: string;
  ResourceStatusReason?: string;
}

async function stackState(id: string, r: ResourceRequest): Promise<StackState> {
  const output = await r.read(service, "DescribeStacks", { StackName: id });
  return output.Stacks[0];
}

const CLEANING = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS";

/** Waits for the nested stack's operation. */
function ended(id: string, r: ResourceRequest): Promise<StackState> {
  return r.until(async () => {
    const now = await stackState(id, r);
    // an update's clean-up waits for that of the parent
    const ended = !now.StackStatus.endsWith("_IN_PROGRESS") || now.StackStatus === CLEANING;
    return ended ? now : undefined;
  });
}

/** Waits for a nested stack that is made, deleted. @throws ResourceFailure in CloudFormation's words */
async function finished(id: string, verb: "created" | "deleted", wanted: RegExp, r: ResourceRequest) {
  const { StackStatus, StackStatusReason } = await ended(id, r);
  if (wanted.test(StackStatus)) return;
  throw new ResourceFailure(
    `Embedded stack ${id} was not successfully ${verb}: ${StackStatusReason ?? `Currently in ${StackStatus}`}`,
  );
}

/** Waits for an update. Of one that is taken back, CloudFormation tells where it was when it turned. */
async function updated(id: string, r: ResourceRequest): Promise<void> {
  const state = await ended(id, r);
  if (state.StackStatus === "UPDATE_COMPLETE" || state.StackStatus === CLEANING) return;
  const events: StackEvent[] = (await r.read(service, "DescribeStackEvents", { StackName: id })).StackEvents;
  const own = events.filter((one) => one.PhysicalResourceId === id);
  const begun = own.findIndex((one) => one.ResourceStatus === "UPDATE_IN_PROGRESS");
  const turn = own.slice(0, begun).find((one) => one.ResourceStatus === "UPDATE_ROLLBACK_IN_PROGRESS");
  const status = turn?.ResourceStatus ?? state.StackStatus;
  const reason = turn?.ResourceStatusReason ?? state.StackStatusReason;
  throw new ResourceFailure(
    `Embedded stack ${id} was not successfully updated. Currently in ${status}${reason ? ` with reason: ${reason}` : ""}`,
  );
}

function stackInput(p: ValueMap, r: ResourceRequest): object {
  return compact({
    TemplateURL: p.TemplateURL,
    Parameters: Object.entries(map(p.Parameters)).map(([ParameterKey, value]) => ({
      ParameterKey,
      ParameterValue: Array.isArray(value) ? value.map(text).join(",") : text(value),
    })),
    NotificationARNs: p.NotificationARNs,
    Capabilities: r.capabilities,
    RoleARN: r.roleArn,
    ClientRequestToken: r.token,
    Tags: tagList(p, r),
  });
}

export const cloudFormationTypes: HandlerTable = {
  "AWS::CloudFormation::Stack": {
    timeoutMinutes: 24 * 60,
    async create(p, r) {
      const input = compact({
        StackName: r.nestedName ?? r.generatedName(128),
        ...stackInput(p, r),
        TimeoutInMinutes: p.TimeoutInMinutes,
        DisableRollback: true,
      });
      const { StackId } = await r.call(service, "CreateStack", markNested(input, r.stackId));
      return { physicalId: StackId };
    },
    async ready({ physicalId }, r) {
      await finished(
        physicalId,
        "created",
        /^(?:CREATE|(?:UPDATE|IMPORT)(?:_ROLLBACK)?)_COMPLETE(?:_CLEANUP_IN_PROGRESS)?$/,
        r,
      );
    },
    async attributes({ physicalId }, r) {
      const state = await stackState(physicalId, r);
      const outputs = (state.Outputs ?? []).map((one) => [`Outputs.${one.OutputKey}`, one.OutputValue]);
      return { StackId: physicalId, StackStatus: state.StackStatus, ...Object.fromEntries(outputs) };
    },
    async update({ physicalId }, p, _, r) {
      try {
        const input = { StackName: physicalId, ...stackInput(p, r) };
        await r.call(service, "UpdateStack", markNested(input, r.stackId));
      } catch (error) {
        if (isAwsError(error) && error.message === "No updates are to be performed.") return;
        throw error;
      }
      await updated(physicalId, r);
    },
    async delete({ physicalId }, r) {
      await r.call(
        service,
        "DeleteStack",
        compact({ StackName: physicalId, RoleARN: r.roleArn, ClientRequestToken: r.token }),
      );
      await finished(physicalId, "deleted", /^DELETE_COMPLETE$/, r);
    },
  },
  "AWS::CDK::Metadata": {
    async create(_, r) {
      return { physicalId: r.generatedName(36).toLowerCase() };
    },
    update: async () => {},
    delete: async () => {},
  },
};
