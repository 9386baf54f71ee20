/** `sagekeep who-can`: everybody who can do something, and by which way. */
import { Clients, whoCan as find, readAccount, step } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { paint, table } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const whoCan: Register = (program, run) => {
  withTarget(
    program
      .command("who-can")
      .description("everybody who can do something: directly, or through roles they can assume or pass")
      .argument("<action>", "e.g. s3:GetObject")
      .argument("[resource]", "ARN or `*`", "*"),
  )
    .option("--json", "one JSON object on stdout")
    .action((action: string, resource: string, options: TargetOptions & { json?: boolean }) =>
      run(options)(async (session) => {
        const clients = new Clients(targetOf(options));
        try {
          const snapshot = await step(
            session.io,
            "read",
            "read the account",
            () => readAccount(clients),
            (done) => `(${done.principals.length} principals)`,
          );
          const answer = find(snapshot, action, resource);
          session.answer(answer, () =>
            [
              answer.paths.length
                ? table(
                    answer.paths.map((one) => [
                      one.who,
                      one.kind,
                      one.from,
                      one.through.map((hop) => `${hop.by} → ${hop.role}`).join(", ") || "directly",
                    ]),
                    ["who", "kind", "from", "how"],
                  )
                : `nobody can ${action} on ${resource}`,
              ...answer.gaps.map((gap) => `${paint.yellow("not read")}: ${gap.what} (${gap.why})`),
            ].join("\n"),
          );
        } finally {
          clients.close();
        }
      }),
    );
};
