/** Edge devices, deployment plans and their stages. Devices never report, so nothing is ever deployed to one. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { create, draft, save } from "../engine/change.ts";
import { membersOf } from "../engine/describe.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, require } from "../engine/locate.ts";
import { type Fields, factsOf, pick } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { shelf } from "../engine/shelf.ts";
import { notFound, validation } from "../errors.ts";

interface Stage extends Fields {
  StageName: string;
  status?: string;
  started?: number;
}

const deviceKind = () => kindNamed("Device");
const planKind = () => kindNamed("EdgeDeploymentPlan");
const stagesOf = (plan: Readonly<Resource>) => (plan.input.Stages ?? []) as Stage[];

function fleet(input: Fields, context: ReadContext): Readonly<Resource> {
  return require(kindNamed("DeviceFleet"), input, context, "DescribeDeviceFleet");
}

function devicesOf(fleetName: string, context: ReadContext): Readonly<Resource>[] {
  const one = shelf(deviceKind(), context);
  return one
    .entries("name")
    .filter(({ key }) => key.startsWith(`${fleetName.toLowerCase()}/`))
    .map(({ key }) => one.byKey(key, context.now))
    .filter((device) => device !== undefined);
}

/** Devices that a stage selects. */
function selected(stage: Stage, devices: Readonly<Resource>[]): Readonly<Resource>[] {
  const how = stage.DeviceSelectionConfig as Fields | undefined;
  if (how?.DeviceSubsetType === "SELECTION") {
    return devices.filter((one) => (how.DeviceNames as string[] | undefined)?.includes(one.name));
  }
  if (how?.DeviceSubsetType === "NAMECONTAINS") {
    return devices.filter((one) => one.name.includes(String(how.DeviceNameContains)));
  }
  return devices.slice(0, Math.ceil((devices.length * Number(how?.Percentage ?? 100)) / 100));
}

export const edgePlanHooks: Hooks = {
  create(resource, input, context) {
    fleet(input, context);
    resource.input.Stages ??= [];
  },
  delete(resource) {
    if (stagesOf(resource).some(({ status }) => status === "INPROGRESS")) {
      throw validation(`Edge deployment plan ${resource.name} has a stage in progress. Stop it first.`);
    }
  },
  describe(resource, context) {
    const devices = devicesOf(String(resource.input.DeviceFleetName), context);
    const pending = stagesOf(resource).reduce((sum, stage) => sum + selected(stage, devices).length, 0);
    return {
      EdgeDeploymentSuccess: 0,
      EdgeDeploymentPending: pending,
      EdgeDeploymentFailed: 0,
      Stages: stagesOf(resource).map(({ status, started, ...stage }) => ({
        DeploymentConfig: { FailureHandlingPolicy: "ROLLBACK_ON_FAILURE" },
        ...stage,
        DeploymentStatus: {
          StageStatus: status ?? "READYTODEPLOY",
          EdgeDeploymentSuccessInStage: 0,
          EdgeDeploymentPendingInStage: selected(stage, devices).length,
          EdgeDeploymentFailedInStage: 0,
          ...(started !== undefined && { EdgeDeploymentStageStartTime: new Date(started) }),
        },
      })),
    };
  },
};

function changeStage(input: Fields, context: CallContext, change: (stage: Stage) => void): Fields {
  const plan = draft(require(planKind(), input, context, "DescribeEdgeDeploymentPlan"));
  const stage = stagesOf(plan).find(({ StageName }) => StageName === input.StageName);
  if (!stage)
    throw validation(`Stage ${input.StageName} does not exist in edge deployment plan ${plan.name}.`);
  change(stage);
  plan.modified = context.now;
  save(planKind(), plan, context);
  return {};
}

export const edgeOperations: Operations = {
  RegisterDevices(input, context) {
    const { name } = fleet(input, context);
    for (const device of input.Devices as Fields[]) {
      create(deviceKind(), { ...device, DeviceFleetName: name, Tags: input.Tags }, context);
    }
    return {};
  },
  UpdateDevices(input, context) {
    fleet(input, context);
    for (const device of input.Devices as Fields[]) {
      const one = draft(
        require(deviceKind(), {
          ...device,
          DeviceFleetName: input.DeviceFleetName,
        }, context, "UpdateDevices"),
      );
      Object.assign(one.input, device);
      one.modified = context.now;
      save(deviceKind(), one, context);
    }
    return {};
  },
  DeregisterDevices(input, context) {
    fleet(input, context);
    for (const DeviceName of input.DeviceNames as string[]) {
      const one = require(deviceKind(), {
        DeviceName,
        DeviceFleetName: input.DeviceFleetName,
      }, context, "DeregisterDevices");
      shelf(deviceKind(), context).delete(one, context);
    }
    return {};
  },
  DescribeDevice(input, context) {
    const one = require(deviceKind(), input, context, "DescribeDevice");
    return pick(membersOf(deviceKind(), one, context), factsOf("DescribeDevice").out);
  },
  GetDeviceFleetReport(input, context) {
    const found = fleet(input, context);
    return {
      DeviceFleetArn: found.arn,
      DeviceFleetName: found.name,
      OutputConfig: found.input.OutputConfig,
      Description: found.input.Description,
      ReportGenerated: new Date(context.now),
      DeviceStats: { ConnectedDeviceCount: 0, RegisteredDeviceCount: devicesOf(found.name, context).length },
      AgentVersions: [],
      ModelStats: [],
    };
  },
  CreateEdgeDeploymentStage(input, context) {
    const plan = draft(require(planKind(), input, context, "CreateEdgeDeploymentStage"));
    const taken = new Set(stagesOf(plan).map(({ StageName }) => StageName));
    const added = input.Stages as Stage[];
    const twice = added.find(({ StageName }) => taken.has(StageName));
    if (twice)
      throw validation(`Stage ${twice.StageName} already exists in edge deployment plan ${plan.name}.`);
    plan.input.Stages = [...stagesOf(plan), ...added];
    plan.modified = context.now;
    save(planKind(), plan, context);
    return {};
  },
  DeleteEdgeDeploymentStage(input, context) {
    const plan = draft(require(planKind(), input, context, "DeleteEdgeDeploymentStage"));
    const kept = stagesOf(plan).filter(({ StageName }) => StageName !== input.StageName);
    if (kept.length === stagesOf(plan).length) {
      throw validation(`Stage ${input.StageName} does not exist in edge deployment plan ${plan.name}.`);
    }
    plan.input.Stages = kept;
    save(planKind(), plan, context);
    return {};
  },
  StartEdgeDeploymentStage: (input, context) =>
    changeStage(input, context, (stage) => {
      stage.status = "INPROGRESS";
      stage.started = context.now;
    }),
  StopEdgeDeploymentStage: (input, context) =>
    changeStage(input, context, (stage) => {
      stage.status = "STOPPED";
    }),
  ListStageDevices(input, context) {
    const plan = find(planKind(), [String(input.EdgeDeploymentPlanName)], context);
    const stage = plan && stagesOf(plan).find(({ StageName }) => StageName === input.StageName);
    if (!plan || !stage)
      throw notFound(`Stage ${input.StageName} of ${input.EdgeDeploymentPlanName} does not exist.`);
    const all = selected(stage, devicesOf(String(plan.input.DeviceFleetName), context)).map((device) => ({
      EdgeDeploymentPlanArn: plan.arn,
      EdgeDeploymentPlanName: plan.name,
      StageName: stage.StageName,
      DeviceFleetName: plan.input.DeviceFleetName,
      DeviceName: device.name,
      DeviceArn: device.arn,
      DeviceDeploymentStatus: stage.status ?? "READYTODEPLOY",
    }));
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { DeviceDeploymentSummaries: items, ...(next && { NextToken: next }) };
  },
};
