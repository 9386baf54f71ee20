/** Row 3.7: a network has two halves. */
import type { Bench } from "../../../bench.ts";
import type { Experiment, Step } from "../../../model.ts";
import {
  makePracticeRole,
  onPracticeRoles,
  practiceActor,
  removePracticeRole,
  simulation,
} from "../practice.ts";
import { createActions, freshName, PREFIX, removeWork, spoken, type WorkKind } from "../requests.ts";
import { until } from "../waiting.ts";
import { JOBS, looking, ourNetwork, passRole, ROLE, start, starting } from "./job-starts.ts";

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
