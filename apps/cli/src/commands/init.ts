/** `sagekeep init`: a first platform.yaml. */

import { relative } from "node:path";
import { initPlatform } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";

export const init: Register = (program, run) => {
  program
    .command("init")
    .description("write a first platform.yaml")
    .argument("[folder]", "where to write it", ".")
    .option("--name <name>", "name of the platform (default: the folder's)")
    .option("--region <name>", "region")
    .option("--account <id>", "account")
    .option("--json", "one JSON object on stdout")
    .action((folder: string, options: { name?: string; region?: string; account?: string; json?: boolean }) =>
      run(options)(async (session) => {
        const path = initPlatform({ folder, ...options });
        session.answer({ path }, () =>
          `wrote ${relative(process.cwd(), path) || path}\nnext: sagekeep up ${folder === "." ? "" : folder}`.trimEnd(),
        );
      }),
    );
};
