import type { Lifecycle } from "../lifecycle.ts";

export const cloudwatch: Lifecycle = {
  service: "cloudwatch",
  calls: [
    {
      call: "PutMetricData",
      with: {
        Namespace: "Lab",
        MetricData: [{ MetricName: "Cost", Value: 12.5, Dimensions: [{ Name: "team", Value: "a" }] }],
      },
    },
    { call: "ListMetrics", with: { Namespace: "Lab" }, expect: { "Metrics.0.Dimensions.0.Value": "a" } },
    {
      call: "PutMetricAlarm",
      with: {
        AlarmName: "dear",
        Namespace: "Lab",
        MetricName: "Cost",
        Statistic: "Maximum",
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 10.5,
        ComparisonOperator: "GreaterThanThreshold",
      },
    },
    { call: "DescribeAlarms", with: { AlarmNames: ["dear"] }, expect: { "MetricAlarms.0.Threshold": 10.5 } },
    {
      call: "SetAlarmState",
      with: { AlarmName: "none", StateValue: "OK", StateReason: "x" },
      fails: "ResourceNotFound",
    },
    { call: "DeleteAlarms", with: { AlarmNames: ["dear"] } },
  ],
};
