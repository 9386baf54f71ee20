/** Rows 3.6 to 3.8: jobs belong in our network. */
import type { Bench } from "../../../bench.ts";
import type { Experiment, Step } from "../../../model.ts";
import { placeholderNote } from "../placeholders.ts";
import {
  makePracticeRole,
  onPracticeRoles,
  practiceActor,
  removePracticeRole,
  simulation,
} from "../practice.ts";
import {
  createActions,
  freshName,
  PREFIX,
  removeWork,
  request,
  type Settings,
  scheduleOf,
  spoken,
  WORK_KINDS,
  type WorkKind,
} from "../requests.ts";
import { until } from "../waiting.ts";

const ROLE = "builder";
/** Everything that can be given a network. */
const CREATES = [
  ...WORK_KINDS.map((kind) => `sagemaker:${createActions[kind]}`),
  "sagemaker:CreateAutoMLJob",
];
const SCHEDULE = "sagemaker:CreateMonitoringSchedule";
const JOBS = CREATES.filter((action) => action !== SCHEDULE);
/** Work that SageMaker can start without a network setting of its own. */
const NO_SETTING = ["sagemaker:CreateTransformJob", "sagemaker:CreateLabelingJob"];

const passRole = (bench: Bench) => ({
  Sid: "HandOverTheJobRole",
  Effect: "Allow",
  Action: "iam:PassRole",
  Resource: `arn:aws:iam::${bench.account}:role/${bench.platform}-team-a-processing-job`,
  Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
});

const looking = {
  Sid: "LookAndTag",
  Effect: "Allow",
  Action: ["sagemaker:Describe*", "sagemaker:List*", "sagemaker:Stop*", "sagemaker:AddTags", ...NO_SETTING],
  Resource: "*",
};

const starting = {
  Sid: "StartWork",
  Effect: "Allow",
  Action: [...CREATES, "sagemaker:CreateNotebookInstance"],
  Resource: "*",
};

export async function ourNetwork(bench: Bench): Promise<{ subnets: string[]; groups: string[] }> {
  return {
    subnets: [await bench.exported("network:PrivateSubnet1"), await bench.exported("network:PrivateSubnet2")],
    groups: [await bench.exported("network:JobGroup")],
  };
}

function start(
  bench: Bench,
  kind: WorkKind,
  how: string,
  settings: Settings,
  expect: "allowed" | "denied",
  why: string,
): Experiment {
  return {
    what: `start ${spoken[kind]} ${how}`,
    as: practiceActor(bench, ROLE),
    attempt: request(bench, kind, settings),
    expect,
    ...(expect === "denied" && { by: "identity" as const }),
    why,
  };
}

export const jobsNeedVpc: Step = {
  id: "3.6",
  title: "No job without our network (assignment 03-03, part 1)",
  text: `## Preventive controls

A domain in \`VpcOnly\` mode keeps **Studio** in your VPC. It says nothing about **jobs**. A processing job, a training job, a model or a monitoring schedule runs on machines that SageMaker owns; unless the request carries a \`VpcConfig\`, they have SageMaker's own way to the internet. No flow log of yours sees them, no endpoint policy and no security group applies: one missing member in a Python call and the data perimeter of lab 2 is history.

So the request itself must be controlled. SageMaker gives IAM condition keys for it: \`sagemaker:VpcSubnets\` and \`sagemaker:VpcSecurityGroupIds\`, both lists.

## The trap

The file you start from looks right: *allow these actions if all subnets of the request are ours*. But a request without any subnet has no such key, and **\`ForAllValues\` is true when there is nothing to compare**. IAM's documentation says so in one sentence that is easily missed. The job without a network is exactly the one that passes.

Two more traps wait behind it:

- A pattern such as \`sagemaker:Create*Job*\` together with "the key is missing" also hits \`CreateTransformJob\` and \`CreateLabelingJob\`. They have no network setting (a transform job takes its model's), so the key is **always** missing there and they would be forbidden for ever. Name the actions that support the key: AWS's *Service Authorization Reference* lists them.
- A monitoring schedule may bring its settings along or name a definition made before. In the second case it has no subnets of its own and needs none: the definition was controlled when it was made. Tell the two apart by another key: only a request with settings names an instance type (\`sagemaker:InstanceTypes\`).

## What to do

Edit \`policies/jobs-need-our-network.json\`. It is attached to a practice role that may look around, hand the job role to SageMaker and start transform jobs, nothing else. Every kind of work without a network must be refused, every kind within it must start.

${placeholderNote}

## What it means

A denial that also holds when the key is missing (\`Null\`) closes the door; an \`Allow\` with a condition only opens one of several. The platform's roles carry such denials already, written from AWS's list of actions (\`sagekeep explain user1-data-scientist sagemaker:CreateProcessingJob\` names them).

*Older material*: the workshop era's policies often name only \`CreateTrainingJob\` and \`CreateProcessingJob\`. \`CreateAutoMLJobV2\` and the four monitoring definitions came later, and nothing announces a new action to your policy.`,
  hint: 'Keep the Allow without its condition and add Deny statements: {"Null": {"sagemaker:VpcSubnets": "true"}} for the subnets, a second statement for the groups. Put CreateMonitoringSchedule into a statement of its own that also asks {"Null": {"sagemaker:InstanceTypes": "false"}}.',
  task: {
    file: "jobs-need-our-network.json",
    goal: "Let the role start jobs, models and monitoring in our network only: without subnets and security groups every kind of work is refused, and a schedule that names a finished definition still works.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "StartWorkInOurSubnets",
          Effect: "Allow",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAllValues:StringEquals": {
              "sagemaker:VpcSubnets": ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"],
            },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        { Sid: "StartWork", Effect: "Allow", Action: CREATES, Resource: "*" },
        {
          Sid: "DenyNoSubnets",
          Effect: "Deny",
          Action: JOBS,
          Resource: "*",
          Condition: { Null: { "sagemaker:VpcSubnets": "true" } },
        },
        {
          Sid: "DenyNoGroups",
          Effect: "Deny",
          Action: JOBS,
          Resource: "*",
          Condition: { Null: { "sagemaker:VpcSecurityGroupIds": "true" } },
        },
        {
          Sid: "DenySchedulesNoSubnets",
          Effect: "Deny",
          Action: SCHEDULE,
          Resource: "*",
          Condition: { Null: { "sagemaker:InstanceTypes": "false", "sagemaker:VpcSubnets": "true" } },
        },
        {
          Sid: "DenySchedulesNoGroups",
          Effect: "Deny",
          Action: SCHEDULE,
          Resource: "*",
          Condition: {
            Null: { "sagemaker:InstanceTypes": "false", "sagemaker:VpcSecurityGroupIds": "true" },
          },
        },
      ],
    },
    ...onPracticeRoles(ROLE),
  },
  prepare: (bench) => makePracticeRole(bench, { name: ROLE, given: () => [looking, passRole(bench)] }),
  async experiments(bench) {
    const network = await ourNetwork(bench);
    const definition = freshName("definition");
    return [
      ...WORK_KINDS.map((kind) =>
        start(
          bench,
          kind,
          "without a network",
          {},
          "denied",
          "no VpcConfig: it would run on SageMaker's network, outside of everything we watch",
        ),
      ),
      ...(["processing", "training", "model"] as const).map((kind) =>
        start(bench, kind, "in our network", network, "allowed", "this is how work is meant to be started"),
      ),
      {
        what: "make a data quality definition in our network",
        as: practiceActor(bench, ROLE),
        attempt: request(bench, "data-quality", network, definition),
        expect: "allowed",
        why: "monitoring in our network is wanted",
      },
      {
        what: "schedule that definition",
        as: practiceActor(bench, ROLE),
        attempt: scheduleOf(definition),
        expect: "allowed",
        why: "it carries no network of its own: the definition does",
      },
      {
        what: "start a transform job",
        as: "admin",
        attempt: simulation(bench, ROLE, {
          action: "sagemaker:CreateTransformJob",
          resource: `transform-job/${PREFIX}-transform`,
          context: { "sagemaker:InstanceTypes": ["ml.m5.large"] },
        }),
        expect: "allowed",
        why: "CreateTransformJob has no network key: a denial on its absence would forbid it for ever",
      },
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await removePracticeRole(bench, ROLE);
  },
};

export const halfNetwork: Step = {
  id: "3.7",
  title: "Half a network is no network",
  text: `## Concept

A network setting has two halves: **subnets** say where the machines stand, **security groups** say what may pass. A control must demand both.

The file you start from seems to: *deny if subnets are missing and groups are missing*. And there it is, the **and**. Conditions in one block are all required before the statement applies. With one half given, the block is false, the denial does not apply, and half a network goes through. Two separate statements make an **or**.

## Where half a network is real

For jobs, SageMaker's API wants both halves in \`VpcConfig\` and refuses anything else before your policy matters. That is luck, not control: it is their validation, not yours. For a **notebook instance** (and for a domain) the API takes subnets without groups and then puts the machine into the VPC's *default* group, which nobody tightened. This is where the AND really leaks, so the experiments use it; the jobs' halves, which no client can send, are put to IAM's policy simulator with the same policies.

## What to do

Edit \`policies/both-halves.json\`; it is attached to a role that may start everything.

## What to see

Nothing, subnets only and groups only are refused; both are accepted. Look at which statement decided: with two statements the answer also tells the user *which half* was missing.

## What it means

Whenever a policy says "deny unless A and B", write one statement for A and one for B. The same mistake in guardrails lets a public domain through as long as it names some subnet: you meet it again in step 3.12.`,
  hint: "Split the Condition: one Deny statement with Null on sagemaker:VpcSubnets, a second one with Null on sagemaker:VpcSecurityGroupIds.",
  task: {
    file: "both-halves.json",
    goal: "Refuse work that names no subnets, and work that names no security groups. Two keys in one condition block are joined by AND: that is the hole.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyNoNetwork",
          Effect: "Deny",
          Action: [...JOBS, "sagemaker:CreateNotebookInstance"],
          Resource: "*",
          Condition: {
            Null: { "sagemaker:VpcSubnets": "true", "sagemaker:VpcSecurityGroupIds": "true" },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyNoSubnets",
          Effect: "Deny",
          Action: [...JOBS, "sagemaker:CreateNotebookInstance"],
          Resource: "*",
          Condition: { Null: { "sagemaker:VpcSubnets": "true" } },
        },
        {
          Sid: "DenyNoGroups",
          Effect: "Deny",
          Action: [...JOBS, "sagemaker:CreateNotebookInstance"],
          Resource: "*",
          Condition: { Null: { "sagemaker:VpcSecurityGroupIds": "true" } },
        },
      ],
    },
    ...onPracticeRoles(ROLE),
  },
  prepare: (bench) =>
    makePracticeRole(bench, { name: ROLE, given: () => [looking, starting, passRole(bench)] }),
  async experiments(bench) {
    const { subnets, groups } = await ourNetwork(bench);
    const as = practiceActor(bench, ROLE);
    const notebook = (SubnetId: string | undefined, SecurityGroupIds: string[] | undefined) => ({
      service: "sagemaker" as const,
      operation: "CreateNotebookInstance",
      input: {
        NotebookInstanceName: freshName("notebook"),
        InstanceType: "ml.t3.medium",
        RoleArn: `arn:aws:iam::${bench.account}:role/${bench.platform}-team-a-processing-job`,
        ...(SubnetId && { SubnetId }),
        ...(SecurityGroupIds && { SecurityGroupIds }),
      },
    });
    const simulated = (kind: WorkKind, half: "subnets" | "groups"): Experiment => ({
      what: `start ${spoken[kind]} with ${half} only (simulated)`,
      as: "admin",
      attempt: simulation(bench, ROLE, {
        action: `sagemaker:${createActions[kind]}`,
        resource: "*",
        context:
          half === "subnets"
            ? { "sagemaker:VpcSubnets": subnets }
            : { "sagemaker:VpcSecurityGroupIds": groups },
      }),
      expect: "denied",
      why: `${half} without the other half`,
    });
    return [
      start(bench, "processing", "with both halves", { subnets, groups }, "allowed", "a whole network"),
      start(bench, "training", "with both halves", { subnets, groups }, "allowed", "a whole network"),
      start(bench, "processing", "with nothing", {}, "denied", "no network at all"),
      {
        what: "make a notebook instance with a subnet only",
        as,
        attempt: notebook(subnets[0], undefined),
        expect: "denied",
        by: "identity",
        why: "it would stand in the VPC's default group",
      },
      {
        what: "make a notebook instance with groups only",
        as,
        attempt: notebook(undefined, groups),
        expect: "denied",
        by: "identity",
        why: "it would stand outside of our subnets",
      },
      ...(["processing", "training", "tuning", "model", "automl"] as const).flatMap((kind) => [
        simulated(kind, "subnets"),
        simulated(kind, "groups"),
      ]),
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await removeNotebooks(bench);
    await removePracticeRole(bench, ROLE);
  },
};

/** An unsolved policy lets notebook instances be made. */
async function removeNotebooks(bench: Bench): Promise<void> {
  const { admin } = bench;
  await until(bench, "notebook instances of this lab to go", async () => {
    const { NotebookInstances } = await admin.call("sagemaker", "ListNotebookInstances", {
      NameContains: PREFIX,
    });
    for (const { NotebookInstanceName, NotebookInstanceStatus } of NotebookInstances ?? []) {
      if (NotebookInstanceStatus === "InService")
        await admin.call("sagemaker", "StopNotebookInstance", { NotebookInstanceName });
      else if (NotebookInstanceStatus === "Stopped" || NotebookInstanceStatus === "Failed")
        await admin.call("sagemaker", "DeleteNotebookInstance", { NotebookInstanceName });
    }
    return NotebookInstances?.length === 0;
  });
}

const SIDE_DOOR = "sagekeep lab 3: a side door";

export const onlyOurNetwork: Step = {
  id: "3.8",
  title: "Our subnets, and only ours",
  text: `## Concept

"Some network" is not "our network". Whoever may create a subnet with a route to an internet gateway, even in the same VPC, only has to name it in a job. So the values count too: every subnet and every group of the request must be on the list.

## The trap

The list is compared by a *set operator*, and there are two:

| operator | true when | missing key |
|---|---|---|
| \`ForAnyValue:StringNotEquals\` | **at least one** value is not on the list | false |
| \`ForAllValues:StringNotEquals\` | **every** value is not on the list | true |

A denial wants the first: one foreign value is enough. The file you start from uses the second, so one of our subnets beside a foreign one makes the denial go away. (In an \`Allow\` it is the other way round; there \`ForAllValues\` is right and the missing key is the hole, as in 3.6.)

## What to do

Edit \`policies/only-our-network.json\`. For this step the lab opened a side door: a new subnet and a new security group in the same VPC. Neither may be used; our two subnets and the job group may.

${placeholderNote}

## What to see

The mixed request is the interesting one. With the unsolved file SageMaker takes it and may place every machine in the side door.

## What it means

Ids in policies age: a third zone means a third subnet, and a policy that does not know it breaks work. Sagekeep writes these lists from \`platform.yaml\`, so they change together.`,
  hint: "Use ForAnyValue:StringNotEquals in both denials: one for sagemaker:VpcSubnets with our two subnets, one for sagemaker:VpcSecurityGroupIds with the job group.",
  task: {
    file: "only-our-network.json",
    goal: "Refuse work with even one subnet or security group that is not ours.",
    start: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyOtherSubnets",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAllValues:StringNotEquals": {
              "sagemaker:VpcSubnets": ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"],
            },
          },
        },
      ],
    },
    solution: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "DenyOtherSubnets",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAnyValue:StringNotEquals": {
              "sagemaker:VpcSubnets": ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"],
            },
          },
        },
        {
          Sid: "DenyOtherGroups",
          Effect: "Deny",
          Action: CREATES,
          Resource: "*",
          Condition: {
            "ForAnyValue:StringNotEquals": { "sagemaker:VpcSecurityGroupIds": ["{{network:JobGroup}}"] },
          },
        },
      ],
    },
    ...onPracticeRoles(ROLE),
  },
  async prepare(bench) {
    await closeSideDoor(bench);
    const VpcId = await bench.exported("network:Vpc");
    const TagSpecifications = (ResourceType: "subnet" | "security-group") => [
      { ResourceType, Tags: [{ Key: "Name", Value: SIDE_DOOR }] },
    ];
    await bench.admin.call("ec2", "CreateSubnet", {
      VpcId,
      CidrBlock: "192.168.250.0/28",
      TagSpecifications: TagSpecifications("subnet"),
    });
    await bench.admin.call("ec2", "CreateSecurityGroup", {
      VpcId,
      GroupName: `${bench.platform}-lab3-side-door`,
      Description: SIDE_DOOR,
      TagSpecifications: TagSpecifications("security-group"),
    });
    await makePracticeRole(bench, { name: ROLE, given: () => [looking, starting, passRole(bench)] });
  },
  async experiments(bench) {
    const { subnets, groups } = await ourNetwork(bench);
    const door = await sideDoor(bench);
    const [ours = ""] = subnets;
    return [
      ...(["processing", "training", "model"] as const).map((kind) =>
        start(bench, kind, "in our network", { subnets, groups }, "allowed", "ours, and only ours"),
      ),
      start(
        bench,
        "processing",
        "in one of our subnets",
        { subnets: [ours], groups },
        "allowed",
        "nobody has to use both",
      ),
      ...(["processing", "training", "model"] as const).map((kind) =>
        start(
          bench,
          kind,
          "in our subnet and a foreign one",
          { subnets: [ours, door.subnet], groups },
          "denied",
          "one foreign subnet is enough",
        ),
      ),
      start(
        bench,
        "training",
        "in a foreign subnet",
        { subnets: [door.subnet], groups },
        "denied",
        "not our subnet",
      ),
      start(
        bench,
        "tuning",
        "with a foreign group beside ours",
        { subnets, groups: [...groups, door.group] },
        "denied",
        "the foreign group may let anything out",
      ),
      start(
        bench,
        "data-quality",
        "with a foreign group",
        { subnets, groups: [door.group] },
        "denied",
        "not our group",
      ),
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await closeSideDoor(bench);
    await removePracticeRole(bench, ROLE);
  },
};

async function findSideDoor({ admin }: Bench) {
  const Filters = [{ Name: "tag:Name", Values: [SIDE_DOOR] }];
  const [{ Subnets }, { SecurityGroups }] = await Promise.all([
    admin.call("ec2", "DescribeSubnets", { Filters }),
    admin.call("ec2", "DescribeSecurityGroups", { Filters }),
  ]);
  return { subnet: Subnets?.[0]?.SubnetId, group: SecurityGroups?.[0]?.GroupId };
}

async function sideDoor(bench: Bench): Promise<{ subnet: string; group: string }> {
  const { subnet, group } = await findSideDoor(bench);
  if (!subnet || !group) throw new Error("the side door of step 3.8 is gone: prepare the step again");
  return { subnet, group };
}

async function closeSideDoor(bench: Bench): Promise<void> {
  // a job that got in takes a moment to leave its interfaces
  await until(bench, "the side door's interfaces to go", async () => {
    const { subnet: SubnetId, group: GroupId } = await findSideDoor(bench);
    try {
      if (GroupId) await bench.admin.call("ec2", "DeleteSecurityGroup", { GroupId });
      if (SubnetId) await bench.admin.call("ec2", "DeleteSubnet", { SubnetId });
      return true;
    } catch (error) {
      if ((error as Error).name !== "DependencyViolation") throw error;
      return false;
    }
  });
}
