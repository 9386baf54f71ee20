/**
 * Findings of cdk-nag (AwsSolutions, NIST 800-53 R5, HIPAA) that we accept, each with its reason.
 *
 * Accepted on the construct itself, so that a CDK user who runs cdk-nag over these stacks sees none of them.
 */

import { type CfnResource, Validations } from "aws-cdk-lib/core";
import { isUnbounded, type Statement } from "../policies/statement.ts";

const PACKS = ["NIST.800.53.R5", "HIPAA.Security"] as const;

/** Accepts rules of the AwsSolutions pack by id, and of the other packs by their common suffix. */
export function accept(resource: CfnResource, reasons: Readonly<Record<string, string>>): void {
  for (const [rule, reason] of Object.entries(reasons)) {
    const ids = rule.startsWith("AwsSolutions-") ? [rule] : PACKS.map((pack) => `${pack}-${rule}`);
    Validations.of(resource).acknowledge(...ids.map((id) => ({ id, reason })));
  }
}

/** Accepts each `*` of a policy, one by one, for the reason its statement gives. */
export function acceptWildcards(resource: CfnResource, statements: readonly Statement[]): void {
  const accepted = new Map<string, string>();
  for (const statement of statements) {
    if (statement.Effect === "Deny") continue;
    for (const action of statement.Action)
      if (action.includes("*")) accepted.set(`Action::${action}`, reasonOf(statement));
    for (const one of statement.Resource)
      if (one.includes("*"))
        accepted.set(`Resource::${one.replace(/\$\{([^}]*)\}/g, "<$1>")}`, reasonOf(statement));
  }
  if (accepted.size === 0) return;
  const ids = [...accepted].map(([finding, reason]) => ({ id: `AwsSolutions-IAM5[${finding}]`, reason }));
  Validations.of(resource).acknowledge(...ids);
}

function reasonOf(statement: Statement): string {
  if (statement.reason !== undefined) return statement.reason;
  if (statement.Condition !== undefined)
    return "names are not known before; the condition bounds the statement";
  if (isUnbounded(statement)) return "the action takes no resource";
  return "names below this prefix are made by the platform's users; the prefix bounds the statement";
}

export const LOG_BUCKET_REASONS: Readonly<Record<string, string>> = {
  "AwsSolutions-S1": "this is the bucket that receives the access logs",
  S3BucketLoggingEnabled: "this is the bucket that receives the access logs",
  S3DefaultEncryptionKMS: "S3 delivers access logs only to buckets with S3's own encryption",
  S3BucketReplicationEnabled: "logs are kept for a year in one Region; copies belong to the account's backup",
};

export const DATA_BUCKET_REASONS: Readonly<Record<string, string>> = {
  S3BucketReplicationEnabled:
    "a copy elsewhere would leave the perimeter; versioning keeps what is overwritten",
};

export const VPC_REASONS: Readonly<Record<string, string>> = {
  VPCDefaultSecurityGroupClosed:
    "CloudFormation cannot change the default group; nothing of the platform uses it",
};

export const WAY_OUT_REASONS: Readonly<Record<string, string>> = {
  VPCNoUnrestrictedRouteToIGW: "the public subnet holds the NAT gateway only; the file asks for a way out",
};
