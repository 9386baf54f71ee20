/**
 * Every service of the local cloud. Those that others call at every turn are there from the start; the others load when
 * they are first called. The wire schemas of all load on first use.
 */
import type { LateService, Service } from "../service.ts";
import { service as cloudtrail } from "./cloudtrail/service.ts";
import { service as iam } from "./iam/service.ts";
import { service as kms } from "./kms/service.ts";
import { service as s3 } from "./s3/service.ts";
import { service as sts } from "./sts/service.ts";

// biome-ignore lint/suspicious/noExplicitAny: each service is typed by its own SDK client
export const services: readonly Service<any>[] = [cloudtrail, iam, kms, s3, sts];

export const lateServices: readonly LateService[] = [
  // keep sorted, one line a service, so that merges stay easy
  {
    key: "cloudformation",
    tables: "cloudformation.",
    needs: ["ec2"],
    load: () => import("./cloudformation/service.ts"),
  },
  { key: "cloudwatch", tables: "cloudwatch.", load: () => import("./cloudwatch/service.ts") },
  {
    key: "cloudwatch-logs",
    tables: "logs.",
    needs: ["cloudwatch"],
    load: () => import("./cloudwatch-logs/service.ts"),
  },
  { key: "ec2", tables: "ec2.", load: () => import("./ec2/service.ts") },
  { key: "ecr", tables: "ecr.", load: () => import("./ecr/service.ts") },
  { key: "efs", tables: "efs.", load: () => import("./efs/service.ts") },
  { key: "identitystore", tables: "identitystore.", load: () => import("./identitystore/service.ts") },
  {
    key: "network-firewall",
    tables: "network-firewall.",
    load: () => import("./network-firewall/service.ts"),
  },
  { key: "organizations", tables: "organizations.", load: () => import("./organizations/service.ts") },
  { key: "s3-control", load: () => import("./s3-control/service.ts") },
  {
    key: "sagemaker",
    tables: "sagemaker.",
    needs: ["ec2", "sso-admin", "identitystore"],
    load: () => import("./sagemaker/service.ts"),
  },
  { key: "sagemaker-runtime", needs: ["sagemaker"], load: () => import("./sagemaker-runtime/service.ts") },
  {
    key: "secrets-manager",
    tables: "secretsmanager.",
    load: () => import("./secrets-manager/service.ts"),
  },
  { key: "service-catalog", tables: "service-catalog.", load: () => import("./service-catalog/service.ts") },
  { key: "service-quotas", tables: "service-quotas.", load: () => import("./service-quotas/service.ts") },
  { key: "ssm", tables: "ssm.", load: () => import("./ssm/service.ts") },
  { key: "sso-admin", tables: "sso.", load: () => import("./sso-admin/service.ts") },
  {
    key: "vpc-lattice",
    tables: "vpc-lattice.",
    needs: ["ec2"],
    load: () => import("./vpc-lattice/service.ts"),
  },
];
