/** `sagekeep simulate`: an offline policy simulator, JSON lines in, JSON lines out. */
import { once } from "node:events";
import { simulateStream } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";

export const simulate: Register = (program, run) => {
  program
    .command("simulate")
    .description(
      "answer authorization questions: one JSON object a line on stdin, one answer a line on stdout",
    )
    .action(() =>
      run({})(async ({ signal }) => {
        for await (const line of simulateStream(process.stdin)) {
          if (signal.aborted) return;
          if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
        }
      }),
    );
};
