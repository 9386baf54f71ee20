/** 1.20 and 1.21, assignment 01-01: PassRole too broad is every role at once. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { fillIn } from "../../../placeholders.ts";
import { attemptTo, commandOf, demand } from "../attempt-to.ts";
import { follow, jobName, processingJob } from "../jobs.ts";
import { dropLabRole, labRoleArn, labRoleName, makeLabRole, unless } from "../lab-role.ts";
import { arnOfRole, scientist, scientistRole } from "../people.ts";

/** May read everything: made once for a migration, as they all are. */
const POWERFUL = "migration-job";
/** What the team needs and may use: a role for its nightly report. */
const REPORT = "report-job";
const POLICY = "lab-pass-role";
const SECRET = "name;salary\nAda;9100\n";

const bucket = (bench: Bench, what: "salaries" | "outbox") =>
  `${bench.platform}-lab-${what}-${bench.account}-${bench.region}`;
const objects = (name: string) => [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`];

/** The policy of nearly every example on the web: a pattern that fits today's role, and every other. */
const tooBroad = (bench: Bench) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "PassJobRoles",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: arnOfRole(bench, `${bench.platform}-*`),
    },
  ],
});

const exact = (bench: Bench) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "PassReportRole",
      Effect: "Allow",
      Action: "iam:PassRole",
      Resource: labRoleArn(bench, REPORT),
      Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
    },
  ],
});

async function putPassRole(bench: Bench, document: string): Promise<void> {
  const PolicyDocument = await fillIn(bench, document);
  const RoleName = scientistRole(bench);
  await bench.admin.call("iam", "PutRolePolicy", { RoleName, PolicyName: POLICY, PolicyDocument });
}

async function dropPassRole(bench: Bench): Promise<void> {
  const RoleName = scientistRole(bench);
  await bench.admin
    .call("iam", "DeleteRolePolicy", { RoleName, PolicyName: POLICY })
    .catch(unless("NoSuchEntityException"));
}

const OUTBOX = "lab-outbox";

async function prepare(bench: Bench): Promise<void> {
  const { admin } = bench;
  const [salaries, outbox] = [bucket(bench, "salaries"), bucket(bench, "outbox")];
  for (const Bucket of [salaries, outbox])
    await admin.call("s3", "CreateBucket", { Bucket }).catch(unless("BucketAlreadyOwnedByYou"));
  await admin.call("s3", "PutObject", { Bucket: salaries, Key: "salaries.csv", Body: SECRET });
  const work = {
    Effect: "Allow",
    Action: [
      "logs:CreateLogGroup",
      "logs:CreateLogStream",
      "logs:PutLogEvents",
      "ec2:*NetworkInterface*",
      "ec2:Describe*",
      "ecr:*",
      "kms:*",
    ],
    Resource: "*",
  };
  const service = "sagemaker.amazonaws.com";
  const statement = (resources: string[]) => ({ Effect: "Allow", Action: "s3:*", Resource: resources });
  await makeLabRole(bench, {
    name: POWERFUL,
    service,
    policy: { Version: "2012-10-17", Statement: [work, statement(["*"])] },
  });
  await makeLabRole(bench, {
    name: REPORT,
    service,
    policy: { Version: "2012-10-17", Statement: [work, statement(objects(outbox))] },
  });
  // the outbox is a place where the team's results may land: the scientist reads there
  await admin.call("iam", "PutRolePolicy", {
    RoleName: scientistRole(bench),
    PolicyName: OUTBOX,
    PolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"], Resource: objects(outbox) }],
    }),
  });
}

async function undo(bench: Bench): Promise<void> {
  const { admin } = bench;
  await dropPassRole(bench);
  await admin
    .call("iam", "DeleteRolePolicy", { RoleName: scientistRole(bench), PolicyName: OUTBOX })
    .catch(unless("NoSuchEntityException"));
  for (const what of ["salaries", "outbox"] as const) {
    const Bucket = bucket(bench, what);
    try {
      const { Contents = [] } = await admin.call("s3", "ListObjectsV2", { Bucket });
      for (const { Key } of Contents) await admin.call("s3", "DeleteObject", { Bucket, Key });
      await admin.call("s3", "DeleteBucket", { Bucket });
    } catch (error) {
      unless("NoSuchBucket")(error);
    }
  }
  await dropLabRole(bench, POWERFUL);
  await dropLabRole(bench, REPORT);
}

/** The scientist's job under a role of the lab: copies salaries to the outbox. */
const theft = (bench: Bench, name: string, role: string) =>
  processingJob(bench, {
    name,
    role,
    input: `s3://${bucket(bench, "salaries")}/`,
    output: `s3://${bucket(bench, "outbox")}/${name}`,
    entrypoint: ["sh", "-c", "cp /opt/ml/processing/input/* /opt/ml/processing/output/"],
  });

const readDirectly = (bench: Bench): Experiment => ({
  what: "the scientist reads the salaries directly",
  as: scientist,
  attempt: call("s3", "GetObject", { Bucket: bucket(bench, "salaries"), Key: "salaries.csv" }),
  expect: "denied",
  by: "identity",
  why: "no policy of the scientist's names that bucket",
});

export const escalation: Step = {
  id: "1.20",
  title: "Assignment 01-01: reading what one may not read",
  text: `
**The story.** The data scientist's role got one more line: \`iam:PassRole\` on \`role/workshop-*\`, since a job failed on a
missing permission and the pattern made it work. In the account is also \`workshop-lab-migration-job\`, a role that reads
every bucket, left over from a migration.

**The idea.** \`iam:PassRole\` is no API call. It is a permission that is checked when somebody *gives* a role to a service:
whoever may pass a role to something that runs their code has everything that role has. Nothing shows it in the list of
what the person may do; in CloudTrail only the job's role appears at the data.

**What to see.** The direct way is shut. Then the scientist starts a job under the other role, which copies the file to a
place the scientist may read. Look at the last experiment: the salaries are really there.

(In the platform's *own* buckets the same job would fail: their policies and the data key name the roles that may come. The
two buckets of this step are like those most accounts have. And because the domain sets source identity, the passed role's
trust policy must allow \`sts:SetSourceIdentity\`, or the job cannot take the role: this one does.)`,
  hint: "Nothing to write yet: this step shows the hole, the next one closes it. Ask yourself which statement you would look for in a review.",
  async prepare(bench) {
    await prepare(bench);
    await putPassRole(bench, JSON.stringify(tooBroad(bench)));
  },
  async experiments(bench) {
    const name = jobName("loot");
    const loot = call("s3", "GetObject", {
      Bucket: bucket(bench, "outbox"),
      Key: `${name}/salaries.csv`,
    });
    return [
      readDirectly(bench),
      {
        what: "the scientist starts a job under the migration role",
        as: scientist,
        attempt: await theft(bench, name, labRoleName(bench, POWERFUL).replace(`${bench.platform}-`, "")),
        expect: "allowed",
        why: "the pattern in PassRole fits this role too, and every control of the job itself is met",
      },
      {
        what: "the job's output holds the salaries, and the scientist reads it",
        as: scientist,
        attempt: attemptTo(commandOf(loot, scientist), async (on) => {
          const { status, reason } = await follow(on, name);
          demand(status === "Completed", `the job ${status.toLowerCase()}: ${reason}`);
          const studio = await on.clients(scientist);
          const Bucket = bucket(on, "outbox");
          const { Body } = await studio.call("s3", "GetObject", { Bucket, Key: `${name}/salaries.csv` });
          const text = (await Body?.transformToString()) ?? "";
          demand(text === SECRET, "the output holds something else");
          return `the scientist reads: ${text.trim().replace("\n", " | ")}`;
        }),
        expect: "allowed",
        why: "the escalation is complete: data the scientist may not read, read",
      },
    ];
  },
  undo,
};

export const exactPassRole: Step = {
  id: "1.21",
  title: "Assignment 01-01, solved: pass exactly one role, to exactly one service",
  text: `
**What to do.** The team does need one more role: \`workshop-lab-report-job\`, for its nightly report. Write the policy that
lets the scientist pass **that** role, **to SageMaker**, and nothing more.

**Two limits, both needed.**

- the **resource**: role ARNs one by one. A name pattern is a promise about every role that anybody will ever create.
- \`iam:PassedToService\`: a job role passed to EC2 or Lambda is the same loot by another door. Who may also start instances
  would walk through it.

**How to find the others.** Every role that trusts \`sagemaker.amazonaws.com\` and can be passed by somebody is a role that
somebody *has*. \`sagekeep who-can s3:GetObject\` follows these paths: it counts what can be done through passed roles, not
only what can be done directly.`,
  hint: "One Allow: `iam:PassRole`, the resource is the ARN of `workshop-lab-report-job`, the condition `StringEquals` on `iam:PassedToService` with `sagemaker.amazonaws.com`.",
  prepare,
  task: {
    file: "pass-role.json",
    goal: "Let the data scientist pass `workshop-lab-report-job` to SageMaker, no other role and to no other service.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "PassJobRoles",
          Effect: "Allow",
          Action: "iam:PassRole",
          Resource: "arn:aws:iam::*:role/workshop-*",
        },
      ],
    },
    solution: exact,
    apply: putPassRole,
    remove: dropPassRole,
  },
  async experiments(bench) {
    const without = (name: string) => labRoleName(bench, name).replace(`${bench.platform}-`, "");
    const report = jobName("report");
    return [
      readDirectly(bench),
      {
        what: "the same job under the migration role",
        as: scientist,
        attempt: await theft(bench, jobName("loot"), without(POWERFUL)),
        expect: "denied",
        by: "identity",
        why: "SageMaker checks `iam:PassRole` on the role's ARN before it makes anything",
      },
      {
        what: "a job under another team's job role",
        as: scientist,
        attempt: await theft(bench, jobName("loot"), "team-b-processing-job"),
        expect: "denied",
        by: "identity",
        why: "another team's role has another team's data",
      },
      {
        what: "a job under the report role",
        as: scientist,
        attempt: await processingJob(bench, {
          name: report,
          role: without(REPORT),
          entrypoint: ["true"],
        }),
        expect: "allowed",
        why: "what the team needs still works",
      },
      {
        what: "and it runs",
        as: "admin",
        attempt: attemptTo(
          call("sagemaker", "DescribeProcessingJob", { ProcessingJobName: report }),
          async (on) => {
            const { status, reason } = await follow(on, report);
            demand(status === "Completed", `the job ${status.toLowerCase()}: ${reason}`);
            return undefined;
          },
        ),
        expect: "allowed",
        why: "a role that can be passed must also be one that SageMaker may take",
      },
      passTo(bench, "ec2.amazonaws.com", "denied", "the condition names SageMaker alone"),
      passTo(bench, "sagemaker.amazonaws.com", "allowed", "the service the role is for"),
    ];
  },
  undo,
};

/** Asked of IAM's simulator: nobody lends the labs a virtual machine to try it. */
function passTo(bench: Bench, service: string, expect: "allowed" | "denied", why: string): Experiment {
  const input = {
    PolicySourceArn: arnOfRole(bench, scientistRole(bench)),
    ActionNames: ["iam:PassRole"],
    ResourceArns: [labRoleArn(bench, REPORT)],
    ContextEntries: [
      {
        ContextKeyName: "iam:PassedToService",
        ContextKeyType: "string" as const,
        ContextKeyValues: [service],
      },
    ],
  };
  return {
    what: `could the scientist pass the report role to ${service}?`,
    as: "admin",
    attempt: attemptTo(call("iam", "SimulatePrincipalPolicy", input), async ({ admin }) => {
      const { EvaluationResults = [] } = await admin.call("iam", "SimulatePrincipalPolicy", input);
      const decision = EvaluationResults[0]?.EvalDecision ?? "nothing";
      if (decision === "allowed") return "the simulator says allowed";
      throw Object.assign(new Error(`the simulator says ${decision}`), { name: "AccessDenied" });
    }),
    expect,
    why,
  };
}
