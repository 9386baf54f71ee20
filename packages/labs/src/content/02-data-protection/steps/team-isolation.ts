/** Assignment 02-02: write the team isolation of rows 2.10 to 2.13 yourself. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { stopProcessing } from "../attempts.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, onRoles, removeRole, role } from "../practice.ts";
import { freshName, jobRoleArn, processingJob, stopJobs, type Tags, tagList } from "../requests.ts";

const TEAMS = ["team-a", "team-b"] as const;
const practice = (team: string) => `tags-${team}`;
const JOBS = "arn:aws:sagemaker:{{region}}:{{account}}:processing-job/*";
const OWN = "${aws:PrincipalTag/team}";

const given = (team: string) => (bench: Bench) => [
  {
    Effect: "Allow",
    Action: "iam:PassRole",
    Resource: jobRoleArn(bench, team, "processing"),
    Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
  },
  {
    Effect: "Allow",
    Action: ["kms:CreateGrant", "kms:DescribeKey"],
    Resource: `arn:aws:kms:${bench.region}:${bench.account}:key/*`,
  },
];

const create = {
  Sid: "Create",
  Effect: "Allow",
  Action: "sagemaker:CreateProcessingJob",
  Resource: JOBS,
  Condition: { StringEquals: { "aws:RequestTag/team": OWN } },
};
const use = {
  Sid: "Use",
  Effect: "Allow",
  Action: ["sagemaker:DescribeProcessingJob", "sagemaker:StopProcessingJob"],
  Resource: JOBS,
  Condition: { StringEquals: { "aws:ResourceTag/team": OWN } },
};
const list = { Sid: "List", Effect: "Allow", Action: "sagemaker:ListProcessingJobs", Resource: "*" };

export const teamIsolation: Step = {
  id: "02-02",
  title: "Assignment 02-02: isolate the teams by tags",
  text: `## Your turn

Steps 2.10 to 2.14 showed the platform's policies. Now write the policy yourself, for one kind of resource: processing jobs. Two practice roles get it, both the **same file**: \`{{platform}}-lab2-tags-team-a\` with the tag \`team = team-a\`, and the one of team-b. Beside it they may only hand over their team's job role.

## What to do

Repair \`policies/team-isolation.json\`, so that with it one may

| | |
|---|---|
| start a job | only with \`team\` = the own team |
| describe, stop | only jobs of the own team |
| add tags | to own jobs any key, but \`team\` only with the own value |
| remove tags | from own jobs any key but \`team\` |
| list | all jobs: there is no other way |

## The trap

The file you start from has a Create and a Use statement that are right. But its third statement lets everybody tag everything, "because creating needs AddTags". With it team-a stops team-b's job in two calls: tag, stop. The experiments make them.

## What to think about

- Tags at **creation** are another matter than tags **afterwards**: \`sagemaker:TaggingAction\` has a value only for the first.
- Adding \`project\` to an own job carries no \`aws:RequestTag/team\`. A plain \`StringEquals\` on it would refuse that; \`StringEqualsIfExists\` holds for a missing key.
- \`DeleteTags\` has only \`aws:TagKeys\`. A denial with \`ForAnyValue:StringEquals\` fires as soon as one of the keys is \`team\`. (Condition *keys* ignore case, tag keys do not: \`StringEqualsIgnoreCase\` also stops \`Team\`.)

${placeholderNote} IAM's own variables, \`\${aws:PrincipalTag/team}\`, stay as they are.

## What to see, and what it means

Nineteen requests, in the order an attacker would make them: what is refused must be refused whatever was tried before, and at the end team-b's job is still team-b's. A tag fence is as strong as the rule about who may tag.`,
  hint: "Replace the third statement by three: AddTags where aws:RequestTag/team is the own team and sagemaker:TaggingAction is CreateProcessingJob; AddTags, DeleteTags and ListTags where aws:ResourceTag/team is the own team; and two denials: AddTags with another aws:RequestTag/team (StringNotEquals together with Null false), DeleteTags with ForAnyValue:StringEqualsIgnoreCase aws:TagKeys team.",
  task: {
    file: "team-isolation.json",
    goal: "Each team starts, describes, stops and tags its own processing jobs; no sequence of tagging reaches another team's jobs, gives a job away or leaves one without a team.",
    start: {
      Version: "2012-10-17",
      Statement: [
        create,
        use,
        {
          Sid: "Tag",
          Effect: "Allow",
          Action: ["sagemaker:AddTags", "sagemaker:DeleteTags", "sagemaker:ListTags"],
          Resource: "*",
        },
        list,
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        create,
        use,
        {
          Sid: "TagNew",
          Effect: "Allow",
          Action: "sagemaker:AddTags",
          Resource: JOBS,
          Condition: {
            StringEquals: {
              "aws:RequestTag/team": OWN,
              "sagemaker:TaggingAction": "CreateProcessingJob",
            },
          },
        },
        {
          Sid: "TagOwn",
          Effect: "Allow",
          Action: ["sagemaker:AddTags", "sagemaker:DeleteTags", "sagemaker:ListTags"],
          Resource: JOBS,
          Condition: { StringEquals: { "aws:ResourceTag/team": OWN } },
        },
        {
          Sid: "NeverForOthers",
          Effect: "Deny",
          Action: "sagemaker:AddTags",
          Resource: "*",
          Condition: {
            Null: { "aws:RequestTag/team": "false" },
            StringNotEquals: { "aws:RequestTag/team": OWN },
          },
        },
        {
          Sid: "NeverWithoutTeam",
          Effect: "Deny",
          Action: "sagemaker:DeleteTags",
          Resource: "*",
          Condition: { "ForAnyValue:StringEqualsIgnoreCase": { "aws:TagKeys": "team" } },
        },
        list,
      ],
    },
    ...onRoles(...TEAMS.map(practice)),
  },
  async prepare(bench) {
    for (const team of TEAMS) await makeRole(bench, practice(team), { team }, given(team));
  },
  async experiments(bench) {
    const a = role(bench, practice("team-a"));
    const b = role(bench, practice("team-b"));
    const ours = freshName("team-a-lab2");
    const theirs = freshName("team-b-lab2");
    const volumeKey = await bench.exported("keys:jobs");
    const job = (name: string, team: string, tags?: Tags) =>
      processingJob(bench, { name, team, volumeKey, ...(tags && { tags }) });
    const ResourceArn = (name: string) =>
      `arn:aws:sagemaker:${bench.region}:${bench.account}:processing-job/${name}`;
    const tag = (name: string, tags: Tags) =>
      call("sagemaker", "AddTags", { ResourceArn: ResourceArn(name), Tags: tagList(tags) });
    const untag = (name: string, ...TagKeys: string[]) =>
      call("sagemaker", "DeleteTags", { ResourceArn: ResourceArn(name), TagKeys });
    const describe = (ProcessingJobName: string) =>
      call("sagemaker", "DescribeProcessingJob", { ProcessingJobName });
    const works = { expect: "allowed" } as const;
    const refused = { expect: "denied", by: "identity" } as const;
    const fresh = () => freshName("team-a-lab2");
    const all: Experiment[] = [
      {
        what: "start a job without a tag",
        as: a,
        attempt: await job(fresh(), "team-a"),
        ...refused,
        why: "a job without a team belongs to nobody",
      },
      {
        what: "start a job with another key only",
        as: a,
        attempt: await job(fresh(), "team-a", { project: "churn" }),
        ...refused,
        why: "a job without a team belongs to nobody",
      },
      {
        what: "start a job for team-b",
        as: a,
        attempt: await job(fresh(), "team-a", { team: "team-b" }),
        ...refused,
        why: "a team makes jobs for itself",
      },
      {
        what: "team-a starts a job of its own, with a second tag",
        as: a,
        attempt: await job(ours, "team-a", { team: "team-a", project: "churn" }),
        ...works,
        why: "creating with tags needs AddTags at the same time",
      },
      {
        what: "team-b starts a job of its own",
        as: b,
        attempt: await job(theirs, "team-b", { team: "team-b" }),
        ...works,
        why: "one file serves every team",
      },
      { what: "team-a describes its job", as: a, attempt: describe(ours), ...works, why: "its own" },
      {
        what: "team-a describes team-b's job",
        as: a,
        attempt: describe(theirs),
        ...refused,
        why: "not its own",
      },
      {
        what: "add another key to the own job",
        as: a,
        attempt: tag(ours, { stage: "test" }),
        ...works,
        why: "free",
      },
      {
        what: "add team=team-a to the own job",
        as: a,
        attempt: tag(ours, { team: "team-a" }),
        ...works,
        why: "it is true already",
      },
      {
        what: "give the own job away",
        as: a,
        attempt: tag(ours, { stage: "test", team: "team-b" }),
        ...refused,
        why: "a gift to team-b is a way to hand over what the job read",
      },
      {
        what: "put the own tag on team-b's job",
        as: a,
        attempt: tag(theirs, { team: "team-a" }),
        ...refused,
        why: "tag first, stop next: the classic way around",
      },
      {
        what: "put any tag on team-b's job",
        as: a,
        attempt: tag(theirs, { project: "churn" }),
        ...refused,
        why: "other tags may decide about costs or exceptions",
      },
      {
        what: "take the team off team-b's job",
        as: a,
        attempt: untag(theirs, "team"),
        ...refused,
        why: "its owners would lose it",
      },
      {
        what: "take the team off the own job",
        as: a,
        attempt: untag(ours, "stage", "team"),
        ...refused,
        why: "a job without a team belongs to nobody",
      },
      {
        what: "take another tag off the own job",
        as: a,
        attempt: untag(ours, "project"),
        ...works,
        why: "tags that no policy rests on are free",
      },
      {
        what: "team-a stops team-b's job",
        as: a,
        attempt: call("sagemaker", "StopProcessingJob", { ProcessingJobName: theirs }),
        ...refused,
        why: "after all that was tried it is still team-b's",
      },
      { what: "team-b describes its job", as: b, attempt: describe(theirs), ...works, why: "still its own" },
      { what: "team-a stops its own job", as: a, attempt: stopProcessing(a, ours), ...works, why: "its own" },
      {
        what: "list jobs",
        as: a,
        attempt: call("sagemaker", "ListProcessingJobs", {}),
        ...works,
        why: "a list takes no resource: all or nothing",
      },
    ];
    return all;
  },
  async undo(bench) {
    await stopJobs(bench);
    for (const team of TEAMS) await removeRole(bench, practice(team));
  },
};
