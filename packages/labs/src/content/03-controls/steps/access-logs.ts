/** Row 3.13: each access to a data bucket leaves a record in another bucket. */
import type { Bench } from "../../../bench.ts";
import { sagekeepCommand } from "../../../command-text.ts";
import { type AttemptResult, call, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { makePracticeRole, practiceActor, practiceRoleName, removePracticeRole } from "../practice.ts";
import { freshName } from "../requests.ts";
import { emptyBucket } from "../stacks.ts";

const STRANGER = "stranger";
const FORGER = "forger";

function buckets({ platform, account, region }: Bench): { data: string; logs: string } {
  const name = (kind: string) => `${platform}-lab3-${kind}-${account}-${region}`;
  return { data: name("data"), logs: name("logs") };
}

const missing = (error: unknown) => /NoSuch|NotFound/.test((error as Error).name);

async function makeBuckets(bench: Bench): Promise<void> {
  const { data, logs } = buckets(bench);
  const { admin, region } = bench;
  await removeBuckets(bench);
  for (const Bucket of [data, logs])
    await admin.call("s3", "CreateBucket", {
      Bucket,
      ...(region !== "us-east-1" && {
        CreateBucketConfiguration: { LocationConstraint: region as "eu-west-1" },
      }),
    });
  await admin.call("s3", "PutBucketLogging", {
    Bucket: data,
    BucketLoggingStatus: { LoggingEnabled: { TargetBucket: logs, TargetPrefix: "data/" } },
  });
}

async function removeBuckets(bench: Bench): Promise<void> {
  const { data, logs } = buckets(bench);
  // what is still under way would land in a bucket that is being emptied
  await bench.admin
    .call("s3", "PutBucketLogging", { Bucket: data, BucketLoggingStatus: {} })
    .catch((error: unknown) => {
      if (!missing(error)) throw error;
    });
  for (const Bucket of [data, logs]) {
    await emptyBucket(bench, Bucket);
    await bench.admin.call("s3", "DeleteBucket", { Bucket }).catch((error: unknown) => {
      if (!missing(error)) throw error;
    });
  }
}

/** Lines of the logs under a prefix that hold all of these texts. */
async function findLines(bench: Bench, Bucket: string, Prefix: string, texts: string[]): Promise<string[]> {
  const { admin } = bench;
  const found: string[] = [];
  const { Contents } = await admin.call("s3", "ListObjectsV2", { Bucket, Prefix });
  // names start with the time: the newest are enough
  for (const { Key } of (Contents ?? []).slice(-20)) {
    const { Body } = await admin.call("s3", "GetObject", { Bucket, Key });
    const lines = ((await Body?.transformToString()) ?? "").split("\n");
    found.push(...lines.filter((line) => texts.every((text) => line.includes(text))));
  }
  return found;
}

/** Local logs come after two seconds of the cloud's clock; on AWS within hours. */
async function waitForRecord(
  bench: Bench,
  where: { bucket: string; prefix: string },
  texts: string[],
): Promise<AttemptResult> {
  const rounds = bench.isLocal ? 6 : 240;
  for (let round = 0; round < rounds; round++) {
    if (bench.isLocal) await bench.advance(1);
    await new Promise((resolve) => setTimeout(resolve, bench.isLocal ? 30 : 30_000));
    const [line] = await findLines(bench, where.bucket, where.prefix, texts);
    if (line) return { outcome: "allowed", message: line };
  }
  return {
    outcome: "failed",
    code: "NoRecord",
    message: `no record with ${texts.join(", ")} came to s3://${where.bucket}/${where.prefix}`,
  };
}

const look = (Bucket: string, Prefix: string) =>
  sagekeepCommand(call("s3", "ListObjectsV2", { Bucket, Prefix }), "admin");

export const accessLogs: Step = {
  id: "3.13",
  title: "Every access to the data leaves a record (assignment 03-04, part 1)",
  text: `## Concept

CloudTrail's *management* events show who made a bucket. They do not show who **read** an object. For that there are two tools:

| | CloudTrail data events | S3 server access logs |
|---|---|---|
| price | per event | storage only |
| delivery | minutes, complete | best effort, within hours |
| form | JSON, with the session's identity and source identity | a line of text an access |
| shows | calls that were authenticated | also anonymous and malformed ones |

They complement each other. Here you wire the second.

The logs are written by a *service*, \`logging.s3.amazonaws.com\`, into a **separate** bucket. Same-account or not, a service has no identity policy, so only the log bucket's own policy can let it in. If it does not, nothing fails, nothing warns: the log is simply lost.

## Why it matters

A log that the watched can write is no evidence. So the door must be open for the service alone, for our account alone (\`aws:SourceAccount\`), and only for our data bucket (\`aws:SourceArn\`), and for nobody else.

## What to do

Edit \`policies/log-bucket-policy.json\`, the policy of bucket \`{{platform}}-lab3-logs-{{account}}-{{region}}\`. A data bucket next to it has logging switched on, with prefix \`data/\`. Placeholders in double braces are filled in by the lab.

## What to see

A record is one line: owner, bucket, time, address, **requester**, request id, **operation** (\`REST.GET.OBJECT\`), key, request, **status**, error code and more. Refused reads are recorded as well (\`403 AccessDenied\`), and they are the more interesting ones. The platform's own data buckets are logged the same way: the last attempt reads as a Studio user and finds the record.

On AWS delivery may take hours; the local cloud delivers after two seconds.

## What it means

Never log a bucket into itself: each delivery would be an access. The log bucket must use S3's own encryption or a key whose policy lets the logging service in. Keep logs in another account, with Object Lock, if they are to prove something against an administrator.`,
  hint: 'Principal {"Service": "logging.s3.amazonaws.com"}, Action s3:PutObject, Resource arn:aws:s3:::{{platform}}-lab3-logs-{{account}}-{{region}}/data/*, with StringEquals on aws:SourceAccount and ArnLike on aws:SourceArn.',
  task: {
    file: "log-bucket-policy.json",
    kind: "bucket",
    goal: "Let S3's logging service of our account write below data/, and nobody else.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "WriteLogs",
          Effect: "Allow",
          Principal: {
            AWS: ["arn:aws:iam::{{account}}:root", "arn:aws:iam::{{account}}:role/{{platform}}-lab3-forger"],
          },
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::{{platform}}-lab3-logs-{{account}}-{{region}}/*",
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AccessLogs",
          Effect: "Allow",
          Principal: { Service: "logging.s3.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::{{platform}}-lab3-logs-{{account}}-{{region}}/data/*",
          Condition: {
            StringEquals: { "aws:SourceAccount": "{{account}}" },
            ArnLike: { "aws:SourceArn": "arn:aws:s3:::{{platform}}-lab3-data-{{account}}-{{region}}" },
          },
        },
      ],
    },
    apply: async (bench, document) => {
      await bench.admin.call("s3", "PutBucketPolicy", {
        Bucket: buckets(bench).logs,
        Policy: await fillIn(bench, document),
      });
    },
    remove: async (bench) => {
      await bench.admin.call("s3", "DeleteBucketPolicy", { Bucket: buckets(bench).logs });
    },
  },
  async prepare(bench) {
    await makePracticeRole(bench, { name: STRANGER, given: () => [] });
    await makePracticeRole(bench, { name: FORGER, given: () => [] });
    await makeBuckets(bench);
  },
  async experiments(bench) {
    const { data, logs } = buckets(bench);
    const here = { bucket: logs, prefix: "data/" };
    // a name of its own for every check: records of an earlier one prove nothing
    const key = `${freshName("customers")}.csv`;
    const get = call("s3", "GetObject", { Bucket: data, Key: key });
    const put = call("s3", "PutObject", { Bucket: data, Key: key, Body: "age;job;y" });
    const platformLogs = await bench.exported("logs:Bucket");
    const marketing = await bench.exported("data:marketing:Bucket");
    const list = call("s3", "ListObjectsV2", { Bucket: marketing, Prefix: key });
    const user = { user: "user1-data-scientist" };
    return [
      {
        what: "read an object and find the record",
        as: "admin",
        attempt: {
          command: `${sagekeepCommand(put, "admin")} && ${sagekeepCommand(get, "admin")}; ${look(logs, "data/")}`,
          async run(): Promise<AttemptResult> {
            await bench.attempt("admin", "internet", put);
            const read = await bench.attempt("admin", "internet", get);
            if (read.outcome !== "allowed") return read;
            return waitForRecord(bench, here, [data, "REST.GET.OBJECT", key, " 200 "]);
          },
        },
        expect: "allowed",
        why: "the service may write, and says who read what",
      },
      {
        what: "be refused, and find the record of that",
        as: practiceActor(bench, STRANGER),
        attempt: {
          command: `${sagekeepCommand(get, practiceActor(bench, STRANGER))}; ${look(logs, "data/")}`,
          async run(): Promise<AttemptResult> {
            const read = await bench.attempt(practiceActor(bench, STRANGER), "internet", get);
            if (read.outcome !== "denied")
              return { outcome: "failed", message: `the stranger's read was ${read.outcome}` };
            return waitForRecord(bench, here, [
              practiceRoleName(bench, STRANGER),
              "REST.GET.OBJECT",
              key,
              " 403 AccessDenied ",
            ]);
          },
        },
        expect: "allowed",
        why: "attempts are what an audit looks for",
      },
      {
        what: "forge a record",
        as: practiceActor(bench, FORGER),
        attempt: call("s3", "PutObject", {
          Bucket: logs,
          Key: "data/2026-01-01-forged",
          Body: "it was not me",
        }),
        expect: "denied",
        why: "only the service writes logs",
      },
      {
        what: "list the platform's data from Studio and find the record",
        as: user,
        attempt: {
          command: `${sagekeepCommand(list, user)}; ${look(platformLogs, "marketing/")}`,
          async run(): Promise<AttemptResult> {
            const read = await bench.attempt(user, "vpc", list);
            if (read.outcome !== "allowed") return read;
            const where = { bucket: platformLogs, prefix: "marketing/" };
            return waitForRecord(bench, where, [marketing, "REST.GET.BUCKET", "team-a-data-scientist", key]);
          },
        },
        expect: "allowed",
        why: "the platform's data buckets are logged to its own log bucket",
      },
    ];
  },
  async undo(bench) {
    await removeBuckets(bench);
    await removePracticeRole(bench, STRANGER);
    await removePracticeRole(bench, FORGER);
  },
};
