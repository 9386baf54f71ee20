import type { Step } from "../../../model.ts";
import { placeholderNote } from "../placeholders.ts";
import {
  makePracticeRole,
  onPracticeRoles,
  practiceActor,
  removePracticeRole,
  simulation,
} from "../practice.ts";
import { freshName, PREFIX, removeWork, request, scheduleOf, WORK_KINDS } from "../requests.ts";
import { CREATES, JOBS, looking, ourNetwork, passRole, ROLE, SCHEDULE, start } from "./job-starts.ts";

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
