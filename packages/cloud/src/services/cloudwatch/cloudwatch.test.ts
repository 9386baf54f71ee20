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

it("keeps what happened to an alarm for thirty days, also when it is gone", async () => {
  const settings = { Namespace: "app", MetricName: "heat", Period: 60, EvaluationPeriods: 1, Threshold: 5 };
  const rest = { Statistic: "Maximum", ComparisonOperator: "GreaterThanThreshold" };
  await cw("PutMetricAlarm", { AlarmName: "hot", ...settings, ...rest });
  await cw("PutMetricAlarm", { AlarmName: "hot", ...settings, ...rest, Threshold: 4 });
  await cw("PutMetricAlarm", { AlarmName: "other", ...settings, ...rest });
  const state = { AlarmName: "hot", StateReason: "testing", StateReasonData: '{"a":1}' };
  await cw("SetAlarmState", { ...state, StateValue: "OK" });
  await cw("SetAlarmState", { ...state, StateValue: "ALARM" });
  await cw("DeleteAlarms", { AlarmNames: ["hot"] });
  const history = async (input: object) => (await cw("DescribeAlarmHistory", input)).AlarmHistoryItems;
  const summaries = (items: { HistorySummary: string }[]) => items.map((one) => one.HistorySummary);
  expect(summaries(await history({ AlarmName: "hot" }))).toEqual([
    'Alarm "hot" deleted',
    "Alarm updated from OK to ALARM",
    "Alarm updated from INSUFFICIENT_DATA to OK",
    'Alarm "hot" updated',
    'Alarm "hot" created',
  ]);
  const [change] = await history({ AlarmName: "hot", HistoryItemType: "StateUpdate" });
  expect(change).toMatchObject({
    AlarmName: "hot",
    AlarmType: "MetricAlarm",
    HistoryItemType: "StateUpdate",
  });
  expect(JSON.parse(change.HistoryData)).toEqual({
    version: "1.0",
    oldState: { stateValue: "OK", stateReason: "testing", stateReasonData: { a: 1 } },
    newState: { stateValue: "ALARM", stateReason: "testing", stateReasonData: { a: 1 } },
  });
  const page = await cw("DescribeAlarmHistory", { MaxRecords: 2, ScanBy: "TimestampAscending" });
  expect(summaries(page.AlarmHistoryItems)).toEqual(['Alarm "hot" created', 'Alarm "hot" updated']);
  expect(summaries(await history({ NextToken: page.NextToken, ScanBy: "TimestampAscending" }))).toHaveLength(
    4,
  );
  expect(await history({ AlarmTypes: ["CompositeAlarm"] })).toEqual([]);
  await cloud.runtime.clock.advance(31 * 86_400_000);
  expect(await history({ AlarmName: "hot" })).toEqual([]);
});

it("says why an alarm is in its state as AWS was recorded to", async () => {
  const alarm = async (AlarmName: string) =>
    (await cw("DescribeAlarms", { AlarmNames: [AlarmName] })).MetricAlarms[0];
  const put = (AlarmName: string, MetricName: string, TreatMissingData: string, EvaluationPeriods = 2) =>
    cw("PutMetricAlarm", {
      AlarmName,
      Namespace: "why",
      MetricName,
      Period: 3600,
      EvaluationPeriods,
      Statistic: "Average",
      Threshold: 2,
      Unit: "Seconds",
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData,
    });
  await put("silent", "none", "breaching");
  expect(await alarm("silent")).toMatchObject({
    StateValue: "ALARM",
    StateReason:
      "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as [Breaching].",
  });
  expect(JSON.parse((await alarm("silent")).StateReasonData)).toMatchObject({
    version: "1.0",
    unit: "Seconds",
    recentDatapoints: [],
    evaluatedDatapoints: [{ timestamp: expect.any(String) }, { timestamp: expect.any(String) }],
  });
  await put("ignoring", "none", "ignore");
  expect(await alarm("ignoring")).toMatchObject({
    StateValue: "INSUFFICIENT_DATA",
    StateReason: "Unchecked: Initial alarm creation",
  });
  await put("heard", "some", "notBreaching", 1);
  const MetricData = [20, 23].map((Value) => ({ MetricName: "some", Value, Unit: "Seconds" }));
  await cw("PutMetricData", { Namespace: "why", MetricData });
  await cw("SetAlarmState", { AlarmName: "ignoring", StateValue: "OK", StateReason: "by hand" });
  expect(await alarm("ignoring")).toMatchObject({ StateValue: "OK", StateReason: "by hand" });
  expect((await alarm("heard")).StateReason).toMatch(
    /^Threshold Crossed: 1 datapoint \[21\.5 \(\d\d\/\d\d\/\d\d \d\d:\d\d:\d0\)\] was greater than the threshold \(2\.0\)\.$/,
  );
});

it("keeps units and labels apart", async () => {
  const units = ["Seconds", "Milliseconds"].map((Unit, index) => ({
    MetricName: "u",
    Value: index + 1,
    Unit,
  }));
  await cw("PutMetricData", { Namespace: "units", MetricData: units });
  const range = { StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date(Date.now() + 600_000) };
  const { Datapoints } = await cw("GetMetricStatistics", {
    Namespace: "units",
    MetricName: "u",
    Period: 3600,
    Statistics: ["Sum"],
    ...range,
  });
  expect(Datapoints).toHaveLength(2);
  const query = (Id: string, Stat: string, Period: number) => ({
    Id,
    MetricStat: { Metric: { Namespace: "units", MetricName: "u" }, Stat, Period },
  });
  const { MetricDataResults } = await cw("GetMetricData", {
    MetricDataQueries: [query("a", "Sum", 60), query("b", "Minimum", 3600)],
    ...range,
  });
  expect(MetricDataResults).toMatchObject([
    {
      Label: "u Sum 60",
      Values: [2],
      Messages: [{ Code: "MultipleUnits", Value: "Multiple units returned: '[Milliseconds, Seconds]'" }],
    },
    { Label: "u Minimum 3600" },
  ]);
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

it("knows what an alarm is to do when it decides who may set it", async () => {
  const Action = "cloudwatch:PutMetricAlarm";
  await cloud.call("iam", "CreateUser", { UserName: "alarmist" });
  await cloud.call("iam", "PutUserPolicy", {
    UserName: "alarmist",
    PolicyName: "p",
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action, Resource: "*" },
        {
          Effect: "Deny",
          Action,
          Resource: "*",
          Condition: { "ForAnyValue:StringLike": { "cloudwatch:AlarmActions": "arn:aws:swf:*" } },
        },
      ],
    }),
  });
  const arn = `arn:aws:iam::${cloud.account}:user/alarmist`;
  const principal = { kind: "user", arn, account: cloud.account, userName: "alarmist", userId: "AIDA" };
  const caller = { principal, account: cloud.account, arn, userId: "AIDA" } as never;
  const put = (OKActions: string[]) =>
    cloud.call(
      "cloudwatch",
      "PutMetricAlarm",
      {
        AlarmName: "a",
        Namespace: "n",
        MetricName: "m",
        Period: 60,
        EvaluationPeriods: 1,
        Statistic: "Sum",
        Threshold: 1,
        ComparisonOperator: "GreaterThanThreshold",
        OKActions,
      },
      { caller },
    );
  await put(["arn:aws:sns:us-east-1:111122223333:t"]);
  await expect(put(["arn:aws:swf:us-east-1:111122223333:action/x"])).rejects.toMatchObject({
    code: expect.stringMatching(/^AccessDenied/),
  });
});

it("lists none of what cannot be made here", async () => {
  expect(await cw("DescribeAnomalyDetectors")).toEqual({ AnomalyDetectors: [] });
  expect(await cw("DescribeInsightRules")).toEqual({ InsightRules: [] });
  expect(await cw("ListMetricStreams")).toEqual({ Entries: [] });
});
