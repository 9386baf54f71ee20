/**
 * Key policies: the default, the checks on a new one, the lockout safety check.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */

import type { CallContext } from "../../context.ts";
import { policyProblem } from "../../gateway/compiled.ts";
import { malformedPolicy } from "./errors.ts";
import { authorizePolicy } from "./lockout.ts";

export function defaultPolicy(account: string): string {
  return JSON.stringify(
    {
      Version: "2012-10-17",
      Id: "key-default-1",
      Statement: [
        {
          Sid: "Enable IAM User Permissions",
          Effect: "Allow",
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: "kms:*",
          Resource: "*",
        },
      ],
    },
    null,
    2,
  );
}

/** The policy of an AWS managed key: everybody of the account, through the service only. */
export function managedPolicy(service: string, account: string, region: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Id: `auto-${service}-2`,
    Statement: [
      {
        Sid: `Allow access through ${service.toUpperCase()} for all principals in the account that are authorized to use ${service.toUpperCase()}`,
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: [
          "kms:Encrypt",
          "kms:Decrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey*",
          "kms:CreateGrant",
          "kms:DescribeKey",
        ],
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:ViaService": `${service}.${region}.amazonaws.com`,
            "kms:CallerAccount": account,
          },
        },
      },
      {
        Sid: "Allow direct access to key metadata to the account",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"],
        Resource: "*",
      },
    ],
  });
}

const LARGEST = 32 * 1024;
const FIELDS = [
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
];

interface Statement extends Record<string, unknown> {
  Effect?: unknown;
  Principal?: unknown;
  Action?: unknown;
  Resource?: unknown;
}

/** @throws MalformedPolicyDocumentException */
export function checkKeyPolicy(document: string, principalExists: (arn: string) => boolean): void {
  if (Buffer.byteLength(document) > LARGEST) throw malformedPolicy("The new key policy is too large.");
  let policy: { Statement?: unknown; Version?: unknown };
  try {
    policy = JSON.parse(document) as typeof policy;
  } catch {
    throw malformedPolicy("The new key policy is not valid JSON.");
  }
  if (typeof policy !== "object" || policy === null || Array.isArray(policy))
    throw malformedPolicy("Policy is not a JSON object.");
  const { Version } = policy;
  if (Version !== undefined && Version !== "2012-10-17" && Version !== "2008-10-17") {
    throw malformedPolicy("Policy version is not valid.");
  }
  if (policy.Statement === undefined) throw malformedPolicy("The policy has no statements.");
  const statements = (Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]) as Statement[];
  for (const one of statements) {
    if (typeof one !== "object" || one === null) throw malformedPolicy("A statement is not a JSON object.");
    const unknown = Object.keys(one).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) throw malformedPolicy(`Unknown field ${unknown}`);
    if (one.Effect !== "Allow" && one.Effect !== "Deny")
      throw malformedPolicy("Effect must be Allow or Deny.");
    if (one.Action === undefined && one.NotAction === undefined)
      throw malformedPolicy("Missing required field Action");
    if (one.Resource === undefined && one.NotResource === undefined) {
      throw malformedPolicy("Missing required field Resource");
    }
    const principal = one.Principal ?? one.NotPrincipal;
    if (principal === undefined) throw malformedPolicy("Missing required field Principal");
    checkPrincipal(principal, principalExists);
  }
  const problem = policyProblem(document, "resource");
  if (problem !== undefined) throw malformedPolicy(`The key policy is not valid: ${problem}`);
}

function checkPrincipal(principal: unknown, exists: (arn: string) => boolean): void {
  if (principal === "*") return;
  if (typeof principal !== "object" || principal === null) throw invalidPrincipal();
  for (const [kind, values] of Object.entries(principal)) {
    if (!["AWS", "Service", "Federated", "CanonicalUser"].includes(kind)) throw invalidPrincipal();
    for (const value of Array.isArray(values) ? values : [values]) {
      if (typeof value !== "string") throw invalidPrincipal();
      if (kind === "AWS" && value !== "*" && !/^\d{12}$/.test(value)) {
        if (
          !/^(?:arn:aws[\w-]*:(?:iam|sts)::\d{12}:.+|A(?:IDA|ROA)[A-Z0-9]+)$/.test(value) ||
          !exists(value)
        ) {
          throw invalidPrincipal();
        }
      }
    }
  }
}

const invalidPrincipal = () =>
  malformedPolicy("Policy contains a statement with one or more invalid principals.");

/** Refuses a policy that would keep its author from changing it again. */
export function checkLockout(document: string, keyArn: string, context: CallContext): void {
  if (authorizePolicy(document, keyArn, context)) return;
  throw malformedPolicy("The new key policy will not allow you to update the key policy in the future.");
}
