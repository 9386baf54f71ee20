/** `sagekeep call`: one call over the wire as somebody from somewhere; no AWS CLI needed. */
import {
  administratorTarget,
  type CallAnswer,
  Clients,
  callOperation,
  defaultState,
  ToolkitError,
  type Who,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { renderExplanation } from "../render/explanation.ts";
import { paint } from "../render/table.ts";

interface Options {
  user?: string;
  domain?: string;
  role?: string;
  from?: string;
  body?: string;
  out?: string;
  state: string;
  json?: boolean;
}

export function whoOf({ user, domain, role }: Pick<Options, "user" | "domain" | "role">): Who {
  if (user && role)
    throw new ToolkitError("CALL0014", "a call is made by a user or by a role, not both", {
      help: "give `--user` or `--role`",
      exit: "invalid",
    });
  if (user) return { user, ...(domain && { domain }) };
  return role ? { role } : "admin";
}

export const call: Register = (program, run) => {
  program
    .command("call")
    .description("make one AWS call over the wire, as a user or role, from a network position")
    .argument("<service>", "e.g. sagemaker, s3, logs")
    .argument("<operation>", "e.g. ListDomains or list-domains")
    .argument("[input]", "the input as JSON, in the API's own names, or file://PATH", "{}")
    .option("--user <name>", "as a Studio user (default: the administrator)")
    .option("--domain <name>", "the user's domain, when several have one of this name")
    .option("--role <name>", "as a role that the administrator assumes (name or ARN)")
    .option("--from <where>", "vpc, internet, or an address of this machine (default: vpc for users)")
    .option("--body <file>", "bytes to send, for operations that take some")
    .option("--out <file>", "where to write the bytes that come back")
    .option("--state <dir>", "state folder of the local cloud", defaultState)
    .option("--json", "one JSON object on stdout: outcome, output or error, reasons")
    .action((service: string, operation: string, input: string, options: Options) =>
      run(options)(async (session) => {
        const who = whoOf(options);
        const { from, body, out, state } = options;
        const clients = new Clients(administratorTarget(state));
        try {
          const answer = await callOperation(clients, {
            service,
            operation,
            input,
            who,
            state,
            ...(from && { from }),
            ...(body && { body }),
            ...(out && { out }),
          });
          if (options.json) session.answer(answer, () => "");
          else if (answer.outcome === "allowed")
            process.stdout.write(`${JSON.stringify(answer.output, null, 2)}\n`);
          else process.stderr.write(`${renderFailure(answer)}\n`);
          return exits[answer.outcome];
        } finally {
          clients.close();
        }
      }),
    );
};

/** No answer says nothing of permissions: unknown. */
const exits = { allowed: "done", denied: "denied", failed: "failed", "timed-out": "unknown" } as const;

function renderFailure({ service, operation, as, outcome, code, message, reasons }: CallAnswer): string {
  if (outcome === "timed-out")
    return `${paint.yellow("no answer")} to ${service} ${operation} as ${as}: there is no network path\nhelp: ask whether the VPC has an endpoint for the service, what its security group and the routes allow`;
  return [
    `${paint.red(code ?? outcome)}: ${message ?? ""}`,
    ...(reasons ? [renderExplanation(reasons.explanation)] : []),
    ...(reasons ? [] : [paint.dim(`${service} ${operation} as ${as}`)]),
  ].join("\n");
}
