/** `sagekeep destroy`: shows what a platform has and removes it, in an order that works, to the last thing that costs. */
import {
  Clients,
  checkAccount,
  type DestroyOutcome,
  type DestroyPlan,
  type DestroyTarget,
  destroyPlatform,
  openPlatform,
  type PlatformFile,
  planDestroy,
  ToolkitError,
} from "@sagekeep/toolkit";
import { InvalidArgumentError } from "commander";
import type { Register, Session } from "../command.ts";
import { paint, table } from "../render/table.ts";
import { type TargetOptions, targetOf, withTarget } from "./options.ts";

type Options = TargetOptions & {
  json?: boolean;
  quiet?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  confirm?: string;
  keyWindow: number;
};

export const destroy: Register = (program, run) => {
  withTarget(
    program
      .command("destroy")
      .description("remove a platform with everything made in it; shows first what would be lost")
      .argument("[platform]", "platform file or its folder", "."),
  )
    .option("--dry-run", "show what would be removed and stop (the default on AWS)")
    .option("--confirm <name>", "the platform's name: remove without asking (on AWS the only way)")
    .option("--yes", "do not ask (local cloud)")
    .option("--key-window <days>", "days until keys are gone for good, 7 to 30", parseWindow, 30)
    .option("--quiet", "no progress")
    .option("--json", "one JSON object on stdout")
    .action((where: string, options: Options) => run(options)((session) => act(where, options, session)));
};

async function act(where: string, options: Options, session: Session) {
  const file = openPlatform(where);
  const { platform } = file;
  if (options.confirm !== undefined && options.confirm !== platform.name)
    throw new ToolkitError(
      "DESTROY0002",
      `\`--confirm ${options.confirm}\` does not name the platform, which is \`${platform.name}\``,
      { help: "nothing was removed", exit: "invalid" },
    );
  const sure = options.confirm === platform.name || (options.target === "local" && options.yes === true);
  const only = options.dryRun === true || (options.target === "aws" && !sure);
  if (!only && !sure && (!process.stdin.isTTY || options.json))
    throw new ToolkitError("DESTROY0001", `destroying \`${platform.name}\` needs a confirmation`, {
      help: `nothing was removed; look with \`--dry-run\`, then confirm with \`--yes\` or \`--confirm ${platform.name}\``,
      exit: "invalid",
    });
  const clients = new Clients(targetOf(options, platform.region));
  try {
    await checkAccount(clients, file);
    const about = targetFor(file);
    const settings = { keyWindow: options.keyWindow };
    if (!only && sure) return await remove();
    const plan = await planDestroy(clients, about, session.io, settings);
    if (only || plan.phases.length === 0) {
      if (plan.phases.length === 0 && !only) return await remove();
      session.answer({ dryRun: true, ...plan }, () => `${renderPlan(plan)}\n${next(options, platform.name)}`);
      return plan.gaps.length > 0 ? "failed" : "done";
    }
    process.stderr.write(`${renderPlan(plan)}\n`);
    const go = await session.io.confirm?.(
      `all of this goes, from account ${plan.account}, region ${plan.region}; what is marked lost cannot be made again`,
      platform.name,
    );
    if (!go) return "cancelled";
    return await remove();

    async function remove() {
      const outcome = await destroyPlatform(clients, about, session.io, settings);
      session.answer(outcome, () => renderOutcome(outcome));
      return outcome.clean ? ("done" as const) : ("failed" as const);
    }
  } catch (error) {
    if (error instanceof Error && error.name === "AbortError")
      throw new ToolkitError("DESTROY0003", "interrupted: part of the platform is still there", {
        help: "run the same command again: it goes on where it stopped",
        exit: "cancelled",
      });
    throw error;
  } finally {
    clients.close();
  }
}

function targetFor({ platform }: PlatformFile): DestroyTarget {
  const { name, account, region, partition, teams } = platform;
  return { name, account, region, partition, teams: teams.map((one) => one.name) };
}

function parseWindow(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 7 || value > 30)
    throw new InvalidArgumentError(`got \`${text}\`, expected 7 to 30`);
  return value;
}

const next = (options: Options, name: string) =>
  options.target === "aws"
    ? `this was a dry run: nothing was removed; to remove it: the same with --confirm ${name}`
    : "this was a dry run: nothing was removed; without --dry-run it asks, then removes";

function renderPlan({ platform, account, region, phases, gaps }: DestroyPlan): string {
  const total = phases.reduce((sum, one) => sum + one.items.length, 0);
  const head =
    total === 0
      ? `nothing of ${platform} is in account ${account}, region ${region}`
      : `${total} things of ${paint.bold(platform)} in account ${account}, region ${region}, in the order in which they go`;
  const body = phases.map(({ title, items }) =>
    [
      paint.bold(title),
      ...items.flatMap(({ kind, id, why, holds, loses }) => [
        `  ${kind} ${id} ${paint.dim(`(${why})`)}${holds ? `: ${holds}` : ""}`,
        ...(loses ? [`    ${paint.yellow("lost")}: ${loses}`] : []),
      ]),
    ].join("\n"),
  );
  return [head, ...body, ...renderGaps(gaps)].join("\n");
}

const renderGaps = (gaps: readonly { what: string; why: string }[]) =>
  gaps.map(({ what, why }) => `${paint.red("not looked at")}: ${what}: ${why}`);

function renderOutcome(outcome: DestroyOutcome): string {
  const { platform, account, region, removed, failed, gaps, remaining } = outcome;
  const notes = removed.filter((one) => one.note);
  const { own, free, foreign, pendingKeys } = remaining;
  const list = (things: readonly { kind: string; id: string; why?: string }[]) =>
    table(things.map((one) => [`  ${one.kind}`, one.id, paint.dim(one.why ?? "")]));
  return [
    `removed ${removed.length} things of ${paint.bold(platform)} from account ${account}, region ${region}`,
    ...notes.map(({ kind, id, note }) => `  ${kind} ${id}: ${note}`),
    ...(failed.length > 0
      ? [
          paint.red(`${failed.length} stay`),
          ...failed.map(
            ({ kind, id, why, help }) =>
              `  ${kind} ${id}: ${why}${help ? `\n    ${paint.dim("help")}: ${help}` : ""}`,
          ),
        ]
      : []),
    ...renderGaps(gaps),
    ...(own.length > 0 ? [paint.red("still there and costing money"), list(own)] : []),
    ...(free.length > 0 ? ["still there, without cost", list(free)] : []),
    ...(pendingKeys.length > 0 ? [`${pendingKeys.length} keys wait for their deletion, without cost`] : []),
    ...(foreign.length > 0
      ? [`not of ${platform}, costing money, and not touched`, list(foreign)]
      : [`nothing else in the account and region costs money, as far as this looks`]),
    own.length === 0 && gaps.length === 0
      ? paint.green(`nothing billable of ${platform} is left`)
      : paint.red(
          own.length === 0
            ? `nothing billable of ${platform} was found, but not everything could be looked at`
            : `${own.length} billable things of ${platform} are left: mend the causes above and run this again`,
        ),
  ].join("\n");
}
