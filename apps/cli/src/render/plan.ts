/** What a deployment would change, a line a resource. */
import type { StackPlan } from "@sagekeep/toolkit";
import { paint } from "./table.ts";

export function renderPlan({ name, kind, changes }: StackPlan): string {
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
