/** CloudWatch alarms and dashboards, saved queries of Logs. */
import { alreadyThere, compact, declared, found, pick, policyText, type Work } from "./declared.ts";
import { type HandlerTable, text } from "./handler.ts";
import { keyValues, tagList } from "./tags.ts";

const service = "cloudwatch";

/** Properties of an alarm that the API takes under the same name. */
const ALARM = [
  "ActionsEnabled",
  "AlarmActions",
  "AlarmDescription",
  "ComparisonOperator",
  "DatapointsToAlarm",
  "Dimensions",
  "EvaluateLowSampleCountPercentile",
  "EvaluationPeriods",
  "ExtendedStatistic",
  "InsufficientDataActions",
  "MetricName",
  "Metrics",
  "Namespace",
  "OKActions",
  "Period",
  "Statistic",
  "Threshold",
  "ThresholdMetricId",
  "TreatMissingData",
  "Unit",
];

const alarm = ({ p, id, r }: Work): object =>
  compact({
    ...pick(p, ...ALARM),
    AlarmName: id || p.AlarmName,
    // tags of an alarm that exists are changed by their own calls
    Tags: id ? undefined : tagList(p, r),
  });

const alarmArn = (id: string, r: Work["r"]): string =>
  `arn:${r.partition}:cloudwatch:${r.region}:${r.account}:alarm:${id}`;

const boardArn = (id: string, r: Work["r"]): string =>
  `arn:${r.partition}:cloudwatch::${r.account}:dashboard/${id}`;

const savedQuery = ({ p, id }: Work): object =>
  compact({
    queryDefinitionId: id || undefined,
    name: p.Name,
    queryString: p.QueryString,
    logGroupNames: p.LogGroupNames,
    queryLanguage: p.QueryLanguage,
  });

export const monitoringTypes: HandlerTable = {
  "AWS::CloudWatch::Alarm": declared({
    service,
    create: { op: "PutMetricAlarm", input: alarm },
    taken: async ({ p, r }) => {
      const { MetricAlarms } = await r.read(service, "DescribeAlarms", { AlarmNames: [p.AlarmName] });
      return MetricAlarms?.length ? alreadyThere(r, text(p.AlarmName)) : undefined;
    },
    id: (_, { p }) => text(p.AlarmName),
    steps: [{ of: ALARM, updateOnly: true, op: "PutMetricAlarm", input: alarm }],
    attributes: (_, { id, r }) => ({ Arn: alarmArn(id, r) }),
    delete: { op: "DeleteAlarms", input: ({ id }) => ({ AlarmNames: [id] }) },
    nameProperty: "AlarmName",
    tags: {
      put: ({ id, r }, tags) =>
        r.call(service, "TagResource", { ResourceARN: alarmArn(id, r), Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) =>
        r.call(service, "UntagResource", { ResourceARN: alarmArn(id, r), TagKeys }),
    },
  }),
  "AWS::CloudWatch::Dashboard": declared({
    service,
    create: {
      op: "PutDashboard",
      input: ({ p, r }) => ({
        DashboardName: p.DashboardName,
        DashboardBody: policyText(p.DashboardBody),
        Tags: tagList(p, r),
      }),
    },
    taken: async ({ p, r }) =>
      (await found(r.read(service, "GetDashboard", pick(p, "DashboardName"))))
        ? alreadyThere(r, text(p.DashboardName))
        : undefined,
    id: (_, { p }) => text(p.DashboardName),
    steps: [
      {
        of: ["DashboardBody"],
        updateOnly: true,
        op: "PutDashboard",
        input: ({ id, p }) => ({ DashboardName: id, DashboardBody: policyText(p.DashboardBody) }),
      },
    ],
    delete: { op: "DeleteDashboards", input: ({ id }) => ({ DashboardNames: [id] }) },
    nameProperty: "DashboardName",
    tags: {
      put: ({ id, r }, tags) =>
        r.call(service, "TagResource", { ResourceARN: boardArn(id, r), Tags: keyValues(tags) }),
      remove: ({ id, r }, TagKeys) =>
        r.call(service, "UntagResource", { ResourceARN: boardArn(id, r), TagKeys }),
    },
  }),
  "AWS::Logs::QueryDefinition": declared({
    service: "cloudwatch-logs",
    create: { op: "PutQueryDefinition", input: savedQuery },
    id: (output) => text(output.queryDefinitionId),
    steps: [
      {
        of: ["Name", "QueryString", "LogGroupNames", "QueryLanguage"],
        updateOnly: true,
        op: "PutQueryDefinition",
        input: savedQuery,
      },
    ],
    attributes: (_, { id }) => ({ QueryDefinitionId: id }),
    delete: { op: "DeleteQueryDefinition", input: ({ id }) => ({ queryDefinitionId: id }) },
  }),
};
