/** Further reading: AWS's own pages on what lab 2 is about. */
import type { Lab } from "../../model.ts";

export const furtherReading: Lab["furtherReading"] = [
  {
    title: "Protect data at rest using encryption (SageMaker AI Developer Guide)",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html",
  },
  {
    title: "Actions, resources, and condition keys for Amazon SageMaker AI (Service Authorization Reference)",
    url: "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html",
  },
  {
    title: "Isolate domain resources (SageMaker AI Developer Guide)",
    url: "https://docs.aws.amazon.com/sagemaker/latest/dg/domain-resource-isolation.html",
  },
  {
    title: "Key policies in AWS KMS",
    url: "https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html",
  },
  {
    title: "Control access to VPC endpoints using endpoint policies",
    url: "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
  },
  {
    title: "Managing access to shared datasets with access points (Amazon S3)",
    url: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points.html",
  },
  {
    title: "IAM condition operators: ANDed blocks, missing keys, Null and IfExists",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
  },
  {
    title: "Define permissions based on attributes with ABAC authorization (IAM)",
    url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/introduction_attribute-based-access-control.html",
  },
  {
    title: "Building a data perimeter on AWS",
    url: "https://docs.aws.amazon.com/whitepapers/latest/building-a-data-perimeter-on-aws/building-a-data-perimeter-on-aws.html",
  },
  {
    title: "SageMaker Studio Administration Best Practices",
    url: "https://docs.aws.amazon.com/whitepapers/latest/sagemaker-studio-admin-best-practices/sagemaker-studio-admin-best-practices.html",
  },
];
