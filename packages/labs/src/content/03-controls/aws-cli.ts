/**
 * Attempts with the AWS CLI, for services that the toolkit has no client of. Only steps that need a real account use
 * it: their commands are run as they are shown.
 */
import { execFile } from "node:child_process";
import type { Bench } from "../../bench.ts";
import type { Attempt, AttemptResult } from "../../model.ts";

interface Ran {
  ok: boolean;
  out: string;
  error: string;
}

/** Runs `aws …` (words, no shell) in the bench's Region with the administrator's credentials. */
export function aws(bench: Bench, words: readonly string[]): Promise<Ran> {
  const { credentials, region } = bench.admin.target;
  const env = {
    ...process.env,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_PAGER: "",
    ...(credentials && {
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      ...(credentials.sessionToken && { AWS_SESSION_TOKEN: credentials.sessionToken }),
    }),
  };
  return new Promise((resolve) => {
    execFile("aws", [...words, "--output", "json"], { env, maxBuffer: 16 << 20 }, (error, out, err) =>
      resolve({ ok: !error, out, error: err || (error ? error.message : "") }),
    );
  });
}

/** An attempt that asks until `found` says yes, or `minutes` are over. */
export function awsUntil(
  command: readonly string[],
  found: (answer: Record<string, unknown>) => string | undefined,
  minutes = 15,
): Attempt {
  return {
    command: ["aws", ...command].map((word) => (/[\s{}"*]/.test(word) ? `'${word}'` : word)).join(" "),
    async run(bench): Promise<AttemptResult> {
      for (let round = 0; ; round++) {
        const { ok, out, error } = await aws(bench, command);
        if (!ok) return outcomeOf(error);
        const message = found(JSON.parse(out || "{}") as Record<string, unknown>);
        if (message) return { outcome: "allowed", message };
        if (round >= minutes * 2)
          return { outcome: "failed", code: "NotFound", message: `nothing after ${minutes} minutes` };
        await new Promise((resolve) => setTimeout(resolve, 30_000));
      }
    },
  };
}

function outcomeOf(error: string): AttemptResult {
  if (/ENOENT/.test(error))
    return { outcome: "failed", code: "NoAwsCli", message: "this step needs the AWS CLI: install it" };
  const code = /An error occurred \((\w+)\)/.exec(error)?.[1];
  const outcome = code && /AccessDenied|Unauthorized/.test(code) ? "denied" : "failed";
  return { outcome, ...(code && { code }), message: error.trim() };
}
