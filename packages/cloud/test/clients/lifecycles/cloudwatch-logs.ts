import type { Lifecycle } from "../lifecycle.ts";

export const logs: Lifecycle = {
  service: "cloudwatch-logs",
  python: "logs",
  calls: [
    { call: "CreateLogGroup", with: { logGroupName: "/jobs", tags: { team: "a" } } },
    { call: "PutRetentionPolicy", with: { logGroupName: "/jobs", retentionInDays: 7 } },
    {
      call: "PutRetentionPolicy",
      with: { logGroupName: "/jobs", retentionInDays: 8 },
      fails: "InvalidParameterException",
    },
    { call: "CreateLogStream", with: { logGroupName: "/jobs", logStreamName: "one" } },
    {
      call: "PutLogEvents",
      with: {
        logGroupName: "/jobs",
        logStreamName: "one",
        logEvents: [
          { timestamp: "${now}", message: "job ended" },
          { timestamp: "${now}", message: "ERROR disk full" },
        ],
      },
      expect: { nextSequenceToken: "*" },
    },
    {
      call: "FilterLogEvents",
      with: { logGroupName: "/jobs", filterPattern: "ERROR" },
      expect: { "events.0.message": "ERROR disk full", "events.1": null },
    },
    {
      call: "DescribeLogGroups",
      with: { logGroupNamePrefix: "/j" },
      expect: { "logGroups.0.retentionInDays": 7 },
    },
    { call: "DeleteLogGroup", with: { logGroupName: "/jobs" } },
    {
      call: "GetLogEvents",
      with: { logGroupName: "/jobs", logStreamName: "one" },
      fails: "ResourceNotFoundException",
    },
  ],
};
