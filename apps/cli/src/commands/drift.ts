/** `sagekeep drift`: what in the account is not what the file makes, and what it means for access. */
import {
  Clients,
  expectedAccount,
  exportsOf,
  findDrift,
  openPlatform,
  readAccount,
  step,
  translation,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { paint, table } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const drift: Register = (program, run) => {
  withTarget(
    program
      .command("drift")
      .description("what in the account differs from the file, and what it means for access")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option("--json", "one JSON object on stdout")
    .action((platform: string, options: TargetOptions & { json?: boolean }) =>
      run(options)(async (session) => {
        const file = openPlatform(platform);
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          const actual = await step(session.io, "read", "read the account", () => readAccount(clients));
          const exports = await exportsOf(clients);
          const expected = await expectedAccount(file, session.io);
          const report = findDrift(expected.snapshot, actual, translation(expected.exports, exports));
          session.answer(report, () =>
            [
              report.differences.length
                ? table(
                    report.differences.map((one) => [
                      one.kind === "added"
                        ? paint.yellow("+")
                        : one.kind === "removed"
                          ? paint.red("-")
                          : paint.yellow("~"),
                      one.where,
                      one.what,
                    ]),
                  )
                : paint.green("the account is what the file makes"),
              ...(report.effects.length
                ? [
                    "",
                    paint.bold("what it means for access"),
                    table(
                      report.effects.map((one) => [
                        one.who,
                        one.action,
                        one.resource,
                        `${one.file} by the file, ${one.account} in the account`,
                      ]),
                    ),
                  ]
                : []),
              ...report.gaps.map((gap) => `${paint.yellow("not read")}: ${gap.what} (${gap.why})`),
            ].join("\n"),
          );
          return report.differences.length ? "denied" : "done";
        } finally {
          clients.close();
        }
      }),
    );
};
