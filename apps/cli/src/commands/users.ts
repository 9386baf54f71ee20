/** `sagekeep users …`: who is on the platform. */
import {
  addUser,
  Clients,
  compileFor,
  domainIdOf,
  dropUser,
  moveUser,
  offboard,
  openPlatform,
  type PlatformFile,
  planPlatform,
  userNamed,
} from "@sagekeep/toolkit";
import type { Command } from "commander";
import type { Register, Session } from "../command.ts";
import { renderPlan } from "../render/plan.ts";
import { paint } from "../render/table.ts";
import { type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

type Options = TargetOptions & {
  json?: boolean;
  platform: string;
  persona?: string;
  yes?: boolean;
  plan?: boolean;
};

const common = (command: Command) =>
  withTarget(command.option("--platform <file>", "platform file or its folder", ".")).option(
    "--json",
    "one JSON object on stdout",
  );

export const users: Register = (program, run) => {
  const group = program.command("users").description("list, add, move and remove the people of a platform");

  withFormat(
    group
      .command("list")
      .description("everybody on the platform")
      .option("--platform <file>", "platform file or its folder", "."),
  ).action((options: Options) =>
    run(options)(async (session) => {
      const { platform } = openPlatform(options.platform);
      session.answer({ users: platform.users }, () => ({
        title: `People of ${platform.name}`,
        blocks: [
          {
            header: ["user", "persona", "team", "domain"],
            rows: platform.users.map((one) => [one.name, one.persona, one.team, one.domain]),
          },
        ],
      }));
    }),
  );

  common(
    group
      .command("add")
      .description("add a user to a team, in the file")
      .argument("<user>")
      .argument("<team>")
      .option("--persona <name>", "what they do", "data-scientist"),
  )
    .option("--no-plan", "do not show what would change in the account")
    .action((user: string, team: string, options: Options) =>
      run(options)(async (session) => {
        const file = addUser(openPlatform(options.platform), team, user, options.persona ?? "data-scientist");
        await showPlan(file, options, session, { added: user, team });
      }),
    );

  common(
    group
      .command("move")
      .description("move a user to another team of the same domain, in the file")
      .argument("<user>")
      .argument("<team>"),
  )
    .option("--no-plan", "do not show what would change in the account")
    .action((user: string, team: string, options: Options) =>
      run(options)(async (session) => {
        const file = moveUser(openPlatform(options.platform), user, team);
        await showPlan(file, options, session, { moved: user, team });
      }),
    );

  common(
    group
      .command("remove")
      .description("offboard a user: sessions, apps and spaces now, the file for the next deployment")
      .argument("<user>"),
  )
    .option("--yes", "do not ask")
    .action((user: string, options: Options) =>
      run(options)(async (session) => {
        const file = openPlatform(options.platform);
        const { domain } = userNamed(file.platform, user);
        const go =
          options.yes ||
          (await session.io.confirm?.(
            `sessions of ${user} end, running apps and private spaces are deleted; the home directory stays`,
            user,
          ));
        if (!go) return "cancelled";
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          const done = await offboard(clients, await domainIdOf(clients, domain), user, session.io);
          dropUser(file, user);
          session.answer(done, () =>
            [
              `${user}: sessions before ${done.revokedBefore} are refused (for ${done.revokedFor}); ${done.apps.length} apps and ${done.spaces.length} spaces deleted`,
              `the home directory stays: file system ${done.home.fileSystemId ?? "?"}, user id ${done.home.uid ?? "?"} (export it with AWS DataSync, or mount it, before the domain goes)`,
              `taken out of ${file.path}; next: sagekeep deploy ${options.platform}`,
            ].join("\n"),
          );
          return "done";
        } finally {
          clients.close();
        }
      }),
    );
};

async function showPlan(
  file: PlatformFile,
  options: Options,
  session: Session,
  what: Record<string, string>,
): Promise<void> {
  if (options.plan === false) {
    session.answer({ ...what, file: file.path }, () => `wrote ${file.path}`);
    return;
  }
  const clients = new Clients(targetOf(options, file.platform.region));
  try {
    const { synthesis, deployed } = await compileFor(file, clients, session.io);
    const plan = await planPlatform(file, synthesis, deployed, clients, session.io);
    session.answer({ ...what, file: file.path, plan }, () =>
      [
        `wrote ${file.path}`,
        renderPlan(plan, false),
        paint.dim(`next: sagekeep deploy ${options.platform}`),
      ].join("\n"),
    );
  } finally {
    clients.close();
  }
}
