/** Rows 2.15 and 2.16, and assignment 02-03: what is made in one domain stays in it. */
import type { Bench } from "../../../bench.ts";
import { awsCommand } from "../../../command-text.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import { inTurn } from "../attempts.ts";
import { placeholderNote } from "../placeholder-note.ts";
import { makeRole, makeUser, onRoles, removeRole, removeUser } from "../practice.ts";
import { aboutGroup, groupName, removeGroups } from "../registry.ts";

const BANK = { user: "user1-data-scientist" } as const;
const RESEARCH = { user: "user1" } as const;
const works = { expect: "allowed" } as const;
const refused = { expect: "denied", by: "identity" } as const;

/** Looks at the tags that SageMaker has put on a group. */
function automaticTags(bench: Bench, as: { user: string }, name: string, domain: string): Experiment {
  const ResourceArn = `arn:aws:sagemaker:${bench.region}:${bench.account}:model-package-group/${groupName(name)}`;
  const list = call("sagemaker", "ListTags", { ResourceArn });
  return {
    what: "the group carries its domain and its maker, though nobody wrote these tags",
    as: "admin",
    attempt: inTurn(awsCommand(list), async () => {
      const { Tags = [] } = await bench.admin.call("sagemaker", "ListTags", { ResourceArn });
      const value = (key: string) => Tags.find(({ Key }) => Key === key)?.Value ?? "";
      const id = await bench.domainId(domain);
      if (!value("sagemaker:domain-arn").endsWith(`:domain/${id}`)) throw new Error("no tag of the domain");
      if (!value("sagemaker:user-profile-arn").endsWith(`/${as.user}`)) throw new Error("no tag of the user");
    }),
    ...works,
    why: "SageMaker tags what a Studio session makes with sagemaker:domain-arn and sagemaker:user-profile-arn",
  };
}

export const foreignDomain: Step = {
  id: "2.15",
  title: "A model of another domain",
  text: `## Several domains in one account

The platform has two domains, \`bank\` and \`research\`. Each has its own file system, users and settings. But jobs, models and model packages do not live *in* a domain: they live in the account, beside each other. Two domains alone isolate nothing but home directories.

What makes isolation possible is a tag. Whatever a Studio session makes, SageMaker itself tags with \`sagemaker:domain-arn\` and \`sagemaker:user-profile-arn\` (and \`sagemaker:space-arn\`). A policy can compare them with the caller's own domain.

Limits worth knowing: resources made **outside** of Studio carry no such tags; those older than the domain's tags neither (AWS documents how to backfill them); some kinds cannot be tagged, a pipeline's executions among them. A *version* in a group has no tags of its own, the group's count. And a role that makes resources from Studio needs \`sagemaker:AddTags\`, or making them fails.

## What to do, and what to see

\`user1-data-scientist\` of the domain \`bank\` makes a model package group and registers a version. \`user1\` of the domain \`research\` may work with model packages too, in its own domain. It sees the group's name in the list, and is refused whatever else it tries: describe, approve, delete, retag.`,
  hint: "Nothing to write. Compare `aws sagemaker list-tags` of the group with the domain's ARN.",
  async experiments(bench) {
    const group = aboutGroup(bench, "churn");
    const own = aboutGroup(bench, "genome");
    return [
      {
        what: "user1-data-scientist (bank) makes a group",
        as: BANK,
        attempt: group.create("team-a"),
        ...works,
        why: "in its own domain",
      },
      {
        what: "and registers a version",
        as: BANK,
        attempt: group.register(),
        ...works,
        why: "in its own group",
      },
      automaticTags(bench, BANK, "churn", "bank"),
      {
        what: "user1 (research) describes the group",
        as: RESEARCH,
        attempt: group.describe(),
        ...refused,
        why: "the group's domain is another",
      },
      {
        what: "user1 (research) describes the version",
        as: RESEARCH,
        attempt: group.describeVersion(),
        ...refused,
        why: "a version is judged by the tags of its group",
      },
      {
        what: "user1 (research) approves the version",
        as: RESEARCH,
        attempt: group.approve(),
        ...refused,
        why: "approving is what brings a model into production",
      },
      {
        what: "user1 (research) deletes the version",
        as: RESEARCH,
        attempt: group.removeVersion(),
        ...refused,
        why: "the group's domain is another",
      },
      {
        what: "user1 (research) deletes the group",
        as: RESEARCH,
        attempt: group.remove(),
        ...refused,
        why: "the group's domain is another",
      },
      {
        what: "user1 (research) makes a group in its own domain",
        as: RESEARCH,
        attempt: own.create("team-r"),
        ...works,
        why: "isolation is not a prohibition",
      },
      {
        what: "user1 (research) describes its own group",
        as: RESEARCH,
        attempt: own.describe(),
        ...works,
        why: "in its own domain",
      },
    ] satisfies Experiment[];
  },
  undo: removeGroups,
};

export const ownDomain: Step = {
  id: "2.16",
  title: "The same, within the domain",
  text: `## The counter-test

A control that refuses everything also passes step 2.15. So the owner tries the same calls, in the same order.

## What to do, and what to see

As \`user1-data-scientist\` of the domain \`bank\`: make a group, register a version, describe both, approve the version, delete both. Everything works, with the same requests that \`research\` was refused.

Together with team isolation (step 2.12) there are two fences: the team's tag and the domain's. Use domains for groups that share nothing but an account (departments, tenants, development and production), tags for teams that work side by side.`,
  hint: "Nothing to write. A group can be deleted only when it has no versions left.",
  experiments(bench) {
    const group = aboutGroup(bench, "churn");
    const mine = (what: string, attempt: Experiment["attempt"], why: string): Experiment => ({
      what,
      as: BANK,
      attempt,
      ...works,
      why,
    });
    return [
      mine("make a group", group.create("team-a"), "in the own domain, with the own team's tag"),
      mine("register a version", group.register(), "a version joins the group and takes its tags"),
      mine("describe the group", group.describe(), "own domain, own team"),
      mine("describe the version", group.describeVersion(), "own domain, own team"),
      mine("approve the version", group.approve(), "own domain, own team"),
      mine("delete the version", group.removeVersion(), "own domain, own team"),
      mine("delete the group", group.remove(), "own domain, own team"),
    ];
  },
  undo: removeGroups,
};

const PRACTICE = "registrar";
const IN_BANK = { user: "lab2-bank" } as const;
const IN_RESEARCH = { user: "lab2-research" } as const;
const GROUPS = "arn:aws:sagemaker:{{region}}:{{account}}:model-package-group/*";
const VERSIONS = "arn:aws:sagemaker:{{region}}:{{account}}:model-package/*";
const USE = [
  "sagemaker:CreateModelPackage",
  "sagemaker:DeleteModelPackage",
  "sagemaker:DeleteModelPackageGroup",
  "sagemaker:DescribeModelPackage",
  "sagemaker:DescribeModelPackageGroup",
  "sagemaker:UpdateModelPackage",
];
const make = {
  Sid: "Make",
  Effect: "Allow",
  Action: ["sagemaker:CreateModelPackageGroup"],
  Resource: GROUPS,
};
const tagNew = {
  Sid: "TagNew",
  Effect: "Allow",
  Action: "sagemaker:AddTags",
  Resource: GROUPS,
  Condition: { StringEquals: { "sagemaker:TaggingAction": "CreateModelPackageGroup" } },
};

export const domainIsolation: Step = {
  id: "02-03",
  title: "Assignment 02-03: isolate the domains",
  text: `## What to do

Write \`policies/domain-isolation.json\`, the policy behind steps 2.15 and 2.16: model package groups and their versions are used only from the domain they were made in. One role, \`{{platform}}-lab2-registrar\`, is the execution role of **two** Studio users: \`lab2-bank\` in the domain \`bank\`, and \`lab2-research\` in \`research\`. Same role, same policies, same tags: only the *session* tells them apart.

## The trap

The file asks that the resource carries **some** domain's ARN: \`StringLike … domain/*\`. Every group does. AWS's own example has one policy for each domain, with its ARN written in; forget one, copy one wrongly, and a domain is open or shut.

## What to think about

- Inside Studio the session carries \`sagemaker:DomainId\` and \`sagemaker:UserProfileName\`, usable as policy variables: \`arn:aws:sagemaker:{{region}}:{{account}}:domain/\${sagemaker:DomainId}\` is *the caller's own domain*. One policy for all domains.
- Outside of Studio the variable has no value, and a condition on it does not hold: nothing is allowed. That is the safe way round.
- Making a group needs no domain tag yet, SageMaker puts it on. Making a *version* is judged by its group's tags: allow it only together with the other uses, or \`research\` registers a model in \`bank\`'s group.

${placeholderNote}

## What to see, and what it means

The same role with the same policy works in both domains and reaches from neither into the other. A third domain needs no new policy.`,
  hint: 'In the statement Use replace StringLike by {"StringEquals": {"aws:ResourceTag/sagemaker:domain-arn": "arn:aws:sagemaker:{{region}}:{{account}}:domain/${sagemaker:DomainId}"}}, and move sagemaker:CreateModelPackage from Make to Use.',
  task: {
    file: "domain-isolation.json",
    goal: "In either domain one makes groups, registers versions, describes, approves and deletes them; nothing of it reaches the other domain's groups.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          ...make,
          Action: ["sagemaker:CreateModelPackageGroup", "sagemaker:CreateModelPackage"],
          Resource: [GROUPS, VERSIONS],
        },
        tagNew,
        {
          Sid: "Use",
          Effect: "Allow",
          Action: USE.filter((action) => action !== "sagemaker:CreateModelPackage"),
          Resource: [GROUPS, VERSIONS],
          Condition: {
            StringLike: {
              "aws:ResourceTag/sagemaker:domain-arn": "arn:aws:sagemaker:{{region}}:{{account}}:domain/*",
            },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        make,
        tagNew,
        {
          Sid: "Use",
          Effect: "Allow",
          Action: USE,
          Resource: [GROUPS, VERSIONS],
          Condition: {
            StringEquals: {
              "aws:ResourceTag/sagemaker:domain-arn":
                "arn:aws:sagemaker:{{region}}:{{account}}:domain/${sagemaker:DomainId}",
            },
          },
        },
      ],
    },
    ...onRoles(PRACTICE),
  },
  async prepare(bench) {
    await makeRole(bench, PRACTICE, {}, () => [
      { Effect: "Allow", Action: "sagemaker:ListModelPackageGroups", Resource: "*" },
    ]);
    await makeUser(bench, "bank", IN_BANK.user, PRACTICE);
    await makeUser(bench, "research", IN_RESEARCH.user, PRACTICE);
  },
  async experiments(bench) {
    await removeGroups(bench);
    const bank = aboutGroup(bench, "bank");
    const research = aboutGroup(bench, "research");
    const yes = (as: { user: string }, what: string, attempt: Experiment["attempt"]): Experiment => ({
      what: `${as.user} ${what}`,
      as,
      attempt,
      ...works,
      why: "in its own domain",
    });
    const no = (as: { user: string }, what: string, attempt: Experiment["attempt"]): Experiment => ({
      what: `${as.user} ${what}`,
      as,
      attempt,
      ...refused,
      why: "the group was made in the other domain",
    });
    return [
      yes(IN_BANK, "makes a group", bank.create()),
      yes(IN_RESEARCH, "makes a group", research.create()),
      yes(IN_BANK, "registers a version in its group", bank.register()),
      no(IN_RESEARCH, "registers a version in bank's group", bank.register()),
      no(IN_RESEARCH, "describes bank's group", bank.describe()),
      no(IN_RESEARCH, "describes bank's version", bank.describeVersion()),
      no(IN_RESEARCH, "approves bank's version", bank.approve()),
      no(IN_RESEARCH, "deletes bank's version", bank.removeVersion()),
      no(IN_RESEARCH, "deletes bank's group", bank.remove()),
      no(IN_RESEARCH, "tags bank's group", bank.tag("project", "mine")),
      no(IN_BANK, "describes research's group", research.describe()),
      yes(IN_RESEARCH, "describes its group", research.describe()),
      yes(IN_BANK, "describes its group", bank.describe()),
      yes(IN_BANK, "approves its version", bank.approve()),
      yes(IN_BANK, "deletes its version", bank.removeVersion()),
      yes(IN_BANK, "deletes its group", bank.remove()),
      yes(IN_RESEARCH, "deletes its group", research.remove()),
    ];
  },
  async undo(bench) {
    await removeGroups(bench);
    await removeUser(bench, "bank", IN_BANK.user);
    await removeUser(bench, "research", IN_RESEARCH.user);
    await removeRole(bench, PRACTICE);
  },
};
