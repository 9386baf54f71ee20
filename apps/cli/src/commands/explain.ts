/** `sagekeep explain`: why somebody may or may not do something. */
import { Clients, explainAccess, readAccount, step, ToolkitError } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { renderExplanation } from "../render/explanation.ts";
import { paint } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

type Options = TargetOptions & { json?: boolean; from?: string; context?: string[]; expect?: string };

export const explain: Register = (program, run) => {
  withTarget(
    program
      .command("explain")
      .description("why somebody may, or may not, do something, and what would turn the answer")
      .argument("<who>", "a Studio user profile, or a role or user by name or ARN")
      .argument("<action>", "e.g. sagemaker:CreateApp")
      .argument("[resource]", "ARN, or `*`; for S3 also bucket/key", "*"),
  )
    .option(
      "--from <position>",
      "studio, internet, an address, a VPC or endpoint id (default: studio for Studio users)",
    )
    .option("--context <key=value...>", "further condition keys; repeat a key for several values")
    .option("--expect <outcome>", "`allowed` or `denied`: exit 2 when it is otherwise")
    .option("--json", "one JSON object on stdout")
    .action((who: string, action: string, resource: string, options: Options) =>
      run(options)(async (session) => {
        if (options.expect && !["allowed", "denied"].includes(options.expect)) {
          throw new ToolkitError(
            "CLI0004",
            `got \`--expect ${options.expect}\`, expected \`allowed\` or \`denied\``,
            { exit: "invalid" },
          );
        }
        const clients = new Clients(targetOf(options));
        try {
          const snapshot = await step(
            session.io,
            "read",
            "read the account",
            () => readAccount(clients),
            (done) => `(${done.principals.length} principals)`,
          );
          const answer = explainAccess(snapshot, {
            who,
            action,
            resource,
            ...(options.from && { from: options.from }),
            context: contextOf(options.context ?? []),
          });
          session.answer(answer, () =>
            [
              renderExplanation(answer.explanation, `${answer.who}, from ${answer.from}`),
              ...answer.changes.map(
                (one, index) => `${paint.dim(index === 0 ? "to turn it" : "or")}: ${one}`,
              ),
              ...answer.gaps.map((gap) => `${paint.yellow("not read")}: ${gap.what} (${gap.why})`),
            ].join("\n"),
          );
          if (options.expect)
            return answer.explanation.allowed === (options.expect === "allowed") ? "done" : "denied";
          return answer.explanation.allowed ? "done" : "denied";
        } finally {
          clients.close();
        }
      }),
    );
};

function contextOf(pairs: readonly string[]): Record<string, string | string[]> {
  const context: Record<string, string | string[]> = {};
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    if (at < 1)
      throw new ToolkitError("CLI0004", `got \`--context ${pair}\`, expected \`key=value\``, {
        exit: "invalid",
      });
    const [key, value] = [pair.slice(0, at), pair.slice(at + 1)];
    const before = context[key];
    context[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return context;
}
