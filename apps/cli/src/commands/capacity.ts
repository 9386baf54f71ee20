/** `sagekeep capacity`: whether the addresses suffice, now and with more users. */
import {
  type AccountCapacity,
  type CapacityReport,
  Clients,
  capacityOf,
  capacityOfAccount,
  checkAccount,
  openPlatform,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { type Report, tones } from "../report/report.ts";
import { parseAmount, type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

type Options = TargetOptions & {
  deployed?: boolean;
  json?: boolean;
  users?: number;
  appsPerUser?: number;
  jobInstancesPerUser?: number;
};

export const capacity: Register = (program, run) => {
  const command = program
    .command("capacity")
    .description("private addresses a platform needs and has, now and with more users")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--deployed", "what is free in the account's subnets instead of the file's plan")
    .option("--users <n>", "users to plan for (default: those in the file)", parseAmount)
    .option("--apps-per-user <n>", "running apps a user", parseAmount)
    .option("--job-instances-per-user <n>", "job instances a user at once", parseAmount);
  withFormat(withTarget(command)).action((platform: string, options: Options) =>
    run(options)(async (session) => {
      const file = openPlatform(platform);
      const { users, appsPerUser, jobInstancesPerUser } = options;
      const habits = { appsPerUser, jobInstancesPerUser, ...(users !== undefined && { users }) };
      if (!options.deployed) {
        const report = capacityOf(file.platform, habits);
        session.answer(report, () => planned(report, file.platform.name));
        return report.fits ? "done" : "denied";
      }
      const clients = new Clients(targetOf(options, file.platform.region));
      try {
        await checkAccount(clients, file);
        const report = await capacityOfAccount(clients, file, habits);
        session.answer(report, () => found(report, file.platform.name));
        return report.fits ? "done" : "denied";
      } finally {
        clients.close();
      }
    }),
  );
};

function planned(report: CapacityReport, name: string): Report {
  const { uses, needed, subnets, usable, free, fits, most, suggestion, users } = report;
  return {
    title: `Addresses of ${name} for ${users} users`,
    blocks: [
      {
        header: ["use", "addresses", ""],
        rows: [
          ...uses.map((one) => [one.what, String(one.count), tones.dim(one.each)]),
          [tones.strong("needed"), tones.strong(String(needed)), ""],
        ],
      },
      { rows: subnets.map((one) => [one.zone, one.cidr, `${one.usable} usable`]) },
      {
        text: fits
          ? tones.good(`fits: ${usable} usable, ${free} to spare; about ${most} users would fit`)
          : tones.bad(
              `does not fit: ${needed} needed, ${usable} usable; at most ${most} users; use ${suggestion}`,
            ),
      },
    ],
  };
}

function found(report: AccountCapacity, name: string): Report {
  const { subnets, needed, taken, missing, free, fits, users } = report;
  const kinds = [...new Set(subnets.flatMap((one) => Object.keys(one.uses)))].sort();
  return {
    title: `Addresses of ${name} as deployed, for ${users} users`,
    blocks: [
      {
        header: ["subnet", "zone", "block", ...kinds, "free"],
        rows: subnets.map((one) => [
          one.id,
          one.zone,
          one.cidr,
          ...kinds.map((kind) => String(one.uses[kind] ?? 0)),
          String(one.free),
        ]),
      },
      {
        text: (fits ? tones.good : tones.bad)(
          `${fits ? "fits" : "does not fit"}: ${needed} needed with ${users} users, ${taken} of them in use, ${missing} to find, ${free} free`,
        ),
      },
    ],
  };
}
