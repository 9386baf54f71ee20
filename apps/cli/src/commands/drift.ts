/** `sagekeep drift`: what in the account is not what the file makes, and what it means for access. */
import {
  Clients,
  compilePlatform,
  type DriftReport,
  expectedAccount,
  exportsOf,
  findDrift,
  findStackDrift,
  openPlatform,
  readAccount,
  type StackDrift,
  silent,
  step,
  translation,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { gapsBlock, type Report, tones } from "../report/report.ts";
import { type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

export const drift: Register = (program, run) => {
  withFormat(
    withTarget(
      program
        .command("drift")
        .description("what in the account differs from the file, and what it means for access")
        .argument("[platform]", "platform file or its folder", "."),
    ),
  ).action((platform: string, options: TargetOptions & { json?: boolean }) =>
    run(options)(async (session) => {
      const file = openPlatform(platform);
      const clients = new Clients(targetOf(options, file.platform.region));
      try {
        const actual = await step(session.io, "read", "read the account", () => readAccount(clients));
        const exports = await exportsOf(clients);
        const expected = await expectedAccount(file, session.io);
        const report = findDrift(expected.snapshot, actual, translation(expected.exports, exports));
        const byStack = await step(session.io, "stacks", "compare the stacks", async () =>
          findStackDrift(await compilePlatform(file, silent), clients),
        );
        const whole = { ...report, stacks: byStack.stacks, gaps: [...report.gaps, ...byStack.gaps] };
        session.answer(whole, () => driftReport(whole, file.platform.name));
        return report.differences.length || byStack.stacks.some((one) => one.findings.length)
          ? "denied"
          : "done";
      } finally {
        clients.close();
      }
    }),
  );
};

const signs = { added: tones.warn("+"), removed: tones.bad("-"), changed: tones.warn("~") };

function driftReport(
  { differences, effects, stacks, gaps }: DriftReport & { stacks: readonly StackDrift[] },
  name: string,
): Report {
  return {
    title: `Drift of ${name}`,
    blocks: [
      differences.length
        ? { rows: differences.map((one) => [signs[one.kind], one.where, one.what]) }
        : { text: tones.good("the account is what the file makes") },
      effects.length > 0 && { heading: "what it means for access" },
      {
        rows: effects.map((one) => [
          one.who,
          one.action,
          one.resource,
          `${one.file} by the file, ${one.account} in the account`,
        ]),
      },
      stacks.some((one) => one.findings.length > 0) && { heading: "by stack" },
      { rows: stacks.flatMap((one) => one.findings.map((what) => [one.stack, what])) },
      gapsBlock(gaps),
    ],
  };
}
