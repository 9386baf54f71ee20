/**
 * Alarms of one metric. Their state is worked out from the data when they are described; their actions are not carried
 * out (the local cloud has no SNS). https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
import type { MetricAlarm, PutMetricAlarmCommandInput } from "@aws-sdk/client-cloudwatch";
import type { CallContext, ReadContext } from "../../../context.ts";
import { AwsError } from "../../../wire/errors.ts";
import { compares, evaluate } from "../evaluation.ts";
import { configured, histories, KEPT, transitioned } from "../history.ts";
import type { Operations } from "../operation.ts";
import {
  type AlarmRecord,
  alarms,
  combination,
  dimensionsOf,
  invalid,
  metricKey,
  missing,
  pageOf,
} from "../state.ts";

const alarmArn = (context: ReadContext, name: string) => context.arn("cloudwatch", `alarm:${name}`);

type Settings = PutMetricAlarmCommandInput;

/** The alarm with its state brought up to now. */
function current(context: CallContext, one: Readonly<AlarmRecord>): Readonly<AlarmRecord> {
  if (one.forcedUntil !== undefined && one.forcedUntil > context.now) return one;
  const found = evaluate(context, one.settings as unknown as Settings);
  // missing data that are to be ignored leave the state as it is
  if (!found) return one;
  const { state, reason, data } = found;
  if (state === one.state && one.forcedUntil === undefined) return one;
  transitioned(context, one, { state, reason, reasonData: data });
  return alarms(context).update(one.name, (draft) => {
    if (draft.state !== state) draft.changed = context.now;
    Object.assign(draft, { state, reason, reasonData: data });
    delete draft.forcedUntil;
  })!;
}

const view = (context: CallContext, stored: Readonly<AlarmRecord>): MetricAlarm => {
  const one = current(context, stored);
  const { Tags: _, ...settings } = structuredClone(one.settings) as unknown as Settings;
  return {
    ...settings,
    AlarmArn: alarmArn(context, one.name),
    AlarmConfigurationUpdatedTimestamp: new Date(one.updated),
    ActionsEnabled: one.actionsEnabled,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    StateValue: one.state,
    StateReason: one.reason,
    ...(one.reasonData !== undefined && { StateReasonData: one.reasonData }),
    StateUpdatedTimestamp: new Date(one.changed),
    StateTransitionedTimestamp: new Date(one.changed),
    Dimensions: settings.Dimensions ?? [],
  };
};

function named(context: CallContext, name: string): Readonly<AlarmRecord> {
  const one = alarms(context).get(name);
  if (!one) throw new AwsError("ResourceNotFound", "", { status: 404 });
  return one;
}

export const alarmOperations: Operations = {
  PutMetricAlarm(input, context) {
    if (input.Metrics?.length)
      throw invalid("Alarms of metric math are not supported by the Sagekeep local cloud.");
    if (input.ThresholdMetricId)
      throw invalid("Anomaly detection is not supported by the Sagekeep local cloud.");
    if (!input.MetricName || !input.Namespace)
      throw missing("The parameters MetricName and Namespace are required.");
    if (!input.Period) throw missing("The parameter Period is required.");
    if (!input.Statistic && !input.ExtendedStatistic)
      throw missing("The parameter Statistic or ExtendedStatistic is required.");
    if (input.Statistic && input.ExtendedStatistic) {
      throw combination("The parameters Statistic and ExtendedStatistic are mutually exclusive.");
    }
    if (input.Threshold === undefined) throw missing("The parameter Threshold is required.");
    if (!input.EvaluationPeriods) throw missing("The parameter EvaluationPeriods is required.");
    if (!compares[input.ComparisonOperator as string]) {
      throw invalid(
        `The comparison operator ${input.ComparisonOperator} is not supported by the Sagekeep local cloud.`,
      );
    }
    if ((input.DatapointsToAlarm ?? 1) > input.EvaluationPeriods) {
      throw new AwsError(
        "ValidationError",
        "DatapointsToAlarm must be less than or equal to EvaluationPeriods",
      );
    }
    const old = alarms(context).get(input.AlarmName);
    const made = alarms(context).put(input.AlarmName, {
      name: input.AlarmName,
      settings: { ...input },
      state: old?.state ?? "INSUFFICIENT_DATA",
      reason: old?.reason ?? "Unchecked: Initial alarm creation",
      changed: old?.changed ?? context.now,
      updated: context.now,
      tags: old
        ? { ...old.tags }
        : Object.fromEntries((input.Tags ?? []).map(({ Key = "", Value = "" }) => [Key, Value])),
      actionsEnabled: input.ActionsEnabled ?? true,
    });
    configured(context, old ? "Update" : "Create", made);
    return {};
  },

  DescribeAlarms(input, context) {
    if (input.AlarmNames?.length && input.AlarmNamePrefix) {
      throw combination("AlarmNamePrefix and AlarmNames cannot be given together.");
    }
    const known = alarms(context)
      .list(input.AlarmNamePrefix ? { prefix: input.AlarmNamePrefix } : {})
      .filter((one) => !input.AlarmNames?.length || input.AlarmNames.includes(one.name))
      .map((one) => view(context, one))
      .filter(
        (one) =>
          (!input.StateValue || one.StateValue === input.StateValue) &&
          (!input.ActionPrefix || one.AlarmActions?.some((action) => action.startsWith(input.ActionPrefix!))),
      );
    const wanted = !input.AlarmTypes?.length || input.AlarmTypes.includes("MetricAlarm");
    const { items, next } = pageOf(wanted ? known : [], input.MaxRecords ?? 50, input.NextToken);
    return { MetricAlarms: items, CompositeAlarms: [], NextToken: next };
  },

  DescribeAlarmHistory(input, context) {
    for (const one of alarms(context).list()) current(context, one);
    const from = Math.max(input.StartDate?.getTime() ?? 0, context.now - KEPT);
    const to = input.EndDate?.getTime() ?? Number.POSITIVE_INFINITY;
    const wanted = !input.AlarmTypes?.length || input.AlarmTypes.includes("MetricAlarm");
    const found = histories(context)
      .list()
      .filter(
        ({ alarm, time, type }) =>
          wanted &&
          (!input.AlarmName || alarm === input.AlarmName) &&
          (!input.HistoryItemType || type === input.HistoryItemType) &&
          time >= from &&
          time <= to,
      );
    if (input.ScanBy !== "TimestampAscending") found.reverse();
    const { items, next } = pageOf(found, input.MaxRecords ?? 100, input.NextToken);
    return {
      AlarmHistoryItems: items.map(({ alarm, time, type, summary, data }) => ({
        AlarmName: alarm,
        AlarmType: "MetricAlarm",
        Timestamp: new Date(time),
        HistoryItemType: type,
        HistorySummary: summary,
        HistoryData: data,
      })),
      NextToken: next,
    };
  },

  DescribeAlarmsForMetric(input, context) {
    const key = metricKey(input.Namespace, input.MetricName, dimensionsOf(input.Dimensions));
    const found = alarms(context)
      .list()
      .filter((one) => {
        const own = one.settings as unknown as Settings;
        return metricKey(own.Namespace ?? "", own.MetricName ?? "", dimensionsOf(own.Dimensions)) === key;
      });
    return { MetricAlarms: found.map((one) => view(context, one)) };
  },

  DeleteAlarms(input, context) {
    for (const name of input.AlarmNames) {
      const gone = alarms(context).get(name);
      if (gone && alarms(context).delete(name)) configured(context, "Delete", gone);
    }
    return {};
  },

  SetAlarmState(input, context) {
    const one = named(context, input.AlarmName);
    const { Period = 60 } = one.settings as unknown as Settings;
    transitioned(context, one, {
      state: input.StateValue,
      reason: input.StateReason,
      ...(input.StateReasonData !== undefined && { reasonData: input.StateReasonData }),
    });
    alarms(context).update(one.name, (draft) => {
      draft.state = input.StateValue;
      draft.reason = input.StateReason;
      delete draft.reasonData;
      if (input.StateReasonData !== undefined) draft.reasonData = input.StateReasonData;
      draft.changed = context.now;
      draft.forcedUntil = context.now + Period * 1000;
    });
    return {};
  },

  EnableAlarmActions(input, context) {
    for (const name of input.AlarmNames)
      alarms(context).update(name, (draft) => void (draft.actionsEnabled = true));
    return {};
  },
  DisableAlarmActions(input, context) {
    for (const name of input.AlarmNames)
      alarms(context).update(name, (draft) => void (draft.actionsEnabled = false));
    return {};
  },
};
