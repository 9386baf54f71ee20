/** `sagekeep data`: the labs' data set. */
import { fetchBank } from "@sagekeep/labs";
import { InvalidArgumentError } from "commander";
import type { Register } from "../command.ts";

type Options = { out: string; synthetic?: boolean; seed: number; json?: boolean; quiet?: boolean };

export const data: Register = (program, run) => {
  program
    .command("data")
    .description("the data set of the labs")
    .command("fetch")
    .description("download and verify UCI's bank marketing data, or make its synthetic stand-in")
    .option("--out <folder>", "folder of the file", "data")
    .option("--synthetic", "make a labelled stand-in instead, without internet")
    .option("--seed <n>", "seed of the stand-in: the same seed gives the same bytes", parseSeed, 1)
    .option("--quiet", "no progress")
    .option("--json", "one JSON object on stdout")
    .action(({ out, synthetic = false, seed, json, quiet }: Options) =>
      // `out` is the data's here, not the answer's
      run({ ...(json && { json }), ...(quiet && { quiet }) })(async (session) => {
        const done = await fetchBank({ out, synthetic, seed }, session.io);
        const { facts } = done;
        session.answer(done, () =>
          [
            `${done.file}${done.synthetic ? " (SYNTHETIC)" : ""}: ${facts.rows} rows, ${facts.columns} columns, ${facts.bytes} bytes`,
            `verified: header, every value's column, ${done.synthetic ? "rows" : `rows, ${facts.yes} subscribed, ${facts.neverContacted} never contacted before`}`,
            `SHA-256 ${facts.sha256}, recorded in ${done.note}`,
          ].join("\n"),
        );
      }),
    );
};

function parseSeed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 2 ** 32 - 1)
    throw new InvalidArgumentError(`got \`${text}\`, expected a whole number from 0 to 4294967295`);
  return value;
}
