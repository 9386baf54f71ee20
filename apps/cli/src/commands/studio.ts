/** `sagekeep studio`: a shell, or one command, as a Studio user, from inside the VPC. */

import { spawn } from "node:child_process";
import {
  Clients,
  defaultState,
  domainIdOf,
  findProfileDomain,
  signIn,
  studioEnvironment,
  ToolkitError,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { targetOf } from "./options.ts";

export const studio: Register = (program, run) => {
  program
    .command("studio")
    .description("a shell, or one command, as a Studio user, from where Studio runs")
    .argument("<user>", "user profile")
    .argument("[command...]", "command after `--`; without one, a shell opens")
    .option("--domain <name>", "domain, when several have a profile of this name")
    .option("--state <dir>", "state folder of the local cloud", defaultState)
    .option("--json", "print the session (credentials, endpoint, proxy) instead of running anything")
    .action((user: string, command: string[], options: { domain?: string; state: string; json?: boolean }) =>
      run(options)(async (session) => {
        const clients = new Clients(targetOf({ target: "local", state: options.state }));
        const opened = await (async () => {
          try {
            const domainId = options.domain
              ? await domainIdOf(clients, options.domain)
              : await findProfileDomain(clients, user);
            return await signIn(clients, domainId, user);
          } finally {
            clients.close();
          }
        })();
        if (options.json) {
          session.answer(opened, () => "");
          return "done";
        }
        const shell = process.env.SHELL ?? (process.platform === "win32" ? "cmd.exe" : "/bin/sh");
        const [file = shell, ...args] = command;
        if (command.length === 0)
          session.io.emit({
            type: "info",
            text: `Studio as ${user}: ${opened.arn}\nrequests leave from ${opened.position.privateIp ?? "the VPC"} (${opened.position.networkInterfaceId ?? "no interface"}); exit ends the session`,
          });
        const code = await new Promise<number>((resolve, reject) => {
          const child = spawn(file, args, {
            stdio: "inherit",
            env: { ...process.env, ...studioEnvironment(opened, options.state) },
          });
          child.on("error", (error: NodeJS.ErrnoException) =>
            reject(
              error.code === "ENOENT"
                ? new ToolkitError("STUDIO0005", `there is no program \`${file}\` on this machine`, {
                    help: "name one that is installed; without a command a shell opens",
                    exit: "invalid",
                  })
                : error,
            ),
          );
          child.on("exit", (status, signal) => resolve(status ?? (signal ? 130 : 1)));
        });
        // the command's own exit code is the answer
        process.exit(code);
      }),
    );
};
