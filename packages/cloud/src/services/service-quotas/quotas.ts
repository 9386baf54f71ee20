/**
 * The quotas that the local cloud knows: those it enforces, with AWS's default values. Codes are made from the names
 * in the form AWS gives them (`L-` and eight hex digits) unless AWS's own is known; names are AWS's.
 */
import { createHash } from "node:crypto";

export interface Quota {
  service: string;
  name: string;
  code: string;
  value: number;
  unit: string;
  adjustable: boolean;
}

export const serviceNames: Record<string, string> = {
  sagemaker: "Amazon SageMaker",
  iam: "AWS Identity and Access Management (IAM)",
  vpc: "Amazon Virtual Private Cloud (Amazon VPC)",
  servicecatalog: "AWS Service Catalog",
};

/** How an instance type is used, as quota names say it. */
export const USAGES = [
  "training job usage",
  "processing job usage",
  "transform job usage",
  "endpoint usage",
  "notebook instance usage",
  "cluster usage",
] as const;

/** Instance types with quotas of their own; others share the default. */
export const INSTANCE_TYPES = [
  "ml.t3.medium",
  "ml.t3.large",
  "ml.t3.xlarge",
  "ml.m5.large",
  "ml.m5.xlarge",
  "ml.m5.2xlarge",
  "ml.m5.4xlarge",
  "ml.c5.xlarge",
  "ml.c5.2xlarge",
  "ml.g4dn.xlarge",
  "ml.g5.xlarge",
  "ml.g5.2xlarge",
  "ml.p3.2xlarge",
  "ml.p4d.24xlarge",
] as const;

/** Accelerated types start at none, as in a new account of AWS; the others at a value that lets the examples run. */
export const instanceDefault = (type: string): number => (/^ml\.(p|g|trn|inf|dl)\d/.test(type) ? 0 : 100);

/** Studio names its usages after the kind of app. */
export const APP_USAGES = [
  "Studio JupyterLab Apps running on",
  "Studio CodeEditor Apps running on",
  "Studio KernelGateway Apps running on",
];

/** AWS's own codes: docs.aws.amazon.com/general/latest/gr/iam-service.html, …/vpc/latest/userguide/amazon-vpc-limits.html */
const CODES: Readonly<Record<string, string>> = {
  "iam/Roles per account": "L-FE177D64",
  "iam/Managed policies per role": "L-0DA4ABF3",
  "iam/Customer managed policies per account": "L-E95E4862",
  "vpc/VPCs per Region": "L-F678F1CE",
  "vpc/Interface VPC endpoints per VPC": "L-29B6F2EB",
};

export const codeOf = (service: string, name: string): string =>
  CODES[`${service}/${name}`] ??
  `L-${createHash("sha256").update(`${service}/${name}`).digest("hex").slice(0, 8).toUpperCase()}`;

const quota = (service: string, name: string, value: number, adjustable = true, unit = "None"): Quota => ({
  service,
  name,
  code: codeOf(service, name),
  value,
  unit,
  adjustable,
});

export const quotas: readonly Quota[] = [
  quota("sagemaker", "Domains", 10),
  quota("sagemaker", "Maximum number of Studio user profiles allowed per account", 60),
  quota("sagemaker", "Maximum number of running Studio apps allowed per account", 20),
  ...INSTANCE_TYPES.flatMap((type) => [
    ...USAGES.map((usage) => quota("sagemaker", `${type} for ${usage}`, instanceDefault(type))),
    ...APP_USAGES.map((usage) => quota("sagemaker", `${usage} ${type} instances`, instanceDefault(type))),
  ]),
  quota("iam", "Roles per account", 1000),
  quota("iam", "Managed policies per role", 10),
  quota("iam", "Customer managed policies per account", 1500),
  quota("vpc", "VPCs per Region", 5),
  quota("vpc", "Interface VPC endpoints per VPC", 50),
  quota("servicecatalog", "Portfolios per Region", 100),
];

export const findQuota = (service: string, code: string): Quota | undefined =>
  quotas.find((one) => one.service === service && one.code === code);
