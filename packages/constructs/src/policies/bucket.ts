/**
 * Bucket policies: TLS only, the right key, only from the platform's network, only for the data's teams.
 *
 * All are denials: who may read at all is in the roles' policies. An upload without encryption headers is
 * left alone, because the bucket's default encryption then uses the right key.
 */

import { type DataSet, readersOf, writersOf } from "@sagekeep/spec";
import { OWN_TEAM, type Scope, TEAM_TAG } from "../scope.ts";
import { breakGlassRole, loaderRole } from "./keys.ts";
import { both, type Condition } from "./statement.ts";

export interface BucketStatement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal: "*" | { readonly Service: string } | { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Condition;
}

const READ = ["s3:GetObject*", "s3:ListBucket*", "s3:ListMultipartUploadParts"] as const;
const WRITE = ["s3:AbortMultipartUpload", "s3:DeleteObject*", "s3:PutObject*", "s3:RestoreObject"] as const;

/** The policy of a data set's bucket, or of SageMaker's default bucket. */
export function bucketPolicy(
  scope: Scope,
  bucket: string,
  data: DataSet | undefined,
): { Version: "2012-10-17"; Statement: BucketStatement[] } {
  const { platform } = scope;
  return {
    Version: "2012-10-17",
    Statement: [
      tlsOnly(scope, bucket),
      ...(platform.controls.keys === "customer" ? rightKey(scope, bucket) : []),
      ...(platform.controls.perimeter.data ? perimeter(scope, bucket) : []),
      ...(data === undefined ? ownFolder(scope, bucket) : ownTeams(scope, bucket, data)),
    ],
  };
}

export function tlsOnly(scope: Scope, bucket: string): BucketStatement {
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [scope.bucket(bucket), scope.bucket(bucket, "/*")],
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  };
}

/** A request that names an encryption must name ours; one that names none gets ours. */
function rightKey(scope: Scope, bucket: string): BucketStatement[] {
  const deny = (Sid: string, Condition: Condition): BucketStatement => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: scope.bucket(bucket, "/*"),
    Condition,
  });
  const header = "s3:x-amz-server-side-encryption";
  return [
    deny("NoOtherEncryption", { Null: { [header]: "false" }, StringNotEquals: { [header]: "aws:kms" } }),
    deny("NoOtherKey", {
      Null: { [`${header}-aws-kms-key-id`]: "false" },
      StringNotEquals: { [`${header}-aws-kms-key-id`]: scope.imported("keys:data") },
    }),
    deny("NoCustomerKey", { Null: { [`${header}-customer-algorithm`]: "false" } }),
  ];
}

/** Not an AWS service acting for itself or for its caller, and not one of the named roles. */
function exceptServicesAnd(roles: readonly string[]): Condition {
  return {
    Bool: { "aws:ViaAWSService": "false" },
    BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
    ArnNotEqualsIfExists: { "aws:PrincipalArn": roles },
  };
}

function perimeter(scope: Scope, bucket: string): BucketStatement[] {
  const { platform } = scope;
  const breakGlass = scope.role(breakGlassRole(platform));
  const loader = scope.role(loaderRole(platform));
  const resources = [scope.bucket(bucket), scope.bucket(bucket, "/*")];
  const outside: Condition = { StringNotEquals: { "aws:SourceVpc": scope.vpc() } };
  return [
    {
      Sid: "ReadOnlyInOurNetwork",
      Effect: "Deny",
      Principal: "*",
      Action: [...READ],
      Resource: resources,
      Condition: both(outside, exceptServicesAnd([breakGlass])),
    },
    {
      Sid: "WriteOnlyInOurNetwork",
      Effect: "Deny",
      Principal: "*",
      Action: [...WRITE],
      Resource: resources,
      Condition: both(outside, exceptServicesAnd([breakGlass, loader])),
    },
    {
      Sid: "OnlyOurAccount",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: resources,
      Condition: {
        StringNotEqualsIfExists: { "aws:PrincipalAccount": platform.account },
        BoolIfExists: { "aws:PrincipalIsAWSService": "false" },
      },
    },
  ];
}

/** Objects of a data set are for roles that carry the tag of one of its teams. */
function ownTeams(scope: Scope, bucket: string, data: DataSet): BucketStatement[] {
  const { platform } = scope;
  const special = [breakGlassRole(platform), loaderRole(platform)].map((name) => scope.role(name));
  const others = (teams: readonly string[]): Condition =>
    both({ StringNotEquals: { [`aws:PrincipalTag/${TEAM_TAG}`]: teams } }, exceptServicesAnd(special));
  return [
    {
      Sid: "OnlyReaders",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:GetObject*"],
      Resource: scope.bucket(bucket, "/*"),
      Condition: others(readersOf(data)),
    },
    {
      Sid: "OnlyWriters",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject*", "s3:PutObject*"],
      Resource: scope.bucket(bucket, "/*"),
      Condition: others(writersOf(data)),
    },
  ];
}

/** In the default bucket each team has a folder of its own, whatever its roles' policies say. */
function ownFolder(scope: Scope, bucket: string): BucketStatement[] {
  return [
    {
      Sid: "OnlyOwnFolder",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:DeleteObject*", "s3:GetObject*", "s3:PutObject*"],
      NotResource: [scope.bucket(bucket, `/${OWN_TEAM}/*`)],
      Condition: exceptServicesAnd([scope.role(breakGlassRole(scope.platform))]),
    },
  ];
}

/** The bucket that S3 writes access logs to. */
export function logBucketPolicy(
  scope: Scope,
  bucket: string,
  sources: readonly string[],
): { Version: "2012-10-17"; Statement: BucketStatement[] } {
  return {
    Version: "2012-10-17",
    Statement: [
      tlsOnly(scope, bucket),
      {
        Sid: "AccessLogs",
        Effect: "Allow",
        Principal: { Service: "logging.s3.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: scope.bucket(bucket, "/*"),
        Condition: {
          StringEquals: { "aws:SourceAccount": scope.platform.account },
          ArnLike: { "aws:SourceArn": sources },
        },
      },
    ],
  };
}

/** The policy of a team's access point: its own roles, reading or also writing. */
export function accessPointPolicy(scope: Scope, name: string, team: string, mayWrite: boolean): object {
  const point = scope.arn("s3", `accesspoint/${name}`);
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyItsTeam",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [point, `${point}/object/*`],
        Condition: { StringNotEquals: { [`aws:PrincipalTag/${TEAM_TAG}`]: team } },
      },
      ...(mayWrite
        ? []
        : [
            {
              Sid: "ReadOnly",
              Effect: "Deny",
              Principal: "*",
              Action: [...WRITE],
              Resource: `${point}/object/*`,
            },
          ]),
    ],
  };
}
