/** Row 3.11: a job against the rules is stopped. EventBridge, Lambda and SNS are not in the local cloud. */
import type { Bench } from "../../../bench.ts";
import { type AttemptResult, call, type Step } from "../../../model.ts";
import { freshName, removeWork, request } from "../requests.ts";
import { makeStack, outputOf, removeStack } from "../stacks.ts";
import { correctiveTemplate } from "../templates/corrective.ts";
import { until } from "../waiting.ts";
import { ourNetwork } from "./job-starts.ts";

const stackName = ({ platform }: Bench) => `${platform}-lab3-corrective`;

/** Starts a job and waits for what becomes of it. */
async function startAndWatch(bench: Bench, isOurs: boolean): Promise<AttemptResult> {
  const network = await ourNetwork(bench);
  const name = freshName("processing");
  const settings = isOurs ? { ...network, encrypt: true } : { encrypt: true };
  const started = await bench.attempt("admin", undefined, request(bench, "processing", settings, name));
  if (started.outcome !== "allowed") return { ...started, outcome: "failed" };
  const status = await until(bench, "the job's end", async () => {
    const { ProcessingJobStatus } = await bench.admin.call("sagemaker", "DescribeProcessingJob", {
      ProcessingJobName: name,
    });
    return ProcessingJobStatus !== "InProgress" && ProcessingJobStatus;
  });
  const wasStopped = status === "Stopped" || status === "Stopping";
  bench.kept.set("corrective: the job", name);
  return wasStopped
    ? { outcome: "denied", message: `${name} was stopped` }
    : { outcome: "allowed", message: `${name} ended ${status}` };
}

export const correctiveStep: Step = {
  id: "3.11",
  title: "Stop it while it starts (assignment 03-04, part 3)",
  needsAws:
    "EventBridge, Lambda and SNS are not in the local cloud: no function would run and no notification be sent",
  text: `## Concept

**Corrective** controls act on what detective ones find. The best candidate is a running job: it costs money and moves data *now*, and stopping it has no lasting harm. Whom does it hit, when the preventive controls refuse such jobs already? The **exempt**: the administrator, a pipeline role that somebody forgot, a persona with an exception.

\`\`\`mermaid
sequenceDiagram
  participant J as job (exempt role)
  participant E as EventBridge
  participant F as function
  participant S as SageMaker
  participant N as SNS
  J->>E: state change: InProgress
  E->>F: event
  F->>S: describe the job
  Note over F: machine on the list? our subnets?
  F->>S: stop
  F->>N: who, what, why
  F->>F: record in its log group
\`\`\`

SageMaker sends *state change* events by itself (no trail needed), within seconds. The function does not trust the event: it asks SageMaker for the job and judges what it finds.

## What to do

Deploy the stack \`PLATFORM-lab3-corrective\` (the lab does it for you), subscribe your address to the topic if you like, then start one job inside the rules and one outside, as the administrator.

\`\`\`yaml
${correctiveTemplate}\`\`\`

## What to see

The good job completes. The bad one is \`Stopping\` within seconds and \`Stopped\` before its container has started; a record with name, role and reasons is in the function's log group, the same text in the notification.

## What it means

- It is a second line, not the first: a job runs for seconds before it is stopped. What must *never* happen belongs into a denial.
- The function's role may stop every job of the account. Guard it: who may change the function may stop everybody's work.
- A record must survive whoever it speaks about: the log group keeps a year, and belongs in another account in earnest.
- Models and endpoints have events of their own (\`SageMaker Endpoint State Change\`); extend the function's table.`,
  hint: "If nothing is stopped, look at the rule's metrics (`Invocations`, `FailedInvocations`), then at the function's log group: a missing permission shows there.",
  async prepare(bench) {
    const { subnets } = await ourNetwork(bench);
    await makeStack(bench, stackName(bench), correctiveTemplate, {
      Prefix: `${bench.platform}-lab3`,
      Subnets: subnets.join(","),
    });
  },
  async experiments(bench) {
    return [
      {
        what: "run a job inside the rules",
        as: "admin",
        attempt: {
          command: "aws sagemaker create-processing-job … --network-config VpcConfig=…",
          run: () => startAndWatch(bench, true),
        },
        expect: "allowed",
        why: "listed machine, our subnets",
      },
      {
        what: "run a job outside of our network",
        as: "admin",
        attempt: {
          command: "aws sagemaker create-processing-job … (without VpcConfig)",
          run: () => startAndWatch(bench, false),
        },
        expect: "denied",
        why: "the function stops it",
      },
      {
        what: "find the record",
        as: "admin",
        attempt: {
          command: `aws logs filter-log-events --log-group-name /aws/lambda/${bench.platform}-lab3-job-guard --filter-pattern stopped`,
          async run(): Promise<AttemptResult> {
            const job = bench.kept.get("corrective: the job") ?? "";
            const logGroupName = await outputOf(bench, stackName(bench), "Records");
            const message = await until(bench, "the record", async () => {
              const { events } = await bench.admin.call("cloudwatch-logs", "FilterLogEvents", {
                logGroupName,
                filterPattern: `"${job}"`,
              });
              return events?.[0]?.message;
            });
            return { outcome: "allowed", message };
          },
        },
        expect: "allowed",
        why: "an action nobody can reconstruct is no control",
      },
      {
        what: "find the function's own call in the trail",
        as: "admin",
        attempt: call("cloudtrail", "LookupEvents", {
          LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: "StopProcessingJob" }],
          MaxResults: 5,
        }),
        expect: "allowed",
        why: "the correction is an API call like any other",
      },
    ];
  },
  async undo(bench) {
    await removeWork(bench);
    await removeStack(bench, stackName(bench));
  },
};
