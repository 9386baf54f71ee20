/**
 * Lab 3's experiments as graders: they take every correct solution, not only ours, and name the request that a policy
 * too wide or too narrow gets wrong.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bench } from "../src/bench.ts";
import { lab } from "../src/content/03-controls/index.ts";
import { document, playAll } from "../src/proof/play-lab.ts";
import { openLabBench } from "./lab-bench.ts";

let bench: Bench;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ bench, close } = await openLabBench());
}, 180_000);
afterAll(() => close?.());

interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action?: string | string[];
  NotAction?: string[];
  Resource?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}
interface Policy {
  Version: string;
  Statement: Statement[];
}

const stepOf = (id: string) => {
  const step = lab.steps.find((one) => one.id === id);
  if (!step?.task) throw new Error(`lab 3 has no task ${id}`);
  return { step, task: step.task };
};

/** Our solution with a change. */
const changed = (id: string, change: (policy: Policy) => void) => async () => {
  const policy = JSON.parse(await document(stepOf(id).task.solution, bench)) as Policy;
  change(policy);
  return policy;
};
const written =
  (...Statement: Statement[]) =>
  async (): Promise<Policy> => ({ Version: "2012-10-17", Statement });

const at = (policy: Policy, sid: string): Statement => {
  const found = policy.Statement.find((one) => one.Sid === sid);
  if (!found) throw new Error(`no statement ${sid}`);
  return found;
};
const without = (policy: Policy, sid: string) => {
  policy.Statement = policy.Statement.filter((one) => one.Sid !== sid);
};

const NOTHING = written({ Effect: "Deny", Action: "*", Resource: "*" });
const OURS = ["{{network:PrivateSubnet1}}", "{{network:PrivateSubnet2}}"];
const trust = (Principal: object, Action: string | string[]) =>
  written({ Effect: "Allow", Principal, Action });

/** Step, what is written, how; and part of the name of an attempt that must object, `undefined` when none may. */
const variants: [string, string, () => Promise<Policy>, string | undefined][] = [
  ["3.2", "denies everything", NOTHING, "read a stream of domain bank"],
  [
    "3.2",
    "is written shorter",
    written(
      { Effect: "Allow", Action: "logs:DescribeLog*", Resource: "*" },
      {
        Effect: "Allow",
        Action: "logs:Get*",
        Resource: "arn:aws:logs:*:*:log-group:*:log-stream:{{domain:bank:Id}}/*",
      },
    ),
    undefined,
  ],
  [
    "3.3",
    "is of the old version, which knows no variables",
    changed("3.3", (policy) => {
      policy.Version = "2008-10-17";
    }),
    "read bank's stream as bank's reader",
  ],
  [
    "3.4",
    "lets the account set names too",
    trust({ Service: "sagemaker.amazonaws.com", AWS: "arn:aws:iam::{{account}}:root" }, [
      "sts:AssumeRole",
      "sts:SetSourceIdentity",
    ]),
    "under a colleague's name",
  ],
  [
    "3.4",
    "trusts another service",
    trust({ Service: "ec2.amazonaws.com" }, ["sts:AssumeRole", "sts:SetSourceIdentity"]),
    "find the person",
  ],
  ["3.4", "is shorter", trust({ Service: "sagemaker.amazonaws.com" }, "sts:*"), undefined],
  [
    "3.6",
    "forgets one of the definitions",
    changed("3.6", (policy) => {
      for (const sid of ["DenyNoSubnets", "DenyNoGroups"]) {
        const one = at(policy, sid);
        one.Action = [one.Action ?? []].flat().filter((action) => !action.includes("ModelBias"));
      }
    }),
    "start a model bias definition without a network",
  ],
  [
    "3.6",
    "denies by a pattern that hits transform jobs",
    changed("3.6", (policy) => {
      at(policy, "DenyNoSubnets").Action = ["sagemaker:Create*Job*", "sagemaker:CreateModel"];
    }),
    "start a transform job",
  ],
  [
    "3.6",
    "denies schedules of finished definitions",
    changed("3.6", (policy) => {
      delete at(policy, "DenySchedulesNoSubnets").Condition?.Null?.["sagemaker:InstanceTypes"];
    }),
    "schedule that definition",
  ],
  [
    "3.6",
    "allows under conditions in place of denying",
    async () => {
      const has = { Null: { "sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false" } };
      const policy = await changed("3.6", () => {})();
      const creates = [at(policy, "StartWork").Action ?? []].flat();
      const schedule = "sagemaker:CreateMonitoringSchedule";
      return written(
        { Effect: "Allow", Action: creates, Resource: "*", Condition: has },
        {
          Effect: "Allow",
          Action: schedule,
          Resource: "*",
          Condition: { Null: { "sagemaker:InstanceTypes": "true" } },
        },
      )();
    },
    undefined,
  ],
  [
    "3.7",
    "asks for groups only",
    changed("3.7", (policy) => without(policy, "DenyNoSubnets")),
    "make a notebook instance with groups only",
  ],
  ["3.7", "denies everything", NOTHING, "start a processing job with both halves"],
  [
    "3.8",
    "forgets the groups",
    changed("3.8", (policy) => without(policy, "DenyOtherGroups")),
    "with a foreign group",
  ],
  [
    "3.8",
    "knows one of two subnets",
    changed("3.8", (policy) => {
      at(policy, "DenyOtherSubnets").Condition = {
        "ForAnyValue:StringNotEquals": { "sagemaker:VpcSubnets": OURS.slice(0, 1) },
      };
    }),
    "start a processing job in our network",
  ],
  [
    "3.8",
    "is written with patterns of actions",
    written(
      {
        Effect: "Deny",
        Action: "sagemaker:Create*",
        Resource: "*",
        Condition: { "ForAnyValue:StringNotLike": { "sagemaker:VpcSubnets": OURS } },
      },
      {
        Effect: "Deny",
        Action: "sagemaker:Create*",
        Resource: "*",
        Condition: {
          "ForAnyValue:StringNotEquals": { "sagemaker:VpcSecurityGroupIds": "{{network:JobGroup}}" },
        },
      },
    ),
    undefined,
  ],
  [
    "3.9",
    "isolates processing as well",
    changed("3.9", (policy) => {
      const one = at(policy, "DenyOpenContainers");
      one.Action = [...[one.Action ?? []].flat(), "sagemaker:CreateProcessingJob"];
    }),
    "start a processing job on a listed machine",
  ],
  [
    "3.9",
    "forgets endpoints",
    changed("3.9", (policy) => {
      const one = at(policy, "DenyOtherInstances");
      one.Action = [one.Action ?? []].flat().filter((action) => !action.includes("Endpoint"));
    }),
    "configure an endpoint",
  ],
  [
    "3.9",
    "uses other operators",
    changed("3.9", (policy) => {
      at(policy, "DenyPlainTraffic").Condition = {
        StringNotEquals: { "sagemaker:InterContainerTrafficEncryption": "true" },
      };
    }),
    undefined,
  ],
  ["3.12", "denies everything", NOTHING, "list domains in our Region"],
  [
    "3.12",
    "makes trails unreadable",
    changed("3.12", (policy) => {
      at(policy, "KeepTrail").Action = "cloudtrail:*";
    }),
    "look at the trails",
  ],
  [
    "3.12",
    "forgets subnets of domains",
    changed("3.12", (policy) => without(policy, "DomainNeedsSubnets")),
    "make a VpcOnly domain without subnets",
  ],
  [
    "3.12",
    "limits Regions by what is global",
    changed("3.12", (policy) => {
      const one = at(policy, "ApprovedRegions");
      delete one.Action;
      one.NotAction = ["iam:*", "organizations:*", "sts:*"];
    }),
    undefined,
  ],
];

const steps = [...new Set(variants.map(([id]) => id))];
describe.each(steps)("step %s", (id) => {
  const { step, task } = stepOf(id);
  beforeAll(() => step.prepare?.(bench), 60_000);
  afterAll(() => step.undo?.(bench), 60_000);

  test.each(variants.filter((one) => one[0] === id))(
    "%s: a policy that %s",
    async (_id, _what, write, objects) => {
      await task.apply(bench, JSON.stringify(await write()));
      try {
        const wrong = (await playAll(bench, step)).filter((one) => !one.ok);
        if (objects === undefined)
          expect(wrong.map(({ experiment, problems }) => [experiment.what, ...problems])).toEqual([]);
        else expect(wrong.map(({ experiment }) => experiment.what).join("\n")).toContain(objects);
      } finally {
        await task.remove(bench);
      }
    },
    60_000,
  );
});
