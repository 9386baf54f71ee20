/** Where AWS explains what lab 3 uses. */
import type { Lab } from "../../model.ts";

export const furtherReading: Lab["furtherReading"] = [
  {
    title: "Actions, resources, and condition keys for Amazon SageMaker",
    url: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html",
  },
  {
    title: "Log groups and streams that Amazon SageMaker AI sends to CloudWatch Logs",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/logging-cloudwatch.html",
  },
  {
    title: "Monitoring user resource access from SageMaker AI Studio with sourceIdentity",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/monitor-user-access.html",
  },
  {
    title: "Monitor and control actions taken with assumed roles",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html",
  },
  {
    title: "Multivalued context keys: ForAllValues and ForAnyValue",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html",
  },
  {
    title: "IAM policy elements: variables and tags",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html",
  },
  {
    title: "Give SageMaker AI access to resources in your Amazon VPC",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/infrastructure-give-access.html",
  },
  {
    title: "Run training and inference containers in internet-free mode",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
  },
  {
    title: "Service control policies",
    url: "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html",
  },
  {
    title: "Security Hub controls for SageMaker",
    url: "https://docs.aws.amazon.com/securityhub/latest/userguide/sagemaker-controls.html",
  },
  {
    title: "List of AWS Config managed rules",
    url: "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html",
  },
  {
    title: "Events that Amazon SageMaker AI sends to Amazon EventBridge",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html",
  },
  {
    title: "Logging requests with server access logging",
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html",
  },
  {
    title: "Creating CloudWatch alarms for CloudTrail events",
    url: "https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudwatch-alarms-for-cloudtrail.html",
  },
  {
    title: "Managing your costs with AWS Budgets",
    url: "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html",
  },
];
