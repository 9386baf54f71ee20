/** `sagekeep check`: attempts what every user should, and should not, be able to do. */
import { Clients, checkAccess, denialReasons, openPlatform, ToolkitError } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { matrixReport } from "../render/matrix.ts";
import { type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

export const check: Register = (program, run) => {
  withFormat(
    withTarget(
      program
        .command("check")
        .description("sign in as every user and attempt what they should, and should not, be able to do")
        .argument("[platform]", "platform file or its folder", "."),
    ).option("--reasons", "with --json: the engine's reasons for each denial"),
  ).action((platform: string, options: TargetOptions & { json?: boolean; reasons?: boolean }) =>
    run(options)(async (session) => {
      const file = openPlatform(platform);
      const target = targetOf(options, file.platform.region);
      if (target.kind === "aws") {
        throw new ToolkitError(
          "CHECK0001",
          "attempts over the wire need the local cloud: Studio on AWS opens in a browser only",
          { help: "check the same file on the local cloud: `sagekeep up`", exit: "invalid" },
        );
      }
      const clients = new Clients(target);
      try {
        const matrix = await checkAccess(file, clients, session.io);
        const reasons = [];
        for (const { attempt } of options.reasons ? matrix.results : []) {
          if (attempt.outcome === "denied" && attempt.requestId)
            reasons.push(await denialReasons(target.endpoint as string, options.state, attempt.requestId));
        }
        session.answer({ ...matrix, ...(options.reasons && { reasons }) }, () =>
          matrixReport(matrix, file.platform.name),
        );
        return matrix.surprises ? "denied" : "done";
      } finally {
        clients.close();
      }
    }),
  );
};
