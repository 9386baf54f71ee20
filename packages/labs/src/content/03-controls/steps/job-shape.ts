/** Row 3.9: which machines, encrypted between them, and containers without a network. */
import type { Bench } from "../../../bench.ts";
import { call, type Experiment, type Step } from "../../../model.ts";
import {
  makePracticeRole,
  onPracticeRoles,
  practiceActor,
  removePracticeRole,
  simulation,
} from "../practice.ts";
import { freshName, PREFIX, removeWork, request, type Settings, spoken, type WorkKind } from "../requests.ts";
import { ourNetwork } from "./job-starts.ts";

const ROLE = "shaper";
const LISTED = ["ml.t3.medium", "ml.m5.large"];
const sagemaker = (...names: string[]) => names.map((name) => `sagemaker:${name}`);
const DEFINITIONS = [
  "CreateDataQualityJobDefinition",
  "CreateModelBiasJobDefinition",
  "CreateModelExplainabilityJobDefinition",
  "CreateModelQualityJobDefinition",
];

const solution = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "DenyOtherInstances",
      Effect: "Deny",
      Action: sagemaker(
        "CreateEndpointConfig",
        "CreateHyperParameterTuningJob",
        "CreateMonitoringSchedule",
        "CreateProcessingJob",
        "CreateTrainingJob",
        "CreateTransformJob",
        ...DEFINITIONS,
      ),
      Resource: "*",
      Condition: { "ForAnyValue:StringNotEquals": { "sagemaker:InstanceTypes": LISTED } },
    },
    {
      Sid: "DenyPlainTraffic",
      Effect: "Deny",
      Action: sagemaker(
        "CreateAutoMLJob",
        "CreateAutoMLJobV2",
        "CreateHyperParameterTuningJob",
        "CreateProcessingJob",
        "CreateTrainingJob",
        ...DEFINITIONS,
      ),
      Resource: "*",
      Condition: { BoolIfExists: { "sagemaker:InterContainerTrafficEncryption": "false" } },
    },
    {
      Sid: "DenyOpenContainers",
      Effect: "Deny",
      Action: sagemaker("CreateHyperParameterTuningJob", "CreateModel", "CreateTrainingJob"),
      Resource: "*",
      Condition: { BoolIfExists: { "sagemaker:NetworkIsolation": "false" } },
    },
  ],
};

const start = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "DenyOtherInstances",
      Effect: "Deny",
      Action: sagemaker("CreateProcessingJob", "CreateTrainingJob"),
      Resource: "*",
      Condition: { "ForAllValues:StringNotEquals": { "sagemaker:InstanceTypes": LISTED } },
    },
    {
      Sid: "DenyPlainTraffic",
      Effect: "Deny",
      Action: sagemaker("CreateTrainingJob"),
      Resource: "*",
      Condition: { Bool: { "sagemaker:InterContainerTrafficEncryption": "false" } },
    },
  ],
};

export const jobShape: Step = {
  id: "3.9",
  title: "The right machine, encrypted, isolated (assignment 03-03, part 2)",
  text: `## Concept

Three more settings of a request have condition keys:

| key | what it is about | who has it |
|---|---|---|
| \`sagemaker:InstanceTypes\` | every machine type of the request, a **list** | jobs, definitions, schedules, endpoint configurations, also apps, spaces, domains, notebooks; **not** AutoML |
| \`sagemaker:InterContainerTrafficEncryption\` | traffic between the machines of one job | jobs with several machines, AutoML, definitions; **not** transform jobs, not models |
| \`sagemaker:NetworkIsolation\` | the container has no network at all and no credentials | jobs, models, definitions; **not** AutoML |

## Why it matters

*Machines* are money: one forgotten \`ml.p4d.24xlarge\` costs more in a day than this whole platform in a month. *Traffic* between the machines of a distributed training carries samples and gradients; inside your VPC it is private but plain. *Isolation* is the strongest answer to untrusted containers: SageMaker copies data in and results out, the container itself reaches nothing, not even S3. That is right for training and for models. It is wrong for a processing job that must talk to a service.

## The traps

1. A training job may mix machine types (*instance groups*). \`ForAllValues:StringNotEquals\` only denies when **every** type is off the list: a listed type beside a GPU machine goes through.
2. Actions that do not support a key never have it. \`BoolIfExists … "false"\` on \`CreateTransformJob\` denies every transform job for ever.
3. Not mentioned is not encrypted: leaving the setting out must be refused like \`false\`. SageMaker treats a missing flag as false; \`BoolIfExists\` stays right even where the key is absent.

## What to do

Edit \`policies/job-shape.json\` (attached to a role that may start everything):

- machine types: only ${LISTED.join(" and ")}, for processing, training, tuning and transform jobs, definitions and endpoint configurations;
- encryption between containers: for processing, training and tuning jobs, AutoML and definitions;
- network isolation: for training and tuning jobs and models, **not** for processing.

## What it means

AutoML chooses its machines itself and supports no key to limit them. If the list of machines is a hard rule, AutoML must be forbidden altogether, which is what the platform does (\`DenyUnlimitedAutoML\`). A quota (*Service Quotas*: instances of a type set to 0) is the second line: it binds everybody, the administrator included.

*Older material* uses \`sagemaker:VolumeKmsKey\` and \`sagemaker:OutputKmsKey\` beside these keys. They are deprecated; lab 2 uses \`VolumeKmsKeyArn\` and \`OutputKmsKeyArn\`.`,
  hint: "Three Deny statements: ForAnyValue:StringNotEquals on sagemaker:InstanceTypes; BoolIfExists false on sagemaker:InterContainerTrafficEncryption; BoolIfExists false on sagemaker:NetworkIsolation. Give each only the actions that support its key, and leave CreateProcessingJob out of the last.",
  task: {
    file: "job-shape.json",
    goal: `Allow ${LISTED.join(" and ")} only, demand encryption between containers, and network isolation for training, tuning and models.`,
    start,
    solution,
    ...onPracticeRoles(ROLE),
  },
  prepare: (bench) =>
    makePracticeRole(bench, {
      name: ROLE,
      given: () => [
        {
          Sid: "Work",
          Effect: "Allow",
          Action: sagemaker("Create*", "Describe*", "List*", "Stop*", "AddTags"),
          Resource: "*",
        },
        {
          Sid: "HandOverTheJobRole",
          Effect: "Allow",
          Action: "iam:PassRole",
          Resource: `arn:aws:iam::${bench.account}:role/${bench.platform}-team-a-processing-job`,
          Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
        },
      ],
    }),
  async experiments(bench) {
    const network = await ourNetwork(bench);
    const good = { ...network, encrypt: true, isolate: true };
    const { isolate: _, ...reachable } = good;
    const { encrypt: __, ...plain } = good;
    const one = (
      kind: WorkKind,
      how: string,
      settings: Settings,
      expect: "allowed" | "denied",
      why: string,
    ): Experiment => ({
      what: `start ${spoken[kind]} ${how}`,
      as: practiceActor(bench, ROLE),
      attempt: request(bench, kind, settings),
      expect,
      ...(expect === "denied" && { by: "identity" as const }),
      why,
    });
    return [
      one(
        "processing",
        "on a listed machine, encrypted, with a network",
        reachable,
        "allowed",
        "processing may talk to services",
      ),
      one("training", "on a listed machine, encrypted and isolated", good, "allowed", "all three as asked"),
      one(
        "model",
        "isolated",
        { ...network, isolate: true },
        "allowed",
        "a model names no machine and has no traffic setting",
      ),
      one(
        "data-quality",
        "on a listed machine, encrypted",
        reachable,
        "allowed",
        "isolation is not asked of definitions",
      ),
      transform(bench, "ml.m5.large", "allowed", "transform jobs have no traffic and no isolation key"),
      one(
        "training",
        "on a GPU machine",
        { ...good, instance: "ml.p3.2xlarge" },
        "denied",
        "not on the list",
      ),
      one(
        "training",
        "on a listed and a GPU machine",
        { ...good, mixed: ["ml.m5.large", "ml.p3.2xlarge"] },
        "denied",
        "one machine off the list is enough",
      ),
      one(
        "processing",
        "on a larger machine",
        { ...reachable, instance: "ml.m5.4xlarge" },
        "denied",
        "not on the list",
      ),
      one(
        "tuning",
        "on a GPU machine",
        { ...good, instance: "ml.p3.2xlarge" },
        "denied",
        "a tuning job starts many trainings: the dearest kind of all",
      ),
      transform(bench, "ml.p3.2xlarge", "denied", "transform jobs support the key too"),
      endpoint(bench),
      one(
        "training",
        "with plain traffic",
        { ...good, encrypt: false },
        "denied",
        "refused in so many words",
      ),
      one("training", "without a word on encryption", plain, "denied", "not mentioned is not encrypted"),
      one(
        "processing",
        "with plain traffic",
        { ...reachable, encrypt: false },
        "denied",
        "processing jobs have several machines too",
      ),
      one(
        "data-quality",
        "with plain traffic",
        { ...reachable, encrypt: false },
        "denied",
        "a definition becomes jobs every night",
      ),
      one(
        "training",
        "with a network for the container",
        { ...good, isolate: false },
        "denied",
        "training code needs no network",
      ),
      one("training", "without a word on isolation", reachable, "denied", "not mentioned is not isolated"),
      one("model", "without isolation", network, "denied", "a model answers requests; it makes none"),
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await removePracticeRole(bench, ROLE);
  },
};

const transform = (bench: Bench, type: string, expect: "allowed" | "denied", why: string): Experiment => ({
  what: `start a transform job on ${type} (simulated)`,
  as: "admin",
  attempt: simulation(bench, ROLE, {
    action: "sagemaker:CreateTransformJob",
    resource: `transform-job/${PREFIX}-transform`,
    context: { "sagemaker:InstanceTypes": [type] },
  }),
  expect,
  why,
});

const endpoint = (bench: Bench): Experiment => ({
  what: "configure an endpoint on a GPU machine",
  as: practiceActor(bench, ROLE),
  attempt: call("sagemaker", "CreateEndpointConfig", {
    EndpointConfigName: freshName("endpoint"),
    ProductionVariants: [
      {
        VariantName: "one",
        ModelName: `${PREFIX}-model`,
        InstanceType: "ml.p3.2xlarge",
        InitialInstanceCount: 1,
      },
    ],
  }),
  expect: "denied",
  by: "identity",
  why: "an endpoint runs day and night",
});
