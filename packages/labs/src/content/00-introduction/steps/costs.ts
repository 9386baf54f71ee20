/** 0.2: what is made and what it costs, worked out from the platform itself. */
import { synthesize } from "@sagekeep/constructs";
import type { Platform } from "@sagekeep/spec";
import { type CostReport, estimateCost } from "@sagekeep/toolkit";
import type { Step } from "../../../model.ts";

async function reportOf(platform: Platform): Promise<{ stacks: number; report: CostReport }> {
  const { stacks } = await synthesize(platform);
  return { stacks: stacks.length, report: estimateCost(platform, stacks) };
}

const usd = (amount: number) => amount.toFixed(2);

/** Items by group, dearest group first. */
function table({ items, usdPerDay }: CostReport): string {
  const groups = new Map<string, { usd: number; names: string[] }>();
  for (const { group, usdPerDay: amount, what } of items) {
    const one = groups.get(group) ?? { usd: 0, names: [] };
    groups.set(group, { usd: one.usd + amount, names: [...one.names, what] });
  }
  const rows = [...groups]
    .sort(([, one], [, other]) => other.usd - one.usd)
    .map(
      ([group, { usd: amount, names }]) =>
        `| ${group} | ${usd(amount)} | ${names.slice(0, 4).join(", ")}${names.length > 4 ? ` and ${names.length - 4} more` : ""} |`,
    );
  return [
    "| for | USD a day | of it |",
    "| --- | --- | --- |",
    ...rows,
    `| **all** | **${usd(usdPerDay)}** | |`,
  ].join("\n");
}

export const costs: Step = {
  id: "0.2",
  title: "What is made, and what it costs",
  text: `
**On the local cloud nothing costs anything.** On AWS most of the bill comes from what is there day and night whether
anybody works or not: interface endpoints, one for each service and zone. Apps and jobs cost by the hour they run; domains,
profiles and roles are free.

**How to stop paying** on AWS: \`sagekeep destroy --target aws\` shows what it would remove, and what would be lost. It goes
on only with the platform's name. Stopping the apps is not enough, because the endpoints stay.

**What to see.** The same figures from \`sagekeep cost\`, item by item, with the source of each price; and the stacks that
are deployed.`,
  details: async (platform) => {
    const { stacks, report } = await reportOf(platform);
    const { low, high, ours, difference } = report.workshop;
    const { hours, users, gb } = report.assumptions;
    return [
      `**This platform** is ${stacks} CloudFormation stacks. With ${users} people at work ${hours} hours a day and ${gb} GB a month through the endpoints, prices of ${report.pricesOf}:`,
      "",
      table(report),
      "",
      `Workshops of this kind estimate USD ${low} to ${high} a day for networking and logs; for these two, ours come to USD ${usd(ours)}, ${difference}. Apps and jobs come on top, and only while they run.`,
      ...(report.unknown.length
        ? ["", `Without a price here, so not counted: ${report.unknown.map((one) => one.what).join(", ")}.`]
        : []),
    ].join("\n");
  },
  hint: "Nothing to write. `sagekeep cost` takes assumptions: `sagekeep cost --users 50 --hours 6` shows what grows with people and what does not.",
  experiments: (bench) => [
    {
      what: "estimate what the platform costs",
      as: "admin",
      attempt: {
        command: "sagekeep cost",
        run: async () => {
          const { report } = await reportOf(bench.file.platform);
          const sum = report.items.reduce((total, one) => total + one.usdPerDay, 0);
          if (report.items.length > 0 && Math.abs(sum - report.usdPerDay) < 0.005)
            return { outcome: "allowed" };
          return {
            outcome: "failed",
            message: `items sum to ${usd(sum)}, the total is ${usd(report.usdPerDay)}`,
          };
        },
      },
      expect: "allowed",
      why: "every item has a price with its source, and what has none is named, never counted as nothing",
    },
    {
      what: "list the stacks",
      as: "admin",
      attempt: { service: "cloudformation", operation: "DescribeStacks", input: {} },
      expect: "allowed",
      why: "the platform is CloudFormation and nothing else: what one file made, one command removes",
    },
  ],
};
