/** Also taught: an alarm that rings when somebody is denied, and a dashboard to look at. */
import type { Bench } from "../../../bench.ts";
import { sagekeepCommand } from "../../../command-text.ts";
import {
  type Actor,
  type AttemptResult,
  type Call,
  call,
  type Experiment,
  type Step,
} from "../../../model.ts";
import { makePracticeRole, practiceActor, removePracticeRole } from "../practice.ts";
import { freshName } from "../requests.ts";
import { emptyBucket, makeStack, outputOf, removeStack } from "../stacks.ts";
import { WATCH_METRIC, WATCH_NAMESPACE, watchTemplate } from "../templates/watch.ts";

const ROLE = "curious";
const FILTER = "denied-calls";
const stackName = ({ platform }: Bench) => `${platform}-lab3-watch`;
const DAY = 86_400_000;

/** Brings what happened into the log: CloudTrail delivers about every five minutes. */
async function deliver(bench: Bench): Promise<void> {
  if (bench.isLocal) await bench.advance(310);
  await new Promise((resolve) => setTimeout(resolve, bench.isLocal ? 50 : 600_000));
}

const statistics = () => ({
  Namespace: WATCH_NAMESPACE,
  MetricName: WATCH_METRIC,
  StartTime: new Date(Math.floor(Date.now() / DAY) * DAY - DAY),
  // the local cloud's clock may be ahead
  EndTime: new Date(Math.floor(Date.now() / DAY) * DAY + 30 * DAY),
  Period: 86_400,
  Statistics: ["Sum" as const],
});

/** Denied calls counted so far. */
async function counted({ admin }: Bench): Promise<number> {
  const { Datapoints } = await admin.call("cloudwatch", "GetMetricStatistics", statistics());
  return (Datapoints ?? []).reduce((sum, one) => sum + (one.Sum ?? 0), 0);
}

function countsOrNot(what: string, as: Actor, request: Call, counts: boolean, why: string): Experiment {
  return {
    what,
    as,
    attempt: {
      command: `${sagekeepCommand(request, as)}; ${sagekeepCommand(call("cloudwatch", "GetMetricStatistics", statistics()), "admin")}`,
      async run(bench): Promise<AttemptResult> {
        // what happened before must not be mistaken for this
        await deliver(bench);
        const before = await counted(bench);
        const made = await bench.attempt(as, undefined, request);
        if (made.outcome === "allowed" || (counts && made.outcome !== "denied"))
          return { outcome: "failed", code: "NoRefusal", message: `the call was ${made.outcome}` };
        await deliver(bench);
        const more = (await counted(bench)) - before;
        if (more > 0 === counts) return { outcome: "allowed", message: `counted ${more}` };
        return {
          outcome: "failed",
          code: counts ? "NotCounted" : "Counted",
          message: `the call ended with ${made.code}, and the metric grew by ${more}`,
        };
      },
    },
    expect: "allowed",
    why,
  };
}

export const alarmStep: Step = {
  id: "3.14",
  title: "An alarm when somebody is denied, and a dashboard (assignment 03-04, part 4)",
  text: `## Concept

A log that nobody reads warns nobody. The chain from an event to a person has five links, all CloudFormation:

\`\`\`mermaid
flowchart LR
  T[CloudTrail] --> L[CloudWatch Logs]
  L --> F["metric filter<br/>counts what matches"]
  F --> A["alarm<br/>compares with a threshold"]
  A --> N["notification, ticket, pager"]
  F --> D[dashboard]
\`\`\`

The lab has deployed all but one: a trail that also delivers to a log group, the alarm \`PLATFORM-lab3-denied-calls\` (one denied call in any five minutes of the last fifteen), and a dashboard with the count, the alarm and a table of who was denied what. The **metric filter** in the middle is yours.

## Why it matters

A single denial is a typo. Twenty in five minutes are somebody trying doors. The filter decides what counts, and AWS has no single spelling of "denied":

| service | errorCode in the trail |
|---|---|
| most JSON services, SageMaker among them | \`AccessDeniedException\` |
| IAM, STS, S3 | \`AccessDenied\` |
| EC2 | \`Client.UnauthorizedOperation\` |

## What to do

Edit \`policies/denied-calls.json\`, the metric filter. It must count denials of SageMaker, IAM and EC2, and must **not** count other failures: an alarm that rings for every misspelt name is switched off within a week.

## What to see

Each attempt makes one call, waits for the trail's delivery (five minutes, which pass at once on the local cloud) and looks at the metric. At the end the alarm is in state \`ALARM\`. On AWS the same takes about ten minutes an attempt.

## What it means

Alarm on *changes of what protects you* as well: a policy of a role attached, a key's policy put, a trail stopped. Security Hub's CloudWatch controls list them. The local cloud works out alarms and dashboards, but has no notification service: what an alarm would send is not sent.`,
  hint: 'A filter on JSON fields: { ($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation") }',
  task: {
    file: "denied-calls.json",
    kind: "json",
    goal: "Count denied calls of every service, and no other failures.",
    start: {
      filterPattern: '{ $.errorCode = "AccessDenied" }',
      metricTransformations: [
        { metricName: WATCH_METRIC, metricNamespace: WATCH_NAMESPACE, metricValue: "1" },
      ],
    },
    solution: {
      filterPattern: '{ ($.errorCode = "AccessDenied*") || ($.errorCode = "*UnauthorizedOperation") }',
      metricTransformations: [
        { metricName: WATCH_METRIC, metricNamespace: WATCH_NAMESPACE, metricValue: "1" },
      ],
    },
    async apply(bench, document) {
      const given = JSON.parse(document) as {
        filterPattern: string;
        metricTransformations: { metricName: string; metricNamespace: string; metricValue: string }[];
      };
      await bench.admin.call("cloudwatch-logs", "PutMetricFilter", {
        logGroupName: await outputOf(bench, stackName(bench), "Log"),
        filterName: FILTER,
        filterPattern: given.filterPattern,
        metricTransformations: given.metricTransformations,
      });
    },
    async remove(bench) {
      await bench.admin.call("cloudwatch-logs", "DeleteMetricFilter", {
        logGroupName: await outputOf(bench, stackName(bench), "Log"),
        filterName: FILTER,
      });
    },
  },
  async prepare(bench) {
    await removeWatch(bench);
    await makePracticeRole(bench, { name: ROLE, given: () => [] });
    await makeStack(bench, stackName(bench), watchTemplate, { Prefix: `${bench.platform}-lab3` });
  },
  async experiments(bench) {
    const role = practiceActor(bench, ROLE);
    const user = { user: "user2-mlops" };
    const stack = stackName(bench);
    const AlarmName = await outputOf(bench, stack, "Alarm");
    return [
      countsOrNot(
        "be refused a notebook instance from Studio",
        user,
        call("sagemaker", "CreateNotebookInstance", {
          NotebookInstanceName: freshName("notebook"),
          InstanceType: "ml.t3.medium",
          RoleArn: `arn:aws:iam::${bench.account}:role/${bench.platform}-team-b-mlops`,
        }),
        true,
        "SageMaker says AccessDeniedException",
      ),
      countsOrNot(
        "be refused a list of users",
        role,
        call("iam", "ListUsers", {}),
        true,
        "IAM says AccessDenied",
      ),
      countsOrNot(
        "be refused a list of instances",
        role,
        call("ec2", "DescribeVpcs", {}),
        true,
        "EC2 says Client.UnauthorizedOperation",
      ),
      countsOrNot(
        "ask for a role that is not there",
        "admin",
        call("iam", "GetRole", { RoleName: freshName("no-such-role") }),
        false,
        "a misspelt name is no denial",
      ),
      {
        what: "ring the alarm",
        as: "admin",
        attempt: {
          command: `${sagekeepCommand(call("iam", "ListUsers", {}), role)}; ${sagekeepCommand(call("cloudwatch", "DescribeAlarms", { AlarmNames: [AlarmName] }), "admin")}`,
          async run(): Promise<AttemptResult> {
            await bench.attempt(role, undefined, call("iam", "ListUsers", {}));
            await deliver(bench);
            const { MetricAlarms } = await bench.admin.call("cloudwatch", "DescribeAlarms", {
              AlarmNames: [AlarmName],
            });
            const { StateValue, StateReason } = MetricAlarms?.[0] ?? {};
            return StateValue === "ALARM"
              ? { outcome: "allowed", message: `${StateReason}` }
              : { outcome: "failed", code: "NoAlarm", message: `${StateValue}: ${StateReason}` };
          },
        },
        expect: "allowed",
        why: "a denial within the last quarter of an hour",
      },
      {
        what: "open the dashboard",
        as: "admin",
        attempt: call("cloudwatch", "GetDashboard", {
          DashboardName: await outputOf(bench, stack, "Dashboard"),
        }),
        expect: "allowed",
        why: "one page for the people who must look",
      },
    ];
  },
  async undo(bench) {
    await removeWatch(bench);
    await removePracticeRole(bench, ROLE);
  },
};

/** The stack with the bucket's contents; the trail is stopped first, or it would fill the bucket again. */
async function removeWatch(bench: Bench): Promise<void> {
  const { admin } = bench;
  const stack = stackName(bench);
  const Bucket = await outputOf(bench, stack, "Bucket").catch(() => undefined);
  if (Bucket) {
    await admin.call("cloudtrail", "StopLogging", { Name: await outputOf(bench, stack, "Trail") });
    await deliver(bench);
    await emptyBucket(bench, Bucket);
  }
  await removeStack(bench, stack);
}
