/** Monitoring schedules: at each due time a processing job made of the job definition, and an execution told of. */
import type { CallContext, ReadContext } from "../../../context.ts";
import { demandTrust, rolesIn } from "../authorization/roles.ts";
import { draft } from "../engine/change.ts";
import type { Hooks } from "../engine/kind.ts";
import { find, kindNamed, require } from "../engine/locate.ts";
import type { Fields } from "../engine/model.ts";
import type { Operations } from "../engine/operations.ts";
import { pageOf } from "../engine/page.ts";
import type { Resource } from "../engine/resource.ts";
import { compare, shelf } from "../engine/shelf.ts";
import { notFound, validation } from "../errors.ts";
import { checkVpc } from "./check.ts";
import { nextTime } from "./schedule.ts";
import { cancel, defineTask, plan } from "./work.ts";

const scheduleKind = () => kindNamed("MonitoringSchedule");
const config = (schedule: Readonly<Resource>) => (schedule.input.MonitoringScheduleConfig ?? {}) as Fields;

interface Execution {
  schedule: string;
  scheduled: number;
  created: number;
  job?: string;
  failure?: string;
}

const executions = (context: ReadContext) => context.table<Execution>("sagemaker.monitoring-execution");

const DEFINITIONS: Record<string, string> = {
  DataQuality: "DataQualityJobDefinition",
  ModelQuality: "ModelQualityJobDefinition",
  ModelBias: "ModelBiasJobDefinition",
  ModelExplainability: "ModelExplainabilityJobDefinition",
};

/** The named definition of a schedule, or `undefined` when it has its own. */
function definitionOf(schedule: Readonly<Resource>, context: ReadContext): Readonly<Resource> | undefined {
  const name = config(schedule).MonitoringJobDefinitionName;
  if (typeof name !== "string") return undefined;
  const type = String(config(schedule).MonitoringType ?? "DataQuality");
  return find(kindNamed(DEFINITIONS[type] ?? "DataQualityJobDefinition"), [name], context);
}

function endpointOf(schedule: Readonly<Resource>, context: ReadContext): string | undefined {
  const definition = definitionOf(schedule, context);
  const text = JSON.stringify(definition?.input ?? config(schedule));
  return /"EndpointName":"([^"]+)"/.exec(text)?.[1];
}

export const scheduleHooks: Hooks = {
  create(resource, input, context) {
    const { MonitoringJobDefinition, MonitoringJobDefinitionName } = config(resource);
    if ((MonitoringJobDefinition === undefined) === (MonitoringJobDefinitionName === undefined)) {
      throw validation(
        "Exactly one of MonitoringJobDefinition and MonitoringJobDefinitionName must be specified.",
      );
    }
    if (MonitoringJobDefinitionName !== undefined && !definitionOf(resource, context)) {
      throw notFound(`Could not find requested Job Definition ${MonitoringJobDefinitionName}.`);
    }
    for (const { arn } of rolesIn(input)) demandTrust(arn, context);
    checkVpc(input, context);
    schedule(resource, context);
  },
  update(resource, input, context) {
    resource.input.MonitoringScheduleConfig = input.MonitoringScheduleConfig;
    schedule(resource, context);
  },
  stop: (resource, _, context) => cancel("monitoring", resource.name.toLowerCase(), context),
  start: (resource, _, context) => schedule(resource, context),
  delete(resource, _, context) {
    if (resource.status === "Pending") return;
    const active = executionsOf(resource.name, context).some(
      (one) => statusOf(one, context).status === "InProgress",
    );
    if (active)
      throw validation(`Monitoring Schedule ${resource.arn} has executions in progress. Stop it first.`);
    cancel("monitoring", resource.name.toLowerCase(), context);
  },
  describe(resource, context) {
    const last = executionsOf(resource.name, context).pop();
    return {
      MonitoringType: config(resource).MonitoringType ?? "DataQuality",
      EndpointName: endpointOf(resource, context),
      MonitoringJobDefinitionName: config(resource).MonitoringJobDefinitionName,
      ...(last && { LastMonitoringExecutionSummary: summary(last, resource, context) }),
    };
  },
  filters: {
    MonitoringTypeEquals: (one, wanted) => (config(one).MonitoringType ?? "DataQuality") === wanted,
  },
};

function schedule(resource: Readonly<Resource>, context: CallContext): void {
  const expression = (config(resource).ScheduleConfig as Fields | undefined)?.ScheduleExpression;
  if (expression === undefined) return;
  const due = nextTime(String(expression), context.now);
  if (due === undefined) throw validation(`Invalid schedule expression: ${expression}`);
  plan({ task: "monitoring", key: resource.name.toLowerCase(), due }, context);
}

defineTask("monitoring", (key, context) => {
  const resource = shelf(scheduleKind(), context).byKey(key, context.now);
  if (resource?.status !== "Scheduled" && resource?.status !== "Pending") return;
  execute(resource, context);
  const expression = String((config(resource).ScheduleConfig as Fields | undefined)?.ScheduleExpression);
  const due = expression === "NOW" ? undefined : nextTime(expression, context.now);
  if (due !== undefined) plan({ task: "monitoring", key, due }, context);
});

/** One run: a processing job of the definition's parts. */
function execute(resource: Readonly<Resource>, context: CallContext): void {
  const execution: Execution = { schedule: resource.name, scheduled: context.now, created: context.now };
  const name = `model-monitoring-${context.now.toString(36)}${resource.name.slice(0, 30)}`.slice(0, 63);
  try {
    const input = processingInput(resource, name, context);
    context.callSync("sagemaker", "CreateProcessingJob", input);
    execution.job = name;
    const job = find(kindNamed("ProcessingJob"), [name], context);
    if (job) {
      const child = draft(job);
      child.by = resource.by;
      child.fields.MonitoringScheduleArn = resource.arn;
      shelf(kindNamed("ProcessingJob"), context).put(child, context);
    }
  } catch (error) {
    execution.failure = (error as Error).message;
  }
  executions(context).put(
    `${resource.name.toLowerCase()} ${String(context.now).padStart(16, "0")}`,
    execution,
  );
}

function processingInput(resource: Readonly<Resource>, name: string, context: ReadContext): Fields {
  const named = definitionOf(resource, context);
  const own = (config(resource).MonitoringJobDefinition ?? {}) as Fields;
  const source = named?.input ?? own;
  const stem = named ? String(config(resource).MonitoringType ?? "DataQuality") : "";
  const app = (named ? source[`${stem}AppSpecification`] : source.MonitoringAppSpecification) as Fields;
  const output = (named ? source[`${stem}JobOutputConfig`] : source.MonitoringOutputConfig) as Fields;
  const resources = (named ? source.JobResources : source.MonitoringResources) as Fields;
  const outputs = (output?.MonitoringOutputs as { S3Output: Fields }[] | undefined) ?? [];
  return {
    ProcessingJobName: name,
    ProcessingResources: { ClusterConfig: resources?.ClusterConfig },
    AppSpecification: {
      ImageUri: app?.ImageUri,
      ContainerEntrypoint: app?.ContainerEntrypoint,
      ContainerArguments: app?.ContainerArguments,
    },
    Environment: { ...(app?.Environment as Fields), ...(source.Environment as Fields) },
    ProcessingOutputConfig: {
      KmsKeyId: output?.KmsKeyId,
      Outputs: outputs.map(({ S3Output }, index) => ({ OutputName: `result-${index}`, S3Output })),
    },
    NetworkConfig: source.NetworkConfig,
    RoleArn: source.RoleArn,
    StoppingCondition: source.StoppingCondition,
    Tags: Object.entries(resource.tags).map(([Key, Value]) => ({ Key, Value })),
  };
}

function executionsOf(name: string, context: ReadContext): Readonly<Execution>[] {
  return executions(context).list({ prefix: `${name.toLowerCase()} ` });
}

function statusOf(
  one: Readonly<Execution>,
  context: ReadContext,
): { status: string; job?: Readonly<Resource> } {
  const job = one.job === undefined ? undefined : find(kindNamed("ProcessingJob"), [one.job], context);
  if (one.failure !== undefined || !job) return { status: "Failed" };
  return { status: job.status ?? "Pending", job };
}

function summary(
  one: Readonly<Execution>,
  resource: Readonly<Resource> | undefined,
  context: ReadContext,
): Fields {
  const { status, job } = statusOf(one, context);
  return {
    MonitoringScheduleName: one.schedule,
    ScheduledTime: new Date(one.scheduled),
    CreationTime: new Date(one.created),
    LastModifiedTime: new Date(job?.modified ?? one.created),
    MonitoringExecutionStatus: status,
    ProcessingJobArn: job?.arn,
    EndpointName: resource && endpointOf(resource, context),
    FailureReason: one.failure ?? job?.fields.FailureReason,
    MonitoringJobDefinitionName: resource && config(resource).MonitoringJobDefinitionName,
    MonitoringType: resource && (config(resource).MonitoringType ?? "DataQuality"),
  };
}

interface Alert {
  DatapointsToAlert: number;
  EvaluationPeriod: number;
  modified: number;
}

const ALERT = "default";

function alertOf(resource: Readonly<Resource>): Alert {
  return (
    (resource.fields.alert as Alert | undefined) ?? {
      DatapointsToAlert: 1,
      EvaluationPeriod: 1,
      modified: resource.created,
    }
  );
}

export const monitoringOperations: Operations = {
  ListMonitoringExecutions(input, context) {
    const time = (limit: unknown, value: unknown, sign: number) =>
      !(limit instanceof Date) || sign * (Number(value) - limit.getTime()) > 0;
    const all = executions(context)
      .list()
      .map((one) => summary(one, find(scheduleKind(), [one.schedule], context), context))
      .filter(
        (one) =>
          ["MonitoringScheduleName", "EndpointName", "MonitoringJobDefinitionName"].every(
            (member) => input[member] === undefined || one[member] === input[member],
          ) &&
          (input.StatusEquals === undefined || one.MonitoringExecutionStatus === input.StatusEquals) &&
          (input.MonitoringTypeEquals === undefined || one.MonitoringType === input.MonitoringTypeEquals) &&
          ["ScheduledTime", "CreationTime", "LastModifiedTime"].every(
            (member) =>
              time(input[`${member}After`], one[member], 1) &&
              time(input[`${member}Before`], one[member], -1),
          ),
      );
    const by =
      input.SortBy === "Status" ? "MonitoringExecutionStatus" : String(input.SortBy ?? "CreationTime");
    const sign = input.SortOrder === "Ascending" ? 1 : -1;
    const value = (one: Fields) => (one[by] instanceof Date ? Number(one[by]) : String(one[by]));
    all.sort((a, b) => sign * compare(value(a), value(b)));
    const { items, next } = pageOf(all, input.NextToken, input.MaxResults, 10);
    return { MonitoringExecutionSummaries: items, ...(next && { NextToken: next }) };
  },
  ListMonitoringAlerts(input, context) {
    const resource = require(scheduleKind(), input, context, "ListMonitoringAlerts");
    const { modified, ...alert } = alertOf(resource);
    return {
      MonitoringAlertSummaries: [
        {
          MonitoringAlertName: ALERT,
          CreationTime: new Date(resource.created),
          LastModifiedTime: new Date(modified),
          AlertStatus: "OK",
          ...alert,
          Actions: { ModelDashboardIndicator: { Enabled: true } },
        },
      ],
    };
  },
  UpdateMonitoringAlert(input, context) {
    const resource = draft(require(scheduleKind(), input, context, "UpdateMonitoringAlert"));
    if (input.MonitoringAlertName !== ALERT)
      throw notFound(`Monitoring alert ${input.MonitoringAlertName} not found.`);
    const { DatapointsToAlert, EvaluationPeriod } = input as unknown as Alert;
    if (DatapointsToAlert > EvaluationPeriod) {
      throw validation("DatapointsToAlert must be less than or equal to EvaluationPeriod.");
    }
    resource.fields.alert = { DatapointsToAlert, EvaluationPeriod, modified: context.now };
    shelf(scheduleKind(), context).put(resource, context);
    return { MonitoringScheduleArn: resource.arn, MonitoringAlertName: ALERT };
  },
  // an alert's state never changes here: the stand-in of a monitoring job finds no violations
  ListMonitoringAlertHistory: () => ({ MonitoringAlertHistory: [] }),
};
