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

/** Data statements of a team, for its people and for its jobs. */
export function dataStatements(scope: Scope, team: Team): Statement[] {
  const read = readableBy(scope, team).map((data) => scope.dataBucket(data));
  const write = writableBy(scope, team).map((data) => scope.dataBucket(data));
  const folder = scope.bucket(scope.defaultBucket(), `/${team.name}/*`);
  return [
    {
      Sid: "ListData",
      Effect: "Allow",
      Action: ["s3:GetBucketLocation", "s3:ListBucket"],
      Resource: [...read.map((name) => scope.bucket(name))],
    },
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
    {
      Sid: "ReadData",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [...read.map((name) => scope.bucket(name, "/*")), folder],
    },
    {
      Sid: "WriteData",
      Effect: "Allow",
      Action: ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"],
      Resource: [...write.map((name) => scope.bucket(name, "/*")), folder],
    },
  ].filter((statement) => statement.Resource.length > 0) as Statement[];
}
