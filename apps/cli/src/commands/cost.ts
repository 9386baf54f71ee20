/** `sagekeep cost`: what a platform costs, before it is deployed and after. */
import {
  type AccountCost,
  type Assumptions,
  Clients,
  type CostReport,
  checkAccount,
  compilePlatform,
  costOfAccount,
  estimateCost,
  loadPrices,
  openPlatform,
  refreshPrices,
  step,
} from "@sagekeep/toolkit";
import type { Register } from "../command.ts";
import { type Cell, gapsBlock, type Report, tones } from "../report/report.ts";
import { parseAmount, type TargetOptions, targetOf, withFormat, withTarget } from "./options.ts";

type Options = TargetOptions &
  Partial<Assumptions> & {
    deployed?: boolean;
    refresh?: boolean;
    prices: string;
    json?: boolean;
    format?: string;
    output?: string;
  };

export const cost: Register = (program, run) => {
  const command = program
    .command("cost")
    .description("what a platform costs, item by item, per day and month")
    .argument("[platform]", "platform file or its folder", ".")
    .option("--deployed", "what is in the account, at the rate it costs now, instead of the file's estimate")
    .option("--refresh", "first read AWS's public price list of the platform's region (needs the internet)")
    .option("--prices <file>", "price table that --refresh writes", ".sagekeep/prices.json")
    .option("--hours <n>", "hours an app runs a day and user (default: 8)", parseAmount)
    .option("--users <n>", "users at work (default: those in the file)", parseAmount)
    .option("--gb <n>", "GB a month through endpoints, NAT and firewall (default: 50)", parseAmount)
    .option("--logs-gb <n>", "GB of logs a month (default: 1)", parseAmount)
    .option("--storage-gb <n>", "GB a home directory and data set (default: 10)", parseAmount)
    .option("--job-hours <n>", "job instance hours a user and day (default: 1)", parseAmount);
  withFormat(withTarget(command)).action((platform: string, options: Options) =>
    run(options)(async (session) => {
      const file = openPlatform(platform);
      if (options.refresh) {
        const { changed, kept } = await step(session.io, "prices", "read the price list", () =>
          refreshPrices(file.platform.region, options.prices),
        );
        session.io.emit({
          type: "info",
          text: `${changed.length} prices changed; as before, because no list has them: ${kept.join(", ")}`,
        });
      }
      const table = loadPrices(options.prices);
      if (options.deployed) {
        const clients = new Clients(targetOf(options, file.platform.region));
        try {
          await checkAccount(clients, file);
          const read = () => costOfAccount(clients, file.platform, new Date(), table);
          const report = await step(session.io, "read", "read what costs money", read);
          session.answer(report, () => deployedReport(report, file.platform.name));
        } finally {
          clients.close();
        }
        return;
      }
      const { stacks } = await compilePlatform(file, session.io);
      const report = estimateCost(file.platform, stacks, given(options), undefined, table);
      session.answer(report, () => estimateReport(report, file.platform.name));
    }),
  );
};

function given({ hours, users, gb, logsGb, storageGb, jobHours }: Options): Partial<Assumptions> {
  const all = { hours, users, gb, logsGb, storageGb, jobHours };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

const usd = (value: number) => value.toFixed(2).padStart(9);

function itemsTable({
  items,
  usdPerDay,
  usdPerMonth,
}: Pick<CostReport, "items" | "usdPerDay" | "usdPerMonth">) {
  const groups = [...new Set(items.map((one) => one.group))];
  const rows = groups.flatMap((group) =>
    items
      .filter((one) => one.group === group)
      .map((one, index): Cell[] => [
        index === 0 ? tones.strong(group) : "",
        one.what,
        `${round(one.quantity)} ${one.unit}`,
        usd(one.usdPerDay),
        usd(one.usdPerMonth),
        one.unverified ? tones.dim("price unverified") : "",
      ]),
  );
  const total: Cell[] = [
    "",
    tones.strong("total"),
    "",
    tones.strong(usd(usdPerDay)),
    tones.strong(usd(usdPerMonth)),
    "",
  ];
  return { header: ["", "item", "a month", "USD a day", "USD a month", ""], rows: [...rows, total] };
}

const teamsLine = (byTeam: CostReport["byTeam"]) =>
  `by team, USD a month: ${Object.entries(byTeam)
    .map(([team, value]) => `${team} ${value.toFixed(2)}`)
    .join(", ")}`;

const unknownBlock = (unknown: CostReport["unknown"]) => ({
  list: unknown.map((one) => tones.warn(`not counted: ${one.what}: ${one.why}`)),
});

function estimateReport(report: CostReport, name: string): Report {
  const { unknown, byTeam, workshop, assumptions, budget, pricesOf } = report;
  return {
    title: `What ${name} will cost`,
    blocks: [
      itemsTable(report),
      { text: teamsLine(byTeam) },
      {
        text: `networking and logs: USD ${workshop.ours.toFixed(2)} a day; the workshop says ${workshop.low} to ${workshop.high}: ${workshop.difference}`,
      },
      budget && {
        text: budget.over
          ? tones.bad(`over the budget of USD ${budget.monthly} a month`)
          : `within the budget of USD ${budget.monthly} a month`,
      },
      {
        text: `assumed: ${assumptions.users} users, ${assumptions.hours} hours a day on ${assumptions.appInstance}, ${assumptions.jobHours} job hours on ${assumptions.jobInstance}, ${assumptions.gb} GB of traffic, ${assumptions.storageGb} GB a home and data set; prices of ${pricesOf}`,
      },
      unknownBlock(unknown),
    ],
  };
}

function deployedReport(report: AccountCost, name: string): Report {
  const { byTeam, idle, foreign, unknown, gaps, workshop, account, region, pricesOf } = report;
  return {
    title: `What ${name} costs as it stands`,
    blocks: [
      itemsTable(report),
      { text: teamsLine(byTeam) },
      {
        text: `networking and logs: USD ${workshop.ours.toFixed(2)} a day; the workshop says ${workshop.low} to ${workshop.high}`,
      },
      {
        text: `account ${account}, ${region}, if what runs now runs on; prices of ${pricesOf}`,
      },
      {
        list: idle.map((one) =>
          tones.warn(
            `idle: ${one.app} of ${one.user} in ${one.domain} (${one.instance}): nobody used it for ${Math.floor(one.idleHours)} hours, USD ${one.usdPerDay.toFixed(2)} a day; delete the app or set \`idleShutdown\``,
          ),
        ),
      },
      unknownBlock(unknown),
      foreign.length > 0 && {
        text: tones.dim(
          `not of this platform, not counted: ${foreign.slice(0, 20).join(", ")}${foreign.length > 20 ? ` and ${foreign.length - 20} more` : ""}`,
        ),
      },
      gapsBlock(gaps),
    ],
  };
}

const round = (value: number) =>
  value >= 100 ? Math.round(value).toString() : value.toFixed(value % 1 ? 1 : 0);
