/** Row 2.1: the disks of jobs are encrypted with the platform's key, or the job does not start. */
import type { Bench } from "../../../bench.ts";
import type { Experiment, Step } from "../../../model.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, onRoles, removeRole, role } from "../practice.ts";
import { compilationJob, jobRoleArn, processingJob, stopJobs, trainingJob } from "../requests.ts";

const PRACTICE = "jobs";
const WITH_DISKS = ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"];

const given = (bench: Bench) => [
  {
    Effect: "Allow",
    Action: ["sagemaker:Create*Job", "sagemaker:Describe*", "sagemaker:List*"],
    Resource: "*",
  },
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: ["processing", "training"].map((workload) => jobRoleArn(bench, "team-a", workload)),
    Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
  },
  {
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:DescribeKey"],
    Resource: `arn:aws:kms:${bench.region}:${bench.account}:key/*`,
  },
];

export const volumeKey: Step = {
  id: "2.1",
  title: "No job without our key on its disk",
  text: `## Where a job keeps your data

A processing or training job copies its input from S3 to a volume (EBS, or the instance's own disk) of a machine in an account that is AWS's, not yours. SageMaker always encrypts that volume; without a key of yours it does so with one that you cannot see, disable or audit. With \`VolumeKmsKeyId\` the volume hangs on **your** key: its policy says who may use it, CloudTrail shows every use, and disabling it makes every copy unreadable at once. (Instances with NVMe disks, such as \`ml.m5d\` or \`ml.g4dn\`, encrypt these in hardware and refuse a \`VolumeKmsKeyId\`: leave such types out where a key is required.)

The key is a member of each request, and nobody remembers it in every call. So IAM must insist: the condition key \`sagemaker:VolumeKmsKeyArn\` carries it.

## The trap

Your file holds a denial that reads well: *the key is missing, and it is not ours*. But **conditions of one block are ANDed**. A request with somebody else's key is not missing one, so the first half is false and nothing is denied.

Know the two operators:

| request | \`Null: true\` | \`StringNotEquals\` / \`ArnNotEquals\` |
|---|---|---|
| no key at all | true | true: a negated operator holds for a missing key |
| another key | false | true |
| our key | false | false |

The second column alone is what you want. Two more ways to lose: \`ForAnyValue:StringNotEquals\` is *false* for a missing key and lets keyless jobs through; an *Allow* with \`StringEquals\` limits nothing that another policy allows.

Name the actions, too. \`Create*Job\` also matches \`CreateCompilationJob\`, which has no such key: there it is always missing, and compilation would be forbidden for ever.

## What to do

Repair \`policies/volume-key.json\`. It is attached to a practice role that may start any job. ${placeholderNote}

## What to see, and what it means

Four refusals by your statement, and three jobs that start. The platform's own roles carry the finished control (\`DenyNoVolumeKey\`, \`DenyOtherVolumeKey\`): the last experiments show it for the data scientist.

*Older material* uses \`sagemaker:VolumeKmsKey\`. AWS's reference now lists that name for no action; \`VolumeKmsKeyArn\` replaces it, and a policy on the old name should be rewritten.`,
  hint: 'Take the `Null` line out, or make it a statement of its own: {"ArnNotEquals": {"sagemaker:VolumeKmsKeyArn": "{{keys:jobs}}"}} already holds when the key is missing. Leave the list of actions as it is.',
  task: {
    file: "volume-key.json",
    goal: "A processing or training job must name the platform's job key for its volume: none and another one are refused. Jobs that have no volume of their own still start.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOurVolumeKey",
          Effect: "Deny",
          Action: WITH_DISKS,
          Resource: "*",
          Condition: {
            Null: { "sagemaker:VolumeKmsKeyArn": "true" },
            StringNotEquals: { "sagemaker:VolumeKmsKeyArn": "{{keys:jobs}}" },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "OnlyOurVolumeKey",
          Effect: "Deny",
          Action: WITH_DISKS,
          Resource: "*",
          Condition: { ArnNotEquals: { "sagemaker:VolumeKmsKeyArn": "{{keys:jobs}}" } },
        },
      ],
    },
    ...onRoles(PRACTICE),
  },
  prepare: (bench) => makeRole(bench, PRACTICE, { team: "team-a" }, given),
  async experiments(bench) {
    const ours = await bench.exported("keys:jobs");
    const other = await bench.exported("keys:data");
    const as = role(bench, PRACTICE);
    const refused = { expect: "denied", by: "identity" } as const;
    const user = { user: "user1-data-scientist" };
    const all: Experiment[] = [
      {
        what: "start a processing job without a key for its volume",
        as,
        attempt: await processingJob(bench),
        ...refused,
        why: "AWS would encrypt the volume with a key that you do not control",
      },
      {
        what: "start a processing job with another key",
        as,
        attempt: await processingJob(bench, { volumeKey: other }),
        ...refused,
        why: "any key is not our key: one from another account could be kept by somebody else",
      },
      {
        what: "start a training job without a key",
        as,
        attempt: await trainingJob(bench),
        ...refused,
        why: "every kind of job with a volume needs the control",
      },
      {
        what: "start a training job with another key",
        as,
        attempt: await trainingJob(bench, { volumeKey: other }),
        ...refused,
        why: "the same hole, for training",
      },
      {
        what: "start a processing job with our key",
        as,
        attempt: await processingJob(bench, { volumeKey: ours }),
        expect: "allowed",
        why: "this is how jobs are meant to be started",
      },
      {
        what: "start a training job with our key",
        as,
        attempt: await trainingJob(bench, { volumeKey: ours }),
        expect: "allowed",
        why: "this is how jobs are meant to be started",
      },
      {
        what: "start a compilation job, which has no volume key",
        as,
        attempt: compilationJob(bench),
        expect: "allowed",
        why: "a denial on a key that the action does not have would forbid the action for ever",
      },
      {
        what: "list jobs",
        as,
        attempt: { service: "sagemaker", operation: "ListProcessingJobs", input: {} },
        expect: "allowed",
        why: "the control is about starting jobs, nothing else",
      },
      {
        what: "as the data scientist: a job without a key",
        as: user,
        attempt: await processingJob(bench, { tags: { team: "team-a" } }),
        ...refused,
        statement: "DenyNoVolumeKey",
        why: "the platform's own control",
      },
      {
        what: "as the data scientist: a job with our key",
        as: user,
        attempt: await processingJob(bench, { tags: { team: "team-a" }, volumeKey: ours }),
        expect: "allowed",
        why: "what the platform wants is allowed",
      },
    ];
    return all;
  },
  async undo(bench) {
    await stopJobs(bench);
    await removeRole(bench, PRACTICE);
  },
};
