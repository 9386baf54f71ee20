import { afterEach, beforeEach, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeEach(async () => {
  cloud = await startCloud();
});
afterEach(() => cloud.close());
const cw = (operation: string, input: object = {}) => cloud.call("cloudwatch", operation, input);

it("gives statistics of what was put", async () => {
  const at = (minutes: number) => new Date(Math.floor(Date.now() / 60_000) * 60_000 - minutes * 60_000);
  const MetricData = [
    { MetricName: "m", Timestamp: at(2), Values: [1, 2, 3], Counts: [1, 1, 2] },
    { MetricName: "m", Timestamp: at(1), Value: 10, Dimensions: [{ Name: "team", Value: "a" }] },
    { MetricName: "m", Timestamp: at(1), Value: 4 },
  ];
  await cw("PutMetricData", { Namespace: "app", MetricData });
  expect((await cw("ListMetrics", { Namespace: "app" })).Metrics).toHaveLength(2);
  const range = { StartTime: at(10), EndTime: at(-1) };
  const { Datapoints } = await cw("GetMetricStatistics", {
    Namespace: "app",
    MetricName: "m",
    Period: 60,
    Statistics: ["Sum", "Average", "Maximum", "SampleCount"],
    ...range,
  });
  expect(Datapoints[0]).toMatchObject({ Sum: 9, Average: 2.25, Maximum: 3, SampleCount: 4 });
  const stat = (Stat: string) => ({ Metric: { Namespace: "app", MetricName: "m" }, Period: 60, Stat });
  const { MetricDataResults } = await cw("GetMetricData", {
    MetricDataQueries: [{ Id: "a", MetricStat: stat("p50") }],
    ScanBy: "TimestampAscending",
    ...range,
  });
  expect(MetricDataResults[0].Values).toEqual([2.5, 4]);
});

it("raises and clears alarms by the data", async () => {
  await cw("PutMetricAlarm", {
    AlarmName: "hot",
    Namespace: "app",
    MetricName: "heat",
    Period: 60,
    EvaluationPeriods: 1,
    Statistic: "Maximum",
    Threshold: 5,
    ComparisonOperator: "GreaterThanThreshold",
  });
  const state = async () => (await cw("DescribeAlarms", { AlarmNames: ["hot"] })).MetricAlarms[0].StateValue;
  expect(await state()).toBe("INSUFFICIENT_DATA");
  await cw("PutMetricData", { Namespace: "app", MetricData: [{ MetricName: "heat", Value: 9 }] });
  expect(await state()).toBe("ALARM");
  await cloud.runtime.clock.advance(120_000);
  await cw("PutMetricData", { Namespace: "app", MetricData: [{ MetricName: "heat", Value: 1 }] });
  expect(await state()).toBe("OK");
});

it("is fed by the metric filters of log groups", async () => {
  const logs = (operation: string, input: object) => cloud.call("cloudwatch-logs", operation, input);
  const [logGroupName, logStreamName] = ["g", "s"];
  await logs("CreateLogGroup", { logGroupName });
  await logs("CreateLogStream", { logGroupName, logStreamName });
  const metricTransformations = [{ metricName: "denials", metricNamespace: "trail", metricValue: "1" }];
  const filterPattern = '{ $.errorCode = "*AccessDenied*" }';
  await logs("PutMetricFilter", { logGroupName, filterName: "f", filterPattern, metricTransformations });
  const logEvents = ["AccessDenied", "Throttled", "AccessDeniedException"].map((errorCode) => ({
    timestamp: Date.now(),
    message: JSON.stringify({ errorCode }),
  }));
  await logs("PutLogEvents", { logGroupName, logStreamName, logEvents });
  const { Datapoints } = await cw("GetMetricStatistics", {
    Namespace: "trail",
    MetricName: "denials",
    Period: 3600,
    Statistics: ["Sum"],
    StartTime: new Date(Date.now() - 3_600_000),
    EndTime: new Date(Date.now() + 60_000),
  });
  expect(Datapoints[0].Sum).toBe(2);
});
