/** Metric data. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
import { randomBytes } from "node:crypto";
import type { MetricDataQuery, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { AwsError } from "../../../wire/errors.ts";
import type { Operations } from "../operation.ts";
import {
  combination,
  dimensionList,
  dimensionsOf,
  invalid,
  metricKey,
  metrics,
  missing,
  type Point,
  pageOf,
  points,
} from "../state.ts";
import { buckets, byUnit, statistic } from "../statistics.ts";

const THREE_HOURS = 3 * 3_600_000;

function pointFrom(datum: MetricDatum, now: number): Point {
  const time = datum.Timestamp?.getTime() ?? now;
  const unit = datum.Unit ?? "None";
  const given = [datum.Value, datum.Values, datum.StatisticValues].filter((one) => one !== undefined);
  if (given.length === 0)
    throw missing("At least one of the parameters Value, Values, StatisticValues must be specified.");
  if (given.length > 1)
    throw combination("The parameters Value, Values and StatisticValues are mutually exclusive.");
  if (datum.StatisticValues) {
    const { Sum = 0, SampleCount = 0, Minimum = 0, Maximum = 0 } = datum.StatisticValues;
    return { time, unit, sum: Sum, count: SampleCount, min: Minimum, max: Maximum };
  }
  const list = datum.Values ?? [datum.Value as number];
  const counts = datum.Counts ?? list.map(() => 1);
  if (counts.length !== list.length)
    throw invalid("The parameters Values and Counts must be of the same length.");
  for (const value of list) {
    if (!Number.isFinite(value))
      throw invalid(`The value ${value} for parameter MetricData.member.1.Value is invalid.`);
  }
  return {
    time,
    unit,
    sum: list.reduce((total, value, index) => total + value * counts[index]!, 0),
    count: counts.reduce((total, one) => total + one, 0),
    min: Math.min(...list),
    max: Math.max(...list),
    values: list.map((value, index) => [value, counts[index]!]),
  };
}

const checkPeriod = (period: number) => {
  if (period < 1 || (period >= 60 ? period % 60 !== 0 : ![1, 5, 10, 20, 30].includes(period))) {
    throw invalid(`The parameter Period must be 1, 5, 10, 20, 30, or a multiple of 60, but is ${period}.`);
  }
};

/** The metric's name, with what sets the query apart from others of the same metric: statistic, period. */
function labelOf(query: MetricDataQuery, queries: readonly MetricDataQuery[]): string {
  const own = query.MetricStat;
  const name = own?.Metric?.MetricName;
  const others = queries.flatMap(({ MetricStat: one }) =>
    one?.Metric?.MetricName === name && one ? [one] : [],
  );
  const parts = [name, own?.Stat, own?.Period];
  const differ = [
    true,
    others.some((one) => one.Stat !== own?.Stat),
    others.some((one) => one.Period !== own?.Period),
  ];
  return parts.filter((_, index) => differ[index]).join(" ");
}

export const metricOperations: Operations = {
  PutMetricData(input, context) {
    if (/^AWS\//.test(input.Namespace) && !(context as { internal?: boolean }).internal) {
      throw invalid("The value AWS/ for parameter Namespace is invalid.");
    }
    if (input.EntityMetricData)
      throw invalid("EntityMetricData is not supported by the Sagekeep local cloud.");
    for (const datum of input.MetricData ?? []) {
      const name = datum.MetricName;
      if (!name) throw missing("The parameter MetricData.member.1.MetricName is required.");
      const dimensions = dimensionsOf(datum.Dimensions);
      const key = metricKey(input.Namespace, name, dimensions);
      const point = pointFrom(datum, context.now);
      if (point.time < context.now - 14 * 86_400_000 || point.time > context.now + 2 * 3_600_000) {
        throw invalid(
          "The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks or the next two hours.",
        );
      }
      points(context, key).put(
        `${String(point.time).padStart(14, "0")}${randomBytes(5).toString("hex")}`,
        point,
      );
      metrics(context).put(key, { namespace: input.Namespace, name, dimensions, lastSeen: context.now });
    }
    return {};
  },

  ListMetrics(input, context) {
    const known = metrics(context)
      .list()
      .filter(
        (one) =>
          (!input.Namespace || one.namespace === input.Namespace) &&
          (!input.MetricName || one.name === input.MetricName) &&
          (input.Dimensions ?? []).every(
            ({ Name = "", Value }) =>
              one.dimensions[Name] !== undefined && (Value === undefined || one.dimensions[Name] === Value),
          ) &&
          (input.RecentlyActive !== "PT3H" || one.lastSeen > context.now - THREE_HOURS),
      );
    const { items, next } = pageOf(known, 500, input.NextToken);
    return {
      Metrics: items.map((one) => ({
        Namespace: one.namespace,
        MetricName: one.name,
        Dimensions: dimensionList(one.dimensions),
      })),
      NextToken: next,
    };
  },

  GetMetricStatistics(input, context) {
    checkPeriod(input.Period);
    const [from, to] = [input.StartTime.getTime(), input.EndTime.getTime()];
    if (from >= to) throw combination("The parameter StartTime must be less than the parameter EndTime.");
    const names = [...(input.Statistics ?? []), ...(input.ExtendedStatistics ?? [])];
    if (names.length === 0) throw missing("The parameter Statistics or ExtendedStatistics is required.");
    if ((to - from) / (input.Period * 1000) > 1440) {
      throw combination(
        `You have requested up to ${Math.ceil((to - from) / (input.Period * 1000))} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    }
    const key = metricKey(input.Namespace, input.MetricName, dimensionsOf(input.Dimensions));
    return {
      Label: input.MetricName,
      Datapoints: byUnit(buckets(context, key, from, to, input.Period, input.Unit)).map((bucket) => ({
        Timestamp: new Date(bucket.start),
        Unit: bucket.points[0]!.unit as "None",
        ...Object.fromEntries((input.Statistics ?? []).map((name) => [name, statistic(name, bucket)])),
        ...(input.ExtendedStatistics?.length && {
          ExtendedStatistics: Object.fromEntries(
            input.ExtendedStatistics.map((name) => [name, statistic(name, bucket)]),
          ),
        }),
      })),
    };
  },

  GetMetricData(input, context) {
    const [from, to] = [input.StartTime.getTime(), input.EndTime.getTime()];
    if (from >= to)
      throw new AwsError(
        "ValidationError",
        "The parameter StartTime must be less than the parameter EndTime.",
      );
    const results = (input.MetricDataQueries ?? []).map((query) => {
      const stat = query.MetricStat;
      if (!stat) {
        throw new AwsError(
          "ValidationError",
          `Metric math (${query.Id}: ${query.Expression}) is not supported by the Sagekeep local cloud.`,
        );
      }
      const { Namespace = "", MetricName = "", Dimensions } = stat.Metric ?? {};
      const period = stat.Period ?? 60;
      checkPeriod(period);
      const key = metricKey(Namespace, MetricName, dimensionsOf(Dimensions));
      const all = byUnit(buckets(context, key, from, to, period, stat.Unit));
      const units = [...new Set(all.map((bucket) => bucket.points[0]!.unit))].sort();
      // of several units the first counts, and AWS says so
      const found = all.filter((bucket) => bucket.points[0]!.unit === units[0]);
      if (input.ScanBy !== "TimestampAscending") found.reverse();
      return {
        query,
        result: {
          Id: query.Id,
          Label: query.Label ?? labelOf(query, input.MetricDataQueries ?? []),
          Timestamps: found.map((bucket) => new Date(bucket.start)),
          Values: found.map((bucket) => statistic(stat.Stat ?? "", bucket)),
          StatusCode: "Complete" as const,
          ...(units.length > 1 && {
            Messages: [{ Code: "MultipleUnits", Value: `Multiple units returned: '[${units.join(", ")}]'` }],
          }),
        },
      };
    });
    return {
      MetricDataResults: results
        .filter(({ query }) => query.ReturnData !== false)
        .map(({ result }) => result),
      Messages: [],
    };
  },
};
