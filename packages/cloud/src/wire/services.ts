/**
 * The mounted services and how to load their models.
 *
 * Each import is resolved lazily, on the service's first request. From source it is the SDK client; in the bundle
 * (tools/build.mjs) only the client's schemas, which are a tenth of it.
 */
import metas from "../generated/meta.json" with { type: "json" };
import type { ServiceMeta } from "./model.ts";
import { ServiceModel } from "./model.ts";
import type { ConstraintData } from "./validate.ts";

export type ServiceKey = keyof typeof metas;

type Load = () => Promise<unknown>;

const schemas: Record<ServiceKey, Load> = {
  cloudformation: () => import("@aws-sdk/client-cloudformation"),
  cloudtrail: () => import("@aws-sdk/client-cloudtrail"),
  cloudwatch: () => import("@aws-sdk/client-cloudwatch"),
  "cloudwatch-logs": () => import("@aws-sdk/client-cloudwatch-logs"),
  ec2: () => import("@aws-sdk/client-ec2"),
  ecr: () => import("@aws-sdk/client-ecr"),
  efs: () => import("@aws-sdk/client-efs"),
  iam: () => import("@aws-sdk/client-iam"),
  identitystore: () => import("@aws-sdk/client-identitystore"),
  kms: () => import("@aws-sdk/client-kms"),
  "network-firewall": () => import("@aws-sdk/client-network-firewall"),
  organizations: () => import("@aws-sdk/client-organizations"),
  s3: () => import("@aws-sdk/client-s3"),
  "s3-control": () => import("@aws-sdk/client-s3-control"),
  sagemaker: () => import("@aws-sdk/client-sagemaker"),
  "sagemaker-runtime": () => import("@aws-sdk/client-sagemaker-runtime"),
  "secrets-manager": () => import("@aws-sdk/client-secrets-manager"),
  "service-catalog": () => import("@aws-sdk/client-service-catalog"),
  "service-quotas": () => import("@aws-sdk/client-service-quotas"),
  ssm: () => import("@aws-sdk/client-ssm"),
  "sso-admin": () => import("@aws-sdk/client-sso-admin"),
  sts: () => import("@aws-sdk/client-sts"),
  "vpc-lattice": () => import("@aws-sdk/client-vpc-lattice"),
};

const constraints: Record<ServiceKey, Load> = {
  cloudformation: () => import("../generated/constraints/cloudformation.json", { with: { type: "json" } }),
  cloudtrail: () => import("../generated/constraints/cloudtrail.json", { with: { type: "json" } }),
  cloudwatch: () => import("../generated/constraints/cloudwatch.json", { with: { type: "json" } }),
  "cloudwatch-logs": () =>
    import("../generated/constraints/cloudwatch-logs.json", { with: { type: "json" } }),
  ec2: () => import("../generated/constraints/ec2.json", { with: { type: "json" } }),
  ecr: () => import("../generated/constraints/ecr.json", { with: { type: "json" } }),
  efs: () => import("../generated/constraints/efs.json", { with: { type: "json" } }),
  iam: () => import("../generated/constraints/iam.json", { with: { type: "json" } }),
  identitystore: () => import("../generated/constraints/identitystore.json", { with: { type: "json" } }),
  kms: () => import("../generated/constraints/kms.json", { with: { type: "json" } }),
  "network-firewall": () =>
    import("../generated/constraints/network-firewall.json", { with: { type: "json" } }),
  organizations: () => import("../generated/constraints/organizations.json", { with: { type: "json" } }),
  s3: () => import("../generated/constraints/s3.json", { with: { type: "json" } }),
  "s3-control": () => import("../generated/constraints/s3-control.json", { with: { type: "json" } }),
  sagemaker: () => import("../generated/constraints/sagemaker.json", { with: { type: "json" } }),
  "sagemaker-runtime": () =>
    import("../generated/constraints/sagemaker-runtime.json", { with: { type: "json" } }),
  "secrets-manager": () =>
    import("../generated/constraints/secrets-manager.json", { with: { type: "json" } }),
  "service-catalog": () =>
    import("../generated/constraints/service-catalog.json", { with: { type: "json" } }),
  "service-quotas": () => import("../generated/constraints/service-quotas.json", { with: { type: "json" } }),
  ssm: () => import("../generated/constraints/ssm.json", { with: { type: "json" } }),
  "sso-admin": () => import("../generated/constraints/sso-admin.json", { with: { type: "json" } }),
  sts: () => import("../generated/constraints/sts.json", { with: { type: "json" } }),
  "vpc-lattice": () => import("../generated/constraints/vpc-lattice.json", { with: { type: "json" } }),
};

/** Every mounted service. */
export const serviceKeys = Object.keys(metas) as ServiceKey[];

/** Facts of a service that need no loading. */
export function metaOf(key: ServiceKey): ServiceMeta {
  return metas[key] as ServiceMeta;
}

const models = new Map<ServiceKey, ServiceModel>();
const loading = new Map<ServiceKey, Promise<ServiceModel>>();

/** The model, when it has been loaded. */
export function loadedModel(key: ServiceKey): ServiceModel | undefined {
  return models.get(key);
}

/** The model of a service and, with it, its constraints; loaded once. */
export function loadModel(key: ServiceKey): Promise<ServiceModel> {
  let promise = loading.get(key);
  if (!promise) {
    promise = load(key);
    loading.set(key, promise);
  }
  return promise;
}

const constraintData = new Map<ServiceKey, ConstraintData>();

/** Constraints of a service whose model is loaded. */
export function constraintsOf(key: ServiceKey): ConstraintData | undefined {
  return constraintData.get(key);
}

async function load(key: ServiceKey): Promise<ServiceModel> {
  const [module, data] = await Promise.all([schemas[key](), constraints[key]()]);
  constraintData.set(key, (data as { default: ConstraintData }).default);
  const model = new ServiceModel(key, metaOf(key), module as Record<string, unknown>);
  models.set(key, model);
  return model;
}
