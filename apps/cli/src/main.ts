/** `sagekeep`: arguments → action → rendering → exit code. */

import { fileURLToPath } from "node:url";
import { exitCodes } from "@sagekeep/toolkit/local";
import { Command, CommanderError } from "commander";
import packageJson from "../package.json" with { type: "json" };
import type { CommonOptions, Run, Session } from "./command.ts";
import { commandsFor } from "./commands/index.ts";
import { report } from "./render/error.ts";
import { terminal } from "./render/terminal.ts";
import { answer } from "./report/answer.ts";

const { version } = packageJson;
const cancel = new AbortController();
let interrupted = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    cancel.abort();
    if (++interrupted > 1) process.exit(exitCodes.cancelled);
  });
}

const run =
  (options: CommonOptions): Run =>
  async (work) => {
    const json = options.json === true || options.format === "json";
    const session: Session = {
      io: terminal({ quiet: options.quiet === true || json, signal: cancel.signal }),
      json,
      signal: cancel.signal,
      version,
      self: [...process.execArgv, fileURLToPath(new URL("../bin/sagekeep.js", import.meta.url))],
      answer: (value, shown) => answer(value, shown, json ? "json" : options.format, options.output),
    };
    try {
      process.exitCode = exitCodes[(await work(session)) ?? "done"];
    } catch (error) {
      process.exitCode = report(error, json);
    }
  };

// without this Node would print a line of the minified bundle
process.on("uncaughtException", (error) => process.exit(report(error, false)));

// a reader that goes away (`| head`) is no failure
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const program = new Command("sagekeep")
  .description("run Amazon SageMaker domains safely: platform as code, a local cloud, checks and labs")
  .version(version)
  .showHelpAfterError("help: `sagekeep --help` lists the commands")
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "error[CLI0003]: ")) })
  .exitOverride();
for (const register of await commandsFor(process.argv[2])) register(program, run);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : exitCodes.invalid;
}
