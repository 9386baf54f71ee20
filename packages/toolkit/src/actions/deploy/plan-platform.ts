/** What a deployment would change: in words, by stack as CloudFormation sees it, in money and in addresses. */
import type { DeployedStack, PlatformChanges, Synthesized } from "@sagekeep/constructs";
import type { Clients } from "../../aws/clients.ts";
import { type Io, step } from "../../messages.ts";
import type { PlatformFile } from "../../platform/platform-file.ts";
import { type CapacityReport, capacityOf } from "../capacity/capacity.ts";
import { estimateCost, peopleDeployed } from "../cost/estimate.ts";
import { inputOf, platformStacks } from "./deploy-platform.ts";
import { StackDeployer, type StackPlan } from "./deploy-stack.ts";

export interface PlatformPlan {
  platform: string;
  /** Differences between what is deployed and what would be, a line each; refusals need `--confirm`. */
  changes: PlatformChanges;
  /** The change sets CloudFormation makes of it. */
  stacks: StackPlan[];
  /** USD a month by the default assumptions; `before` is absent when nothing is deployed. */
  cost: { before?: number; after: number; unknown: number };
  capacity: CapacityReport;
}

/** @param deployed what `compileFor` read */
export async function planPlatform(
  file: PlatformFile,
  synthesis: Synthesized,
  deployed: readonly DeployedStack[],
  clients: Clients,
  io: Io,
): Promise<PlatformPlan> {
  const { comparePlatforms } = await import("@sagekeep/constructs");
  const kept = platformStacks(synthesis, io);
  const after = estimateCost(file.platform, kept);
  return {
    platform: file.platform.name,
    changes: comparePlatforms(deployed, kept),
    stacks: await planStacks(kept, deployed, clients, io),
    cost: {
      ...(deployed.length > 0 && {
        before: estimateCost(file.platform, deployed, {}, peopleDeployed(deployed)).usdPerMonth,
      }),
      after: after.usdPerMonth,
      unknown: after.unknown.length,
    },
    capacity: capacityOf(file.platform),
  };
}

async function planStacks(
  kept: Synthesized["stacks"],
  deployed: readonly DeployedStack[],
  clients: Clients,
  io: Io,
): Promise<StackPlan[]> {
  const deployer = new StackDeployer(clients, io);
  const plans: StackPlan[] = [];
  const fresh = new Set<string>();
  for (const stack of kept) {
    const plan = await step(io, `plan-${stack.name}`, `plan ${stack.name}`, async (): Promise<StackPlan> => {
      // exports it imports may not exist yet, so a change set could not be made
      const waits = stack.dependsOn.some((name) => fresh.has(name));
      if (deployed.some((one) => one.name === stack.name) && !waits) return deployer.plan(inputOf(stack));
      fresh.add(stack.name);
      const before = deployed.find((one) => one.name === stack.name);
      return foreseen(stack, before);
    });
    plans.push(plan);
  }
  const names = new Set(kept.map((stack) => stack.name));
  for (const { name, template } of deployed)
    if (!names.has(name)) plans.push({ name, kind: "delete", changes: changesOf("Remove", template) });
  return plans;
}

/** Without a change set: what the templates say. */
function foreseen(stack: Synthesized["stacks"][number], before: DeployedStack | undefined): StackPlan {
  if (!before) return { name: stack.name, kind: "create", changes: changesOf("Add", stack.template) };
  const [old, next] = [before.template.Resources, stack.template.Resources];
  const added = Object.entries(next).filter(([id]) => !old[id]);
  const removed = Object.entries(old).filter(([id]) => !next[id]);
  const changed = Object.entries(next).filter(
    ([id, one]) => old[id] && JSON.stringify(old[id]) !== JSON.stringify(one),
  );
  const changes = [
    ...changesOf("Add", { Resources: Object.fromEntries(added) }),
    ...changesOf("Modify", { Resources: Object.fromEntries(changed) }),
    ...changesOf("Remove", { Resources: Object.fromEntries(removed) }),
  ];
  return { name: stack.name, kind: changes.length ? "update" : "unchanged", changes };
}

function changesOf(
  Action: "Add" | "Modify" | "Remove",
  { Resources }: DeployedStack["template"],
): StackPlan["changes"] {
  return Object.entries(Resources).map(([LogicalResourceId, { Type }]) => ({
    Action,
    LogicalResourceId,
    ResourceType: Type,
  }));
}
