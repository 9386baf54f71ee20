/** `sagekeep who-can`: everybody who can do something, and by which way. */
import { Clients, whoCan as find, readAccount, step } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { gapsBlock } from "../report/report.ts";
import { type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

export const whoCan: Register = (program, run) => {
  withFormat(
    withTarget(
      program
        .command("who-can")
        .description("everybody who can do something: directly, or through roles they can assume or pass")
        .argument("<action>", "e.g. s3:GetObject")
        .argument("[resource]", "ARN or `*`", "*"),
    ),
  ).action((action: string, resource: string, options: TargetOptions & { json?: boolean }) =>
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
        session.answer(answer, () => ({
          title: `Who can ${action} on ${resource}`,
          blocks: [
            answer.paths.length
              ? {
                  header: ["who", "kind", "from", "how"],
                  rows: answer.paths.map((one) => [
                    one.who,
                    one.kind,
                    one.from,
                    one.through.map((hop) => `${hop.by} → ${hop.role}`).join(", ") || "directly",
                  ]),
                }
              : { text: `nobody can ${action} on ${resource}` },
            gapsBlock(answer.gaps),
          ],
        }));
      } finally {
        clients.close();
      }
    }),
  );
};
