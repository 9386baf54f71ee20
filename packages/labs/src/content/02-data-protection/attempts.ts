/** Attempts that are more than a call from one place. */
import { Clients, outcomeOf, attempt as tryCall } from "@sagekeep/toolkit";
import type { Bench } from "../../bench.ts";
import { awsCommand } from "../../command-text.ts";
import type { Actor, Attempt, AttemptResult, Call } from "../../model.ts";

/** A call of a practice role inside the VPC in the clear: HTTP where the SDK and the AWS CLI would speak HTTPS. */
export function overHttp(bench: Bench, as: { role: string }, call: Call): Attempt {
  const aws = awsCommand(call);
  return {
    // the local cloud answers both on the address it gives to the command
    command: bench.isLocal
      ? `sagekeep lab run --role ${as.role} --from vpc -- bash -c '${aws} --endpoint-url ${"${AWS_ENDPOINT_URL/https:/http:}"}'`
      : `${aws} --endpoint-url http://s3.${bench.region}.amazonaws.com`,
    async run(): Promise<AttemptResult> {
      const { target } = await bench.clients(as, "vpc");
      const endpoint = (target.endpoint ?? `https://s3.${bench.region}.amazonaws.com`).replace(
        /^https/,
        "http",
      );
      const plain = new Clients({ ...target, endpoint });
      try {
        return await tryCall(plain, call, true);
      } finally {
        plain.close();
      }
    },
  };
}

/** Several calls in a row that end as the last one does. */
export function inTurn(command: string, work: () => Promise<unknown>): Attempt {
  return {
    command,
    async run(): Promise<AttemptResult> {
      try {
        await work();
        return { outcome: "allowed" };
      } catch (error) {
        return outcomeOf(error);
      }
    },
  };
}

/** Stops a job. One that has ended meanwhile is answered so only to those who may stop it. */
export function stopProcessing(as: Actor, ProcessingJobName: string): Attempt {
  const stop: Call = { service: "sagemaker", operation: "StopProcessingJob", input: { ProcessingJobName } };
  return {
    command: awsCommand(stop),
    async run(bench): Promise<AttemptResult> {
      const result = await bench.attempt(as, undefined, stop);
      const ended = result.outcome === "failed" && /in status (Completed|Stopp)/.test(result.message ?? "");
      return ended ? { outcome: "allowed" } : result;
    },
  };
}
