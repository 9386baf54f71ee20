/** What a deployment would change, in words; change sets on demand. */
import type { PlatformPlan } from "@sagekeep/toolkit";
import { paint } from "./table.ts";

const signs: Readonly<Record<string, string>> = {
  add: paint.green("+"),
  change: paint.yellow("~"),
  replace: paint.red("±"),
  remove: paint.red("-"),
};

/** A first deployment is told by stack, a later one by resource. */
export function renderPlan(plan: PlatformPlan, withStacks: boolean): string {
  const { changes, stacks, cost, capacity } = plan;
  const fresh = stacks.every((one) => one.kind === "create");
  const lines = fresh
    ? stacks.map((one) => `${paint.green("+")} stack ${one.name}: ${count(one.changes.length, "resource")}`)
    : changes.changes.map((one) => `${signs[one.kind]} ${one.words} ${paint.dim(`(${one.stack})`)}`);
  return [
    paint.bold(
      changes.changes.length ? `${plan.platform}: ${changes.summary}` : `${plan.platform}: no changes`,
    ),
    ...lines,
    ...changes.removedStacks.map((name) => `${paint.red("-")} stack ${name} is deleted`),
    ...(withStacks ? ["", ...stacks.map(renderStack)] : []),
    ...(changes.refusals.length
      ? [
          "",
          paint.red("refused until confirmed by name:"),
          ...changes.refusals.map((one) => `  ${one.change.words}: loses ${one.loses}; ${one.help}`),
        ]
      : []),
    "",
    costLine(cost),
    capacityLine(capacity),
  ].join("\n");
}

function costLine({ before, after, unknown }: PlatformPlan["cost"]): string {
  const usd = (value: number) => `USD ${value.toFixed(2)}`;
  const difference = before === undefined ? 0 : after - before;
  const was =
    before === undefined || Math.abs(difference) < 0.005
      ? ""
      : ` (${difference > 0 ? "+" : "−"}${usd(Math.abs(difference))} against what is deployed)`;
  const also = unknown ? `, ${count(unknown, "thing")} without a price not counted` : "";
  return `cost       ${usd(after)} a month${was}${also}; details: sagekeep cost`;
}

function capacityLine({ needed, usable, users, most }: PlatformPlan["capacity"]): string {
  return `addresses  ${needed} of ${usable} needed by ${count(users, "user")}; about ${most} users would fit`;
}

function renderStack({ name, kind, changes }: PlatformPlan["stacks"][number]): string {
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
  return [`${paint.bold(name)}: ${kind}, ${count(changes.length, "change")}`, ...lines].join("\n");
}

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? "" : "s"}`;
