/** Rows 3.1 to 3.3: who sees which logs. */
import type { Bench } from "../../../bench.ts";
import { type Actor, call, type Experiment, type Step } from "../../../model.ts";
import { placeholderNote } from "../placeholders.ts";
import { makePracticeRole, onPracticeRoles, practiceActor, removePracticeRole } from "../practice.ts";

const GROUP = "/aws/sagemaker/studio";
const stream = (domainId: string) => `${domainId}/sagekeep-lab3/JupyterLab/default`;
const MADE = "03-controls made the Studio log group";
const missing = (error: unknown) => (error as Error).name === "ResourceNotFoundException";

/** A stream in each domain, named as Studio names them, so that there is something to read. */
async function writeStreams(bench: Bench): Promise<void> {
  const { admin } = bench;
  const ignoreExisting = (error: unknown) => {
    if ((error as Error).name !== "ResourceAlreadyExistsException") throw error;
  };
  await admin
    .call("cloudwatch-logs", "CreateLogGroup", { logGroupName: GROUP })
    .then(() => bench.kept.set(MADE, "yes"), ignoreExisting);
  for (const domain of ["bank", "research"]) {
    const logStreamName = stream(await bench.domainId(domain));
    await admin
      .call("cloudwatch-logs", "CreateLogStream", { logGroupName: GROUP, logStreamName })
      .catch(ignoreExisting);
    await admin.call("cloudwatch-logs", "PutLogEvents", {
      logGroupName: GROUP,
      logStreamName,
      logEvents: [{ timestamp: Date.now(), message: `[lab 3] JupyterLab of domain ${domain} says hello` }],
    });
  }
}

async function removeStreams(bench: Bench): Promise<void> {
  const { admin } = bench;
  const quiet = (error: unknown) => {
    if (!missing(error)) throw error;
  };
  for (const domain of ["bank", "research"])
    await admin
      .call("cloudwatch-logs", "DeleteLogStream", {
        logGroupName: GROUP,
        logStreamName: stream(await bench.domainId(domain)),
      })
      .catch(quiet);
  if (!bench.kept.delete(MADE)) return;
  const left = await admin
    .call("cloudwatch-logs", "DescribeLogStreams", { logGroupName: GROUP, limit: 1 })
    .catch(() => undefined);
  if (left?.logStreams?.length === 0)
    await admin.call("cloudwatch-logs", "DeleteLogGroup", { logGroupName: GROUP }).catch(quiet);
}

const findGroups = (as: Actor): Experiment => ({
  what: "list SageMaker's log groups",
  as,
  attempt: call("cloudwatch-logs", "DescribeLogGroups", { logGroupNamePrefix: "/aws/sagemaker" }),
  expect: "allowed",
  why: "names of groups are no secret, and the console needs them",
});

const findStreams = (as: Actor): Experiment => ({
  what: "list the streams of Studio's group",
  as,
  attempt: call("cloudwatch-logs", "DescribeLogStreams", { logGroupName: GROUP }),
  expect: "allowed",
  why: "one has to find the stream before one can read it; names are visible, contents are not",
});

const read = (as: Actor, domainId: string, what: string, isOwn: boolean): Experiment => ({
  what: `read ${what}`,
  as,
  attempt: call("cloudwatch-logs", "GetLogEvents", {
    logGroupName: GROUP,
    logStreamName: stream(domainId),
    limit: 5,
  }),
  expect: isOwn ? "allowed" : "denied",
  ...(!isOwn && { by: "identity" as const }),
  why: isOwn
    ? "the stream's name starts with the id of the own domain"
    : "the stream's name starts with another domain's id",
});

const readGroup = (as: Actor): Experiment => ({
  what: "search all streams at once",
  as,
  attempt: call("cloudwatch-logs", "FilterLogEvents", { logGroupName: GROUP, limit: 5 }),
  expect: "denied",
  by: "identity",
  why: "FilterLogEvents is authorized on the group: no stream can be excepted",
});

export const seeLogs: Step = {
  id: "3.1",
  title: "Find the logs (assignment 03-01, part 1)",
  text: `## Concept

SageMaker writes its logs to **CloudWatch Logs**, into groups whose names all start with \`/aws/sagemaker\`:

| group | a stream's name starts with |
|---|---|
| \`/aws/sagemaker/studio\` | the domain's id, then the user profile or space, the app type, the app |
| \`/aws/sagemaker/ProcessingJobs\`, \`TrainingJobs\`, \`TransformJobs\` | the job's name |
| \`/aws/sagemaker/Endpoints/NAME\` | the variant and the instance |
| \`/aws/sagemaker/NotebookInstances\` | the instance's name |

They are written with the permissions of the *execution role*; a role that may not write logs loses them silently.

## Why it matters

Whoever debugs a job needs its log; whoever audits needs all of them. But logs hold data: a printed data frame, a path, a customer number in a stack trace. They deserve the same care as the bucket the data came from, and they have **three** separate readers' doors: \`GetLogEvents\` (one stream), \`FilterLogEvents\` (a whole group) and Logs Insights' \`StartQuery\` (whole groups again).

## What to do

Look for groups, streams and events as both users, from inside Studio. The requests leave through the VPC's \`logs\` endpoint; the VPC has no way to the internet. The lab has written one line into a stream of each domain, named as Studio names them.

## What to see

Both users find groups and streams. Each reads the stream of the domain they belong to.

## What it means

Listing is harmless and useful. Reading is where the line must be drawn: next step.`,
  hint: "If a request times out, the VPC has no endpoint for CloudWatch Logs; if it is denied, look which statement of the role names logs:DescribeLogStreams.",
  prepare: writeStreams,
  async experiments(bench) {
    const bank = await bench.domainId("bank");
    return ["user1-data-scientist", "user2-mlops"].flatMap((user) => [
      findGroups({ user }),
      findStreams({ user }),
      read({ user }, bank, "a stream of the own domain", true),
    ]);
  },
  undo: removeStreams,
};

const LITERAL = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "FindGroups", Effect: "Allow", Action: "logs:DescribeLogGroups", Resource: "*" },
    {
      Sid: "FindStreams",
      Effect: "Allow",
      Action: "logs:DescribeLogStreams",
      Resource: "arn:aws:logs:{{region}}:{{account}}:log-group:/aws/sagemaker/*",
    },
    {
      Sid: "ReadOwnDomain",
      Effect: "Allow",
      Action: "logs:GetLogEvents",
      Resource:
        "arn:aws:logs:{{region}}:{{account}}:log-group:/aws/sagemaker/studio:log-stream:{{domain:bank:Id}}/*",
    },
  ],
};

const READER = "log-reader";

export const isolateLogs: Step = {
  id: "3.2",
  title: "Logs of our domain only (assignment 03-01, part 2)",
  text: `## Concept

CloudWatch Logs knows resources of two sizes: the group and the stream.

\`\`\`
arn:aws:logs:REGION:ACCOUNT:log-group:/aws/sagemaker/studio:log-stream:d-abc123/user/JupyterLab/default
\`\`\`

Because Studio starts every stream's name with the domain's id, a pattern on the stream separates the domains of one account: \`…:log-stream:d-abc123/*\`. (The slash matters: without it the pattern would also match ids that merely begin alike.)

## Why it matters

Several domains in one account share the group \`/aws/sagemaker/studio\`. With the usual \`logs:Get*\` on \`*\` every user of every domain reads everybody's notebooks' output.

## What to do

Edit \`policies/logs-of-our-domain.json\` until a reader of domain **bank** finds groups and streams, reads bank's streams, and nothing of domain **research**.

${placeholderNote}

## What to see

The door that people forget is \`FilterLogEvents\`: IAM authorizes it on the *group*, so no stream can be excepted. It must not be granted at all, nor \`StartQuery\`.

## What it means

Isolation inside one log group is possible for reading stream by stream. For searching across streams you need separate groups or separate accounts.`,
  hint: 'Three statements: DescribeLogGroups on "*"; DescribeLogStreams on the log groups; only GetLogEvents, and only on …:log-group:/aws/sagemaker/studio:log-stream:{{domain:bank:Id}}/*.',
  task: {
    file: "logs-of-our-domain.json",
    goal: "A reader of domain bank finds all groups and streams, but reads only bank's.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "ReadLogs",
          Effect: "Allow",
          Action: ["logs:Describe*", "logs:Get*", "logs:FilterLogEvents"],
          Resource: "*",
        },
      ],
    },
    solution: LITERAL,
    ...onPracticeRoles(READER),
  },
  async prepare(bench) {
    await writeStreams(bench);
    await makePracticeRole(bench, { name: READER, given: () => [] });
  },
  async experiments(bench) {
    const as = practiceActor(bench, READER);
    return [
      findGroups(as),
      findStreams(as),
      read(as, await bench.domainId("bank"), "a stream of domain bank", true),
      read(as, await bench.domainId("research"), "a stream of domain research", false),
      readGroup(as),
    ];
  },
  async undo(bench) {
    await removePracticeRole(bench, READER);
    await removeStreams(bench);
  },
};

const READERS = ["reader-bank", "reader-research", "reader-nowhere"] as const;

export const isolateByTag: Step = {
  id: "3.3",
  title: "Write it once, for every domain (assignment 03-01, part 3)",
  text: `## Concept

Ids in policies do not scale: ten domains, ten policies, ten chances for a mistake. IAM **policy variables** turn it around. The *principal* carries the fact as a tag, and the policy refers to it:

\`\`\`
…:log-stream:\${aws:PrincipalTag/domain-id}/*
\`\`\`

Every execution role of the platform is tagged \`domain-id\`, so one policy serves all.

\`\`\`mermaid
flowchart LR
  P["one policy<br/>log-stream:\${aws:PrincipalTag/domain-id}/*"]
  A["role of bank<br/>domain-id = d-bank"] --> P
  B["role of research<br/>domain-id = d-research"] --> P
  P --> S1["d-bank/…"]
  P --> S2["d-research/…"]
\`\`\`

## What to do

Edit \`policies/logs-by-tag.json\`. It starts as the finished policy of 3.2 and is attached to **three** practice roles: one tagged for bank, one for research, one without a tag.

## What to see

- each reader reads the own domain and is denied the other's;
- the reader **without** the tag reads nothing: a variable without a value makes the resource pattern match nothing. This is the safe side; in a \`Deny\` it would be the unsafe one.
- the platform's own users behave the same: their roles carry this very statement (\`ReadOwnLogs\`).

## What it means

The tag is now as good as a permission. Whoever may call \`iam:TagRole\` on these roles moves users between domains: guard it like \`iam:PutRolePolicy\` (the platform's own guardrails do). And mind the version: variables are only replaced in policies with \`"Version": "2012-10-17"\`; without it they are literal text.`,
  hint: "Replace {{domain:bank:Id}} by ${aws:PrincipalTag/domain-id} and keep the Version.",
  task: {
    file: "logs-by-tag.json",
    goal: "One policy for all domains: each role reads the streams of the domain its tag domain-id names, and a role without the tag reads none.",
    start: LITERAL,
    solution: JSON.parse(
      JSON.stringify(LITERAL).replace("{{domain:bank:Id}}", "${aws:PrincipalTag/domain-id}"),
    ) as object,
    ...onPracticeRoles(...READERS),
  },
  async prepare(bench) {
    await writeStreams(bench);
    for (const name of READERS) {
      const domain = name === "reader-nowhere" ? undefined : name.slice("reader-".length);
      await makePracticeRole(bench, {
        name,
        given: () => [],
        ...(domain && { tags: async () => ({ "domain-id": await bench.domainId(domain) }) }),
      });
    }
  },
  async experiments(bench) {
    const [bank, research] = [await bench.domainId("bank"), await bench.domainId("research")];
    const [ofBank, ofResearch, ofNone] = READERS.map((name) => practiceActor(bench, name)) as [
      Actor,
      Actor,
      Actor,
    ];
    const bankUser = { user: "user1-data-scientist" };
    const researchUser = { user: "user1" };
    return [
      findStreams(ofBank),
      read(ofBank, bank, "bank's stream as bank's reader", true),
      read(ofBank, research, "research's stream as bank's reader", false),
      findStreams(ofResearch),
      read(ofResearch, research, "research's stream as research's reader", true),
      read(ofResearch, bank, "bank's stream as research's reader", false),
      readGroup(ofResearch),
      read(ofNone, bank, "bank's stream without a tag", false),
      read(ofNone, research, "research's stream without a tag", false),
      read(bankUser, bank, "bank's stream as a user of bank", true),
      read(bankUser, research, "research's stream as a user of bank", false),
      read(researchUser, research, "research's stream as a user of research", true),
      read(researchUser, bank, "bank's stream as a user of research", false),
    ];
  },
  async undo(bench) {
    for (const name of READERS) await removePracticeRole(bench, name);
    await removeStreams(bench);
  },
};
