/** `sagekeep capacity`: whether the addresses suffice, now and with more users. */
import { capacityOf, openPlatform } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { paint, table } from "../render/table.ts";
import { parseAmount } from "./options.ts";

type Options = { json?: boolean; users?: number; appsPerUser?: number; jobInstancesPerUser?: number };

export const capacity: Register = (program, run) => {
  program
    .command("capacity")
    .description("private addresses a platform needs and has, now and with more users")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--users <n>", "users to plan for (default: those in the file)", parseAmount)
    .option("--apps-per-user <n>", "running apps a user", parseAmount)
    .option("--job-instances-per-user <n>", "job instances a user at once", parseAmount)
    .option("--json", "one JSON object on stdout")
    .action((platform: string, { json, ...given }: Options) =>
      run({ ...(json && { json }) })(async (session) => {
        const report = capacityOf(openPlatform(platform).platform, given);
        session.answer(report, () =>
          [
            table(
              [
                ...report.uses.map((one) => [one.what, String(one.count), paint.dim(one.each)]),
                [paint.bold("needed"), paint.bold(String(report.needed)), ""],
              ],
              ["use", "addresses", ""],
            ),
            "",
            table(report.subnets.map((one) => [`zone ${one.zone}`, one.cidr, `${one.usable} usable`])),
            "",
            report.fits
              ? paint.green(
                  `fits: ${report.usable} usable, ${report.free} to spare; about ${report.most} users would fit`,
                )
              : paint.red(
                  `does not fit: ${report.needed} needed, ${report.usable} usable; at most ${report.most} users; use ${report.suggestion}`,
                ),
          ].join("\n"),
        );
        return report.fits ? "done" : "denied";
      }),
    );
};
