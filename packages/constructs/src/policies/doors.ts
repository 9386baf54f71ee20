/**
 * The three roles people take from outside Studio: signing in, loading data, breaking the glass.
 *
 * Without principals named in the file, any principal of the account may take them whose own policies allow
 * `sts:AssumeRole`; signing in then opens only the profile that the principal's own `user` tag names.
 */

import type { Scope } from "../scope.ts";
import type { Condition, Statement } from "./statement.ts";

export interface TrustPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly object[];
}

function trust(
  scope: Scope,
  principals: readonly string[],
  actions: readonly string[],
  condition: Condition,
): TrustPolicy {
  const account = scope.iam("root");
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: {
          AWS: principals.length === 0 ? account : principals.length === 1 ? principals[0] : [...principals],
        },
        Action: actions.length === 1 ? actions[0] : [...actions],
        ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
      },
    ],
  };
}

/** Signing in: the session carries the tag `user`, which names the profile it may open. */
export function signInTrust(scope: Scope): TrustPolicy {
  const { signIn } = scope.platform.access;
  const named: Condition = { Null: { "aws:RequestTag/user": "false" } };
  const own: Condition = { StringEquals: { "aws:RequestTag/user": "${aws:PrincipalTag/user}" } };
  return trust(scope, signIn, ["sts:AssumeRole", "sts:TagSession"], signIn.length > 0 ? named : own);
}

/** Opens the profile of the session's `user`, and no other, from the platform's network or the given addresses. */
export function signInStatements(scope: Scope): Statement[] {
  const { platform } = scope;
  const { perimeter } = platform.controls;
  const statements: Statement[] = [
    {
      Sid: "OpenOwnProfile",
      Effect: "Allow",
      Action: ["sagemaker:CreatePresignedDomainUrl"],
      Resource: [scope.sagemaker("user-profile/*/${aws:PrincipalTag/user}")],
      Condition: { StringEquals: { "aws:ResourceTag/platform": platform.name } },
    },
    {
      Sid: "FindDomain",
      Effect: "Allow",
      Action: ["sagemaker:ListDomains"],
      Resource: ["*"],
      reason: "ListDomains takes no resource",
    },
  ];
  if (perimeter.studio)
    statements.push({
      Sid: "OnlyFromInside",
      Effect: "Deny",
      Action: ["sagemaker:CreatePresignedDomainUrl"],
      Resource: ["*"],
      Condition: {
        StringNotEquals: { "aws:SourceVpc": scope.vpc() },
        ...(perimeter.sourceIps.length > 0 ? { NotIpAddress: { "aws:SourceIp": perimeter.sourceIps } } : {}),
      },
      reason: "every profile: neither the network nor one of the addresses",
    });
  return statements;
}

export function breakGlassTrust(scope: Scope): TrustPolicy {
  return trust(scope, scope.platform.access.breakGlass, ["sts:AssumeRole"], {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
  });
}

/** Reads and repairs data when the perimeter shuts everybody out. */
export function breakGlassStatements(scope: Scope): Statement[] {
  const { platform } = scope;
  const names = [
    ...platform.data.map((data) => scope.dataBucket(data)),
    ...(platform.defaultBucket ? [scope.defaultBucket()] : []),
  ];
  // Bucket names of a platform share a prefix and a suffix: beyond a few the pattern keeps the policy small.
  const buckets =
    names.length <= 10
      ? names
      : [`${platform.name}-*-${platform.account}-${platform.region}`, scope.defaultBucket()];
  return [
    ...(buckets.length === 0
      ? []
      : [
          {
            Sid: "ReadAndRepairData",
            Effect: "Allow" as const,
            Action: [
              "s3:DeleteBucketPolicy",
              "s3:DeleteObject",
              "s3:GetBucketLocation",
              "s3:GetBucketPolicy",
              "s3:GetObject",
              "s3:ListBucket",
              "s3:PutBucketPolicy",
              "s3:PutObject",
            ],
            Resource: buckets.flatMap((name) => [scope.bucket(name), scope.bucket(name, "/*")]),
          },
        ]),
    ...(platform.controls.keys === "aws"
      ? []
      : [
          {
            Sid: "UseDataKey",
            Effect: "Allow" as const,
            Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
            Resource: [scope.key("data")],
          },
        ]),
  ];
}

export function loaderTrust(scope: Scope): TrustPolicy {
  return trust(scope, [], ["sts:AssumeRole"], {});
}

/** Writes new data from outside; reads nothing. */
export function loaderStatements(scope: Scope): Statement[] {
  const { platform } = scope;
  if (platform.data.length === 0) return [];
  const names = platform.data.map((data) => scope.dataBucket(data));
  const buckets = names.length <= 20 ? names : [`${platform.name}-*-${platform.account}-${platform.region}`];
  return [
    {
      Sid: "WriteData",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:PutObject"],
      Resource: buckets.map((name) => scope.bucket(name, "/*")),
    },
    ...(platform.controls.keys === "aws"
      ? []
      : [
          {
            Sid: "UseDataKey",
            Effect: "Allow" as const,
            // Decrypt is what a multipart upload needs; without s3:GetObject nothing can be read with it.
            Action: ["kms:Decrypt", "kms:GenerateDataKey"],
            Resource: [scope.key("data")],
          },
        ]),
  ];
}
