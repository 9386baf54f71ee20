/** `sagekeep plan`: what a deployment would change. */
import { Clients, checkAccount, compilePlatform, openPlatform, planPlatform } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { renderPlan } from "../render/plan.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const plan: Register = (program, run) => {
  withTarget(
    program
      .command("plan")
      .description("show what a deployment would change")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option("--json", "one JSON object on stdout")
    .action((platform: string, options: TargetOptions & { json?: boolean }) =>
      run(options)(async (session) => {
        const file = openPlatform(platform);
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          const synthesis = await compilePlatform(file, session.io);
          await checkAccount(clients, file);
          const plans = await planPlatform(synthesis, clients, session.io);
          session.answer({ platform: file.platform.name, stacks: plans }, () =>
            plans.map(renderPlan).join("\n\n"),
          );
        } finally {
          clients.close();
        }
      }),
    );
};
