/** Every mounted service's life. */
import type { Lifecycle } from "../lifecycle.ts";
import { cloudformation } from "./cloudformation.ts";
import { cloudtrail } from "./cloudtrail.ts";
import { cloudwatch } from "./cloudwatch.ts";
import { logs } from "./cloudwatch-logs.ts";
import { ec2 } from "./ec2.ts";
import { ecr } from "./ecr.ts";
import { efs } from "./efs.ts";
import { iam } from "./iam.ts";
import { identitystore, ssoAdmin } from "./identity-center.ts";
import { kms } from "./kms.ts";
import { networkFirewall } from "./network-firewall.ts";
import { organizations } from "./organizations.ts";
import { s3 } from "./s3.ts";
import { s3Control } from "./s3-control.ts";
import { sagemaker, sagemakerRuntime } from "./sagemaker.ts";
import { secretsManager } from "./secrets-manager.ts";
import { serviceCatalog, serviceQuotas } from "./service-catalog.ts";
import { ssm } from "./ssm.ts";
import { sts } from "./sts.ts";
import { vpcLattice } from "./vpc-lattice.ts";

export const lifecycles: readonly Lifecycle[] = [
  kms,
  sts,
  iam,
  s3,
  s3Control,
  ssm,
  logs,
  cloudwatch,
  cloudtrail,
  ec2,
  ecr,
  efs,
  cloudformation,
  organizations,
  ssoAdmin,
  identitystore,
  networkFirewall,
  sagemaker,
  sagemakerRuntime,
  serviceCatalog,
  serviceQuotas,
  secretsManager,
  vpcLattice,
];
