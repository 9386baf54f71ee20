/** `sagekeep plan`: what a deployment would change. */
import { Clients, checkAccount, compileFor, openPlatform, planPlatform } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { renderPlan } from "../render/plan.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const plan: Register = (program, run) => {
  withTarget(
    program
      .command("plan")
      .description("show what a deployment would change, in words, money and addresses")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option("--stacks", "also CloudFormation's change sets, resource by resource")
    .option("--json", "one JSON object on stdout")
    .action((platform: string, options: TargetOptions & { stacks?: boolean; json?: boolean }) =>
      run(options)(async (session) => {
        const file = openPlatform(platform);
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          await checkAccount(clients, file);
          const { synthesis, deployed } = await compileFor(file, clients, session.io);
          const result = await planPlatform(file, synthesis, deployed, clients, session.io);
          session.answer(result, () => renderPlan(result, options.stacks === true));
        } finally {
          clients.close();
        }
      }),
    );
};
