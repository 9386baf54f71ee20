/** Resources that are there already: where the API would change them, the stack fails, as on AWS, and leaves them. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cloud, startCloud } from "../../cloud.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud();
  const { account } = cloud;
  const policy = (Sid: string) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid,
          Effect: "Allow",
          Principal: { AWS: account },
          Action: "s3:ListBucket",
          Resource: "arn:aws:s3:::mine",
        },
      ],
    });
  await cloud.call("s3", "CreateBucket", { Bucket: "mine" });
  await cloud.call("s3", "PutBucketPolicy", { Bucket: "mine", Policy: policy("Old") });
  await cloud.call("cloudwatch-logs", "CreateLogGroup", { logGroupName: "g" });
  await cloud.call("cloudwatch-logs", "PutMetricFilter", {
    logGroupName: "g",
    filterName: "f",
    filterPattern: "old",
    metricTransformations: [{ metricName: "m", metricNamespace: "n", metricValue: "1" }],
  });
  await cloud.call("cloudwatch", "PutDashboard", { DashboardName: "board", DashboardBody: "{}" });
  await cloud.call("cloudwatch", "PutMetricAlarm", {
    AlarmName: "bell",
    ComparisonOperator: "GreaterThanThreshold",
    EvaluationPeriods: 1,
    MetricName: "m",
    Namespace: "n",
    Period: 60,
    Statistic: "Sum",
    Threshold: 7,
  });
});
afterAll(() => cloud.close());

const alarm =
  "{AlarmName: bell, ComparisonOperator: GreaterThanThreshold, EvaluationPeriods: 1, MetricName: m, Namespace: n, Period: 60, Statistic: Sum, Threshold: 1}";
const policy =
  "{Bucket: mine, PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::mine/*'}]}}";
const filter =
  "{LogGroupName: g, FilterName: f, FilterPattern: new, MetricTransformations: [{MetricName: m, MetricNamespace: n, MetricValue: '1'}]}";

describe("what is there already", () => {
  it.each([
    [
      "AWS::S3::Bucket",
      "{BucketName: mine}",
      "mine already exists (Service: S3, Status Code: 0, Request ID: null)",
    ],
    ["AWS::S3::BucketPolicy", policy, "The bucket policy already exists on bucket mine."],
    [
      "AWS::CloudWatch::Alarm",
      alarm,
      "Resource of type 'AWS::CloudWatch::Alarm' with identifier 'bell' already exists.",
    ],
    [
      "AWS::CloudWatch::Dashboard",
      "{DashboardName: board, DashboardBody: '{\"widgets\":[]}'}",
      "Resource of type 'AWS::CloudWatch::Dashboard' with identifier 'board' already exists.",
    ],
    ["AWS::Logs::MetricFilter", filter, "already exists."],
  ])("fails %s", async (type, properties, message) => {
    const StackName = type.replaceAll("::", "-");
    await cloud.call("cloudformation", "CreateStack", {
      StackName,
      TemplateBody: `Resources: {R: {Type: '${type}', Properties: ${properties}}}`,
    });
    const { StackEvents } = await cloud.call("cloudformation", "DescribeStackEvents", { StackName });
    const failed = StackEvents.find(
      (one: { ResourceStatus: string; ResourceType: string }) =>
        one.ResourceStatus === "CREATE_FAILED" && one.ResourceType === type,
    );
    expect(failed.ResourceStatusReason).toContain(message);
    expect(failed.ResourceStatusReason).toContain("HandlerErrorCode: AlreadyExists)");
  });

  it("is as it was", async () => {
    expect((await cloud.call("s3", "GetBucketPolicy", { Bucket: "mine" })).Policy).toContain("Old");
    const { MetricAlarms } = await cloud.call("cloudwatch", "DescribeAlarms", {});
    expect(MetricAlarms).toMatchObject([{ AlarmName: "bell", Threshold: 7 }]);
    const { metricFilters } = await cloud.call("cloudwatch-logs", "DescribeMetricFilters", {});
    expect(metricFilters).toMatchObject([{ filterName: "f", filterPattern: "old" }]);
    expect((await cloud.call("cloudwatch", "GetDashboard", { DashboardName: "board" })).DashboardBody).toBe(
      "{}",
    );
  });
});
