/**
 * Service control policies: what no account of the organization does, its administrators included.
 *
 * SCPs never grant; they bind every principal of the member accounts but service-linked roles. 5,120
 * characters each (AWS Organizations quotas).
 */

import type { Platform } from "@sagekeep/spec";
import type { Scope } from "../scope.ts";
import { document, type Statement } from "./statement.ts";

export interface Guardrail {
  readonly name: string;
  readonly description: string;
  readonly content: object;
}

export function guardrails(scope: Scope): Guardrail[] {
  const { platform } = scope;
  return [
    guardrail(
      platform,
      "private-domains",
      "SageMaker domains and notebooks stay inside a VPC",
      privateDomains(),
    ),
    guardrail(platform, "audit-trail", "nobody stops or weakens the audit trail", auditTrail(platform)),
    guardrail(platform, "regions", "work happens in approved Regions only", regions(platform)),
    guardrail(
      platform,
      "isolation-tags",
      "only deployments change the tags and policies isolation rests on",
      isolationTags(platform),
    ),
  ];
}

function guardrail(
  platform: Platform,
  name: string,
  description: string,
  statements: readonly Statement[],
): Guardrail {
  return { name: `${platform.name}-${name}`, description, content: document(statements) };
}

/** Every key in a statement of its own: conditions of one block are ANDed. */
function privateDomains(): Statement[] {
  const deny = (Sid: string, Action: string[], Condition: Statement["Condition"]): Statement => ({
    Sid,
    Effect: "Deny",
    Action,
    Resource: ["*"],
    ...(Condition === undefined ? {} : { Condition }),
    reason: "any resource of any account",
  });
  return [
    deny("OnlyVpcOnly", ["sagemaker:CreateDomain"], {
      StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
    }),
    deny("NeverBackToPublic", ["sagemaker:UpdateDomain"], {
      Null: { "sagemaker:AppNetworkAccessType": "false" },
      StringNotEquals: { "sagemaker:AppNetworkAccessType": "VpcOnly" },
    }),
    deny("DomainNeedsSubnets", ["sagemaker:CreateDomain"], { Null: { "sagemaker:VpcSubnets": "true" } }),
    deny("NoDirectInternet", ["sagemaker:CreateNotebookInstance"], {
      StringNotEquals: { "sagemaker:DirectInternetAccess": "Disabled" },
    }),
    deny("NotebookNeedsSubnet", ["sagemaker:CreateNotebookInstance"], {
      Null: { "sagemaker:VpcSubnets": "true" },
    }),
    deny("NoRootOnNotebooks", ["sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"], {
      StringEquals: { "sagemaker:RootAccess": "Enabled" },
    }),
    deny("DomainNeedsKey", ["sagemaker:CreateDomain"], { Null: { "sagemaker:VolumeKmsKeyArn": "true" } }),
  ];
}

function auditTrail(platform: Platform): Statement[] {
  return [
    {
      Sid: "KeepTrail",
      Effect: "Deny",
      Action: [
        "cloudtrail:DeleteTrail",
        "cloudtrail:PutEventSelectors",
        "cloudtrail:StopLogging",
        "cloudtrail:UpdateTrail",
        "config:DeleteConfigurationRecorder",
        "config:DeleteDeliveryChannel",
        "config:StopConfigurationRecorder",
        "guardduty:DeleteDetector",
        "guardduty:DisassociateFromAdministratorAccount",
        "securityhub:DisableSecurityHub",
        "access-analyzer:DeleteAnalyzer",
      ],
      Resource: ["*"],
      reason: "every trail, recorder, detector and hub of every account",
    },
    {
      Sid: "KeepFlowLogs",
      Effect: "Deny",
      Action: ["ec2:DeleteFlowLogs"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:ResourceTag/platform": platform.name },
        ArnNotLike: { "aws:PrincipalArn": deployers(platform) },
      },
      reason: "flow logs of the platform, by tag",
    },
  ];
}

function regions(platform: Platform): Statement[] {
  const approved = platform.guardrails?.regions ?? [];
  return [
    {
      Sid: "ApprovedRegions",
      Effect: "Deny",
      // Regional services by name: a denial of everything else would also hit global services.
      Action: [
        "sagemaker:*",
        "ec2:*",
        "s3:CreateBucket",
        "logs:*",
        "ssm:*",
        "elasticfilesystem:*",
        "ecr:*",
        "bedrock:*",
        "lambda:*",
      ],
      Resource: ["*"],
      Condition: {
        StringNotEquals: { "aws:RequestedRegion": approved.length > 0 ? approved : [platform.region] },
      },
      reason: "any resource in another Region",
    },
  ];
}

/** Those who may change isolation: CloudFormation's callers under a name of this shape, and AWS's own deployment roles. */
function deployers(platform: Platform): string[] {
  return [
    `arn:${platform.partition}:iam::*:role/${platform.name}-deployer`,
    `arn:${platform.partition}:iam::*:role/stacksets-exec-*`,
  ];
}

function isolationTags(platform: Platform): Statement[] {
  const roles = [`arn:${platform.partition}:iam::*:role/${platform.name}-*`];
  return [
    {
      Sid: "KeepRoles",
      Effect: "Deny",
      Action: [
        "iam:AttachRolePolicy",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePolicy",
        "iam:TagRole",
        "iam:UntagRole",
        "iam:UpdateAssumeRolePolicy",
      ],
      Resource: roles,
      Condition: { ArnNotLike: { "aws:PrincipalArn": deployers(platform) } },
    },
    {
      Sid: "KeepEndpoints",
      Effect: "Deny",
      Action: ["ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"],
      Resource: ["*"],
      Condition: {
        StringEquals: { "aws:ResourceTag/platform": platform.name },
        ArnNotLike: { "aws:PrincipalArn": deployers(platform) },
      },
      reason: "endpoints of the platform, by tag",
    },
  ];
}
