/** `sagekeep deploy`: compiles a platform and deploys its stacks. */
import { Clients, checkAccount, compileFor, deployPlatform, openPlatform } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { table } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const deploy: Register = (program, run) => {
  withTarget(
    program
      .command("deploy")
      .description("deploy a platform")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option(
      "--confirm <names...>",
      "deploy although these users, spaces, domains or buckets lose their files",
    )
    .option("--yes", "do not ask before changing an AWS account")
    .option("--json", "one JSON object on stdout")
    .action(
      (platform: string, options: TargetOptions & { confirm?: string[]; yes?: boolean; json?: boolean }) =>
        run(options)(async (session) => {
          const file = openPlatform(platform);
          const clients = new Clients(targetOf(options, file.platform.region));
          try {
            await checkAccount(clients, file);
            const { synthesis } = await compileFor(file, clients, session.io);
            if (options.target === "aws" && !options.yes) {
              const { name, account, region } = file.platform;
              const go = await session.io.confirm?.(
                `${synthesis.stacks.length} stacks will be created or changed in account ${account}, region ${region}; they cost money until removed`,
                name,
              );
              if (!go) return "cancelled";
            }
            const outcome = await deployPlatform(synthesis, clients, session.io, {
              ...(options.confirm && { confirm: options.confirm }),
            });
            session.answer(outcome, () =>
              table([
                ...outcome.stacks.map((one) => [one.name, one.outcome, `${one.resources} resources`]),
                ...outcome.removed.map((name) => [name, "deleted", ""]),
              ]),
            );
            return "done";
          } finally {
            clients.close();
          }
        }),
    );
};
