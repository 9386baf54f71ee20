/** `sagekeep synth`: writes the templates, to be deployed by whatever deploys. */
import { compilePlatform, openPlatform, writeStacks } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { table } from "../render/table.ts";

type Options = { out: string; json?: boolean };

export const synth: Register = (program, run) => {
  program
    .command("synth")
    .description("write a platform's CloudFormation templates and a script that deploys them in order")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--out <dir>", "folder to write to", "sagekeep.out")
    .option("--json", "one JSON object on stdout")
    .action((platform: string, options: Options) =>
      run(options)(async (session) => {
        const synthesis = await compilePlatform(openPlatform(platform), session.io);
        const files = writeStacks(synthesis, options.out);
        session.answer({ folder: options.out, files }, () =>
          [
            table(synthesis.stacks.map((one) => [one.name, one.summary, `${one.body.length} bytes`])),
            "",
            `written to ${options.out}; deploy with ${options.out}/deploy.sh`,
          ].join("\n"),
        );
      }),
    );
};
