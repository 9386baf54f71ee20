/** Which key protects what, and who may use it. */
import type { Diagram } from "./model.ts";

export const keys: Diagram = {
  name: "keys",
  title: "Three keys",
  description:
    "One key for Studio's storage, one for the volumes of jobs, one for data in S3. SageMaker uses the first two through grants; the third is used through S3, or through the KMS endpoint of our VPC.",
  groups: [
    {
      title: "who asks",
      columns: [
        [
          { id: "sagemaker", text: ["SageMaker", "for AWS resources only"], kind: "aws" },
          { id: "people", text: ["roles of people"], kind: "user" },
          { id: "jobs", text: ["roles of jobs"], kind: "own" },
        ],
      ],
    },
    {
      title: "key",
      columns: [
        [
          { id: "studio", text: ["key studio"], kind: "key" },
          { id: "volume", text: ["key jobs"], kind: "key" },
          { id: "data", text: ["key data"], kind: "key" },
        ],
      ],
    },
    {
      title: "protects",
      columns: [
        [
          { id: "efs", text: ["EFS and EBS", "of Studio"], kind: "data" },
          { id: "ebs", text: ["volumes of jobs"], kind: "data" },
          { id: "s3", text: ["objects in S3", "data and results"], kind: "data" },
        ],
      ],
    },
  ],
  arrows: [
    { from: "sagemaker", to: "studio", label: "grant" },
    { from: "sagemaker", to: "volume", label: "grant" },
    { from: "people", to: "data", label: "via S3" },
    { from: "jobs", to: "data", label: "via S3" },
    { from: "studio", to: "efs" },
    { from: "volume", to: "ebs" },
    { from: "data", to: "s3" },
  ],
};
