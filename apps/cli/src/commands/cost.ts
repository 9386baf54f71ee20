/** `sagekeep cost`: what a platform costs, item by item, before it is deployed. */
import {
  type Assumptions,
  type CostReport,
  compilePlatform,
  estimateCost,
  openPlatform,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { paint, table } from "../render/table.ts";
import { parseAmount } from "./options.ts";

type Options = {
  json?: boolean;
  hours?: number;
  users?: number;
  gb?: number;
  logsGb?: number;
  storageGb?: number;
  jobHours?: number;
};

export const cost: Register = (program, run) => {
  program
    .command("cost")
    .description("what a platform costs, item by item, per day and month")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--hours <n>", "hours an app runs a day and user (default: 8)", parseAmount)
    .option("--users <n>", "users at work (default: those in the file)", parseAmount)
    .option("--gb <n>", "GB a month through endpoints, NAT and firewall (default: 50)", parseAmount)
    .option("--logs-gb <n>", "GB of logs a month (default: 1)", parseAmount)
    .option("--storage-gb <n>", "GB a home directory and data set (default: 10)", parseAmount)
    .option("--job-hours <n>", "job instance hours a user and day (default: 1)", parseAmount)
    .option("--json", "one JSON object on stdout")
    .action((platform: string, { json, ...given }: Options) =>
      run({ ...(json && { json }) })(async (session) => {
        const file = openPlatform(platform);
        const { stacks } = await compilePlatform(file, session.io);
        const report = estimateCost(file.platform, stacks, given as Partial<Assumptions>);
        session.answer(report, () => render(report));
      }),
    );
};

const usd = (value: number) => value.toFixed(2).padStart(9);

function render(report: CostReport): string {
  const { items, unknown, usdPerDay, usdPerMonth, byTeam, workshop, assumptions, budget, pricesOf } = report;
  const groups = [...new Set(items.map((one) => one.group))];
  const rows = groups.flatMap((group) =>
    items
      .filter((one) => one.group === group)
      .map((one, index) => [
        index === 0 ? paint.bold(group) : "",
        one.what,
        `${round(one.quantity)} ${one.unit}`,
        usd(one.usdPerDay),
        usd(one.usdPerMonth),
        one.unverified ? paint.dim("price unverified") : "",
      ]),
  );
  const lines = [
    table(
      [...rows, ["", paint.bold("total"), "", paint.bold(usd(usdPerDay)), paint.bold(usd(usdPerMonth)), ""]],
      ["", "item", "a month", "USD a day", "USD a month", ""],
    ),
    "",
    `by team, USD a month: ${Object.entries(byTeam)
      .map(([team, value]) => `${team} ${value.toFixed(2)}`)
      .join(", ")}`,
    `networking and logs: USD ${workshop.ours.toFixed(2)} a day; the workshop says ${workshop.low} to ${workshop.high}: ${workshop.difference}`,
    ...(budget
      ? [
          budget.over
            ? paint.red(`over the budget of USD ${budget.monthly} a month`)
            : `within the budget of USD ${budget.monthly} a month`,
        ]
      : []),
    `assumed: ${assumptions.users} users, ${assumptions.hours} hours a day on ${assumptions.appInstance}, ${assumptions.jobHours} job hours on ${assumptions.jobInstance}, ${assumptions.gb} GB of traffic, ${assumptions.storageGb} GB a home and data set; prices of ${pricesOf}`,
    ...unknown.map((one) => `${paint.yellow("not counted")}: ${one.what}: ${one.why}`),
  ];
  return lines.join("\n");
}

const round = (value: number) =>
  value >= 100 ? Math.round(value).toString() : value.toFixed(value % 1 ? 1 : 0);
