/** `sagekeep plan`: what a deployment would change. */
import {
  Clients,
  checkAccount,
  compilePlatform,
  openPlatform,
  planPlatform,
  type StackPlan,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { paint } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

export const plan: Register = (program, run) => {
  withTarget(
    program
      .command("plan")
      .description("show what a deployment would change")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option("--json", "one JSON object on stdout")
    .action((platform: string, options: TargetOptions & { json?: boolean }) =>
      run(options)(async (session) => {
        const file = openPlatform(platform);
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          const synthesis = await compilePlatform(file, session.io);
          await checkAccount(clients, file);
          const plans = await planPlatform(synthesis, clients, session.io);
          session.answer({ platform: file.platform.name, stacks: plans }, () =>
            plans.map(render).join("\n\n"),
          );
        } finally {
          clients.close();
        }
      }),
    );
};

function render({ name, kind, changes }: StackPlan): string {
  if (kind === "unchanged") return `${paint.bold(name)}: no changes`;
  const lines = changes.map(({ Action, LogicalResourceId, ResourceType, Replacement, Scope }) => {
    const sign =
      Action === "Add" ? paint.green("+") : Action === "Remove" ? paint.red("-") : paint.yellow("~");
    const how =
      Replacement === "True"
        ? paint.red(" (replaced)")
        : Replacement === "Conditional"
          ? paint.yellow(" (perhaps replaced)")
          : "";
    return `  ${sign} ${LogicalResourceId} ${paint.dim(ResourceType ?? "")}${how}${Scope?.length ? paint.dim(` ${Scope.join(", ")}`) : ""}`;
  });
  return [
    `${paint.bold(name)}: ${kind}, ${changes.length} ${changes.length === 1 ? "change" : "changes"}`,
    ...lines,
  ].join("\n");
}
