/** What the platform consists of. */
import type { Diagram } from "./model.ts";

export const architecture: Diagram = {
  name: "architecture",
  title: "The platform of the labs",
  description:
    "Two domains in one account and one VPC. Each user has a profile with a role; jobs run under roles of their own; data, keys and logs are shared services.",
  groups: [
    {
      title: "people",
      columns: [
        [
          { id: "scientist", text: ["user1", "data scientist, team-a"], kind: "user" },
          { id: "mlops", text: ["user2", "MLOps engineer, team-b"], kind: "user" },
          { id: "other", text: ["user1", "domain research"], kind: "user" },
        ],
      ],
    },
    {
      title: "SageMaker: account, region",
      columns: [
        [
          { id: "bank", text: ["domain bank", "IAM mode, VpcOnly"], kind: "own" },
          { id: "research", text: ["domain research", "IAM mode, VpcOnly"], kind: "own" },
        ],
        [
          { id: "roles", text: ["role of a person", "one a team and persona"], kind: "own" },
          { id: "jobroles", text: ["roles of jobs", "one a kind of workload"], kind: "own" },
        ],
      ],
    },
    {
      title: "what they work with",
      columns: [
        [
          { id: "vpc", text: ["private subnets", "two zones, endpoints"], kind: "wall" },
          { id: "s3", text: ["S3 buckets", "data and artifacts"], kind: "data" },
          { id: "kms", text: ["KMS keys", "studio, jobs, data"], kind: "key" },
          { id: "logs", text: ["logs and trail", "flow logs, CloudTrail"], kind: "aws" },
        ],
      ],
    },
  ],
  arrows: [
    { from: "scientist", to: "bank" },
    { from: "mlops", to: "bank" },
    { from: "other", to: "research" },
    { from: "bank", to: "roles", label: "profile" },
    { from: "research", to: "roles" },
    { from: "roles", to: "jobroles", label: "PassRole" },
    { from: "roles", to: "vpc" },
    { from: "roles", to: "s3" },
    { from: "jobroles", to: "s3" },
    { from: "jobroles", to: "kms" },
    { from: "jobroles", to: "logs" },
  ],
};
