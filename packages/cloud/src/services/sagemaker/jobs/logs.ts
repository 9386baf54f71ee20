/** A job's log stream in CloudWatch Logs, written under its role. A role that may not write logs loses them, no more. */
import type { CallContext } from "../../../context.ts";
import { isAwsError } from "../../../wire/errors.ts";
import { JobFailure } from "./data.ts";
import type { JobSession } from "./session.ts";

export interface JobLog {
  readonly stream: string;
  line(text: string): void;
  flush(context: CallContext): Promise<void>;
}

export function openLog(group: string, stream: string, session: JobSession, now: () => number): JobLog {
  let pending: { timestamp: number; message: string }[] = [];
  let made = false;
  const tolerate = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (error instanceof JobFailure) return false;
      if (isAwsError(error)) return error.code === "ResourceAlreadyExistsException";
      throw error;
    }
  };
  return {
    stream,
    line(text) {
      for (const message of text.split("\n")) if (message !== "") pending.push({ timestamp: now(), message });
    },
    async flush(context) {
      if (pending.length === 0) return;
      const events = pending;
      pending = [];
      const logs = (operation: string, input: object) =>
        session.call("cloudwatch-logs", operation, input, context);
      if (!made) {
        await tolerate(() => logs("CreateLogGroup", { logGroupName: group }));
        made = await tolerate(() => logs("CreateLogStream", { logGroupName: group, logStreamName: stream }));
      }
      if (!made) return;
      await tolerate(() =>
        logs("PutLogEvents", { logGroupName: group, logStreamName: stream, logEvents: events }),
      );
    },
  };
}
