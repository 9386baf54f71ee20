/** Every service of the local cloud, a line each; the handlers are small and load at start, the wire schemas on first use. */
import type { Service } from "../service.ts";

// biome-ignore lint/suspicious/noExplicitAny: each service is typed by its own SDK client
type AnyService = Service<any>;

export const services: (() => Promise<{ service: AnyService }>)[] = [
  // keep sorted, one line a service, so that merges stay easy
  () => import("./cloudtrail/service.ts"),
  () => import("./cloudwatch-logs/service.ts"),
  () => import("./cloudwatch/service.ts"),
  () => import("./cloudformation/service.ts"),
  () => import("./ec2/service.ts"),
  () => import("./ecr/service.ts"),
  () => import("./efs/service.ts"),
  () => import("./iam/service.ts"),
  () => import("./identitystore/service.ts"),
  () => import("./organizations/service.ts"),
  () => import("./s3/service.ts"),
  () => import("./s3-control/service.ts"),
  () => import("./kms/service.ts"),
  () => import("./network-firewall/service.ts"),
  () => import("./sagemaker/service.ts"),
  () => import("./ssm/service.ts"),
  () => import("./sso-admin/service.ts"),
  () => import("./sts/service.ts"),
  () => import("./sagemaker-runtime/service.ts"),
  () => import("./service-catalog/service.ts"),
  () => import("./service-quotas/service.ts"),
];
