/** Who may read and write which data: by bucket, for one team; and the team's folder of the default bucket. */

import { type DataSet, readersOf, type Team, writersOf } from "@sagekeep/spec";
import type { Scope } from "../scope.ts";
import type { Statement } from "./statement.ts";

export function readableBy(scope: Scope, team: Team): DataSet[] {
  return scope.platform.data.filter((data) => readersOf(data).includes(team.name));
}

export function writableBy(scope: Scope, team: Team): DataSet[] {
  return scope.platform.data.filter((data) => writersOf(data).includes(team.name));
}

/** Data statements of a team, the same for its people and its jobs. Buckets are named, through the front or an access point. */
export function dataStatements(scope: Scope, team: Team): Statement[] {
  const read = readableBy(scope, team);
  const write = writableBy(scope, team);
  const withPoints = (data: DataSet[]) => data.filter((one) => one.accessPoints);
  const objects = (data: DataSet[]) => [
    ...data.map((one) => scope.bucket(scope.dataBucket(one), "/*")),
    ...withPoints(data).map((one) => scope.accessPoint(one, team.name, "/object/*")),
  ];
  const folder = scope.platform.defaultBucket ? [scope.bucket(scope.defaultBucket(), `/${team.name}/*`)] : [];
  const statements: Statement[] = [
    {
      Sid: "ListData",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: [
        ...read.map((one) => scope.bucket(scope.dataBucket(one))),
        ...withPoints(read).map((one) => scope.accessPoint(one, team.name)),
      ],
    },
    { Sid: "ReadData", Effect: "Allow", Action: ["s3:GetObject"], Resource: [...objects(read), ...folder] },
    {
      Sid: "WriteData",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      Resource: [...objects(write), ...folder],
    },
  ];
  if (scope.platform.defaultBucket)
    statements.push(
      {
        Sid: "ListTeamFolder",
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: [scope.bucket(scope.defaultBucket())],
        Condition: { StringLike: { "s3:prefix": [`${team.name}/*`, team.name] } },
      },
      {
        Sid: "LocateDefaultBucket",
        Effect: "Allow",
        Action: ["s3:GetBucketLocation"],
        Resource: [scope.bucket(scope.defaultBucket())],
      },
    );
  return statements.filter((statement) => statement.Resource.length > 0);
}

/** `data`: objects are encrypted with the data key. */
export function dataKeyStatements(scope: Scope): Statement[] {
  if (scope.platform.controls.keys === "aws") return [];
  return [
    {
      Sid: "UseDataKey",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
      Resource: [scope.key("data")],
    },
  ];
}

/** `jobs` and the like: SageMaker encrypts a job's volumes for whoever starts the job. */
export function jobKeyStatements(scope: Scope): Statement[] {
  if (scope.platform.controls.keys === "aws") return [];
  return [
    { Sid: "SeeJobKey", Effect: "Allow", Action: ["kms:DescribeKey"], Resource: [scope.key("jobs")] },
    {
      Sid: "GrantJobKey",
      Effect: "Allow",
      Action: ["kms:CreateGrant"],
      Resource: [scope.key("jobs")],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}

/** `studio`: volumes of spaces. */
export function studioKeyStatements(scope: Scope): Statement[] {
  if (scope.platform.controls.keys === "aws") return [];
  return [
    { Sid: "SeeStudioKey", Effect: "Allow", Action: ["kms:DescribeKey"], Resource: [scope.key("studio")] },
    {
      Sid: "GrantStudioKey",
      Effect: "Allow",
      Action: ["kms:CreateGrant"],
      Resource: [scope.key("studio")],
      Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
    },
  ];
}
