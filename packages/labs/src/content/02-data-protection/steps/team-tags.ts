/** Rows 2.10 to 2.14: the team tag, as the platform's own policies use it. */
import type { Bench } from "../../../bench.ts";
import { awsCommand } from "../../../command-text.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { inTurn, stopProcessing } from "../attempts.ts";
import { freshName, processingJob, stopJobs, type Tags, tagList } from "../requests.ts";

const A = { user: "user1-data-scientist" } as const;
const B = { user: "user2-mlops" } as const;
const works = { expect: "allowed" } as const;
const refused = { expect: "denied", by: "identity" } as const;

const jobArn = (bench: Bench, name: string) =>
  `arn:aws:sagemaker:${bench.region}:${bench.account}:processing-job/${name}`;
const addTags = (bench: Bench, name: string, tags: Tags) =>
  call("sagemaker", "AddTags", { ResourceArn: jobArn(bench, name), Tags: tagList(tags) });
const deleteTags = (bench: Bench, name: string, ...TagKeys: string[]) =>
  call("sagemaker", "DeleteTags", { ResourceArn: jobArn(bench, name), TagKeys });
const describeJob = (ProcessingJobName: string) =>
  call("sagemaker", "DescribeProcessingJob", { ProcessingJobName });
const stopJob = (ProcessingJobName: string) => call("sagemaker", "StopProcessingJob", { ProcessingJobName });

/** Starts a job as the platform wants it. */
async function start(
  bench: Bench,
  team: "team-a" | "team-b",
  name: string,
  tags: Tags | undefined,
  as: Partial<Experiment> = {},
): Promise<Experiment> {
  const volumeKey = await bench.exported("keys:jobs");
  return {
    what: `${team} starts a job tagged team=${team}`,
    as: team === "team-a" ? A : B,
    attempt: await processingJob(bench, { team, name, volumeKey, ...(tags && { tags }) }),
    ...works,
    why: "a job with the own team's tag is what the platform wants",
    ...as,
  };
}

const own = (team: string) => ({ team });

export const tagOwnJob: Step = {
  id: "2.10",
  title: "Tags that say whose it is",
  text: `## Attribute-based access control

Two teams share the domain \`bank\`. One role and one set of policies for each team would work, and grow with every team and every job. **ABAC** writes the policy once: *you may use what carries your team's tag*.

\`\`\`mermaid
flowchart LR
  role["role of team-a<br/>tag <b>team = team-a</b>"] -->|"aws:PrincipalTag/team"| q{equal?}
  job["processing job<br/>tag <b>team = team-a</b>"] -->|"aws:ResourceTag/team"| q
  q -->|yes| use[describe, stop, …]
  q -->|no| no[denied]
\`\`\`

Four condition keys, and each is about something else:

| key | the tag of |
|---|---|
| \`aws:PrincipalTag/team\` | whoever calls (the role, or the session) |
| \`aws:ResourceTag/team\` | what is there already |
| \`aws:RequestTag/team\` | what the request wants to put on |
| \`aws:TagKeys\` | names of all tags in the request, without values |

Once tags decide about access, **who may tag decides about access**. That is what the next steps are about.

## What to do, and what to see

As \`user1-data-scientist\` (team-a): start a job, then tag it. The own team's tag may be put on again, any other key may be added, but another team's value is refused by name (\`DenyTaggingForOthers\`): a job given away is a job that team-b can read.`,
  hint: "Nothing to write. `aws sagemaker add-tags --resource-arn ARN --tags Key=team,Value=team-a`; the ARN of a job is in the answer to create-processing-job.",
  async experiments(bench) {
    const job = freshName("team-a-lab2");
    return [
      await start(bench, "team-a", job, own("team-a")),
      {
        what: "add team=team-a to it",
        as: A,
        attempt: addTags(bench, job, own("team-a")),
        ...works,
        why: "it says what is true already",
      },
      {
        what: "add another key",
        as: A,
        attempt: addTags(bench, job, { project: "churn" }),
        ...works,
        why: "tags that no policy rests on are free",
      },
      {
        what: "add team=team-b",
        as: A,
        attempt: addTags(bench, job, own("team-b")),
        ...refused,
        statement: "DenyTaggingForOthers",
        why: "whoever may choose the team may give anything away, or take it",
      },
      {
        what: "add team=team-b hidden among other tags",
        as: A,
        attempt: addTags(bench, job, { project: "churn", ...own("team-b") }),
        ...refused,
        statement: "DenyTaggingForOthers",
        why: "every tag of a request is judged, not the first",
      },
    ];
  },
  undo: stopJobs,
};

export const createWithTag: Step = {
  id: "2.11",
  title: "Nothing without a tag",
  text: `## Tags from the first moment

A resource without the tag belongs to nobody: no ABAC policy reaches it, so that nobody can stop it; or worse, a policy that asks for the tag only *when there is one* lets everybody. So the tag is demanded **when the resource is made**: \`aws:RequestTag/team\` must equal \`aws:PrincipalTag/team\`.

Making something with tags needs two permissions: the action itself and \`sagemaker:AddTags\` on the new resource. For the second SageMaker says that the tagging is part of a creation: \`sagemaker:TaggingAction\` is \`CreateProcessingJob\`. A policy can thus allow tags at birth without allowing to tag what exists.

## What to do, and what to see

Start a job without a tag, with another key, with another team's value, with your own. Only the last one starts. Note the difference in the reasons: the first two fail because no statement *allows* them, the third because one *denies* it.

In SDKs the tags are a member of every request, which people forget: the SageMaker Python SDK reads default tags from its configuration file (\`SageMaker: PythonSDK: Modules: …: Tags\`), so that administrators can put them there once.`,
  hint: "Nothing to write. Keys of tags are case-sensitive in SageMaker and not in IAM's condition keys: `Team` and `team` are two tags and one condition key.",
  async experiments(bench) {
    const name = () => freshName("team-a-lab2");
    return [
      await start(bench, "team-a", name(), undefined, {
        what: "start a job without a tag",
        ...refused,
        why: "no allow holds: the tag is missing",
      }),
      await start(
        bench,
        "team-a",
        name(),
        { project: "churn" },
        {
          what: "start a job with another key only",
          ...refused,
          why: "no allow holds: the tag is missing",
        },
      ),
      await start(bench, "team-a", name(), own("team-b"), {
        what: "start a job tagged team=team-b",
        ...refused,
        statement: "DenyTaggingForOthers",
        why: "a job made for another team could read that team's data in its name",
      }),
      await start(bench, "team-a", name(), own("team-a")),
    ];
  },
  undo: stopJobs,
};

export const useOwnJobs: Step = {
  id: "2.12",
  title: "Own jobs, and the other team's",
  text: `## What the tag buys

With the tag on every job, one sentence isolates the teams: *describe and stop what carries your team's tag*. Describing matters as much as stopping: \`DescribeProcessingJob\` answers the paths of inputs and outputs, the environment variables, and the role. Secrets do not belong into environment variables, but they are there.

## What to do, and what to see

Each team starts a job. team-a describes both and tries to stop both. On its own job it succeeds; on the other it is refused by \`DenyOtherTeams\`. That denial is there although no allow would hold either: it also holds should somebody attach a generous managed policy one day.`,
  hint: "Nothing to write. `sagekeep explain user1-data-scientist sagemaker:StopProcessingJob ARN` shows which statement decides.",
  async experiments(bench) {
    const ours = freshName("team-a-lab2");
    const theirs = freshName("team-b-lab2");
    return [
      await start(bench, "team-a", ours, own("team-a")),
      await start(bench, "team-b", theirs, own("team-b")),
      {
        what: "team-a describes its own job",
        as: A,
        attempt: describeJob(ours),
        ...works,
        why: "the tags are equal",
      },
      {
        what: "team-a describes team-b's job",
        as: A,
        attempt: describeJob(theirs),
        ...refused,
        statement: "DenyOtherTeams",
        why: "paths, parameters and roles of another team are not team-a's business",
      },
      {
        what: "team-a stops team-b's job",
        as: A,
        attempt: stopJob(theirs),
        ...refused,
        statement: "DenyOtherTeams",
        why: "nobody interrupts another team",
      },
      {
        what: "team-b describes team-a's job",
        as: B,
        attempt: describeJob(ours),
        ...refused,
        statement: "DenyOtherTeams",
        why: "the same policy, the other way round",
      },
      {
        what: "team-a stops its own job",
        as: A,
        attempt: stopProcessing(A, ours),
        ...works,
        why: "the tags are equal",
      },
    ];
  },
  undo: stopJobs,
};

export const noRetagging: Step = {
  id: "2.13",
  title: "Nobody takes a tag away",
  text: `## The way around

A policy that isolates by tags and also allows \`sagemaker:AddTags\` and \`sagemaker:DeleteTags\` on everything isolates nothing: put your team's tag on the other team's job, and it is yours. Many published policies have this hole, because somebody needed to tag something once.

Four moves must be refused:

1. **retag** what belongs to another team: the *resource's* tag must be your own before you may tag it at all;
2. **untag** what belongs to another team;
3. **give away** what is yours (step 2.10);
4. **untag your own**: a job without the tag escapes from every policy that asks for it, and from the bill of the team.

## What to do, and what to see

Try all of them as team-a. Other tags of your own jobs come and go as you like.`,
  hint: "Nothing to write. DeleteTags has no aws:RequestTag, only aws:TagKeys: a policy can see which keys are removed, not their values.",
  async experiments(bench) {
    const ours = freshName("team-a-lab2");
    const theirs = freshName("team-b-lab2");
    return [
      await start(bench, "team-a", ours, { ...own("team-a"), project: "churn" }),
      await start(bench, "team-b", theirs, own("team-b")),
      {
        what: "put team-a's tag on team-b's job",
        as: A,
        attempt: addTags(bench, theirs, own("team-a")),
        ...refused,
        statement: "DenyOtherTeams",
        why: "it would be team-a's job the moment after",
      },
      {
        what: "take the team off team-b's job",
        as: A,
        attempt: deleteTags(bench, theirs, "team"),
        ...refused,
        why: "without its tag its owners lose it",
      },
      {
        what: "take the team off the own job",
        as: A,
        attempt: deleteTags(bench, ours, "team"),
        ...refused,
        statement: "DenyRemovingTags",
        why: "a job without a team escapes from every policy that asks for one",
      },
      {
        what: "take the team off the own job together with another tag",
        as: A,
        attempt: deleteTags(bench, ours, "project", "team"),
        ...refused,
        statement: "DenyRemovingTags",
        why: "ForAnyValue: one forbidden key is enough",
      },
      {
        what: "take another tag off the own job",
        as: A,
        attempt: deleteTags(bench, ours, "project"),
        ...works,
        why: "tags that no policy rests on are free",
      },
      {
        what: "team-b still describes its job",
        as: B,
        attempt: describeJob(theirs),
        ...works,
        why: "it is still tagged as it was",
      },
    ];
  },
  undo: stopJobs,
};

export const listsShowAll: Step = {
  id: "2.14",
  title: "What tags cannot hide: lists",
  text: `## A limit, stated plainly

\`ListProcessingJobs\`, \`ListModels\`, \`ListUserProfiles\` and all other \`List*\` actions take **no resource**. The Service Authorization Reference shows an empty column there, so that \`aws:ResourceTag\` never has a value: a condition on it denies the list altogether. There is only *list all* or *list nothing*, and Studio's own pages need the lists.

So names, ARNs, times and states of **all** teams' jobs, models and endpoints are visible to everybody who may list. Contents are not: \`Describe*\` is judged by tags.

What to do about it:

- **Put no secret into a name.** \`churn-acme-merger-2027\` tells a story.
- \`sagemaker:Search\` can be restricted, by \`sagemaker:SearchVisibilityCondition/…\`: it then returns only what carries given tags.
- Where even names must stay apart, use **separate accounts**: the account is the only boundary that lists respect (see the table in this lab's introduction).

## What to do, and what to see

team-b starts a job; team-a lists all jobs and sees its name, and cannot describe it.`,
  hint: "Nothing to write: this step shows a limit, and passes when you see it.",
  async experiments(bench) {
    const theirs = freshName("team-b-lab2");
    const list = call("sagemaker", "ListProcessingJobs", { NameContains: theirs });
    return [
      await start(bench, "team-b", theirs, own("team-b")),
      {
        what: "team-a lists jobs and finds team-b's among them",
        as: A,
        attempt: inTurn(`sagekeep studio ${A.user} -- ${awsCommand(list)}`, async () => {
          const clients = await bench.clients(A);
          const { ProcessingJobSummaries } = await clients.call("sagemaker", "ListProcessingJobs", {
            NameContains: theirs,
          });
          if (!ProcessingJobSummaries?.length) throw new Error(`the list does not show \`${theirs}\``);
        }),
        ...works,
        why: "lists take no resource: IAM has nothing to compare tags with",
      },
      {
        what: "team-a describes it",
        as: A,
        attempt: describeJob(theirs),
        ...refused,
        statement: "DenyOtherTeams",
        why: "the name is visible, the content is not",
      },
    ];
  },
  undo: stopJobs,
};
