/** Row 2.17, assignment 02-01: three degrees of isolation between users and teams of one domain. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, makeUser, onRoles, removeRole, removeUser } from "../practice.ts";
import { aboutGroup, removeGroups } from "../registry.ts";
import { bucketInFile, bucketName, makeBucket, removeBucket } from "../storage.ts";

const TEAMS = ["team-a", "team-b"] as const;
const practice = (team: string) => `artifacts-${team}`;
const PURPOSE = "artifacts";
const ANA = { user: "lab2-ana" } as const;
const BEN = { user: "lab2-ben" } as const;
const CEM = { user: "lab2-cem" } as const;
const MEMBERS = { [ANA.user]: "team-a", [BEN.user]: "team-a", [CEM.user]: "team-b" };

const GROUPS = "arn:aws:sagemaker:{{region}}:{{account}}:model-package-group/*";
const VERSIONS = "arn:aws:sagemaker:{{region}}:{{account}}:model-package/*";
const TEAM = "${aws:PrincipalTag/team}";
const OWN_TEAM = { StringEquals: { "aws:ResourceTag/team": TEAM } };
const OWN_PROFILE = {
  StringEquals: {
    "aws:ResourceTag/sagemaker:user-profile-arn":
      "arn:aws:sagemaker:{{region}}:{{account}}:user-profile/${sagemaker:DomainId}/${sagemaker:UserProfileName}",
  },
};
const READ = ["sagemaker:DescribeModelPackage", "sagemaker:DescribeModelPackageGroup"];
const CHANGE = [
  "sagemaker:CreateModelPackage",
  "sagemaker:DeleteModelPackage",
  "sagemaker:DeleteModelPackageGroup",
  "sagemaker:UpdateModelPackage",
];

const allow = (Sid: string, Action: string | string[], Resource: string | string[], Condition?: object) => ({
  Sid,
  Effect: "Allow",
  Action,
  Resource,
  ...(Condition && { Condition }),
});
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });

/** Making groups for the own team: the same in all three cases. */
const make = [
  allow("Make", "sagemaker:CreateModelPackageGroup", GROUPS, {
    StringEquals: { "aws:RequestTag/team": TEAM },
  }),
  allow("TagNew", "sagemaker:AddTags", GROUPS, {
    StringEquals: {
      "aws:RequestTag/team": TEAM,
      "sagemaker:TaggingAction": "CreateModelPackageGroup",
    },
  }),
];

async function prepare(bench: Bench): Promise<void> {
  for (const team of TEAMS)
    await makeRole(bench, practice(team), { team }, () => [
      { Effect: "Allow", Action: "sagemaker:ListModelPackageGroups", Resource: "*" },
    ]);
  for (const [user, team] of Object.entries(MEMBERS)) await makeUser(bench, "bank", user, practice(team));
}

async function undo(bench: Bench): Promise<void> {
  await removeGroups(bench);
  for (const user of Object.keys(MEMBERS)) await removeUser(bench, "bank", user);
  for (const team of TEAMS) await removeRole(bench, practice(team));
}

type Who = { user: string };
const works = (as: Who, what: string, attempt: Experiment["attempt"], why: string): Experiment => ({
  what: `${as.user} ${what}`,
  as,
  attempt,
  expect: "allowed",
  why,
});
const refused = (as: Who, what: string, attempt: Experiment["attempt"], why: string): Experiment => ({
  what: `${as.user} ${what}`,
  as,
  attempt,
  expect: "denied",
  by: "identity",
  why,
});

/** Every user makes a group; ana registers a version in hers. */
async function beginning(bench: Bench) {
  await removeGroups(bench);
  const ana = aboutGroup(bench, "ana");
  const ben = aboutGroup(bench, "ben");
  const cem = aboutGroup(bench, "cem");
  const experiments = [
    works(ANA, "makes a group", ana.create("team-a"), "everybody makes artifacts for the own team"),
    works(BEN, "makes a group", ben.create("team-a"), "everybody makes artifacts for the own team"),
    works(CEM, "makes a group", cem.create("team-b"), "everybody makes artifacts for the own team"),
    refused(CEM, "makes a group for team-a", aboutGroup(bench, "gift").create("team-a"), "not cem's team"),
    works(ANA, "registers a version in her group", ana.register(), "her own group"),
  ];
  return { ana, ben, cem, experiments };
}

/** At the end everybody tidies up, which needs the permission to delete one's own. */
function tidying({ ana, ben, cem }: Awaited<ReturnType<typeof beginning>>): Experiment[] {
  return [
    works(ANA, "approves her version", ana.approve(), "her own"),
    works(ANA, "deletes her version", ana.removeVersion(), "her own"),
    works(ANA, "deletes her group", ana.remove(), "her own"),
    works(BEN, "deletes his group", ben.remove(), "his own"),
    works(CEM, "deletes his group", cem.remove(), "his own"),
  ];
}

const people = `Three Studio users of the domain \`bank\` play: \`lab2-ana\` and \`lab2-ben\` of team-a share **one** execution role, \`lab2-cem\` of team-b has another. Both roles get your file.`;

export const ownEnvironment: Step = {
  id: "2.17",
  title: "Assignment 02-01, case 1: my own environment only",
  text: `## How far apart?

"Isolate the users" can mean three things. This assignment is about all of them, with model package groups as artifacts:

| | the own artifacts | those of the own team | those of another team |
|---|---|---|---|
| **case 1** own environment only | use | nothing | nothing |
| **case 2** the team shares | use | use | nothing |
| **case 3** the team reads, the maker changes | use | read | nothing |

${people}

## Case 1

Nobody reaches what somebody else has made, not even a colleague with the same role. The team's tag cannot tell ana from ben: it is a tag of their **role**. What differs is the *session* (\`sagemaker:UserProfileName\`) and the tag that SageMaker puts on what it makes: \`sagemaker:user-profile-arn\`.

## What to do

Repair \`policies/own-environment.json\`: the file compares domains, and ana and ben are in the same. ${placeholderNote}

## What to see, and what it means

Case 1 suits personal experiments. In a **shared space** it breaks down: there the session has no user profile (only the space), so that nothing made in it belongs to anybody. Use the space's tag \`sagemaker:space-arn\` there, or give shared spaces a role of their own.`,
  hint: 'Compare "aws:ResourceTag/sagemaker:user-profile-arn" with "arn:aws:sagemaker:{{region}}:{{account}}:user-profile/${sagemaker:DomainId}/${sagemaker:UserProfileName}".',
  task: {
    file: "own-environment.json",
    goal: "Everybody describes, extends, approves and deletes what they have made themselves, and nothing that anybody else has made.",
    start: policy(
      ...make,
      allow("Use", [...READ, ...CHANGE], [GROUPS, VERSIONS], {
        StringEquals: {
          "aws:ResourceTag/sagemaker:domain-arn":
            "arn:aws:sagemaker:{{region}}:{{account}}:domain/${sagemaker:DomainId}",
        },
      }),
    ),
    solution: policy(...make, allow("Use", [...READ, ...CHANGE], [GROUPS, VERSIONS], OWN_PROFILE)),
    ...onRoles(...TEAMS.map(practice)),
  },
  prepare,
  async experiments(bench) {
    const all = await beginning(bench);
    const { ana } = all;
    return [
      ...all.experiments,
      works(ANA, "describes her group", ana.describe(), "her own"),
      refused(BEN, "describes ana's group", ana.describe(), "same team, same role, but not his"),
      refused(BEN, "describes ana's version", ana.describeVersion(), "a version is judged by its group"),
      refused(BEN, "registers a version in ana's group", ana.register(), "not his"),
      refused(BEN, "deletes ana's version", ana.removeVersion(), "not his"),
      refused(CEM, "describes ana's group", ana.describe(), "another team"),
      ...tidying(all),
    ];
  },
  undo,
};

export const sharedByTeam: Step = {
  id: "2.17b",
  title: "Assignment 02-01, case 2: the team shares, others see nothing",
  text: `## Case 2

The team works together: everything with its tag is everybody's in the team. For other teams it is as if it were not there.

Artifacts are not in the registry alone. A model package *points* to S3, where the files lie: whoever reads them there needs no registry. So the same rule is written twice, in the language of each service:

- SageMaker: \`aws:ResourceTag/team\` equals \`aws:PrincipalTag/team\`;
- S3: objects have folders rather than tags in most teams' practice. The variable may stand in the middle of an ARN: \`arn:aws:s3:::BUCKET/\${aws:PrincipalTag/team}/*\`. Listing is about the bucket, with the folder in the key \`s3:prefix\`.

${people}

## What to do

Repair \`policies/team-shares.json\`. Its part for SageMaker is right; its part for S3 lets every team list and read the whole bucket \`{{platform}}-lab2-artifacts-…\`. ${placeholderNote}

## What to see, and what it means

*Invisible* has a limit that you know from step 2.14: \`ListModelPackageGroups\` shows all names. Folders in S3 can be hidden for real, since \`s3:prefix\` is a condition key. Do not allow a listing without a prefix "for convenience": it shows every team's keys.`,
  hint: 'GetObject and PutObject on "BUCKET/${aws:PrincipalTag/team}/*"; ListBucket on the bucket with {"StringLike": {"s3:prefix": "${aws:PrincipalTag/team}/*"}}.',
  task: {
    file: "team-shares.json",
    goal: "Members of a team use all artifacts and files of their team; of another team's they can describe, list, read and write none.",
    start: policy(
      ...make,
      allow("Use", [...READ, ...CHANGE], [GROUPS, VERSIONS], OWN_TEAM),
      allow(
        "Files",
        ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
        [bucketInFile(PURPOSE), `${bucketInFile(PURPOSE)}/*`],
      ),
    ),
    solution: policy(
      ...make,
      allow("Use", [...READ, ...CHANGE], [GROUPS, VERSIONS], OWN_TEAM),
      allow("Files", ["s3:GetObject", "s3:PutObject"], `${bucketInFile(PURPOSE)}/${TEAM}/*`),
      allow("Folder", "s3:ListBucket", bucketInFile(PURPOSE), {
        StringLike: { "s3:prefix": `${TEAM}/*` },
      }),
    ),
    ...onRoles(...TEAMS.map(practice)),
  },
  async prepare(bench) {
    await makeBucket(bench, bucketName(bench, PURPOSE), {
      "team-a/model.tar.gz": {},
      "team-b/model.tar.gz": {},
    });
    await prepare(bench);
  },
  async experiments(bench) {
    const all = await beginning(bench);
    const { ana } = all;
    const Bucket = bucketName(bench, PURPOSE);
    const get = (team: string) => call("s3", "GetObject", { Bucket, Key: `${team}/model.tar.gz` });
    const put = (team: string) => call("s3", "PutObject", { Bucket, Key: `${team}/new.tar.gz`, Body: "" });
    const list = (Prefix?: string) => call("s3", "ListObjectsV2", { Bucket, ...(Prefix && { Prefix }) });
    return [
      ...all.experiments,
      works(BEN, "describes ana's group", ana.describe(), "the same team"),
      works(BEN, "describes ana's version", ana.describeVersion(), "the same team"),
      works(BEN, "approves ana's version", ana.approve(), "the same team"),
      refused(CEM, "describes ana's group", ana.describe(), "another team"),
      refused(CEM, "approves ana's version", ana.approve(), "another team"),
      works(BEN, "reads a file of team-a", get("team-a"), "the same team"),
      works(BEN, "writes a file of team-a", put("team-a"), "the same team"),
      works(BEN, "lists the folder of team-a", list("team-a/"), "the same team"),
      refused(CEM, "reads a file of team-a", get("team-a"), "the registry's fence does not protect files"),
      refused(CEM, "writes a file of team-a", put("team-a"), "whoever may write may replace a model"),
      refused(CEM, "lists the folder of team-a", list("team-a/"), "names are data, too"),
      refused(CEM, "lists the whole bucket", list(), "without a prefix the list shows every team"),
      works(CEM, "reads a file of team-b", get("team-b"), "his own team"),
      works(CEM, "lists the folder of team-b", list("team-b/"), "his own team"),
      ...tidying(all),
    ];
  },
  async undo(bench) {
    await undo(bench);
    await removeBucket(bench, bucketName(bench, PURPOSE));
  },
};

export const teamReads: Step = {
  id: "2.17c",
  title: "Assignment 02-01, case 3: the team reads, the maker changes",
  text: `## Case 3

Colleagues should find and compare each other's models, but only whoever made one changes it. Two fences of different width: the team's tag for reading, the user's for changing.

| | who | key |
|---|---|---|
| describe | the team | \`aws:ResourceTag/team\` = \`\${aws:PrincipalTag/team}\` |
| register, approve, delete | the maker | \`aws:ResourceTag/sagemaker:user-profile-arn\` = the session's profile |

${people}

## What to do

Repair \`policies/team-reads.json\`: its statement \`Use\` does both with the team's tag. ${placeholderNote}

## What to see, and what it means

Ben compares ana's model and cannot approve it. Whether *approving* should rather be somebody else's (four eyes) is one more statement: \`sagemaker:UpdateModelPackage\` denied to the maker, allowed to a reviewer.

Which case for whom? Case 3 is what most teams want; case 1 for personal data; case 2 for small teams that trust each other. Where even *names* must not be seen, or where a mistake in a policy would be a disaster, none of them suffices: use separate accounts.`,
  hint: "Split `Use`: Describe* stays with the team's tag; CreateModelPackage, UpdateModelPackage, DeleteModelPackage and DeleteModelPackageGroup get the condition of case 1.",
  task: {
    file: "team-reads.json",
    goal: "Members of a team describe all of its groups and versions, and change only those they have made themselves. Other teams do nothing.",
    start: policy(...make, allow("Use", [...READ, ...CHANGE], [GROUPS, VERSIONS], OWN_TEAM)),
    solution: policy(
      ...make,
      allow("Read", READ, [GROUPS, VERSIONS], OWN_TEAM),
      allow("Change", CHANGE, [GROUPS, VERSIONS], OWN_PROFILE),
    ),
    ...onRoles(...TEAMS.map(practice)),
  },
  prepare,
  async experiments(bench) {
    const all = await beginning(bench);
    const { ana, ben } = all;
    return [
      ...all.experiments,
      works(BEN, "describes ana's group", ana.describe(), "the same team may read"),
      works(BEN, "describes ana's version", ana.describeVersion(), "the same team may read"),
      refused(BEN, "registers a version in ana's group", ana.register(), "only the maker changes it"),
      refused(BEN, "approves ana's version", ana.approve(), "only the maker changes it"),
      refused(BEN, "deletes ana's version", ana.removeVersion(), "only the maker changes it"),
      refused(
        BEN,
        "tags ana's group",
        ana.tag("project", "mine"),
        "tags decide who may: they are changes, too",
      ),
      refused(ANA, "deletes ben's group", ben.remove(), "only the maker changes it"),
      refused(CEM, "describes ana's group", ana.describe(), "another team"),
      refused(CEM, "approves ana's version", ana.approve(), "another team"),
      ...tidying(all),
    ];
  },
  undo,
};
