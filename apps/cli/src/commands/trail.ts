/** `sagekeep trail …`: who did what, and what would have ended otherwise. */
import {
  athenaTable,
  Clients,
  expectedAccount,
  exportsOf,
  fromAccount,
  fromFiles,
  openPlatform,
  queryEvents,
  type ReplayReport,
  readAccount,
  replay,
  selectEvents,
  ToolkitError,
  type TrailEvent,
  type TrailFilter,
  translation,
} from "@sagekeep/toolkit";
import type { Command } from "commander";
import type { Register, Session } from "../command.ts";
import { type Report, tones } from "../report/report.ts";
import { parseAmount, type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

type Options = TargetOptions & {
  json?: boolean;
  files?: string[];
  user?: string;
  team?: string;
  resource?: string;
  error?: boolean | string;
  event?: string;
  since?: string;
  until?: string;
  limit?: number;
  platform?: string;
  sql?: string;
  athena?: string;
};

const source = (command: Command) =>
  withFormat(
    withTarget(
      command.option(
        "--files <path...>",
        "delivered trail files or folders instead of the account's event history",
      ),
    ),
  );

export const trail: Register = (program, run) => {
  const group = program.command("trail").description("who did what");

  source(group.command("list").description("recorded calls, newest first"))
    .option("--user <name>", "a Studio user, IAM user or role")
    .option("--team <name>", "everybody of a team (needs --platform)")
    .option("--platform <file>", "platform file or its folder, for --team")
    .option("--resource <text>", "part of an ARN or name")
    .option("--error [code]", "only failures, or only those with this in their code")
    .option("--event <name>", "e.g. CreateApp")
    .option("--since <time>", "ISO time, or an age: 30m, 6h, 7d")
    .option("--until <time>", "ISO time, or an age")
    .option("--limit <n>", "at most so many", parseAmount, 50)
    .option("--sql <query>", "your own query on the table `cloudtrail_logs`")
    .option(
      "--athena <location>",
      "print table and query for Athena over a trail at s3://… instead of running them",
    )
    .action((options: Options) =>
      run(options)(async (session) => {
        const sql = options.sql ?? selectEvents(filterOf(options));
        if (options.athena) {
          session.answer(
            { table: athenaTable(options.athena), query: sql },
            () => `${athenaTable(options.athena as string)}\n\n${sql};`,
          );
          return;
        }
        const { rows, read } = await withEvents(options, session, (events) => queryEvents(events, sql));
        session.answer({ rows, read }, () => {
          const title = "Recorded calls";
          if (rows.length === 0) return { title, blocks: [{ text: `nothing in ${read} recorded calls` }] };
          if (options.sql) {
            const header = Object.keys(rows[0] ?? {});
            return { title, blocks: [{ header, rows: rows.map((row) => Object.values(row).map(text)) }] };
          }
          const calls = rows.map((row) => [
            text(row.eventtime),
            text(row.who),
            `${text(row.eventsource).split(".")[0]}:${text(row.eventname)}`,
            row.errorcode ? tones.bad(text(row.errorcode)) : "",
            text(row.vpcendpointid ?? row.sourceipaddress),
          ]);
          return { title, blocks: [{ header: ["time", "who", "call", "error", "from"], rows: calls }] };
        });
      }),
    );

  source(
    group
      .command("replay")
      .description("recorded calls that would end otherwise with a changed platform file")
      .argument("[platform]", "the changed platform file or its folder", "."),
  )
    .option("--since <time>", "ISO time, or an age: 30m, 6h, 7d")
    .option("--until <time>", "ISO time, or an age")
    .action((platform: string, options: Options) =>
      run(options)(async (session) => {
        const file = openPlatform(platform);
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          const [now, exports, after] = [
            await readAccount(clients),
            await exportsOf(clients),
            await expectedAccount(file, session.io),
          ];
          const translate = translation(exports, after.exports);
          const onProgress = (count: number) =>
            session.io.emit({ type: "progress", id: "replay", text: `${count} calls` });
          session.io.emit({ type: "step", id: "replay", title: "replay" });
          const began = performance.now();
          const report = await withEvents(options, session, (events) =>
            replay(events, now, after.snapshot, { translate, onProgress }),
          );
          session.io.emit({
            type: "done",
            id: "replay",
            text: `${report.events} recorded calls`,
            seconds: (performance.now() - began) / 1000,
          });
          session.answer(report, () => replayReport(report, file.platform.name));
          return report.changes.length ? "denied" : "done";
        } finally {
          clients.close();
        }
      }),
    );
};

function replayReport(report: ReplayReport, name: string): Report {
  const skipped = Object.entries(report.skipped).map(([why, count]) => `; ${count} left out: ${why}`);
  return {
    title: `Recorded calls against the changed ${name}`,
    blocks: [
      report.changes.length
        ? {
            header: ["who", "action", "resource", "outcome", "calls", "last"],
            rows: report.changes.map((one) => [
              one.who,
              one.action,
              one.resource,
              (one.after === "denied" ? tones.bad : tones.warn)(`${one.before} → ${one.after}`),
              String(one.calls),
              one.lastTime,
            ]),
          }
        : { text: tones.good("no recorded call would end otherwise") },
      { text: `${report.judged} of ${report.events} calls judged${skipped.join("")}` },
      report.unlikeRecorded > 0 && {
        text: `${report.unlikeRecorded} ended otherwise when they were made than today's policies say: the account has changed, or the event does not tell enough`,
      },
    ],
  };
}

async function withEvents<T>(
  options: Options,
  _session: Session,
  work: (events: AsyncIterable<TrailEvent>) => Promise<T>,
): Promise<T> {
  const range = {
    ...(options.since && { since: time(options.since) }),
    ...(options.until && { until: time(options.until) }),
  };
  if (options.files) return work(fromFiles(options.files, range));
  const clients = new Clients(targetOf(options));
  try {
    return await work(fromAccount(clients, range));
  } finally {
    clients.close();
  }
}

function filterOf(options: Options): TrailFilter {
  const { user, resource, error, event, limit } = options;
  return {
    ...(user && { user }),
    ...(options.team && { users: usersOf(options.team, options.platform ?? ".") }),
    ...(resource && { resource }),
    ...(error !== undefined && { error }),
    ...(event && { event }),
    ...(options.since && { since: time(options.since) }),
    ...(options.until && { until: time(options.until) }),
    ...(limit !== undefined && { limit }),
  };
}

function usersOf(team: string, platform: string): string[] {
  const found = openPlatform(platform).platform.teams.find((one) => one.name === team);
  if (!found)
    throw new ToolkitError("TRAIL0005", `no team \`${team}\` in the platform file`, { exit: "invalid" });
  return found.users.map((one) => one.name);
}

function time(given: string): Date {
  const age = /^(\d+)([mhd])$/.exec(given);
  const date = age
    ? new Date(
        Date.now() - Number(age[1]) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[age[2] as "m" | "h" | "d"],
      )
    : new Date(given);
  if (Number.isNaN(date.getTime()))
    throw new ToolkitError("TRAIL0006", `\`${given}\` is not a time`, {
      help: "write 2026-11-01T08:00:00Z, or an age such as 30m, 6h, 7d",
      exit: "invalid",
    });
  return date;
}

const text = (value: unknown): string =>
  value === null || value === undefined
    ? ""
    : typeof value === "object"
      ? JSON.stringify(value)
      : String(value);
