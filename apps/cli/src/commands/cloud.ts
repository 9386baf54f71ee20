/** `sagekeep cloud …`: the local cloud as a process. */

import { once } from "node:events";
import {
  cloudEnvironment,
  defaultState,
  resetCloud,
  restoreCloud,
  runningCloud,
  serveCloud,
  snapshotCloud,
  startInBackground,
  stopCloud,
  ToolkitError,
} from "@sagekeep/toolkit/local";
import { InvalidArgumentError } from "commander";
import type { Register } from "../command.ts";
import { parsePort } from "./options.ts";

interface StartOptions {
  foreground?: boolean;
  port?: number;
  host?: string;
  state: string;
  account?: string;
  region?: string;
  rootAccessKeyId?: string;
  rootSecretAccessKey?: string;
  allowReset?: boolean;
  allowInternet?: boolean;
  localImage?: string[];
  json?: boolean;
}

function account(text: string): string {
  if (!/^\d{12}$/.test(text)) throw new InvalidArgumentError(`got \`${text}\`, expected twelve digits`);
  return text;
}

/** `image=command with arguments`, split at spaces. */
function imagesOf(given: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    given.map((one) => {
      const at = one.indexOf("=");
      const command = one
        .slice(at + 1)
        .split(/\s+/)
        .filter(Boolean);
      if (at < 1 || command.length === 0) {
        throw new ToolkitError("CLI0004", `got \`--local-image ${one}\`, expected \`image=command\``, {
          exit: "invalid",
        });
      }
      return [one.slice(0, at), command];
    }),
  );
}

export const cloud: Register = (program, run) => {
  const group = program.command("cloud").description("start, stop and look at the local cloud");

  group
    .command("start")
    .description("start the local cloud (in the background unless --foreground)")
    .option("--foreground", "stay in the foreground until Ctrl-C or SIGTERM")
    .option("--port <n>", "port to listen on; 0 for any free one (default: 4690)", parsePort)
    .option("--host <address>", "address to listen on; only loopback unless told otherwise", "127.0.0.1")
    .option("--state <dir>", "folder of its durable state", defaultState)
    .option("--account <id>", "account of the root user", account)
    .option("--region <name>", "region where none is said")
    .option("--root-access-key-id <id>", "the root user's access key (default: made on first start)")
    .option("--root-secret-access-key <secret>", "its secret; or set SAGEKEEP_ROOT_SECRET_ACCESS_KEY")
    .option("--allow-internet", "let Studio and jobs with a way out reach hosts outside of this machine")
    .option(
      "--local-image <image=command...>",
      "run jobs of this image as a local command (runs code on this machine)",
    )
    .option("--allow-reset", "let POST /_sagekeep/reset empty the state")
    .option("--json", "one JSON object on stdout")
    .action((options: StartOptions) =>
      run(options)(async (session) => {
        const secret = options.rootSecretAccessKey ?? process.env.SAGEKEEP_ROOT_SECRET_ACCESS_KEY;
        if (Boolean(options.rootAccessKeyId) !== Boolean(secret)) {
          throw new ToolkitError("CLI0002", "a root access key needs both its id and its secret", {
            help: "give --root-access-key-id and --root-secret-access-key together",
            exit: "invalid",
          });
        }
        if (!options.foreground) {
          const args = process.argv
            .slice(process.argv.indexOf("start") + 1)
            .filter((arg) => arg !== "--json");
          const running = await startInBackground(session.self, args, options.state);
          session.answer(
            running,
            () =>
              `the local cloud runs at ${running.endpoint} (process ${running.pid})\nnext: eval "$(sagekeep cloud env)"`,
          );
          return;
        }
        const { announced, close } = await serveCloud(
          {
            state: options.state,
            ...(options.port !== undefined && { port: options.port }),
            ...(options.host && { host: options.host }),
            ...(options.account && { account: options.account }),
            ...(options.region && { region: options.region }),
            ...(options.rootAccessKeyId &&
              secret && {
                rootCredentials: { accessKeyId: options.rootAccessKeyId, secretAccessKey: secret },
              }),
            ...(options.allowInternet && { allowInternet: true }),
            ...(options.localImage && { sageMaker: { localImages: imagesOf(options.localImage) } }),
            ...(options.allowReset && { allowReset: true }),
            onError: (error: unknown) =>
              session.io.emit({
                type: "warning",
                text: `in the local cloud: ${error instanceof Error ? (error.stack ?? error.message) : error}`,
              }),
          },
          session.version,
        );
        session.answer(
          announced,
          () =>
            `local cloud ready at ${announced.endpoint} (account ${announced.account}, region ${announced.region})\n` +
            (options.localImage
              ? `jobs of these images run as commands on this machine: ${options.localImage.join(", ")}\n`
              : "") +
            "enforcement: on: signatures, every IAM layer, endpoint policies and reachability\n" +
            `state: ${options.state}\nstop: Ctrl-C`,
        );
        if (!session.signal.aborted) await once(session.signal, "abort");
        await close();
      }),
    );

  group
    .command("stop")
    .description("stop the local cloud; its state stays")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--json", "one JSON object on stdout")
    .action((options: { state: string; json?: boolean }) =>
      run(options)(async (session) => {
        const stopped = await stopCloud(options.state);
        session.answer({ stopped: stopped !== undefined }, () =>
          stopped ? `stopped process ${stopped.pid}` : `no local cloud runs on \`${options.state}\``,
        );
      }),
    );

  group
    .command("status")
    .description("whether the local cloud runs, and where")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--json", "one JSON object on stdout")
    .action((options: { state: string; json?: boolean }) =>
      run(options)(async (session) => {
        const running = runningCloud(options.state);
        session.answer(running ? { running: true, ...running } : { running: false }, () =>
          running
            ? `runs at ${running.endpoint} (process ${running.pid}, since ${running.startedAt})`
            : `no local cloud runs on \`${options.state}\``,
        );
        return running ? "done" : "failed";
      }),
    );

  group
    .command("env")
    .description("shell variables that point AWS clients at the local cloud")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--json", "one JSON object on stdout: endpoint, region, credentials")
    .action((options: { state: string; json?: boolean }) =>
      run(options)(async (session) => {
        const environment = cloudEnvironment(options.state);
        session.answer(environment, () =>
          [
            // a token that other credentials left behind would go with these
            ...(process.env.AWS_SESSION_TOKEN ? ["unset AWS_SESSION_TOKEN"] : []),
            ...Object.entries(environment.variables).map(
              ([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`,
            ),
          ].join("\n"),
        );
      }),
    );

  group
    .command("reset")
    .description("throw the local cloud's state away (it must not be running)")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--yes", "do not ask")
    .option("--json", "one JSON object on stdout")
    .action((options: { state: string; yes?: boolean; json?: boolean }) =>
      run(options)(async (session) => {
        const done = await resetCloud(options.state, options.yes === true, session.io);
        session.answer({ reset: done }, () =>
          done ? `removed \`${options.state}\`` : "nothing was removed",
        );
        return done ? "done" : "cancelled";
      }),
    );

  group
    .command("snapshot")
    .description(
      "pack the local cloud's whole state into one file, while it runs or not (the file holds its keys)",
    )
    .argument("<file>", "file to write, e.g. before.tar.gz")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--force", "replace a file that is there")
    .option("--json", "one JSON object on stdout")
    .action((file: string, options: { state: string; force?: boolean; json?: boolean }) =>
      run(options)(async (session) => {
        const taken = await snapshotCloud(file, options);
        session.answer(
          taken,
          () => `wrote ${taken.file}: ${taken.objects} object bodies, ${taken.bytes} bytes packed`,
        );
      }),
    );

  group
    .command("restore")
    .description("make the local cloud's state what a snapshot holds (it must not be running)")
    .argument("<file>", "file that `cloud snapshot` wrote")
    .option("--state <dir>", "folder of its state", defaultState)
    .option("--force", "replace the state that is there")
    .option("--json", "one JSON object on stdout")
    .action((file: string, options: { state: string; force?: boolean; json?: boolean }) =>
      run(options)(async (session) => {
        const restored = await restoreCloud(file, options);
        session.answer(
          restored,
          () => `restored ${restored.folder} as it was at ${restored.createdAt}\nnext: sagekeep cloud start`,
        );
      }),
    );
};
