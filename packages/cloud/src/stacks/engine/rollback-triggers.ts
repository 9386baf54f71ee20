/**
 * Rollback triggers: alarms that are watched from the end of an operation's work for the monitoring time; one that goes
 * off takes the operation back ("Roll back your CloudFormation stack on alarm breach").
 */
import { Cancelled } from "./failure.ts";
import type { Operation } from "./operation.ts";

const PAUSE = 200;

/** The stack's reason when an alarm went off or is not there; `undefined` when the operation stands. */
export async function breachedTrigger(operation: Operation, stop: AbortSignal): Promise<string | undefined> {
  const { journal } = operation;
  const { triggers = [], minutes = 0 } = journal.stack.rollbackTriggers ?? {};
  if (triggers.length === 0) return undefined;
  const until = journal.now() + minutes * 60_000;
  for (;;) {
    for (const { Arn } of triggers) {
      const name = Arn.slice(Arn.indexOf(":alarm:") + 7);
      const output = (await operation.call("cloudwatch", "DescribeAlarms", { AlarmNames: [name] })) as {
        MetricAlarms?: { StateValue: string }[];
      };
      const alarm = output.MetricAlarms?.[0];
      if (!alarm) return `Rollback trigger ${Arn} does not exist. `;
      if (alarm.StateValue === "ALARM") return `Rollback trigger ${Arn} is in ALARM state. `;
    }
    if (journal.now() >= until) return undefined;
    if (stop.aborted) throw new Cancelled("Resource creation cancelled");
    await new Promise<void>((resolve) => setTimeout(resolve, PAUSE));
  }
}
