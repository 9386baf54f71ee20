/** `sagekeep up`: the local cloud, the platform on it, the access matrix. */

import { once } from "node:events";
import { up as bringUp, defaultState } from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { renderDenial, renderMatrix } from "../render/matrix.ts";
import { paint } from "../render/table.ts";
import { parsePort } from "./options.ts";

interface Options {
  once?: boolean;
  state: string;
  port?: number;
  json?: boolean;
  quiet?: boolean;
}

export const up: Register = (program, run) => {
  program
    .command("up")
    .description("start the local cloud, deploy a platform to it, and show who can do what")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--once", "end when the check is done, with its exit code, instead of staying up")
    .option("--port <n>", "port of the local cloud; 0 for any free one (default: 4690)", parsePort)
    .option("--state <dir>", "folder of the local cloud's state", defaultState)
    .option("--quiet", "no progress")
    .option("--json", "one JSON object on stdout when the check is done")
    .action((platform: string, options: Options) =>
      run(options)(async (session) => {
        const { outcome, close } = await bringUp(
          {
            platform,
            state: options.state,
            version: session.version,
            ...(options.port !== undefined && { port: options.port }),
          },
          session.io,
        );
        const { cloud, matrix, example, owned } = outcome;
        const stay = owned && !options.once;
        const state = options.state === defaultState ? "" : ` --state ${options.state}`;
        session.answer(outcome, () =>
          [
            "",
            renderMatrix(matrix, outcome.platform),
            ...(example ? ["", paint.bold("why one of them was denied"), renderDenial(example)] : []),
            "",
            paint.bold("the local cloud"),
            `  endpoint     ${cloud.endpoint} (account ${cloud.account}, region ${cloud.region})`,
            "  enforcement  on: signatures, every IAM layer, endpoint policies, reachability",
            "",
            paint.bold("what to try next"),
            `  eval "$(npx sagekeep cloud env${state})"; aws sts get-caller-identity`,
            ...matrix.users
              .slice(0, 1)
              .map(({ name }) => `  npx sagekeep explain ${name} sagemaker:CreateUserProfile '*'${state}`),
            `  npx sagekeep check ${platform}${state}`,
            ...(stay ? ["", "stays up until Ctrl-C"] : []),
          ].join("\n"),
        );
        if (stay && !session.signal.aborted) await once(session.signal, "abort");
        await close();
        return matrix.surprises ? "denied" : "done";
      }),
    );
};
