/** Ways out of Studio and of jobs. */
import type { Diagram } from "./model.ts";

export const network: Diagram = {
  name: "network",
  title: "Ways out of a VpcOnly domain",
  description:
    "Studio and jobs have interfaces in private subnets. They reach AWS through endpoints only; there is no way to the internet until NAT, better with a firewall before it, is added. A service without an endpoint cannot be reached.",
  groups: [
    {
      title: "VPC 192.168.0.0/16",
      columns: [
        [
          { id: "studio", text: ["Studio", "private subnet"], kind: "own" },
          { id: "jobs", text: ["jobs", "private subnet"], kind: "own" },
          { id: "efs", text: ["EFS mount target", "home directories"], kind: "data" },
        ],
        [
          {
            id: "interface",
            text: ["interface endpoints", "sagemaker, sts, ssm, …", "port 443"],
            kind: "wall",
          },
          { id: "gateway", text: ["gateway endpoint", "S3"], kind: "wall" },
          { id: "nat", text: ["NAT (variant)", "firewall before it"], kind: "wall" },
        ],
      ],
    },
    {
      title: "outside",
      columns: [
        [
          { id: "services", text: ["AWS services", "with an endpoint"], kind: "aws" },
          { id: "s3", text: ["Amazon S3"], kind: "data" },
          { id: "internet", text: ["internet", "pip, conda, …"], kind: "aws" },
          { id: "ec2", text: ["services without", "an endpoint: EC2"], kind: "aws" },
        ],
      ],
    },
  ],
  arrows: [
    { from: "studio", to: "interface", label: "443" },
    { from: "studio", to: "gateway" },
    { from: "jobs", to: "gateway" },
    { from: "jobs", to: "efs", label: "NFS" },
    { from: "interface", to: "services" },
    { from: "gateway", to: "s3" },
    { from: "nat", to: "internet" },
    { from: "nat", to: "ec2" },
    { from: "jobs", to: "nat", label: "none at first", blocked: true },
  ],
};
