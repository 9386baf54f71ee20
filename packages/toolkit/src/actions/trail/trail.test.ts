import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { fromFiles, type TrailEvent } from "./events.ts";
import { queryEvents } from "./query.ts";
import { athenaTable, selectEvents } from "./sql.ts";

const event = (name: string, user: string, more: Partial<TrailEvent> = {}): TrailEvent => ({
  eventTime: "2026-11-01T10:00:00Z",
  eventName: name,
  eventSource: "sagemaker.amazonaws.com",
  userIdentity: {
    type: "AssumedRole",
    arn: `arn:aws:sts::111122223333:assumed-role/R/SageMaker`,
    sessionContext: { sourceIdentity: user, sessionIssuer: { userName: "R" } },
  },
  requestParameters: { trainingJobName: `job_of_${user}` },
  ...more,
});

function delivered(): string {
  const folder = mkdtempSync(join(tmpdir(), "sagekeep-trail-test-"));
  writeFileSync(
    join(folder, "a.json.gz"),
    gzipSync(
      JSON.stringify({
        Records: [
          event("CreateTrainingJob", "ana"),
          event("DeleteDomain", "bo", { errorCode: "AccessDeniedException" }),
        ],
      }),
    ),
  );
  writeFileSync(
    join(folder, "b.ndjson"),
    `${JSON.stringify(event("StopTrainingJob", "ana", { eventTime: "2026-11-02T10:00:00Z" }))}\n`,
  );
  return folder;
}

const names = async (filter: Parameters<typeof selectEvents>[0]) =>
  (await queryEvents(fromFiles([delivered()]), selectEvents(filter))).rows.map((row) => row.eventname);

test("events of files are filtered by user, error, time and resource", async () => {
  expect(await names({ user: "ana" })).toEqual(["StopTrainingJob", "CreateTrainingJob"]);
  expect(await names({ error: true })).toEqual(["DeleteDomain"]);
  expect(await names({ since: new Date("2026-11-02") })).toEqual(["StopTrainingJob"]);
  expect(await names({ resource: "job_of_bo" })).toEqual(["DeleteDomain"]);
  // `_` in what is looked for is a letter, not a wildcard
  expect(await names({ resource: "job-of-bo" })).toEqual([]);
  expect(await names({ users: [] })).toEqual([]);
});

test("a quote in a value stays a value", async () => {
  expect(await names({ user: "x' OR '1'='1" })).toEqual([]);
});

test("own SQL cannot read other files", async () => {
  await expect(
    queryEvents(fromFiles([delivered()]), "SELECT * FROM read_text('/etc/hostname')"),
  ).rejects.toThrow(/query failed/);
});

test("Athena's table has the same columns", () => {
  expect(athenaTable("s3://trail/AWSLogs/")).toContain(
    "useridentity struct<type:string,arn:string,username:string,sessioncontext:struct<sessionissuer:struct<arn:string,username:string>,sourceidentity:string>>",
  );
  expect(athenaTable("s3://trail/AWSLogs/")).toContain(
    "resources array<struct<arn:string,accountid:string,type:string>>",
  );
});
