/** Flow logs of the VPC: packets that were refused, to a log group encrypted with a key of its own. */

import { CfnFlowLog } from "aws-cdk-lib/aws-ec2";
import { CfnManagedPolicy, CfnRole } from "aws-cdk-lib/aws-iam";
import { CfnAlias, CfnKey } from "aws-cdk-lib/aws-kms";
import { CfnLogGroup } from "aws-cdk-lib/aws-logs";
import { CfnDeletionPolicy } from "aws-cdk-lib/core";
import { accountAdministration } from "../policies/keys.ts";
import { document, type Statement } from "../policies/statement.ts";
import { acceptWildcards } from "./acknowledged.ts";
import type { PlatformStack } from "./platform-stack.ts";

export function buildFlowLogs(stack: PlatformStack, vpc: string): void {
  const { platform, arns } = stack;
  if (platform.network.flowLogs === "none") return;
  const name = `/sagekeep/${platform.name}/flow-logs`;
  const logs = new CfnLogGroup(stack, "FlowLogGroup", {
    logGroupName: name,
    retentionInDays: platform.network.flowLogDays,
    ...(platform.controls.keys === "customer" ? { kmsKeyId: logKey(stack, name) } : {}),
    tags: stack.labels(),
  });
  logs.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  logs.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
  const role = new CfnRole(stack, "FlowLogRole", {
    roleName: `${platform.name}-flow-logs`,
    description: "VPC flow logs write to their log group",
    assumeRolePolicyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "vpc-flow-logs.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": platform.account } },
        },
      ],
    },
    tags: stack.labels(),
  });
  const statements: Statement[] = [
    {
      Sid: "WriteFlowLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
      Resource: [arns.arn("logs", `log-group:${name}:*`)],
    },
  ];
  const policy = new CfnManagedPolicy(stack, "FlowLogPolicy", {
    managedPolicyName: `${platform.name}-flow-logs`,
    description: "VPC flow logs write to their log group",
    roles: [role.ref],
    policyDocument: document(statements),
  });
  acceptWildcards(policy, statements);
  new CfnFlowLog(stack, "FlowLog", {
    resourceId: vpc,
    resourceType: "VPC",
    trafficType: platform.network.flowLogs === "all" ? "ALL" : "REJECT",
    logDestinationType: "cloud-watch-logs",
    logGroupName: logs.ref,
    deliverLogsPermissionArn: role.attrArn,
    maxAggregationInterval: 60,
    tags: stack.labels({ Name: platform.name }),
  });
}

function logKey(stack: PlatformStack, group: string): string {
  const { platform, arns } = stack;
  const key = new CfnKey(stack, "LogKey", {
    description: `${platform.name}: logs`,
    enableKeyRotation: true,
    pendingWindowInDays: 30,
    keyPolicy: {
      Version: "2012-10-17",
      Statement: [
        accountAdministration(arns),
        {
          Sid: "Logs",
          Effect: "Allow",
          Principal: { Service: `logs.${platform.region}.${platform.dnsSuffix}` },
          Action: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
          Resource: "*",
          Condition: {
            ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arns.arn("logs", `log-group:${group}`) },
          },
        },
      ],
    },
    tags: stack.labels({ purpose: "logs" }),
  });
  key.cfnOptions.deletionPolicy = CfnDeletionPolicy.DELETE;
  key.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE;
  stack.explain(key, { wildcards: { "*": "in a key policy `*` is the key itself" } });
  new CfnAlias(stack, "LogKeyAlias", {
    aliasName: `alias/${platform.name}-logs`,
    targetKeyId: key.attrKeyId,
  });
  return key.attrArn;
}
